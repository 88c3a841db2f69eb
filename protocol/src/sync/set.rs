//! The sets that are compared, and what stands for them.
//!
//! A [`Prepared`] set is sorted once and shared; a [`Tally`] follows a set entry by entry, so that asking
//! "are we equal?" touches no set at all.

use std::fmt;
use std::sync::OnceLock;

use minicbor::{Decode, Encode};
use negentropy::{Bound, Id, Item, NegentropyStorageBase};
use sha2::{Digest, Sha256};

use crate::id::{EnvelopeId, hash, truncate};
use crate::sync::sketch::Sketch;
use crate::time::{Hour, Month};

/// Which set: all control envelopes of all time, or the content envelopes of one month (by their outer hour).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum SetName {
    /// Every control envelope.
    #[n(0)]
    Control,
    /// The content envelopes whose hour lies in this month.
    #[n(1)]
    Month(#[n(0)] Month),
}

/// What stands for a set when two are compared: how many, and negentropy's fingerprint of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct Sum {
    /// How many envelopes.
    #[n(0)]
    pub count: u64,
    /// SHA-256 over the sum of the ids mod 2^256 and their count, cut to 16 bytes.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub fingerprint: [u8; 16],
}

/// The running total of a set: follows it as envelopes come and go, in any order. May be kept beside a set that is
/// too large to be counted again at each start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Tally {
    #[n(0)]
    lanes: [u64; 4],
    #[n(1)]
    count: u64,
}

impl Tally {
    /// Counts one envelope in.
    pub fn add(&mut self, id: &EnvelopeId) {
        let mut carry = false;
        for (lane, more) in self.lanes.iter_mut().zip(lanes(id)) {
            let (sum, first) = lane.overflowing_add(more);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            *lane = sum;
            carry = first | second;
        }
        self.count = self.count.wrapping_add(1);
    }

    /// Counts one envelope out that was counted in before.
    pub fn remove(&mut self, id: &EnvelopeId) {
        let mut borrow = false;
        for (lane, less) in self.lanes.iter_mut().zip(lanes(id)) {
            let (rest, first) = lane.overflowing_sub(less);
            let (rest, second) = rest.overflowing_sub(u64::from(borrow));
            *lane = rest;
            borrow = first | second;
        }
        self.count = self.count.wrapping_sub(1);
    }

    /// Counts in everything another tally has counted.
    pub fn merge(&mut self, other: &Tally) {
        let mut carry = false;
        for (lane, more) in self.lanes.iter_mut().zip(other.lanes) {
            let (sum, first) = lane.overflowing_add(more);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            *lane = sum;
            carry = first | second;
        }
        self.count = self.count.wrapping_add(other.count);
    }

    /// How many envelopes it has counted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// What stands for the set now.
    pub fn sum(&self) -> Sum {
        let mut hasher = Sha256::new();
        for lane in self.lanes {
            hasher.update(lane.to_le_bytes());
        }
        // The count as a base-128 number, most significant digit first, as negentropy writes it.
        let digits = (64_u32.saturating_sub(self.count.leading_zeros())).div_ceil(7).max(1);
        for place in (0..digits).rev() {
            let digit = (self.count >> place.saturating_mul(7)) as u8 & 0x7f;
            hasher.update([if place == 0 { digit } else { digit | 0x80 }]);
        }
        let full: [u8; 32] = hasher.finalize().into();
        Sum { count: self.count, fingerprint: truncate(&full) }
    }
}

impl<'a> FromIterator<&'a EnvelopeId> for Tally {
    fn from_iter<I: IntoIterator<Item = &'a EnvelopeId>>(ids: I) -> Self {
        let mut tally = Tally::default();
        ids.into_iter().for_each(|id| tally.add(id));
        tally
    }
}

/// An id as four little-endian numbers, the least significant first.
fn lanes(id: &EnvelopeId) -> [u64; 4] {
    let mut out = [0; 4];
    let (words, _) = id.0.as_chunks::<8>();
    for (lane, word) in out.iter_mut().zip(words) {
        *lane = u64::from_le_bytes(*word);
    }
    out
}

/// A set ready to be reconciled: sorted, counted, never changed. Meant to be shared in an `Arc` and kept
/// until the set changes; [`Prepared::with`] makes the next one without sorting again.
pub struct Prepared {
    /// Strictly ascending.
    items: Vec<(Hour, EnvelopeId)>,
    tally: Tally,
    by_id: OnceLock<Vec<u32>>,
    sketch: OnceLock<Sketch>,
}

impl Prepared {
    /// Sorts a set. Doubles are dropped.
    pub fn new(items: impl IntoIterator<Item = (Hour, EnvelopeId)>) -> Prepared {
        let mut items: Vec<_> = items.into_iter().collect();
        items.sort_unstable();
        items.dedup();
        Prepared::sorted(items)
    }

    /// The set with more in it. Copies the set, but sorts, counts and sketches only what is new.
    pub fn with(&self, more: impl IntoIterator<Item = (Hour, EnvelopeId)>) -> Prepared {
        let mut more: Vec<_> = more.into_iter().collect();
        more.sort_unstable();
        more.dedup();
        more.retain(|item| self.items.binary_search(item).is_err());
        let mut tally = self.tally;
        more.iter().for_each(|(_, id)| tally.add(id));
        let sketch = OnceLock::new();
        if let Some(known) = self.sketch.get() {
            let mut next = known.clone();
            more.iter().for_each(|(_, id)| next.add(id));
            let _ = sketch.set(next); // it was empty
        }
        let mut items = Vec::with_capacity(self.items.len().saturating_add(more.len()));
        let mut news = more.into_iter().peekable();
        for item in &self.items {
            while let Some(new) = news.next_if(|new| new < item) {
                items.push(new);
            }
            items.push(*item);
        }
        items.extend(news);
        Prepared { items, tally, by_id: OnceLock::new(), sketch }
    }

    fn sorted(items: Vec<(Hour, EnvelopeId)>) -> Prepared {
        let tally = items.iter().map(|(_, id)| id).collect();
        Prepared { items, tally, by_id: OnceLock::new(), sketch: OnceLock::new() }
    }

    /// How many envelopes.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Its envelopes, the oldest hour first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &(Hour, EnvelopeId)> {
        self.items.iter()
    }

    /// Its running total.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// What stands for it.
    pub fn sum(&self) -> Sum {
        self.tally.sum()
    }

    /// Whether an envelope is in it. The first question builds an index of 4 bytes an envelope.
    pub fn contains(&self, id: &EnvelopeId) -> bool {
        self.hour(id).is_some()
    }

    /// The hour of an envelope that is in it. As [`Prepared::contains`].
    pub fn hour(&self, id: &EnvelopeId) -> Option<Hour> {
        let index = self.index();
        let found = index.binary_search_by_key(&Some(id), |place| self.at(*place)).ok()?;
        let place = usize::try_from(*index.get(found)?).ok()?;
        self.items.get(place).map(|(hour, _)| *hour)
    }

    fn index(&self) -> &[u32] {
        self.by_id.get_or_init(|| {
            let mut index: Vec<u32> = (0..u32::try_from(self.items.len()).unwrap_or(u32::MAX)).collect();
            index.sort_unstable_by_key(|place| self.at(*place));
            index
        })
    }

    fn at(&self, place: u32) -> Option<&EnvelopeId> {
        self.items.get(place as usize).map(|(_, id)| id)
    }

    /// Its sketch, built when first asked for.
    pub(crate) fn sketch(&self) -> &Sketch {
        self.sketch.get_or_init(|| Sketch::of(self.items.iter().map(|(_, id)| id)))
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prepared({} envelopes)", self.items.len())
    }
}

impl NegentropyStorageBase for Prepared {
    fn size(&self) -> Result<usize, negentropy::Error> {
        Ok(self.items.len())
    }

    fn get_item(&self, place: usize) -> Result<Option<Item>, negentropy::Error> {
        Ok(self.items.get(place).map(item))
    }

    fn iterate(
        &self,
        begin: usize,
        end: usize,
        visit: &mut dyn FnMut(Item, usize) -> Result<bool, negentropy::Error>,
    ) -> Result<(), negentropy::Error> {
        let range = self.items.get(begin..end).ok_or(negentropy::Error::BadRange)?;
        for (place, entry) in (begin..).zip(range) {
            if !visit(item(entry), place)? {
                break;
            }
        }
        Ok(())
    }

    fn find_lower_bound(&self, first: usize, last: usize, bound: &Bound) -> usize {
        let range = self.items.get(first..last).unwrap_or_default();
        first.saturating_add(range.partition_point(|entry| item(entry) < bound.item))
    }
}

fn item((hour, id): &(Hour, EnvelopeId)) -> Item {
    Item::with_timestamp_and_id(u64::from(hour.0), Id::from_byte_array(id.0))
}

/// The salt of one session: the nonces of both sides, the initiator's first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Salt([[u8; 16]; 2]);

impl Salt {
    pub(crate) fn new(initiator: [u8; 16], responder: [u8; 16]) -> Salt {
        Salt([initiator, responder])
    }

    /// What stands for an id in a salted session.
    pub(crate) fn apply(&self, id: &EnvelopeId) -> EnvelopeId {
        EnvelopeId(hash("kith/1/salted", &[self.0.as_flattened(), &id.0]))
    }
}

/// A set under the salt of one session, and the way back.
#[derive(Debug)]
pub(crate) struct Salted {
    pub(crate) shown: Prepared,
    /// Shown and true id, ascending.
    names: Vec<(EnvelopeId, EnvelopeId)>,
}

impl Salted {
    pub(crate) fn new(set: &Prepared, salt: &Salt) -> Salted {
        let mut names: Vec<_> = set.items.iter().map(|(_, id)| (salt.apply(id), *id)).collect();
        let hours = set.items.iter().map(|(hour, _)| *hour);
        let shown = Prepared::new(hours.zip(names.iter().map(|(shown, _)| *shown)));
        names.sort_unstable();
        Salted { shown, names }
    }

    /// The true id behind a shown one.
    pub(crate) fn real(&self, shown: &EnvelopeId) -> Option<EnvelopeId> {
        let place = self.names.binary_search_by_key(shown, |(shown, _)| *shown).ok()?;
        self.names.get(place).map(|(_, real)| *real)
    }
}

#[cfg(test)]
mod tests {
    use negentropy::NegentropyStorageVector;
    use proptest::prelude::*;

    use super::*;

    fn items(range: std::ops::Range<u64>) -> Vec<(Hour, EnvelopeId)> {
        range.map(|n| (Hour((n % 97) as u32), EnvelopeId(hash("test", &[&n.to_be_bytes()])))).collect()
    }

    #[test]
    fn a_tally_is_negentropys_fingerprint() {
        for count in [0, 1, 2, 127, 128, 129, 20_000] {
            let set = Prepared::new(items(0..count));
            let theirs = set.fingerprint(0, set.len()).unwrap().to_bytes();
            assert_eq!(set.sum(), Sum { count, fingerprint: theirs });
            let mut vector = NegentropyStorageVector::new();
            for (hour, id) in set.iter() {
                vector.insert(u64::from(hour.0), Id::from_byte_array(id.0)).unwrap();
            }
            vector.seal().unwrap();
            assert_eq!(vector.fingerprint(0, set.len()).unwrap().to_bytes(), theirs);
        }
    }

    #[test]
    fn tallies_carry_and_borrow_across_lanes() {
        let ids = [[0xff; 32], [1; 32], [0x80; 32], [0; 32]].map(EnvelopeId);
        let mut tally: Tally = ids.iter().collect();
        let mut twice = tally;
        twice.merge(&ids.iter().collect());
        ids.iter().for_each(|id| twice.remove(id));
        assert_eq!(twice, tally);
        ids.iter().for_each(|id| tally.remove(id));
        assert_eq!(tally, Tally::default());
    }

    proptest! {
        #[test]
        fn a_set_with_more_is_the_set_made_at_once(a in 0_u64..60, b in 0_u64..60, c in 0_u64..60) {
            let first = Prepared::new(items(a..a + c));
            if c % 2 == 0 {
                first.sketch();
            }
            let grown = first.with(items(b..b + c));
            let whole = Prepared::new(items(a..a + c).into_iter().chain(items(b..b + c)));
            for (hour, id) in whole.iter() {
                prop_assert_eq!(grown.hour(id), Some(*hour));
            }
            prop_assert_eq!(grown.hour(&EnvelopeId([0; 32])), None);
            prop_assert_eq!(&grown.items, &whole.items);
            prop_assert_eq!(grown.tally(), whole.tally());
            prop_assert_eq!(grown.sketch(), whole.sketch());
            for (_, id) in items(0..120) {
                prop_assert_eq!(grown.contains(&id), whole.items.iter().any(|(_, own)| *own == id));
            }
        }
    }

    #[test]
    fn salted_ids_lead_back() {
        let set = Prepared::new(items(0..500));
        let salted = Salted::new(&set, &Salt::new([1; 16], [2; 16]));
        let other = Salted::new(&set, &Salt::new([2; 16], [1; 16]));
        assert_eq!(salted.shown.len(), 500);
        assert_ne!(salted.shown.sum(), other.shown.sum());
        for (_, id) in set.iter() {
            let shown = Salt::new([1; 16], [2; 16]).apply(id);
            assert!(salted.shown.contains(&shown));
            assert_eq!(salted.real(&shown), Some(*id));
            assert_eq!(salted.real(id), None);
        }
    }
}
