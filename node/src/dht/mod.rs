//! The DHT: where members' nodes and keepers are now, left under names that nobody else can work out, with publicly
//! reachable nodes of Kith that know nothing of any group. Kademlia, under a protocol name of its own: no network of
//! others is joined. What a record is: `kith_protocol::dht`; why it is so: `docs/adr/0037`.
//!
//! ```text
//! server   holds records: every keeper, on its own swarm, and whoever else chose to ([`Serving`])
//!  ├─ part    Kademlia, and around it which addresses are dialled and how much one connection may ask for
//!  └─ shelf   which records are taken
//! act      one publication or one look-up of one group: a swarm that lives for seconds, under a PeerId of its own
//! ```
//!
//! Guarantees: a cell's swarm and PeerId take no part. A server keeps only what has the form of a record and was written by
//! who could work out its name, in memory, for two days; so much in all, and so much of one host. Nobody is dialled at home
//! (loopback, private networks) because a stranger named them, unless the places to begin with are there too. With a proxy
//! that is the only way, an act goes through it, under a name of its own.

mod act;
mod counters;
mod node;
mod pace;
mod part;
mod server;
mod serving;
mod shelf;
#[cfg(test)]
mod tests;

use libp2p::StreamProtocol;
use thiserror::Error;

pub(crate) use self::act::Act;
pub(crate) use self::counters::Counters;
pub(crate) use self::node::Node;
pub(crate) use self::pace::{Leaving, Looking};
pub(crate) use self::part::{Part, PartEvent};
pub(crate) use self::server::{Beginnings, Server};
pub(crate) use self::serving::{Serves, Serving};
use crate::swarm::{Multiaddr, NetworkError, at_home, host};

/// What is spoken, by servers to everybody, and by nobody else.
pub(crate) const PROTOCOL: StreamProtocol = StreamProtocol::new("/kith/kad/1");

/// Why an act came to nothing.
#[derive(Debug, Error)]
pub(crate) enum DhtError {
    /// No server answered.
    #[error("no server of the DHT answered")]
    Unreached,
    /// The swarm could not be set up.
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// Whether it would help anybody to be told these addresses: they lead somewhere from elsewhere, or the servers are at home
/// as well.
pub(crate) fn is_worth_telling(addresses: &[Multiaddr], nodes: &[Node]) -> bool {
    let home = nodes.iter().any(Node::is_at_home);
    addresses.iter().any(|address| home || host(address).is_none_or(|host| !at_home(host)))
}
