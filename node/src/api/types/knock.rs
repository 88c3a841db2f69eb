//! Asking to be let in, and letting in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{GroupState, Id, Time};

/// How an invite lets people in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InviteWay {
    /// Any member's node lets in whoever holds the link.
    #[default]
    OnSight,
    /// For one person: whoever made the invite compares a code with them.
    Confirm,
    /// As on sight, and the link alone, or link and phrase, open nothing that was written.
    OpenDoor,
    /// Whoever holds the link can ask; facilitators decide.
    Knock,
}

/// A link to look at before using it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookAtLink {
    /// The whole link, from `kith:` on; space around it does not matter.
    pub link: String,
}

/// What a link says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkSeen {
    /// The group it opens.
    pub group: Id,
    /// How it lets its holder in.
    pub way: InviteWay,
    /// Whether it takes a spoken phrase, which is not in it.
    #[serde(default)]
    pub spoken: bool,
    /// What the group would like to know of whoever knocks.
    pub questions: Vec<String>,
    /// When it ends.
    pub expires: Time,
    /// How I stand in that group, if it is known here.
    pub state: Option<GroupState>,
}

/// On which side of the door something was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KnockSide {
    /// By whoever knocked.
    Outside,
    /// By somebody of the group.
    Inside,
}

/// Something said at the door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KnockLine {
    /// On which side.
    pub side: KnockSide,
    /// Who of the group said it: what they are called. Not told to whoever is outside.
    pub name: Option<String>,
    /// The words.
    pub text: String,
    /// When.
    pub time: Time,
}

/// How far my knock has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KnockState {
    /// On this device.
    Saved,
    /// Passed to a member's node.
    PassedOn,
    /// It has reached somebody who decides.
    Received,
    /// I am let in.
    Admitted,
    /// Not this time.
    Declined,
}

/// My knock on a group's door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KnockMine {
    /// The knock.
    pub knock: Id,
    /// The group.
    pub group: Id,
    /// How far it has come.
    pub state: KnockState,
    /// The code to compare with whoever invited me, where that is asked and they have it.
    pub code: Option<String>,
    /// What was said, in order.
    pub lines: Vec<KnockLine>,
}

/// How a knock stands with those who decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeskState {
    /// Nobody has decided.
    Waiting,
    /// Signed, and waits for more to sign.
    Signing,
    /// Let in.
    Admitted,
    /// Told no.
    Declined,
    /// Was let in, and is gone.
    Gone,
}

/// Somebody who knocked, as those see it who decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KnockReceived {
    /// The knock; of somebody who came on an invite used by several, the join.
    pub knock: Id,
    /// The group.
    pub group: Id,
    /// What they wish to be called.
    pub name: String,
    /// The invite they came on.
    pub invite: Id,
    /// How that invite lets people in.
    pub way: InviteWay,
    /// How it stands.
    pub state: DeskState,
    /// Who said no: what they are called.
    pub by: Option<String>,
    /// The code to compare with them.
    pub code: Option<String>,
    /// Whether more people came on the invite than it is for.
    pub several: bool,
    /// What was said, in order.
    pub lines: Vec<KnockLine>,
    /// When they knocked.
    pub time: Time,
}

/// Knocks of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KnockList {
    /// Those that are mine to decide, the newest first.
    pub received: Vec<KnockReceived>,
    /// My own, while I am outside.
    pub mine: Option<KnockMine>,
}

/// One knock: one that is mine to decide, or my own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Knock {
    /// One that is mine to decide.
    pub received: Option<KnockReceived>,
    /// My own.
    pub mine: Option<KnockMine>,
}
