//! What is kept of one directory: what it listed last, and what is remembered of everything it ever listed.

use std::fs;
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use kith_protocol::directory::{self, DirectoryError, Item, Known, ListingKey};
use kith_protocol::limits;
use kith_protocol::time::Millis;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::place::Place;
use crate::disk::{RealDisk, write_atomic};
use crate::secret::Secret;

const MAGIC: &[u8; 8] = b"KITHHLD1";
const NONCE: usize = 24;
/// The largest file: a whole directory, what was withdrawn, and what is remembered.
const MOST: u64 = 12 << 20;

/// What is kept of one directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// What it lists, and who withdrew.
    pub known: Known,
    /// Where it came from last.
    pub place: Place,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Kept {
    #[n(0)]
    items: Vec<ByteVec>,
    /// Of each key: when it was first seen, and when what it said last was issued.
    #[n(1)]
    marks: Vec<(ListingKey, Millis, Millis)>,
    #[n(2)]
    place: Place,
}

impl Held {
    /// Nothing yet.
    pub fn new(place: Place) -> Held {
        Held { known: Known::default(), place }
    }

    /// Takes in a directory as it was fetched: what is in it now holds, and what is gone from it does not.
    ///
    /// # Errors
    /// [`DirectoryError`]; nothing has changed then.
    pub fn take(&mut self, file: &[u8], place: Place, now: Millis) -> Result<(), DirectoryError> {
        let read = directory::read(file)?;
        let keys: std::collections::BTreeSet<ListingKey> = read.items.iter().map(Item::key).collect();
        self.known.retain(|key| keys.contains(key));
        self.known.drop_ended(now);
        for item in read.items {
            self.known.take(item, now);
        }
        self.place = place;
        Ok(())
    }

    /// Reads what was kept; none if there is nothing, or it is not what was written. It can be fetched again.
    pub fn read(path: &Path, key: &Secret, now: Millis) -> Option<Held> {
        let length = fs::metadata(path).ok()?.len();
        let bytes = if length <= MOST { fs::read(path).ok()? } else { return None };
        let (magic, rest) = bytes.split_first_chunk::<8>()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>()?;
        if magic != MAGIC {
            return None;
        }
        let cipher = XChaCha20Poly1305::new(key.bytes().into());
        let padded = cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: MAGIC }).ok()?;
        let (length, rest) = padded.split_first_chunk::<4>()?;
        let inside = rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        let kept: Kept = minicbor::decode(inside).ok()?;
        let mut held = Held::new(kept.place);
        for (key, first, issued) in kept.marks {
            held.known.remember(key, first, issued);
        }
        for item in kept.items.iter().filter_map(|bytes| Item::read(bytes).ok()) {
            held.known.take(item, now);
        }
        Some(held)
    }

    /// Keeps it, sealed.
    ///
    /// # Errors
    /// Of the system.
    pub fn write(&self, path: &Path, key: &Secret) -> std::io::Result<()> {
        let kept = Kept {
            items: self.known.items().map(|bytes| bytes.to_vec().into()).collect(),
            marks: self.known.marks().collect(),
            place: self.place,
        };
        let inside = minicbor::to_vec(&kept).map_err(std::io::Error::other)?;
        let length = u32::try_from(inside.len()).map_err(std::io::Error::other)?;
        let mut padded = [length.to_be_bytes().as_slice(), &inside].concat();
        padded.resize(padded.len().next_multiple_of(limits::DIRECTORY_PADDING), 0);
        let nonce: [u8; NONCE] = rand::random();
        let cipher = XChaCha20Poly1305::new(key.bytes().into());
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: &padded, aad: MAGIC })
            .map_err(|_| std::io::Error::other("too long to be sealed"))?;
        let folder: PathBuf = path.parent().unwrap_or(Path::new(".")).to_owned();
        fs::create_dir_all(&folder)?;
        #[cfg(unix)]
        fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        write_atomic(&RealDisk, path, &[MAGIC.as_slice(), &nonce, &sealed].concat())
    }
}
