//! One sled tree as an atomic, durable map from short keys to sealed values.
//!
//! sled splits a page by the number of its values, not by their size, and moves a page that outgrows a quarter
//! of a segment into a file of its own that it does not sync. So values here are cut into pieces that no page
//! can outgrow ([`PIECE`]), and there are few of them: whoever writes packs small things together.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::disk::{Disk, RealDisk};

use super::StoreError;

/// Longest piece of a value. A page has at most 17, and 131 000 bytes of room.
pub(super) const PIECE: usize = 7000;
/// The first byte of keys of further pieces; no other key starts with it.
const FURTHER: u8 = b'~';
/// The count of further pieces that every first piece starts with.
const COUNT: usize = 2;

/// What to write under which key; none removes it.
pub(super) type Writes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

pub(super) struct Pages {
    tree: ::sled::Db,
    /// sled's one file, opened a second time, to sync what sled says it flushed.
    file: File,
}

impl Pages {
    pub(super) fn open(dir: &Path, cache_bytes: u64) -> Result<Pages, StoreError> {
        let fresh = !dir.try_exists()?;
        let config = ::sled::Config::new().path(dir).cache_capacity(cache_bytes);
        let tree = calm(|| config.open())?;
        let file = OpenOptions::new().write(true).open(dir.join("db"))?;
        if fresh {
            RealDisk.sync_dir(dir)?;
            RealDisk.sync_dir(dir.parent().unwrap_or(Path::new(".")))?;
        }
        Ok(Pages { tree, file })
    }

    pub(super) fn is_empty(&self) -> Result<bool, StoreError> {
        calm(|| Ok(self.tree.is_empty()))
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        calm(|| self.tree.get(key))?.map(|first| self.whole(key, &first)).transpose()
    }

    /// The value with the greatest key that starts with `room` and is at most `key`.
    pub(super) fn at_or_before(
        &self,
        room: u8,
        key: &[u8],
    ) -> Result<Option<(Vec<u8>, Vec<u8>)>, StoreError> {
        let found = calm(|| self.tree.range([room].as_slice()..=key).next_back().transpose())?;
        found.map(|(key, first)| Ok((key.to_vec(), self.whole(&key, &first)?))).transpose()
    }

    /// The value with the least key that is at least `from` and less than `to`.
    pub(super) fn at_or_after(
        &self,
        from: &[u8],
        to: &[u8],
    ) -> Result<Option<(Vec<u8>, Vec<u8>)>, StoreError> {
        let found = calm(|| self.tree.range(from..to).next().transpose())?;
        found.map(|(key, first)| Ok((key.to_vec(), self.whole(&key, &first)?))).transpose()
    }

    /// All values whose keys start with `prefix`, in the order of their keys.
    pub(super) fn scan(
        &self,
        prefix: &[u8],
    ) -> impl Iterator<Item = Result<(Vec<u8>, Vec<u8>), StoreError>> + '_ {
        let mut found = self.tree.scan_prefix(prefix);
        std::iter::from_fn(move || {
            let next = calm(|| found.next().transpose()).transpose()?;
            Some(next.and_then(|(key, first)| Ok((key.to_vec(), self.whole(&key, &first)?))))
        })
    }

    /// Puts a value together again.
    fn whole(&self, key: &[u8], first: &[u8]) -> Result<Vec<u8>, StoreError> {
        let (count, first) = split_count(first)?;
        let mut value = first.to_vec();
        for number in 0..count {
            let piece = calm(|| self.tree.get(further(key, number)))?;
            let piece = piece.ok_or_else(|| StoreError::Damaged("a piece of a value is missing".into()))?;
            value.extend_from_slice(&piece);
        }
        Ok(value)
    }

    /// Writes all or nothing, and returns when it is on the disk.
    pub(super) fn apply(&self, writes: Writes) -> Result<(), StoreError> {
        let mut batch = ::sled::Batch::default();
        for (key, value) in writes {
            let before = match calm(|| self.tree.get(&key))? {
                Some(first) => split_count(&first)?.0,
                None => 0,
            };
            let mut pieces = 0;
            if let Some(value) = &value {
                let (first, rest) = value.split_at_checked(PIECE).unwrap_or((value, &[]));
                for piece in rest.chunks(PIECE) {
                    batch.insert(further(&key, pieces), piece);
                    pieces = pieces.saturating_add(1);
                }
                batch.insert(key.as_slice(), [pieces.to_be_bytes().as_slice(), first].concat());
            } else {
                batch.remove(key.as_slice());
            }
            for number in pieces..before {
                batch.remove(further(&key, number));
            }
        }
        calm(|| self.tree.apply_batch(batch))?;
        calm(|| self.tree.flush())?;
        // On Linux the flush above ends in sync_file_range, which promises nothing after a power cut.
        Ok(self.file.sync_data()?)
    }
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
