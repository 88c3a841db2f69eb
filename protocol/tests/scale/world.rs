//! Time, links, coming and going, and what a node's cell does: when it reconciles, and with whom.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::sync::Arc;

use kith_protocol::frame::on_wire;
use kith_protocol::id::{EnvelopeId, hash};
use kith_protocol::sync::Prepared;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::mesh::Frame;
use super::node::{Absent, Node, Peer, SECOND, Time};
use super::session::{Met, Side, envelope, hour, identify, meet};
use super::setting::{Cost, Run, Setting};

/// A cell looks after its peers this often, and reconciles with each this seldom, or half as often.
const TICK: Time = SECOND;
const RECONCILE_EVERY: Time = 120 * SECOND;
/// The dialler: so many at once, and pauses from one to the other.
const DIALS: usize = 8;
const PAUSE_LEAST: Time = SECOND;
const PAUSE_MOST: Time = 300 * SECOND;
/// Connections that others may make, and all.
const CONNECTIONS_IN: usize = 192;
const CONNECTIONS: usize = 256;
/// What is noticed late of a node that went without a goodbye.
const SILENCE: Time = 20 * SECOND;
/// A signed address record with a place to be and one to come, two transports each.
const RECORD: u64 = 290;
/// A record's tag, and how many of a thousand records have changed when two meet.
const TAG: u64 = 8;
const NEWS: u64 = 20;
/// Looking at an envelope before it is passed on.
const ADMIT: Time = 3_000;
/// Control entries that a member has.
const CONTROL_EACH: usize = 3;

#[derive(Clone, Debug)]
pub enum Event {
    Heartbeat(usize, u64),
    Tick(usize, u64),
    Come(usize),
    Go(usize),
    Write,
    Arrive { to: usize, life: u64, from: usize, frame: Frame },
    Admitted { node: usize, life: u64, post: u32, from: usize },
    Dialled { node: usize, life: u64, to: usize },
    Noticed { node: usize, life: u64, gone: usize },
    Met { sides: [usize; 2], lives: [u64; 2], got: [Vec<u32>; 2], whole: bool },
}

pub struct World {
    pub setting: Setting,
    pub now: Time,
    pub nodes: Vec<Node>,
    pub run: Run,
    /// Whether people write, and nodes come and go, and things are lost.
    pub troubled: bool,
    events: BinaryHeap<Reverse<(Time, u64, usize)>>,
    waiting: HashMap<usize, Event>,
    number: u64,
    dice: ChaCha8Rng,
    control: Arc<Prepared>,
    find: Arc<HashMap<EnvelopeId, u32>>,
    /// When each post was written.
    written: Vec<Time>,
    got: BTreeSet<(u32, usize)>,
}

impl World {
    pub fn new(setting: Setting) -> World {
        let entries = (0..setting.nodes * CONTROL_EACH)
            .map(|entry| (hour(), EnvelopeId(hash("scale-control", &[&entry.to_be_bytes()]))));
        World {
            setting,
            now: 0,
            nodes: (0..setting.nodes).map(|_| Node::default()).collect(),
            run: Run { nodes: setting.nodes, ..Run::default() },
            troubled: true,
            events: BinaryHeap::new(),
            waiting: HashMap::new(),
            number: 0,
            dice: ChaCha8Rng::seed_from_u64(setting.seed),
            control: Arc::new(Prepared::new(entries)),
            find: Arc::default(),
            written: Vec::new(),
            got: BTreeSet::new(),
        }
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.dice.next_u64() % end.max(1)
    }

    /// A random time around a mean, as of things that happen at any moment.
    fn around(&mut self, mean: Time) -> Time {
        let part = (self.below(1 << 24) + 1) as f64 / (1_u64 << 24) as f64;
        (-part.ln() * mean as f64) as Time
    }

    pub fn shuffled<T: Copy>(&mut self, from: impl IntoIterator<Item = T>) -> Vec<T> {
        let mut all: Vec<T> = from.into_iter().collect();
        for place in (1..all.len()).rev() {
            let other = self.below(place as u64 + 1) as usize;
            all.swap(place, other);
        }
        all
    }

    pub fn at(&mut self, time: Time, event: Event) {
        self.number += 1;
        let key = self.number as usize;
        self.waiting.insert(key, event);
        self.events.push(Reverse((time, self.number, key)));
    }

    /// How long a byte is on the way between two nodes: between 10 and 120 ms, the same each time, and a little more.
    pub fn latency(&mut self, a: usize, b: usize) -> Time {
        let pair = [a.min(b) as u64, a.max(b) as u64, self.setting.seed].map(u64::to_be_bytes).concat();
        let hash = hash("scale-link", &[&pair]);
        let base = u64::from(u16::from_be_bytes([hash[0], hash[1]])) * 110_000 / 65_536;
        10_000 + base + self.below(20_000)
    }

    /// Sends something of a size; says when it arrives.
    pub fn send(&mut self, from: usize, to: usize, bytes: u64, cost: Cost) -> Time {
        self.run.cost[cost as usize] += bytes;
        let takes = bytes * SECOND / self.setting.uplink;
        let node = &mut self.nodes[from];
        node.free = node.free.max(self.now) + takes;
        node.free + self.latency(from, to)
    }

    pub fn life(&self, node: usize) -> u64 {
        self.nodes[node].life
    }

    /// Runs it all: trouble, healing, and a while in which nothing happens.
    pub fn run(&mut self) -> Run {
        for node in 0..self.setting.nodes {
            if node % 2 == 0 || self.setting.nodes <= 2 {
                let soon = self.below(10 * SECOND);
                self.at(soon, Event::Come(node));
            } else {
                let later = self.around(self.setting.away * 60 * SECOND);
                self.at(later, Event::Come(node));
            }
        }
        self.at(60 * SECOND, Event::Write);
        let end = self.setting.minutes * 60 * SECOND;
        self.until(end);
        let cost = self.run.cost;
        self.troubled = false;
        for node in 0..self.setting.nodes {
            if !self.nodes[node].online {
                self.come(node);
            }
        }
        let all = self.written.len() * self.setting.nodes;
        while self.got.len() < all && self.now < end + 1800 * SECOND {
            let next = self.now + SECOND;
            self.until(next);
        }
        self.run.healed = self.now - end;
        self.run.missing = (all - self.got.len()) as u64;
        // All is told by then, and nobody writes.
        let calm = self.now + 300 * SECOND;
        self.until(calm);
        let (before, from) = (self.run.bytes(), self.now);
        self.until(from + 600 * SECOND);
        self.run.idle = (self.run.bytes() - before) as f64 / 600.0 / self.setting.nodes as f64;
        let connections: usize = self.nodes.iter().map(|node| node.peers.len()).sum();
        self.run.connections = connections as f64 / self.setting.nodes as f64;
        self.run.cost = cost;
        self.run.posts = self.written.len() as u64;
        self.run.delays.sort_unstable();
        self.run.catching_up.sort_unstable();
        self.run.clone()
    }

    fn until(&mut self, end: Time) {
        while let Some(Reverse((time, ..))) = self.events.peek()
            && *time <= end
        {
            let Some(Reverse((time, _, key))) = self.events.pop() else { return };
            self.now = time;
            let Some(event) = self.waiting.remove(&key) else { continue };
            self.happens(event);
        }
        self.now = end;
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Come(node) => self.come(node),
            Event::Go(node) => self.go(node),
            Event::Write => self.write(),
            Event::Heartbeat(node, life) if self.life(node) == life => {
                self.heartbeat(node);
                self.at(self.now + SECOND, Event::Heartbeat(node, life));
            }
            Event::Tick(node, life) if self.life(node) == life => {
                self.dial(node);
                self.look_after(node);
                self.at(self.now + TICK, Event::Tick(node, life));
            }
            Event::Arrive { to, life, from, frame } if self.life(to) == life => self.hear(to, from, frame),
            Event::Admitted { node, life, post, from } if self.life(node) == life => {
                self.pass_on(node, post, from);
            }
            Event::Dialled { node, life, to } if self.life(node) == life => self.dialled(node, to),
            Event::Noticed { node, life, gone } if self.life(node) == life => self.part(node, gone),
            Event::Met { sides, lives, got, whole } => self.met(sides, lives, got, whole),
            // Meant for a node that has gone since.
            _ => {}
        }
    }

    fn come(&mut self, node: usize) {
        if self.nodes[node].online {
            return;
        }
        self.run.came += u64::from(self.troubled);
        let now = self.now;
        let one = &mut self.nodes[node];
        (one.online, one.since, one.life, one.free) = (true, now, one.life + 1, now);
        one.absent.clear();
        let life = one.life;
        let phase = self.below(SECOND);
        self.at(now + phase, Event::Heartbeat(node, life));
        self.at(now, Event::Tick(node, life));
        let stays = self.around(self.setting.stays * 60 * SECOND);
        self.at(now + stays, Event::Go(node));
    }

    fn go(&mut self, node: usize) {
        if !self.troubled || !self.nodes[node].online {
            return;
        }
        let now = self.now;
        let one = &mut self.nodes[node];
        (one.online, one.since, one.life) = (false, now, one.life + 1);
        let peers: Vec<usize> = std::mem::take(&mut one.peers).into_keys().collect();
        one.mesh.clear();
        one.seen.clear();
        one.history.clear();
        one.origins.clear();
        // Three in ten say no goodbye: a lid that is shut.
        let silent = self.below(10) < 3;
        for peer in peers {
            let later = if silent { SILENCE } else { self.latency(node, peer) };
            let life = self.life(peer);
            self.at(now + later, Event::Noticed { node: peer, life, gone: node });
        }
        let away = self.around(self.setting.away * 60 * SECOND);
        self.at(now + away, Event::Come(node));
    }

    fn part(&mut self, node: usize, gone: usize) {
        let now = self.now;
        let one = &mut self.nodes[node];
        one.peers.remove(&gone);
        one.mesh.remove(&gone);
        one.absent.insert(gone, Absent { failures: 1, due: now + PAUSE_LEAST });
    }

    fn dial(&mut self, node: usize) {
        let now = self.now;
        let one = &self.nodes[node];
        if one.peers.len() >= self.setting.enough.min(CONNECTIONS) {
            return;
        }
        let room = (self.setting.enough - one.peers.len()).min(DIALS);
        let wants = |other: &usize| {
            *other != node
                && !one.peers.contains_key(other)
                && one.absent.get(other).is_none_or(|absent| absent.due <= now)
        };
        let others: Vec<usize> = (0..self.setting.nodes).filter(wants).collect();
        let life = one.life;
        for to in self.shuffled(others).into_iter().take(room) {
            let way = self.latency(node, to);
            let absent = self.nodes[node].absent.entry(to).or_default();
            let pause = (PAUSE_LEAST << absent.failures.min(16)).min(PAUSE_MOST);
            (absent.failures, absent.due) = (absent.failures + 1, now + pause.max(2 * SECOND));
            // A connection, and the proof.
            self.at(now + 4 * way, Event::Dialled { node, life, to });
        }
    }

    fn dialled(&mut self, node: usize, to: usize) {
        let incoming = |node: &Node| node.peers.values().filter(|peer| !peer.dialled).count();
        let there = &self.nodes[to];
        let full = there.peers.len() >= CONNECTIONS || incoming(there) >= CONNECTIONS_IN;
        if !there.online || full || self.nodes[node].peers.contains_key(&to) {
            return;
        }
        let now = self.now;
        for (one, other, dialled) in [(node, to, true), (to, node, false)] {
            let rest = if dialled { now } else { now + 2 * TICK };
            let due = now + RECONCILE_EVERY;
            let peer = Peer { dialled, dirty: true, busy: false, rest, due, backoff: 0 };
            self.nodes[one].absent.remove(&other);
            self.nodes[one].peers.insert(other, peer);
            // Of all addresses the tags are told when two meet, and those records that are not known.
            let lacking = self.setting.nodes as u64 * NEWS / 1000;
            let frame = |bytes: u64| on_wire(bytes as usize) as u64;
            let bytes =
                frame(TAG * self.setting.nodes as u64) + frame(TAG * lacking) + frame(RECORD) * lacking;
            self.send(one, other, bytes, Cost::Addresses);
        }
        for (one, other) in [(node, to), (to, node)] {
            self.subscribed(one, other);
        }
        self.approach(node, to);
    }

    fn look_after(&mut self, node: usize) {
        let now = self.now;
        let ready = |peer: &Peer| !peer.busy && peer.rest <= now && (peer.dirty || peer.due <= now);
        let due: Vec<usize> =
            self.nodes[node].peers.iter().filter(|(_, peer)| ready(peer)).map(|(peer, _)| *peer).collect();
        for peer in due {
            self.approach(node, peer);
        }
    }

    fn approach(&mut self, node: usize, with: usize) {
        let now = self.now;
        let due = now + RECONCILE_EVERY + self.below(RECONCILE_EVERY);
        let Some(peer) = self.nodes[node].peers.get_mut(&with).filter(|peer| !peer.busy) else { return };
        (peer.busy, peer.dirty, peer.due) = (true, false, due);
        if let Some(back) = self.nodes[with].peers.get_mut(&node) {
            back.dirty = false;
        }
        let lives = [self.life(node), self.life(with)];
        let broken = !self.nodes[with].online || (self.troubled && self.below(1000) < self.setting.loss);
        let met = if broken { Met { turns: 2, ..Met::default() } } else { self.session(node, with) };
        let way = self.latency(node, with);
        let mut end = now + met.turns * way;
        for (from, to, bytes) in [(node, with, met.bytes[0]), (with, node, met.bytes[1])] {
            end = end.max(self.send(from, to, bytes, Cost::Sync));
        }
        self.run.sessions += 1;
        self.at(end, Event::Met { sides: [node, with], lives, got: met.got, whole: !broken });
    }

    fn session(&mut self, node: usize, with: usize) -> Met {
        let sides = [node, with].map(|one| {
            let mut nonce = [0; 16];
            self.dice.fill_bytes(&mut nonce);
            let content = self.nodes[one].content();
            Side { control: self.control.clone(), content, find: self.find.clone(), nonce }
        });
        meet(sides)
    }

    fn met(&mut self, sides: [usize; 2], lives: [u64; 2], got: [Vec<u32>; 2], whole: bool) {
        let rest = self.now + TICK;
        if sides.iter().zip(lives).any(|(side, life)| self.life(*side) != life) {
            if let Some(peer) = self.nodes[sides[0]].peers.get_mut(&sides[1]) {
                (peer.busy, peer.dirty, peer.rest) = (false, true, rest);
            }
            return;
        }
        if let Some(peer) = self.nodes[sides[0]].peers.get_mut(&sides[1]) {
            peer.busy = false;
            peer.dirty |= !whole;
            peer.rest = rest;
        }
        for (side, other, got) in [(sides[0], sides[1], &got[0]), (sides[1], sides[0], &got[1])] {
            for post in got {
                self.hold(side, *post);
            }
            if got.is_empty() {
                continue;
            }
            // What came from one is news for others.
            let others = self.nodes[side].peers.keys().copied().filter(|peer| *peer != other);
            let others: Vec<usize> = others.collect();
            let most = self.setting.pass_on.unwrap_or(others.len());
            for peer in self.shuffled(others).into_iter().take(most) {
                if let Some(peer) = self.nodes[side].peers.get_mut(&peer) {
                    peer.dirty = true;
                }
            }
        }
    }

    fn write(&mut self) {
        if !self.troubled {
            return;
        }
        let next = self.around(3600 * SECOND / self.setting.posts_an_hour);
        self.at(self.now + next, Event::Write);
        let here: Vec<usize> = (0..self.setting.nodes).filter(|node| self.nodes[*node].online).collect();
        if here.is_empty() {
            return;
        }
        let author = here[self.below(here.len() as u64) as usize];
        let post = self.written.len() as u32;
        self.written.push(self.now);
        if let Some(id) = identify(&envelope(post)) {
            Arc::make_mut(&mut self.find).insert(id, post);
        }
        self.hold(author, post);
        self.publish(author, post);
    }

    /// Takes note that a node has a post.
    pub fn hold(&mut self, node: usize, post: u32) -> bool {
        let now = self.now;
        let one = &mut self.nodes[node];
        let new = one.hold(post);
        let (written, since) = (self.written[post as usize], one.since);
        if new && self.got.insert((post, node)) && now > written {
            if since <= written {
                self.run.delays.push(now - written);
            } else {
                self.run.catching_up.push(now - since);
            }
        }
        new
    }

    pub fn admit(&mut self, node: usize, post: u32, from: usize) {
        let life = self.life(node);
        self.at(self.now + ADMIT, Event::Admitted { node, life, post, from });
    }
}
