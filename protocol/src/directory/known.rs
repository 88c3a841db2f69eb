//! What somebody knows of listings, from whichever directories: who lists, what they said last, who withdrew.
//!
//! Guarantees: the same items give the same listings, in whatever order they came. An older listing never takes the
//! place of a newer one, nor comes back after it; a withdrawn key never lists again.

use std::collections::BTreeMap;

use super::listing::{Item, Listing, ListingKey};
use crate::limits;
use crate::time::Millis;

/// What became of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is what holds of its key now.
    New,
    /// It was known.
    Known,
    /// It has ended, or was issued by a clock far ahead.
    Ended,
    /// A newer one of the same key is known.
    Older,
    /// Its key was withdrawn.
    Withdrawn,
    /// There is no room for more.
    Full,
}

/// A listing that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What it says.
    pub listing: Listing,
    /// Its bytes, as they came.
    pub bytes: Vec<u8>,
    /// When something of its key was first seen.
    pub first: Millis,
}

/// What is remembered of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    first: Millis,
    issued: Millis,
}

/// Everything known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    listings: BTreeMap<ListingKey, Kept>,
    marks: BTreeMap<ListingKey, Mark>,
    withdrawn: BTreeMap<ListingKey, Vec<u8>>,
}

impl Known {
    /// Takes up an item that was read now.
    pub fn take(&mut self, item: Item, now: Millis) -> Taken {
        let key = item.key();
        if self.withdrawn.contains_key(&key) {
            return Taken::Withdrawn;
        }
        let (listing, bytes) = match item {
            Item::Withdrawal(key, bytes) => {
                if self.withdrawn.len() >= limits::DIRECTORY_ITEMS {
                    return Taken::Full;
                }
                self.listings.remove(&key);
                self.marks.remove(&key);
                self.withdrawn.insert(key, bytes);
                return Taken::New;
            }
            Item::Listing(listing, bytes) => (*listing, bytes),
        };
        if !listing.holds(now) {
            return Taken::Ended;
        }
        let mark = self.marks.get(&key).copied();
        if mark.is_some_and(|mark| listing.issued < mark.issued) {
            return Taken::Older;
        }
        if let Some(kept) = self.listings.get(&key)
            // Two of one moment are their writer's doing; all readers show the same.
            && (kept.listing.issued, &kept.bytes) >= (listing.issued, &bytes)
        {
            return Taken::Known;
        }
        if mark.is_none() && !self.makes_room() {
            return Taken::Full;
        }
        let first = mark.map_or(now, |mark| mark.first);
        self.marks.insert(key, Mark { first, issued: listing.issued });
        self.listings.insert(key, Kept { listing, bytes, first });
        Taken::New
    }

    /// Whether one more key can be remembered: what has not been listed for longest is forgotten for it.
    fn makes_room(&mut self) -> bool {
        if self.marks.len() < limits::DIRECTORY_KNOWN {
            return true;
        }
        let gone = self.marks.iter().filter(|(key, _)| !self.listings.contains_key(key));
        let oldest = gone.min_by_key(|(key, mark)| (mark.issued, **key)).map(|(key, _)| *key);
        oldest.is_some_and(|key| self.marks.remove(&key).is_some())
    }

    /// Drops the listings that a directory has no more, once it was read whole; what they said last is remembered.
    pub fn retain(&mut self, still: impl Fn(&ListingKey) -> bool) {
        self.listings.retain(|key, _| still(key));
    }

    /// Drops what has ended.
    pub fn drop_ended(&mut self, now: Millis) {
        self.listings.retain(|_, kept| kept.listing.holds(now));
    }

    /// The listings, by key.
    pub fn listings(&self) -> impl Iterator<Item = &Kept> {
        self.listings.values()
    }

    /// One of them.
    pub fn listing(&self, key: &ListingKey) -> Option<&Kept> {
        self.listings.get(key)
    }

    /// Whether a key was withdrawn.
    pub fn is_withdrawn(&self, key: &ListingKey) -> bool {
        self.withdrawn.contains_key(key)
    }

    /// The bytes of everything that a directory of it holds: listings, and what was withdrawn.
    pub fn items(&self) -> impl Iterator<Item = &[u8]> {
        let listings = self.listings.values().map(|kept| kept.bytes.as_slice());
        listings.chain(self.withdrawn.values().map(Vec::as_slice))
    }

    /// What is remembered of each key: when it was first seen, and when what it said last was issued.
    pub fn marks(&self) -> impl Iterator<Item = (ListingKey, Millis, Millis)> {
        self.marks.iter().map(|(key, mark)| (*key, mark.first, mark.issued))
    }

    /// Remembers what was remembered of a key before, as after a restart.
    pub fn remember(&mut self, key: ListingKey, first: Millis, issued: Millis) {
        if self.marks.len() < limits::DIRECTORY_KNOWN {
            self.marks.insert(key, Mark { first, issued });
        }
    }
}
