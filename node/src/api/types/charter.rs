//! What a group is for and how it lives, and what its facilitators decide.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ActState, DEFAULT_SIZE, History, Id, Inviters, Role, RuleName, Time};

/// Whether advice is offered where nobody said what they wish for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Only to those who ask for it.
    #[default]
    IfAsked,
    /// To anybody.
    Welcome,
}

/// How large an attachment may be where a charter says nothing, in KiB.
pub const DEFAULT_ATTACHMENT_KIB: u32 = kith_protocol::charter::AttachmentCap::USUAL.0;

/// A charter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Charter {
    /// What the group is for: at most 2048 bytes.
    pub purpose: String,
    /// Whom it is for: at most 2048 bytes.
    #[serde(default)]
    pub audience: String,
    /// How members treat each other: at most 20, each at most 400 bytes.
    #[serde(default)]
    pub agreements: Vec<String>,
    /// Rules about content, beside those that every group has: likewise.
    #[serde(default)]
    pub rules: Vec<String>,
    /// Where confidence ends: at most 2048 bytes.
    #[serde(default)]
    pub confidentiality: String,
    /// Within how many hours members try to answer a post; 0 names none.
    #[serde(default)]
    pub reply_hours: u16,
    /// For how many days what is written is kept; 0 for as long as there is room.
    #[serde(default)]
    pub retention_days: u32,
    /// Whether advice is offered to those who did not say.
    #[serde(default)]
    pub advice: Advice,
    /// The language, such as `en` or `pt-BR`.
    #[serde(default)]
    pub language: String,
    /// What is asked of whoever knocks: at most 5, each at most 200 bytes.
    #[serde(default)]
    pub questions: Vec<String>,
    /// For how many days facilitators and helpers are meant to be it; 0 names no term.
    #[serde(default)]
    pub term_days: u32,
    /// How large an attachment may be, in KiB: at most 32768; 0 for none at all.
    #[serde(default = "attachment_kib")]
    pub attachment_kib: u32,
    /// What newcomers can read. It can be closed later, and not opened.
    #[serde(default)]
    pub history: History,
    /// How many members there may be.
    #[serde(default = "size")]
    pub size: u32,
    /// Who may invite.
    #[serde(default)]
    pub invites: Inviters,
    /// Whether everybody in it is a facilitator, and what concerns all takes more than half of them. Chosen when the
    /// group is opened, for good.
    #[serde(default)]
    pub shared_power: bool,
}

pub(super) fn attachment_kib() -> u32 {
    DEFAULT_ATTACHMENT_KIB
}

fn size() -> u32 {
    DEFAULT_SIZE
}

/// Parts of a charter, with what they become. What is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CharterChanges {
    /// See [`Charter::purpose`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// See [`Charter::audience`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// See [`Charter::agreements`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreements: Option<Vec<String>>,
    /// See [`Charter::rules`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Vec<String>>,
    /// See [`Charter::confidentiality`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidentiality: Option<String>,
    /// See [`Charter::reply_hours`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_hours: Option<u16>,
    /// See [`Charter::retention_days`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
    /// See [`Charter::advice`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<Advice>,
    /// See [`Charter::language`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// See [`Charter::questions`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub questions: Option<Vec<String>>,
    /// See [`Charter::term_days`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term_days: Option<u32>,
    /// See [`Charter::attachment_kib`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment_kib: Option<u32>,
    /// See [`Charter::history`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<History>,
    /// See [`Charter::size`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u32>,
    /// See [`Charter::invites`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invites: Option<Inviters>,
}

impl CharterChanges {
    /// A charter with these changes.
    pub fn over(self, charter: Charter) -> Charter {
        Charter {
            purpose: self.purpose.unwrap_or(charter.purpose),
            audience: self.audience.unwrap_or(charter.audience),
            agreements: self.agreements.unwrap_or(charter.agreements),
            rules: self.rules.unwrap_or(charter.rules),
            confidentiality: self.confidentiality.unwrap_or(charter.confidentiality),
            reply_hours: self.reply_hours.unwrap_or(charter.reply_hours),
            retention_days: self.retention_days.unwrap_or(charter.retention_days),
            advice: self.advice.unwrap_or(charter.advice),
            language: self.language.unwrap_or(charter.language),
            questions: self.questions.unwrap_or(charter.questions),
            term_days: self.term_days.unwrap_or(charter.term_days),
            attachment_kib: self.attachment_kib.unwrap_or(charter.attachment_kib),
            history: self.history.unwrap_or(charter.history),
            size: self.size.unwrap_or(charter.size),
            invites: self.invites.unwrap_or(charter.invites),
            shared_power: charter.shared_power,
        }
    }
}

impl From<Charter> for CharterChanges {
    /// Every part that can change.
    fn from(charter: Charter) -> CharterChanges {
        CharterChanges {
            purpose: Some(charter.purpose),
            audience: Some(charter.audience),
            agreements: Some(charter.agreements),
            rules: Some(charter.rules),
            confidentiality: Some(charter.confidentiality),
            reply_hours: Some(charter.reply_hours),
            retention_days: Some(charter.retention_days),
            advice: Some(charter.advice),
            language: Some(charter.language),
            questions: Some(charter.questions),
            term_days: Some(charter.term_days),
            attachment_kib: Some(charter.attachment_kib),
            history: Some(charter.history),
            size: Some(charter.size),
            invites: Some(charter.invites),
        }
    }
}

/// A group's charter as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupCharter {
    /// The group.
    pub group: Id,
    /// What it is called.
    pub title: String,
    /// The charter.
    pub charter: Charter,
    /// Whether I accepted what members agree to, as it is now.
    pub accepted: bool,
    /// What is otherwise now than when I last accepted it.
    pub changed: CharterChanges,
}

/// Changes to a group's charter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditCharter {
    /// What should be otherwise.
    pub changes: CharterChanges,
    /// Why, in words for everybody: 1 to 2048 bytes.
    pub reason: String,
}

/// How a change of the charter went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Amended {
    /// The group.
    pub group: Id,
    /// Whether it is in effect.
    pub state: ActState,
    /// Whether members are asked to accept it.
    pub asks_members: bool,
}

/// Acts that wait for more facilitators, or members, to say the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposalList {
    /// One each.
    pub proposals: Vec<Proposal>,
}

/// Something proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Proposal {
    /// By what it is named.
    pub proposal: Id,
    /// What it is.
    pub what: Deed,
    /// Who has signed: what they are called.
    pub signed: Vec<String>,
    /// How many must, in all.
    pub needed: u32,
    /// Whether I have.
    pub mine: bool,
}

/// How signing went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Signed {
    /// What was signed.
    pub proposal: Id,
    /// Whether it has its full effect.
    pub state: ActState,
}

/// Everything that facilitators, helpers and voters did that counts, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Record {
    /// One each.
    pub acts: Vec<Recorded>,
}

/// One act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Recorded {
    /// The entry.
    pub entry: Id,
    /// When, as the actor's device claimed.
    pub time: Time,
    /// Who: member id.
    pub by: Id,
    /// What that member is called.
    pub name: String,
    /// What they did.
    pub what: Deed,
    /// What became of it.
    pub state: DeedState,
}

/// What became of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DeedState {
    /// It took effect.
    Done,
    /// It waits for more to say the same.
    Awaiting,
    /// Too few said the same, and something else was decided since.
    Lapsed,
}

/// What somebody did, or proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Deed {
    /// Opened the group.
    Founded,
    /// Made an invite.
    Invited {
        /// For how many people.
        uses: u32,
    },
    /// Took an invite back.
    Revoked,
    /// Let somebody in whose invite did not settle it.
    Admitted {
        /// What they are called.
        member: String,
    },
    /// Gave a role.
    Promoted {
        /// To whom.
        member: String,
        /// Which.
        role: Role,
    },
    /// Set somebody back.
    Demoted {
        /// Whom.
        member: String,
        /// To what.
        role: Role,
        /// Why.
        reason: String,
    },
    /// Gave up their own role.
    SteppedBack,
    /// Removed somebody.
    Removed {
        /// Whom.
        member: String,
        /// Why.
        reason: String,
    },
    /// Left.
    Left,
    /// Voted for somebody.
    Voted {
        /// For whom.
        member: String,
    },
    /// Changed the charter.
    Amended {
        /// Which parts, with what they become.
        changes: CharterChanges,
        /// Why.
        reason: String,
    },
    /// Folded or held something, or restored it.
    Moderated {
        /// Whose writing.
        member: String,
        /// What of it; none if all they write.
        post: Option<Id>,
        /// `fold`, `hold`, `pause` or `restore`.
        measure: String,
        /// By which rule.
        rule: Option<RuleName>,
        /// Why.
        reason: String,
    },
    /// Listed the group in public, or in other words than before.
    Listed {
        /// What strangers know it by.
        title: String,
    },
    /// Ended that.
    Unlisted,
    /// Brought a keeper in.
    KeeperAdded,
    /// Had nothing more brought to a keeper.
    KeeperRemoved,
    /// Something this program does not know: the node is newer.
    #[serde(other)]
    Other,
}
