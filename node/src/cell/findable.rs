//! What of this group can be found by its words, for the index, and what of it may be shown, for who looks for it.

use kith_protocol::body::Body;
use kith_protocol::id::ShortId;

use super::CellError;
use super::engine::Engine;
use crate::api::types::{Found, Mark, Post};
use crate::search::{Item, Kind, Query};
use crate::store::{Cursor, Held, Placed};

/// An entry, and what of it can be found; none if nothing can, or nothing any more.
pub(super) type Findable = (ShortId, Option<Item>);

impl Engine {
    /// Some of what the group wrote, from the newest on, and where to go on; none at the end.
    pub(super) fn findable_page(
        &self,
        before: Option<Cursor>,
        limit: usize,
    ) -> Result<(Vec<Findable>, Option<Cursor>), CellError> {
        let held = self.store.timeline(before, limit)?;
        let more = held.len() == limit;
        let next = held.last().and_then(|held| held.placed.as_ref()).map(Placed::cursor);
        let mut page = Vec::with_capacity(held.len());
        for held in &held {
            if let Some(placed) = &held.placed {
                page.push((placed.entry.short(), self.findable(held)?));
            }
        }
        Ok((page, next.filter(|_| more)))
    }

    /// What can be found of these entries now.
    pub(super) fn findable_of(&self, entries: &[ShortId]) -> Result<Vec<Findable>, CellError> {
        let mut all = Vec::with_capacity(entries.len());
        for entry in entries {
            let held = self.store.entry(entry)?;
            let item = held.map(|held| self.findable(&held)).transpose()?.flatten();
            all.push((*entry, item));
        }
        Ok(all)
    }

    /// A kind of entry that is to be found gets its line here. Whether it may be shown is asked when it is found.
    fn findable(&self, held: &Held) -> Result<Option<Item>, CellError> {
        let (Some(Placed { entry: id, .. }), Some((entry, author))) = (&held.placed, self.read_held(held))
        else {
            return Ok(None);
        };
        let (kind, text) = match entry.body {
            Body::Post(post) => (Kind::Post, post.text),
            Body::Reply(reply) => (Kind::Reply, reply.text),
            _ => return Ok(None),
        };
        let text = self.edited(&author, &id.short())?.map_or(text, |edit| edit.text);
        Ok(Some(Item { entry: id.short(), author, kind, time: entry.time, tags: Vec::new(), text }))
    }

    /// A post as a page would show it, if it would, and if what it shows has the words.
    pub(super) fn found(&self, entry: &ShortId, query: &Query) -> Result<Option<Found>, CellError> {
        let Some(post) = self.post_by_id(entry)? else { return Ok(None) };
        let Some(marks) = query.marks(shown_text(&post)) else { return Ok(None) };
        let number = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        let marks = marks.into_iter().map(|mark| Mark { start: number(mark.start), end: number(mark.end) });
        Ok(Some(Found { marks: marks.collect(), post }))
    }
}

/// The text that a page shows: none of what was taken back, or is held from this person.
fn shown_text(post: &Post) -> &str {
    if post.withdrawn { "" } else { &post.text }
}
