//! An epoch's key on its way to one log: HPKE in base mode (RFC 9180) with X25519-HKDF-SHA256, HKDF-SHA256
//! and ChaCha20-Poly1305.
//!
//! The tag beside a wrap tells its recipient, and nobody who does not know the recipient's sealing key
//! already, whom it is for. What comes out of a wrap is believed only if the epoch's name is its hash.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable, setup_receiver, setup_sender_with_rng};
use rand_core::CryptoRng;
use thiserror::Error;
use zeroize::Zeroizing;

use super::{Clear, EpochKey};
use crate::body::WrapKey;
use crate::id::{EpochId, GroupId, SealKey, hash, truncate};
use crate::identity::SealSecret;

/// A sealing key that nothing can be sealed to: not a point of the curve that gives a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("nothing can be sealed to this key")]
pub struct BadSealKey;

/// Why a clear part gave no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UnwrapError {
    /// No wrap in it is for this log.
    #[error("the key was not wrapped for this device")]
    NotForMe,
    /// A wrap says it is for this log and does not open, or holds another key than the epoch's.
    #[error("the key wrapped for this device is not that of the epoch")]
    Broken,
}

/// The tag beside the wrap of an epoch's key for one log.
pub fn tag(epoch: &EpochId, to: &SealKey) -> [u8; 8] {
    truncate(&hash("kith/1/wrap-tag", &[epoch.as_ref(), to.as_ref()]))
}

/// Wraps an epoch's key for one log.
///
/// # Errors
/// [`BadSealKey`] if `to` is one of the few values no honest log has; leave that log out.
pub fn wrap(
    key: &EpochKey,
    group: &GroupId,
    to: &SealKey,
    rng: &mut impl CryptoRng,
) -> Result<WrapKey, BadSealKey> {
    let epoch = key.id();
    let recipient = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(&to.0).map_err(|_| BadSealKey)?;
    let (encapped, mut context) = setup_sender_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &recipient,
        &info(group, &epoch),
        rng,
    )
    .map_err(|_| BadSealKey)?;
    let sealed = context.seal(key.expose(), &[]).map_err(|_| BadSealKey)?;
    Ok(WrapKey {
        tag: tag(&epoch, to),
        encapped: encapped.to_bytes().into(),
        sealed: sealed.try_into().map_err(|_| BadSealKey)?,
    })
}

/// Takes the epoch's key out of a clear part, if it is wrapped there for the log that `secret` belongs to.
///
/// # Errors
/// [`UnwrapError`], telling a missing wrap from a bad one: both are reasons to ask for the key.
pub fn unwrap(clear: &Clear, group: &GroupId, secret: &SealSecret) -> Result<EpochKey, UnwrapError> {
    let (epoch, mine) = (clear.epoch(), tag(&clear.epoch(), &secret.key()));
    let mut found = Err(UnwrapError::NotForMe);
    for wrap in clear.wraps().iter().filter(|wrap| wrap.tag == mine) {
        match open(wrap, group, &epoch, secret) {
            Some(key) => return Ok(key),
            None => found = Err(UnwrapError::Broken),
        }
    }
    found
}

fn open(wrap: &WrapKey, group: &GroupId, epoch: &EpochId, secret: &SealSecret) -> Option<EpochKey> {
    let encapped = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(&wrap.encapped).ok()?;
    let mut context = setup_receiver::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        secret.hpke(),
        &encapped,
        &info(group, epoch),
    )
    .ok()?;
    let plain = Zeroizing::new(context.open(&wrap.sealed, &[]).ok()?);
    let key = EpochKey::from_bytes(plain.as_slice().try_into().ok()?);
    (key.id() == *epoch).then_some(key)
}

fn info(group: &GroupId, epoch: &EpochId) -> Vec<u8> {
    [b"kith/1/wrap\0".as_slice(), group.as_ref(), epoch.as_ref()].concat()
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    const GROUP: GroupId = GroupId([5; 32]);

    fn secret(byte: u8) -> SealSecret {
        SealSecret::from_bytes([byte; 32])
    }

    fn clear(key: &EpochKey, to: &[&SealSecret]) -> Clear {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let wraps = to.iter().map(|to| wrap(key, &GROUP, &to.key(), &mut rng).unwrap()).collect();
        Clear::new(key.id(), wraps, vec![]).unwrap()
    }

    #[test]
    fn every_recipient_gets_the_key_and_nobody_else() {
        let key = EpochKey::from_bytes([7; 32]);
        let clear = clear(&key, &[&secret(1), &secret(2)]);
        assert_eq!(unwrap(&clear, &GROUP, &secret(1)), Ok(key.clone()));
        assert_eq!(unwrap(&clear, &GROUP, &secret(2)), Ok(key));
        assert_eq!(unwrap(&clear, &GROUP, &secret(3)), Err(UnwrapError::NotForMe));
    }

    #[test]
    fn a_wrap_is_bound_to_its_group_and_its_epoch() {
        let key = EpochKey::from_bytes([7; 32]);
        let sealed = clear(&key, &[&secret(1)]);
        assert_eq!(unwrap(&sealed, &GroupId([6; 32]), &secret(1)), Err(UnwrapError::Broken));

        // The right key of another epoch under this epoch's name.
        let other = EpochKey::from_bytes([8; 32]);
        let mut moved = clear(&other, &[&secret(1)]).wraps()[0].clone();
        moved.tag = tag(&key.id(), &secret(1).key());
        let lie = Clear::new(key.id(), vec![moved], vec![]).unwrap();
        assert_eq!(unwrap(&lie, &GROUP, &secret(1)), Err(UnwrapError::Broken));
    }

    #[test]
    fn a_wrong_key_sealed_honestly_is_refused() {
        let (named, inside) = (EpochKey::from_bytes([7; 32]), EpochKey::from_bytes([8; 32]));
        let to = secret(1);
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let recipient = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(&to.key().0).unwrap();
        let (encapped, mut context) =
            setup_sender_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
                &OpModeS::Base,
                &recipient,
                &info(&GROUP, &named.id()),
                &mut rng,
            )
            .unwrap();
        let wrap = WrapKey {
            tag: tag(&named.id(), &to.key()),
            encapped: encapped.to_bytes().into(),
            sealed: context.seal(inside.expose(), &[]).unwrap().try_into().unwrap(),
        };
        let lie = Clear::new(named.id(), vec![wrap], vec![]).unwrap();
        assert_eq!(unwrap(&lie, &GROUP, &to), Err(UnwrapError::Broken));
    }

    #[test]
    fn an_altered_wrap_does_not_open() {
        let key = EpochKey::from_bytes([7; 32]);
        for at in [0, 16, 47] {
            let mut wrap = clear(&key, &[&secret(1)]).wraps()[0].clone();
            wrap.sealed[at] ^= 1;
            let altered = Clear::new(key.id(), vec![wrap], vec![]).unwrap();
            assert_eq!(unwrap(&altered, &GROUP, &secret(1)), Err(UnwrapError::Broken));
        }
    }

    #[test]
    fn a_degenerate_sealing_key_is_refused() {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let key = EpochKey::from_bytes([7; 32]);
        assert_eq!(wrap(&key, &GROUP, &SealKey([0; 32]), &mut rng), Err(BadSealKey));
    }
}
