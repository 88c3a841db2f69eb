//! Sets of entries as bits: causal pasts, and the sets that are folded.
//!
//! Entries are numbered as they arrive ([`At`]), so a number means something on this node only and nothing
//! that leaves the fold may depend on it.
//!
//! A set is a shallow tree, and sets that grew from one another share all but the branches in which they
//! differ: the past of one more entry costs a branch and a leaf, however long the history is, and two such sets are
//! compared and joined by looking at what they do not share.

use std::sync::Arc;

/// An entry's place in the order of arrival here. Everything in its causal past has a lower one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At(pub(super) usize);

/// Words of 64 bits in a leaf.
const LEAF: usize = 8;
/// Entries in a leaf.
const SPAN: usize = LEAF * 64;
/// Leaves on a branch.
const FAN: usize = 32;

/// Some bit is set: an empty leaf is left out.
type Leaf = [u64; LEAF];

/// A set of entries. One that is closed under causal past can be folded.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    branches: Vec<Option<Arc<Branch>>>,
}

/// Some leaf is there: an empty branch is left out.
#[derive(Clone, Debug, Default)]
struct Branch {
    leaves: [Option<Arc<Leaf>>; FAN],
    /// How many entries are on it.
    ones: usize,
}

impl Past {
    /// Whether `at` is in it.
    pub(super) fn has(&self, at: At) -> bool {
        let branch = self.branches.get(at.0 / SPAN / FAN).and_then(Option::as_ref);
        let leaf = branch.and_then(|branch| branch.leaves.get(at.0 / SPAN % FAN)?.as_ref());
        leaf.and_then(|leaf| leaf.get(at.0 / 64 % LEAF)).is_some_and(|word| word & bit(at) != 0)
    }

    /// Adds one entry.
    pub(super) fn add(&mut self, at: At) {
        let place = at.0 / SPAN / FAN;
        if self.branches.len() <= place {
            self.branches.resize(place.saturating_add(1), None);
        }
        if let Some(branch) = self.branches.get_mut(place) {
            let branch = Arc::make_mut(branch.get_or_insert_default());
            if let Some(leaf) = branch.leaves.get_mut(at.0 / SPAN % FAN)
                && let Some(word) = Arc::make_mut(leaf.get_or_insert_default()).get_mut(at.0 / 64 % LEAF)
            {
                branch.ones = branch.ones.saturating_add(usize::from(*word & bit(at) == 0));
                *word |= bit(at);
            }
        }
    }

    /// Adds all of `other`.
    pub(super) fn join(&mut self, other: &Past) {
        self.merge(other, &Keep { mine: true, theirs: true, both: true });
    }

    /// Keeps only what is in `other` too.
    pub(super) fn meet(&mut self, other: &Past) {
        self.merge(other, &Keep { mine: false, theirs: false, both: true });
    }

    /// What of it is not in `other`.
    pub(super) fn without(&self, other: &Past) -> Past {
        let mut rest = self.clone();
        rest.merge(other, &Keep { mine: true, theirs: false, both: false });
        rest
    }

    fn merge(&mut self, other: &Past, keep: &Keep) {
        if self.branches.len() < other.branches.len() {
            self.branches.resize(other.branches.len(), None);
        }
        let theirs = other.branches.iter().chain(std::iter::repeat(&None));
        for (mine, theirs) in self.branches.iter_mut().zip(theirs) {
            keep.merge(mine, theirs);
        }
    }

    /// Whether all of it is in `other`.
    pub(super) fn within(&self, other: &Past) -> bool {
        let theirs = other.branches.iter().chain(std::iter::repeat(&None));
        self.branches.iter().zip(theirs).all(|(mine, theirs)| within(mine, theirs))
    }

    /// How many entries are in it.
    pub(super) fn len(&self) -> usize {
        self.branches.iter().flatten().map(|branch| branch.ones).sum()
    }

    /// Its entries, each after everything in its causal past.
    pub(super) fn iter(&self) -> impl Iterator<Item = At> {
        let branches = placed(0, FAN, &self.branches);
        let leaves = branches.flat_map(|(first, branch)| placed(first, LEAF, &branch.leaves));
        let words = leaves.flat_map(|(first, leaf)| (first..).zip(leaf.iter()));
        words.flat_map(|(place, word)| Ones(*word).map(move |one| At((place << 6) | one)))
    }
}

/// What a merge of two sets keeps of what is in one of them alone, and of what is in both.
struct Keep {
    mine: bool,
    theirs: bool,
    both: bool,
}

impl Keep {
    fn merge<T: Part>(&self, mine: &mut Option<Arc<T>>, theirs: &Option<Arc<T>>) {
        match (&*mine, theirs) {
            (None, None) => {}
            (Some(_), None) if self.mine => {}
            (Some(_), None) => *mine = None,
            (None, Some(_)) if !self.theirs => {}
            (None, Some(part)) => *mine = Some(Arc::clone(part)),
            (Some(a), Some(b)) if Arc::ptr_eq(a, b) && self.both => {}
            (Some(a), Some(b)) if Arc::ptr_eq(a, b) => *mine = None,
            (Some(a), Some(b)) => {
                let merged = a.merged(b, self);
                // What comes out like one of them is shared with it.
                if merged.same(b) {
                    *mine = Some(Arc::clone(b));
                } else if !merged.same(a) {
                    *mine = (!merged.is_empty()).then(|| Arc::new(merged));
                }
            }
        }
    }
}

/// A part of a set.
trait Part: Sized {
    fn merged(&self, other: &Self, keep: &Keep) -> Self;
    fn same(&self, other: &Self) -> bool;
    fn is_empty(&self) -> bool;
}

impl Part for Leaf {
    fn merged(&self, other: &Leaf, keep: &Keep) -> Leaf {
        let all = |keep: bool| if keep { u64::MAX } else { 0 };
        let (mine, theirs, both) = (all(keep.mine), all(keep.theirs), all(keep.both));
        let mut words =
            self.iter().zip(other).map(|(a, b)| (a & !b & mine) | (!a & b & theirs) | (a & b & both));
        std::array::from_fn(|_| words.next().unwrap_or(0))
    }

    fn same(&self, other: &Leaf) -> bool {
        self == other
    }

    fn is_empty(&self) -> bool {
        self.iter().all(|word| *word == 0)
    }
}

impl Part for Branch {
    fn merged(&self, other: &Branch, keep: &Keep) -> Branch {
        let mut leaves = self.leaves.clone();
        leaves.iter_mut().zip(&other.leaves).for_each(|(mine, theirs)| keep.merge(mine, theirs));
        let bits = |leaf: &Arc<Leaf>| leaf.iter().map(|word| word.count_ones() as usize).sum::<usize>();
        let ones = leaves.iter().flatten().map(bits).sum();
        Branch { leaves, ones }
    }

    fn same(&self, other: &Branch) -> bool {
        let shared = |(a, b): (&Option<Arc<Leaf>>, &Option<Arc<Leaf>>)| match (a, b) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        self.ones == other.ones && self.leaves.iter().zip(&other.leaves).all(shared)
    }

    fn is_empty(&self) -> bool {
        self.ones == 0
    }
}

fn within(mine: &Option<Arc<Branch>>, theirs: &Option<Arc<Branch>>) -> bool {
    let leaf = |(mine, theirs): (&Option<Arc<Leaf>>, &Option<Arc<Leaf>>)| match (mine, theirs) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a.iter().zip(b.iter()).all(|(a, b)| a & !b == 0),
    };
    match (mine, theirs) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(a), Some(b)) => {
            Arc::ptr_eq(a, b) || (a.ones <= b.ones && a.leaves.iter().zip(&b.leaves).all(leaf))
        }
    }
}

/// The parts that are there, each with the place of the first of what is on it, of which a part has `on`.
fn placed<T>(first: usize, on: usize, parts: &[Option<Arc<T>>]) -> impl Iterator<Item = (usize, &T)> {
    (first..).zip(parts).filter_map(move |(place, part)| Some((place.saturating_mul(on), part.as_deref()?)))
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
        let cases: [&[usize]; 6] =
            [&[], &[0], &[63, 64, 511, 512], &[1, 5000, 40_000], &[0, 63, 511, 1023, 1024], &[63, 40_000]];
        for a in cases {
            for b in cases {
                let (x, y) = (BTreeSet::from_iter(a), BTreeSet::from_iter(b));
                let (mut union, mut both) = (set(a), set(a));
                union.join(&set(b));
                both.meet(&set(b));
                let rest = set(a).without(&set(b));
                assert!(union.iter().map(|at| at.0).eq(x.union(&y).map(|at| **at)));
                assert!(both.iter().map(|at| at.0).eq(x.intersection(&y).map(|at| **at)));
                assert!(rest.iter().map(|at| at.0).eq(x.difference(&y).map(|at| **at)));
                assert_eq!(union.len(), x.union(&y).count());
                assert_eq!(both.len(), x.intersection(&y).count());
                assert_eq!(rest.len(), x.difference(&y).count());
                assert_eq!(set(a).within(&set(b)), x.is_subset(&y));
                assert!(both.within(&union) && rest.within(&set(a)) && set(b).within(&union));
                assert!(b.iter().all(|at| union.has(At(*at)) && both.has(At(*at)) == x.contains(at)));
                assert!(!union.has(At(7777)));
            }
        }
    }

    #[test]
    fn a_chain_shares_what_it_has_in_common() {
        let mut past = Past::default();
        (0..SPAN * FAN * 3).for_each(|at| past.add(At(at)));
        let mut next = past.clone();
        next.join(&set(&[3, 700]));
        next.add(At(SPAN * FAN * 3));
        let shared = |(a, b): &(&Option<Arc<Branch>>, &Option<Arc<Branch>>)| match (a, b) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            _ => false,
        };
        assert_eq!(past.branches.iter().zip(&next.branches).filter(shared).count(), 3);
    }
}
