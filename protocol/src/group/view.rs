//! What the fold tells the rest of the node: members, invites, open proposals, and what has ended.

use std::collections::BTreeMap;

use crate::body::{Invite, Measure, Role};
use crate::id::{EntryId, KeeperKey, LogId, MemberKey, PlaceId, SealKey, StewardKey};
use crate::time::Millis;

/// Where somebody stands with the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Takes part.
    Member,
    /// Went by their own will.
    Left,
    /// Was removed; this key never comes back.
    Removed,
    /// Came in on an invite that does not settle it (used up, revoked meanwhile, or its author was removed):
    /// waits for a facilitator's or helper's `Admit`.
    Waiting,
}

/// One person in the group, as the whole set of control entries has it. Former members stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub key: MemberKey,
    /// The name they go by; empty for a founder whose first entry is not here yet.
    pub name: String,
    /// What they may do (what they could do last, for those who are no longer members).
    pub role: Role,
    /// Where they stand.
    pub standing: Standing,
    /// Their logs, the newest last.
    pub logs: Vec<Log>,
    /// The entry that let them in: genesis, or their join.
    pub joined: EntryId,
    /// If they were removed: by whom, and whether somebody confirmed it.
    pub removal: Option<Removal>,
}

/// How somebody was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The removals of them that count; their reasons are in [`super::Group::entry`].
    pub entries: Vec<EntryId>,
    /// Who signed them, without doubles.
    pub signers: Vec<MemberKey>,
    /// Whether a second facilitator (or a quorum) stands behind it. Until then it is in force, and shown as
    /// awaiting one.
    pub confirmed: bool,
}

/// One device's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The log.
    pub id: LogId,
    /// The key its epoch keys are wrapped to.
    pub seal: SealKey,
    /// The entry that opened it.
    pub opened: EntryId,
    /// Whether epoch keys are wrapped to it: its member is one now, and it is among their newest
    /// [`crate::limits::LOGS`] that are not retired.
    pub live: bool,
}

/// An invite and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteState {
    /// The entry.
    pub id: EntryId,
    /// What it says.
    pub invite: Invite,
    /// Who wrote it.
    pub author: MemberKey,
    /// Whether somebody can still come in on it: it counts, is not revoked, and has uses left. Expiry is
    /// for the reader's clock.
    pub live: bool,
    /// How many people came on it, those who wait included.
    pub used: u32,
    /// The revocations of it that count.
    pub revoked: Vec<EntryId>,
}

/// A keeper that the group has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The place that it gives the group.
    pub place: PlaceId,
    /// Which keeper.
    pub keeper: KeeperKey,
    /// Where it is, what was said last first.
    pub addresses: Vec<String>,
    /// The facilitators who may write its grants, and their keys there.
    pub stewards: BTreeMap<MemberKey, StewardKey>,
    /// Who named it first.
    pub by: MemberKey,
    /// When, as claimed.
    pub since: Millis,
}

/// What became of an act that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// What it says came about, by it alone or with others who said the same.
    Taken,
    /// It waits for more to say the same: it is one of a [`Proposal`].
    Awaited,
    /// It was one of too few, and what was decided since used it up.
    Lapsed,
}

/// An act that waits for further facilitators to sign the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What is proposed.
    pub act: Proposed,
    /// The facilitators who signed, without doubles.
    pub signers: Vec<MemberKey>,
    /// Their entries.
    pub entries: Vec<EntryId>,
    /// How many facilitators must sign in all.
    pub needed: usize,
}

/// What may need more than one facilitator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proposed {
    /// A seat for a member.
    Seat(MemberKey),
    /// The removal of somebody who has a seat.
    Remove(MemberKey),
    /// An invite, in a group where everybody has a seat.
    Invite([u8; 32]),
    /// A join to be confirmed, in a group where everybody has a seat.
    Admit(EntryId),
    /// A facilitator set back to this.
    Demote(MemberKey, Role),
    /// An amendment of the charter, by the hash of its changes: the entries have them.
    Amend([u8; 32]),
}

/// What holds for something that somebody wrote, or for all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moderated {
    /// What.
    pub measure: Measure,
    /// The act, which has the reason.
    pub by: EntryId,
}

/// Somebody, or an invite, that was let in once and is not current: an epoch is clean only if what ended it
/// precedes its mint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Who or what.
    pub who: Once,
    /// The entries that ended it: removals, a leave, revocations, rival joins.
    pub by: Vec<EntryId>,
    /// How many of `by` a mint must have in its past: one, except for rival joins.
    pub enough: usize,
}

/// What [`Ended`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Once {
    /// A person.
    Member(MemberKey),
    /// An invite.
    Invite(EntryId),
}
