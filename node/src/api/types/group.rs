//! Groups.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::charter::attachment_kib;
use super::{DeliveryState, Id, Quiet, Role};

/// What the one who opens a group is called, if they give no name.
pub const DEFAULT_NAME: &str = "Facilitator";
/// How many members a group may have, if nobody says.
pub const DEFAULT_SIZE: u32 = 50;

/// How many members a group may have in which everybody facilitates.
pub const SHARED_POWER_SIZE: u32 = 6;

/// What newcomers can read of the time before they came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum History {
    /// Everything the group still keeps.
    #[default]
    All,
    /// Nothing.
    None,
}

/// Who may invite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Inviters {
    /// Facilitators and helpers.
    #[default]
    Facilitators,
    /// Every member.
    Members,
}

/// How I stand in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupState {
    /// A member, with the keys to read and write.
    Joined,
    /// Not in yet: waiting for a member's node, or for the keys. It goes on by itself.
    Waiting,
    /// Turned away: the invite has ended or the group is full. A new link can be tried.
    Refused,
    /// Left by my own will.
    Left,
    /// Removed by others.
    Removed,
}

/// A group to open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateGroup {
    /// What it is called: 1 to 128 bytes.
    pub title: String,
    /// What it is for: at most 2048 bytes.
    pub purpose: String,
    /// What I am called in it: 1 to 64 bytes.
    #[serde(default = "default_name")]
    pub name: String,
    /// What newcomers can read.
    #[serde(default)]
    pub history: History,
    /// How many members it may have, 1 to 500.
    #[serde(default = "default_size")]
    pub size: u32,
    /// Who may invite.
    #[serde(default)]
    pub invites: Inviters,
    /// Whom it is for: see [`super::Charter`], as of the rest.
    #[serde(default)]
    pub audience: String,
    /// How members treat each other.
    #[serde(default)]
    pub agreements: Vec<String>,
    /// Rules about content.
    #[serde(default)]
    pub rules: Vec<String>,
    /// Where confidence ends.
    #[serde(default)]
    pub confidentiality: String,
    /// Within how many hours members try to answer.
    #[serde(default)]
    pub reply_hours: u16,
    /// For how many days what is written is kept.
    #[serde(default)]
    pub retention_days: u32,
    /// Whether advice is offered unasked.
    #[serde(default)]
    pub advice: super::Advice,
    /// The language.
    #[serde(default)]
    pub language: String,
    /// What is asked of whoever knocks.
    #[serde(default)]
    pub questions: Vec<String>,
    /// For how many days facilitators and helpers are meant to be it.
    #[serde(default)]
    pub term_days: u32,
    /// How large an attachment may be, in KiB; 0 for none at all.
    #[serde(default = "attachment_kib")]
    pub attachment_kib: u32,
    /// Whether everybody in it is a facilitator: at most 6 members then, and for good.
    #[serde(default)]
    pub shared_power: bool,
}

impl CreateGroup {
    /// The charter it begins with.
    pub fn charter(&self) -> super::Charter {
        super::Charter {
            purpose: self.purpose.clone(),
            audience: self.audience.clone(),
            agreements: self.agreements.clone(),
            rules: self.rules.clone(),
            confidentiality: self.confidentiality.clone(),
            reply_hours: self.reply_hours,
            retention_days: self.retention_days,
            advice: self.advice,
            language: self.language.clone(),
            questions: self.questions.clone(),
            term_days: self.term_days,
            attachment_kib: self.attachment_kib,
            history: self.history,
            size: self.size,
            invites: self.invites,
            shared_power: self.shared_power,
        }
    }
}

fn default_name() -> String {
    DEFAULT_NAME.to_owned()
}

fn default_size() -> u32 {
    DEFAULT_SIZE
}

/// A group just opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Created {
    /// The group.
    pub group: Id,
    /// What it is called.
    pub title: String,
    /// What newcomers can read.
    pub history: History,
    /// Whether everybody in it is a facilitator.
    pub shared_power: bool,
}

/// A group in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupSummary {
    /// The group.
    pub group: Id,
    /// What it is called; none while it is not known yet.
    pub title: Option<String>,
    /// How I stand in it.
    pub state: GroupState,
    /// My role, if I am a member.
    pub role: Option<Role>,
    /// How many members it has now, as far as this node knows.
    pub members: u32,
}

/// The groups of this node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupList {
    /// One each, by title.
    pub groups: Vec<GroupSummary>,
}

/// Who I am in a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// My member id there.
    pub member: Id,
    /// What I am called there.
    pub name: String,
    /// My role.
    pub role: Role,
}

/// One group, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Group {
    /// The group.
    pub group: Id,
    /// What it is called; none while it is not known yet.
    pub title: Option<String>,
    /// What it is for.
    pub purpose: Option<String>,
    /// What newcomers can read.
    pub history: Option<History>,
    /// How many members it may have.
    pub size: Option<u32>,
    /// Who may invite.
    pub invites: Option<Inviters>,
    /// How I stand in it.
    pub state: GroupState,
    /// Why, if the state needs a word: what happened and what to do.
    pub notice: Option<super::Notice>,
    /// Who I am in it, if I am a member.
    pub me: Option<Me>,
    /// How many members it has now, as far as this node knows.
    pub members: u32,
    /// How many of them are facilitators.
    pub facilitators: u32,
    /// Six words by which two people can tell that they mean the same group, once known: read to each other.
    #[serde(default)]
    pub key_words: Option<String>,
    /// That nobody is on duty now.
    #[serde(default)]
    pub quiet: Option<Quiet>,
}

/// For how long to keep what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// For so many days at most; 0: as the charter says.
    pub days: u32,
}

/// For how long what is written is kept here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Kept {
    /// The group.
    pub group: Id,
    /// For so many days at most, by my own wish; 0: as the charter says.
    pub days: u32,
    /// By the charter; 0: as long as there is room.
    pub charter_days: u32,
}

/// A goodbye.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Leave {
    /// A word to those who stay, at most 2048 bytes; none is fine.
    #[serde(default)]
    pub goodbye: Option<String>,
}

/// A group left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Left {
    /// The group. What was received stays here until the group is forgotten.
    pub group: Id,
    /// How far the word that I left has travelled.
    pub state: DeliveryState,
    /// To how many members' nodes.
    pub nodes: u32,
}

/// A group forgotten: its folder on this device is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Forgotten {
    /// The group that was.
    pub group: Id,
}
