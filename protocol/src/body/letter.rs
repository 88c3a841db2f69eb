//! A letter as it travels: the same for everything that is meant for one or a few people, and for nothing at all.

use minicbor::{Decode, Encode};

use crate::codec::CodecError;
use crate::limits;

/// One of a letter's three slots: the letter's key sealed to somebody, or to nobody.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Slot {
    /// The encapsulated key of HPKE.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub encapped: [u8; 32],
    /// The letter's key, sealed.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub sealed: [u8; 48],
}

/// A sealed letter. All are of one length, name no recipient, and most are empty: see [`crate::letter`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Letter {
    /// The slots: [`limits::LETTER_SLOTS`].
    #[n(0)]
    pub slots: Vec<Slot>,
    /// What is said, padded and sealed: [`limits::LETTER`] bytes and 16.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
}

impl Letter {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        let fits = self.slots.len() == limits::LETTER_SLOTS
            && self.sealed.len() == limits::LETTER.saturating_add(crate::letter::SEAL);
        if fits { Ok(()) } else { Err(CodecError::Mismatch("a letter of another size".into())) }
    }
}
