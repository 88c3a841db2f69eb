//! One sled tree as an atomic, durable map from short keys to sealed values.
//!
//! sled splits a page by the number of its values (when it has 17), not by their size, and moves a page that
//! outgrows a quarter of a segment into a file of its own that it does not sync. It writes a page anew each time
//! some values were added to it, and what it wrote before stays on the disk as garbage, a third of all. So:
//!
//! - Values are few: whoever writes packs small things together.
//! - A value is cut into pieces that no page can outgrow ([`PIECE`]).
//! - Large values that will not change soon lie uncut in [slots](Slots): under keys between [`SPACERS`] tiny
//!   values that were put there before, so that each has a page to itself that is written once.
//!
//! None of this matters to what is read.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use minicbor::{Decode, Encode};

use crate::disk::{Disk, RealDisk};

use super::StoreError;

/// How long to wait for a database that was just dropped, and how often to look.
const LET_GO_WITHIN: Duration = Duration::from_secs(2);
const LET_GO_STEP: Duration = Duration::from_millis(20);
/// Longest piece of a value. A page has at most 17, and 131 000 bytes of room.
pub(super) const PIECE: usize = 7000;
/// The first byte of keys of further pieces; no other key starts with it.
const FURTHER: u8 = b'~';
/// The first byte of keys of slots.
const SLOT: u8 = b'r';
/// Tiny values between any two slots: half of what makes sled split a page. No page has more than two slots.
const SPACERS: u8 = 8;
/// Spacers are made for so many slots at once, and so many slots before they are needed: by then their pages are
/// as they will stay.
const SPACED_AT_ONCE: u64 = 64;
const SPACED_BEFORE: u64 = 4;
/// Most bytes that are put into a slot; what is in it may grow by half.
pub(super) const SLOT_FULL: usize = 36_000;
/// Values of less are not worth a slot.
pub(super) const SLOT_LEAST: usize = 12_000;
/// In place of the count of pieces: the value is a list of slots.
const IN_SLOTS: u16 = u16::MAX;
/// The count of further pieces that every first piece starts with.
const COUNT: usize = 2;

/// A key and its value.
pub(crate) type Pair = (Vec<u8>, Vec<u8>);

/// A value, and how it is to lie.
pub(super) enum Value {
    /// Where its key is, cut if need be.
    Here(Vec<u8>),
    /// In these slots, which are written as well.
    InSlots(Vec<u64>),
}

/// What to write; none removes it.
#[derive(Default)]
pub(crate) struct Writes {
    values: BTreeMap<Vec<u8>, Option<Value>>,
    slots: BTreeMap<u64, Option<Vec<u8>>>,
}

impl Writes {
    /// Puts a value where its key is.
    pub(crate) fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.values.insert(key, Some(Value::Here(value)));
    }

    /// Puts a value into slots, if it is large enough to be worth it.
    pub(super) fn put_to_stay(&mut self, key: Vec<u8>, value: Vec<u8>, slots: &mut Slots) {
        if value.len() < SLOT_LEAST {
            return self.put(key, value);
        }
        let mut list = Vec::new();
        for part in value.chunks(SLOT_FULL) {
            let slot = slots.next();
            self.slots.insert(slot, Some(part.to_vec()));
            list.push(slot);
        }
        self.values.insert(key, Some(Value::InSlots(list)));
    }

    pub(super) fn put_slot(&mut self, slot: u64, value: Vec<u8>) {
        self.slots.insert(slot, Some(value));
    }

    pub(crate) fn remove(&mut self, key: Vec<u8>) {
        self.values.insert(key, None);
    }
}

/// Which slots are in use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(super) struct Slots {
    /// The last one given away; they are not reused.
    #[n(0)]
    last: u64,
    /// Up to this one they have their spacers.
    #[n(1)]
    spaced: u64,
}

impl Slots {
    /// Gives the next slot away.
    pub(super) fn next(&mut self) -> u64 {
        self.last = self.last.saturating_add(1);
        self.last
    }
}

pub(crate) struct Pages {
    tree: ::sled::Db,
    /// sled's one file, opened a second time, to sync what sled says it flushed.
    file: File,
}

impl Pages {
    pub(crate) fn open(dir: &Path, cache_bytes: u64) -> Result<Pages, StoreError> {
        let fresh = !dir.try_exists()?;
        let config = ::sled::Config::new().path(dir).cache_capacity(cache_bytes);
        // A database that was just dropped lets go of its file a moment later, when its own threads have ended.
        let until = Instant::now() + LET_GO_WITHIN;
        let tree = loop {
            match calm(|| config.open()) {
                Err(StoreError::InUse) if Instant::now() < until => thread::park_timeout(LET_GO_STEP),
                opened => break opened?,
            }
        };
        let file = OpenOptions::new().write(true).open(dir.join("db"))?;
        if fresh {
            RealDisk.sync_dir(dir)?;
            RealDisk.sync_dir(dir.parent().unwrap_or(Path::new(".")))?;
        }
        Ok(Pages { tree, file })
    }

    /// Says whether there is nothing but spacers, which may be there before anything else is.
    pub(super) fn is_empty(&self) -> Result<bool, StoreError> {
        let before = self.at_or_after(&[0], &[SLOT])?;
        Ok(before.is_none() && self.at_or_after(&[SLOT + 1], &[0xff])?.is_none())
    }

    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        calm(|| self.tree.get(key))?.map(|first| self.whole(key, &first)).transpose()
    }

    /// Calls `found` with what is in a slot, without copying it.
    pub(super) fn with_slot<T>(
        &self,
        slot: u64,
        found: impl FnOnce(&[u8]) -> T,
    ) -> Result<Option<T>, StoreError> {
        let value = calm(|| self.tree.get(slot_key(slot)))?;
        Ok(value.map(|value| found(&value)))
    }

    /// Makes spacers for the slots given away and some more, if they lack them.
    pub(super) fn space(&self, slots: &mut Slots) -> Result<(), StoreError> {
        let needed = slots.last.saturating_add(SPACED_BEFORE);
        if slots.last == 0 || needed <= slots.spaced {
            return Ok(());
        }
        let until = needed.saturating_add(SPACED_AT_ONCE);
        for slot in slots.spaced.saturating_add(1)..=until {
            for place in (0..=SPACERS).filter(|place| *place != SPACERS / 2) {
                calm(|| self.tree.insert(beside_slot(slot, place), &[]))?;
            }
        }
        slots.spaced = until;
        Ok(())
    }

    /// The value with the greatest key that starts with `room` and is at most `key`.
    pub(super) fn at_or_before(&self, room: u8, key: &[u8]) -> Result<Option<Pair>, StoreError> {
        let found = calm(|| self.tree.range([room].as_slice()..=key).next_back().transpose())?;
        found.map(|(key, first)| Ok((key.to_vec(), self.whole(&key, &first)?))).transpose()
    }

    /// The value with the least key that is at least `from` and less than `to`.
    pub(super) fn at_or_after(&self, from: &[u8], to: &[u8]) -> Result<Option<Pair>, StoreError> {
        let found = calm(|| self.tree.range(from..to).next().transpose())?;
        found.map(|(key, first)| Ok((key.to_vec(), self.whole(&key, &first)?))).transpose()
    }

    /// All values whose keys start with `prefix`, in the order of their keys.
    pub(crate) fn scan(&self, prefix: &[u8]) -> impl Iterator<Item = Result<Pair, StoreError>> + '_ {
        let mut found = self.tree.scan_prefix(prefix);
        std::iter::from_fn(move || {
            let next = calm(|| found.next().transpose()).transpose()?;
            Some(next.and_then(|(key, first)| Ok((key.to_vec(), self.whole(&key, &first)?))))
        })
    }

    /// Puts a value together again.
    fn whole(&self, key: &[u8], first: &[u8]) -> Result<Vec<u8>, StoreError> {
        let (count, first) = split_count(first)?;
        if count == IN_SLOTS {
            let mut value = Vec::new();
            for slot in slots_in(first) {
                let found = self.with_slot(slot, |part| value.extend_from_slice(part))?;
                found.ok_or_else(|| StoreError::Damaged("a part of a value is missing".into()))?;
            }
            return Ok(value);
        }
        let mut value = first.to_vec();
        for number in 0..count {
            let piece = calm(|| self.tree.get(further(key, number)))?;
            let piece = piece.ok_or_else(|| StoreError::Damaged("a piece of a value is missing".into()))?;
            value.extend_from_slice(&piece);
        }
        Ok(value)
    }

    /// Writes all or nothing, and returns when it is on the disk.
    pub(crate) fn apply(&self, writes: Writes) -> Result<(), StoreError> {
        let mut batch = ::sled::Batch::default();
        for (slot, value) in writes.slots {
            match value {
                Some(value) => batch.insert(slot_key(slot), value),
                None => batch.remove(slot_key(slot)),
            }
        }
        for (key, value) in writes.values {
            self.remove_rest(&key, &mut batch)?;
            let Some(value) = value else {
                batch.remove(key);
                continue;
            };
            let (first, rest) = match &value {
                Value::InSlots(slots) => {
                    let slots: Vec<u8> = slots.iter().flat_map(|slot| slot.to_be_bytes()).collect();
                    batch.insert(key, [IN_SLOTS.to_be_bytes().as_slice(), &slots].concat());
                    continue;
                }
                Value::Here(value) => value.split_at_checked(PIECE).unwrap_or((value, &[])),
            };
            let mut count: u16 = 0;
            for piece in rest.chunks(PIECE) {
                batch.insert(further(&key, count), piece);
                count = count.saturating_add(1);
            }
            batch.insert(key, [count.to_be_bytes().as_slice(), first].concat());
        }
        calm(|| self.tree.apply_batch(batch))?;
        calm(|| self.tree.flush())?;
        // On Linux the flush above ends in sync_file_range, which promises nothing after a power cut.
        Ok(self.file.sync_data()?)
    }

    /// Removes what lies elsewhere of the value that a key has. A later insertion of the same key wins.
    fn remove_rest(&self, key: &[u8], batch: &mut ::sled::Batch) -> Result<(), StoreError> {
        let Some(first) = calm(|| self.tree.get(key))? else { return Ok(()) };
        let (count, first) = split_count(&first)?;
        if count == IN_SLOTS {
            slots_in(first).for_each(|slot| batch.remove(slot_key(slot)));
        } else {
            (0..count).for_each(|number| batch.remove(further(key, number)));
        }
        Ok(())
    }
}

/// The key of a slot, in the middle of its spacers.
fn slot_key(slot: u64) -> Vec<u8> {
    beside_slot(slot, SPACERS / 2)
}

fn beside_slot(slot: u64, place: u8) -> Vec<u8> {
    [[SLOT].as_slice(), &slot.to_be_bytes(), &[place]].concat()
}

fn slots_in(list: &[u8]) -> impl Iterator<Item = u64> {
    list.as_chunks::<8>().0.iter().map(|slot| u64::from_be_bytes(*slot))
}

fn further(key: &[u8], number: u16) -> Vec<u8> {
    [&[FURTHER], key, &number.to_be_bytes()].concat()
}

fn split_count(first: &[u8]) -> Result<(u16, &[u8]), StoreError> {
    let split = first.split_first_chunk::<COUNT>();
    let (count, rest) = split.ok_or_else(|| StoreError::Damaged("a value is cut short".into()))?;
    Ok((u16::from_be_bytes(*count), rest))
}

/// Calls sled, which may panic on files that are not as it left them.
fn calm<T>(call: impl FnOnce() -> ::sled::Result<T>) -> Result<T, StoreError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(judged(error)),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
            Err(StoreError::Damaged(said.unwrap_or("it cannot be read").to_owned()))
        }
    }
}

fn judged(error: ::sled::Error) -> StoreError {
    match error {
        ::sled::Error::Io(error) if error.to_string().contains("could not acquire lock") => StoreError::InUse,
        ::sled::Error::Io(error) => match error.kind() {
            // A part that should be there is not, or makes no sense.
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::NotFound => {
                StoreError::Damaged(error.to_string())
            }
            _ => StoreError::Io(error),
        },
        other => StoreError::Damaged(other.to_string()),
    }
}
