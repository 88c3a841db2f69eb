//! Who belongs to a group, and who may act in it.

use minicbor::{Decode, Encode};

use super::words;
use crate::charter::Charter;
use crate::codec::{self, CodecError, at_most};
use crate::id::{EntryId, GroupId, LogId, MemberKey, SealKey, hash};
use crate::limits;
use crate::porch::PorchSecret;
use crate::time::Millis;

/// The beginning of a group: its hash is the group's id. Signed by the first founder, whose log it opens.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Genesis {
    /// 32 random bytes from which every member's key in this group is derived.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub salt: [u8; 32],
    /// What the group is called: 1 to [`limits::TITLE`] bytes.
    #[n(1)]
    pub title: String,
    /// The founding facilitators, the most senior first, each with a seat.
    #[n(2)]
    pub founders: Vec<MemberKey>,
    /// What the group is for and how it lives.
    #[n(3)]
    pub charter: Charter,
    /// The sealing key of the first founder's log.
    #[n(4)]
    pub seal: SealKey,
    /// The first founder's name: at most [`limits::NAME`] bytes.
    #[n(5)]
    pub name: String,
}

/// A member's further log, after a changed device, a restored backup or a recovery.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OpenLog {
    /// The new log's sealing key.
    #[n(0)]
    pub seal: SealKey,
    /// The member's full key, so that a reader who knows only the founders by key can verify.
    #[n(1)]
    pub member: MemberKey,
    /// The log it takes over from, if that is known: epoch keys are no longer wrapped to that one.
    #[n(2)]
    pub retires: Option<LogId>,
    /// The name the member goes by; none keeps the one before.
    #[n(3)]
    pub name: Option<String>,
}

/// How an invite lets people in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum InviteMode {
    /// Any member's node admits whoever proves the invite's key.
    #[n(0)]
    OnSight,
    /// For one person: whoever made the invite compares a short code with them, then admits.
    #[n(1)]
    Confirm,
    /// As on sight, for links that others may see: a join comes sealed under the invite's porch, so that it can be left
    /// with a node that reads nothing, and a link alone opens nothing of the group.
    #[n(2)]
    OpenDoor,
    /// For whoever asks: facilitators read why somebody wishes to come, and admit or decline.
    #[n(3)]
    Knock,
}

impl InviteMode {
    /// Whether a join stands by the invite alone. Else it takes an [`Admit`] that names it.
    pub fn lets_in(self) -> bool {
        matches!(self, InviteMode::OnSight | InviteMode::OpenDoor)
    }
}

/// An invitation: whoever can sign with its key may join.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Invite {
    /// The Ed25519 verifying key whose secret is in the link.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// How it lets people in.
    #[n(1)]
    pub mode: InviteMode,
    /// How many may come in on it, 1 to [`limits::INVITE_USES`].
    #[n(2)]
    pub uses: u32,
    /// When it ends, judged by the clock of the node that admits.
    #[n(3)]
    pub expires: Millis,
    /// What joins on it are sealed under: there exactly where the mode is [`InviteMode::OpenDoor`].
    #[n(4)]
    pub porch: Option<PorchSecret>,
}

/// The end of an invite.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Revoke {
    /// The [`Invite`] entry.
    #[n(0)]
    pub invite: EntryId,
}

/// Somebody coming in: the first entry of their log, made before they hold any key of the group.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Join {
    /// The joiner's full signing key.
    #[n(0)]
    pub member: MemberKey,
    /// The sealing key of the joiner's log.
    #[n(1)]
    pub seal: SealKey,
    /// The name they go by: 1 to [`limits::NAME`] bytes.
    #[n(2)]
    pub name: String,
    /// The [`Invite`] entry they come in on; also their only dependency.
    #[n(3)]
    pub invite: EntryId,
    /// The invite key's signature over [`Join::invited`].
    #[n(4)]
    #[cbor(with = "minicbor::bytes")]
    pub invited: [u8; 64],
    /// The hash of the charter they accepted.
    #[n(5)]
    #[cbor(with = "minicbor::bytes")]
    pub charter: [u8; 32],
}

/// A join confirmed by a facilitator, where the invite alone does not settle it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Admit {
    /// The [`Join`] entry.
    #[n(0)]
    pub join: EntryId,
}

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Role {
    /// Takes part.
    #[n(0)]
    Member,
    /// May admit, moderate and remove plain members. People see "helper".
    #[n(1)]
    Deputy,
    /// Counts and signs towards a quorum. People see "facilitator".
    #[n(2)]
    Seat,
}

/// A member made deputy, or proposed for a seat: the last of a quorum's promotions of one member gives the seat.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Promote {
    /// Whom.
    #[n(0)]
    pub member: MemberKey,
    /// To what: deputy or seat.
    #[n(1)]
    pub role: Role,
}

/// The newest entry of one log that a remover had.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LogHead {
    /// The log.
    #[n(0)]
    pub log: LogId,
    /// The number of that entry.
    #[n(1)]
    pub seq: u64,
}

/// A member removed. Its causal past is its cut.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Remove {
    /// Whom.
    #[n(0)]
    pub member: MemberKey,
    /// Why, in words the removed person can read: at most [`limits::REASON`] bytes.
    #[n(1)]
    pub reason: String,
    /// Of each log of theirs, how far their content stays shown; at most [`limits::REMOVAL_HEADS`].
    #[n(2)]
    pub heads: Vec<LogHead>,
}

/// A member gone by their own will.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Leave {
    /// A word of goodbye, if they left one.
    #[n(0)]
    pub goodbye: Option<String>,
}

impl Genesis {
    /// The group's id.
    pub fn group_id(&self) -> GroupId {
        GroupId(hash("kith/1/group", &[&codec::encode(self)]))
    }

    pub(super) fn check(&self) -> Result<(), CodecError> {
        words(&self.title, limits::TITLE, "title")?;
        words(&self.name, limits::NAME, "name")?;
        at_most(self.founders.len(), limits::FOUNDERS, "list of founders")?;
        if self.founders.is_empty() {
            return Err(CodecError::Mismatch("a group without founders".into()));
        }
        self.charter.check()
    }
}

impl OpenLog {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        self.name.as_ref().map_or(Ok(()), |name| words(name, limits::NAME, "name"))
    }
}

impl Invite {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        if self.uses == 0 { Err(CodecError::Mismatch("an invite without uses".into())) } else { Ok(()) }?;
        if self.uses > limits::INVITE_USES {
            Err(CodecError::TooLarge("uses of an invite"))
        } else {
            Ok(())
        }?;
        // A code tells apart two people only if there is one who may come.
        let several = self.mode == InviteMode::Confirm && self.uses > 1;
        if several { Err(CodecError::TooLarge("uses of an invite on confirmation")) } else { Ok(()) }?;
        if self.porch.is_some() != (self.mode == InviteMode::OpenDoor) {
            return Err(CodecError::Mismatch("an open door has a porch, and no other invite has".into()));
        }
        Ok(())
    }
}

impl Join {
    /// What the invite's key signs: that this member, in this log of this group, holds it.
    pub fn invited(group: &GroupId, member: &MemberKey, log: &LogId) -> Vec<u8> {
        [b"kith/1/invited\0".as_slice(), group.as_ref(), member.as_ref(), log.as_ref()].concat()
    }

    pub(super) fn check(&self) -> Result<(), CodecError> {
        words(&self.name, limits::NAME, "name")
    }
}

impl Remove {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        at_most(self.reason.len(), limits::REASON, "reason")?;
        at_most(self.heads.len(), limits::REMOVAL_HEADS, "list of heads")
    }
}

impl Leave {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        at_most(self.goodbye.as_ref().map_or(0, String::len), limits::REASON, "goodbye")
    }
}
