use std::io;

use thiserror::Error;

use crate::disk::Trouble;
use crate::vault::VaultError;

/// Why something was not kept or cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MineError {
    /// The file is gone although there was one.
    #[error("the file with what you keep for yourself is gone")]
    Gone,
    /// The file is not what was written.
    #[error("the file with what you keep for yourself is damaged: {0}")]
    Damaged(&'static str),
    /// One record is not what was written.
    #[error("this record is damaged")]
    RecordDamaged,
    /// There is no such record.
    #[error("there is no such record")]
    Unknown,
    /// One record is longer than fits.
    #[error("this is too long")]
    TooLong,
    /// All that is kept has come to its bound.
    #[error("no more can be kept")]
    Full,
    /// The node is closing.
    #[error("the node is closing")]
    Closed,
    /// The vault gave no key.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The disk failed.
    #[error("what you keep for yourself cannot be read or written: {0}")]
    Io(#[from] io::Error),
}

impl MineError {
    /// What a person could do about a failing disk; none for errors of another kind.
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            MineError::Io(error) => Some(Trouble::of(error)),
            MineError::Vault(error) => error.trouble(),
            _ => None,
        }
    }
}
