//! Keepers of a group.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Id, Time};

/// How far it has come with a keeper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeeperState {
    /// It was asked, and has not answered yet: this node goes on trying.
    Asked,
    /// It keeps what the group writes, and the group has been told.
    Kept,
    /// Something this program does not know: the node is newer.
    #[serde(other)]
    Other,
}

/// A keeper of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Keeper {
    /// The place that it gives the group.
    pub place: Id,
    /// How far it has come.
    pub state: KeeperState,
    /// Where it is.
    pub addresses: Vec<String>,
    /// What the facilitator is called who brought it in.
    pub name: Option<String>,
    /// When they did.
    pub since: Option<Time>,
    /// Whether this node is connected to it now.
    pub connected: bool,
    /// Whether it has been told all that this node would tell it, as far as it said; always so of a node that tells it
    /// nothing.
    pub in_step: bool,
    /// Bytes that it holds for the group, as it last said.
    pub used: Option<u64>,
    /// Bytes that it may hold for the group, as it last said.
    pub quota: Option<u64>,
}

/// The keepers of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeeperList {
    /// Those who keep first.
    pub keepers: Vec<Keeper>,
}

/// What somebody who runs a keeper gave out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddKeeper {
    /// The link of a place: it begins with `kith-keeper:`.
    pub link: String,
}
