//! The vault: one small file with the identity's seed and every key that a cell needs at rest.
//!
//! ```text
//! "KITHVLT1" ‖ argon2id: memory KiB u32 ‖ passes u32 ‖ lanes u32
//! 4 slots of 104 bytes: salt 32 ‖ nonce 24 ‖ sealed vault key 48   (unused ones are random)
//! checksum of all this 16 ‖ nonce 24 ‖ sealed content: a CBOR map, padded
//! ```
//!
//! Guarantees: without the passphrase (or the key file) nothing in it can be read, not even how many slots
//! are in use or, within a kibibyte, how much it holds; a wrong passphrase and a damaged file are told apart;
//! a save leaves the old file or the new one, whatever happens. Refuses parameters beyond a ceiling, so that
//! a changed file cannot make a node eat all memory. Stretching a passphrase takes about a second and
//! [`Stretch::memory_kib`] of memory: call [`create`] and [`open`] where blocking is fine. [`Unlocked::save`]
//! stretches nothing.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

use crate::disk::{RealDisk, Trouble, write_atomic};
use crate::secret::Secret;

mod content;
mod file;
mod keeper;
mod stretch;

pub use content::{CellKeys, Joining, LogKeys, MUTED, Place};
pub use keeper::VaultHandle;
pub use stretch::Stretch;

use content::Content;
use file::Head;

/// Bytes of an identity's seed.
pub const SEED: usize = 16;

/// What opens a vault.
#[derive(Clone)]
pub enum Protection {
    /// A passphrase that somebody types.
    Passphrase(Zeroizing<String>),
    /// A random key in a file of this path, for its owner alone: whoever can read the disk can open the vault.
    KeyFile(PathBuf),
}

/// Why a vault cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VaultError {
    /// There is none.
    #[error("there is no identity here yet")]
    Missing,
    /// There is one already; it was left alone.
    #[error("there is an identity here already")]
    Exists,
    /// The passphrase, or the key in the key file, is not the one it was closed with.
    #[error("wrong passphrase")]
    WrongSecret,
    /// The key file is missing or is none.
    #[error("the key file {} is missing or damaged", .0.display())]
    KeyFile(PathBuf),
    /// The file is not what was written: bring back a backup, or the identity from its words.
    #[error("the vault is damaged: {0}")]
    Damaged(&'static str),
    /// The passphrase cannot be stretched with these parameters, or there is not enough memory for it.
    #[error("the passphrase cannot be stretched: {0}")]
    Stretch(String),
    /// The vault, or the cell asked about, is gone: the node is closing, or the group was forgotten.
    #[error("the vault is closed")]
    Closed,
    /// The disk failed; [`VaultError::trouble`] says whether a person can help.
    #[error("the vault cannot be read or written: {0}")]
    Io(#[from] io::Error),
}

impl VaultError {
    /// What a person could do about a failing disk; none for errors of another kind.
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            VaultError::Io(error) => Some(Trouble::of(error)),
            _ => None,
        }
    }
}

/// An open vault. Change [`cells`](Unlocked::cells), then [`save`](Unlocked::save). Wiped when dropped.
pub struct Unlocked {
    /// Keys of each cell.
    pub cells: Vec<CellKeys>,
    /// Seals what the person keeps for themselves; none as long as they kept nothing.
    pub mine: Option<Secret>,
    seed: Zeroizing<[u8; SEED]>,
    path: PathBuf,
    head: Head,
    key: Secret,
}

/// Makes the vault of a new identity. With [`Protection::KeyFile`] makes the key file too, if there is none.
///
/// # Errors
/// [`VaultError::Exists`], [`VaultError::Stretch`] or [`VaultError::Io`].
pub fn create(
    path: &Path,
    mut seed: [u8; SEED],
    protection: &Protection,
    stretch: Stretch,
) -> Result<Unlocked, VaultError> {
    if path.try_exists()? {
        return Err(VaultError::Exists);
    }
    let key = Secret::random();
    let slot_key = |salt: &[u8; file::SALT]| protection.slot_key(salt, stretch, true);
    let head = Head::new(stretch, &key, slot_key)?;
    let unlocked = Unlocked {
        cells: Vec::new(),
        mine: None,
        seed: Zeroizing::new(seed),
        path: path.to_owned(),
        head,
        key,
    };
    seed.zeroize();
    unlocked.save()?;
    Ok(unlocked)
}

/// Opens a vault.
///
/// # Errors
/// [`VaultError`], all but [`VaultError::Exists`].
pub fn open(path: &Path, protection: &Protection) -> Result<Unlocked, VaultError> {
    let bytes = match file::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(VaultError::Missing),
        other => other?,
    };
    let (head, sealed) = Head::parse(&bytes)?;
    let key = head.vault_key(|salt| protection.slot_key(salt, head.stretch(), false))?;
    let content = Content::decode(&head.open(&key, sealed)?)?;
    Ok(Unlocked {
        cells: content.cells,
        mine: content.mine,
        seed: content.seed,
        path: path.to_owned(),
        head,
        key,
    })
}

impl Unlocked {
    /// The identity's seed.
    pub fn seed(&self) -> &[u8; SEED] {
        &self.seed
    }

    /// The cell of this directory name.
    pub fn cell(&self, dir: &str) -> Option<&CellKeys> {
        self.cells.iter().find(|cell| cell.dir == dir)
    }

    /// The cell of this directory name, to be changed.
    pub fn cell_mut(&mut self, dir: &str) -> Option<&mut CellKeys> {
        self.cells.iter_mut().find(|cell| cell.dir == dir)
    }

    /// Writes the file anew, as a whole, and returns when it is durable.
    ///
    /// # Errors
    /// [`VaultError::Io`]; the file is then as it was.
    pub fn save(&self) -> Result<(), VaultError> {
        let content = Content::encode(&self.seed, &self.cells, self.mine.as_ref());
        Ok(write_atomic(&RealDisk, &self.path, &self.head.seal(&self.key, &content)?)?)
    }
}

impl Protection {
    /// The key that a slot with this salt is sealed with. A key file is made, if it `may` be and is not there.
    fn slot_key(&self, salt: &[u8; file::SALT], stretch: Stretch, may: bool) -> Result<Secret, VaultError> {
        match self {
            Protection::Passphrase(passphrase) => stretch.key(passphrase.as_bytes(), salt),
            Protection::KeyFile(path) => {
                let key = match file::read(path) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound && may => {
                        let key = Secret::random();
                        write_atomic(&RealDisk, path, key.bytes())?;
                        key
                    }
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {
                        return Err(VaultError::KeyFile(path.clone()));
                    }
                    other => {
                        let bytes = other?;
                        let bytes =
                            bytes.as_slice().try_into().map_err(|_| VaultError::KeyFile(path.clone()))?;
                        Secret::new(bytes)
                    }
                };
                Ok(Secret::new(kith_protocol::id::keyed_hash(key.bytes(), "kith/1/vault/key-file", &[salt])))
            }
        }
    }
}

#[cfg(test)]
mod tests;
