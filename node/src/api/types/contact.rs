//! Two members between themselves.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Id, Time};

/// How something stands between a member and me.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TieState {
    /// Nothing is between us.
    Nothing,
    /// I asked.
    Asked,
    /// They ask.
    Asking,
    /// Both said yes.
    Agreed,
    /// Both said yes for a time that is over.
    Over,
}

/// Writing to each other, or being buddies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tie {
    /// How it stands.
    pub state: TieState,
    /// What they said when they asked; may be empty.
    pub words: String,
    /// Of buddies: until when.
    pub until: Option<Time>,
}

/// Somebody with whom something is or was between us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Contact {
    /// Who: member id.
    pub member: Id,
    /// What they are called.
    pub name: String,
    /// Writing to each other.
    pub talk: Tie,
    /// Being buddies.
    pub buddy: Tie,
}

/// All of them in a group, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContactList {
    /// The contacts.
    pub contacts: Vec<Contact>,
}

/// What one of us wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Line {
    /// Its name.
    pub line: Id,
    /// Whether it was me.
    pub mine: bool,
    /// The text.
    pub text: String,
    /// When, as its writer's device claimed.
    pub time: Time,
}

/// What a member and I wrote to each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Conversation {
    /// Who: member id.
    pub member: Id,
    /// What they are called.
    pub name: String,
    /// Whether we write to each other.
    pub talk: Tie,
    /// The newest first: the last 200.
    pub lines: Vec<Line>,
}

/// A yes or no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SayTo {
    /// Yes, or no: a no ends it for both.
    pub yes: bool,
    /// Of buddies: for how many weeks, 1 to 26.
    #[serde(default)]
    pub weeks: u16,
    /// A few words with it: at most 200 bytes.
    #[serde(default)]
    pub words: String,
}
