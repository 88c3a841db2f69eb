//! How far what I wrote has come: to how many members' nodes it was sent, whether a keeper holds it, and whose nodes say they do.
//!
//! Kept for what was written since the node started and for the newest entries before; only for display.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use kith_protocol::id::{AuthorId, EntryId, EnvelopeId, LogId};
use kith_protocol::sync::SetName;

/// Entries followed. The oldest are forgotten: their state stays as it was last noted.
const FOLLOWED: usize = 4096;

#[derive(Clone, Debug)]
struct Delivery {
    set: SetName,
    envelope: EnvelopeId,
    /// Its log, and its place in it.
    place: (LogId, u64),
    passed: u32,
    /// Whether a keeper holds it.
    kept: bool,
    held: BTreeSet<AuthorId>,
}

/// The deliveries of one group.
#[derive(Default)]
pub(super) struct Deliveries {
    by_entry: BTreeMap<EntryId, Delivery>,
    by_envelope: BTreeMap<EnvelopeId, EntryId>,
    order: VecDeque<EntryId>,
}

impl Deliveries {
    /// Follows an entry of mine.
    pub(super) fn follow(
        &mut self,
        entry: EntryId,
        envelope: EnvelopeId,
        set: SetName,
        place: (LogId, u64),
        held: BTreeSet<AuthorId>,
    ) {
        let delivery = Delivery { set, envelope, place, passed: 0, kept: false, held };
        if self.by_entry.insert(entry, delivery).is_none() {
            self.order.push_back(entry);
        }
        self.by_envelope.insert(envelope, entry);
        while self.order.len() > FOLLOWED {
            let gone = self.order.pop_front().and_then(|oldest| self.by_entry.remove(&oldest));
            if let Some(gone) = gone {
                self.by_envelope.remove(&gone.envelope);
            }
        }
    }

    /// It was sent to so many nodes.
    pub(super) fn passed(&mut self, entry: &EntryId, nodes: u32) {
        if let Some(delivery) = self.by_entry.get_mut(entry) {
            delivery.passed = delivery.passed.max(nodes);
        }
    }

    /// A keeper holds these envelopes. Gives back the entries of mine of which that is news.
    pub(super) fn kept(&mut self, envelopes: &[EnvelopeId]) -> Vec<EntryId> {
        let mine = envelopes.iter().filter_map(|id| self.by_envelope.get(id));
        let mut news = Vec::new();
        for entry in mine {
            if let Some(delivery) = self.by_entry.get_mut(entry).filter(|delivery| !delivery.kept) {
                delivery.kept = true;
                news.push(*entry);
            }
        }
        news
    }

    /// A member's node holds these envelopes. Gives back the entries of mine that are news, with their place.
    pub(super) fn held(&mut self, by: AuthorId, envelopes: &[EnvelopeId]) -> Vec<(EntryId, (LogId, u64))> {
        let mine = envelopes.iter().filter_map(|id| self.by_envelope.get(id));
        let mut news = Vec::new();
        for entry in mine {
            if let Some(delivery) = self.by_entry.get_mut(entry)
                && delivery.held.insert(by)
            {
                news.push((*entry, delivery.place));
            }
        }
        news
    }

    /// The envelopes followed, by the set they are in.
    pub(super) fn by_set(&self) -> BTreeMap<SetName, Vec<EnvelopeId>> {
        let mut sets: BTreeMap<SetName, Vec<EnvelopeId>> = BTreeMap::new();
        for delivery in self.by_entry.values() {
            sets.entry(delivery.set).or_default().push(delivery.envelope);
        }
        sets
    }

    /// Whether any of it was sent to nobody.
    pub(super) fn wait(&self) -> bool {
        let waits = |one: &Delivery| one.passed == 0 && !one.kept && one.held.is_empty();
        self.by_entry.values().any(waits)
    }

    /// Whether a keeper holds it.
    pub(super) fn is_kept(&self, entry: &EntryId) -> bool {
        self.by_entry.get(entry).is_some_and(|delivery| delivery.kept)
    }

    /// Members' nodes it was sent to, and members whose nodes hold it.
    pub(super) fn of(&self, entry: &EntryId) -> Option<(u32, &BTreeSet<AuthorId>)> {
        self.by_entry.get(entry).map(|delivery| (delivery.passed, &delivery.held))
    }
}
