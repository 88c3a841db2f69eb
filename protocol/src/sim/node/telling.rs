//! What a node can show.

use std::collections::BTreeSet;

use super::Node;
use crate::body::Body;
use crate::epoch::EpochKeys;
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

    /// The control entries held.
    pub fn controls(&self) -> BTreeSet<EntryId> {
        let control = self.held.envelopes.values().filter(|v| v.entry().body.kind().is_control());
        control.map(|verified| *verified.entry_id()).collect()
    }

    /// Whether an epoch is held, its content included.
    pub fn whole(&self, epoch: &EpochId) -> bool {
        self.ring.keys(epoch).is_some_and(EpochKeys::is_whole)
    }
}
