//! A store in plain collections: what the one on disk must answer like, and what tests of other parts use.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use kith_protocol::id::{AuthorId, EntryId, EnvelopeId, LogId, ShortId};
use kith_protocol::time::{Hour, Month};

use super::{
    Arrival, Bucket, Change, Counts, Cursor, DataKeys, Held, PREFIX_LEAST, Placed, Put, Store, StoreError,
    checked,
};

/// A [`Store`] that forgets everything when dropped.
#[derive(Clone)]
pub struct MemoryStore {
    keys: DataKeys,
    held: BTreeMap<Arrival, Held>,
    by_id: BTreeMap<EnvelopeId, Arrival>,
    /// The arrival of the envelope with which an entry was first placed.
    first: BTreeMap<EntryId, Arrival>,
    notes: BTreeMap<String, Vec<u8>>,
}

impl MemoryStore {
    /// An empty store. Nothing is sealed in it, but content of a month without a key is refused all the same.
    pub fn new(keys: DataKeys) -> MemoryStore {
        MemoryStore {
            keys,
            held: BTreeMap::new(),
            by_id: BTreeMap::new(),
            first: BTreeMap::new(),
            notes: BTreeMap::new(),
        }
    }

    fn put(&mut self, put: Put) {
        let arrival = Arrival(self.held.keys().next_back().map_or(1, |last| last.0.saturating_add(1)));
        let Put { id, hour, control, bytes, placed } = put;
        self.by_id.insert(id, arrival);
        self.held.insert(arrival, Held { arrival, id, hour, control, bytes, placed: None });
        if let Some(placed) = placed {
            self.place(arrival, placed);
        }
    }

    fn place(&mut self, arrival: Arrival, placed: Placed) {
        if let Some(held) = self.held.get_mut(&arrival).filter(|held| held.placed.is_none()) {
            self.first.entry(placed.entry).or_insert(arrival);
            held.placed = Some(placed);
        }
    }

    fn placed(&self) -> impl Iterator<Item = (&Held, &Placed)> {
        self.held.values().filter_map(|held| Some((held, held.placed.as_ref()?)))
    }

    /// Placed content, each entry once.
    fn content(&self) -> impl Iterator<Item = (&Held, &Placed)> {
        self.placed()
            .filter(|(held, placed)| !held.control && self.first.get(&placed.entry) == Some(&held.arrival))
    }
}

impl Store for MemoryStore {
    fn commit(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        checked(&changes, &self.keys)?;
        let before = self.clone();
        for change in super::arranged(changes) {
            match change {
                Change::Put(put) => match self.by_id.get(&put.id) {
                    None => self.put(put),
                    Some(&arrival) => {
                        if let Some(placed) = put.placed {
                            self.place(arrival, placed);
                        }
                    }
                },
                Change::Place { id, placed } => {
                    let Some(&arrival) = self.by_id.get(&id) else {
                        *self = before;
                        return Err(StoreError::NotHeld(id));
                    };
                    self.place(arrival, placed);
                }
                Change::Shrink { id, bytes } => {
                    if let Some(held) = self.by_id.get(&id).and_then(|arrival| self.held.get_mut(arrival)) {
                        held.bytes = bytes;
                    }
                }
                Change::Note { name, bytes: Some(bytes) } => {
                    self.notes.insert(name, bytes);
                }
                Change::Note { name, bytes: None } => {
                    self.notes.remove(&name);
                }
            }
        }
        Ok(())
    }

    fn has_key(&self, month: Month) -> bool {
        self.keys.has(month)
    }

    fn learn_key(&mut self, month: Month, key: [u8; 32]) {
        self.keys.learn(month, key);
    }

    fn holds(&self, id: &EnvelopeId) -> Result<bool, StoreError> {
        Ok(self.by_id.contains_key(id))
    }

    fn envelope(&self, id: &EnvelopeId) -> Result<Option<Held>, StoreError> {
        Ok(self.by_id.get(id).and_then(|arrival| self.held.get(arrival)).cloned())
    }

    fn entry(&self, id: &ShortId) -> Result<Option<Held>, StoreError> {
        Ok(self.placed().find(|(_, placed)| placed.entry.short() == *id).map(|(held, _)| held.clone()))
    }

    fn entries_starting(&self, prefix: &[u8], limit: usize) -> Result<Vec<Held>, StoreError> {
        if prefix.len() < PREFIX_LEAST {
            return Ok(Vec::new());
        }
        let mut found = BTreeSet::new();
        Ok(self
            .placed()
            .filter(|(_, placed)| placed.entry.0.starts_with(prefix) && found.insert(placed.entry))
            .take(limit)
            .map(|(held, _)| held.clone())
            .collect())
    }

    fn copies(&self, id: &EntryId) -> Result<Vec<EnvelopeId>, StoreError> {
        Ok(self.placed().filter(|(_, placed)| placed.entry == *id).map(|(held, _)| held.id).collect())
    }

    fn slot(&self, author: &AuthorId, log: &LogId, seq: u64) -> Result<Vec<EntryId>, StoreError> {
        let mut found = Vec::new();
        for (_, placed) in self.placed() {
            let here = placed.author == *author && placed.log == *log && placed.seq == seq;
            if here && !found.contains(&placed.entry) {
                found.push(placed.entry);
            }
        }
        Ok(found)
    }

    fn control(&self, after: Arrival, limit: usize) -> Result<Vec<Held>, StoreError> {
        let later = self.held.values().filter(|held| held.control && held.arrival > after);
        Ok(later.take(limit).cloned().collect())
    }

    fn unplaced(&self, after: Arrival, limit: usize) -> Result<Vec<Held>, StoreError> {
        let later = self.held.values().filter(|held| held.placed.is_none() && held.arrival > after);
        Ok(later.take(limit).cloned().collect())
    }

    fn items(&self, bucket: Bucket) -> Result<Vec<(Hour, EnvelopeId)>, StoreError> {
        let within = self.held.values().filter(|held| Bucket::of(held.control, held.hour) == bucket);
        Ok(within.map(|held| (held.hour, held.id)).collect())
    }

    fn months(&self) -> Result<Vec<Month>, StoreError> {
        let content = self.held.values().filter(|held| !held.control);
        Ok(content.map(|held| held.hour.month()).collect::<BTreeSet<_>>().into_iter().collect())
    }

    fn timeline(&self, before: Option<Cursor>, limit: usize) -> Result<Vec<Held>, StoreError> {
        let mut found: Vec<_> = self
            .content()
            .filter(|(_, placed)| before.is_none_or(|before| placed.cursor() < before))
            .collect();
        found.sort_by_key(|(held, placed)| Reverse((placed.cursor(), held.arrival)));
        Ok(found.into_iter().take(limit).map(|(held, _)| held.clone()).collect())
    }

    fn replies_to(&self, id: &ShortId, skip: usize, limit: usize) -> Result<Vec<Held>, StoreError> {
        let replies = self.content().filter(|(_, placed)| placed.reply_to == Some(*id));
        Ok(replies.skip(skip).take(limit).map(|(held, _)| held.clone()).collect())
    }

    fn log_heads(&self) -> Result<BTreeMap<(AuthorId, LogId), u64>, StoreError> {
        let mut heads = BTreeMap::new();
        for (_, placed) in self.placed() {
            let head = heads.entry((placed.author, placed.log)).or_insert(placed.seq);
            *head = placed.seq.max(*head);
        }
        Ok(heads)
    }

    fn highest_lamport(&self) -> Result<u64, StoreError> {
        Ok(self.placed().map(|(_, placed)| placed.lamport).max().unwrap_or(0))
    }

    fn counts(&self) -> Result<Counts, StoreError> {
        let first = |control: bool| {
            let arrivals = self.first.values().filter_map(|arrival| self.held.get(arrival));
            arrivals.filter(|held| held.control == control).count() as u64
        };
        Ok(Counts {
            control: first(true),
            content: first(false),
            unplaced: self.held.values().filter(|held| held.placed.is_none()).count() as u64,
            envelopes: self.held.len() as u64,
        })
    }

    fn note(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.notes.get(name).cloned())
    }
}
