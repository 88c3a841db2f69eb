//! After a hostile life: the honest put everybody hostile out, and nothing these write from then on changes
//! anything.

use std::collections::{BTreeMap, BTreeSet};

use super::check::Tally;
use super::life::Life;
use super::world::MINUTE;
use crate::body::{Body, Remove, Role};
use crate::charter::Charter;
use crate::group::{Group, Standing};
use crate::id::{EntryId, MemberKey};

/// Rounds in which the honest put everybody hostile out.
const ROUNDS: usize = 40;
/// What hostile people try once they are out.
const TRIES: usize = 12;

/// What must not change any more.
#[derive(Debug, PartialEq, Eq)]
struct Facts {
    seats: Vec<MemberKey>,
    members: BTreeMap<MemberKey, Role>,
    charter: Charter,
    /// Of every entry there was, whether it counts.
    counting: BTreeMap<EntryId, bool>,
}

impl Facts {
    /// What is otherwise afterwards, in words.
    fn otherwise(&self, after: &Facts, name: impl Fn(&MemberKey) -> String) -> Option<String> {
        let mut everybody = self.members.keys().chain(after.members.keys());
        if let Some(key) = everybody.find(|key| self.members.get(key) != after.members.get(key)) {
            let [was, is] = [self, after].map(|facts| facts.members.get(key));
            return Some(format!("who belongs: {} was {was:?} and is {is:?}", name(key)));
        }
        if self.seats != after.seats {
            return Some(format!(
                "the order of seats: {:?}",
                after.seats.iter().map(name).collect::<Vec<_>>()
            ));
        }
        if self.charter != after.charter {
            return Some("the charter".into());
        }
        let counts = self.counting.iter().find(|(id, counts)| after.counting.get(id) != Some(counts));
        counts.map(|(id, _)| format!("what counts: {id}"))
    }

    fn of(group: &Group, entries: &BTreeSet<EntryId>) -> Facts {
        let members = group.members().filter(|member| member.standing == Standing::Member);
        Facts {
            seats: group.seats(),
            members: members.map(|member| (member.key, member.role)).collect(),
            charter: group.charter().clone(),
            counting: entries.iter().map(|id| (*id, group.counts(id))).collect(),
        }
    }
}

impl Life {
    /// Puts everybody hostile out, lets them try everything, and looks whether anything came of it.
    ///
    /// # Errors
    /// A sentence that says what did.
    pub fn aftermath(&mut self) -> Result<Tally, String> {
        self.put_out()?;
        let tally = self.check()?;
        let inside = self.inside()?;
        let entries = self.world.nodes[inside[0]].controls();
        let facts = Facts::of(self.world.nodes[inside[0]].group(), &entries);
        for _ in 0..TRIES {
            self.hostile(true);
            self.world.go(MINUTE);
        }
        self.check()?;
        let after = Facts::of(self.world.nodes[inside[0]].group(), &entries);
        match facts.otherwise(&after, |key| self.name(key)) {
            Some(what) => Err(format!("somebody who was out changed {what}")),
            None => Ok(tally),
        }
    }

    /// What somebody is called.
    pub(super) fn name(&self, key: &MemberKey) -> String {
        let node = self.world.nodes.iter().find(|node| node.key() == *key);
        node.map_or_else(|| "nobody known".into(), |node| node.name.clone())
    }

    /// Honest facilitators end every invite and remove everybody hostile, those without a seat last: a
    /// facilitator could let them in again.
    fn put_out(&mut self) -> Result<(), String> {
        for _ in 0..ROUNDS {
            self.world.rest();
            let inside = self.inside()?;
            let seats: Vec<usize> = inside
                .into_iter()
                .filter(|who| {
                    let node = &self.world.nodes[*who];
                    node.group().member(&node.key()).is_some_and(|member| member.role == Role::Seat)
                })
                .collect();
            let Some(first) = seats.first().copied() else { return Err("nobody honest has a seat".into()) };
            let bad: Vec<MemberKey> =
                self.world.hostile.iter().map(|who| self.world.nodes[*who].key()).collect();
            let group = self.world.nodes[first].group();
            // Of the honest ones too: somebody hostile may have come in on one, and shown it to nobody yet.
            let live: Vec<EntryId> =
                group.invites().filter(|invite| invite.live).map(|invite| invite.id).collect();
            let in_standing = |key: &MemberKey| {
                group.member(key).is_some_and(|member| {
                    matches!(member.standing, Standing::Member | Standing::Left) && member.removal.is_none()
                })
            };
            let mut targets: Vec<MemberKey> = bad.iter().filter(|key| in_standing(key)).copied().collect();
            targets.sort_by_key(|key| std::cmp::Reverse(group.member(key).map(|member| member.role)));
            if live.is_empty() && targets.is_empty() {
                return Ok(());
            }
            for invite in live {
                self.world.act(first, |node| node.revoke(invite));
            }
            for target in targets {
                for signer in &seats {
                    let body =
                        Body::Remove(Remove { member: target, reason: String::new(), heads: Vec::new() });
                    let group = self.world.nodes[*signer].group();
                    let gone =
                        group.member(&target).is_none_or(|member| member.standing == Standing::Removed);
                    if !gone && self.may(*signer, &body) {
                        self.world.act(*signer, |node| node.remove(&target));
                        self.world.go(MINUTE);
                    }
                }
            }
        }
        Err("the honest cannot put everybody hostile out".into())
    }
}
