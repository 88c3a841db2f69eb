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
