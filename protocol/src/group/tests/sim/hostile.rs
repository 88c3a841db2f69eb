//! What hostile people do: anything, on any past.

use super::{Person, Story};
use crate::body::{InviteMode, Role};
use crate::group::past::At;
use crate::group::record::Matter;
use crate::group::tests::kit::key;
use crate::id::EntryId;

impl Story {
    /// A hostile act on any past there is. `late`: no new people on honest invites, which would be right.
    pub(crate) fn hostile(&mut self, late: bool) {
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
        let role = who.and_then(|who| state.role(&self.group.record, who));
        if role.is_none() && self.dice.chance(90) {
            return;
        }
        let deps = self.heads(&past);
        let everybody: Vec<String> = self.people.iter().map(|person| person.name.clone()).collect();
        let id = match self.dice.below(100) {
            0..18 => {
                let mode = self.mode();
                let uses = if mode == InviteMode::Confirm { 1 } else { 1 + self.dice.below(3) as u32 };
                let invite = self.world.knockable(&name, &deps, mode, uses);
                self.publish(me, invite);
                let hostile = self.dice.chance(80) || late;
                let join = self.comes_in(me, invite, hostile);
                if self.asks(invite) && self.dice.chance(70) {
                    let id = self.world.admit(&name, join, &[deps, vec![join]].concat());
                    self.publish(me, id);
                }
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
            91..95 => {
                let changes = self.wish();
                self.world.amend(&name, changes, &deps)
            }
            88..90 if !late => self.world.leave(&name, &deps),
            90..91 => self.world.step_back(&name, &deps),
            95..98 => {
                let target = self.dice.pick(&everybody).unwrap().clone();
                let to = if self.dice.chance(50) { Role::Member } else { Role::Deputy };
                self.world.demote(&name, &target, to, &deps)
            }
            98..99 => self.moderates(&name, &everybody, &deps),
            99.. => return self.vote_together(me, &deps, late),
            _ => self.world.mint(&name, &deps),
        };
        self.publish(me, id);
        self.people[me].view = self.everything();
    }

    /// Everybody hostile votes for one of them, as many as there are.
    fn vote_together(&mut self, me: usize, deps: &[EntryId], late: bool) {
        let ours: Vec<String> =
            (self.people.iter().filter(|person| person.hostile)).map(|person| person.name.clone()).collect();
        let target = self.dice.pick(&ours).unwrap().clone();
        let mut deps = deps.to_vec();
        for voter in ours {
            let person = self.people.iter().position(|person| person.name == voter).unwrap();
            let id = self.world.vote(&voter, &target, &deps);
            self.publish(person, id);
            deps = vec![id];
        }
        self.people[me].view = self.everything();
        // Whoever holds a seat, and is there, says so without knowing of it, as their node does.
        if !late {
            self.object(&deps);
        }
    }

    /// Whether honest people have an open proposal of a seat for somebody: worth completing.
    fn proposed(&self, person: &Person) -> bool {
        self.group
            .record
            .who(&key(&person.name))
            .is_some_and(|who| self.group.record.signed.contains_key(&Matter::Seat(who)))
    }
}
