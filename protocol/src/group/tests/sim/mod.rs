//! Random histories of honest and hostile people, in partial views, and what must hold of them.
//!
//! The assumption of the design is kept: no entry is written with a past in which half or more of the seats
//! are hostile; of two, the senior is honest. Within it, hostile people know everything, work together, may
//! write at any time with any past that exists, use each other's names, and let in as many socks as they
//! like.

mod after;
mod honest;
mod hostile;

use super::kit::{Dice, World, key};
use crate::body::{Body, InviteMode, Join, Measure, Moderate, Role};
use crate::charter::{Changes, Charter, Floor, History, Inviters, Rule};
use crate::group::Group;
use crate::group::fold::{State, fold};
use crate::group::past::{At, Past};
use crate::group::record::{Act, Who};
use crate::id::EntryId;

pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) hostile: bool,
    /// What they have, closed under causal past. Hostile people have everything.
    view: Past,
    /// Whether honest people have come to know that they are hostile.
    exposed: bool,
}

pub(crate) struct Story {
    pub(crate) world: World,
    /// Everything written, in the order it was written.
    pub(crate) group: Group,
    pub(crate) people: Vec<Person>,
    dice: Dice,
    /// Whether honest facilitators sometimes propose to remove each other.
    quarrels: bool,
}

impl Story {
    pub(crate) fn begin(seed: u64) -> Story {
        let mut dice = Dice::new(seed);
        let honest = 2 + dice.below(4);
        let hostile = if honest == 2 { 1 } else { 1 + dice.below((honest - 1).min(3)) };
        let mut names: Vec<(String, bool)> = (0..honest).map(|n| (format!("f{n}"), false)).collect();
        for n in 0..hostile {
            // Of two the senior must be honest; in general a hostile founder may be the most senior.
            let place = dice.below(names.len() + 1);
            names.insert(place, (format!("h{n}"), true));
        }
        let shared_power = names.len() < 6 && dice.chance(20);
        let charter = Charter {
            shared_power,
            inviters: if dice.chance(30) { Inviters::Members } else { Inviters::Facilitators },
            ..super::kit::charter()
        };
        let founders: Vec<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
        let world = World::with(&founders, charter);
        let group = Group::begin(world.made[0].clone()).unwrap();
        let mut view = Past::default();
        view.add(At(0));
        let person = |(name, hostile)| Person { name, hostile, view: view.clone(), exposed: false };
        let people = names.into_iter().map(person).collect();
        let quarrels = dice.chance(50);
        Story { world, group, people, dice, quarrels }
    }

    /// Lets time pass: this many steps, each of one person, or of two who meet.
    pub(crate) fn run(&mut self, steps: usize) {
        for _ in 0..steps {
            match self.dice.below(100) {
                0..45 => self.honest(),
                45..75 => self.hostile(false),
                75..95 => self.meet(),
                _ => {
                    let who = self.dice.below(self.people.len());
                    self.people[who].exposed = self.people[who].hostile;
                }
            }
        }
    }

    /// The fold of a view or past.
    pub(crate) fn fold(&self, past: &Past) -> State {
        fold(&self.group.record, past)
    }

    pub(crate) fn everything(&self) -> Past {
        self.group.record.all.clone()
    }

    fn id(&self, at: At) -> EntryId {
        self.group.record.node(at).unwrap().control.id
    }

    fn who(&self, person: usize) -> Option<Who> {
        self.group.record.who(&key(&self.people[person].name))
    }

    fn person(&self, who: Who) -> usize {
        let key = self.group.record.person(who).unwrap().key;
        self.people.iter().position(|person| self::key(&person.name) == key).unwrap()
    }

    /// Whether the assumption holds where somebody is about to write.
    fn fair(&self, state: &State) -> bool {
        let bad: Vec<bool> = state.seats.iter().map(|who| self.people[self.person(*who)].hostile).collect();
        let hostile = bad.iter().filter(|bad| **bad).count();
        if bad.len() == 2 { !bad[0] } else { hostile * 2 < bad.len() }
    }

    /// The entries of a set that nothing else in it cites.
    fn heads(&self, past: &Past) -> Vec<EntryId> {
        let mut covered = Past::default();
        past.iter().for_each(|at| covered.join(&self.group.record.node(at).unwrap().past));
        past.iter().filter(|at| !covered.has(*at)).map(|at| self.id(at)).collect()
    }

    fn closure(&self, ats: &[At]) -> Past {
        let mut past = Past::default();
        for at in ats {
            past.join(&self.group.record.node(*at).unwrap().past);
            past.add(*at);
        }
        past
    }

    /// Takes what was written last into the group and its author's view.
    fn publish(&mut self, person: usize, id: EntryId) {
        if self.group.holds(&id) {
            return;
        }
        let control = self.world.made.last().unwrap().clone();
        assert_eq!(control.id, id);
        self.group.insert(control).unwrap();
        let at = self.group.record.at[&id];
        let past = self.group.record.node(at).unwrap().past.clone();
        let state = self.fold(&past);
        assert!(!state.seats.is_empty(), "a past without a seat");
        self.people[person].view.join(&past);
        self.people[person].view.add(at);
    }

    fn meet(&mut self) {
        let (from, to) = (self.dice.below(self.people.len()), self.dice.below(self.people.len()));
        let mut told = self.people[from].view.clone();
        if self.dice.chance(40) {
            let some: Vec<At> = told.iter().collect();
            let one = *self.dice.pick(&some).unwrap();
            told = self.closure(&[one]);
        }
        self.people[to].view.join(&told);
    }

    fn newcomer(&mut self, hostile: bool) -> usize {
        let name = format!("{}{}", if hostile { "s" } else { "p" }, self.people.len());
        self.people.push(Person { name, hostile, view: Past::default(), exposed: false });
        self.people.len() - 1
    }

    /// Somebody joins on an invite, and the inviter may learn of it at once.
    fn comes_in(&mut self, inviter: usize, invite: EntryId, hostile: bool) -> EntryId {
        let newcomer = self.newcomer(hostile);
        let name = self.people[newcomer].name.clone();
        let charter = self.group.charter_of(&invite).unwrap().hash();
        let join = Join { charter, ..self.world.join_body(&name, invite) };
        let id = self.world.write(&name, &[invite], Body::Join(join));
        self.publish(newcomer, id);
        if self.dice.chance(70) {
            let view = self.people[newcomer].view.clone();
            self.people[inviter].view.join(&view);
        }
        id
    }

    /// How an invite admits: half of them let in.
    fn mode(&mut self) -> InviteMode {
        let modes = [InviteMode::OnSight, InviteMode::OpenDoor, InviteMode::Confirm, InviteMode::Knock];
        *self.dice.pick(&modes).unwrap()
    }

    /// Whether somebody has to be admitted on this invite.
    fn asks(&self, invite: EntryId) -> bool {
        !self.group.record.lets_in(self.group.record.at[&invite])
    }

    /// A change of the charter: one of few, so that several people come to want the same.
    fn wish(&mut self) -> Changes {
        match self.dice.below(5) {
            0 => Changes { inviters: Some(Inviters::Members), ..Changes::default() },
            1 => Changes { inviters: Some(Inviters::Facilitators), ..Changes::default() },
            2 => Changes { history: Some(History::None), ..Changes::default() },
            n => Changes { size: Some(20 + n as u32), ..Changes::default() },
        }
    }

    /// Somebody moderates somebody, about one post.
    fn moderates(&mut self, name: &str, everybody: &[String], deps: &[EntryId]) -> EntryId {
        let target = self.dice.pick(everybody).unwrap().clone();
        let measure = *self.dice.pick(&[Measure::Fold, Measure::Hold, Measure::Restore]).unwrap();
        let rule = (measure != Measure::Restore).then_some(Rule::Floor(Floor::Numbers));
        let (member, entry, reason) = (key(&target), Some(EntryId([8; 32])), "so".to_owned());
        self.world.write(name, deps, Body::Moderate(Moderate { member, entry, measure, rule, reason }))
    }

    /// Honest facilitators say that they are there, knowing nothing of the election that ends with these.
    fn object(&mut self, election: &[EntryId]) {
        let ends: Vec<At> = election.iter().map(|id| self.group.record.at[id]).collect();
        for person in 0..self.people.len() {
            let view = self.people[person].view.clone();
            if self.people[person].hostile || view.len() == 0 || ends.iter().any(|at| view.has(*at)) {
                continue;
            }
            let state = self.fold(&view);
            let role = self.who(person).and_then(|who| state.role(&self.group.record, who));
            if role == Some(Role::Seat) {
                let (name, deps) = (self.people[person].name.clone(), self.heads(&view));
                let id = self.world.pulse(&name, &deps);
                self.publish(person, id);
            }
        }
    }

    fn joins(&self, state: &State, view: &Past, may: impl Fn(Option<Role>) -> bool) -> Vec<At> {
        let joins = self.group.record.joins.values().flatten();
        joins.filter(|at| view.has(**at) && may(state.stands.role(**at))).copied().collect()
    }

    fn invites(&mut self, view: &Past, hostile: bool) -> Option<At> {
        let invites = |at: &At| {
            let node = self.group.record.node(*at).unwrap();
            matches!(node.act, Act::Invite(_)) && (!hostile || self.people[self.person(node.author)].hostile)
        };
        let all: Vec<At> = view.iter().filter(invites).collect();
        self.dice.pick(&all).copied()
    }
}
