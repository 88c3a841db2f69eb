//! What members say of themselves, and what they have in common.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ContentNotes, Id, Time};

/// What a member says of themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Intro {
    /// Its id, by which it can be taken back.
    pub intro: Id,
    /// Who: member id.
    pub member: Id,
    /// What they are called.
    pub name: String,
    /// Whether that is me.
    pub me: bool,
    /// A line beside their name.
    pub line: String,
    /// More.
    pub words: String,
    /// Words for their situation that they chose to show here.
    pub tags: Vec<String>,
    /// What it mentions.
    pub notes: ContentNotes,
    /// When.
    pub time: Time,
}

/// The introductions of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IntroList {
    /// By name.
    pub intros: Vec<Intro>,
}

/// What I say of myself. One of the first three says something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Introduce {
    /// A line beside my name: at most 200 bytes.
    pub line: String,
    /// More: at most 2048 bytes.
    pub words: String,
    /// Words for my situation that I choose to show here: at most 8, each at most 64 bytes.
    pub tags: Vec<String>,
    /// What it mentions, with commas between.
    pub mentions: String,
    /// What it mentions, in one's own words.
    pub note: String,
}

/// Somebody whose introduction names what I named on this device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Alike {
    /// Who: member id.
    pub member: Id,
    /// What they are called.
    pub name: String,
    /// What we both named, in their words.
    pub both: Vec<String>,
}

/// Who named what I named, as found on this device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Matches {
    /// Whether I have tags of my own to compare.
    pub has_tags: bool,
    /// By name.
    pub matches: Vec<Alike>,
}
