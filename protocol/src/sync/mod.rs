//! How two nodes' sets become one.
//!
//! A [`Session`] runs over one proved stream between an *initiator* and a *responder*. It is a pure state
//! machine: a message or the answer to a question goes in, messages to send and questions to the node come
//! out. The control set is compared first, transferred both ways and admitted whole, since it may bring the
//! keys and members that content needs; then the sums of all months of content are exchanged and every month
//! that differs is made equal, the newest first. Envelopes stream in windows, each asked for by the side that
//! lacks them, and closed by a receipt of what that side holds durably.
//!
//! Small differences are found by a sketch of all differing sets at once (`sketch`), large ones by ranges, set
//! after set, with `negentropy`. A sketch is believed only if it accounts exactly for both sides' tallies.
//!
//! Guarantees: between honest sides a session ends with equal sets, but for what one of them refuses; each
//! learns what the other then holds; nothing is served outside the sets a side showed, and content never to
//! a peer in [`Scope::ControlOnly`]. Refuses: whatever is out of turn, not asked for, or beyond a limit; each
//! is a [`SyncError`] and the end of the session. Sums of ids can be ground by an insider so that a difference
//! does not show; a *salted* session, once a week, compares hashes of ids under a salt of both sides instead.

//!
//! Two nodes with nothing have soon said all:
//!
//! ```
//! use std::collections::VecDeque;
//! use kith_protocol::sync::{Input, Output, Role, Scope, Session, SyncError, Terms};
//! use kith_protocol::time::Month;
//!
//! let terms = |role| Terms {
//!     role, scope: Scope::All, since: Month(0), salted: false, nonce: [role as u8; 16],
//!     identify: |_| None,
//! };
//! let (initiator, first) = Session::start(terms(Role::Initiator));
//! let (responder, _) = Session::start(terms(Role::Responder));
//! let mut sides = [initiator, responder];
//! let mut todo: VecDeque<_> = first.into_iter().map(|output| (0, output)).collect();
//! let mut finished = 0;
//! while let Some((side, output)) = todo.pop_front() {
//!     let (side, input) = match output {
//!         Output::Send(message) => (1 - side, Input::Message(message)),
//!         Output::Sums(_) => (side, Input::Sums(Vec::new())),
//!         Output::Finished { complete: true } => {
//!             finished += 1;
//!             continue;
//!         }
//!         other => panic!("nothing differs, yet: {other:?}"),
//!     };
//!     todo.extend(sides[side].handle(input)?.into_iter().map(|output| (side, output)));
//! }
//! assert_eq!(finished, 2);
//! # Ok::<(), SyncError>(())
//! ```

mod compare;
mod error;
mod exchange;
mod message;
mod session;
mod set;
mod sketch;
#[cfg(test)]
mod tests;
mod transfer;

pub use error::SyncError;
pub use message::{Hello, Ids, Message, Scope, VERSION};
pub use session::{Input, Output, Role, Session, Terms};
pub use set::{Prepared, SetName, Sum, Tally};
