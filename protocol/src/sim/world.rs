//! Nodes that run side by side in virtual time: gossip, sessions, duties, sleep and crashes.
//!
//! One queue of events, ordered by time and then by the order they were made in; nothing else decides what
//! happens next. Whoever uses a world lets people act ([`World::act`]) and time pass ([`World::go`]).

mod events;

use std::collections::{BTreeMap, BTreeSet};

use events::{Due, Event, SYNC_EVERY};

use super::dice::Dice;
use super::network::{Network, Weather};
use super::node::{Node, START, Shared};
use super::talk::Talk;
use super::trace::Trace;
use crate::body::Body;
use crate::group::Standing;
use crate::time::Millis;

/// Milliseconds in a minute.
pub const MINUTE: u64 = 60_000;
/// Milliseconds in an hour.
pub const HOUR: u64 = 60 * MINUTE;
/// Milliseconds in a day.
pub const DAY: u64 = 24 * HOUR;

/// How far a clock may be ahead before a rest, in milliseconds: what it dated is let in by then.
pub const FASTEST: u64 = 6 * HOUR;
/// Rounds in which a group must come to rest once everybody is online.
const ROUNDS: usize = 24;

/// A group of nodes, their network and their time.
pub struct World {
    /// The nodes, in the order they came.
    pub nodes: Vec<Node>,
    /// What is between them.
    pub network: Network,
    /// What happened.
    pub trace: Trace,
    /// Envelopes that were rejected although an honest node passed them on.
    pub blamed: Vec<String>,
    /// Nodes of hostile people: they talk to everybody, pass on nothing, and do no duty.
    pub hostile: BTreeSet<usize>,
    dice: Dice,
    /// How far each clock is ahead of the true time, in milliseconds.
    skew: Vec<i64>,
    now: u64,
    queue: BTreeMap<(u64, u64), Event>,
    serial: u64,
    talks: BTreeMap<u64, Talk>,
    /// How many of the envelopes it holds each node has passed on.
    passed: Vec<usize>,
    /// Who has a look at their duties, a session for a gap, or an answer under way.
    due: BTreeSet<(usize, Due)>,
    /// When somebody who did not know that they are in was last given what they need.
    welcomed: BTreeMap<usize, u64>,
    shared: Shared,
}

impl World {
    /// A world of these nodes, in fine weather, with true clocks.
    pub fn new(seed: u64, nodes: Vec<Node>) -> World {
        let network = Network::new(nodes.len());
        let mut world = World {
            network,
            trace: Trace::default(),
            blamed: Vec::new(),
            hostile: BTreeSet::new(),
            dice: Dice::new(seed, "network"),
            skew: vec![0; nodes.len()],
            now: 0,
            queue: BTreeMap::new(),
            serial: 0,
            talks: BTreeMap::new(),
            passed: vec![0; nodes.len()],
            due: BTreeSet::new(),
            welcomed: BTreeMap::new(),
            shared: Shared::default(),
            nodes,
        };
        // Founding took a moment.
        world.now = world.nodes.iter().map(|node| node.now.since(START)).max().unwrap_or(0);
        for who in 0..world.nodes.len() {
            world.settle(who);
        }
        world
    }

    /// One more node, at the side of another.
    pub fn add(&mut self, node: Node, beside: usize) -> usize {
        let who = self.nodes.len();
        self.network.add(beside);
        self.skew.push(0);
        self.passed.push(0);
        self.nodes.push(node);
        self.settle(who);
        self.gap(who);
        who
    }

    fn settle(&mut self, who: usize) {
        self.nodes[who].shared = Some(self.shared.clone());
        self.passed[who] = self.nodes[who].held.order.len();
        let later = self.dice.below(SYNC_EVERY);
        self.at(later, Event::Sync { who, again: true });
    }

    /// The node of a person, by name.
    pub fn who(&self, name: &str) -> usize {
        let place = self.nodes.iter().position(|node| node.name == name);
        place.unwrap_or_else(|| panic!("nobody is called {name}"))
    }

    /// Milliseconds since the world began.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// Sets somebody's clock this far ahead of the true time, in milliseconds.
    pub fn skew(&mut self, who: usize, ahead: i64) {
        self.skew[who] = ahead;
    }

    /// Writes a line of the story.
    pub fn tell(&mut self, what: impl std::fmt::Display) {
        self.trace.tell(self.now, what);
    }

    /// Lets a person do something with their node, and passes on what comes of it.
    pub fn act<T>(&mut self, who: usize, act: impl FnOnce(&mut Node) -> T) -> T {
        self.wind(who);
        let done = act(&mut self.nodes[who]);
        self.spread(who, None);
        done
    }

    /// As [`World::act`], of two whose nodes are connected.
    pub fn act_with<T>(
        &mut self,
        who: usize,
        other: usize,
        act: impl FnOnce(&mut Node, &mut Node) -> T,
    ) -> T {
        self.wind(who);
        self.wind(other);
        let (low, high) = self.nodes.split_at_mut(who.max(other));
        let (first, second) = (&mut low[who.min(other)], &mut high[0]);
        let (a, b) = if who < other { (first, second) } else { (second, first) };
        let done = act(a, b);
        self.spread(who, None);
        self.spread(other, None);
        done
    }

    /// Lets time pass, in milliseconds, with all that is due in it.
    pub fn go(&mut self, ms: u64) {
        let end = self.now + ms;
        while let Some(next) = self.queue.first_entry().filter(|next| next.key().0 <= end) {
            let ((at, _), event) = next.remove_entry();
            self.now = self.now.max(at);
            self.happen(event);
        }
        self.now = end;
    }

    /// Splits the network: each list of people is on a side of its own, everybody else together.
    pub fn part(&mut self, sides: &[&[&str]]) {
        self.mend();
        for (side, names) in sides.iter().enumerate() {
            for name in *names {
                let who = self.who(name);
                self.network.put(who, side + 1);
            }
        }
        self.trace.tell(self.now, format_args!("the network parts: {sides:?}"));
    }

    /// Everybody reaches everybody who is online.
    pub fn mend(&mut self) {
        (0..self.nodes.len()).for_each(|who| self.network.put(who, 0));
    }

    /// A node goes offline.
    pub fn sleep(&mut self, who: usize) {
        self.network.switch(who, false);
        self.trace.tell(self.now, format_args!("{} goes offline", self.nodes[who].name));
    }

    /// A node comes back online, and looks for somebody.
    pub fn wake(&mut self, who: usize) {
        if !self.network.online(who) {
            self.network.switch(who, true);
            self.trace.tell(self.now, format_args!("{} comes online", self.nodes[who].name));
            self.gap(who);
        }
    }

    /// A node stops dead and starts again. It may lose the last envelopes of others that it took in, and what
    /// waited; never what it wrote.
    pub fn crash(&mut self, who: usize) {
        let lost = self.dice.place(6);
        self.wind(who);
        self.talks.retain(|_, talk| talk.ends.iter().all(|end| end.who != who));
        self.nodes[who].reopen(lost);
        self.passed[who] = self.nodes[who].held.order.len();
        self.trace.tell(self.now, format_args!("{} crashes and loses the last {lost}", self.nodes[who].name));
        self.gap(who);
    }

    /// Whether two nodes talk: they reach each other, and neither knows the other to be out. Hostile nodes
    /// talk to whoever talks to them.
    pub fn talk(&self, a: usize, b: usize) -> bool {
        let shuns = |one: usize, other: usize| {
            let group = self.nodes[one].group.as_ref();
            let member = group.and_then(|group| group.member(&self.nodes[other].key()));
            !self.hostile.contains(&one) && member.is_some_and(|member| member.standing != Standing::Member)
        };
        self.network.reaches(a, b) && !shuns(a, b) && !shuns(b, a)
    }

    /// Hands an envelope to somebody past all rules of the network, as a hostile person may.
    pub(super) fn slip(&mut self, from: usize, to: usize, bytes: Vec<u8>) {
        let later = self.dice.below(MINUTE);
        self.at(later, Event::Slip { to, from, bytes });
    }

    /// Begins a session.
    pub fn meet(&mut self, initiator: usize, responder: usize) {
        self.wind(initiator);
        self.wind(responder);
        let (talk, frames) = Talk::start(&mut self.nodes, initiator, responder);
        self.serial += 1;
        let id = self.serial;
        self.talks.insert(id, talk);
        self.send(id, 1, frames);
    }

    /// Everybody honest comes online with a true clock, in fine weather; they meet, call and answer until
    /// nothing changes. What does not come to rest is a failure.
    pub fn rest(&mut self) {
        self.network.weather = Weather::FINE;
        self.mend();
        for who in 0..self.nodes.len() {
            self.skew[who] = 0;
            if self.hostile.contains(&who) {
                self.network.switch(who, false);
            } else {
                self.wake(who);
            }
        }
        self.go(FASTEST);
        for _ in 0..ROUNDS {
            let before = self.count();
            for one in 0..self.nodes.len() {
                for other in 0..one {
                    if self.talk(one, other) {
                        self.meet(one, other);
                        self.go(2000);
                    }
                }
                self.look_soon(one);
            }
            // Longer than a call is left without another.
            self.go(2 * HOUR);
            if self.count() == before {
                return;
            }
        }
        panic!("the group does not come to rest");
    }

    fn count(&self) -> usize {
        self.nodes.iter().map(|node| node.held.order.len() + node.held.stubs.len()).sum()
    }

    /// What somebody's clock says.
    pub fn clock(&self, who: usize) -> Millis {
        Millis(START.0.saturating_add(self.now).saturating_add_signed(self.skew[who]))
    }

    fn wind(&mut self, who: usize) {
        self.nodes[who].now = self.clock(who);
    }
}

/// What an entry is, in one word.
pub(super) fn word(body: &Body) -> &'static str {
    match body {
        Body::Genesis(_) => "the genesis",
        Body::OpenLog(_) => "a new log",
        Body::Invite(_) => "an invite",
        Body::Revoke(_) => "a revocation",
        Body::Join(_) => "a join",
        Body::Admit(_) => "an admission",
        Body::Promote(_) => "a promotion",
        Body::Remove(_) => "a removal",
        Body::Leave(_) => "a leave",
        Body::Mint(_) => "a mint",
        Body::Wrap(_) => "a wrap",
        Body::NeedKey(_) => "a call for keys",
        Body::Amend(_) => "an amendment",
        Body::Accept(_) => "an acceptance",
        Body::Post(_) => "a post",
        Body::Reply(_) => "a reply",
        Body::StepBack(_) => "a step back",
        Body::Demote(_) => "a demotion",
        Body::Elect(_) => "a vote",
        Body::Pulse(_) => "a sign",
        Body::Moderate(_) => "a measure",
        Body::Withdraw(_) => "a withdrawal",
        _ => "an entry",
    }
}
