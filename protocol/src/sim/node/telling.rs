//! What a node can show.

use std::collections::BTreeSet;

use super::{Flaw, Node};
use crate::admit::Verified;
use crate::body::Body;
use crate::epoch::EpochKeys;
use crate::group::Control;
use crate::id::{EntryId, EpochId};

impl Node {
    /// Every envelope held.
    pub fn all(&self) -> Vec<Vec<u8>> {
        self.held.envelopes.values().map(|verified| verified.envelope().encode()).collect()
    }

    /// Texts of the posts held, that is opened.
    pub fn texts(&self) -> BTreeSet<String> {
        let entries = self.held.envelopes.values().map(|verified| &verified.entry().body);
        entries
            .filter_map(|body| if let Body::Post(post) = body { Some(post.text.clone()) } else { None })
            .collect()
    }

    /// The posts that are shown, in the order in which they are.
    pub fn timeline(&self) -> Vec<(EntryId, String)> {
        let mut shown: Vec<_> = (self.held.in_order())
            .filter_map(|verified| {
                let entry = verified.entry();
                let Body::Post(post) = &entry.body else { return None };
                let shown = self.group().shows(verified.author(), &entry.log, entry.seq);
                shown.then(|| (entry.lamport, *verified.entry_id(), post.text.clone()))
            })
            .collect();
        if self.flaw != Some(Flaw::Hasty) {
            shown.sort();
        }
        shown.into_iter().map(|(_, id, text)| (id, text)).collect()
    }

    /// The control entries held.
    pub fn controls(&self) -> BTreeSet<EntryId> {
        let control = self.held.envelopes.values().filter(|v| v.entry().body.kind().is_control());
        control.map(|verified| *verified.entry_id()).collect()
    }

    /// The control entries held, each once, in the order in which they came.
    pub fn controls_in_order(&self) -> Vec<Control> {
        let mut seen = BTreeSet::new();
        let held = self.held.in_order().filter_map(Verified::control);
        held.filter(|control| seen.insert(control.id)).collect()
    }

    /// Whether an epoch is held, its content included.
    pub fn whole(&self, epoch: &EpochId) -> bool {
        self.ring.keys(epoch).is_some_and(EpochKeys::is_whole)
    }
}
