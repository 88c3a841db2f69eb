//! What a new entry cites: the content its author has seen and nothing else has answered for yet.

use std::collections::BTreeMap;

use kith_protocol::entry::{Entry, Links};
use kith_protocol::id::ShortId;
use kith_protocol::limits;

/// Heads remembered. Of more, those with the lowest lamport number are forgotten: citing is for display.
const REMEMBERED: usize = 64;

/// The heads of a group's content.
#[derive(Default)]
pub(super) struct Heads(BTreeMap<(u64, ShortId), ()>);

impl Heads {
    /// Takes note of a content entry.
    pub(super) fn see(&mut self, entry: &Entry, id: ShortId) {
        let Links::Content { prev, content, .. } = &entry.links else { return };
        self.0.retain(|(_, head), ()| head != prev && !content.contains(head));
        self.0.insert((entry.lamport, id), ());
        while self.0.len() > REMEMBERED {
            self.0.pop_first();
        }
    }

    /// The heads to cite: the highest first, at most [`limits::DEPS`].
    pub(super) fn cite(&self) -> Vec<ShortId> {
        self.0.keys().rev().take(limits::DEPS).map(|(_, id)| *id).collect()
    }
}
