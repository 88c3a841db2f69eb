//! A store in memory: what a simulated node holds.

use std::collections::BTreeMap;

use crate::admit::{Ledger, Unreadable, Verified};
use crate::body::LogHead;
use crate::id::{EntryId, EnvelopeId, LogId, MemberKey};
use crate::sync::{SetName, Tally};

/// What a node holds.
#[derive(Default)]
pub struct Held {
    /// Envelopes that went through the door.
    pub envelopes: BTreeMap<EnvelopeId, Verified>,
    /// Their ids, in the order in which they came.
    pub order: Vec<EnvelopeId>,
    /// Whether every question is answered with [`Unreadable`].
    pub unreadable: bool,
    /// What stands for each set when two nodes compare theirs.
    pub tallies: BTreeMap<SetName, Tally>,
    copies: BTreeMap<EntryId, usize>,
    slots: BTreeMap<(MemberKey, LogId, u64), EntryId>,
    lamport: u64,
}

impl Held {
    /// Keeps what went through the door.
    pub fn keep(&mut self, verified: Verified) {
        let (id, entry) = (*verified.entry_id(), verified.entry());
        *self.copies.entry(id).or_default() += 1;
        let slot = self.slots.entry((*verified.author(), entry.log, entry.seq)).or_insert(id);
        *slot = (*slot).min(id);
        self.lamport = self.lamport.max(entry.lamport);
        let header = verified.envelope().header();
        let name = if header.control { SetName::Control } else { SetName::Month(header.hour.month()) };
        self.tallies.entry(name).or_default().add(verified.envelope_id());
        self.order.push(*verified.envelope_id());
        self.envelopes.insert(*verified.envelope_id(), verified);
    }

    /// How far each log of a member has come here.
    pub fn heads_of(&self, member: &MemberKey) -> Vec<LogHead> {
        let mut heads: BTreeMap<LogId, u64> = BTreeMap::new();
        for ((_, log, seq), _) in self.slots.iter().filter(|((author, ..), _)| author == member) {
            let head = heads.entry(*log).or_default();
            *head = (*head).max(*seq);
        }
        heads.into_iter().map(|(log, seq)| LogHead { log, seq }).collect()
    }

    fn readable<T>(&self, answer: T) -> Result<T, Unreadable> {
        if self.unreadable { Err(Unreadable) } else { Ok(answer) }
    }
}

impl Ledger for Held {
    fn holds(&self, envelope: &EnvelopeId) -> Result<bool, Unreadable> {
        self.readable(self.envelopes.contains_key(envelope))
    }

    fn copies(&self, entry: &EntryId) -> Result<usize, Unreadable> {
        self.readable(self.copies.get(entry).copied().unwrap_or(0))
    }

    fn slot(&self, author: &MemberKey, log: &LogId, seq: u64) -> Result<Option<EntryId>, Unreadable> {
        self.readable(self.slots.get(&(*author, *log, seq)).copied())
    }

    fn lamport(&self) -> Result<u64, Unreadable> {
        self.readable(self.lamport)
    }
}
