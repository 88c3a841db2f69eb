//! Random lives of a group: what its people do, and what happens to their machines and networks meanwhile.

use std::collections::BTreeSet;

use super::asking::Knock;
use super::dice::Dice;
use super::let_in::Looked;
use super::network::Weather;
use super::node::{Flaw, Node, Ticket, charter};
use super::world::{DAY, HOUR, MINUTE, World};
use crate::body::{Amend, Body, Promote, Role};
use crate::charter::{Changes, History, Inviters};
use crate::group::{Proposed, Standing};
use crate::id::{EntryId, EnvelopeId, EpochId, MemberKey};

/// How large a life is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Facilitators at the beginning who are honest.
    pub honest: usize,
    /// Facilitators at the beginning who are not. Fewer than the honest ones, and never the first.
    pub hostile: usize,
    /// Devices there may be in all.
    pub devices: usize,
    /// Things that people do or that happen.
    pub steps: usize,
}

impl Size {
    /// A small group in which nobody is hostile, for a short time.
    pub const SMALL: Size = Size { honest: 2, hostile: 0, devices: 4, steps: 12 };
    /// A usual one.
    pub const USUAL: Size = Size { honest: 2, hostile: 0, devices: 7, steps: 34 };
    /// A larger one, for a longer time.
    pub const LARGE: Size = Size { honest: 3, hostile: 0, devices: 11, steps: 80 };
    /// A group with a hostile facilitator among three.
    pub const HOSTILE: Size = Size { honest: 2, hostile: 1, devices: 9, steps: 34 };
    /// A group with two hostile facilitators among five, for longer.
    pub const INFESTED: Size = Size { honest: 3, hostile: 2, devices: 11, steps: 80 };
}

/// What somebody said, and what they knew.
#[derive(Clone, Debug)]
pub struct Said {
    /// The post.
    pub entry: EntryId,
    /// What it travels in.
    pub envelope: EnvelopeId,
    /// Its text.
    pub text: String,
    /// The epoch it was sealed under.
    pub epoch: EpochId,
    /// Whose node it was written on.
    pub author: usize,
    /// Whom its author knew to be out.
    pub out: BTreeSet<MemberKey>,
    /// Who waited to be let in, as its author knew; and whom its author had not heard of, come in on an invite
    /// that its author knew to be at an end, or that lets nobody in alone. They were out if nobody vouched for them, as the whole set will
    /// tell.
    pub late: BTreeSet<MemberKey>,
    /// Whether its author took it back.
    pub withdrawn: bool,
}

/// A random life of a group.
pub struct Life {
    /// The nodes and what is between them.
    pub world: World,
    /// What honest people said.
    pub said: Vec<Said>,
    /// Where chance comes from.
    pub(super) dice: Dice,
    pub(super) size: Size,
    /// The links there are, and whether a hostile person made them.
    pub(super) tickets: Vec<(Ticket, bool)>,
    /// Which invite each node's person came in on.
    pub(super) came_on: Vec<Option<EntryId>>,
    /// Hostile people whom the honest know to be hostile.
    pub(super) exposed: BTreeSet<usize>,
    /// Who asked to come in.
    pub(super) knocks: Vec<Knock>,
    /// What was looked at already by those who look whether anybody is in without being let in.
    pub(super) looked: Looked,
}

impl Life {
    /// Begins a life.
    pub fn begin(seed: u64, size: Size) -> Life {
        let mut dice = Dice::new(seed, "life");
        let history = if dice.chance(60) { History::All } else { History::None };
        let inviters = if dice.chance(60) { Inviters::Members } else { Inviters::Facilitators };
        let mut names: Vec<String> = (0..size.honest).map(|n| format!("f{n}")).collect();
        for n in 0..size.hostile {
            let place = 1 + dice.place(names.len());
            names.insert(place, format!("h{n}"));
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let charter = crate::charter::Charter { inviters, ..charter(history) };
        let mut world = World::new(seed, Node::founders_with(&names, charter));
        world.hostile = (0..names.len()).filter(|who| names[*who].starts_with('h')).collect();
        for who in &world.hostile {
            world.nodes[*who].flaw = Some(Flaw::Withholding);
        }
        let came_on = vec![None; names.len()];
        Life {
            world,
            said: Vec::new(),
            dice,
            size,
            tickets: Vec::new(),
            came_on,
            exposed: BTreeSet::new(),
            knocks: Vec::new(),
            looked: Looked::default(),
        }
    }

    /// Gives every honest node a flaw.
    pub fn with_flaw(mut self, flaw: Flaw) -> Life {
        self.world.nodes.iter_mut().for_each(|node| node.flaw = Some(flaw));
        self
    }

    /// Lives.
    pub fn run(&mut self) {
        for step in 0..self.size.steps {
            let pause = match self.dice.below(10) {
                0..5 => self.dice.below(2 * MINUTE),
                5..8 => self.dice.below(3 * HOUR),
                8 => self.dice.below(DAY),
                _ => self.dice.below(4 * DAY),
            };
            self.world.go(pause);
            match self.dice.below(100) {
                0..22 => self.weather(),
                97.. => {
                    let hostile: Vec<usize> = self.world.hostile.iter().copied().collect();
                    self.exposed.extend(self.dice.pick(&hostile));
                }
                22..42 if !self.world.hostile.is_empty() => self.hostile(false),
                _ => self.honest(step),
            }
            self.watch();
        }
    }

    /// Something happens to machines or the network.
    fn weather(&mut self) {
        let who = self.dice.place(self.world.nodes.len());
        match self.dice.below(10) {
            0 => {
                for node in 0..self.world.nodes.len() {
                    let side = self.dice.place(3);
                    self.world.network.put(node, side);
                }
                self.world.tell("the network parts");
            }
            1 => {
                self.world.mend();
                self.world.tell("the network is whole");
            }
            2..4 => self.world.sleep(who),
            4..7 => self.world.wake(who),
            7 if !self.world.hostile.contains(&who) => self.world.crash(who),
            8 => self.world.network.weather = Weather::some(&mut self.dice),
            9 => {
                let minutes = i64::try_from(self.dice.below(400)).unwrap_or(0) - 60;
                self.world.skew(who, minutes * MINUTE as i64);
            }
            _ => {}
        }
    }

    /// Somebody honest, who believes to belong, does something.
    fn honest(&mut self, step: usize) {
        let who = self.dice.place(self.world.nodes.len());
        let node = &self.world.nodes[who];
        let me = node.key();
        if self.world.hostile.contains(&who) || !node.is_current(&me) {
            return;
        }
        let role = node.group().member(&me).map_or(Role::Member, |member| member.role);
        match (self.dice.below(100), role) {
            (0..42, _) => self.post(who, step),
            (42..57, _) => self.comes_in(who),
            (57..63, _) => self.invite(who),
            (63..69, Role::Seat | Role::Deputy) => self.remove(who),
            (69..73, Role::Seat | Role::Deputy) => self.revoke(who),
            (73..81, Role::Seat | Role::Deputy) => self.admit(who),
            (81..88, Role::Seat) => self.promote(who),
            (88..91, Role::Seat) => self.amend(who),
            (91..94, _) => self.second_device(who, step),
            (96..99, _) => self.withdraw(who),
            (94..96, Role::Member) => {
                self.world.act(who, |node| node.leave());
            }
            _ => self.post(who, step),
        }
    }

    fn post(&mut self, who: usize, step: usize) {
        let text = format!("{} at {step}", self.world.nodes[who].name);
        let (out, late) = (self.known_out(who), self.late(who));
        if let Some(post) = self.world.act(who, |node| node.post(&text)) {
            let (entry, envelope, epoch) = (*post.entry_id(), *post.envelope_id(), *post.epoch());
            self.said.push(Said { entry, envelope, text, epoch, author: who, out, late, withdrawn: false });
        }
    }

    /// Somebody takes back something they wrote on this device.
    fn withdraw(&mut self, who: usize) {
        let mine: Vec<usize> = (0..self.said.len())
            .filter(|n| self.said[*n].author == who && !self.said[*n].withdrawn)
            .collect();
        let Some(one) = self.dice.pick(&mine).copied() else { return };
        let post = self.said[one].envelope;
        self.said[one].withdrawn = self.world.act(who, |node| node.withdraw(&post)).is_some();
    }

    fn known_out(&self, who: usize) -> BTreeSet<MemberKey> {
        let gone = |standing| matches!(standing, Standing::Removed | Standing::Left);
        let members = self.world.nodes[who].group().members();
        members.filter(|member| gone(member.standing)).map(|member| member.key).collect()
    }

    fn late(&self, who: usize) -> BTreeSet<MemberKey> {
        let group = self.world.nodes[who].group();
        let people = self.world.nodes.iter().zip(&self.came_on);
        let ended = |invite: &EntryId| {
            let revoked = group.invite(invite).is_some_and(|invite| !invite.revoked.is_empty());
            revoked || self.asks(invite)
        };
        let late = people.filter(|(node, invite)| match group.member(&node.key()) {
            Some(member) => member.standing == Standing::Waiting,
            None => invite.as_ref().is_some_and(ended),
        });
        late.map(|(node, _)| node.key()).collect()
    }

    /// Whether somebody may do this, as far as their node knows.
    pub(super) fn may(&self, who: usize, body: &Body) -> bool {
        let node = &self.world.nodes[who];
        node.group().judge(&node.key(), &node.group().heads(), body).is_ok()
    }

    fn remove(&mut self, who: usize) {
        let target = self.dice.place(self.world.nodes.len());
        let key = self.world.nodes[target].key();
        let node = &self.world.nodes[who];
        let plain = node.group().member(&key).is_some_and(|member| member.role == Role::Member);
        let seat = !plain && self.exposed.contains(&target);
        // Who waits is sometimes turned away for good.
        let here = node.is_current(&key) || (node.waits_here(&key) && self.dice.chance(30));
        let body =
            Body::Remove(crate::body::Remove { member: key, reason: String::new(), heads: Vec::new() });
        if (plain || seat) && here && self.may(who, &body) {
            self.world.act(who, |node| node.remove(&key));
        }
    }

    /// A facilitator gives, or signs, an office for somebody honest.
    fn promote(&mut self, who: usize) {
        let node = &self.world.nodes[who];
        let honest = |key: &MemberKey| {
            (0..self.world.nodes.len())
                .any(|other| self.world.nodes[other].key() == *key && !self.world.hostile.contains(&other))
        };
        let proposed: Vec<MemberKey> = node
            .group()
            .proposals()
            .filter_map(|proposal| match proposal.act {
                Proposed::Seat(member) if !proposal.signers.contains(&node.key()) => Some(member),
                _ => None,
            })
            .filter(|member| honest(member))
            .collect();
        let members: Vec<MemberKey> = node
            .group()
            .members()
            .filter(|member| member.standing == Standing::Member && member.role < Role::Seat)
            .map(|member| member.key)
            .filter(|member| honest(member))
            .collect();
        let (member, role) = match (self.dice.pick(&proposed), self.dice.pick(&members)) {
            (Some(member), _) if self.dice.chance(70) => (*member, Role::Seat),
            (_, Some(member)) => (*member, if self.dice.chance(50) { Role::Seat } else { Role::Deputy }),
            _ => return,
        };
        let body = Body::Promote(Promote { member, role });
        if self.may(who, &body) {
            self.world.act(who, |node| node.say(body));
        }
    }

    fn amend(&mut self, who: usize) {
        let changes = match self.dice.below(4) {
            0 => Changes { history: Some(History::None), ..Changes::default() },
            1 => Changes { inviters: Some(Inviters::Members), ..Changes::default() },
            2 => Changes { inviters: Some(Inviters::Facilitators), ..Changes::default() },
            n => Changes { size: Some(50 + n as u32), ..Changes::default() },
        };
        let body = Body::Amend(Amend { changes, reason: "as we said".into() });
        if self.may(who, &body) {
            self.world.act(who, |node| node.say(body));
        }
    }
}
