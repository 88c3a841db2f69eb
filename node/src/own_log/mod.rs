//! The own log of one cell: the entries that this device wrote, in one file that forgets nothing it was told to
//! keep.
//!
//! It is the head of the member's log on this device: an entry is acknowledged to its author once
//! [`OwnLog::append`] returned, and replayed into the store at the next opening. So losing the database loses
//! no acknowledged post, and cannot make this device number two entries alike.
//!
//! ```text
//! file   = "KITHLOG1" ‖ file id 16 ‖ records
//! record = length u32 ‖ number u64 ‖ nonce 24 ‖ XChaCha20-Poly1305(CBOR)      aad = number ‖ file id
//! number 0: the log, where file and directory lie, the head before number 1
//! 1, 2, …:  seq, entry id, form, bytes, and the number of the first record written in the same batch
//! ```
//!
//! Guarantees: what was appended is there after a crash or a power cut; at opening, what is left of a batch
//! whose writing did not end is dropped (nobody was told that it is there). Damage to an earlier batch is
//! reported, and what follows it is found all the same. A disk that loses the very last batch it said it had
//! looks like one that did not finish it; then the database knows better.
//! The verdict [`Retire`](Verdict::Retire) means that this device cannot show that it wrote the last entry
//! here: the caller opens a new log, retiring this one, and writes nothing more to it.
//!
//! # How a cell calls it
//! ```no_run
//! use kith_node::disk::RealDisk;
//! use kith_node::own_log::{Form, OwnLog, Record, Verdict};
//! # use std::path::Path;
//! # use kith_protocol::id::{EntryId, LogId};
//! # fn main() -> Result<(), kith_node::own_log::OwnLogError> {
//! # let (path, key, log, database_head) = (Path::new("own.log"), [0; 32], LogId([0; 8]), None);
//! # let (entry, envelope) = (EntryId([0; 32]), vec![]);
//! let opened = OwnLog::open(RealDisk, path, &key, log, database_head)?;
//! for record in &opened.records {
//!     // Put it into the store, in this order.
//! }
//! let mut log = match opened.verdict {
//!     Verdict::Continue(log) => log,
//!     Verdict::Retire(why) => {
//!         // A new log id, in the vault first; its first entry names the retired one.
//!         OwnLog::create(RealDisk, path, &key, LogId([1; 8]))?
//!     }
//! };
//! log.append(&[Record { seq: log.next_seq(), entry, form: Form::Envelope, bytes: envelope }])?;
//! // Now it is acknowledged; then commit it to the store. Once others hold all up to 7:
//! log.trim(7)?;
//! # Ok(()) }
//! ```

use std::io;

use kith_protocol::id::EntryId;
use minicbor::{Decode, Encode};
use thiserror::Error;

use crate::disk::Trouble;

/// One entry of the own log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its place in the log.
    pub seq: u64,
    /// The entry.
    pub entry: EntryId,
    /// What the bytes are.
    pub form: Form,
    /// The entry as it goes to others, at most `limits::ENVELOPE`.
    pub bytes: Vec<u8>,
}

/// What the bytes of a [`Record`] are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Form {
    /// A sealed envelope.
    #[n(0)]
    Envelope,
    /// A signed entry that somebody who has the group's keys must seal: a join, a new log, a request for keys.
    #[n(1)]
    Signed,
}

/// The last entry of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Head {
    /// Its place.
    #[n(0)]
    pub seq: u64,
    /// The entry.
    #[n(1)]
    pub entry: EntryId,
}

/// Why a log must not be continued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Retire {
    /// The file is not there.
    #[error("its file is missing")]
    Missing,
    /// The file is another log's.
    #[error("its file belongs to another log")]
    OtherLog,
    /// The file or the cell's directory lies elsewhere than when it was made: a copy or a restored backup.
    #[error("its file was copied or restored from a backup")]
    Moved,
    /// The database knows a later entry of this log than the file.
    #[error("its file is behind the database")]
    Behind,
    /// The file is damaged before its last batch; [`Opened::records`] has what could be read.
    #[error("its file is damaged")]
    Damaged,
}

/// May this device go on writing this log?
#[derive(Debug)]
pub enum Verdict<L> {
    /// Yes.
    Continue(L),
    /// No.
    Retire(Retire),
}

/// What was found in the file.
#[derive(Debug)]
pub struct Opened<L> {
    /// May it be continued?
    pub verdict: Verdict<L>,
    /// Entries that the database does not hold, to be replayed into it whatever the verdict: those after its
    /// last one, as far as they can be read.
    pub records: Vec<Record>,
}

/// Why the own log did not do as asked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OwnLogError {
    /// A record does not follow the head.
    #[error("entry {given} does not follow: the next one is {next}")]
    Gap {
        /// Its place.
        given: u64,
        /// The place it should have.
        next: u64,
    },
    /// A record is larger than an envelope may be.
    #[error("an entry is larger than an envelope may be")]
    TooLarge,
    /// An earlier write failed in a way that leaves unknown what is on the disk: open the log again.
    #[error("the own log must be opened again after a failed write")]
    Broken,
    /// A record that was to be kept cannot be read any more: open the log again.
    #[error("the own log is damaged")]
    Damaged,
    /// The disk failed; [`OwnLogError::trouble`] says whether a person can help. Nothing was acknowledged.
    #[error("the own log cannot be read or written: {0}")]
    Io(#[from] io::Error),
}

impl OwnLogError {
    /// What a person could do about a failing disk; none for errors of another kind.
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            OwnLogError::Io(error) => Some(Trouble::of(error)),
            _ => None,
        }
    }
}

mod file;
mod frame;
mod scan;

pub use file::OwnLog;

#[cfg(test)]
mod tests;
