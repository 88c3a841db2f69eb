//! The one door: whatever is written here or arrives, over gossip, sync or import, becomes an entry only here.
//!
//! Two steps. [`open()`] needs keys and names only, so many envelopes go through it at once on all cores.
//! [`admit`] then asks what this node holds, one envelope after another, and is the only maker of
//! [`Verified`], which is all a store takes.
//!
//! ```text
//! bytes ─ open ─→ Opened ─┐
//! signed entry in a proved stream ─ open_signed ─→ Statement ─ seal ─→ Opened ─┼─ admit ─→ Verified
//! an entry of one's own ─ write ─→ Opened ─┘
//! ```
//!
//! Guarantees of a [`Verified`]: its envelope is in the one form that entry and epoch give it; its author
//! signed it for this group with a key that the group knows or the entry brings; every control entry it cites
//! is held; it is not held yet and was not taken back. *Not* that its author had a right to say it: that is
//! the fold's to judge ([`Group::counts`], [`Group::shows`]), and may change while the entry stays.
//!
//! # What must not depend on the order of arrival
//!
//! Two nodes that have met the same envelopes must end up holding the same, or reconciliation between them never
//! comes to rest. So admission refuses for good only what it would refuse in any state, and waits for the rest.
//!
//! **One entry in several envelopes.** Of content there are none: the signature says which envelope it is in
//! ([`Bond`]). A control entry may be sealed by others, so under every epoch once, and all such envelopes
//! are let in: "the first few" would be others on another node, and "those with the lowest ids" would let an insider
//! crowd out the envelopes that newcomers can open with ones they cannot. As many again cost whoever seals
//! them no less than entries of their own would.
//!
//! **Two entries in one slot.** If an author signs two entries with one log and number, one of them arrives
//! first somewhere and second elsewhere. To refuse the second, or what comes after the fork, would split the
//! nodes for ever; to keep "the four with the lowest ids" would make admission take entries back that others
//! cite. So both are let in, and all later ones: [`Verified::split`] names the other, and the two signatures
//! are the proof that everybody ends up holding. Nothing is gained by a bound: whoever can sign
//! two entries for one slot can as well sign them for two. What follows from a split is not admission's: the
//! log's owner goes on in a new log, people read "this device's history split", and the fold, which goes by
//! what entries cite and not by their numbers, does not care.

mod open;
mod refusal;
mod statement;
mod verified;
mod waiting;

pub use open::{Opened, open, open_envelope, write};
pub use refusal::{Refusal, Wait, Why};
pub use statement::{Statement, open_signed};
pub use verified::{Ledger, Replay, Unreadable, Verified, admit};
pub use waiting::{Awaited, Kept, Owner, Waiter, Waiting};

#[cfg(doc)]
use crate::{entry::Bond, group::Group};
