//! Letters: what is meant for one or a few people, so that nobody else sees who wrote to whom, or whether.
//!
//! ```text
//! message ─ cut into pieces ─ each piece into a letter: 3 slots (its key, sealed to a log) ‖ 512 sealed bytes
//! ```
//!
//! Guarantees: a letter is of one length, whatever is in it and for however many of its three slots; unused slots
//! are sealed to keys that nobody has, so that an empty letter looks like any other; a slot opens for the log that it
//! was sealed to, in a letter of the author who sealed it, in this group, and nowhere else. Nodes write empty ones now
//! and then. What can be seen is that somebody wrote a letter, and how many.
//!
//! Refuses to say who a letter is for. Receivers try every slot with the keys of their logs.

mod message;
mod pieces;
mod quote;

pub use message::{Heard, Knock, Message, Outcome, ReportKind};
pub use pieces::{Gathering, PieceError, cut};
pub use quote::{Quote, QuotedLetter, direct};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable, setup_receiver, setup_sender_with_rng};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::body::{Letter, Slot};
use crate::id::{GroupId, MemberKey, SealKey};
use crate::identity::SealSecret;
use crate::limits;

/// Bytes that sealing adds.
pub(crate) const SEAL: usize = 16;

/// Most bytes of a piece: what is left of a letter's content after its length.
pub const PIECE: usize = limits::LETTER - 2;

/// Seals one piece to at most [`limits::LETTER_SLOTS`] logs; without any it is an empty letter. `None` if the piece is
/// longer than [`PIECE`], there are more logs than slots, or one of them has no key that can be sealed to.
pub fn seal(
    piece: &[u8],
    group: &GroupId,
    author: &MemberKey,
    to: &[SealKey],
    rng: &mut impl CryptoRng,
) -> Option<Letter> {
    if piece.len() > PIECE || to.len() > limits::LETTER_SLOTS {
        return None;
    }
    let mut key = Zeroizing::new([0; 32]);
    rng.fill_bytes(key.as_mut_slice());
    let mut slots = Vec::with_capacity(limits::LETTER_SLOTS);
    for place in 0..limits::LETTER_SLOTS {
        let recipient = match to.get(place) {
            Some(to) => *to,
            None => {
                let mut nobody = Zeroizing::new([0; 32]);
                rng.fill_bytes(nobody.as_mut_slice());
                SealSecret::from_bytes(*nobody).key()
            }
        };
        slots.push(slot(&key, group, author, &recipient, rng)?);
    }
    // Which slots are used is not to be told by their places.
    slots.sort_unstable_by_key(|slot| slot.encapped);
    let length = u16::try_from(piece.len()).ok()?;
    let mut plain = Zeroizing::new([length.to_be_bytes().as_slice(), piece].concat());
    plain.resize(limits::LETTER, 0);
    let cipher = XChaCha20Poly1305::new((&*key).into());
    // The key is of this letter alone.
    let sealed =
        cipher.encrypt(&XNonce::from([0; 24]), Payload { msg: &plain, aad: &aad(group, author) }).ok()?;
    Some(Letter { slots, sealed })
}

/// Opens a letter that is for the log which `secret` belongs to. Whoever has several logs asks with each.
pub fn open(
    letter: &Letter,
    group: &GroupId,
    author: &MemberKey,
    secret: &SealSecret,
) -> Option<Zeroizing<Vec<u8>>> {
    open_with(letter, group, author, &*key(letter, group, author, secret)?)
}

/// The key of a letter that is for the log which `secret` belongs to: whoever has it can show others what the letter says.
pub fn key(
    letter: &Letter,
    group: &GroupId,
    author: &MemberKey,
    secret: &SealSecret,
) -> Option<Zeroizing<[u8; 32]>> {
    letter.slots.iter().find_map(|slot| unseal(slot, group, author, secret))
}

/// Opens a letter with its key.
pub fn open_with(
    letter: &Letter,
    group: &GroupId,
    author: &MemberKey,
    key: &[u8; 32],
) -> Option<Zeroizing<Vec<u8>>> {
    let cipher = XChaCha20Poly1305::new(key.into());
    let payload = Payload { msg: &letter.sealed, aad: &aad(group, author) };
    let plain = Zeroizing::new(cipher.decrypt(&XNonce::from([0; 24]), payload).ok()?);
    let (length, rest) = plain.split_first_chunk::<2>()?;
    let piece = rest.get(..usize::from(u16::from_be_bytes(*length)))?;
    Some(Zeroizing::new(piece.to_vec()))
}

fn slot(
    key: &[u8; 32],
    group: &GroupId,
    author: &MemberKey,
    to: &SealKey,
    rng: &mut impl CryptoRng,
) -> Option<Slot> {
    let recipient = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(&to.0).ok()?;
    let (encapped, mut context) = setup_sender_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &recipient,
        &info(group, author),
        rng,
    )
    .ok()?;
    let sealed = context.seal(key, &[]).ok()?.try_into().ok()?;
    Some(Slot { encapped: encapped.to_bytes().into(), sealed })
}

fn unseal(
    slot: &Slot,
    group: &GroupId,
    author: &MemberKey,
    secret: &SealSecret,
) -> Option<Zeroizing<[u8; 32]>> {
    let encapped = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(&slot.encapped).ok()?;
    let mut context = setup_receiver::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        secret.hpke(),
        &encapped,
        &info(group, author),
    )
    .ok()?;
    let plain = Zeroizing::new(context.open(&slot.sealed, &[]).ok()?);
    Some(Zeroizing::new(plain.as_slice().try_into().ok()?))
}

fn info(group: &GroupId, author: &MemberKey) -> Vec<u8> {
    [b"kith/1/letter-slot\0".as_slice(), group.as_ref(), author.as_ref()].concat()
}

fn aad(group: &GroupId, author: &MemberKey) -> Vec<u8> {
    [b"kith/1/letter\0".as_slice(), group.as_ref(), author.as_ref()].concat()
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;
    use crate::codec;

    const GROUP: GroupId = GroupId([5; 32]);
    const AUTHOR: MemberKey = MemberKey([6; 32]);

    fn secret(byte: u8) -> SealSecret {
        SealSecret::from_bytes([byte; 32])
    }

    fn rng() -> ChaCha20Rng {
        ChaCha20Rng::from_seed([1; 32])
    }

    #[test]
    fn a_letter_opens_for_those_it_is_for() {
        let to = [secret(1).key(), secret(2).key()];
        let letter = seal(b"hello", &GROUP, &AUTHOR, &to, &mut rng()).unwrap();
        for one in [1, 2] {
            assert_eq!(open(&letter, &GROUP, &AUTHOR, &secret(one)).unwrap().as_slice(), b"hello");
        }
        assert!(open(&letter, &GROUP, &AUTHOR, &secret(3)).is_none());
        assert!(open(&letter, &GROUP, &MemberKey([7; 32]), &secret(1)).is_none(), "passed on as another's");
        assert!(open(&letter, &GroupId([7; 32]), &AUTHOR, &secret(1)).is_none());
    }

    #[test]
    fn every_letter_looks_alike() {
        let shape = |piece: &[u8], to: &[SealKey]| {
            let letter = seal(piece, &GROUP, &AUTHOR, to, &mut rng()).unwrap();
            assert_eq!(
                (letter.slots.len(), letter.sealed.len()),
                (limits::LETTER_SLOTS, limits::LETTER + SEAL)
            );
            codec::encode(&letter).len()
        };
        let all = [secret(1).key(), secret(2).key(), secret(3).key()];
        let sizes = [shape(b"", &[]), shape(b"one", &all[..1]), shape(&[9; PIECE], &all)];
        assert!(sizes.iter().all(|size| *size == sizes[0]), "{sizes:?}");
        let four = [all[0], all[1], all[2], all[0]];
        assert!(seal(b"", &GROUP, &AUTHOR, &four, &mut rng()).is_none());
        assert!(seal(&[0; PIECE + 1], &GROUP, &AUTHOR, &all, &mut rng()).is_none());
    }

    #[test]
    fn a_letter_that_was_changed_opens_for_nobody() {
        let letter = seal(b"hello", &GROUP, &AUTHOR, &[secret(1).key()], &mut rng()).unwrap();
        let mut other = letter.clone();
        other.sealed[3] ^= 1;
        assert!(open(&other, &GROUP, &AUTHOR, &secret(1)).is_none());
        let mut other = letter;
        other.slots.iter_mut().for_each(|slot| slot.sealed[3] ^= 1);
        assert!(open(&other, &GROUP, &AUTHOR, &secret(1)).is_none());
    }
}
