//! After a history: the clean-up, what must hold of it, and the history in words.

use std::collections::BTreeMap;

use super::{Person, Story};
use crate::body::Role;
use crate::charter::Charter;
use crate::group::Standing;
use crate::group::amending::charter;
use crate::group::past::At;
use crate::group::record::{Act, Matter, Who};
use crate::group::tests::kit::{deps, key};
use crate::id::EntryId;

/// What must not change once everybody hostile is removed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    seats: Vec<String>,
    roles: BTreeMap<String, Role>,
    /// Of every entry, whether it counts.
    counting: BTreeMap<EntryId, bool>,
    charter: Charter,
}

impl Facts {
    /// Nothing of this is otherwise afterwards, and nobody came in.
    pub(crate) fn holds_in(&self, after: &Facts) {
        assert_eq!(self.seats, after.seats, "seats changed");
        assert_eq!(self.roles, after.roles, "members changed");
        assert_eq!(self.charter, after.charter, "the charter changed");
        let other = |(id, counts): &(&EntryId, &bool)| after.counting.get(id) != Some(counts);
        let changed: Vec<_> = self.counting.iter().filter(other).collect();
        assert!(changed.is_empty(), "entries count otherwise: {changed:?}");
    }
}

impl Story {
    /// Everybody honest meets and removes everybody hostile. False: the assumption does not hold
    /// by now, or all facilitators have left.
    pub(crate) fn clean_up(&mut self) -> bool {
        for _ in 0..60 {
            let all = self.everything();
            let state = self.fold(&all);
            let powerless = |who: &Who| state.role(&self.group.record, *who) != Some(Role::Seat);
            if !self.fair(&state) || state.seats.iter().any(&powerless) {
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
                bad && state.stands.open.has(*at) && revoked.is_empty()
            };
            if let Some(invite) = all.iter().find(open) {
                let name = self.people[signers[0]].name.clone();
                let id = self.world.revoke(&name, self.id(invite), &deps);
                self.publish(signers[0], id);
                continue;
            }
            let in_standing = |person: &Person| {
                let who = self.group.record.who(&key(&person.name))?;
                let standing = state.standing(&self.group.record, who);
                (person.hostile && matches!(standing, Some(Standing::Member | Standing::Left)))
                    .then(|| (person.name.clone(), state.role(&self.group.record, who) == Some(Role::Seat)))
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
    pub(crate) fn tell(&self) -> String {
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
                Act::Amend(_) => "amends".into(),
                Act::Demote(who, to) => format!("sets {} back to {to:?}", name(*who)),
                Act::Elect(who) => format!("votes for {}", name(*who)),
                other => format!("{other:?}"),
            };
            let deps = deps(&node.control).iter().map(|id| self.group.record.at[id].0);
            let deps: Vec<usize> = deps.collect();
            let counts = state.counts(at, node);
            let (right, stands) = (node.verdict.right, state.stands.role(at));
            let carried = node.verdict.call.as_ref().map(|call| (call.carried, call.signed.len()));
            let by = name(node.author);
            format!("{:3} {by} {act} after {deps:?}: {right:?}, {stands:?}, {counts}, {carried:?}", at.0)
        };
        all.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn facts(&self) -> Facts {
        let all = self.everything();
        let state = self.fold(&all);
        let name = |who: &Who| self.people[self.person(*who)].name.clone();
        let role = |place: usize| Some((name(&Who(place)), state.role(&self.group.record, Who(place))?));
        Facts {
            charter: charter(&self.group.record, &state.stands, &all).into_owned(),
            seats: state.seats.iter().map(name).collect(),
            roles: (0..self.group.record.people.len()).filter_map(role).collect(),
            counting: (all.iter())
                .map(|at| (self.id(at), state.counts(at, self.group.record.node(at).unwrap())))
                .collect(),
        }
    }

    /// Honest facilitators who must still be ones: founders, and whom honest ones alone gave a seat, unless
    /// they left, or somebody honest signed their removal.
    pub(crate) fn lost(&self) -> Vec<String> {
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
            let demoted = [Role::Member, Role::Deputy].iter().any(|to| {
                let signed = self.group.record.signed.get(&Matter::Demote(who, *to));
                let by_honest = |at: &At| honest(self.group.record.node(*at).unwrap().author);
                signed.into_iter().flatten().any(by_honest)
            });
            let stepped = (self.group.record.set_backs.iter())
                .filter_map(|at| self.group.record.node(*at))
                .any(|node| node.author == who && node.act == Act::StepBack);
            let gone = !state.stands.holds(who).left.is_empty() || stepped || demoted;
            // A seat given with the signature of somebody blamed and out since may fall with it.
            let shaky = self.quarrels && person.founder.is_none();
            if !me.hostile
                && seated
                && !blamed
                && !gone
                && !shaky
                && state.role(&self.group.record, who) != Some(Role::Seat)
            {
                lost.push(me.name.clone());
            }
        }
        lost
    }
}
