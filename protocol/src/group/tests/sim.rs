//! Random histories of honest and hostile people, in partial views, and what must hold of them.
//!
//! The assumption of the design is kept: no entry is written with a past in which half or more of the seats
//! are hostile; of two, the senior is honest. Within it, hostile people know everything, work together, may
//! write at any time with any past that exists, use each other's names, and let in as many socks as they
//! like.

use std::collections::BTreeMap;

use super::kit::{Dice, World, key, log};
use crate::body::{Body, OpenLog, Role};
use crate::charter::{Charter, Inviters};
use crate::group::fold::{State, fold};
use crate::group::past::{At, Past};
use crate::group::record::{Act, Matter, Who};
use crate::group::{Group, Standing};
use crate::id::{EntryId, LogId, SealKey};

pub(super) struct Person {
    pub(super) name: String,
    pub(super) hostile: bool,
    /// What they have, closed under causal past. Hostile people have everything.
    view: Past,
    /// Whether honest people have come to know that they are hostile.
    exposed: bool,
}

pub(super) struct Story {
    pub(super) world: World,
    /// Everything written, in the order it was written.
    pub(super) group: Group,
    pub(super) people: Vec<Person>,
    dice: Dice,
    /// Whether honest facilitators sometimes propose to remove each other.
    quarrels: bool,
}

/// What must not change once everybody hostile is removed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Facts {
    seats: Vec<String>,
    roles: BTreeMap<String, Role>,
    /// Of every entry, whether it counts.
    counting: BTreeMap<EntryId, bool>,
}

impl Facts {
    /// Nothing of this is otherwise afterwards, and nobody came in.
    pub(super) fn holds_in(&self, after: &Facts) {
        assert_eq!(self.seats, after.seats, "seats changed");
        assert_eq!(self.roles, after.roles, "members changed");
        let other = |(id, counts): &(&EntryId, &bool)| after.counting.get(id) != Some(counts);
        let changed: Vec<_> = self.counting.iter().filter(other).collect();
        assert!(changed.is_empty(), "entries count otherwise: {changed:?}");
    }
}

impl Story {
    pub(super) fn begin(seed: u64) -> Story {
        let mut dice = Dice::new(seed);
        let honest = 2 + dice.below(4);
        let hostile = if honest == 2 { 1 } else { 1 + dice.below((honest - 1).min(3)) };
        let mut names: Vec<(String, bool)> = (0..honest).map(|n| (format!("f{n}"), false)).collect();
        for n in 0..hostile {
            // Of two the senior must be honest; in general a hostile founder may be the most senior.
            let place = dice.below(names.len() + 1);
            names.insert(place, (format!("h{n}"), true));
        }
        let charter = Charter {
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

    pub(super) fn run(&mut self, steps: usize) {
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
    pub(super) fn fold(&self, past: &Past) -> State {
        fold(&self.group.record, past)
    }

    pub(super) fn everything(&self) -> Past {
        self.group.everything()
    }

    fn id(&self, at: At) -> EntryId {
        self.group.record.node(at).unwrap().control.id
    }

    fn who(&self, person: usize) -> Option<Who> {
        self.group.record.who(&key(&self.people[person].name))
    }

    fn person(&self, who: Who) -> usize {
        let key = self.group.record.person(who).unwrap().key;
        self.people.iter().position(|person| super::kit::key(&person.name) == key).unwrap()
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
    fn comes_in(&mut self, inviter: usize, invite: EntryId, hostile: bool) {
        let newcomer = self.newcomer(hostile);
        let name = self.people[newcomer].name.clone();
        let id = self.world.join(&name, invite);
        self.publish(newcomer, id);
        if self.dice.chance(70) {
            let view = self.people[newcomer].view.clone();
            self.people[inviter].view.join(&view);
        }
    }

    fn honest(&mut self) {
        let honest: Vec<usize> = (0..self.people.len()).filter(|n| !self.people[*n].hostile).collect();
        let me = *self.dice.pick(&honest).unwrap();
        let view = self.people[me].view.clone();
        let state = self.fold(&view);
        if view.len() == 0 || !self.fair(&state) {
            return;
        }
        let Some(role) = self.who(me).and_then(|who| state.role(who)) else { return };
        let deps = self.heads(&view);
        let name = self.people[me].name.clone();
        let dice = self.dice.below(100);
        let invites = role > Role::Member || self.group.charter().inviters == Inviters::Members;
        match (role, dice) {
            (_, 0..22) if invites => {
                let uses = 1 + self.dice.below(2) as u32;
                let invite = self.world.invite_for(&name, &deps, uses);
                self.publish(me, invite);
                for _ in 0..=self.dice.below(2) {
                    let hostile = self.dice.chance(25);
                    self.comes_in(me, invite, hostile);
                }
            }
            (Role::Seat, 22..50) => {
                let to = if self.dice.chance(65) { Role::Seat } else { Role::Deputy };
                let unseated = |role| role < Some(Role::Seat);
                let Some(target) = self.somebody(&state, &view, false, unseated) else { return };
                let id = self.world.promote(&name, &target, to, &deps);
                self.publish(me, id);
            }
            (Role::Seat, 50..70) => self.put_out(me, &state, &view, |_| true),
            (Role::Deputy, 22..45) => self.put_out(me, &state, &view, |role| role <= Some(Role::Member)),
            (Role::Seat, 70..75) if self.quarrels => {
                let seated = |role| role == Some(Role::Seat);
                let Some(target) = self.somebody(&state, &view, false, seated) else { return };
                if target != name {
                    let id = self.world.remove(&name, &target, &deps);
                    self.publish(me, id);
                }
            }
            (Role::Seat | Role::Deputy, 75..82) => {
                let waiting = self.joins(&state, &view, |role| role.is_none());
                if let Some(join) = self.dice.pick(&waiting).copied() {
                    let id = self.world.admit(&name, self.id(join), &deps);
                    self.publish(me, id);
                }
            }
            (Role::Seat | Role::Deputy, 82..84) => {
                if let Some(invite) = self.invites(&view, false) {
                    let id = self.world.revoke(&name, self.id(invite), &deps);
                    self.publish(me, id);
                }
            }
            (_, 84..86) => {
                let id = self.world.leave(&name, &deps);
                self.publish(me, id);
            }
            (_, 86..90) => self.opens_log(me, &deps),
            _ => {
                let id = self.world.mint(&name, &deps);
                self.publish(me, id);
            }
        }
    }

    fn opens_log(&mut self, me: usize, deps: &[EntryId]) {
        let name = self.people[me].name.clone();
        let new = LogId([self.world.made.len() as u8; 8]);
        let open =
            OpenLog { seal: SealKey([1; 32]), member: key(&name), retires: Some(log(&name)), name: None };
        let id = self.world.open_log(&name, new, open, deps);
        self.publish(me, id);
    }

    /// Honest people remove whom they know to be hostile, as they may.
    fn put_out(&mut self, me: usize, state: &State, view: &Past, may: impl Fn(Option<Role>) -> bool) {
        let exposed = |person: &&Person| person.exposed;
        let known: Vec<String> =
            self.people.iter().filter(exposed).map(|person| person.name.clone()).collect();
        let mut targets = Vec::new();
        for name in known {
            let Some(who) = self.group.record.who(&key(&name)) else { continue };
            let standing = state.standing(&self.group.record, who, view);
            if matches!(standing, Some(Standing::Member | Standing::Left)) && may(state.role(who)) {
                targets.push(name);
            }
        }
        if let Some(target) = self.dice.pick(&targets).cloned() {
            let (name, deps) = (self.people[me].name.clone(), self.heads(view));
            let id = self.world.remove(&name, &target, &deps);
            self.publish(me, id);
        }
    }

    fn somebody(
        &mut self,
        state: &State,
        view: &Past,
        any: bool,
        may: impl Fn(Option<Role>) -> bool,
    ) -> Option<String> {
        let mut fit = Vec::new();
        for person in &self.people {
            let Some(who) = self.group.record.who(&key(&person.name)) else { continue };
            let member = state.standing(&self.group.record, who, view) == Some(Standing::Member);
            if member && may(state.role(who)) && (any || !person.exposed) {
                fit.push(person.name.clone());
            }
        }
        self.dice.pick(&fit).cloned()
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

    /// A hostile act on any past there is. `late`: no new people on honest invites, which would be right.
    pub(super) fn hostile(&mut self, late: bool) {
        let hostile: Vec<usize> = (0..self.people.len()).filter(|n| self.people[*n].hostile).collect();
        let me = *self.dice.pick(&hostile).unwrap();
        let all: Vec<At> = self.everything().iter().collect();
        let past = if self.dice.chance(25) {
            self.everything()
        } else {
            let count = 1 + self.dice.below(3);
            let some: Vec<At> = (0..count).map(|_| *self.dice.pick(&all).unwrap()).collect();
            self.closure(&some)
        };
        let state = self.fold(&past);
        if !self.fair(&state) {
            return;
        }
        let name = self.people[me].name.clone();
        let who = self.who(me);
        let role = who.and_then(|who| state.role(who));
        if role.is_none() && self.dice.chance(90) {
            return;
        }
        let deps = self.heads(&past);
        let everybody: Vec<String> = self.people.iter().map(|person| person.name.clone()).collect();
        let id = match self.dice.below(100) {
            0..18 => {
                let uses = 1 + self.dice.below(3) as u32;
                let invite = self.world.invite_for(&name, &deps, uses);
                self.publish(me, invite);
                let hostile = self.dice.chance(80) || late;
                self.comes_in(me, invite, hostile);
                return;
            }
            18..26 => {
                let ours = late || self.dice.chance(70);
                let Some(invite) = self.invites(&past, ours) else { return };
                self.comes_in(me, self.id(invite), true);
                return;
            }
            26..45 => {
                // Socks first, and whoever honest people once proposed.
                let to = if self.dice.chance(70) { Role::Seat } else { Role::Deputy };
                let socks: Vec<String> = (self.people.iter())
                    .filter(|person| person.hostile || self.proposed(person))
                    .map(|person| person.name.clone())
                    .collect();
                let Some(target) = self.dice.pick(&socks).cloned() else { return };
                self.world.promote(&name, &target, to, &deps)
            }
            45..75 => {
                let target = self.dice.pick(&everybody).unwrap().clone();
                self.world.remove(&name, &target, &deps)
            }
            75..82 => {
                let joins = self.joins(&state, &past, |_| true);
                let Some(join) = self.dice.pick(&joins).copied() else { return };
                self.world.admit(&name, self.id(join), &deps)
            }
            82..88 => {
                let Some(invite) = self.invites(&past, false) else { return };
                self.world.revoke(&name, self.id(invite), &deps)
            }
            88..91 if !late => self.world.leave(&name, &deps),
            _ => self.world.mint(&name, &deps),
        };
        self.publish(me, id);
        self.people[me].view = self.everything();
    }

    /// Whether honest people have an open proposal of a seat for somebody: worth completing.
    fn proposed(&self, person: &Person) -> bool {
        self.group
            .record
            .who(&key(&person.name))
            .is_some_and(|who| self.group.record.signed.contains_key(&Matter::Seat(who)))
    }

    /// Everybody honest meets and removes everybody hostile. False: the assumption does not hold
    /// by now, or all facilitators have left.
    pub(super) fn clean_up(&mut self) -> bool {
        for _ in 0..60 {
            let all = self.everything();
            let state = self.fold(&all);
            if !self.fair(&state) || state.seats.iter().any(|who| state.role(*who).is_none()) {
                return false;
            }
            let signers: Vec<usize> = (state.seats.iter().map(|who| self.person(*who)))
                .filter(|person| !self.people[*person].hostile)
                .collect();
            let deps = self.heads(&all);
            let open = |at: &At| {
                let node = self.group.record.node(*at).unwrap();
                let Act::Invite(door) = &node.act else { return false };
                let bad = self.people[self.person(node.author)].hostile;
                let revoked = crate::group::joins::revocations(&self.group.record, &state.stands, door);
                bad && state.stands.open.contains(at) && revoked.is_empty()
            };
            if let Some(invite) = all.iter().find(open) {
                let name = self.people[signers[0]].name.clone();
                let id = self.world.revoke(&name, self.id(invite), &deps);
                self.publish(signers[0], id);
                continue;
            }
            let in_standing = |person: &Person| {
                let who = self.group.record.who(&key(&person.name))?;
                let standing = state.standing(&self.group.record, who, &all);
                (person.hostile && matches!(standing, Some(Standing::Member | Standing::Left)))
                    .then(|| (person.name.clone(), state.role(who) == Some(Role::Seat)))
            };
            // Those without a seat last: a facilitator could let them in again.
            let mut targets: Vec<(String, bool)> = self.people.iter().filter_map(in_standing).collect();
            targets.sort_by_key(|(_, seat)| !seat);
            let Some((target, _)) = targets.first().cloned() else { return true };
            for signer in signers {
                let (name, deps) = (self.people[signer].name.clone(), self.heads(&self.everything()));
                let id = self.world.remove(&name, &target, &deps);
                self.publish(signer, id);
            }
        }
        panic!("the clean-up does not end:\n{}", self.tell());
    }

    /// The history in words, one line an entry: to read what a seed did.
    pub(super) fn tell(&self) -> String {
        let all = self.everything();
        let state = self.fold(&all);
        let name = |who: Who| self.people[self.person(who)].name.clone();
        let line = |at: At| {
            let node = self.group.record.node(at).unwrap();
            let act = match &node.act {
                Act::Promote(who, role) => format!("promotes {} to {role:?}", name(*who)),
                Act::Remove(who) => format!("removes {}", name(*who)),
                Act::Join { invite, .. } => format!("joins on {}", invite.0),
                Act::Revoke { invite, .. } => format!("revokes {}", invite.0),
                Act::Admit(join) => format!("admits {}", join.0),
                Act::Invite(_) => "invites".into(),
                other => format!("{other:?}"),
            };
            let deps = super::kit::deps(&node.control).iter().map(|id| self.group.record.at[id].0);
            let deps: Vec<usize> = deps.collect();
            let counts = state.counts(at, node);
            let (right, stands) = (node.verdict.right, state.stands.role(at));
            let carried = node.verdict.call.as_ref().map(|call| (call.carried, call.signed.len()));
            let by = name(node.author);
            format!("{:3} {by} {act} after {deps:?}: {right:?}, {stands:?}, {counts}, {carried:?}", at.0)
        };
        all.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    pub(super) fn facts(&self) -> Facts {
        let all = self.everything();
        let state = self.fold(&all);
        let name = |who: &Who| self.people[self.person(*who)].name.clone();
        let role = |place: usize| Some((name(&Who(place)), state.role(Who(place))?));
        Facts {
            seats: state.seats.iter().map(name).collect(),
            roles: (0..self.group.record.people.len()).filter_map(role).collect(),
            counting: (all.iter())
                .map(|at| (self.id(at), state.counts(at, self.group.record.node(at).unwrap())))
                .collect(),
        }
    }

    /// Honest facilitators who must still be ones: founders, and whom honest ones alone gave a seat, unless
    /// they left, or somebody honest signed their removal.
    pub(super) fn lost(&self) -> Vec<String> {
        let all = self.everything();
        let state = self.fold(&all);
        let mut lost = Vec::new();
        for (place, person) in self.group.record.people.iter().enumerate() {
            let who = Who(place);
            let me = &self.people[self.person(who)];
            let honest = |who: Who| !self.people[self.person(who)].hostile;
            let given = |at: &At| {
                let node = self.group.record.node(*at).unwrap();
                let call = node.verdict.call.as_ref().unwrap();
                call.carried && honest(node.author) && call.signed.iter().all(|(signer, _)| honest(*signer))
            };
            let seats = self.group.record.signed.get(&Matter::Seat(who)).into_iter().flatten();
            let seated = person.founder.is_some() || seats.clone().any(given);
            let blamed = (self.group.record.signed.get(&Matter::Remove(who)).into_iter().flatten())
                .any(|at| honest(self.group.record.node(*at).unwrap().author));
            let gone = !state.stands.holds(who).left.is_empty();
            // A seat given with the signature of somebody blamed and out since may fall with it.
            let shaky = self.quarrels && person.founder.is_none();
            if !me.hostile && seated && !blamed && !gone && !shaky && !state.seats.contains(&who) {
                lost.push(me.name.clone());
            }
        }
        lost
    }
}
