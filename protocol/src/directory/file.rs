//! A directory as a file: served whole by anything that serves files, or carried.
//!
//! ```text
//! "KITHDIR1" ‖ length u32 ‖ CBOR array of byte strings, each one item ‖ zeros
//! ```
//!
//! Padded to a multiple of [`limits::DIRECTORY_PADDING`], so that its length says little of what is in it.

use minicbor::bytes::ByteVec;
use thiserror::Error;

use super::listing::{Item, ListingError};
use crate::codec::{self, CodecError};
use crate::limits;

const MAGIC: &[u8; 8] = b"KITHDIR1";
const HEAD: usize = 12;

/// Why bytes are no directory, or one cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DirectoryError {
    /// It does not begin as one.
    #[error("this is no directory")]
    NotOne,
    /// It is cut short, or its inside makes no sense.
    #[error("this directory is damaged: {0}")]
    Damaged(CodecError),
    /// Longer than [`limits::DIRECTORY`], or of more items than [`limits::DIRECTORY_ITEMS`].
    #[error("this is too much for one directory")]
    TooLarge,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// What is whole and signed.
    pub items: Vec<Item>,
    /// Why others were left out.
    pub refused: Vec<ListingError>,
}

/// Reads a directory. What is wrong with one item harms no other.
///
/// # Errors
/// [`DirectoryError`].
pub fn read(bytes: &[u8]) -> Result<Read, DirectoryError> {
    if bytes.len() > limits::DIRECTORY {
        return Err(DirectoryError::TooLarge);
    }
    let (magic, rest) = bytes.split_first_chunk::<8>().ok_or(DirectoryError::NotOne)?;
    if magic != MAGIC {
        return Err(DirectoryError::NotOne);
    }
    let short = || DirectoryError::Damaged(CodecError::Truncated);
    let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(short)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| short())?;
    let inside = rest.get(..length).ok_or_else(short)?;
    let all: Vec<ByteVec> = codec::decode(inside).map_err(DirectoryError::Damaged)?;
    if all.len() > limits::DIRECTORY_ITEMS {
        return Err(DirectoryError::TooLarge);
    }
    let mut read = Read::default();
    for bytes in &all {
        match Item::read(bytes) {
            Ok(item) => read.items.push(item),
            Err(why) => read.refused.push(why),
        }
    }
    Ok(read)
}

/// Writes a directory of items as they came.
///
/// # Errors
/// [`DirectoryError::TooLarge`].
pub fn write<'a>(items: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, DirectoryError> {
    let items: Vec<ByteVec> = items.into_iter().map(|bytes| bytes.to_vec().into()).collect();
    let inside = codec::encode(&items);
    let length = u32::try_from(inside.len()).map_err(|_| DirectoryError::TooLarge)?;
    let mut file = [MAGIC.as_slice(), &length.to_be_bytes(), &inside].concat();
    let padded = HEAD.saturating_add(inside.len()).next_multiple_of(limits::DIRECTORY_PADDING);
    if items.len() > limits::DIRECTORY_ITEMS || padded > limits::DIRECTORY {
        return Err(DirectoryError::TooLarge);
    }
    file.resize(padded, 0);
    Ok(file)
}
