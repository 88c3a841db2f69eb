//! Who is there for the group, and when.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Id, Time};

/// What somebody is there for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Looks after the group.
    #[default]
    OnDuty,
    /// Welcomes newcomers.
    Greeter,
}

/// A time in which somebody is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Slot {
    /// Who: member id.
    pub member: Id,
    /// What that member is called.
    pub name: String,
    /// For what.
    pub task: Task,
    /// From when.
    pub from: Time,
    /// Until when.
    pub until: Time,
    /// Whether that is now.
    pub now: bool,
}

/// Who is there now or will be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rota {
    /// The earliest first.
    pub slots: Vec<Slot>,
}

/// That nobody is on duty now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quiet {
    /// When somebody will be, as far as they said.
    pub until: Option<Time>,
}

/// How a group did lately, for who looks after it. It is reckoned on this device, and sent nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupHealth {
    /// The group.
    pub group: Id,
    /// How many days back.
    pub days: u32,
    /// Within how many hours posts are to be heard, by the charter.
    pub reply_hours: u32,
    /// Posts that were heard within that time, or for which it has passed.
    pub posts: u32,
    /// Those of them that were heard in time.
    pub heard_in_time: u32,
    /// Of all answered posts the middle time until the first answer, in minutes.
    pub first_reply_minutes: Option<u64>,
    /// Newcomers who were greeted within 48 hours, or for whom those have passed.
    pub newcomers: u32,
    /// Those of them who were greeted in time.
    pub greeted_in_time: u32,
    /// How many members both gave and received an answer.
    pub gave_and_received: u32,
    /// How many members there are.
    pub members: u32,
    /// How long facilitators and helpers were on duty, by name.
    pub duty: Vec<DutyHours>,
    /// Reports that reached me and that I have not answered.
    pub open_reports: u32,
}

/// How long somebody was on duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DutyHours {
    /// Who: member id.
    pub member: Id,
    /// What they are called.
    pub name: String,
    /// Whole hours.
    pub hours: u32,
}

/// A time to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeDuty {
    /// For what.
    #[serde(default)]
    pub task: Task,
    /// In how many seconds it begins.
    #[serde(default)]
    pub begins_in: u64,
    /// How long it lasts, in seconds: at most 14 days; 0 takes an earlier word back.
    pub lasts: u64,
}
