//! Circles of simulated people: loss, delay, partitions, crashes, and somebody hostile; one seed decides everything.
//!
//! Time is virtual, and one queue of events decides what happens next. In the first minute people talk, and things go
//! wrong. Then the network heals, people are quiet, and all who are in must come to show the same. At last whoever
//! leads holds one more round, in which everybody must have a turn and be heard, and closes. Where host or co-host were
//! hostile, they are gone from then on.
//!
//! Only built with the feature `sim`, for tests.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::id::hash;

mod bot;
mod check;
mod hostile;
mod leading;
mod life;

pub use check::Tally;
pub use life::Life;

/// Signatures that are remembered.
const ONCE: usize = 1 << 14;

thread_local! {
    static KNOWN: RefCell<BTreeMap<[u8; 32], bool>> = const { RefCell::new(BTreeMap::new()) };
}

/// What was found out of a signature, found out once: people of one simulation check the same ones.
pub(super) fn once(parts: &[&[u8]], find_out: impl FnOnce() -> bool) -> bool {
    let name = hash("sim", parts);
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= ONCE {
            known.clear();
        }
        *known.entry(name).or_insert_with(find_out)
    })
}
