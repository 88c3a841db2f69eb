//! When to dial whom: the one place where connections begin.
//!
//! A *node* is a device of the address book, or the addresses that a link gives for one node, or a keeper, or somebody who is
//! heard of on the local network. While it is not connected, its addresses are tried one after the other, [`STEP`] apart
//! ([`STEP_PROXIED`] through a proxy) or as soon as one has failed; those through relays only when the direct ones have had
//! [`HEAD_START`] or have failed. When none has worked, there is a pause that doubles from [`PAUSE_LEAST`] to
//! [`PAUSE_MOST`], give or take a quarter. New addresses are tried at once. At most [`DIALS`] dials are under way at one
//! time. Of a node that is connected through a relay, the direct addresses are tried on, with pauses from [`RELAYED`]
//! failures on.
//!
//! While nobody at all is connected, our own path may be what is broken: then the [`BEACONS`] nodes met last are tried
//! at least every [`PAUSE_ALONE`], and the first that answers ends the pauses of all others.
//!
//! Pure: the time and a random number come in, dials go out as values.

mod node;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use kith_protocol::id::PlaceId;
use libp2p::swarm::ConnectionId;
use libp2p::{Multiaddr, PeerId};

use self::node::{Node, Step, direct, pause};
use super::address::Out;
use super::book::Device;

/// Dials under way at one time; more wait.
pub(super) const DIALS: usize = 8;
/// Nodes of links remembered; more push out the oldest.
const LINKS: usize = 64;
/// Nodes of the local network remembered; more push out those that were called in vain.
const NEAR: usize = 64;
/// Addresses remembered for having led to ourselves; more, and all are forgotten.
const ECHOES: usize = 64;
/// How long one address is tried alone before the next is tried as well.
const STEP: Duration = Duration::from_millis(500);
/// The same where a proxy has to find the way, which takes it seconds at best.
const STEP_PROXIED: Duration = Duration::from_secs(15);
/// How long direct addresses are tried before those through relays are.
const HEAD_START: Duration = Duration::from_secs(1);
/// The longest pause of the nodes met last while nobody is connected, and how many they are.
const PAUSE_ALONE: Duration = Duration::from_secs(4);
const BEACONS: usize = 3;
/// The first pause.
const PAUSE_LEAST: Duration = Duration::from_secs(1);
/// The longest pause.
const PAUSE_MOST: Duration = Duration::from_secs(300);
/// How many failures it counts as that a node could be reached through a relay only: the next try is 16 s away.
const RELAYED: u32 = 4;
/// A connection that held for less counts as a failure: two nodes that disagree must not do so every second.
const HELD: Duration = Duration::from_secs(20);

/// A node to dial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Target {
    /// A device of the book.
    Device(Device),
    /// What a link calls one node, numbered by arrival.
    Link(u64),
    /// A keeper, by the place it gives us.
    Keeper(PlaceId),
    /// Who says to be this, on the same local network.
    Near(PeerId),
}

#[derive(Debug)]
struct Attempt {
    target: Target,
    address: Multiaddr,
    established: bool,
}

/// The schedule.
#[derive(Debug, Default)]
pub(super) struct Dialer {
    out: Out,
    nodes: BTreeMap<Target, Node>,
    attempts: BTreeMap<ConnectionId, Attempt>,
    own: BTreeSet<Multiaddr>,
    /// Addresses that led to ourselves all the same.
    echoes: BTreeSet<Multiaddr>,
    /// Whether enough others are connected.
    keepers_only: bool,
    /// Devices that are connected, in the book or not.
    here: BTreeSet<Device>,
    links: u64,
    /// An order of this node's own: in that of keys, a large group would all dial the same few.
    order: RandomState,
}

impl Dialer {
    /// A schedule for these ways out, with nobody in it.
    pub fn new(out: Out) -> Dialer {
        Dialer { out, ..Dialer::default() }
    }

    /// Addresses at which we would reach ourselves.
    pub fn own(&mut self, addresses: impl IntoIterator<Item = Multiaddr>) {
        self.own = addresses.into_iter().collect();
    }

    /// From now on nobody but keepers is dialled, or everybody again.
    pub fn keepers_only(&mut self, only: bool) {
        self.keepers_only = only;
    }

    /// Takes the devices to be connected to; those left out are dialled no more.
    pub fn devices(&mut self, devices: impl IntoIterator<Item = (Device, Vec<Multiaddr>)>, now: Instant) {
        let known = |target: &Target| matches!(target, Target::Device(_));
        let devices = devices.into_iter().map(|(device, addresses)| (Target::Device(device), addresses));
        self.wish(known, devices, now);
    }

    /// Takes the keepers to be connected to; those left out are dialled no more.
    pub fn keepers(&mut self, keepers: impl IntoIterator<Item = (PlaceId, Vec<Multiaddr>)>, now: Instant) {
        let known = |target: &Target| matches!(target, Target::Keeper(_));
        let keepers = keepers.into_iter().map(|(place, addresses)| (Target::Keeper(place), addresses));
        self.wish(known, keepers, now);
    }

    /// Takes all targets of one sort.
    fn wish(
        &mut self,
        sort: impl Fn(&Target) -> bool,
        targets: impl IntoIterator<Item = (Target, Vec<Multiaddr>)>,
        now: Instant,
    ) {
        let mut gone: BTreeSet<Target> = self.nodes.keys().filter(|target| sort(target)).copied().collect();
        for (target, addresses) in targets {
            gone.remove(&target);
            let mut addresses = self.out.ordered(addresses);
            match self.nodes.get_mut(&target) {
                None => {
                    let connected = matches!(target, Target::Device(device) if self.here.contains(&device));
                    self.nodes.insert(target, Node { connected, ..Node::new(addresses, now) });
                }
                Some(node) => {
                    let news = addresses.iter().any(|address| !node.addresses.contains(address));
                    std::mem::swap(&mut node.addresses, &mut addresses);
                    if news {
                        let left = std::mem::take(&mut node.round);
                        let new = node.addresses.iter().filter(|new| !addresses.contains(new));
                        let left = left.iter().filter(|left| node.addresses.contains(left));
                        let round = new.chain(left).filter(|new| !node.relayed || direct(new));
                        node.round = round.cloned().collect();
                        node.begun = now;
                        node.failures = 0;
                        node.due = now;
                    }
                }
            }
        }
        self.nodes.retain(|target, _| !gone.contains(target));
    }

    /// Takes the addresses that a link gives for one node.
    pub fn link(&mut self, addresses: Vec<Multiaddr>, now: Instant) {
        let addresses = self.out.ordered(addresses);
        let known = self
            .nodes
            .iter()
            .any(|(target, node)| matches!(target, Target::Link(_)) && node.addresses == addresses);
        if addresses.is_empty() || known {
            return;
        }
        self.links = self.links.saturating_add(1);
        self.nodes.insert(Target::Link(self.links), Node::new(addresses, now));
        let links: Vec<Target> =
            self.nodes.keys().filter(|target| matches!(target, Target::Link(_))).copied().collect();
        for oldest in links.iter().take(links.len().saturating_sub(LINKS)) {
            self.nodes.remove(oldest);
        }
    }

    /// Takes an address at which somebody of the local network says to be, who may be connected (`here`).
    pub fn near(&mut self, peer: PeerId, address: Multiaddr, here: bool, now: Instant) {
        let target = Target::Near(peer);
        let near = |target: &Target| matches!(target, Target::Near(_));
        if !self.nodes.contains_key(&target)
            && self.nodes.keys().filter(|target| near(target)).count() >= NEAR
        {
            // Whoever was called in vain most often makes room.
            let worst = self
                .nodes
                .iter()
                .filter(|(target, node)| near(target) && node.failures > 0 && !node.connected);
            let Some((&worst, _)) = worst.max_by_key(|(_, node)| node.failures) else { return };
            self.nodes.remove(&worst);
        }
        let node = self.nodes.entry(target).or_insert_with(|| Node::new(Vec::new(), now));
        node.connected = here;
        if !node.addresses.contains(&address) {
            node.addresses = self.out.ordered(node.addresses.iter().chain([&address]).cloned().collect());
            if node.addresses.contains(&address) {
                node.round.push_back(address);
                node.due = now;
            }
        }
    }

    /// Forgets an address of somebody of the local network. Whoever is connected stays so.
    pub fn not_near(&mut self, peer: PeerId, address: &Multiaddr) {
        let target = Target::Near(peer);
        let Some(node) = self.nodes.get_mut(&target) else { return };
        node.addresses.retain(|known| known != address);
        node.round.retain(|known| known != address);
        if node.addresses.is_empty() {
            self.nodes.remove(&target);
        }
    }

    /// Somebody's first connection came up, or the last one ended after it had `held` so long.
    pub fn is_here(&mut self, peer: PeerId, here: Option<Duration>, chance: f64, now: Instant) {
        let Some(node) = self.nodes.get_mut(&Target::Near(peer)) else { return };
        match here {
            None => node.connected = true,
            Some(held) => node.ends(held, chance, now),
        }
    }

    /// The next dial to begin now, if there is one. It must be followed by [`Dialer::began`] or, if it could
    /// not even begin, by nothing. Links are left alone once a member is connected (`anybody`).
    pub fn next(&mut self, anybody: bool, now: Instant) -> Option<(Target, Multiaddr)> {
        if self.under_way() >= DIALS {
            return None;
        }
        let only = self.keepers_only;
        let due =
            |(target, node): &(&Target, &mut Node)| node.wants(**target, anybody, only) && node.due <= now;
        while let Some((target, node)) =
            self.nodes.iter_mut().filter(due).min_by_key(|(target, _)| self.order.hash_one(target))
        {
            if node.round.is_empty() && node.open.is_empty() {
                let other =
                    |address: &&Multiaddr| !self.own.contains(*address) && !self.echoes.contains(*address);
                let fits = |address: &&Multiaddr| !node.relayed || direct(address);
                node.round = node.addresses.iter().filter(other).filter(fits).cloned().collect();
                node.begun = now;
            }
            match node.step(now) {
                Step::Dial(address) => {
                    node.due = now + if self.out.proxies(&address) { STEP_PROXIED } else { STEP };
                    return Some((*target, address));
                }
                Step::Wait(due) => {
                    node.due = due;
                    continue;
                }
                Step::Nothing => {}
            }
            // Nothing to try that is not ourselves, or all is under way: whoever reports an end moves this.
            node.due = now + PAUSE_MOST;
        }
        None
    }

    /// When to ask [`Dialer::next`] again, if nothing happens before.
    pub fn wake(&self, anybody: bool) -> Option<Instant> {
        if self.under_way() >= DIALS {
            return None;
        }
        self.nodes
            .iter()
            .filter(|(target, node)| node.wants(**target, anybody, self.keepers_only))
            .map(|(_, node)| node.due)
            .min()
    }

    /// Whether a connection was begun here.
    pub fn made(&self, connection: ConnectionId) -> bool {
        self.attempts.contains_key(&connection)
    }

    /// A dial is under way.
    pub fn began(&mut self, connection: ConnectionId, target: Target, address: Multiaddr) {
        if let Some(node) = self.nodes.get_mut(&target) {
            node.open.insert(connection);
        }
        self.attempts.insert(connection, Attempt { target, address, established: false });
    }

    /// A dial became a connection; no further address is tried while it may prove to be the one.
    pub fn established(&mut self, connection: ConnectionId, now: Instant) {
        if let Some(attempt) = self.attempts.get_mut(&connection) {
            attempt.established = true;
            if let Some(node) = self.nodes.get_mut(&attempt.target) {
                node.due = now + PAUSE_MOST;
            }
        }
    }

    /// A dial failed, or its connection ended. `chance` (0 to 1) spreads the pause.
    pub fn failed(&mut self, connection: ConnectionId, chance: f64, now: Instant) {
        let Some(attempt) = self.attempts.remove(&connection) else { return };
        let Some(node) = self.nodes.get_mut(&attempt.target) else { return };
        node.open.remove(&connection);
        if attempt.established && matches!(attempt.target, Target::Link(_)) {
            node.connected = false;
        }
        if !node.round.is_empty() {
            node.due = now;
        } else if node.open.is_empty() && (!node.connected || node.relayed) {
            node.due = now + pause(node.failures, chance);
            node.failures = node.failures.saturating_add(1);
            self.keep_looking(now);
        }
    }

    /// While we are alone, those met last are not left for long.
    fn keep_looking(&mut self, now: Instant) {
        let keeper = |(target, node): (&Target, &Node)| matches!(target, Target::Keeper(_)) && node.connected;
        if !self.here.is_empty() || self.nodes.iter().any(keeper) {
            return;
        }
        let waits = |(target, node): &(&Target, &mut Node)| {
            !matches!(target, Target::Near(_)) && node.open.is_empty() && !node.connected
        };
        let mut beacons: Vec<&mut Node> = self.nodes.iter_mut().filter(waits).map(|(_, node)| node).collect();
        beacons.sort_by_key(|node| std::cmp::Reverse(node.met));
        for node in beacons.into_iter().take(BEACONS) {
            node.due = node.due.min(now + PAUSE_ALONE);
        }
    }

    /// A dial reached ourselves: that address is left out from now on.
    pub fn ourselves(&mut self, connection: ConnectionId, chance: f64, now: Instant) {
        if let Some(attempt) = self.attempts.get(&connection) {
            if self.echoes.len() >= ECHOES {
                self.echoes.clear();
            }
            self.echoes.insert(attempt.address.clone());
        }
        self.failed(connection, chance, now);
    }

    /// The connections of one peer proved to be this device's. Says at which address it was reached.
    pub fn proved(
        &mut self,
        device: Device,
        connections: impl IntoIterator<Item = ConnectionId>,
        member: bool,
        direct_now: bool,
        chance: f64,
        now: Instant,
    ) -> Option<Multiaddr> {
        if self.here.is_empty() {
            self.hurry(now);
        }
        let mut reached = None;
        for connection in connections {
            let Some(attempt) = self.attempts.get(&connection) else { continue };
            reached = Some(attempt.address.clone());
            match attempt.target {
                // What the link told is known better from now on.
                Target::Link(_) if member => {
                    self.nodes.remove(&attempt.target);
                    self.attempts.remove(&connection);
                }
                // It stays this link's as long as the connection lasts.
                Target::Link(_) => {
                    if let Some(node) = self.nodes.get_mut(&attempt.target) {
                        node.connected = true;
                        node.round.clear();
                    }
                }
                Target::Device(wanted) if wanted == device => {
                    if let Some(node) = self.nodes.get_mut(&attempt.target) {
                        node.open.remove(&connection);
                    }
                    self.attempts.remove(&connection);
                }
                // Whether it is who it says to be on the network is shown by its connection.
                Target::Near(_) => {
                    if let Some(node) = self.nodes.get_mut(&attempt.target) {
                        node.open.remove(&connection);
                    }
                    self.attempts.remove(&connection);
                }
                // Somebody else lives there now.
                Target::Device(_) | Target::Keeper(_) => self.failed(connection, chance, now),
            }
        }
        self.here.insert(device);
        if let Some(node) = self.nodes.get_mut(&Target::Device(device)) {
            node.connected = true;
            node.relayed = !direct_now;
            node.met = Some(now);
            node.round.retain(|address| !direct_now && direct(address));
            node.due = now;
            if node.relayed && node.round.is_empty() {
                node.failures = node.failures.max(RELAYED);
                node.due = now + pause(node.failures, chance);
            }
        }
        reached
    }

    /// A keeper let us in, on connections with it.
    pub fn welcomed(&mut self, place: PlaceId, connections: &[ConnectionId]) {
        for connection in connections {
            self.attempts.remove(connection);
        }
        if let Some(node) = self.nodes.get_mut(&Target::Keeper(place)) {
            node.open.retain(|connection| !connections.contains(connection));
            node.connected = true;
            node.round.clear();
        }
    }

    /// The last connection with a device or a keeper ended after it had `held` so long.
    pub fn gone(&mut self, target: Target, held: Duration, chance: f64, now: Instant) {
        if let Target::Device(device) = target {
            self.here.remove(&device);
        }
        if let Some(node) = self.nodes.get_mut(&target) {
            node.ends(held, chance, now);
        }
        self.keep_looking(now);
    }

    /// Something about our own place changed: whoever is not connected is tried again soon, and whoever is connected
    /// through a relay is tried directly once more.
    pub fn hurry(&mut self, now: Instant) {
        for node in self.nodes.values_mut().filter(|node| node.relayed && node.round.is_empty()) {
            node.round = node.addresses.iter().filter(|address| direct(address)).cloned().collect();
            node.begun = now;
            node.due = now;
        }
        for node in self.nodes.values_mut().filter(|node| node.open.is_empty() && !node.connected) {
            node.failures = 0;
            node.due = node.due.min(now + PAUSE_LEAST);
        }
    }

    fn under_way(&self) -> usize {
        self.attempts.values().filter(|attempt| !attempt.established).count()
    }
}

#[cfg(test)]
mod tests;
