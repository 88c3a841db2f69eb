//! In which order texts are found: by how much they are about the words (BM25), newer ones a little before older ones.
//! Who wrote something, and how many answered it, counts for nothing.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use kith_protocol::id::{MemberKey, ShortId};
use kith_protocol::time::Millis;

use super::index::{Doc, Index, Kind, tag_term};
use super::query::{Lookup, Query};

/// How soon repeating a word stops to count (BM25's k1).
const REPEATS: f32 = 1.2;
/// How much long texts are held back (BM25's b).
const LENGTH: f32 = 0.75;
/// How much a word that only begins as asked counts: a half, so that sums are exact in whatever order.
const BEGUN: f32 = 0.5;
/// The part of a rank that age can take away, and after how long it has taken half of that.
const AGE: f32 = 0.4;
const HALF_AGE: f32 = 60.0 * 24.0 * 3_600_000.0;

/// Which texts are asked for, beside their words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only what this member wrote.
    pub author: Option<MemberKey>,
    /// Only texts of this kind.
    pub kind: Option<Kind>,
    /// Only texts with all these tags: made by [`super::label`].
    pub tags: Vec<String>,
    /// Only from this moment on.
    pub from: Option<Millis>,
    /// Only before this moment.
    pub until: Option<Millis>,
}

/// A place among what is found; the greater comes first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rank {
    /// How well it fits.
    pub score: f32,
    /// The text, which decides among equals.
    pub entry: ShortId,
}

impl Eq for Rank {}

impl Ord for Rank {
    fn cmp(&self, other: &Rank) -> Ordering {
        self.score.total_cmp(&other.score).then_with(|| self.entry.cmp(&other.entry))
    }
}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Rank) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What is found, the best first.
#[derive(Debug)]
pub struct Ranked(BinaryHeap<Rank>);

impl Iterator for Ranked {
    type Item = Rank;

    fn next(&mut self) -> Option<Rank> {
        self.0.pop()
    }
}

impl Index {
    /// What has all the words of a query, the best first, seen at `now`; only what comes behind `after`, if that is given.
    ///
    /// Letters of a run may stand apart in what is given: [`Query::marks`] tells.
    pub fn ranked(&self, query: &Query, filter: &Filter, now: Millis, after: Option<Rank>) -> Ranked {
        let mut scores = vec![0_f32; self.docs.len()];
        let mut times = vec![0_f32; self.docs.len()];
        let tagged = self.tagged(filter);
        let mut first = true;
        for lookup in query.lookups() {
            times.fill(0.0);
            self.count(&lookup, &mut times);
            self.score(&times, &mut scores, first);
            first = false;
        }
        let found = self.docs.iter().zip(&scores).enumerate().filter_map(|(number, (doc, score))| {
            let fits = *score > 0.0
                && self.passes(doc, filter)
                && tagged.as_ref().is_none_or(|tagged| tagged.get(number).copied().unwrap_or_default());
            let rank = Rank { score: score * freshness(doc.time, now), entry: doc.entry };
            (fits && after.is_none_or(|after| rank < after)).then_some(rank)
        });
        Ranked(found.collect())
    }

    /// How often each text has what is looked up.
    fn count(&self, lookup: &Lookup, times: &mut [f32]) {
        let mut add = |postings: &super::postings::Postings, weight: f32| {
            postings.each(|doc, count| {
                let slot = usize::try_from(doc).ok().and_then(|doc| times.get_mut(doc));
                if let Some(slot) = slot {
                    *slot += weight * to_f32(count);
                }
            });
        };
        let term = lookup.term.as_str();
        if !lookup.begun {
            if let Some(postings) = self.terms.get(term) {
                add(postings, 1.0);
            }
            return;
        }
        for (found, postings) in self.terms.begun(term) {
            add(postings, if found.len() == term.len() { 1.0 } else { BEGUN });
        }
    }

    /// Adds what one word says; a text that lacks it is out.
    fn score(&self, times: &[f32], scores: &mut [f32], first: bool) {
        let all = self.len();
        let usual = to_f64(self.length) / to_f64(u64::try_from(all).unwrap_or(u64::MAX)).max(1.0);
        let have = times.iter().zip(&self.docs).filter(|(times, doc)| **times > 0.0 && !doc.gone).count();
        let rarity = rarity(all, have);
        for ((score, times), doc) in scores.iter_mut().zip(times).zip(&self.docs) {
            if *times <= 0.0 || doc.gone || !(first || *score > 0.0) {
                *score = 0.0;
                continue;
            }
            let length = to_f32(doc.length) / as_f32(usual.max(1.0));
            let held = REPEATS * (1.0 - LENGTH + LENGTH * length);
            *score += rarity * times * (REPEATS + 1.0) / (times + held);
        }
    }

    fn passes(&self, doc: &Doc, filter: &Filter) -> bool {
        filter.kind.is_none_or(|kind| doc.kind == kind)
            && filter.from.is_none_or(|from| doc.time >= from)
            && filter.until.is_none_or(|until| doc.time < until)
            && filter.author.is_none_or(|author| self.is_by(doc, &author))
    }

    /// Which texts have all the tags that are asked for; none if none is.
    fn tagged(&self, filter: &Filter) -> Option<Vec<bool>> {
        let mut all: Option<Vec<bool>> = None;
        for tag in &filter.tags {
            let mut tagged = vec![false; self.docs.len()];
            if let Some(postings) = self.terms.get(&tag_term(tag)) {
                postings.each(|doc, _| {
                    if let Some(slot) = usize::try_from(doc).ok().and_then(|doc| tagged.get_mut(doc)) {
                        *slot = true;
                    }
                });
            }
            if let Some(before) = all {
                tagged.iter_mut().zip(before).for_each(|(tagged, before)| *tagged &= before);
            }
            all = Some(tagged);
        }
        all
    }
}

/// How much a word says that `have` of `all` texts have: never nothing, so that it still has to be there.
fn rarity(all: usize, have: usize) -> f32 {
    let (all, have) = (to_f64(all as u64), to_f64(have as u64));
    as_f32(((all - have + 0.5) / (have + 0.5)).ln_1p()).max(0.001)
}

/// One for what is new, less for what is old.
fn freshness(time: Millis, now: Millis) -> f32 {
    let age = as_f32(to_f64(now.since(time)));
    1.0 - AGE * (1.0 - (-age / HALF_AGE).exp2())
}

/// Counts of words in a text are small.
fn to_f32(count: u32) -> f32 {
    as_f32(f64::from(count))
}

#[allow(clippy::cast_precision_loss, reason = "a rank needs no more")]
fn to_f64(count: u64) -> f64 {
    count as f64
}

#[allow(clippy::cast_possible_truncation, reason = "a rank needs no more")]
fn as_f32(number: f64) -> f32 {
    number as f32
}
