use std::io;

use kith_protocol::id::EnvelopeId;
use kith_protocol::time::Month;
use thiserror::Error;

use crate::disk::Trouble;

/// Why a store did not do as asked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The files are no store, or a value in them is not what was written. Drop the store,
    /// [`quarantine`](super::quarantine) its directory, open a fresh one and refill it from the own log and
    /// from peers.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// No data key is known for content of this month (counted from January 1970).
    #[error("no key for content of month {}", .0.0)]
    NoKey(Month),
    /// An envelope was to be placed that is not held.
    #[error("envelope {0} is not held")]
    NotHeld(EnvelopeId),
    /// A value is larger than its bound.
    #[error("{0} is larger than its limit")]
    TooLarge(&'static str),
    /// The database is open already, in this process or another.
    #[error("the database is in use")]
    InUse,
    /// The disk failed; [`StoreError::trouble`] says whether a person can help.
    #[error("the database cannot be read or written: {0}")]
    Io(#[from] io::Error),
}

impl StoreError {
    /// What a person could do about a failing disk; none for errors of another kind.
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            StoreError::Io(error) => Some(Trouble::of(error)),
            _ => None,
        }
    }
}
