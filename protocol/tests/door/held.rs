//! A store in memory: what a node of these tests holds.

use std::collections::BTreeMap;

use kith_protocol::admit::{Ledger, Unreadable, Verified};
use kith_protocol::id::{EntryId, EnvelopeId, LogId, MemberKey};

/// What a node holds.
#[derive(Default)]
pub struct Held {
    pub envelopes: BTreeMap<EnvelopeId, Verified>,
    pub withdrawn: Vec<EntryId>,
    pub unreadable: bool,
    copies: BTreeMap<EntryId, usize>,
    slots: BTreeMap<(MemberKey, LogId, u64), EntryId>,
    lamport: u64,
}

impl Held {
    pub fn keep(&mut self, verified: Verified) {
        let (id, entry) = (*verified.entry_id(), verified.entry());
        *self.copies.entry(id).or_default() += 1;
        let slot = self.slots.entry((*verified.author(), entry.log, entry.seq)).or_insert(id);
        *slot = (*slot).min(id);
        self.lamport = self.lamport.max(entry.lamport);
        self.envelopes.insert(*verified.envelope_id(), verified);
    }

    pub fn readable<T>(&self, answer: T) -> Result<T, Unreadable> {
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

    fn withdrawn(&self, entry: &EntryId) -> Result<bool, Unreadable> {
        self.readable(self.withdrawn.contains(entry))
    }

    fn slot(&self, author: &MemberKey, log: &LogId, seq: u64) -> Result<Option<EntryId>, Unreadable> {
        self.readable(self.slots.get(&(*author, *log, seq)).copied())
    }

    fn lamport(&self) -> Result<u64, Unreadable> {
        self.readable(self.lamport)
    }
}
