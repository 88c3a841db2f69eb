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

pub(crate) mod padding;
mod seal;
mod stub;

pub use seal::{OpenError, SealError, Unsealed, drop_mark, open, seal};
pub use stub::Stub;

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
    id: EnvelopeId,
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
        Ok(Envelope::of(header, GateTag(gate), clear.to_vec(), payload.to_vec()))
    }

    fn of(header: Header, gate: GateTag, clear: Vec<u8>, payload: Vec<u8>) -> Envelope {
        let id = envelope_id(&header, &clear_hash(&clear), &payload_hash(&payload));
        Envelope { id, header, gate, clear, payload }
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

    /// Its name, hashed once when it was decoded or sealed.
    pub fn id(&self) -> EnvelopeId {
        self.id
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

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes() -> Vec<u8> {
        let header = Header {
            control: false,
            epoch: EpochTag([1; 8]),
            hour: Hour(498_696),
            clear_length: 0,
            payload_length: 296,
            drop: DropMark([2; 16]),
        };
        [header.encode().as_slice(), &[3; 16], &[4; 296]].concat()
    }

    fn altered(at: usize, to: u8) -> Result<Envelope, EnvelopeError> {
        let mut bytes = bytes();
        bytes[at] = to;
        Envelope::decode(&bytes)
    }

    #[test]
    fn the_header_is_as_specified() {
        let bytes = bytes();
        assert_eq!(bytes[..2], [1, 0]);
        assert_eq!(bytes[2..10], [1; 8]);
        assert_eq!(bytes[10..14], 498_696_u32.to_be_bytes());
        assert_eq!(bytes[14..18], [0; 4]);
        assert_eq!(bytes[18..20], [1, 40]);
        assert_eq!(bytes[20..36], [2; 16]);
        let envelope = Envelope::decode(&bytes).unwrap();
        assert_eq!(envelope.encode(), bytes);
        assert_eq!(envelope.gate(), &GateTag([3; 16]));
    }

    #[test]
    fn what_is_not_an_envelope_is_refused() {
        let long = [bytes(), vec![0]].concat();
        assert_eq!(Envelope::decode(&long), Err(EnvelopeError::Length));
        assert_eq!(Envelope::decode(&vec![1; limits::ENVELOPE + 1]), Err(EnvelopeError::TooLarge));
        for cut in 0..bytes().len() {
            assert_eq!(Envelope::decode(&bytes()[..cut]), Err(EnvelopeError::Length), "{cut}");
        }
        assert_eq!(altered(0, 0), Err(EnvelopeError::Version(0)));
        assert_eq!(altered(0, 2), Err(EnvelopeError::Version(2)));
        for bit in 2..8 {
            assert_eq!(altered(1, 1 << bit), Err(EnvelopeError::Flags(1 << bit)));
        }
        assert_eq!(altered(1, CONTROL), Err(EnvelopeError::Parts), "a control entry with a drop mark");
        assert_eq!(altered(1, CLEAR), Err(EnvelopeError::Parts), "a clear part of no bytes");
        assert_eq!(altered(17, 1), Err(EnvelopeError::Parts), "a clear part without its flag");
        assert_eq!(altered(14, 1), Err(EnvelopeError::Parts), "likewise");
        assert_eq!(altered(18, 0x81), Err(EnvelopeError::TooLarge));
        assert_eq!(altered(19, 41), Err(EnvelopeError::Padding));
        assert_eq!(altered(18, 0), Err(EnvelopeError::Padding));
    }

    #[test]
    fn content_has_no_clear_part_and_none_is_too_long() {
        let mut bytes = bytes();
        (bytes[1], bytes[17]) = (CLEAR, 1);
        assert_eq!(Envelope::decode(&bytes), Err(EnvelopeError::Parts));
        (bytes[1], bytes[14]) = (CLEAR | CONTROL, 1);
        assert_eq!(Envelope::decode(&bytes), Err(EnvelopeError::TooLarge));
    }

    #[test]
    fn the_id_leaves_the_gate_tag_out_and_nothing_else() {
        let id = Envelope::decode(&bytes()).unwrap().id();
        for (at, same) in
            [(2, false), (11, false), (25, false), (36, true), (51, true), (52, false), (347, false)]
        {
            assert_eq!(altered(at, 0xee).unwrap().id() == id, same, "{at}");
        }
        let gone = envelope_id(
            Envelope::decode(&bytes()).unwrap().header(),
            &clear_hash(&[]),
            &payload_hash(&[4; 296]),
        );
        assert_eq!(gone, id, "an envelope whose payload is gone keeps its name");
    }
}
