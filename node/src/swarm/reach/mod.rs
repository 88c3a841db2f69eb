//! Being reached, and staying so: behind routers, on the move, after a sleep.
//!
//! Guarantees:
//! - What is measured of our own place is a hint with an age ([`HINT`]), dropped when the network changes.
//! - While relays of the group are connected, up to [`relays::RELAYS`] of them hold a place for us; where that is goes
//!   into our address record like any other address, and is asked for anew when it is lost.
//! - A relayed connection gives way to a direct one.
//! - Every connection is asked every [`PROBE_EVERY`] whether it lives, and at once when there is reason to doubt it; one
//!   that does not answer is closed, and what was lost with it is left to a sync.
//!
//! Refuses to relay for anybody who has not proved to belong to the group.

mod change;
mod observed;
mod relays;
mod serve;

use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant, SystemTime};

use futures::{AsyncReadExt as _, AsyncWriteExt as _};
use libp2p::autonat::v2::client;
use libp2p::core::transport::ListenerId;
use libp2p::multiaddr::Protocol;
use libp2p::swarm::ConnectionId;
use libp2p::{Multiaddr, PeerId, dcutr, identify, ping, relay};
use tokio::time::timeout;

pub(super) use self::observed::{Observed, without_peer};
pub(crate) use self::serve::relay;

use self::change::Change;
use self::relays::Relays;
use super::address::{circuit, parts, private};
use super::counters::Counters;
use super::listen;
use super::task::{Done, Task};

/// How long it counts that somebody from outside could reach us, or could not.
const HINT: Duration = Duration::from_secs(24 * 60 * 60);
/// Hints kept; more, and all are forgotten.
const HINTS: usize = 64;
/// How often a connection is asked whether it lives, and how long it has to answer.
pub(super) const PROBE_EVERY: Duration = Duration::from_secs(10);
const PROBE_WITHIN: Duration = Duration::from_secs(4);
/// Bytes of a probe: libp2p's ping.
const PROBE: usize = 32;
/// How often to look at both clocks, by which a sleep is noticed.
const LOOK: Duration = Duration::from_secs(5);

/// How a peer is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// One of both called the other.
    Direct,
    /// Both called at once, through their routers, after a relay had introduced them.
    Punched,
    /// Through a relay, which sees sealed bytes, their amount and their hours.
    Relayed,
}

/// Whether to relay for the others of the group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Relaying {
    /// Not at all.
    Never,
    /// While this node can be reached from outside.
    #[default]
    WhenReachable,
    /// Always: an announced address is taken to be good.
    Always,
}

/// Whether others can call this node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reachable {
    /// Nobody has tried yet.
    #[default]
    Unknown,
    /// Yes, from anywhere.
    Public,
    /// Not directly: a router is in the way.
    Behind,
}

/// What is known of a node's own place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reachability {
    /// Whether others can call it.
    pub reachable: Reachable,
    /// Relays that hold a place for it.
    pub relays: usize,
    /// Whether it relays for others.
    pub relaying: bool,
}

/// What somebody from outside found.
#[derive(Clone, Copy, Debug)]
struct Hint {
    good: bool,
    at: Instant,
}

/// The state of all this.
#[derive(Debug)]
pub(super) struct Reach {
    relaying: Relaying,
    serving: bool,
    relays: Relays,
    change: Change,
    hints: BTreeMap<Multiaddr, Hint>,
    looked: Instant,
}

impl Reach {
    pub fn new(relaying: Relaying) -> Reach {
        Reach {
            relaying,
            serving: false,
            relays: Relays::default(),
            change: Change::default(),
            hints: BTreeMap::new(),
            looked: Instant::now(),
        }
    }
}

impl Task {
    /// Does what is due; says when there is something to do next.
    pub(super) fn reach_out(&mut self, now: Instant) -> Instant {
        if now >= self.reach.looked + LOOK {
            self.reach.looked = now;
            self.look_at_clocks(now);
        }
        self.serve();
        for listener in self.reach.relays.late(now) {
            self.swarm.remove_listener(listener);
        }
        let there = self.relays_there();
        while let Some(relay) = self.reach.relays.next(&there, now) {
            self.ask(relay, now);
        }
        let probe = self.probe_due(now);
        let wakes = [self.reach.relays.wake(&there), probe];
        wakes.into_iter().flatten().fold(self.reach.looked + LOOK, Instant::min)
    }

    /// What is shown of our own place.
    pub(super) fn reachability(&self) -> Reachability {
        let outside = !self.announce.is_empty() || self.outside().next().is_some();
        let turned_away = self.reach.hints.values().any(|hint| !hint.good);
        let relays = self.reach.relays.held().count();
        let reachable = match (outside, turned_away || relays > 0) {
            (true, _) => Reachable::Public,
            (false, true) => Reachable::Behind,
            (false, false) => Reachable::Unknown,
        };
        Reachability { reachable, relays, relaying: self.reach.serving }
    }

    /// Our addresses to tell others.
    pub(super) fn whereabouts(&self) -> Vec<Multiaddr> {
        let mut outside = self.announce.clone();
        outside.extend(self.outside().filter(|address| !self.announce.contains(address)).cloned());
        let listening: Vec<&Multiaddr> = self.swarm.listeners().collect();
        listen::told(&outside, &listening, &self.reach.relays.addresses())
    }

    /// Addresses at which somebody from outside has reached us, or a router says they can.
    fn outside(&self) -> impl Iterator<Item = &Multiaddr> {
        let outside = |address: &&Multiaddr| parts(address).is_some_and(|(ip, _)| !private(&ip));
        self.swarm.external_addresses().filter(outside)
    }

    /// Relays of the group that are connected directly, in an order of our own, so that not all choose the same.
    fn relays_there(&self) -> Vec<PeerId> {
        if !self.announce.is_empty() {
            return Vec::new(); // Whoever can be called needs nobody's place.
        }
        let relays = self.peers.0.iter().filter(|(_, known)| known.relays && known.is_member());
        let mut relays: Vec<PeerId> =
            relays.filter(|(_, known)| known.direct().is_some()).map(|(peer, _)| *peer).collect();
        relays.sort_by_cached_key(|peer| {
            *blake3::hash(&[self.me.to_bytes(), peer.to_bytes()].concat()).as_bytes()
        });
        relays
    }

    /// Asks a relay for a place.
    fn ask(&mut self, relay: PeerId, now: Instant) {
        let known = self.peers.0.get(&relay);
        let Some(direct) = known.and_then(|known| known.direct()).map(|one| without_peer(&one.address)) else {
            return self.reach.relays.failed(relay, rand::random(), now);
        };
        Counters::add(&self.counters.places_asked);
        match self.swarm.listen_on(direct.with(Protocol::P2p(relay)).with(Protocol::P2pCircuit)) {
            Ok(listener) => self.reach.relays.asked(relay, listener, now),
            Err(error) => {
                tracing::debug!("asking a relay: {error}");
                self.reach.relays.failed(relay, rand::random(), now);
            }
        }
    }

    /// Begins to relay, or ends it, as our own place has become.
    fn serve(&mut self) {
        let serving = match self.reach.relaying {
            Relaying::Never => false,
            Relaying::WhenReachable => !self.announce.is_empty() || self.outside().next().is_some(),
            Relaying::Always => true,
        };
        if std::mem::replace(&mut self.reach.serving, serving) == serving {
            return;
        }
        let relay = &mut self.swarm.behaviour_mut().relay;
        relay.inner.set_status(Some(if serving { relay::Status::Enable } else { relay::Status::Disable }));
        if serving {
            for (peer, _) in self.peers.0.iter().filter(|(_, known)| known.settled.is_some()) {
                relay.open(*peer);
            }
        }
    }

    /// A peer has proved who it is: what is only for the group is now for it as well.
    pub(super) fn welcome(&mut self, peer: PeerId) {
        let serving = self.reach.serving;
        let behaviour = self.swarm.behaviour_mut();
        behaviour.punch.open(peer);
        behaviour.dial_back.open(peer);
        if serving {
            behaviour.relay.open(peer);
        }
    }

    /// A listener has an address, ours or a relay's.
    pub(super) fn listening(&mut self, listener: ListenerId, address: &Multiaddr) {
        self.reach.relays.listening(listener, address);
        self.moved();
    }

    /// A listener is no more.
    pub(super) fn listened(&mut self, listener: ListenerId) {
        if self.reach.relays.closed(listener, rand::random(), Instant::now()) {
            Counters::add(&self.counters.places_lost);
        }
        self.moved();
    }

    /// A peer says what it is.
    pub(super) fn identified(&mut self, event: identify::Event) {
        let identify::Event::Received { connection_id, peer_id, info } = event else { return };
        let Some(known) = self.peers.0.get_mut(&peer_id) else { return };
        let Some(one) = known.connections.get(&connection_id) else { return };
        if one.how != How::Relayed {
            known.relays = info.protocols.contains(&relay::HOP_PROTOCOL_NAME);
        }
        // Back where somebody reached us not long ago.
        let hint = self.reach.hints.get(&info.observed_addr);
        let good = hint.is_some_and(|hint| hint.good && hint.at + HINT > Instant::now());
        if good && self.swarm.behaviour().identify.leads_back(connection_id) {
            self.swarm.add_external_address(info.observed_addr);
        }
    }

    /// A peer tried to call us, at an address at which others see us.
    pub(super) fn called_back(&mut self, event: &client::Event) {
        let good = event.result.is_ok();
        // Whoever is behind the same router can say nothing of those beyond it.
        let inside = |known: &super::peers::Known| {
            known.connections.values().any(|one| parts(&without_peer(&one.address)).is_some_and(|(ip, _)| private(&ip)))
        };
        let inside = self.peers.0.get(&event.server).is_none_or(inside);
        let counts = parts(&event.tested_addr).is_some_and(|(ip, _)| !private(&ip)) && !inside;
        if !counts {
            if good && !self.announce.contains(&event.tested_addr) {
                self.swarm.remove_external_address(&event.tested_addr);
            }
            return;
        }
        Counters::add(if good { &self.counters.called_back } else { &self.counters.not_called_back });
        if self.reach.hints.len() >= HINTS {
            self.reach.hints.clear();
        }
        self.reach.hints.insert(event.tested_addr.clone(), Hint { good, at: Instant::now() });
        self.moved();
    }

    /// Both sides tried to call each other at once.
    pub(super) fn punched(&self, event: &dcutr::Event) {
        match &event.result {
            Ok(_) => Counters::add(&self.counters.punched),
            Err(error) => {
                tracing::debug!("{error}");
                Counters::add(&self.counters.punches_failed);
            }
        }
    }

    /// Somebody made use of us as a relay.
    pub(super) fn relayed(&self, event: &relay::Event) {
        match event {
            relay::Event::ReservationReqAccepted { renewed: false, .. } => {
                Counters::add(&self.counters.places_given);
            }
            relay::Event::CircuitReqAccepted { .. } => Counters::add(&self.counters.circuits_given),
            relay::Event::ReservationReqDenied { .. } => Counters::add(&self.counters.places_denied),
            relay::Event::CircuitReqDenied { .. } => Counters::add(&self.counters.circuits_denied),
            _ => {}
        }
    }

    /// Notices other interfaces.
    pub(super) fn look_at_interfaces(&mut self, now: Instant) {
        let hosts = self.swarm.listeners().filter_map(|address| parts(address).map(|(ip, _)| ip));
        if self.reach.change.interfaces(hosts.collect::<Vec<_>>()) {
            self.shaken(now);
        }
    }

    /// Notices a sleep, and what has become too old.
    fn look_at_clocks(&mut self, now: Instant) {
        let old: Vec<Multiaddr> = self
            .reach
            .hints
            .iter()
            .filter(|(_, hint)| hint.at + HINT <= now)
            .map(|(address, _)| address.clone())
            .collect();
        for address in old {
            self.reach.hints.remove(&address);
            self.forget_outside(&address);
        }
        if self.reach.change.slept(now, SystemTime::now()) {
            for listener in self.reach.relays.all() {
                self.swarm.remove_listener(listener);
            }
            self.shaken(now);
        }
    }

    /// Nothing that was known of our own place counts any more, and every connection may be dead.
    fn shaken(&mut self, now: Instant) {
        tracing::debug!("the network changed");
        Counters::add(&self.counters.network_changes);
        let hints: Vec<Multiaddr> = self.reach.hints.keys().cloned().collect();
        for address in hints {
            self.forget_outside(&address);
        }
        self.reach.hints.retain(|_, hint| hint.good);
        self.reach.relays.hurry();
        self.dialer.hurry(now);
        for one in self.peers.0.values_mut().flat_map(|known| known.connections.values_mut()) {
            one.doubt(now);
        }
    }

    fn forget_outside(&mut self, address: &Multiaddr) {
        if !self.announce.contains(address) {
            self.swarm.remove_external_address(address);
            self.moved();
        }
    }

    /// Asks the connections that are due whether they live; says when the next is.
    fn probe_due(&mut self, now: Instant) -> Option<Instant> {
        let mut due = Vec::new();
        let mut next: Option<Instant> = None;
        for (peer, known) in &mut self.peers.0 {
            for (id, one) in &mut known.connections {
                let Some(at) = one.probe_at else { continue };
                if at <= now {
                    one.probe_at = None;
                    due.push((*peer, *id));
                } else {
                    next = Some(next.map_or(at, |next| next.min(at)));
                }
            }
        }
        for (peer, connection) in due {
            let opening = self.open_on(peer, connection, ping::PROTOCOL_NAME);
            self.jobs.spawn(async move {
                let echo = async {
                    let mut stream = opening.await?;
                    let sent: [u8; PROBE] = rand::random();
                    let mut back = [0; PROBE];
                    stream.write_all(&sent).await?;
                    stream.flush().await?;
                    stream.read_exact(&mut back).await?;
                    if sent == back { Ok(()) } else { Err(io::Error::from(io::ErrorKind::InvalidData)) }
                };
                let alive = timeout(PROBE_WITHIN, echo).await.is_ok_and(|echo| echo.is_ok());
                Done::Probed { peer, connection, alive }
            });
        }
        next
    }

    /// A connection answered, or did not.
    pub(super) fn probed(&mut self, peer: PeerId, connection: ConnectionId, alive: bool) {
        let known = self.peers.0.get_mut(&peer);
        let Some(one) = known.and_then(|known| known.connections.get_mut(&connection)) else { return };
        if one.answered(alive, Instant::now()) {
            return;
        }
        Counters::add(&self.counters.connections_dead);
        self.outbox.dirty();
        self.swarm.close_connection(connection);
    }

}

/// Whether an address leads to somebody through ourselves.
pub(super) fn through(me: &PeerId, address: &Multiaddr) -> bool {
    circuit(address).is_some_and(|circuit| circuit.relay == *me)
}
