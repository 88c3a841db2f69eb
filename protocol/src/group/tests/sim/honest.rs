//! What honest people do: everything they may, knowing what they happen to have.

use super::{Person, Story};
use crate::body::{Body, Invite, InviteMode, OpenLog, Role};
use crate::charter::Inviters;
use crate::group::Standing;
use crate::group::amending::charter;
use crate::group::fold::State;
use crate::group::past::Past;
use crate::group::tests::kit::{invite_body, key, log};
use crate::id::{EntryId, LogId, SealKey};
use crate::time::Millis;

impl Story {
    pub(super) fn honest(&mut self) {
        let honest: Vec<usize> = (0..self.people.len()).filter(|n| !self.people[*n].hostile).collect();
        let me = *self.dice.pick(&honest).unwrap();
        let view = self.people[me].view.clone();
        let state = self.fold(&view);
        if view.len() == 0 || !self.fair(&state) {
            return;
        }
        let Some(role) = self.who(me).and_then(|who| state.role(&self.group.record, who)) else { return };
        let deps = self.heads(&view);
        let name = self.people[me].name.clone();
        let dice = self.dice.below(100);
        let inviters = charter(&self.group.record, &state.stands, &view).inviters;
        let invites = role > Role::Member || inviters == Inviters::Members;
        match (role, dice) {
            (_, 0..22) if invites => {
                let body = self.invitation(&view);
                let invite = self.world.write(&name, &deps, body);
                self.publish(me, invite);
                for _ in 0..=self.dice.below(2) {
                    let hostile = self.dice.chance(25);
                    let join = self.comes_in(me, invite, hostile);
                    if role > Role::Member && self.asks(invite) && self.dice.chance(60) {
                        let view = self.people[me].view.clone();
                        let id = self.world.admit(&name, join, &[self.heads(&view), vec![join]].concat());
                        self.publish(me, id);
                    }
                }
            }
            (Role::Seat, 22..50) => {
                let to = if self.dice.chance(65) { Role::Seat } else { Role::Deputy };
                let unseated = |role| role < Some(Role::Seat);
                let Some(target) = self.somebody(&state, false, unseated) else { return };
                let id = self.world.promote(&name, &target, to, &deps);
                self.publish(me, id);
            }
            (Role::Seat, 50..70) => self.put_out(me, &state, &view, |_| true),
            (Role::Deputy, 22..45) => self.put_out(me, &state, &view, |role| role <= Some(Role::Member)),
            (Role::Seat, 70..75) if self.quarrels => {
                let seated = |role| role == Some(Role::Seat);
                let Some(target) = self.somebody(&state, false, seated) else { return };
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
            (Role::Seat, 90..94) => {
                let changes = self.wish();
                let id = self.world.amend(&name, changes, &deps);
                self.publish(me, id);
            }
            (_, 84..86) => {
                let goes = role == Role::Member || self.dice.chance(50);
                let id =
                    if goes { self.world.leave(&name, &deps) } else { self.world.step_back(&name, &deps) };
                self.publish(me, id);
            }
            (Role::Seat, 94..96) => {
                let Some(target) = self.somebody(&state, false, |_| true) else { return };
                let id = self.moderates(&name, &[target], &deps);
                self.publish(me, id);
            }
            (Role::Seat, 96..98) if self.quarrels => {
                let office = |role| role > Some(Role::Member);
                let Some(target) = self.somebody(&state, false, office) else { return };
                if target != name {
                    let id = self.world.demote(&name, &target, Role::Member, &deps);
                    self.publish(me, id);
                }
            }
            (_, 98..) => {
                let Some(target) = self.somebody(&state, false, |role| role < Some(Role::Seat)) else {
                    return;
                };
                let id = self.world.vote(&name, &target, &deps);
                self.publish(me, id);
            }
            (_, 86..90) => self.opens_log(me, &deps),
            _ => {
                let id = self.world.mint(&name, &deps);
                self.publish(me, id);
            }
        }
    }

    /// A new invite; where that takes a quorum, sometimes one that somebody else began.
    fn invitation(&mut self, view: &Past) -> Body {
        let others = self.invites(view, false).filter(|_| self.group.charter().shared_power);
        if let Some(other) = others.filter(|_| self.dice.chance(60)) {
            return self.group.record.node(other).unwrap().control.entry.body.clone();
        }
        let expires = Millis(self.world.made.len() as u64);
        let mode = self.mode();
        let uses = if mode == InviteMode::Confirm { 1 } else { 1 + self.dice.below(2) as u32 };
        Body::Invite(Invite { expires, mode, ..invite_body(uses) })
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
            let standing = state.standing(&self.group.record, who);
            if matches!(standing, Some(Standing::Member | Standing::Left))
                && may(state.role(&self.group.record, who))
            {
                targets.push(name);
            }
        }
        if let Some(target) = self.dice.pick(&targets).cloned() {
            let (name, deps) = (self.people[me].name.clone(), self.heads(view));
            let id = self.world.remove(&name, &target, &deps);
            self.publish(me, id);
        }
    }

    fn somebody(&mut self, state: &State, any: bool, may: impl Fn(Option<Role>) -> bool) -> Option<String> {
        let mut fit = Vec::new();
        for person in &self.people {
            let Some(who) = self.group.record.who(&key(&person.name)) else { continue };
            let member = state.standing(&self.group.record, who) == Some(Standing::Member);
            if member && may(state.role(&self.group.record, who)) && (any || !person.exposed) {
                fit.push(person.name.clone());
            }
        }
        self.dice.pick(&fit).cloned()
    }
}
