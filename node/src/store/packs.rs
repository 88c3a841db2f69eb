//! Where records lie: packs of parts, each part sealed by itself.
//!
//! A pack that is done with lies whole in a [slot](super::pages) of its number. The one that is being filled a
//! few records at a time lies in parts, as the small values that they are.
//!
//! An envelope's arrival is its address: pack, part of the pack, and place in the part.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};

use super::pack::{self, Lazy, room};
use super::pages::{Pages, SLOT_FULL, SLOT_LEAST, Slots, Writes};
use super::seal::Class;
use super::work::{key, lost};
use super::{Arrival, DataKeys, Held, StoreError};

/// A part is not added to when it would outgrow this many bytes, so that reading one record opens few others.
const PART_FULL: usize = 6900;
/// A part of an earlier commit is not added to when it has this many bytes: it would be written anew each time.
const PART_SETTLED: usize = 3500;
/// Records in one part.
const PLACES: u64 = 32;
/// Parts in one pack.
const PARTS: u64 = 8;
/// The last pack there can be: what a mark of the index has room for.
const LAST_PACK: u64 = (1 << 28) - 1;
/// Bytes that sealing adds to a part.
const SEAL: usize = 44;

/// The pack that is being filled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct Tail {
    /// Its number; 0: there is none yet.
    #[n(0)]
    pack: u64,
    /// Which key its records are sealed with.
    #[n(1)]
    class: u32,
    /// How many parts it has.
    #[n(2)]
    parts: u64,
    /// Bytes in all of them, sealed.
    #[n(3)]
    bytes: usize,
}

/// The pack and part that an arrival lies in.
fn part_of(arrival: Arrival) -> (u64, u64) {
    (arrival.0 >> 8, arrival.0 >> 5 & (PARTS - 1))
}

/// The arrival of the first record of a part.
fn first_of((pack, part): (u64, u64)) -> Arrival {
    Arrival(pack << 8 | part << 5)
}

fn part_key((pack, part): (u64, u64)) -> Vec<u8> {
    key(room::PART, &[&pack.to_be_bytes(), &[u8::try_from(part).unwrap_or(u8::MAX)]])
}

/// A part that was read.
pub(super) struct Part {
    name: (u64, u64),
    plain: Vec<u8>,
}

impl Part {
    /// Reads the part that an arrival lies in.
    pub(super) fn read(pages: &Pages, keys: &DataKeys, arrival: Arrival) -> Result<Part, StoreError> {
        let name = part_of(arrival);
        let place = part_key(name);
        let whole = pages.with_slot(name.0, |whole| {
            let sealed = parts(whole).nth(usize::try_from(name.1).unwrap_or(usize::MAX));
            keys.unseal(&place, sealed.ok_or_else(lost)?)
        })?;
        let plain = match whole {
            Some(plain) => plain?,
            None => keys.unseal(&place, &pages.get(&place)?.ok_or_else(lost)?)?,
        };
        Ok(Part { name, plain })
    }

    /// Says whether it would be read for this arrival.
    pub(super) fn has(&self, arrival: Arrival) -> bool {
        self.name == part_of(arrival)
    }

    /// One of its records.
    pub(super) fn record(&self, arrival: Arrival) -> Result<Lazy<'_>, StoreError> {
        for record in pack::records(&self.plain, first_of(self.name)) {
            let record = record?;
            if record.arrival() == arrival {
                return Ok(record);
            }
        }
        Err(lost())
    }
}

/// The parts of a whole pack: each has its length before it.
fn parts(whole: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = whole;
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (part, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        rest = after;
        Some(part)
    })
}

fn whole(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut whole = Vec::new();
    for part in parts {
        whole.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        whole.extend_from_slice(part);
    }
    whole
}

/// The packs as one commit changes them.
pub(super) struct Packs<'s> {
    pages: &'s Pages,
    keys: &'s DataKeys,
    slots: Slots,
    tail: Tail,
    /// The tail as it was before the commit: what of its parts is on the disk.
    before: Tail,
    /// The last part of the tail, once it was looked at: how many records it has.
    filling: Option<u64>,
    /// Parts that are changed, unsealed.
    changed: BTreeMap<(u64, u64), (Class, Vec<u8>)>,
    /// Packs that this commit ended.
    ended: BTreeSet<u64>,
}

impl<'s> Packs<'s> {
    pub(super) fn new(pages: &'s Pages, keys: &'s DataKeys, tail: Tail, slots: Slots) -> Self {
        let before = tail.clone();
        Packs {
            pages,
            keys,
            slots,
            tail,
            before,
            filling: None,
            changed: BTreeMap::new(),
            ended: BTreeSet::new(),
        }
    }

    /// Adds a record and tells it its arrival.
    pub(super) fn add(&mut self, held: &mut Held) -> Result<(), StoreError> {
        let class = Class::of(held.control, held.hour);
        let mut record = Vec::with_capacity(held.bytes.len().saturating_add(160));
        pack::add_record(&mut record, held);
        let (name, place) = self.place_for(class, record.len())?;
        held.arrival = Arrival(first_of(name).0 | place);
        self.tail.bytes = self.tail.bytes.saturating_add(record.len());
        let (_, part) = self.changed.entry(name).or_insert_with(|| (class, Vec::new()));
        part.extend_from_slice(&record);
        self.filling = Some(place.saturating_add(1));
        Ok(())
    }

    /// Where a record of this length goes: the part, and its place in it.
    fn place_for(&mut self, class: Class, length: usize) -> Result<((u64, u64), u64), StoreError> {
        let fits = self.tail.pack != 0
            && self.tail.class == class.number()
            && self.tail.bytes.saturating_add(length).saturating_add(SEAL) <= SLOT_FULL;
        if fits {
            let last = (self.tail.pack, self.tail.parts.saturating_sub(1));
            let filled = self.filling_part(last, class)?;
            let bytes = self.changed.get(&last).map_or(0, |(_, part)| part.len());
            if let Some(place) = filled
                && place < PLACES
                && bytes.saturating_add(length) <= PART_FULL
            {
                return Ok((last, place));
            }
            if self.tail.parts < PARTS {
                self.tail.parts = self.tail.parts.saturating_add(1);
                self.tail.bytes = self.tail.bytes.saturating_add(SEAL);
                return Ok(((self.tail.pack, last.1.saturating_add(1)), 0));
            }
        }
        if self.tail.pack != 0 {
            self.ended.insert(self.tail.pack);
        }
        let pack = self.slots.next();
        if pack > LAST_PACK {
            return Err(StoreError::TooLarge("store"));
        }
        self.tail = Tail { pack, class: class.number(), parts: 1, bytes: SEAL };
        Ok(((pack, 0), 0))
    }

    /// How many records the last part has, if more may be added to it.
    fn filling_part(&mut self, last: (u64, u64), class: Class) -> Result<Option<u64>, StoreError> {
        if self.filling.is_none() && !self.changed.contains_key(&last) {
            let part = Part::read(self.pages, self.keys, first_of(last))?;
            if part.plain.len() >= PART_SETTLED {
                return Ok(None);
            }
            self.filling = Some(pack::records(&part.plain, first_of(last)).count() as u64);
            self.changed.insert(last, (class, part.plain));
        } else if self.filling.is_none() {
            // Changed by placing something in it.
            let plain = self.changed.get(&last).map_or(&[][..], |(_, part)| part);
            self.filling = Some(pack::records(plain, first_of(last)).count() as u64);
        }
        Ok(self.filling)
    }

    /// A record.
    pub(super) fn read(&self, arrival: Arrival) -> Result<Held, StoreError> {
        let name = part_of(arrival);
        let Some((_, plain)) = self.changed.get(&name) else {
            return Ok(Part::read(self.pages, self.keys, arrival)?.record(arrival)?.held());
        };
        for record in pack::records(plain, first_of(name)) {
            let record = record?;
            if record.arrival() == arrival {
                return Ok(record.held());
            }
        }
        Err(lost())
    }

    /// Changes a record.
    pub(super) fn replace(&mut self, held: &Held) -> Result<(), StoreError> {
        let name = part_of(held.arrival);
        let old = match self.changed.remove(&name) {
            Some((_, plain)) => plain,
            None => Part::read(self.pages, self.keys, held.arrival)?.plain,
        };
        let mut new = Vec::with_capacity(old.len().saturating_add(128));
        for record in pack::records(&old, first_of(name)) {
            let record = record?;
            if record.arrival() == held.arrival {
                pack::add_record(&mut new, held);
            } else {
                pack::add_record(&mut new, &record.held());
            }
        }
        self.changed.insert(name, (Class::of(held.control, held.hour), new));
        Ok(())
    }

    /// Ends the commit.
    pub(super) fn finish(mut self, writes: &mut Writes) -> Result<(Tail, Slots), StoreError> {
        // A pack that this commit alone has filled so far is done with: the next one would write it anew.
        if self.tail.pack != self.before.pack && self.tail.bytes >= SLOT_LEAST {
            self.ended.insert(std::mem::take(&mut self.tail).pack);
        }
        let mut sealed: BTreeMap<u64, BTreeMap<u64, Vec<u8>>> = BTreeMap::new();
        for (name, (class, plain)) in std::mem::take(&mut self.changed) {
            let part = self.keys.seal(class, &part_key(name), &plain)?;
            sealed.entry(name.0).or_default().insert(name.1, part);
        }
        // The pack that was being filled may end without having been changed.
        for pack in &self.ended {
            sealed.entry(*pack).or_default();
        }
        for (pack, parts) in sealed {
            self.write(pack, parts, writes)?;
        }
        Ok((self.tail, self.slots))
    }

    /// Writes the changed parts of a pack in the form that it has or gets.
    fn write(
        &self,
        pack: u64,
        changed: BTreeMap<u64, Vec<u8>>,
        writes: &mut Writes,
    ) -> Result<(), StoreError> {
        let mut all: Vec<Vec<u8>> = Vec::new();
        let was_whole = self.pages.with_slot(pack, |whole| all.extend(parts(whole).map(<[u8]>::to_vec)))?;
        let mut in_parts = Vec::new();
        if was_whole.is_none() && self.ended.contains(&pack) {
            let stored = if pack == self.before.pack { self.before.parts } else { 0 };
            for part in 0..stored {
                in_parts.push(part_key((pack, part)));
                all.push(self.pages.get(&part_key((pack, part)))?.ok_or_else(lost)?);
            }
        }
        if was_whole.is_some() || self.ended.contains(&pack) {
            for (part, sealed) in &changed {
                let at = usize::try_from(*part).map_err(|_| lost())?;
                match all.get_mut(at) {
                    Some(old) => old.clone_from(sealed),
                    None => all.push(sealed.clone()),
                }
            }
            let bytes: usize = all.iter().map(Vec::len).sum();
            if was_whole.is_some() || (SLOT_LEAST..=SLOT_FULL + SEAL).contains(&bytes) {
                in_parts.into_iter().for_each(|place| writes.remove(place));
                writes.put_slot(pack, whole(&all));
                return Ok(());
            }
        }
        for (part, sealed) in changed {
            writes.put(part_key((pack, part)), sealed);
        }
        Ok(())
    }
}
