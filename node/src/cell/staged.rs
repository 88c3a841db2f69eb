//! What a batch has let in and not committed yet, and the ledger that sees it together with the store.

use std::collections::{BTreeSet, HashMap, HashSet};

use kith_protocol::admit::{Ledger, Unreadable, Verified};
use kith_protocol::body::Body;
use kith_protocol::id::{EntryId, EnvelopeId, LogId, MemberKey};
use kith_protocol::time::Month;

use crate::store::{Change, Placed, Put, Store, StoreError};

/// Changes on their way to the store.
#[derive(Default)]
pub(super) struct Staged {
    changes: Vec<Change>,
    months: BTreeSet<Month>,
    envelopes: HashSet<EnvelopeId>,
    copies: HashMap<EntryId, usize>,
    slots: HashMap<(MemberKey, LogId, u64), EntryId>,
}

impl Staged {
    /// Takes in an entry that went through the door; of one that was taken back only what is left of it.
    pub(super) fn put(&mut self, verified: &Verified, left: Option<Vec<u8>>) {
        let entry = verified.entry();
        let id = *verified.entry_id();
        self.envelopes.insert(*verified.envelope_id());
        let copies = self.copies.entry(id).or_default();
        *copies = copies.saturating_add(1);
        self.slots.entry((*verified.author(), entry.log, entry.seq)).or_insert(id);
        let reply_to = match &entry.body {
            Body::Reply(reply) => Some(reply.to),
            _ => None,
        };
        let header = verified.envelope().header();
        if !header.control {
            self.months.insert(header.hour.month());
        }
        self.changes.push(Change::Put(Put {
            id: *verified.envelope_id(),
            hour: header.hour,
            control: header.control,
            bytes: left.unwrap_or_else(|| verified.envelope().encode()),
            placed: Some(Placed {
                entry: id,
                author: entry.author,
                log: entry.log,
                seq: entry.seq,
                lamport: entry.lamport,
                reply_to,
            }),
        }));
    }

    /// Takes in what is left of an envelope that was taken back.
    pub(super) fn put_stub(&mut self, put: Put) {
        self.envelopes.insert(put.id);
        self.months.insert(put.hour.month());
        self.changes.push(Change::Put(put));
    }

    /// Keeps less of an envelope.
    pub(super) fn shrink(&mut self, id: EnvelopeId, bytes: Vec<u8>) {
        self.changes.push(Change::Shrink { id, bytes });
    }

    /// The first entry among the changes at a place of a log.
    pub(super) fn at(&self, author: &MemberKey, log: &LogId, seq: u64) -> Option<EntryId> {
        self.slots.get(&(*author, *log, seq)).copied()
    }

    /// Whether an envelope is among the changes.
    pub(super) fn holds(&self, id: &EnvelopeId) -> bool {
        self.envelopes.contains(id)
    }

    /// Whether an entry is among the changes.
    pub(super) fn holds_entry(&self, id: &EntryId) -> bool {
        self.copies.contains_key(id)
    }

    /// An envelope among the changes, and what it holds.
    pub(super) fn bytes_of(&self, id: &EnvelopeId) -> Option<(&[u8], Option<&Placed>)> {
        if !self.holds(id) {
            return None;
        }
        self.changes.iter().find_map(|change| match change {
            Change::Put(put) if put.id == *id => Some((put.bytes.as_slice(), put.placed.as_ref())),
            _ => None,
        })
    }

    /// A note among the changes; within, none if it is to be removed.
    pub(super) fn noted(&self, name: &str) -> Option<Option<&[u8]>> {
        self.changes.iter().rev().find_map(|change| match change {
            Change::Note { name: noted, bytes } if noted == name => Some(bytes.as_deref()),
            _ => None,
        })
    }

    /// Removes a note.
    pub(super) fn unnote(&mut self, name: impl Into<String>) {
        self.changes.push(Change::Note { name: name.into(), bytes: None });
    }

    /// Keeps a note.
    pub(super) fn note(&mut self, name: impl Into<String>, bytes: Vec<u8>) {
        self.changes.push(Change::Note { name: name.into(), bytes: Some(bytes) });
    }

    /// Whether there is nothing to commit.
    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The changes, in order, and the months whose content is among them; the stage is empty afterwards.
    pub(super) fn take(&mut self) -> (Vec<Change>, BTreeSet<Month>) {
        let taken = std::mem::take(self);
        (taken.changes, taken.months)
    }
}

/// What is held: in the store, or staged for it.
pub(super) struct Holdings<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) staged: &'a Staged,
    pub(super) lamport: u64,
}

impl Ledger for Holdings<'_> {
    fn holds(&self, envelope: &EnvelopeId) -> Result<bool, Unreadable> {
        Ok(self.staged.envelopes.contains(envelope) || self.store.holds(envelope).map_err(unreadable)?)
    }

    fn copies(&self, entry: &EntryId) -> Result<usize, Unreadable> {
        let stored = self.store.copies(entry).map_err(unreadable)?.len();
        Ok(stored.saturating_add(self.staged.copies.get(entry).copied().unwrap_or_default()))
    }

    fn slot(&self, author: &MemberKey, log: &LogId, seq: u64) -> Result<Option<EntryId>, Unreadable> {
        let staged = self.staged.at(author, log, seq);
        let stored = self.store.slot(&author.author(), log, seq).map_err(unreadable)?;
        Ok(stored.into_iter().chain(staged).min())
    }

    fn lamport(&self) -> Result<u64, Unreadable> {
        Ok(self.lamport)
    }
}

fn unreadable(error: StoreError) -> Unreadable {
    tracing::warn!(%error, "the store could not be read");
    Unreadable
}
