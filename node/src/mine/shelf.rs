//! The file: a sealed list of places, then every record sealed for itself, so that damage to one harms no other.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use kith_protocol::id::{hash, truncate};
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::disk::{Disk, RealDisk, write_atomic};
use crate::secret::Secret;

use super::MineError;

const MAGIC: &[u8; 8] = b"KITHMIN1";
const NONCE: usize = 24;
/// The list is padded to a multiple of this, records to a multiple of [`RECORD_PADDING`].
const LIST_PADDING: usize = 1024;
const RECORD_PADDING: usize = 256;

/// The longest record, in bytes of its stored form.
pub const RECORD_MOST: usize = 128 * 1024;
/// All of it together, in bytes of the file: decades of a journal.
pub const ALL_MOST: usize = 32 << 20;

/// A record's id.
pub type Id = [u8; 16];

/// What a record is. The numbers are in the file: never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
#[allow(missing_docs, reason = "each is what it is called")]
pub enum Kind {
    Journal = 1,
    Goal = 2,
    Milestone = 3,
    CheckIn = 4,
    Answers = 5,
    Plan = 6,
    Line = 7,
    Tags = 8,
    Thanks = 9,
    Draft = 10,
    Unsent = 11,
    Places = 12,
    Directory = 13,
    Notes = 20,
}

/// Where a record is and what it must be. Kinds of later versions are kept as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
struct Place {
    #[n(0)]
    kind: u8,
    #[cbor(n(1), with = "minicbor::bytes")]
    id: Id,
    #[n(2)]
    length: u32,
    #[cbor(n(3), with = "minicbor::bytes")]
    sum: [u8; 16],
}

#[derive(Clone)]
struct Kept {
    place: Place,
    sealed: Vec<u8>,
}

/// A record as found: its bytes, or that they are damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// Its id.
    pub id: Id,
    /// What was put there; none if it is not that any more.
    pub bytes: Option<Zeroizing<Vec<u8>>>,
}

/// The open file. In memory everything stays sealed, too.
pub struct Shelf<D: Disk = RealDisk> {
    disk: D,
    path: PathBuf,
    key: Secret,
    all: Vec<Kept>,
    /// [`ALL_MOST`], and less in tests.
    most: usize,
}

impl<D: Disk> std::fmt::Debug for Shelf<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}

impl<D: Disk> Shelf<D> {
    /// Makes an empty file, in place of one that is there.
    ///
    /// # Errors
    /// [`MineError::Io`]; a file that was there is then as it was.
    pub fn create(disk: D, path: &Path, key: Secret) -> Result<Self, MineError> {
        let mut shelf = Shelf { disk, path: path.to_owned(), key, all: Vec::new(), most: ALL_MOST };
        shelf.write(Vec::new())?;
        Ok(shelf)
    }

    /// Opens the file.
    ///
    /// # Errors
    /// [`MineError::Gone`], [`MineError::Damaged`], [`MineError::Io`].
    pub fn open(disk: D, path: &Path, key: Secret) -> Result<Self, MineError> {
        let file = match disk.open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(MineError::Gone),
            other => other?,
        };
        let mut bytes = Vec::new();
        // Beyond the bound, and the list, nothing was written by this program.
        file.take(2 * ALL_MOST as u64).read_to_end(&mut bytes)?;
        let all = parse(&bytes, &key)?;
        Ok(Shelf { disk, path: path.to_owned(), key, all, most: ALL_MOST })
    }

    /// With less room, so that a test need not fill all of it.
    #[cfg(test)]
    pub(super) fn with_room(mut self, most: usize) -> Self {
        self.most = most;
        self
    }

    /// All of one kind, the oldest first.
    pub fn of(&self, kind: Kind) -> Vec<Read> {
        self.all.iter().filter(|one| one.place.kind == kind as u8).map(|one| self.read(one)).collect()
    }

    /// The ids of one kind, the oldest first: nothing is opened for it.
    pub fn ids(&self, kind: Kind) -> Vec<Id> {
        self.all.iter().filter(|one| one.place.kind == kind as u8).map(|one| one.place.id).collect()
    }

    /// One record.
    ///
    /// # Errors
    /// [`MineError::Unknown`], [`MineError::RecordDamaged`].
    pub fn get(&self, kind: Kind, id: &Id) -> Result<Zeroizing<Vec<u8>>, MineError> {
        let found = self.all.iter().find(|one| one.place.kind == kind as u8 && one.place.id == *id);
        self.read(found.ok_or(MineError::Unknown)?).bytes.ok_or(MineError::RecordDamaged)
    }

    /// Keeps a new record; it is durable when this returns.
    ///
    /// # Errors
    /// [`MineError::TooLong`], [`MineError::Full`], [`MineError::Io`]; nothing has changed then.
    pub fn add(&mut self, kind: Kind, bytes: &[u8]) -> Result<Id, MineError> {
        let id: Id = rand::random();
        let mut all = self.all.clone();
        all.push(self.seal(kind, id, bytes)?);
        self.write(all)?;
        Ok(id)
    }

    /// Keeps other bytes in place of a record; durable when this returns.
    ///
    /// # Errors
    /// [`MineError::Unknown`], and as [`Shelf::add`].
    pub fn replace(&mut self, kind: Kind, id: &Id, bytes: &[u8]) -> Result<(), MineError> {
        let sealed = self.seal(kind, *id, bytes)?;
        let mut all = self.all.clone();
        let one = all.iter_mut().find(|one| one.place.kind == kind as u8 && one.place.id == *id);
        *one.ok_or(MineError::Unknown)? = sealed;
        self.write(all)
    }

    /// Deletes a record, damaged or not: the file is written without it.
    ///
    /// # Errors
    /// [`MineError::Unknown`], [`MineError::Io`].
    pub fn delete(&mut self, kind: Kind, id: &Id) -> Result<(), MineError> {
        let mut all = self.all.clone();
        all.retain(|one| one.place.kind != kind as u8 || one.place.id != *id);
        if all.len() == self.all.len() {
            return Err(MineError::Unknown);
        }
        self.write(all)
    }

    fn read(&self, one: &Kept) -> Read {
        let whole = sum(&one.sealed) == one.place.sum;
        let opened = whole.then(|| unseal(&self.key, &aad(one.place.kind, &one.place.id), &one.sealed));
        Read { id: one.place.id, bytes: opened.flatten().and_then(|padded| unpadded(&padded)) }
    }

    fn seal(&self, kind: Kind, id: Id, bytes: &[u8]) -> Result<Kept, MineError> {
        if bytes.len() > RECORD_MOST {
            return Err(MineError::TooLong);
        }
        let sealed = seal(&self.key, &aad(kind as u8, &id), &padded(bytes, RECORD_PADDING)?)?;
        let length = u32::try_from(sealed.len()).map_err(|_| MineError::TooLong)?;
        Ok(Kept { place: Place { kind: kind as u8, id, length, sum: sum(&sealed) }, sealed })
    }

    /// Writes the whole file; what is in memory follows only then.
    fn write(&mut self, all: Vec<Kept>) -> Result<(), MineError> {
        let places: Vec<Place> = all.iter().map(|one| one.place).collect();
        let list = Zeroizing::new(minicbor::to_vec(places).map_err(|_| MineError::Full)?);
        let list = seal(&self.key, MAGIC, &padded(&list, LIST_PADDING)?)?;
        let length = u32::try_from(list.len()).map_err(|_| MineError::Full)?;
        let mut bytes = [MAGIC.as_slice(), &length.to_be_bytes(), &list].concat();
        for one in &all {
            bytes.extend_from_slice(&one.sealed);
        }
        // Whoever has come to the bound can still delete.
        if bytes.len() > self.most && all.len() >= self.all.len() {
            return Err(MineError::Full);
        }
        write_atomic(&self.disk, &self.path, &bytes)?;
        self.all = all;
        Ok(())
    }
}

/// Cuts the file into its records. A record that is damaged is one; a list that is damaged is an error.
fn parse(bytes: &[u8], key: &Secret) -> Result<Vec<Kept>, MineError> {
    const SHORT: MineError = MineError::Damaged("it is cut short");
    let (magic, rest) = bytes.split_first_chunk::<8>().ok_or(SHORT)?;
    if magic != MAGIC {
        return Err(MineError::Damaged("it is another file, or of another version"));
    }
    let (length, rest) = rest.split_first_chunk::<4>().ok_or(SHORT)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| SHORT)?;
    let (list, mut rest) = rest.split_at_checked(length).ok_or(SHORT)?;
    let list = unseal(key, MAGIC, list).ok_or(MineError::Damaged("its list has changed"))?;
    let list = unpadded(&list).ok_or(MineError::Damaged("its list makes no sense"))?;
    let places: Vec<Place> =
        minicbor::decode(&list).map_err(|_| MineError::Damaged("its list makes no sense"))?;
    let mut all = Vec::with_capacity(places.len());
    for place in places {
        let length = usize::try_from(place.length).unwrap_or(usize::MAX).min(rest.len());
        // What is missing at the end of the file is a damaged record, reported as such.
        let (sealed, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        let mut sealed = sealed.to_vec();
        sealed.resize(usize::try_from(place.length).unwrap_or(0).min(ALL_MOST), 0);
        all.push(Kept { place, sealed });
        rest = after;
    }
    Ok(all)
}

fn aad(kind: u8, id: &Id) -> [u8; 17] {
    let mut aad = [kind; 17];
    if let Some(rest) = aad.last_chunk_mut::<16>() {
        *rest = *id;
    }
    aad
}

fn sum(sealed: &[u8]) -> [u8; 16] {
    truncate(&hash("kith/1/mine/record", &[sealed]))
}

/// `length u32 ‖ bytes ‖ zeros`.
fn padded(bytes: &[u8], to: usize) -> Result<Zeroizing<Vec<u8>>, MineError> {
    let length = u32::try_from(bytes.len()).map_err(|_| MineError::TooLong)?;
    let whole = bytes.len().saturating_add(4).next_multiple_of(to);
    let mut out = Zeroizing::new(Vec::with_capacity(whole));
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
    out.resize(whole, 0);
    Ok(out)
}

fn unpadded(padded: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (length, rest) = padded.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    rest.get(..length).map(|bytes| Zeroizing::new(bytes.to_vec()))
}

fn seal(key: &Secret, aad: &[u8], value: &[u8]) -> Result<Vec<u8>, MineError> {
    let nonce: [u8; NONCE] = rand::random();
    let sealed = XChaCha20Poly1305::new(key.bytes().into())
        .encrypt(&XNonce::from(nonce), Payload { msg: value, aad })
        .map_err(|_| MineError::TooLong)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn unseal(key: &Secret, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE>()?;
    let cipher = XChaCha20Poly1305::new(key.bytes().into());
    cipher.decrypt(&XNonce::from(*nonce), Payload { msg: ciphertext, aad }).ok().map(Zeroizing::new)
}
