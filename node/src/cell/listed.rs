//! Lists of what is more than talk: items of the library, events, introductions.
//!
//! Only names of entries are noted; what they say is read from the entries themselves, so that what is taken back, hidden
//! or has outlived its time is gone from every list too.

use kith_protocol::admit::Verified;
use kith_protocol::entry::Entry;
use kith_protocol::id::{EntryId, MemberKey, ShortId};

use super::CellError;
use super::engine::{Engine, Notice};
use crate::api::types;

impl Engine {
    /// Puts an entry on a list that holds so many. Of more, the oldest go.
    pub(super) fn enlist(&mut self, list: String, most: usize, verified: &Verified) -> Result<(), CellError> {
        let mut names = self.listed(&list)?;
        let name = verified.entry_id().short();
        if !names.contains(&name) {
            names.push(name);
            let beyond = names.len().saturating_sub(most);
            names.drain(..beyond);
            self.staged.note(list, minicbor::to_vec(&names).unwrap_or_default());
            self.notices.push(Notice::Changed);
        }
        Ok(())
    }

    /// What is on a list, in the order in which it came.
    pub(super) fn listed(&self, list: &str) -> Result<Vec<ShortId>, CellError> {
        Ok(self.noted(list)?.unwrap_or_default())
    }

    /// The whole names of what is on a list.
    pub(super) fn listed_ids(&self, list: &str) -> Result<Vec<EntryId>, CellError> {
        let mut names = Vec::new();
        for name in self.listed(list)? {
            names.extend(self.store.entry(&name)?.and_then(|held| held.placed).map(|placed| placed.entry));
        }
        Ok(names)
    }

    /// An entry that is shown here, with its author and name.
    pub(super) fn shown_entry(
        &self,
        name: &ShortId,
    ) -> Result<Option<(Entry, MemberKey, EntryId)>, CellError> {
        let Some(held) = self.store.entry(name)? else { return Ok(None) };
        let (Some((entry, author)), Some(placed)) = (self.read_held(&held), &held.placed) else {
            return Ok(None);
        };
        let shown = self.group()?.shows(&author, &placed.log, placed.seq) && !self.hidden.has(&author);
        let held_back = self
            .moderation_of(&author, &placed.entry, entry.time)
            .is_some_and(|moderation| moderation.measure != types::Measure::Folded);
        Ok((shown && !held_back).then_some((entry, author, placed.entry)))
    }
}
