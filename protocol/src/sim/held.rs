//! A store in memory: what a simulated node holds.

use std::collections::BTreeMap;

use crate::admit::{Ledger, Unreadable, Verified};
use crate::body::{Body, LogHead, Withdrawn};
use crate::envelope::{Header, Stub};
use crate::id::{EntryId, EnvelopeId, LogId, MemberKey};
use crate::sync::{SetName, Tally};

/// What a node holds.
#[derive(Default)]
pub struct Held {
    /// Envelopes that went through the door.
    pub envelopes: BTreeMap<EnvelopeId, Verified>,
    /// What is left of envelopes that were taken back.
    pub stubs: BTreeMap<EnvelopeId, Stub>,
    /// The ids of what went through the door, in the order in which it came.
    pub order: Vec<EnvelopeId>,
    /// Whether every question is answered with [`Unreadable`].
    pub unreadable: bool,
    /// What stands for each set when two nodes compare theirs.
    pub tallies: BTreeMap<SetName, Tally>,
    /// What people took back, by envelope.
    taken_back: BTreeMap<EnvelopeId, (MemberKey, Withdrawn)>,
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
        let envelope = *verified.envelope_id();
        self.count(envelope, *verified.envelope().header());
        self.order.push(envelope);
        if let Body::Withdraw(withdraw) = &verified.entry().body {
            let author = *verified.author();
            for what in &withdraw.entries {
                self.taken_back.entry(what.envelope).or_insert_with(|| (author, what.clone()));
            }
        }
        let gone: Vec<EnvelopeId> = match &verified.entry().body {
            Body::Withdraw(withdraw) => withdraw.entries.iter().map(|what| what.envelope).collect(),
            _ => vec![envelope],
        };
        self.envelopes.insert(envelope, verified);
        gone.iter().for_each(|id| self.drop_payload(id));
    }

    /// Keeps a stub of an envelope that was taken back, as far as is known here; whether it was.
    pub fn keep_stub(&mut self, stub: &Stub) -> bool {
        let id = stub.id();
        let known = self.taken_back.get(&id).is_some_and(|(_, what)| what.takes_back(&id, stub.header()));
        if known && !self.has(&id) {
            self.count(id, *stub.header());
            self.stubs.insert(id, stub.clone());
        }
        known
    }

    /// Keeps only a stub of an envelope, if its author took it back.
    fn drop_payload(&mut self, id: &EnvelopeId) {
        let (Some(verified), Some((author, what))) = (self.envelopes.get(id), self.taken_back.get(id)) else {
            return;
        };
        let envelope = verified.envelope();
        let theirs = verified.author() == author && *verified.entry_id() == what.entry;
        if theirs && what.takes_back(id, envelope.header()) {
            self.stubs.extend(Stub::of(envelope).map(|stub| (*id, stub)));
            self.envelopes.remove(id);
        }
    }

    fn count(&mut self, id: EnvelopeId, header: Header) {
        let name = if header.control { SetName::Control } else { SetName::Month(header.hour.month()) };
        self.tallies.entry(name).or_default().add(&id);
    }

    /// Whether an envelope is here, or what is left of it.
    pub fn has(&self, id: &EnvelopeId) -> bool {
        self.envelopes.contains_key(id) || self.stubs.contains_key(id)
    }

    /// Whether somebody took this envelope back, as far as is known here.
    pub fn was_taken_back(&self, id: &EnvelopeId) -> bool {
        self.taken_back.contains_key(id)
    }

    /// The envelopes that are here, in the order in which they came.
    pub fn in_order(&self) -> impl Iterator<Item = &Verified> {
        self.order.iter().filter_map(|id| self.envelopes.get(id))
    }

    /// An envelope, or what is left of it, as it is passed on.
    pub fn bytes(&self, id: &EnvelopeId) -> Option<Vec<u8>> {
        let envelope = self.envelopes.get(id).map(|verified| verified.envelope().encode());
        envelope.or_else(|| self.stubs.get(id).map(Stub::encode))
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
        self.readable(self.has(envelope))
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
