//! The bytes of the vault file.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use kith_protocol::id::{hash, truncate};
use zeroize::Zeroizing;

use crate::secret::Secret;

use super::{Stretch, VaultError};

const MAGIC: &[u8; 8] = b"KITHVLT1";
const SLOTS: usize = 4;
pub(super) const SALT: usize = 32;
const NONCE: usize = 24;
const TAG: usize = 16;
const SLOT: usize = SALT + NONCE + 32 + TAG;
pub(super) const CHECKSUM: usize = 16;
/// Magic and parameters: what slots and content are bound to.
const PARAMETERS: usize = 8 + 3 * 4;
pub(super) const HEAD: usize = PARAMETERS + SLOTS * SLOT;
/// Larger files are none: no vault grows to this, with a thousand cells in it.
const LARGEST: u64 = 64 << 20;

/// Reads a small file.
pub(super) fn read(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    File::open(path)?.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Parameters and slots, as they are in the file.
pub(super) struct Head {
    stretch: Stretch,
    bytes: Box<[u8; HEAD]>,
}

impl Head {
    /// A head with one slot in use, the first, so that the right passphrase is stretched once.
    pub(super) fn new(
        stretch: Stretch,
        vault_key: &Secret,
        slot_key: impl Fn(&[u8; SALT]) -> Result<Secret, VaultError>,
    ) -> Result<Head, VaultError> {
        let mut out = MAGIC.to_vec();
        for number in [stretch.memory_kib, stretch.passes, stretch.lanes] {
            out.extend_from_slice(&number.to_be_bytes());
        }
        let parameters = out.clone();
        let salt: [u8; SALT] = rand::random();
        out.extend_from_slice(&salt);
        out.extend_from_slice(&seal(&slot_key(&salt)?, &slot_aad(&parameters, 0), vault_key.bytes())?);
        for _ in 1..SLOTS {
            out.extend_from_slice(&rand::random::<[u8; SALT]>());
            out.extend_from_slice(&rand::random::<[u8; NONCE]>());
            out.extend_from_slice(&rand::random::<[u8; 32 + TAG]>());
        }
        let bytes = out.try_into().map_err(|_| VaultError::Damaged("its head has a wrong length"))?;
        Ok(Head { stretch, bytes })
    }

    /// Reads the head of a file; what follows it is the sealed content.
    pub(super) fn parse(file: &[u8]) -> Result<(Head, &[u8]), VaultError> {
        const SHORT: VaultError = VaultError::Damaged("it is cut short");
        let (bytes, rest) = file.split_first_chunk::<HEAD>().ok_or(SHORT)?;
        let (sum, sealed) = rest.split_first_chunk::<CHECKSUM>().ok_or(SHORT)?;
        let (magic, parameters) = bytes.split_first_chunk::<8>().ok_or(SHORT)?;
        if magic != MAGIC {
            return Err(VaultError::Damaged("it is no vault, or one of another version"));
        }
        if *sum != checksum(bytes) {
            return Err(VaultError::Damaged("its head has changed"));
        }
        let mut numbers = parameters.chunks_exact(4);
        let mut number = || {
            let four = numbers.next().and_then(|four| four.try_into().ok());
            four.map(u32::from_be_bytes).ok_or(SHORT)
        };
        let stretch = Stretch { memory_kib: number()?, passes: number()?, lanes: number()? };
        if !stretch.is_bearable() {
            return Err(VaultError::Damaged("it asks for more memory or time than any vault does"));
        }
        Ok((Head { stretch, bytes: Box::new(*bytes) }, sealed))
    }

    /// How passphrases are stretched.
    pub(super) fn stretch(&self) -> Stretch {
        self.stretch
    }

    /// Finds the vault key in the first slot that opens.
    pub(super) fn vault_key(
        &self,
        slot_key: impl Fn(&[u8; SALT]) -> Result<Secret, VaultError>,
    ) -> Result<Secret, VaultError> {
        let (parameters, slots) = self.bytes.split_at(PARAMETERS);
        for (number, slot) in (0_u8..).zip(slots.chunks_exact(SLOT)) {
            let Some((salt, sealed)) = slot.split_first_chunk::<SALT>() else { continue };
            if let Some(key) = unseal(&slot_key(salt)?, &slot_aad(parameters, number), sealed)
                && let Ok(key) = key.as_slice().try_into()
            {
                return Ok(Secret::new(key));
            }
        }
        Err(VaultError::WrongSecret)
    }

    /// The whole file.
    pub(super) fn seal(&self, key: &Secret, content: &[u8]) -> Result<Vec<u8>, VaultError> {
        let sum = checksum(self.bytes.as_slice());
        let sealed = seal(key, self.bytes.as_slice(), content)?;
        Ok([self.bytes.as_slice(), &sum, &sealed].concat())
    }

    /// The content.
    pub(super) fn open(&self, key: &Secret, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        unseal(key, self.bytes.as_slice(), sealed).ok_or(VaultError::Damaged("its content has changed"))
    }
}

fn slot_aad(parameters: &[u8], number: u8) -> Vec<u8> {
    [parameters, &[number]].concat()
}

fn checksum(head: &[u8]) -> [u8; CHECKSUM] {
    truncate(&hash("kith/1/vault/head", &[head]))
}

fn seal(key: &Secret, aad: &[u8], value: &[u8]) -> Result<Vec<u8>, VaultError> {
    let nonce: [u8; NONCE] = rand::random();
    let sealed = XChaCha20Poly1305::new(key.bytes().into())
        .encrypt(&XNonce::from(nonce), Payload { msg: value, aad })
        .map_err(|_| VaultError::Damaged("it is too large"))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn unseal(key: &Secret, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE>()?;
    let cipher = XChaCha20Poly1305::new(key.bytes().into());
    cipher.decrypt(&XNonce::from(*nonce), Payload { msg: ciphertext, aad }).ok().map(Zeroizing::new)
}
