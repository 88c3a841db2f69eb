//! What a network starts with.

use std::net::IpAddr;
use std::sync::Arc;

use kith_protocol::id::GroupId;
use libp2p::Multiaddr;
use zeroize::Zeroizing;

use super::book::Book;
use super::counters::Counters;
use super::next::Next;
use super::proxy::Proxy;
use super::reach::Relaying;
#[cfg(feature = "lab")]
use super::tap::Tap;
use crate::clock::Clock;

/// Which port to listen on, UDP and TCP alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// A random one.
    Any,
    /// The one of last time if it is free, else a random one.
    Kept(u16),
    /// This one or none: the person chose it.
    Fixed(u16),
}

/// What a network starts with.
#[derive(Clone)]
pub struct Config {
    /// The group.
    pub group: GroupId,
    /// The Ed25519 secret behind the PeerId; unrelated to any other key.
    pub secret: Zeroizing<[u8; 32]>,
    /// Where to listen; empty means every interface, IPv4 and IPv6.
    pub listen: Vec<IpAddr>,
    /// Which port to listen on.
    pub port: Port,
    /// Where it will be next, if that is known.
    pub next: Option<Next>,
    /// Says when records are signed and members were met.
    pub clock: Clock,
    /// What is counted, by the places before this one too.
    pub counters: Arc<Counters>,
    /// Addresses others are told first, such as a forwarded port's.
    pub announce: Vec<Multiaddr>,
    /// A proxy to reach others through.
    pub proxy: Option<Proxy>,
    /// Whether to look for others on the local network, and to be found there. Not beside a proxy that is the only way.
    pub lan: bool,
    /// Whether to ask the router to let others through. It is not asked while listening on this machine alone, nor beside
    /// a proxy that is the only way.
    pub upnp: bool,
    /// Whether to relay for others of the group; not beside a proxy that is the only way.
    pub relaying: Relaying,
    /// The address book as last kept.
    pub book: Book,
    /// Sees what goes out and comes in.
    #[cfg(feature = "lab")]
    pub tap: Tap,
}
