//! Sets of envelopes, ready to be compared: loaded when a comparison asks, dropped when memory is needed.

use std::collections::BTreeMap;
use std::sync::Arc;

use kith_protocol::id::EnvelopeId;
use kith_protocol::sync::{Prepared, SetName};
use kith_protocol::time::Hour;

use super::place::Number;
use super::shelf::Shelf;
use crate::store::StoreError;

/// Memory that loaded sets may take together, in bytes. Those not used for longest are dropped; one is always kept.
const MOST: usize = 64 << 20;
/// Memory of one, in bytes: its sketch, and so much for each envelope.
const EACH: usize = 56 << 10;
const AN_ENVELOPE: usize = 48;

struct Loaded {
    prepared: Arc<Prepared>,
    /// What came after it was made.
    since: Vec<(Hour, EnvelopeId)>,
    used: u64,
}

/// Loaded sets of all places.
#[derive(Default)]
pub(super) struct Sets {
    loaded: BTreeMap<(Number, SetName), Loaded>,
    uses: u64,
}

impl Loaded {
    fn weight(&self) -> usize {
        let envelopes = self.prepared.len().saturating_add(self.since.len());
        envelopes.saturating_mul(AN_ENVELOPE).saturating_add(EACH)
    }
}

impl Sets {
    /// A set, sorted. What is staged on the shelf must have been committed.
    pub fn prepared(
        &mut self,
        number: Number,
        set: SetName,
        shelf: &Shelf,
    ) -> Result<Arc<Prepared>, StoreError> {
        self.uses = self.uses.saturating_add(1);
        if let Some(loaded) = self.loaded.get_mut(&(number, set)) {
            loaded.used = self.uses;
            if !loaded.since.is_empty() {
                loaded.prepared = Arc::new(loaded.prepared.with(loaded.since.drain(..)));
            }
            return Ok(loaded.prepared.clone());
        }
        let prepared = Arc::new(Prepared::new(shelf.items(number, set)?));
        let loaded = Loaded { prepared: prepared.clone(), since: Vec::new(), used: self.uses };
        self.loaded.insert((number, set), loaded);
        self.make_room();
        Ok(prepared)
    }

    /// Notes an envelope that is held from now on.
    pub fn add(&mut self, number: Number, set: SetName, hour: Hour, id: EnvelopeId) {
        if let Some(loaded) = self.loaded.get_mut(&(number, set)) {
            loaded.since.push((hour, id));
        }
    }

    /// Which of the sets that are loaded has an envelope, and of which hour it is.
    pub fn find(&self, number: Number, id: &EnvelopeId) -> Option<(SetName, Hour)> {
        let sets = self.loaded.range((number, SetName::Control)..).take_while(|((of, _), _)| *of == number);
        let hour = |loaded: &Loaded| {
            let since = || loaded.since.iter().find(|(_, other)| other == id).map(|(hour, _)| *hour);
            loaded.prepared.hour(id).or_else(since)
        };
        sets.into_iter().find_map(|((_, name), loaded)| Some((*name, hour(loaded)?)))
    }

    /// Drops what is loaded of a set, or of all sets of a place.
    pub fn forget(&mut self, number: Number, set: Option<SetName>) {
        self.loaded.retain(|(of, name), _| *of != number || set.is_some_and(|set| set != *name));
    }

    fn make_room(&mut self) {
        let mut weight: usize = self.loaded.values().map(Loaded::weight).sum();
        while weight > MOST && self.loaded.len() > 1 {
            let oldest = self.loaded.iter().min_by_key(|(_, loaded)| loaded.used).map(|(name, _)| *name);
            let Some(gone) = oldest.and_then(|name| self.loaded.remove(&name)) else { return };
            weight = weight.saturating_sub(gone.weight());
        }
    }
}
