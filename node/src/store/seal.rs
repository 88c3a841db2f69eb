//! The keys that values are sealed with, and sealing itself.

use std::collections::BTreeMap;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use kith_protocol::id::{keyed_hash, truncate};
use kith_protocol::time::{Hour, Month};
use rand::Rng;

use crate::secret::Secret;

use super::StoreError;

/// Bytes of a nonce.
const NONCE: usize = 24;

/// The keys of one cell's store, from the vault; zeroized when dropped, never written by the store.
#[derive(Clone)]
pub struct DataKeys {
    index: Secret,
    lasting: Secret,
    months: BTreeMap<Month, Secret>,
}

/// Which key a value is sealed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Control entries, notes and indexes: as long as the cell lives.
    Lasting,
    /// Content: until its month's key is destroyed.
    Month(Month),
}

impl Class {
    /// The key for an envelope.
    pub(super) fn of(control: bool, hour: Hour) -> Class {
        if control { Class::Lasting } else { Class::Month(hour.month()) }
    }

    /// As written in the clear before a sealed value; zero is the lasting key.
    pub(super) fn number(self) -> u32 {
        match self {
            Class::Lasting => 0,
            Class::Month(month) => month.0.saturating_add(1),
        }
    }

    fn from_number(number: u32) -> Class {
        match number.checked_sub(1) {
            None => Class::Lasting,
            Some(month) => Class::Month(Month(month)),
        }
    }
}

impl DataKeys {
    /// Takes the cell's index key and the data keys of the months it has.
    ///
    /// From the index key come the keyed hashes that stand for ids in the files, and the key of what outlives
    /// its month.
    pub fn new(index: [u8; 32], months: BTreeMap<Month, [u8; 32]>) -> DataKeys {
        DataKeys {
            lasting: Secret::new(keyed_hash(&index, "kith/1/store/lasting", &[])),
            index: Secret::new(keyed_hash(&index, "kith/1/store/index", &[])),
            months: months.into_iter().map(|(month, key)| (month, Secret::new(key))).collect(),
        }
    }

    /// Says whether the key of a month is known.
    pub fn has(&self, month: Month) -> bool {
        self.months.contains_key(&month)
    }

    /// Adds the key of a month.
    pub fn learn(&mut self, month: Month, key: [u8; 32]) {
        self.months.insert(month, Secret::new(key));
    }

    /// A keyed hash, in place of something that must not be read from the files.
    pub(super) fn mark<const N: usize>(&self, kind: &str, parts: &[&[u8]]) -> [u8; N] {
        truncate(&keyed_hash(self.index.bytes(), kind, parts))
    }

    fn key(&self, class: Class) -> Result<&Secret, StoreError> {
        match class {
            Class::Lasting => Ok(&self.lasting),
            Class::Month(month) => self.months.get(&month).ok_or(StoreError::NoKey(month)),
        }
    }

    /// Seals a value for the place it will have: `class ‖ nonce ‖ ciphertext`.
    pub(super) fn seal(&self, class: Class, place: &[u8], value: &[u8]) -> Result<Vec<u8>, StoreError> {
        let cipher = XChaCha20Poly1305::new(self.key(class)?.bytes().into());
        let mut nonce = [0; NONCE];
        rand::rng().fill_bytes(&mut nonce);
        let number = class.number().to_be_bytes();
        let aad = [number.as_slice(), place].concat();
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: value, aad: &aad })
            .map_err(|_| StoreError::TooLarge("value"))?;
        Ok([number.as_slice(), &nonce, &sealed].concat())
    }

    /// Opens what was sealed for this place.
    pub(super) fn unseal(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let damaged = || StoreError::Damaged("a value does not unseal".into());
        let (number, rest) = sealed.split_first_chunk::<4>().ok_or_else(damaged)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>().ok_or_else(damaged)?;
        let class = Class::from_number(u32::from_be_bytes(*number));
        let cipher = XChaCha20Poly1305::new(self.key(class)?.bytes().into());
        let aad = [number.as_slice(), place].concat();
        cipher.decrypt(&XNonce::from(*nonce), Payload { msg: ciphertext, aad: &aad }).map_err(|_| damaged())
    }
}
