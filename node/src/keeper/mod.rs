//! A keeper: a node that is always awake and holds envelopes for groups, and cannot read them. `docs/protocol.md` 23.
//!
//! ```text
//! swarm task ── one swarm, one PeerId: who is connected, what each has proved, who is told of news
//!  ├─ jobs       one a stream: a proof, a reconciliation, errands
//!  └─ meetings   where members' nodes are, sealed from the keeper; in memory alone
//! places thread ─ the database of all places, and every judgement about what may be left and fetched
//! telling       ─ where the keeper is, left in the DHT for each place; and on the swarm it is a server of the DHT itself
//! operator      ─ a Unix socket: enrol, list, drop, quota; a page with totals
//! ```
//!
//! Guarantees: nothing is served on a connection before it has proved a gate key of a place, and then of that place
//! alone; what was acknowledged is durable; a place never takes more than its quota; nothing that is logged, counted or
//! shown to the operator says who somebody is, or ties an address to a place. Refuses to judge anything else: members
//! believe envelopes, not keepers.

mod admit;
mod behaviour;
mod counters;
mod door;
mod errands;
mod guests;
mod keeping;
#[cfg(test)]
pub(crate) mod kit;
mod letting_in;
mod meetings;
mod network;
mod operator;
mod page;
mod place;
mod places;
mod run;
mod sessions;
mod sets;
mod shelf;
mod task;
mod telling;
#[cfg(feature = "lab")]
mod temper;
#[cfg(test)]
mod tests;
mod thread;

use thiserror::Error;

pub use self::behaviour::Bounds;
pub use self::counters::Counters;
pub use self::operator::{Enrolled, Quota, Shown, Status};
pub use self::places::Line;
pub use self::run::{Ready, RunConfig, run};
#[cfg(feature = "lab")]
pub use self::temper::Temper;
use crate::store::StoreError;
use crate::swarm::NetworkError;

/// Why a keeper would not.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum KeeperError {
    /// There is no such place.
    #[error("there is no such place")]
    NoPlace,
    /// It has as many places as it may.
    #[error("this keeper has as many places as it can")]
    Full,
    /// A session's standing has changed, or something was asked for that it does not show.
    #[error("the standing of this session has ended")]
    Ended,
    /// Enough was served to keys of the past, or too much refused, for now.
    #[error("enough for now")]
    Enough,
    /// The places are closed, or closing.
    #[error("the keeper is closed")]
    Closed,
    /// The port that was chosen is in use.
    #[error("port {0} is in use by another program")]
    PortTaken(u16),
    /// The disk or the database failed.
    #[error("{0}")]
    Storage(String),
    /// The network could not be set up.
    #[error("{0}")]
    Network(String),
}

impl From<StoreError> for KeeperError {
    fn from(error: StoreError) -> KeeperError {
        KeeperError::Storage(error.to_string())
    }
}

impl From<NetworkError> for KeeperError {
    fn from(error: NetworkError) -> KeeperError {
        match error {
            NetworkError::PortTaken(port) => KeeperError::PortTaken(port),
            other => KeeperError::Network(other.to_string()),
        }
    }
}
