//! Welcoming newcomers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Id, Time};

/// Somebody who came lately and has not been greeted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Newcomer {
    /// Who: member id.
    pub member: Id,
    /// The group.
    pub group: Id,
    /// What they are called.
    pub name: String,
    /// When they came.
    pub came: Time,
    /// Whether they have waited for so long that everybody on duty is told.
    pub pressing: bool,
}

/// Who has not been greeted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Newcomers {
    /// Those who came first at the beginning.
    pub newcomers: Vec<Newcomer>,
}

/// What I may begin with, and what of it I did. It is noted on this device alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FirstSteps {
    /// Whether I looked at the charter.
    pub charter: bool,
    /// Whether I acknowledged something.
    pub heard: bool,
    /// Whether I said hello, or that I would rather just listen.
    pub hello: bool,
}

/// A first step that the node does not see by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeStep {
    /// I would rather just listen.
    #[serde(default)]
    pub listen: bool,
    /// Do not show me first steps any more.
    #[serde(default)]
    pub hide: bool,
}

/// What is left of first steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StepsLeft {
    /// None if all are taken or hidden, or I am not new here.
    pub steps: Option<FirstSteps>,
}
