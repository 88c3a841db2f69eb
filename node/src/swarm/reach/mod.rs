//! Being reached, and staying so: behind routers, on the move, after a sleep.
//!
//! Guarantees:
//! - What is measured of our own place is a hint with an age ([`hints::AGE`]), dropped when the network changes.
//! - While relays of the group are connected, up to [`relays::RELAYS`] of them hold a place for us; where that is goes
//!   into our address record like any other address, and is asked for anew when it is lost.
//! - A relayed connection gives way to a direct one.
//! - Every connection is asked now and then ([`probe::PROBE_EVERY`]) whether it lives, and at once when there is reason to doubt it; one
//!   that does not answer is closed, and what was lost with it is left to a sync.
//!
//! Refuses to relay for anybody who has not proved to belong to the group.

mod change;
mod hints;
mod observed;
mod probe;
mod relays;
mod serve;

use std::time::{Duration, Instant};

use libp2p::core::transport::ListenerId;
use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId, dcutr, identify, relay};

pub(crate) use self::observed::Observed;
pub(super) use self::observed::without_peer;
pub(super) use self::probe::{PROBE_EVERY, PROBE_QUIC_EVERY};
pub(crate) use self::serve::{Room, relay};

use self::change::Change;
use self::hints::Hints;
use self::relays::Relays;
use super::address::{Out, circuit, parts, private};
use super::counters::Counters;
use super::event::Who;
use super::listen;
use super::peers::{Connection, Known};
use super::tap::Seen;
use super::task::Task;

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
    /// No: it listens on this machine alone.
    Here,
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

/// The state of all this.
#[derive(Debug)]
pub(super) struct Reach {
    relaying: Relaying,
    /// Whether we listen on this machine alone.
    here: bool,
    serving: bool,
    relays: Relays,
    change: Change,
    hints: Hints,
    looked: Instant,
}

impl Reach {
    /// As the person chose; `here` if we listen on this machine alone.
    pub fn new(relaying: Relaying, here: bool) -> Reach {
        Reach {
            relaying,
            here,
            serving: false,
            relays: Relays::default(),
            change: Change::default(),
            hints: Hints::default(),
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
        let turned_away = self.reach.hints.turned_away();
        let relays = self.reach.relays.held().count();
        let reachable = match (outside, turned_away || relays > 0) {
            (true, _) => Reachable::Public,
            _ if self.reach.here => Reachable::Here,
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
        listen::told(&outside, &listening, &self.reach.relays.addresses(), self.out)
    }

    /// Addresses at which somebody from outside has reached us, or a router says they can.
    fn outside(&self) -> impl Iterator<Item = &Multiaddr> {
        let outside = |address: &&Multiaddr| parts(address).is_some_and(|(ip, _)| !private(&ip));
        self.swarm.external_addresses().filter(outside)
    }

    /// Relays of the group that are connected directly, then keepers, each in an order of our own, so that not all choose the
    /// same.
    fn relays_there(&self) -> Vec<PeerId> {
        // Whoever can be called needs nobody's place, and whoever hides behind a proxy takes none.
        if !self.announce.is_empty() || self.out == Out::Proxied {
            return Vec::new();
        }
        let keeper = |known: &Known| matches!(known.who(), Some(Who::Keeper { .. }));
        // Whoever listens here alone is to be found from here alone, through a relay too.
        let fits = |one: &Connection| {
            let at = parts(&without_peer(&one.address));
            !self.reach.here || at.is_some_and(|(ip, _)| ip.is_loopback())
        };
        let relays =
            self.peers.0.iter().filter(|(_, known)| known.relays && known.direct().is_some_and(fits));
        let relays = relays.filter(|(_, known)| known.is_member() || keeper(known));
        let mut relays: Vec<(bool, PeerId)> = relays.map(|(peer, known)| (keeper(known), *peer)).collect();
        let order = |peer: &PeerId| *blake3::hash(&[self.me.to_bytes(), peer.to_bytes()].concat()).as_bytes();
        // Who speaks with whom is less news to a member than to a keeper.
        relays.sort_by_cached_key(|(keeper, peer)| (*keeper, order(peer)));
        relays.into_iter().map(|(_, peer)| peer).collect()
    }

    /// Asks a relay for a place.
    fn ask(&mut self, relay: PeerId, now: Instant) {
        let known = self.peers.0.get(&relay);
        let Some(direct) = known.and_then(|known| known.direct()).map(|one| without_peer(&one.address))
        else {
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
        let behaviour = self.swarm.behaviour_mut();
        let status = if serving { relay::Status::Enable } else { relay::Status::Disable };
        behaviour.relay.inner.set_status(Some(status));
        if serving {
            let proved = |known: &Known| known.who().is_some_and(|who| who.device().is_some());
            for (peer, _) in self.peers.0.iter().filter(|(_, known)| proved(known)) {
                behaviour.relay.open(*peer);
                behaviour.dial_back.open(*peer);
            }
        }
    }

    /// A peer has proved who it is: what is only for the group is now for it as well. For a keeper, which is not of the
    /// group, nothing is done; but its connection stays.
    pub(super) fn welcome(&mut self, peer: PeerId, who: &Who) {
        let serves = self.reach.serving && who.device().is_some();
        let behaviour = self.swarm.behaviour_mut();
        behaviour.punch.open(peer);
        if serves {
            behaviour.relay.open(peer);
            // Whoever is behind a router sees too little of the world to say who can be called from there.
            behaviour.dial_back.open(peer);
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
        self.tap.see(Seen::Identify(&about(&peer_id, &info)));
        let Some(known) = self.peers.0.get_mut(&peer_id) else { return };
        let Some(one) = known.connections.get(&connection_id) else { return };
        if one.how != How::Relayed {
            known.relays = info.protocols.contains(&relay::HOP_PROTOCOL_NAME);
        }
        // Back where somebody reached us not long ago.
        let good = self.reach.hints.good(&info.observed_addr, Instant::now());
        if good && self.swarm.behaviour().identify.leads_back(connection_id) {
            self.swarm.add_external_address(info.observed_addr);
        }
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
}

/// All that a peer says of itself.
fn about(peer: &PeerId, info: &identify::Info) -> String {
    let mut protocols: Vec<_> = info.protocols.iter().map(ToString::to_string).collect();
    protocols.sort();
    let (version, agent, key) = (&info.protocol_version, &info.agent_version, info.public_key.key_type());
    let (at, signed) = (&info.listen_addrs, info.signed_peer_record.is_some());
    format!("{peer} {version} {agent} {protocols:?} {at:?} {key:?} {signed}")
}

/// Whether an address leads to somebody through ourselves.
pub(super) fn through(me: &PeerId, address: &Multiaddr) -> bool {
    circuit(address).is_some_and(|circuit| circuit.relay == *me)
}
