//! Why something could not be done with directories.

use kith_protocol::directory;
use thiserror::Error;

use super::MOST;
use super::fetch::FetchError;
use crate::mine::MineError;

/// Why something could not be done with directories.
#[derive(Debug, Error)]
pub(crate) enum DirectoryError {
    /// There are as many as there can be.
    #[error("there are {MOST} directories already")]
    Full,
    /// It is read already.
    #[error("this directory is read already, as \"{0}\"")]
    There(String),
    /// Nothing was fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// What was fetched is none.
    #[error(transparent)]
    Form(#[from] directory::DirectoryError),
    /// The file could not be read.
    #[error("this file could not be read")]
    File,
    /// It is not there.
    #[error("there is no such directory")]
    Unknown,
    /// What is kept could not be read or written.
    #[error(transparent)]
    Mine(#[from] MineError),
    /// The node is closing.
    #[error("the node is closing")]
    Closed,
}

impl DirectoryError {
    /// The same, for one more who waits.
    pub(super) fn again(&self) -> DirectoryError {
        match self {
            DirectoryError::Full => DirectoryError::Full,
            DirectoryError::There(name) => DirectoryError::There(name.clone()),
            DirectoryError::Fetch(error) => DirectoryError::Fetch(error.clone()),
            DirectoryError::Form(error) => DirectoryError::Form(error.clone()),
            DirectoryError::File => DirectoryError::File,
            DirectoryError::Unknown => DirectoryError::Unknown,
            DirectoryError::Mine(_) | DirectoryError::Closed => DirectoryError::Closed,
        }
    }
}
