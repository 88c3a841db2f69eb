//! What happens on a node, as it happens.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CatchingUp, Delivery, GroupState, Id, Notice, Post};

/// Something that just happened. More kinds will come: readers pass over those they do not know.
///
/// Events say that something changed, so that a screen can be redrawn; they are no record. One who reads too
/// slowly gets [`Event::Missed`] and reads the state anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// A post or reply is here and can be shown.
    Post(Post),
    /// A post or reply is to be shown otherwise: its author changed it or took it back.
    Changed(Post),
    /// Something I wrote has come further.
    Delivery(Delivery),
    /// How I stand in a group, its members or its invites changed.
    Group {
        /// The group.
        group: Id,
        /// How I stand in it.
        state: GroupState,
    },
    /// The number of connected members' nodes changed, or whether a keeper is.
    Peers {
        /// The group.
        group: Id,
        /// How many are connected and proved now.
        peers: u32,
        /// Whether a keeper of the group is.
        keeper: bool,
    },
    /// A catching-up has come further, or has ended.
    CatchingUp {
        /// The group.
        group: Id,
        /// How far it has come; null when it has ended.
        progress: Option<CatchingUp>,
    },
    /// A person should know something.
    Notice(Notice),
    /// Some events were passed over because the reader was slow.
    Missed {
        /// How many.
        count: u64,
    },
}
