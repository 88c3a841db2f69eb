//! Attachments: files that go with what somebody wrote, in sealed chunks beside the entry that names them
//! (`docs/protocol.md`, 22).
//!
//! Guarantees: every chunk is checked against the entry's [`AttachmentId`] the moment it arrives, whoever sent it
//! ([`Manifest`]); only whoever can read the entry can open it; its sealed length says of its size what an envelope's
//! says of a text. An id belongs to the author of the entry: another member who names it in an entry of their own
//! names something that nobody has ([`Manifest::belongs_to`]), so that taking that entry back takes nothing away.
//!
//! [`Fetch`] and [`Serve`] are the two sides of a stream, as state machines: bytes go in, messages and chunks come out.
//!
//! ```
//! use kith_protocol::attachment::{Manifest, open, seal};
//! use kith_protocol::body::AttachmentKey;
//! use kith_protocol::id::MemberKey;
//!
//! let (author, key) = (MemberKey([1; 32]), AttachmentKey::from_bytes([2; 32]));
//! let sealed = seal(b"a picture", &author, &key);
//! assert_eq!(open(&key, 9, 0, &sealed.chunks[0]).unwrap(), b"a picture");
//! ```

mod fetch;
mod message;
mod serve;
#[cfg(test)]
mod tests;

pub use fetch::Fetch;
pub use message::{Ask, Offer, Want};
pub use serve::Serve;

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use thiserror::Error;

use crate::body::{Attachment, AttachmentKey};
use crate::codec::CodecError;
use crate::envelope::padding;
use crate::id::{AttachmentId, AttachmentMark, MemberKey, hash, keyed_hash, truncate};
use crate::limits;

/// Bytes that sealing adds to a chunk.
const TAG: usize = 16;
/// What a whole chunk holds, in bytes.
const PLAIN: usize = limits::CHUNK - TAG;
/// Bytes of the hash of a chunk.
const HASH: usize = 32;

/// Why something about an attachment is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AttachmentError {
    /// A message that is none.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// The list of chunks is not the one the entry speaks of: another's, cut, or of another length than the size asks for.
    #[error("not the chunks that the entry speaks of")]
    Manifest,
    /// A chunk that was not asked for, or is not the one that was.
    #[error("not the chunk that was asked for")]
    Chunk,
    /// The other side asks for what it was not offered, twice for the same, or for too much at once.
    #[error("asked for what was not offered, or too much")]
    Want,
    /// A chunk does not open with the entry's key, or its padding is not as it must be.
    #[error("does not open with the key of the entry")]
    Sealed,
}

/// The hashes of an attachment's sealed chunks, and the mark of its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    mark: AttachmentMark,
    chunks: Vec<[u8; HASH]>,
}

/// A sealed attachment.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// What its id is the hash of.
    pub manifest: Manifest,
    /// The chunks.
    pub chunks: Vec<Vec<u8>>,
}

/// How many chunks an attachment of so many bytes has.
pub fn chunks(size: u32) -> usize {
    padded(size).div_ceil(PLAIN)
}

/// How long a chunk of an attachment of so many bytes is when sealed; none if it has no such chunk.
pub fn chunk_length(size: u32, index: usize) -> Option<usize> {
    let begin = index.checked_mul(PLAIN)?;
    let rest = padded(size).checked_sub(begin).filter(|rest| *rest > 0)?;
    Some(rest.min(PLAIN).saturating_add(TAG))
}

/// Seals an attachment of an entry by `author`, under a key drawn for it alone.
pub fn seal(plain: &[u8], author: &MemberKey, key: &AttachmentKey) -> Sealed {
    let mut all = plain.to_vec();
    all.resize(padding::padded(plain.len()), 0);
    let cipher = cipher(key);
    let chunks: Vec<Vec<u8>> = (0..)
        .zip(all.chunks(PLAIN))
        // Nothing of this length is refused; empty bytes would open for nobody.
        .map(|(index, part)| cipher.encrypt(&nonce(index), part).unwrap_or_default())
        .collect();
    let hashes = chunks.iter().map(|chunk| chunk_hash(chunk)).collect();
    Sealed { manifest: Manifest { mark: mark(author, key), chunks: hashes }, chunks }
}

/// Opens one chunk of an attachment of `size` bytes: gives what is in it, without padding.
///
/// # Errors
/// [`AttachmentError::Sealed`].
pub fn open(key: &AttachmentKey, size: u32, index: usize, sealed: &[u8]) -> Result<Vec<u8>, AttachmentError> {
    let number = u64::try_from(index).map_err(|_| AttachmentError::Sealed)?;
    let mut plain = cipher(key).decrypt(&nonce(number), sealed).map_err(|_| AttachmentError::Sealed)?;
    let size = usize::try_from(size).map_err(|_| AttachmentError::Sealed)?;
    let real = size.saturating_sub(index.saturating_mul(PLAIN)).min(plain.len());
    if plain.iter().skip(real).any(|byte| *byte != 0) {
        return Err(AttachmentError::Sealed);
    }
    plain.truncate(real);
    Ok(plain)
}

impl Manifest {
    /// Reads one: the mark, then the hashes.
    ///
    /// # Errors
    /// [`AttachmentError::Manifest`].
    pub fn decode(bytes: &[u8]) -> Result<Manifest, AttachmentError> {
        let (mark, rest) = bytes.split_first_chunk().ok_or(AttachmentError::Manifest)?;
        let (chunks, rest) = rest.as_chunks();
        if !rest.is_empty() || chunks.is_empty() || chunks.len() > limits::CHUNKS {
            return Err(AttachmentError::Manifest);
        }
        Ok(Manifest { mark: AttachmentMark(*mark), chunks: chunks.to_vec() })
    }

    /// Its bytes.
    pub fn encode(&self) -> Vec<u8> {
        [self.mark.as_ref(), self.chunks.as_flattened()].concat()
    }

    /// The attachment it is of.
    pub fn id(&self) -> AttachmentId {
        AttachmentId(hash("kith/1/attachment", &[&self.encode()]))
    }

    /// How many chunks it lists.
    pub fn len(&self) -> usize {
        self.chunks.len()
    }

    /// Whether it lists none, which one that was read never does.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Whether these bytes are this chunk.
    pub fn holds(&self, index: usize, sealed: &[u8]) -> bool {
        self.chunks.get(index).is_some_and(|hash| *hash == chunk_hash(sealed))
    }

    /// Makes sure that it is of this attachment, in an entry by this author, and as long as its size asks for.
    ///
    /// # Errors
    /// [`AttachmentError::Manifest`].
    pub fn belongs_to(&self, attachment: &Attachment, author: &MemberKey) -> Result<(), AttachmentError> {
        let theirs = self.mark == mark(author, &attachment.key);
        if theirs && self.id() == attachment.id && self.len() == chunks(attachment.size) {
            Ok(())
        } else {
            Err(AttachmentError::Manifest)
        }
    }
}

fn padded(size: u32) -> usize {
    padding::padded(usize::try_from(size).unwrap_or(usize::MAX).min(limits::ATTACHMENT))
}

fn chunk_hash(sealed: &[u8]) -> [u8; HASH] {
    hash("kith/1/chunk", &[sealed])
}

fn mark(author: &MemberKey, key: &AttachmentKey) -> AttachmentMark {
    AttachmentMark(truncate(&keyed_hash(key.expose(), "kith/1/attachment-mark", &[author.as_ref()])))
}

fn cipher(key: &AttachmentKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new((&keyed_hash(key.expose(), "kith/1/attachment-seal", &[])).into())
}

/// The number of the chunk: the key is used for one attachment alone.
fn nonce(index: u64) -> XNonce {
    let mut nonce = [0; 24];
    let (_, end) = nonce.split_at_mut(16);
    end.copy_from_slice(&index.to_be_bytes());
    XNonce::from(nonce)
}
