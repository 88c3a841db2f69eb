//! The index: terms, the texts they are in, and what may be asked of a text besides.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use kith_protocol::id::{MemberKey, ShortId};
use kith_protocol::time::{Millis, Month};

use super::terms::Terms;
use super::words::terms;

/// Most texts an index takes: numbers of texts have this much room.
const TEXTS: usize = 1 << 30;
/// The first letter of a tag's term. No word has it.
const TAG: char = '\u{1}';

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A post of its own.
    Post,
    /// An answer.
    Reply,
    /// An item of the library, with what was said about it.
    Library,
}

/// A text to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is known by.
    pub entry: ShortId,
    /// Who wrote it.
    pub author: MemberKey,
    /// What it is.
    pub kind: Kind,
    /// When, as its author claims.
    pub time: Millis,
    /// What it was given to be found by, beside its words: made by [`super::label`].
    pub tags: Vec<String>,
    /// Its text.
    pub text: String,
}

/// What is kept of a text.
#[derive(Clone, Debug)]
pub(super) struct Doc {
    pub(super) entry: ShortId,
    pub(super) time: Millis,
    /// A hash of the text, by a key of this index, to see whether it changed.
    print: u64,
    author: u32,
    /// How many terms it has; 0 once it is gone.
    pub(super) length: u32,
    pub(super) kind: Kind,
    pub(super) gone: bool,
}

/// An inverted index over the texts of one group, in memory alone.
#[derive(Debug, Default)]
pub struct Index {
    pub(super) docs: Vec<Doc>,
    by_entry: HashMap<ShortId, u32>,
    authors: Vec<MemberKey>,
    by_author: HashMap<MemberKey, u32>,
    pub(super) terms: Terms,
    /// The lengths of all texts that are there, together.
    pub(super) length: u64,
    /// Texts that are gone and still have their number.
    gone: usize,
    hasher: RandomState,
}

impl Index {
    /// An index of nothing.
    pub fn new() -> Index {
        Index::default()
    }

    /// How many texts are in it.
    pub fn len(&self) -> usize {
        self.by_entry.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_entry.is_empty()
    }

    /// About how many bytes of memory it takes.
    pub fn bytes(&self) -> usize {
        let docs = self.docs.capacity().saturating_mul(size_of::<Doc>());
        // A hash table has room for an eighth more than it holds, and a byte beside each place.
        let known = self.by_entry.capacity().saturating_mul(size_of::<(ShortId, u32)>().saturating_add(1));
        docs.saturating_add(known.saturating_add(known / 7)).saturating_add(self.terms.bytes())
    }

    /// Takes a text in; one that is known by the same entry makes room for it.
    pub fn put(&mut self, item: &Item) {
        let print = self.hasher.hash_one((&item.text, &item.tags));
        if let Some(known) = self.by_entry.get(&item.entry).and_then(|doc| self.doc(*doc))
            && known.print == print
        {
            return;
        }
        self.remove(&item.entry);
        if self.docs.len() >= TEXTS {
            return;
        }
        let number = u32::try_from(self.docs.len()).unwrap_or(u32::MAX);
        let (terms, length) = terms(&item.text);
        for tag in &item.tags {
            self.terms.add(&tag_term(tag), number, 1);
        }
        for (term, times) in &terms {
            self.terms.add(term, number, *times);
        }
        let author = self.author_number(item.author);
        let Item { entry, kind, time, .. } = *item;
        self.docs.push(Doc { entry, time, print, author, length, kind, gone: false });
        self.by_entry.insert(entry, number);
        self.length = self.length.saturating_add(u64::from(length));
    }

    /// Takes a text out. Its words leave memory with the next [`Index::sweep`].
    pub fn remove(&mut self, entry: &ShortId) {
        let Some(number) = self.by_entry.remove(entry) else { return };
        let Some(doc) = usize::try_from(number).ok().and_then(|number| self.docs.get_mut(number)) else {
            return;
        };
        doc.gone = true;
        self.gone = self.gone.saturating_add(1);
        self.length = self.length.saturating_sub(u64::from(doc.length));
    }

    /// Takes out what was written before a month.
    pub fn forget_before(&mut self, month: Month) {
        let old = |doc: &&Doc| !doc.gone && doc.time.month() < month;
        let old: Vec<ShortId> = self.docs.iter().filter(old).map(|doc| doc.entry).collect();
        old.iter().for_each(|entry| self.remove(entry));
    }

    /// Whether something was taken out whose words are still in memory.
    pub fn is_dusty(&self) -> bool {
        self.gone > 0
    }

    /// Sees to it that nothing is left in memory of what was taken out, and numbers the rest anew.
    pub fn sweep(&mut self) {
        let mut numbers: Vec<Option<u32>> = Vec::with_capacity(self.docs.len());
        let mut next = 0_u32;
        for doc in &self.docs {
            numbers.push((!doc.gone).then_some(next));
            next = next.saturating_add(u32::from(!doc.gone));
        }
        self.docs.retain(|doc| !doc.gone);
        self.gone = 0;
        let renumber = |number: &u32| numbers.get(usize::try_from(*number).ok()?).copied().flatten();
        for number in self.by_entry.values_mut() {
            *number = renumber(number).unwrap_or_default();
        }
        self.terms.renumber(renumber);
    }

    pub(super) fn doc(&self, number: u32) -> Option<&Doc> {
        self.docs.get(usize::try_from(number).ok()?)
    }

    /// Whether a text is of this author.
    pub(super) fn is_by(&self, doc: &Doc, author: &MemberKey) -> bool {
        self.by_author.get(author).is_some_and(|number| *number == doc.author)
    }

    fn author_number(&mut self, author: MemberKey) -> u32 {
        if let Some(number) = self.by_author.get(&author) {
            return *number;
        }
        let number = u32::try_from(self.authors.len()).unwrap_or(u32::MAX);
        self.authors.push(author);
        self.by_author.insert(author, number);
        number
    }
}

/// The term of a tag.
pub(super) fn tag_term(tag: &str) -> String {
    format!("{TAG}{tag}")
}
