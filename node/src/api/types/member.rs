//! Members, and acts on them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Id, Time};

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes part.
    Member,
    /// May also let people in and remove plain members.
    Helper,
    /// Shares the group's decisions.
    Facilitator,
}

/// How a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberState {
    /// In the group.
    Member,
    /// Gone by their own will.
    Left,
    /// Removed.
    Removed,
    /// Asked to come in, and not settled yet.
    Waiting,
}

/// A member, present or former.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    /// The member's id in this group.
    pub member: Id,
    /// What they are called.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// How they stand.
    pub state: MemberState,
    /// Whether that is me.
    pub me: bool,
    /// Whether an act on them waits for a second facilitator.
    pub awaiting: bool,
    /// Whether I hide what they write. Nobody else learns of it.
    pub muted: bool,
    /// Whether I block them: hide what they write, and refuse their letters. Nobody else learns of it.
    pub blocked: bool,
    /// Of a facilitator or helper, where the charter says how long they are meant to be it.
    pub term: Option<Term>,
    /// Whether they came lately, and do not mind to be shown as new.
    #[serde(default)]
    pub new_here: bool,
    /// What they put beside their name.
    #[serde(default)]
    pub line: Option<String>,
    /// Logs of theirs whose history split. Nothing is void by that.
    pub splits: Vec<Split>,
}

/// How long somebody is meant to hold an office. It is shown; no right ends with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Term {
    /// When the office was last given, as the giver's device claimed.
    pub since: Time,
    /// When the term ends.
    pub ends: Time,
    /// How that stands by this device's clock.
    pub state: TermState,
}

/// How a term stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TermState {
    /// It runs.
    Running,
    /// It ends within 14 days.
    Ending,
    /// It has ended. Nothing else has.
    Ended,
}

/// A device's log whose history split: two entries stand at one place of it, mostly because a backup was restored and
/// written on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Split {
    /// The log.
    pub log: Id,
    /// The place.
    pub seq: u64,
    /// Two entries that stand there.
    pub entries: Vec<Id>,
    /// When this node noticed.
    pub noticed: Time,
    /// Whether the log has come to its end: its owner goes on in another.
    pub ended: bool,
}

/// The members of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberList {
    /// Facilitators first, then helpers, then members, each by name; former ones last.
    pub members: Vec<Member>,
}

/// A member to be given a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Promote {
    /// `facilitator` or `helper`.
    #[serde(default = "facilitator")]
    pub role: Role,
}

impl Default for Promote {
    fn default() -> Self {
        Promote { role: facilitator() }
    }
}

fn facilitator() -> Role {
    Role::Facilitator
}

/// A helper or facilitator to be set back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Demote {
    /// `member`, or of a facilitator also `helper`.
    pub role: Role,
    /// Why, in words for everybody: 1 to 2048 bytes.
    pub reason: String,
}

/// A member to be removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Remove {
    /// Why, in words that the person will read: at most 2048 bytes; may be empty.
    #[serde(default)]
    pub reason: String,
}

/// Whether an act has its full effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActState {
    /// It has.
    Done,
    /// Another facilitator must do the same first.
    Awaiting,
}

/// An act on a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Acted {
    /// The member.
    pub member: Id,
    /// What they are called.
    pub name: String,
    /// Whether it has its full effect.
    pub state: ActState,
    /// What the member is now.
    pub role: Role,
    /// Of a facilitator or helper, where the charter says how long they are meant to be it.
    #[serde(default)]
    pub term: Option<Term>,
}
