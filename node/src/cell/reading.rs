//! What was written, in parts: pages, threads, one by its name. What this reader hides for what it mentions is left out
//! here, whoever asks: [`Engine::post_view`] is what lists, searches and streams are made of.

use std::collections::{BTreeMap, BTreeSet};

use kith_protocol::id::{EntryId, ShortId};

use super::CellError;
use super::engine::Engine;
use crate::api::types::{Choice, Page, Post, Thread};
use crate::store::{Cursor, Held};

/// Entries looked through for the beginning of an id.
const SEARCHED: usize = 20_000;
/// Entries read from the store at a time.
const PAGE: usize = 256;
/// Posts of one thread that are shown.
const THREAD: usize = 5_000;

impl Engine {
    /// As [`Engine::whole_view`], but for what this reader hides.
    pub(super) fn post_view(&self, held: &Held) -> Result<Option<Post>, CellError> {
        Ok(self.whole_view(held)?.filter(|post| post.choice != Choice::Hide))
    }

    /// A part of what the group wrote, the newest first, and where the next part begins; with what this reader hides if
    /// they ask for it, else with whether there is any.
    pub(crate) fn page(
        &self,
        before: Option<Cursor>,
        limit: usize,
        show: bool,
    ) -> Result<(Page, Option<Cursor>), CellError> {
        let mut page = Page::default();
        let mut at = before;
        loop {
            let ask = limit.saturating_sub(page.posts.len()).saturating_add(1).min(PAGE);
            let held = self.store.timeline(at, ask)?;
            let ended = held.len() < ask;
            for held in held {
                let cursor = held.placed.as_ref().map(crate::store::Placed::cursor);
                if page.posts.len() == limit {
                    return Ok((page, at));
                }
                match self.whole_view(&held)? {
                    Some(post) if post.choice == Choice::Hide && !show => page.hidden = true,
                    post => page.posts.extend(post),
                }
                at = cursor;
            }
            if ended {
                return Ok((page, None));
            }
        }
    }

    /// One content entry, if it can be shown.
    pub(crate) fn post_by_id(&self, id: &ShortId) -> Result<Option<Post>, CellError> {
        match self.store.entry(id)? {
            Some(held) => self.post_view(&held),
            None => Ok(None),
        }
    }

    /// The whole thread that a content entry is in, the newest first; as to what is hidden, as [`Engine::page`].
    pub(crate) fn thread_view(&self, id: &ShortId, show: bool) -> Result<Thread, CellError> {
        let mut root = *id;
        let mut seen = BTreeSet::from([root]);
        while let Some(up) = self.store.entry(&root)?.and_then(|held| held.placed?.reply_to) {
            if !seen.insert(up) || self.store.entry(&up)?.is_none() {
                break;
            }
            root = up;
        }
        let mut queue = vec![root];
        let mut found: BTreeMap<Cursor, Post> = BTreeMap::new();
        let mut hidden = false;
        let mut met = BTreeSet::from([root]);
        while let Some(next) = queue.pop() {
            if let Some(held) = self.store.entry(&next)?
                && let (Some(placed), Some(post)) = (held.placed.clone(), self.whole_view(&held)?)
            {
                if post.choice == Choice::Hide && !show {
                    hidden = true;
                } else {
                    found.insert(placed.cursor(), post);
                }
            }
            for reply in self.store.replies_to(&next, 0, THREAD)? {
                let reply = reply.placed.map(|placed| placed.entry.short());
                if let Some(reply) = reply.filter(|reply| met.insert(*reply) && met.len() <= THREAD) {
                    queue.push(reply);
                }
            }
        }
        Ok(Thread { posts: found.into_values().rev().collect(), hidden, ..Thread::default() })
    }

    /// The content entries whose id begins with `prefix` (lower-case hex), among the newest.
    pub(crate) fn find_posts(&self, prefix: &str) -> Result<Vec<EntryId>, CellError> {
        let mut found = Vec::new();
        let (mut at, mut looked) = (None, 0_usize);
        while looked < SEARCHED {
            let held = self.store.timeline(at, PAGE)?;
            looked = looked.saturating_add(held.len());
            let ended = held.len() < PAGE;
            for placed in held.into_iter().filter_map(|held| held.placed) {
                at = Some(placed.cursor());
                if placed.entry.to_string().starts_with(prefix) {
                    found.push(placed.entry);
                }
            }
            if ended {
                break;
            }
        }
        Ok(found)
    }

    /// The newest content entries.
    pub(crate) fn newest(&self, most: usize) -> Result<Vec<EntryId>, CellError> {
        let held = self.store.timeline(None, most)?;
        Ok(held.into_iter().filter_map(|held| held.placed).map(|placed| placed.entry).collect())
    }
}
