//! Who is on duty and who greets: the last word of each facilitator or helper about each task.

use std::collections::BTreeMap;

use kith_protocol::admit::Verified;
use kith_protocol::body::{Body, Duty, Role, Task};
use kith_protocol::group::Standing;
use kith_protocol::id::{EntryId, MemberKey};
use kith_protocol::time::Millis;
use minicbor::{Decode, Encode};

use super::CellError;
use super::engine::Engine;
use super::letters::Name;
use crate::api::types;

/// Words kept: of more, those that ended first go.
const KEPT: usize = 256;
const NOTE: &str = "rota";

/// Somebody's last word about a task.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
struct Word {
    #[n(0)]
    lamport: u64,
    #[n(1)]
    from: Millis,
    #[n(2)]
    until: Millis,
}

type Words = BTreeMap<(MemberKey, Task), Word>;

impl Engine {
    /// Says that I will be there, or takes that back.
    pub(crate) fn take_duty(
        &mut self,
        task: Task,
        from: Millis,
        until: Millis,
    ) -> Result<EntryId, CellError> {
        if !self.in_charge(&self.me()) {
            return Err(CellError::Right(kith_protocol::group::Right::NeedsDeputy));
        }
        self.write(Body::Duty(Duty { task, from, until }))
    }

    /// Tells the other facilitators what they should know.
    pub(crate) fn hand_over(&mut self, text: String) -> Result<(Name, Vec<MemberKey>), CellError> {
        let to = self.others_in_charge();
        Ok((self.write_to(&to, text, None)?, to))
    }

    /// Who is there now or will be, the earliest first.
    pub(crate) fn rota(&self) -> Result<types::Rota, CellError> {
        let now = self.now();
        let words = self.words()?;
        let mut slots: Vec<(Millis, types::Slot)> = Vec::new();
        for ((member, task), word) in words {
            if word.until <= now || word.until <= word.from || !self.in_charge(&member) {
                continue;
            }
            let group = self.group()?;
            slots.push((
                word.from,
                types::Slot {
                    member: member.to_string(),
                    name: group.member(&member).map(|member| member.name.clone()).unwrap_or_default(),
                    task: match task {
                        Task::OnDuty => types::Task::OnDuty,
                        Task::Greeter => types::Task::Greeter,
                    },
                    from: word.from.to_string(),
                    until: word.until.to_string(),
                    now: word.from <= now,
                },
            ));
        }
        slots.sort_by_key(|(from, _)| *from);
        Ok(types::Rota { slots: slots.into_iter().map(|(_, slot)| slot).collect() })
    }

    /// Who is there for something now.
    pub(super) fn there_for(&self, what: Task) -> Result<Vec<MemberKey>, CellError> {
        let now = self.now();
        let there = |(member, task): &(MemberKey, Task), word: &Word| {
            *task == what && word.from <= now && now < word.until && self.in_charge(member)
        };
        Ok(self
            .words()?
            .iter()
            .filter(|(key, word)| there(key, word))
            .map(|((member, _), _)| *member)
            .collect())
    }

    /// That nobody is on duty now, in a group where somebody could be; and when somebody will be.
    pub(crate) fn quiet(&self) -> Result<Option<types::Quiet>, CellError> {
        let shared = self.group.as_ref().is_none_or(|group| group.charter().shared_power);
        if shared || !self.settled() || self.member_count() < 2 || !self.there_for(Task::OnDuty)?.is_empty() {
            return Ok(None);
        }
        let now = self.now();
        let words = self.words()?;
        let to_come = words.iter().filter(|((member, task), word)| {
            *task == Task::OnDuty && word.from > now && word.until > word.from && self.in_charge(member)
        });
        let until = to_come.map(|(_, word)| word.from).min();
        Ok(Some(types::Quiet { until: until.map(|until| until.to_string()) }))
    }

    /// Takes note of somebody's word.
    pub(super) fn heed_duty(&mut self, verified: &Verified, duty: &Duty) -> Result<(), CellError> {
        let mut words = self.words()?;
        let (key, lamport) = ((*verified.author(), duty.task), verified.entry().lamport);
        if words.get(&key).is_some_and(|word| word.lamport > lamport) {
            return Ok(());
        }
        words.insert(key, Word { lamport, from: duty.from, until: duty.until });
        while words.len() > KEPT
            && let Some(first) = words.iter().min_by_key(|(_, word)| word.until).map(|(key, _)| *key)
        {
            words.remove(&first);
        }
        let listed: Vec<(MemberKey, Task, Word)> =
            words.into_iter().map(|((member, task), word)| (member, task, word)).collect();
        self.staged.note(NOTE, minicbor::to_vec(&listed).unwrap_or_default());
        self.changed = true;
        Ok(())
    }

    fn words(&self) -> Result<Words, CellError> {
        let listed: Vec<(MemberKey, Task, Word)> = self.noted(NOTE)?.unwrap_or_default();
        Ok(listed.into_iter().map(|(member, task, word)| ((member, task), word)).collect())
    }

    /// Whether a member is a facilitator or helper.
    pub(super) fn in_charge(&self, member: &MemberKey) -> bool {
        let member = self.group.as_ref().and_then(|group| group.member(member));
        member.is_some_and(|one| one.standing == Standing::Member && one.role > Role::Member)
    }
}
