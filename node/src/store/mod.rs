//! What a cell has heard, on disk: envelopes as they came, and what opening them showed.
//!
//! Guarantees: a [`Store::commit`] that returned is whole and durable, one that did not is not there at all or
//! whole; nothing in the files can be read, or tied to a member, without the keys of [`DataKeys`], which are
//! never stored here; a value that was changed or moved is noticed ([`StoreError::Damaged`]) and never
//! believed. Refuses: content of a month whose key it was not given ([`StoreError::NoKey`]). It does not
//! judge: whoever calls has let the entry through `protocol::admit`.
//!
//! # How a cell calls it
//! One thread owns the store, writes and reads; nothing here locks.
//!
//! ```
//! use std::collections::BTreeMap;
//! use kith_node::store::{Change, DataKeys, MemoryStore, Put, Store};
//! use kith_protocol::{id::EnvelopeId, time::Hour};
//!
//! # fn main() -> Result<(), kith_node::store::StoreError> {
//! let mut store = MemoryStore::new(DataKeys::new([7; 32], BTreeMap::new()));
//! let hour = Hour(497_000);
//! if !store.has_key(hour.month()) {
//!     // Draw 32 bytes, save them in the vault first, then tell the store.
//!     store.learn_key(hour.month(), [9; 32]);
//! }
//! let id = EnvelopeId([1; 32]);
//! store.commit(vec![Change::Put(Put { id, hour, control: false, bytes: vec![0; 600], placed: None })])?;
//! assert!(store.holds(&id)?);
//! # Ok(()) }
//! ```
//!
//! At start: `control` page by page feeds the group's fold and the keyring; `unplaced` page by page is tried
//! again whenever a key comes ([`Change::Place`] what opens).

use std::collections::BTreeMap;
use std::path::Path;
use std::{fmt, fs, io};

use kith_protocol::id::{AuthorId, EntryId, EnvelopeId, LogId, ShortId};
use kith_protocol::limits;
use kith_protocol::time::{Hour, Month};
use minicbor::{Decode, Encode};

use crate::disk::{Disk, RealDisk};

pub mod chunks;
pub mod copying;
mod error;
mod index;
mod memory;
mod on_disk;
mod pack;
mod packs;
pub(crate) mod pages;
mod seal;
mod work;

pub use error::StoreError;
pub use memory::MemoryStore;
pub use on_disk::SledStore;
pub use seal::DataKeys;

use seal::Class;

/// The number of an envelope in the order in which this store came to hold them. Numbers are above zero, not
/// reused, and have gaps; another store numbers the same envelopes in another way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arrival(pub u64);

/// What opening an envelope showed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Placed {
    /// The entry inside.
    #[n(0)]
    pub entry: EntryId,
    /// Its author.
    #[n(1)]
    pub author: AuthorId,
    /// Its log.
    #[n(2)]
    pub log: LogId,
    /// Its place in the log.
    #[n(3)]
    pub seq: u64,
    /// Its lamport number.
    #[n(4)]
    pub lamport: u64,
    /// What it replies to, if it is a reply.
    #[n(5)]
    pub reply_to: Option<ShortId>,
}

/// An envelope to hold.
#[derive(Clone, PartialEq, Eq)]
pub struct Put {
    /// Its id.
    pub id: EnvelopeId,
    /// The hour in its header.
    pub hour: Hour,
    /// The control flag in its header.
    pub control: bool,
    /// The whole envelope as it came, at most `limits::ENVELOPE`.
    pub bytes: Vec<u8>,
    /// What it holds; none while it waits, sealed, for a key or for an entry that it cites.
    pub placed: Option<Placed>,
}

/// One change; see [`Store::commit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Holds an envelope. One that is held already is left as it is, but for being placed if it was not.
    Put(Put),
    /// Says what a held envelope turned out to be. One that is placed already is left as it is.
    Place {
        /// Which envelope.
        id: EnvelopeId,
        /// What it holds.
        placed: Placed,
    },
    /// Keeps less of a held envelope than came: what is left of a withdrawn one. One that is not held is let be.
    Shrink {
        /// Which envelope.
        id: EnvelopeId,
        /// What is kept of it.
        bytes: Vec<u8>,
    },
    /// Keeps a small named value (address book, receipts, cursors), or removes it.
    Note {
        /// Its name, most [`NOTE_NAME`] bytes of UTF-8; hashed, so it may be anything.
        name: String,
        /// The value, most [`NOTE`] bytes; none removes it.
        bytes: Option<Vec<u8>>,
    },
}

/// Entries are found by at least this many first bytes of their id: six characters of hex.
pub const PREFIX_LEAST: usize = 3;
/// Longest name of a note, in bytes. Longer: [`StoreError::TooLarge`].
pub const NOTE_NAME: usize = 256;
/// Largest note, in bytes. Larger: [`StoreError::TooLarge`].
pub const NOTE: usize = 1 << 20;

/// An envelope that is held.
#[derive(Clone, PartialEq, Eq)]
pub struct Held {
    /// When it came, relative to the others.
    pub arrival: Arrival,
    /// Its id.
    pub id: EnvelopeId,
    /// The hour in its header.
    pub hour: Hour,
    /// The control flag in its header.
    pub control: bool,
    /// The whole envelope as it came.
    pub bytes: Vec<u8>,
    /// What it holds, once known.
    pub placed: Option<Placed>,
}

/// One of the sets that reconciliation compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// Control envelopes of all time.
    Control,
    /// Content envelopes of one month.
    Month(Month),
}

/// A place in the timeline: what is before it is older.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor {
    /// The entry's lamport number.
    pub lamport: u64,
    /// The entry, which decides among equals.
    pub entry: ShortId,
}

impl Bucket {
    /// The set that an envelope belongs to.
    pub fn of(control: bool, hour: Hour) -> Bucket {
        if control { Bucket::Control } else { Bucket::Month(hour.month()) }
    }
}

impl Placed {
    /// Where it stands in the timeline.
    pub fn cursor(&self) -> Cursor {
        Cursor { lamport: self.lamport, entry: self.entry.short() }
    }
}

/// How much is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Counts {
    /// Control entries placed (an entry in several envelopes counts once).
    #[n(0)]
    pub control: u64,
    /// Content entries placed.
    #[n(1)]
    pub content: u64,
    /// Envelopes that wait to be placed.
    #[n(2)]
    pub unplaced: u64,
    /// Envelopes held, in all.
    #[n(3)]
    pub envelopes: u64,
}

/// One cell's store. Reads answer from what has been committed, at once and on the same thread.
///
/// Every read may fail with [`StoreError::Damaged`] (go to [`quarantine`]) or [`StoreError::Io`]. `limit` and
/// `after` cut long answers into pages, so that a caller can write between two of them.
pub trait Store: Send {
    /// Makes changes, all or none, and returns when they are durable. Envelopes are put first (in order,
    /// but control before content, and content month by month), then the rest is done in order.
    ///
    /// # Errors
    /// Nothing has changed after [`StoreError::NoKey`], [`StoreError::NotHeld`] or [`StoreError::TooLarge`].
    /// After [`StoreError::Io`] or [`StoreError::Damaged`] it is unknown whether it has: close the store and
    /// open it again.
    fn commit(&mut self, changes: Vec<Change>) -> Result<(), StoreError>;

    /// Says whether content of this month can be sealed and read.
    fn has_key(&self, month: Month) -> bool;

    /// Gives the data key of a month. It must be safe in the vault before anything is sealed with it.
    fn learn_key(&mut self, month: Month, key: [u8; 32]);

    /// Says whether an envelope is held.
    fn holds(&self, id: &EnvelopeId) -> Result<bool, StoreError>;

    /// An envelope.
    fn envelope(&self, id: &EnvelopeId) -> Result<Option<Held>, StoreError>;

    /// The placed entry that is cited by this id; the first that came, should somebody have made two.
    fn entry(&self, id: &ShortId) -> Result<Option<Held>, StoreError>;

    /// The placed entries whose id starts with `prefix` (from [`PREFIX_LEAST`] bytes on; nothing is found by
    /// fewer), in order of arrival, each once, at most `limit`.
    fn entries_starting(&self, prefix: &[u8], limit: usize) -> Result<Vec<Held>, StoreError>;

    /// The envelopes that hold an entry, in order of arrival.
    fn copies(&self, id: &EntryId) -> Result<Vec<EnvelopeId>, StoreError>;

    /// The entries placed at one place of a log, in order of arrival: more than one is an
    /// equivocation.
    fn slot(&self, author: &AuthorId, log: &LogId, seq: u64) -> Result<Vec<EntryId>, StoreError>;

    /// The control envelopes that arrived after `after`, in order of arrival.
    fn control(&self, after: Arrival, limit: usize) -> Result<Vec<Held>, StoreError>;

    /// The envelopes that wait to be placed and arrived after `after`, in order of arrival.
    fn unplaced(&self, after: Arrival, limit: usize) -> Result<Vec<Held>, StoreError>;

    /// What one set of reconciliation holds, placed or not, in order of arrival.
    fn items(&self, bucket: Bucket) -> Result<Vec<(Hour, EnvelopeId)>, StoreError>;

    /// The months of which content is held, earliest first.
    fn months(&self) -> Result<Vec<Month>, StoreError>;

    /// Placed content before a place in the timeline (none: from its end), newest first, which is by
    /// (lamport, first half of the entry id) descending. An entry in several envelopes comes once.
    fn timeline(&self, before: Option<Cursor>, limit: usize) -> Result<Vec<Held>, StoreError>;

    /// Placed content that replies to an entry, in order of arrival, at most `limit` after the first
    /// `skip`.
    fn replies_to(&self, id: &ShortId, skip: usize, limit: usize) -> Result<Vec<Held>, StoreError>;

    /// The highest place held of every log.
    fn log_heads(&self) -> Result<BTreeMap<(AuthorId, LogId), u64>, StoreError>;

    /// The highest lamport number of any placed entry, 0 if there is none.
    fn highest_lamport(&self) -> Result<u64, StoreError>;

    /// How much is held.
    fn counts(&self) -> Result<Counts, StoreError>;

    /// A note.
    fn note(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;
}

/// Refuses changes that no store takes.
fn checked(changes: &[Change], keys: &DataKeys) -> Result<(), StoreError> {
    for change in changes {
        match change {
            Change::Put(put) if put.bytes.len() > limits::ENVELOPE => {
                return Err(StoreError::TooLarge("envelope"));
            }
            Change::Shrink { bytes, .. } if bytes.len() > limits::ENVELOPE => {
                return Err(StoreError::TooLarge("envelope"));
            }
            Change::Put(put) if !put.control && !keys.has(put.hour.month()) => {
                return Err(StoreError::NoKey(put.hour.month()));
            }
            Change::Note { name, .. } if name.len() > NOTE_NAME => {
                return Err(StoreError::TooLarge("name of a note"));
            }
            Change::Note { bytes: Some(bytes), .. } if bytes.len() > NOTE => {
                return Err(StoreError::TooLarge("note"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Puts what is sealed with one key together, control first, and what refers to envelopes after them. Changes
/// of one kind to one thing stay in order.
fn arranged(mut changes: Vec<Change>) -> Vec<Change> {
    changes.sort_by_key(|change| match change {
        Change::Put(put) => (0, Class::of(put.control, put.hour)),
        Change::Place { .. } | Change::Shrink { .. } | Change::Note { .. } => (1, Class::Lasting),
    });
    changes
}

/// Sets a damaged database aside: its directory gets the name it had with `.damaged` behind it, in place of
/// one set aside before. The store must have been dropped. A directory that is not there is none to set aside.
///
/// # Errors
/// Of the system.
pub fn quarantine(dir: &Path) -> io::Result<()> {
    let mut name = dir.file_name().unwrap_or_default().to_os_string();
    name.push(".damaged");
    let aside = dir.with_file_name(name);
    let missing_is_fine = |result: io::Result<()>| match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    };
    missing_is_fine(fs::remove_dir_all(&aside))?;
    missing_is_fine(fs::rename(dir, &aside))?;
    RealDisk.sync_dir(dir.parent().unwrap_or(Path::new(".")))
}

impl fmt::Debug for Put {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Put").field("id", &self.id).field("len", &self.bytes.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held")
            .field("arrival", &self.arrival)
            .field("id", &self.id)
            .field("placed", &self.placed)
            .field("len", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
