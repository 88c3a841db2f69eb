//! What happens by itself as time passes: messages arrive and are passed on, nodes compare, look at their duties and
//! answer.

use super::{HOUR, World, word};
use crate::admit::Refusal;
use crate::epoch::{Choice, Timing};
use crate::id::EnvelopeId;
use crate::limits;
use crate::sim::node::Flaw;

/// The longest a node goes without a session with somebody, in milliseconds.
pub(super) const SYNC_EVERY: u64 = 12 * HOUR;
/// A facilitator's node that merges removals nobody has minted for waits up to this long, in milliseconds.
const MINT_WITHIN: u64 = 10_000;
/// A holder answers a call for a key within this long, in milliseconds.
const ANSWER_WITHIN: u64 = 30_000;

/// Something that is due.
pub(super) enum Event {
    /// A gossiped envelope.
    Gossip { to: usize, from: usize, bytes: Vec<u8>, what: EnvelopeId },
    /// An envelope that somebody hostile hands over.
    Slip { to: usize, from: usize, bytes: Vec<u8> },
    /// A frame of a session.
    Frame { talk: u64, side: usize, bytes: Vec<u8> },
    /// A node looks for somebody to compare with.
    Sync { who: usize, again: bool },
    /// A node looks at what is due.
    Look(usize),
    /// A node answers what is still unanswered.
    Answer(usize),
}

/// What a node has under way, once at a time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    Look,
    Answer,
    Gap,
}

impl World {
    pub(super) fn happen(&mut self, event: Event) {
        match event {
            Event::Gossip { to, from, bytes, what } => self.arrive(to, from, bytes, &what),
            Event::Slip { to, from, bytes } => {
                if self.network.online(to) && !self.hostile.contains(&to) {
                    self.wind(to);
                    // It is refused or it is not: nobody honest is to blame.
                    self.nodes[to].receive(bytes, from as u64);
                    self.spread(to, None);
                }
            }
            Event::Frame { talk, side, bytes } => self.hear(talk, side, &bytes),
            Event::Sync { who, again } => {
                self.due.remove(&(who, Due::Gap));
                // Whoever has nothing looks for somebody who has.
                let empty = |who: usize| self.nodes[who].group.is_none();
                let others: Vec<usize> = (0..self.nodes.len())
                    .filter(|other| self.talk(who, *other) && !(empty(who) && empty(*other)))
                    .collect();
                if let Some(other) = self.dice.pick(&others).copied() {
                    self.meet(who, other);
                }
                self.look_soon(who);
                if again {
                    let later = SYNC_EVERY / 4 + self.dice.below(SYNC_EVERY * 3 / 4);
                    self.at(later, Event::Sync { who, again });
                }
            }
            Event::Look(who) => self.look(who),
            Event::Answer(who) => {
                self.due.remove(&(who, Due::Answer));
                if self.network.online(who) && self.nodes[who].flaw != Some(Flaw::Mute) {
                    self.act(who, |node| {
                        node.answer();
                        if node.is_current(&node.key()) && node.ring.kept().next().is_some() {
                            node.ready_unless_mint();
                        }
                    });
                }
            }
        }
    }

    fn arrive(&mut self, to: usize, from: usize, bytes: Vec<u8>, what: &EnvelopeId) {
        if !self.network.reaches(from, to) || self.nodes[to].held.has(what) {
            return;
        }
        self.wind(to);
        let answer = self.nodes[to].offered(bytes, from as u64);
        if let Err(refusal) = &answer {
            self.trace.tell(
                self.now,
                format_args!(
                    "{} refuses {} of {}: {refusal}",
                    self.nodes[to].name,
                    short(what),
                    self.nodes[from].name
                ),
            );
        }
        match answer {
            Ok(()) => {}
            Err(Refusal::Wait(_)) => self.gap(to),
            Err(Refusal::Reject(why)) if !self.hostile.contains(&from) => {
                self.blamed.push(format!("{}: {why}", self.nodes[from].name));
            }
            Err(_) => {}
        }
        self.spread(to, Some(from));
    }

    fn hear(&mut self, id: u64, side: usize, bytes: &[u8]) {
        let Some(talk) = self.talks.get(&id) else { return };
        let [who, peer] = [talk.ends[side].who, talk.ends[1 - side].who];
        if !self.talk(who, peer) {
            self.talks.remove(&id);
            return;
        }
        self.wind(who);
        let Some(talk) = self.talks.get_mut(&id) else { return };
        let Some(frames) = talk.hear(side, bytes, &mut self.nodes[who], peer as u64) else {
            if !self.hostile.contains(&peer) {
                self.blamed.push(format!("{} breaks the rules of a session", self.nodes[peer].name));
            }
            self.talks.remove(&id);
            return;
        };
        let over = talk.over();
        self.send(id, 1 - side, frames);
        if over {
            self.talks.remove(&id);
        }
        self.spread(who, Some(peer));
    }

    /// Sends frames of a session to one of its ends: none is lost, none overtakes another.
    pub(super) fn send(&mut self, id: u64, side: usize, frames: Vec<Vec<u8>>) {
        for bytes in frames {
            let delay = self.network.delay(&mut self.dice);
            let Some(talk) = self.talks.get_mut(&id) else { return };
            let end = &mut talk.ends[side];
            end.last = end.last.max(self.now + delay);
            let later = end.last - self.now;
            self.at(later, Event::Frame { talk: id, side, bytes });
        }
    }

    /// Passes on what a node has let in and not passed on yet: its own to all, others' to some.
    pub(super) fn spread(&mut self, who: usize, source: Option<usize>) {
        let from = std::mem::replace(&mut self.passed[who], self.nodes[who].held.order.len());
        let fresh: Vec<EnvelopeId> = self.nodes[who].held.order.get(from..).unwrap_or_default().to_vec();
        if fresh.is_empty() {
            return;
        }
        let me = self.nodes[who].key();
        for id in &fresh {
            // What was taken back meanwhile is not passed on.
            let Some(verified) = self.nodes[who].held.envelopes.get(id) else { continue };
            let (entry, own) = (verified.entry(), *verified.author() == me);
            let author = self.nodes.iter().find(|node| node.log == entry.log);
            let author = author.map_or("nobody known", |node| node.name.as_str());
            let said =
                format!("{} has {} of {author} ({})", self.nodes[who].name, word(&entry.body), entry.seq);
            let bytes = verified.envelope().encode();
            self.tell(said);
            if self.hostile.contains(&who) || bytes.len() > limits::GOSSIP {
                continue;
            }
            for other in 0..self.nodes.len() {
                if Some(other) == source || !self.talk(who, other) || !self.knows(who, other) {
                    continue;
                }
                if !own && self.dice.chance(40) {
                    continue;
                }
                for delay in self.network.carry(&mut self.dice) {
                    let event = Event::Gossip { to: other, from: who, bytes: bytes.clone(), what: *id };
                    self.at(delay, event);
                }
            }
        }
        self.look_soon(who);
    }

    /// Whether a node knows another as a member.
    fn knows(&self, who: usize, other: usize) -> bool {
        self.nodes[who].is_current(&self.nodes[other].key())
    }

    /// A node's duties, as far as they are due.
    fn look(&mut self, who: usize) {
        self.due.remove(&(who, Due::Look));
        if self.hostile.contains(&who) {
            return;
        }
        if self.nodes[who].waits() {
            self.ask_again(who);
        }
        if self.nodes[who].group.is_none() {
            return;
        }
        let me = self.nodes[who].key();
        let node = &self.nodes[who];
        if matches!(node.ring.should_mint(node.group(), &me), Timing::Now | Timing::AfterDelay) {
            self.act(who, |node| node.ready());
        }
        let node = &self.nodes[who];
        let calls = !node.ring.need(node.group(), &me, self.clock(who)).is_empty();
        let others =
            (0..self.nodes.len()).any(|other| self.talk(who, other) && self.nodes[other].group.is_some());
        if calls && others {
            let called = self.act(who, |node| node.call_for_keys());
            self.trace.tell(self.now, format_args!("{} calls for keys: {called}", self.nodes[who].name));
        }
        let node = &self.nodes[who];
        let lacking = matches!(node.best(), Choice::Send { wrap_to, .. } if !wrap_to.is_empty());
        if others
            && (lacking || !node.ring.answers(node.group(), &me).is_empty())
            && self.due.insert((who, Due::Answer))
        {
            let later = self.dice.below(ANSWER_WITHIN);
            self.at(later, Event::Answer(who));
        }
    }

    /// Somebody who asked to come in looks for a node that knows them as a member by now; not again while what they
    /// were given then may be under way.
    fn ask_again(&mut self, who: usize) {
        if self.welcomed.get(&who).is_some_and(|at| self.now < at + HOUR) {
            return;
        }
        let mut others: Vec<usize> = (0..self.nodes.len())
            .filter(|other| self.talk(who, *other) && !self.hostile.contains(other))
            .filter(|other| self.nodes[*other].group.is_some())
            .collect();
        let first = self.dice.place(others.len());
        others.rotate_left(first);
        for other in others {
            if self.act_with(who, other, |me, other| other.welcome_again(&me.key(), me.opening.as_deref())) {
                self.welcomed.insert(who, self.now);
                return;
            }
        }
    }

    pub(super) fn look_soon(&mut self, who: usize) {
        if self.due.insert((who, Due::Look)) {
            let later = self.dice.below(MINT_WITHIN);
            self.at(later, Event::Look(who));
        }
    }

    /// Something is missing here: a session, soon.
    pub(super) fn gap(&mut self, who: usize) {
        if self.due.insert((who, Due::Gap)) {
            let later = 500 + self.dice.below(10_000);
            self.at(later, Event::Sync { who, again: false });
        }
    }

    pub(super) fn at(&mut self, later: u64, event: Event) {
        self.serial += 1;
        self.queue.insert((self.now + later, self.serial), event);
    }
}

fn short(id: &EnvelopeId) -> String {
    id.to_string().chars().take(8).collect()
}
