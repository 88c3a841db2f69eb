//! Sets of entries as bits: causal pasts, and the sets that are folded.
//!
//! Entries are numbered as they arrive ([`At`]), so a number means something on this node only and nothing
//! that leaves the fold may depend on it. Pasts of neighbouring entries differ in few places: they share
//! their leaves, so a history of `n` entries takes far less than `n²` bits.

use std::sync::Arc;

/// An entry's place in the order of arrival here. Everything in its causal past has a lower one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At(pub(super) usize);

/// Words of 64 bits in a leaf.
const LEAF: usize = 8;
/// Entries in a leaf.
const SPAN: usize = LEAF * 64;

type Leaf = [u64; LEAF];

/// A set of entries. One that is closed under causal past can be folded.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    leaves: Vec<Arc<Leaf>>,
}

impl Past {
    /// Whether `at` is in it.
    pub(super) fn has(&self, at: At) -> bool {
        let word = self.leaves.get(at.0 / SPAN).and_then(|leaf| leaf.get(at.0 / 64 % LEAF));
        word.is_some_and(|word| word & bit(at) != 0)
    }

    /// The first entries, this many.
    pub(super) fn all(entries: usize) -> Past {
        let mut all = Past::default();
        (0..entries).for_each(|place| all.add(At(place)));
        all
    }

    /// Adds one entry.
    pub(super) fn add(&mut self, at: At) {
        let place = at.0 / SPAN;
        while self.leaves.len() <= place {
            self.leaves.push(Arc::default());
        }
        if let Some(word) =
            self.leaves.get_mut(place).and_then(|leaf| Arc::make_mut(leaf).get_mut(at.0 / 64 % LEAF))
        {
            *word |= bit(at);
        }
    }

    /// Adds all of `other`, sharing its leaves where they hold everything.
    pub(super) fn join(&mut self, other: &Past) {
        let shared = self.leaves.len();
        for (mine, theirs) in self.leaves.iter_mut().zip(&other.leaves) {
            if Arc::ptr_eq(mine, theirs) {
                continue;
            }
            let both: Leaf = combine(mine, theirs, |a, b| a | b);
            if both == **theirs {
                *mine = Arc::clone(theirs);
            } else if both != **mine {
                *mine = Arc::new(both);
            }
        }
        self.leaves.extend(other.leaves.iter().skip(shared).cloned());
    }

    /// Keeps only what is in `other` too.
    pub(super) fn meet(&mut self, other: &Past) {
        self.leaves.truncate(other.leaves.len());
        for (mine, theirs) in self.leaves.iter_mut().zip(&other.leaves) {
            if !Arc::ptr_eq(mine, theirs) {
                *mine = Arc::new(combine(mine, theirs, |a, b| a & b));
            }
        }
    }

    /// How many entries are in it.
    pub(super) fn len(&self) -> usize {
        let ones = |leaf: &Arc<Leaf>| leaf.iter().map(|word| word.count_ones() as usize).sum::<usize>();
        self.leaves.iter().map(ones).sum()
    }

    /// Its entries, each after everything in its causal past.
    pub(super) fn iter(&self) -> impl Iterator<Item = At> {
        let words = self.leaves.iter().flat_map(|leaf| leaf.iter().copied());
        words.enumerate().flat_map(|(place, word)| Ones(word).map(move |one| At((place << 6) | one)))
    }
}

/// The places of the bits set in a word, lowest first.
struct Ones(u64);

impl Iterator for Ones {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let lowest = self.0.trailing_zeros();
        self.0 &= self.0.wrapping_sub(1);
        (lowest < u64::BITS).then_some(lowest as usize)
    }
}

fn bit(at: At) -> u64 {
    1_u64.rotate_left((at.0 % 64) as u32)
}

fn combine(a: &Leaf, b: &Leaf, with: impl Fn(u64, u64) -> u64) -> Leaf {
    let mut words = a.iter().zip(b).map(|(a, b)| with(*a, *b));
    std::array::from_fn(|_| words.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn set(of: &[usize]) -> Past {
        let mut past = Past::default();
        of.iter().for_each(|at| past.add(At(*at)));
        past
    }

    #[test]
    fn bits_behave_like_a_set() {
        let cases: [&[usize]; 5] = [&[], &[0], &[63, 64, 511, 512], &[1, 5000], &[0, 63, 511, 1023, 1024]];
        for a in cases {
            for b in cases {
                let (x, y) = (BTreeSet::from_iter(a), BTreeSet::from_iter(b));
                let (mut union, mut both) = (set(a), set(a));
                union.join(&set(b));
                both.meet(&set(b));
                assert!(union.iter().map(|at| at.0).eq(x.union(&y).map(|at| **at)));
                assert!(both.iter().map(|at| at.0).eq(x.intersection(&y).map(|at| **at)));
                assert_eq!(union.len(), x.union(&y).count());
                assert!(b.iter().all(|at| union.has(At(*at)) && both.has(At(*at)) == x.contains(at)));
                assert!(!union.has(At(7777)));
            }
        }
    }

    #[test]
    fn a_chain_shares_what_it_has_in_common() {
        let mut past = Past::default();
        (0..SPAN * 3).for_each(|at| past.add(At(at)));
        let mut next = past.clone();
        next.join(&set(&[3, 700]));
        next.add(At(SPAN * 3));
        let shared = past.leaves.iter().zip(&next.leaves).filter(|(a, b)| Arc::ptr_eq(a, b)).count();
        assert_eq!(shared, 3);
    }
}
