//! Which keys open what: epochs, and how members come by them.
//!
//! [`Mint`] and [`Wrap`] are the two kinds whose envelope has a clear part ([`crate::envelope`]): the wraps
//! and back-links must be readable by those who do not hold the key yet. The signed entry commits to it.

use minicbor::{Decode, Encode};

use crate::codec::{CodecError, at_most};
use crate::id::{EpochId, SealKey};
use crate::limits;

/// A new epoch. Its clear part holds wraps of its key and back-links to the epochs before it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Mint {
    /// The epoch.
    #[n(0)]
    pub epoch: EpochId,
    /// BLAKE3 of the clear part.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub clear: [u8; 32],
    /// The epochs it goes on from, whose control keys it links back to; at most [`limits::BACK_LINKS`].
    #[n(2)]
    pub from: Vec<EpochId>,
}

/// An existing epoch's key, wrapped for further logs of current members in the clear part.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Wrap {
    /// The epoch.
    #[n(0)]
    pub epoch: EpochId,
    /// BLAKE3 of the clear part.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub clear: [u8; 32],
}

/// A call for keys: a wrap that did not open, or an epoch that is owed and cannot be reached.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct NeedKey {
    /// The epochs; at most [`limits::BACK_LINKS`].
    #[n(0)]
    pub epochs: Vec<EpochId>,
    /// The sealing key to wrap to: that of the log this entry is in.
    #[n(1)]
    pub seal: SealKey,
}

/// One epoch key, HPKE-sealed to one log's [`SealKey`] (RFC 9180, X25519-HKDF-SHA256, ChaCha20-Poly1305).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WrapKey {
    /// Which log it is for: the first bytes of a hash of epoch and sealing key.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub tag: [u8; 8],
    /// The encapsulated key.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub encapped: [u8; 32],
    /// The epoch key, sealed.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub sealed: [u8; 48],
}

/// The key of an earlier epoch, sealed under a later one.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct BackLink {
    /// The earlier epoch.
    #[n(0)]
    pub epoch: EpochId,
    /// Whether the whole epoch key is inside (control and content), or only its control key.
    #[n(1)]
    pub whole: bool,
    /// The key, sealed.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub sealed: [u8; 48],
}

impl Mint {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        at_most(self.from.len(), limits::BACK_LINKS, "list of epochs")
    }
}

impl NeedKey {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        at_most(self.epochs.len(), limits::BACK_LINKS, "list of epochs")
    }
}
