//! Sealing an entry into an envelope, and opening one.
//!
//! Sealing is deterministic: one entry under one epoch makes one envelope, whoever seals it. The nonce is a
//! keyed hash of everything sealed, and who opens recomputes it: so no two envelopes share a nonce by
//! accident, and the AEAD, which by itself would let one ciphertext open under two keys, commits to its key.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use thiserror::Error;

use super::{Envelope, GateTag, Header, NONCE, clear_hash, padding};
use crate::body::Body;
use crate::codec::CodecError;
use crate::entry::{Bond, Entry, SignedEntry};
use crate::epoch::keys::ClassKeys;
use crate::epoch::{Clear, EpochKeys};
use crate::id::{DropMark, EpochId, hash, keyed_hash, truncate};
use crate::limits;
use crate::secret::same;

/// Why an entry cannot be sealed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SealError {
    /// The entry or its clear part is larger than an envelope may hold.
    #[error("too large for one envelope")]
    TooLarge,
    /// A content entry, and only the control part of the epoch is held.
    #[error("the epoch's content key is not held")]
    NoKey,
    /// A mint or wrap without its clear part, one on another kind, or one the entry does not commit to.
    #[error("the clear part is not the one the entry speaks of")]
    Clear,
    /// A mint that is not sealed under its own epoch.
    #[error("a new epoch is sealed under itself")]
    Epoch,
    /// Content signed for another epoch or for no envelope, or a control entry signed like content.
    #[error("the entry was signed for another envelope")]
    Bond,
}

/// Why an envelope does not open, or what is inside does not fit what is outside.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Sealed under another epoch than the keys are of; try others.
    #[error("sealed under another epoch")]
    OtherEpoch,
    /// A content entry, and only the control part of the epoch is held.
    #[error("the epoch's content key is not held")]
    NoKey,
    /// The gate tag is not of this epoch: keepers would refuse the envelope.
    #[error("the gate tag is wrong")]
    Gate,
    /// Not sealed with this epoch's key, or altered since.
    #[error("does not open with the epoch's key")]
    Sealed,
    /// Padding that is not as it must be.
    #[error("wrong padding")]
    Padding,
    /// A nonce other than the entry's own.
    #[error("the nonce is not derived from what is sealed")]
    Nonce,
    /// Something else than an entry is inside.
    #[error("not an entry: {0}")]
    Entry(CodecError),
    /// The header's hour is not that of the entry's time.
    #[error("the hour outside is not that of the entry")]
    Hour,
    /// The header says control and the entry is content, or the other way round.
    #[error("the kind outside is not that of the entry")]
    Kind,
    /// A mint or wrap without clear part, a clear part on another kind, or one the entry does not commit to.
    #[error("the clear part is not the one the entry speaks of")]
    Clear,
    /// The clear part cannot be read.
    #[error("not a clear part: {0}")]
    ClearForm(CodecError),
    /// A mint sealed under another epoch, or a clear part that names another than the entry.
    #[error("the epoch outside is not that of the entry")]
    Epoch,
}

/// What was inside an envelope: well-formed and fitting its outside. Nobody has looked at the signature yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsealed {
    /// The entry's bytes and signature.
    pub signed: SignedEntry,
    /// The entry.
    pub entry: Entry,
    /// The clear part of a mint or wrap, which the entry commits to.
    pub clear: Option<Clear>,
}

/// The drop mark that a secret belongs to.
pub fn drop_mark(secret: &[u8; 32]) -> DropMark {
    DropMark(truncate(&hash("kith/1/drop", &[secret])))
}

/// Seals an entry under an epoch. `entry` is what `signed` reads as; `clear` is given for a mint or a wrap and
/// for nothing else. Content goes into the one envelope it was signed for, a control entry into one of each epoch.
///
/// # Errors
/// [`SealError`]; [`SealError::TooLarge`] is the only one that a person's words can cause.
pub fn seal(
    signed: &SignedEntry,
    entry: &Entry,
    keys: &EpochKeys,
    clear: Option<&Clear>,
) -> Result<Envelope, SealError> {
    let control = entry.body.kind().is_control();
    let drop = match signed.bond() {
        None if control => DropMark([0; DropMark::LEN]),
        Some(bond) if !control && bond.epoch == keys.epoch() => bond.drop,
        _ => return Err(SealError::Bond),
    };
    let class = keys.class(control).ok_or(SealError::NoKey)?;
    let clear_bytes = clear.map(Clear::encode).unwrap_or_default();
    let clear_hash = clear_hash(&clear_bytes);
    fits(&entry.body, clear, &clear_hash, keys.epoch()).map_err(|misfit| match misfit {
        Misfit::Clear => SealError::Clear,
        Misfit::Epoch => SealError::Epoch,
    })?;

    let signed = signed.to_bytes();
    let length = u16::try_from(signed.len()).map_err(|_| SealError::TooLarge)?;
    let mut plain = [length.to_be_bytes().as_slice(), &signed].concat();
    plain.resize(padding::padded(plain.len()), 0);
    let payload_length = plain.len().saturating_add(NONCE).saturating_add(super::AEAD_TAG);
    if payload_length > limits::PAYLOAD || clear_bytes.len() > limits::CLEAR {
        return Err(SealError::TooLarge);
    }
    let header = Header {
        control,
        epoch: keys.epoch().tag(),
        hour: entry.time.hour(),
        clear_length: u32::try_from(clear_bytes.len()).map_err(|_| SealError::TooLarge)?,
        payload_length: u16::try_from(payload_length).map_err(|_| SealError::TooLarge)?,
        drop,
    };

    let nonce = nonce(&class, &header, &clear_hash, &signed);
    close(keys, &class, header, clear_bytes, &plain, nonce)
}

/// Encrypts a padded plaintext and puts the envelope together.
fn close(
    keys: &EpochKeys,
    class: &ClassKeys,
    header: Header,
    clear: Vec<u8>,
    plain: &[u8],
    nonce: [u8; NONCE],
) -> Result<Envelope, SealError> {
    let sealed = XChaCha20Poly1305::new((&class.seal).into())
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &aad(&header, &clear_hash(&clear)) })
        .map_err(|_| SealError::TooLarge)?;
    let payload = [nonce.as_slice(), &sealed].concat();
    let mut envelope = Envelope::of(header, GateTag([0; 16]), clear, payload);
    envelope.gate = keys.control().gate().tag(&envelope.id());
    Ok(envelope)
}

/// Opens an envelope with the keys of its epoch, and checks everything that can be checked without knowing
/// the group: see [`OpenError`].
///
/// # Errors
/// [`OpenError`], naming the first thing wrong.
pub fn open(envelope: &Envelope, keys: &EpochKeys) -> Result<Unsealed, OpenError> {
    let header = &envelope.header;
    if header.epoch != keys.epoch().tag() {
        return Err(OpenError::OtherEpoch);
    }
    let class = keys.class(header.control).ok_or(OpenError::NoKey)?;
    if !keys.control().gate().admits(&envelope.id(), &envelope.gate) {
        return Err(OpenError::Gate);
    }
    let clear_hash = clear_hash(&envelope.clear);
    let (sent_nonce, sealed) = envelope.payload.split_first_chunk::<NONCE>().ok_or(OpenError::Sealed)?;
    let plain = XChaCha20Poly1305::new((&class.seal).into())
        .decrypt(&XNonce::from(*sent_nonce), Payload { msg: sealed, aad: &aad(header, &clear_hash) })
        .map_err(|_| OpenError::Sealed)?;
    let bytes = unpadded(&plain).ok_or(OpenError::Padding)?;
    if !same(&nonce(&class, header, &clear_hash, bytes), sent_nonce) {
        return Err(OpenError::Nonce);
    }

    let bond = (!header.control).then_some(Bond { epoch: keys.epoch(), drop: header.drop });
    let signed = SignedEntry::from_bytes(bytes, bond).map_err(OpenError::Entry)?;
    let entry = signed.entry().map_err(OpenError::Entry)?;
    if entry.body.kind().is_control() != header.control {
        return Err(OpenError::Kind);
    }
    if entry.time.hour() != header.hour {
        return Err(OpenError::Hour);
    }
    let clear = match envelope.clear.as_slice() {
        [] => None,
        bytes => Some(Clear::decode(bytes).map_err(OpenError::ClearForm)?),
    };
    fits(&entry.body, clear.as_ref(), &clear_hash, keys.epoch()).map_err(|misfit| match misfit {
        Misfit::Clear => OpenError::Clear,
        Misfit::Epoch => OpenError::Epoch,
    })?;
    Ok(Unsealed { signed, entry, clear })
}

enum Misfit {
    Clear,
    Epoch,
}

/// A clear part is there exactly for the two kinds that have one, is what the entry commits to and speaks of
/// the same epoch; and a mint is sealed under the epoch it begins.
fn fits(body: &Body, clear: Option<&Clear>, hash: &[u8; 32], sealed_under: EpochId) -> Result<(), Misfit> {
    let (commitment, epoch) = match body {
        Body::Mint(mint) => (&mint.clear, mint.epoch),
        Body::Wrap(wrap) => (&wrap.clear, wrap.epoch),
        _ => return if clear.is_none() { Ok(()) } else { Err(Misfit::Clear) },
    };
    let clear = clear.filter(|_| commitment == hash).ok_or(Misfit::Clear)?;
    let own = !matches!(body, Body::Mint(_)) || epoch == sealed_under;
    if own && clear.epoch() == epoch { Ok(()) } else { Err(Misfit::Epoch) }
}

/// What lies before the padding, if that is all zero and exactly as long as it must be.
fn unpadded(plain: &[u8]) -> Option<&[u8]> {
    let (length, rest) = plain.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (bytes, zeros) = rest.split_at_checked(length)?;
    let exact = padding::padded(length.saturating_add(2)) == plain.len();
    (exact && zeros.iter().all(|byte| *byte == 0)).then_some(bytes)
}

fn nonce(class: &ClassKeys, header: &Header, clear: &[u8; 32], signed: &[u8]) -> [u8; NONCE] {
    truncate(&keyed_hash(&class.nonce, "kith/1/nonce", &[&header.encode(), clear, signed]))
}

fn aad(header: &Header, clear: &[u8; 32]) -> Vec<u8> {
    [header.encode().as_slice(), clear].concat()
}

#[cfg(test)]
mod tests;
