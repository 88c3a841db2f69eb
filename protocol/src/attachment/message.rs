//! What is said over a stream for chunks.

use minicbor::{Decode, Encode};

use crate::codec::{self, CodecError, at_most};
use crate::id::AttachmentId;
use crate::limits;

/// The first frame: what somebody looks for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Ask {
    /// The attachment.
    #[n(0)]
    pub id: AttachmentId,
    /// Whether the list of its chunks is not known yet.
    #[n(1)]
    pub manifest: bool,
}

/// The answer: what is there of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Offer {
    /// A bit for each chunk that is there, the first chunk in the highest bit of the first byte; empty if nothing is.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub held: Vec<u8>,
    /// The list of chunks ([`super::Manifest`]), if it was asked for and something is there.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub manifest: Vec<u8>,
}

/// Which chunks to send, in this order: at most [`limits::CHUNKS_WANTED`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Want {
    /// Their numbers, from 0.
    #[n(0)]
    pub chunks: Vec<u16>,
}

impl Ask {
    /// Its bytes.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`CodecError`].
    pub fn decode(bytes: &[u8]) -> Result<Ask, CodecError> {
        codec::decode(bytes)
    }
}

impl Offer {
    /// Its bytes.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`CodecError`], as for more bits than chunks there can be.
    pub fn decode(bytes: &[u8]) -> Result<Offer, CodecError> {
        let offer: Offer = codec::decode(bytes)?;
        at_most(offer.held.len(), limits::CHUNKS.div_ceil(8), "offer of chunks")?;
        Ok(offer)
    }

    /// The bits of some chunks.
    pub(super) fn bits(held: &[bool]) -> Vec<u8> {
        let byte = |eight: &[bool]| {
            let set = eight.iter().zip([0x80, 0x40, 0x20, 0x10, 8, 4, 2, 1]).filter(|(held, _)| **held);
            set.fold(0, |byte, (_, bit)| byte | bit)
        };
        held.chunks(8).map(byte).collect()
    }

    /// Whether a chunk is there.
    pub(super) fn has(&self, index: usize) -> bool {
        let (byte, bit) = (index >> 3, 0x80_u8 >> (index & 7));
        self.held.get(byte).is_some_and(|eight| eight & bit != 0)
    }
}

impl Want {
    /// Its bytes.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`CodecError`], as for too many.
    pub fn decode(bytes: &[u8]) -> Result<Want, CodecError> {
        let want: Want = codec::decode(bytes)?;
        at_most(want.chunks.len(), limits::CHUNKS_WANTED, "chunks asked for")?;
        Ok(want)
    }
}
