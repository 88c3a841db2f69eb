//! What is coming up.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ContentNotes, Day, Id, Time};

/// What an event is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// People meet.
    #[default]
    Gathering,
    /// People sit in a circle.
    Circle,
    /// Somebody shows how they do something; without a time, they offer to.
    SkillShare,
    /// A day that matters to its author, every year: glad or hard, nobody says which.
    Anniversary,
}

/// Something that is coming up, as it stands now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CalendarEvent {
    /// Its id.
    pub event: Id,
    /// The group.
    pub group: Id,
    /// Who announced it: member id.
    pub author: Id,
    /// What they are called.
    pub name: String,
    /// Whether it is my own.
    pub mine: bool,
    /// When it was announced.
    pub time: Time,
    /// What it is called.
    pub title: String,
    /// What it is.
    pub kind: EventKind,
    /// When it begins; none of an anniversary, or an offer without a time.
    pub start: Option<Time>,
    /// The first day, of an anniversary. It is that day in every time zone.
    pub day: Option<Day>,
    /// When that day comes next, or today.
    pub next: Option<Day>,
    /// How many minutes it is meant to take; 0 says nothing.
    pub minutes: u16,
    /// Where, in words or as a link.
    pub place: String,
    /// More about it.
    pub words: String,
    /// The circle it announces.
    pub circle: Option<Id>,
    /// What it mentions.
    pub notes: ContentNotes,
    /// Whether it was moved to another time or place.
    pub moved: bool,
    /// Whether it does not take place.
    pub cancelled: bool,
    /// Why it was moved or cancelled.
    pub reason: String,
    /// Whether it is over.
    pub over: bool,
}

/// What is coming up in a group, and what is over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Calendar {
    /// The earliest first; offers without a time last.
    pub events: Vec<CalendarEvent>,
}

/// Something to announce. Fields that are left out say nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddEvent {
    /// What it is called: 1 to 200 bytes.
    pub title: String,
    /// What it is.
    #[serde(default)]
    pub kind: EventKind,
    /// When it begins. Needed, but of an anniversary and of a skill-share that is offered.
    #[serde(default)]
    pub start: Option<Time>,
    /// The day, of an anniversary.
    #[serde(default)]
    pub day: Option<Day>,
    /// How many minutes it is meant to take: at most 14 days of them.
    #[serde(default)]
    pub minutes: u16,
    /// Where, in words or as a link: at most 1024 bytes.
    #[serde(default)]
    pub place: String,
    /// More about it: at most 4096 bytes.
    #[serde(default)]
    pub words: String,
    /// The circle it announces: its id, or the beginning of it.
    #[serde(default)]
    pub circle: Option<String>,
    /// What it mentions, with commas between.
    #[serde(default)]
    pub mentions: String,
    /// What it mentions, in one's own words.
    #[serde(default)]
    pub note: String,
}

/// What is different about an event. What is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeEvent {
    /// Whether it does not take place.
    #[serde(default)]
    pub cancelled: bool,
    /// When it begins instead.
    #[serde(default)]
    pub start: Option<Time>,
    /// The day instead, of an anniversary.
    #[serde(default)]
    pub day: Option<Day>,
    /// How many minutes instead.
    #[serde(default)]
    pub minutes: Option<u16>,
    /// Where instead.
    #[serde(default)]
    pub place: Option<String>,
    /// Why: at most 2048 bytes.
    #[serde(default)]
    pub reason: String,
}
