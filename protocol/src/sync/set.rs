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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub struct Sum {
    /// How many envelopes.
    #[n(0)]
    pub count: u64,
    /// SHA-256 over the sum of the ids mod 2^256 and their count, cut to 16 bytes.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub fingerprint: [u8; 16],
}

/// The running total of a set: follows it as envelopes come and go, in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    lanes: [u64; 4],
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

    /// The set with more in it, in time linear in its size.
    pub fn with(&self, more: impl IntoIterator<Item = (Hour, EnvelopeId)>) -> Prepared {
        let mut more: Vec<_> = more.into_iter().collect();
        more.sort_unstable();
        more.dedup();
        let mut merged = Vec::with_capacity(self.items.len().saturating_add(more.len()));
        let mut news = more.into_iter().peekable();
        for item in &self.items {
            while let Some(new) = news.next_if(|new| new < item) {
                merged.push(new);
            }
            news.next_if(|new| new == item);
            merged.push(*item);
        }
        merged.extend(news);
        Prepared::sorted(merged)
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
        self.find(id).is_some()
    }

    /// The place of an envelope in [`Prepared::iter`].
    pub(crate) fn find(&self, id: &EnvelopeId) -> Option<usize> {
        let index = self.by_id.get_or_init(|| {
            let mut index: Vec<u32> = (0..u32::try_from(self.items.len()).unwrap_or(u32::MAX)).collect();
            index.sort_unstable_by_key(|place| self.at(*place));
            index
        });
        let found = index.binary_search_by_key(&Some(id), |place| self.at(*place)).ok()?;
        index.get(found).map(|place| *place as usize)
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

/// The salt of one session, from the nonces of both sides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Salt([u8; 32]);

impl Salt {
    pub(crate) fn new(initiator: &[u8; 16], responder: &[u8; 16]) -> Salt {
        let mut both = [0; 32];
        for (to, from) in both.iter_mut().zip(initiator.iter().chain(responder)) {
            *to = *from;
        }
        Salt(both)
    }

    /// What stands for an id in a salted session.
    pub(crate) fn apply(&self, id: &EnvelopeId) -> EnvelopeId {
        EnvelopeId(hash("kith/1/salted", &[&self.0, &id.0]))
    }
}
