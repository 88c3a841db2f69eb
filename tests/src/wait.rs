//! Waiting, in one place: for a condition, never for a time to pass.

use std::fmt::Display;
use std::thread;
use std::time::{Duration, Instant};

/// How long one command may take, the slow first seconds of a busy machine included.
pub const ANSWER: Duration = Duration::from_secs(60);
/// How long something may take to reach another node and be shown there.
pub const ARRIVAL: Duration = Duration::from_secs(90);
/// How long it may take until a writer knows that another node holds what they wrote: a receipt that is lost on the way is
/// made up for by the next reconciliation, at most four minutes later.
pub const CONFIRMED: Duration = Duration::from_secs(300);
/// How long a node may take until it serves.
pub const READY: Duration = Duration::from_secs(60);
/// How long a node may take to end in order: what the contract promises.
pub const ORDERLY_END: Duration = Duration::from_secs(10);

/// How long to rest between two looks at what cannot announce itself (another process's end, a file).
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Looks until `look` gives something, and fails the test with `what` was waited for after `limit`.
///
/// `what` ends the sentence "Waited 90 s for …".
#[track_caller]
pub fn until<T>(limit: Duration, what: impl Display, look: impl FnMut() -> Option<T>) -> T {
    match within(limit, look) {
        Some(found) => found,
        None => panic!("Waited {} s for {what}; it did not happen.", limit.as_secs()),
    }
}

/// Looks until `look` gives something or `limit` has passed. The first look is at once, the last after the
/// limit.
pub fn within<T>(limit: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + limit;
    loop {
        let late = Instant::now() >= end;
        if let Some(found) = look() {
            return Some(found);
        }
        if late {
            return None;
        }
        thread::park_timeout(LOOK_AGAIN);
    }
}

/// Lets a random moment come. For strokes of fate (a kill, a power cut) only: nothing is waited for.
pub fn until_fate_strikes(after: Duration) {
    let end = Instant::now() + after;
    while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        thread::park_timeout(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_looks_until_there_is_something() {
        let mut looks = 0;
        let found = until(ANSWER, "three looks", || {
            looks += 1;
            (looks == 3).then_some(looks)
        });
        assert_eq!(found, 3);
    }

    #[test]
    #[should_panic(expected = "Waited 0 s for the moon; it did not happen.")]
    fn it_says_what_did_not_happen() {
        until(Duration::ZERO, "the moon", || None::<()>);
    }
}
