//! Every term there is, and the texts it is in: found whole at once, and found begun by looking only at those with the
//! same first letter.

use std::collections::HashMap;

use super::postings::Postings;

/// The terms of an index.
#[derive(Debug, Default)]
pub(super) struct Terms {
    by_first: HashMap<char, HashMap<Box<str>, Postings>>,
    /// Bytes of all terms and postings, the tables beside.
    bytes: usize,
}

impl Terms {
    /// Adds a text with a higher number than all before.
    pub(super) fn add(&mut self, term: &str, doc: u32, times: u32) {
        let Some(first) = term.chars().next() else { return };
        let terms = self.by_first.entry(first).or_default();
        match terms.get_mut(term) {
            Some(postings) => {
                let before = postings.bytes();
                postings.add(doc, times);
                self.bytes = self.bytes.saturating_add(postings.bytes()).saturating_sub(before);
            }
            None => {
                self.bytes = self.bytes.saturating_add(term.len()).saturating_add(PLACE);
                terms.insert(term.into(), Postings::new(doc, times));
            }
        }
    }

    /// The texts that have a term.
    pub(super) fn get(&self, term: &str) -> Option<&Postings> {
        self.by_first.get(&term.chars().next()?)?.get(term)
    }

    /// The terms that begin so, in no order.
    pub(super) fn begun<'a>(&'a self, begin: &'a str) -> impl Iterator<Item = (&'a str, &'a Postings)> + 'a {
        let first = begin.chars().next();
        let terms = first.and_then(|first| self.by_first.get(&first)).into_iter().flatten();
        terms
            .map(|(term, postings)| (term.as_ref(), postings))
            .filter(move |(term, _)| term.starts_with(begin))
    }

    /// Numbers the texts anew, leaves out those without a number, and gives back memory that is not needed.
    pub(super) fn renumber(&mut self, number: impl Fn(&u32) -> Option<u32>) {
        let mut bytes = 0_usize;
        self.by_first.retain(|_, terms| {
            terms.retain(|term, postings| {
                let Some(kept) = postings.renumbered(&number) else { return false };
                *postings = kept;
                bytes =
                    bytes.saturating_add(term.len()).saturating_add(PLACE).saturating_add(postings.bytes());
                true
            });
            terms.shrink_to_fit();
            !terms.is_empty()
        });
        self.bytes = bytes;
    }

    /// About how many bytes of memory they take.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

/// What a place in a table takes, and a byte beside it; tables are three quarters full, more or less.
const PLACE: usize = (size_of::<(Box<str>, Postings)>() + 1) * 4 / 3;
