//! What of this group can be found by its words, for the index, and what of it may be shown, for who looks for it.
//!
//! An item of the library is found with what was said about it, as one thing.

use kith_protocol::body::{self, Body};
use kith_protocol::id::ShortId;
use kith_protocol::library::Verdict;

use super::CellError;
use super::engine::Engine;
use super::library::kind_of;
use crate::api::types::{self, Choice, Found, FoundThing, Mark, Post};
use crate::search::{Item, Kind, Query, label};
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
        let (id, time) = (id.short(), entry.time);
        let (kind, text, tags) = match entry.body {
            Body::Post(post) => (Kind::Post, post.text, Vec::new()),
            Body::Reply(reply) => (Kind::Reply, reply.text, Vec::new()),
            Body::Item(item) => (Kind::Library, self.words_of(&id, &item)?, labels(&item)),
            _ => return Ok(None),
        };
        let text = match kind {
            Kind::Post | Kind::Reply => self.edited(&author, &id)?.map_or(text, |edit| edit.text),
            Kind::Library => text,
        };
        Ok(Some(Item { entry: id, author, kind, time, tags, text }))
    }

    /// What can be found of an item: its own words, and what anybody said about it.
    fn words_of(&self, id: &ShortId, item: &body::Item) -> Result<String, CellError> {
        let mut words = vec![item.title.clone(), item.text.clone(), item.source.clone(), item.region.clone()];
        words.extend(item.tags.iter().cloned());
        for name in self.about(id)? {
            let Some(held) = self.store.entry(&name)? else { continue };
            match self.read_held(&held).map(|(entry, _)| entry.body) {
                Some(Body::CheckItem(check)) if check.verdict == Verdict::Dispute => words.push(check.words),
                Some(Body::Helped(helped)) => words.push(helped.words),
                _ => {}
            }
        }
        Ok(words.join("\n"))
    }

    /// A post or item as a page would show it, if it would, and if what it shows has the words.
    pub(super) fn found(&self, entry: &ShortId, query: &Query) -> Result<Option<Found>, CellError> {
        if let Some(post) = self.post_by_id(entry)? {
            let Some(marks) = query.marks(shown_text(&post)) else { return Ok(None) };
            let number = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
            let marks = marks.into_iter().map(|at| Mark { start: number(at.start), end: number(at.end) });
            return Ok(Some(Found { marks: marks.collect(), thing: FoundThing::Post(Box::new(post)) }));
        }
        let item = self.item_view(entry)?.filter(|item| item.choice != Choice::Hide);
        let item = item.filter(|item| query.marks(&shown_words(item)).is_some());
        Ok(item.map(|item| Found { marks: Vec::new(), thing: FoundThing::Item(Box::new(item)) }))
    }
}

/// The text that a page shows: none of what was taken back, or is held from this person.
fn shown_text(post: &Post) -> &str {
    if post.withdrawn { "" } else { &post.text }
}

/// The words of an item that a page shows.
fn shown_words(item: &types::Item) -> String {
    let own = [&item.title, &item.text, &item.source, &item.region].into_iter().chain(&item.tags);
    let said = item.disputes.iter().chain(&item.helped).map(|said| &said.words);
    own.chain(said).map(String::as_str).collect::<Vec<_>>().join("\n")
}

/// What an item can be asked for by. A language is meant by its beginning, too: `en` is in `en-GB`.
fn labels(item: &body::Item) -> Vec<String> {
    let mut labels = vec![label("item", &format!("{:?}", kind_of(item.kind)))];
    let named = [("region", &item.region), ("cost", &item.cost), ("language", &item.language)];
    labels.extend(
        named.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| label(name, value)),
    );
    labels.extend(item.language.split_once('-').map(|(main, _)| label("language", main)));
    labels.extend(item.tags.iter().map(|tag| label("tag", tag)));
    labels
}
