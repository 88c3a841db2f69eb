//! An envelope: what travels and is stored. A small clear header, and a sealed, padded entry.
//!
//! ```text
//! version 1 │ flags 1 │ epoch tag 8 │ hour 4 │ clear length 4 │ payload length 2 │ drop mark 16    header, 36
//! gate tag 16 │ clear part │ payload = nonce 24 ‖ sealed entry ‖ tag 16
//! ```
//!
//! Guarantees of [`Envelope::decode`]: a known version, no unknown flag, lengths that fit the bytes exactly and
//! are within their limits, a payload of a length that padding makes, a clear part and no drop mark only where
//! they may be. So [`Envelope::encode`] gives back the same bytes. Nothing is said about who sealed it: members
//! find that out with [`open`], keepers with [`GateKey::admits`](crate::epoch::GateKey::admits).
//!
//! The gate tag is left out of the envelope's id, so that it can be checked against the id alone; the payload
//! enters it as a hash, so that a withdrawn payload can go while the envelope keeps its name.

mod padding;
mod seal;

pub use seal::{OpenError, SealError, Unsealed, drop_mark, open, seal};

use thiserror::Error;

use crate::id::{DropMark, EnvelopeId, EpochTag, hash};
use crate::limits;
use crate::time::Hour;

/// The version of the envelope format that this crate writes and reads.
pub const VERSION: u8 = 1;

const CONTROL: u8 = 1;
const CLEAR: u8 = 2;
const NONCE: usize = 24;
const AEAD_TAG: usize = 16;
const GATE: usize = 16;

/// Sixteen bytes that show that somebody of the group sealed an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateTag(pub [u8; 16]);

/// Why bytes are not an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// Of a version this crate does not read.
    #[error("an envelope of version {0}")]
    Version(u8),
    /// A flag this version does not know.
    #[error("an unknown flag in {0:#04x}")]
    Flags(u8),
    /// Longer than [`limits::ENVELOPE`], or a part of it than its own limit.
    #[error("an envelope larger than its limit")]
    TooLarge,
    /// The bytes are fewer or more than the header says.
    #[error("an envelope that is not as long as it says")]
    Length,
    /// A payload no padding makes.
    #[error("a payload of a length that padding does not make")]
    Padding,
    /// A clear part on content, a flag that does not fit it, or a drop mark on a control entry.
    #[error("parts that do not belong together")]
    Parts,
}

/// The clear beginning of an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Whether a control entry is inside (else content).
    pub control: bool,
    /// The epoch it is sealed under.
    pub epoch: EpochTag,
    /// The hour of the entry's time.
    pub hour: Hour,
    /// Length of the clear part in bytes; zero if there is none.
    pub clear_length: u32,
    /// Length of the payload in bytes.
    pub payload_length: u16,
    /// The hash of a secret whose showing lets the payload be dropped; zero on control entries.
    pub drop: DropMark,
}

impl Header {
    /// Length in bytes.
    pub const LEN: usize = 36;

    /// Its bytes.
    pub fn encode(&self) -> [u8; Header::LEN] {
        let clear = if self.clear_length > 0 { CLEAR } else { 0 };
        let flags = clear | if self.control { CONTROL } else { 0 };
        let mut bytes = [VERSION, flags]
            .into_iter()
            .chain(self.epoch.0)
            .chain(self.hour.0.to_be_bytes())
            .chain(self.clear_length.to_be_bytes())
            .chain(self.payload_length.to_be_bytes())
            .chain(self.drop.0);
        std::array::from_fn(|_| bytes.next().unwrap_or_default())
    }

    /// Reads the header at the beginning of `bytes`, and gives back what follows it.
    ///
    /// # Errors
    /// [`EnvelopeError`], for everything the header alone can show.
    pub fn decode(bytes: &[u8]) -> Result<(Header, &[u8]), EnvelopeError> {
        let (version, rest) = bytes.split_first().ok_or(EnvelopeError::Length)?;
        if *version != VERSION {
            return Err(EnvelopeError::Version(*version));
        }
        let (flags, rest) = rest.split_first().ok_or(EnvelopeError::Length)?;
        if flags & !(CONTROL | CLEAR) != 0 {
            return Err(EnvelopeError::Flags(*flags));
        }
        let (epoch, rest) = take(rest)?;
        let (hour, rest) = take(rest)?;
        let (clear_length, rest) = take(rest)?;
        let (payload_length, rest) = take(rest)?;
        let (drop, rest) = take(rest)?;
        let header = Header {
            control: flags & CONTROL != 0,
            epoch: EpochTag(epoch),
            hour: Hour(u32::from_be_bytes(hour)),
            clear_length: u32::from_be_bytes(clear_length),
            payload_length: u16::from_be_bytes(payload_length),
            drop: DropMark(drop),
        };
        if (flags & CLEAR != 0) != (header.clear_length > 0) {
            return Err(EnvelopeError::Parts);
        }
        header.check()?;
        Ok((header, rest))
    }

    /// Length of the clear part and of the payload, in bytes.
    fn lengths(&self) -> (usize, usize) {
        (usize::try_from(self.clear_length).unwrap_or(usize::MAX), usize::from(self.payload_length))
    }

    fn check(&self) -> Result<(), EnvelopeError> {
        let (clear, payload) = self.lengths();
        if clear > limits::CLEAR || payload > limits::PAYLOAD {
            return Err(EnvelopeError::TooLarge);
        }
        let misplaced = if self.control { self.drop != DropMark([0; 16]) } else { clear > 0 };
        if misplaced {
            return Err(EnvelopeError::Parts);
        }
        match payload.checked_sub(NONCE.saturating_add(AEAD_TAG)) {
            Some(plain) if padding::padded(plain) == plain => Ok(()),
            _ => Err(EnvelopeError::Padding),
        }
    }
}

/// One envelope, in the one form it may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    header: Header,
    gate: GateTag,
    clear: Vec<u8>,
    payload: Vec<u8>,
}

impl Envelope {
    /// Reads an envelope that fills `bytes`.
    ///
    /// # Errors
    /// [`EnvelopeError`], naming the first thing wrong.
    pub fn decode(bytes: &[u8]) -> Result<Envelope, EnvelopeError> {
        if bytes.len() > limits::ENVELOPE {
            return Err(EnvelopeError::TooLarge);
        }
        let (header, rest) = Header::decode(bytes)?;
        let (gate, rest) = take::<GATE>(rest)?;
        let (clear_length, payload_length) = header.lengths();
        let (clear, payload) = rest.split_at_checked(clear_length).ok_or(EnvelopeError::Length)?;
        if payload.len() != payload_length {
            return Err(EnvelopeError::Length);
        }
        Ok(Envelope { header, gate: GateTag(gate), clear: clear.to_vec(), payload: payload.to_vec() })
    }

    /// Its bytes: those it was decoded from.
    pub fn encode(&self) -> Vec<u8> {
        [self.header.encode().as_slice(), &self.gate.0, &self.clear, &self.payload].concat()
    }

    /// Its length in bytes.
    pub fn length(&self) -> usize {
        let parts = [Header::LEN, GATE, self.clear.len(), self.payload.len()];
        parts.into_iter().fold(0, usize::saturating_add)
    }

    /// Its name.
    pub fn id(&self) -> EnvelopeId {
        envelope_id(&self.header, &clear_hash(&self.clear), &payload_hash(&self.payload))
    }

    /// Its clear beginning.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What shows keepers that it comes from the group.
    pub fn gate(&self) -> &GateTag {
        &self.gate
    }

    /// The bytes of its clear part; empty if there is none. [`Clear::decode`](crate::epoch::Clear::decode)
    /// reads them; they are to be believed only once the envelope is open.
    pub fn clear(&self) -> &[u8] {
        &self.clear
    }

    /// Nonce, sealed entry and tag.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }
}

/// The name of an envelope whose parts are known by hash, as it stays when its payload is gone.
pub fn envelope_id(header: &Header, clear: &[u8; 32], payload: &[u8; 32]) -> EnvelopeId {
    EnvelopeId(hash("kith/1/envelope", &[&header.encode(), clear, payload]))
}

/// The hash of a clear part, to which the signed entry commits. No clear part counts as an empty one.
pub fn clear_hash(clear: &[u8]) -> [u8; 32] {
    *blake3::hash(clear).as_bytes()
}

/// The hash of a payload.
pub fn payload_hash(payload: &[u8]) -> [u8; 32] {
    *blake3::hash(payload).as_bytes()
}

fn take<const N: usize>(bytes: &[u8]) -> Result<([u8; N], &[u8]), EnvelopeError> {
    bytes.split_first_chunk().map(|(head, rest)| (*head, rest)).ok_or(EnvelopeError::Length)
}
