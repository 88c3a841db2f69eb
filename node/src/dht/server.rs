//! What a server does around Kademlia: it takes records, and comes to know the other servers.

use std::collections::BTreeMap;
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::join_all;
use libp2p::kad::{self, InboundRequest};
use libp2p::swarm::ConnectionId;
use libp2p::swarm::dial_opts::DialOpts;
use libp2p::{PeerId, identify};

use super::part::Waits;
use super::shelf::Shelf;
use super::{Counters, Node, PROTOCOL, Part, PartEvent};
use crate::clock::Clock;
use crate::swarm::{Multiaddr, Out, at_home, host};

/// How long a server waits for others.
const WAITS: Waits = Waits { answer: Duration::from_secs(10), question: Duration::from_secs(30) };
/// Places to begin with that are called at one time.
const CALLED: usize = 8;
/// When they are called again by a server that knows nobody, and by one that does.
const ALONE: Duration = Duration::from_secs(20);
const USUALLY: Duration = Duration::from_secs(900);
/// Other servers that one host may have.
const OF_A_HOST: usize = 4;
/// Addresses that are read of what a peer tells of itself.
const TOLD: usize = 16;

/// One server's side beside its swarm.
pub(crate) struct Server {
    nodes: Vec<Node>,
    shelf: Shelf,
    clock: Clock,
    counters: Arc<Counters>,
    hosts: BTreeMap<ConnectionId, IpAddr>,
    calls_at: Instant,
}

/// Places to begin with, once their names are looked up.
pub(crate) type Beginnings = Vec<Node>;

impl Server {
    /// One that begins with these places, and its part of the swarm. `home`: whether it is itself at home.
    pub fn new(me: PeerId, nodes: Vec<Node>, home: bool, clock: Clock) -> (Server, Part) {
        let now = Instant::now();
        let home = home || nodes.iter().any(Node::is_at_home);
        let (shelf, counters, hosts) = (Shelf::new(now), Arc::default(), BTreeMap::new());
        let server = Server { nodes, shelf, clock, counters, hosts, calls_at: now };
        (server, Part::server(me, Out::Straight, home, WAITS))
    }

    /// What was taken and refused.
    pub fn counters(&self) -> Arc<Counters> {
        self.counters.clone()
    }

    /// A connection stands.
    pub fn connected(&mut self, connection: ConnectionId, remote: &Multiaddr) {
        if let Some(host) = host(remote) {
            self.hosts.insert(connection, host);
        }
    }

    /// A connection has ended.
    pub fn closed(&mut self, connection: ConnectionId) {
        self.hosts.remove(&connection);
    }

    /// When it is to be asked for whom to call.
    pub fn wake(&self) -> Instant {
        self.calls_at
    }

    /// Whom to call now, if it is time for that: their names are to be looked up first. Looks around among those it knows.
    pub fn calls(
        &mut self,
        part: &mut Part,
        now: Instant,
    ) -> Option<impl Future<Output = Beginnings> + Send + use<>> {
        if self.calls_at > now {
            return None;
        }
        let alone = part.kad.kbuckets().next().is_none();
        self.calls_at = now + if alone { ALONE } else { USUALLY }.mul_f64(0.75 + rand::random::<f64>() / 2.0);
        if !alone {
            // With nobody to ask it is not begun, which is known here.
            let _ = part.kad.bootstrap();
        }
        if self.nodes.is_empty() {
            return None;
        }
        let mut nodes = self.nodes.clone();
        nodes.sort_by_cached_key(|_| rand::random::<u64>());
        nodes.truncate(if alone { CALLED } else { 1 });
        Some(join_all(nodes.into_iter().map(|node| node.found(Out::Straight))))
    }

    /// How to call them.
    pub fn dials(found: Beginnings) -> impl Iterator<Item = DialOpts> {
        found.into_iter().flat_map(|node| {
            node.addresses.into_iter().map(|address| DialOpts::unknown_peer_id().address(address).build())
        })
    }

    /// What Kademlia tells.
    pub fn hear(&mut self, part: &mut Part, event: PartEvent) {
        let count: fn(&Counters) -> &_ = match event {
            PartEvent::Flooded => |counters| &counters.dht_floods,
            PartEvent::Kad(event) => match *event {
                kad::Event::InboundRequest {
                    request: InboundRequest::PutRecord { connection, record: Some(record), .. },
                } => {
                    // Who has gone by now can leave it again.
                    let Some(host) = self.hosts.get(&connection) else { return };
                    let now = (Instant::now(), self.clock.now().hour());
                    self.shelf.put(part.kad.store_mut(), record, *host, now)
                }
                kad::Event::InboundRequest {
                    request: InboundRequest::AddProvider { .. } | InboundRequest::GetProvider { .. },
                } => |counters| &counters.dht_foreign,
                _ => return,
            },
        };
        Counters::add(count(&self.counters));
    }

    /// A peer said what it is: another server is known from now on, at the host from which it called, wherever else it
    /// says to be.
    pub fn identified(&self, part: &mut Part, peer: PeerId, connection: ConnectionId, info: &identify::Info) {
        if !info.protocols.contains(&PROTOCOL) {
            return;
        }
        let Some(called_from) = self.hosts.get(&connection).copied() else { return };
        let there = |address: &&Multiaddr| host(address) == Some(called_from) && part.leads(address);
        let addresses: Vec<Multiaddr> = info.listen_addrs.iter().take(TOLD).filter(there).cloned().collect();
        let mut neighbours = 0_usize;
        for bucket in part.kad.kbuckets() {
            let others = bucket.iter().filter(|entry| *entry.node.key.preimage() != peer);
            let theirs = others
                .filter(|entry| entry.node.value.iter().any(|address| host(address) == Some(called_from)));
            neighbours = neighbours.saturating_add(theirs.count());
        }
        if at_home(called_from) || neighbours < OF_A_HOST {
            for address in addresses {
                part.kad.add_address(&peer, address);
            }
        }
    }
}
