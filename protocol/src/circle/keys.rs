//! The keys of a circle, and how frames are sealed under them.
//!
//! A frame is `kind ‖ nonce ‖ sealed`; inside are `length (u16) ‖ content ‖ zeros` to a multiple of [`PAD`], so that a
//! pass looks like a share. The kind and the circle are associated data.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable, setup_receiver, setup_sender_with_rng};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::Setting;
use crate::body::CircleDoor;
use crate::id::{SealKey, VoiceKey, keyed_hash, truncate};
use crate::identity::SealSecret;
use crate::limits;
use crate::secret::secret;

/// What is padded to a multiple of this, in bytes.
pub(super) const PAD: usize = 1024;
const NONCE: usize = 24;

/// Which key a frame is sealed under, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FrameKind {
    /// Asking to be let in, and answers: under the door's key.
    Door = 1,
    /// What is said inside: under the circle's key.
    Voice = 2,
    /// That the circle is over: under the door's key.
    Over = 3,
}

impl FrameKind {
    /// The kind of a frame that came.
    pub(super) fn of(frame: &[u8]) -> Option<FrameKind> {
        match frame.first()? {
            1 => Some(FrameKind::Door),
            2 => Some(FrameKind::Voice),
            3 => Some(FrameKind::Over),
            _ => None,
        }
    }
}

secret!(
    /// What everything said in a circle is sealed under: random, and gone when the circle is.
    CircleKey
);

impl CircleKey {
    /// Draws a new one.
    pub(super) fn generate(rng: &mut impl CryptoRng) -> CircleKey {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut_slice());
        CircleKey(*bytes)
    }

    /// By what it is known at the door.
    pub(super) fn id(&self) -> [u8; 16] {
        truncate(&keyed_hash(&self.0, "kith/1/circle-key-id", &[]))
    }
}

impl CircleDoor {
    /// Draws a new one.
    pub fn generate(rng: &mut impl CryptoRng) -> CircleDoor {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        CircleDoor::from_bytes(bytes)
    }

    /// The name of the topic on which the circle meets.
    pub fn topic(&self) -> [u8; 32] {
        keyed_hash(self.expose(), "kith/1/circle-topic", &[])
    }

    /// Under what people ask to be let in.
    pub(super) fn key(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(keyed_hash(self.expose(), "kith/1/circle-door", &[]))
    }
}

/// Seals a frame; `None` if it would be larger than one may be.
pub(super) fn seal(
    kind: FrameKind,
    key: &[u8; 32],
    setting: &Setting,
    content: &[u8],
    rng: &mut impl CryptoRng,
) -> Option<Vec<u8>> {
    let length = u16::try_from(content.len()).ok()?;
    let mut plain = Zeroizing::new(Vec::with_capacity(content.len().saturating_add(PAD)));
    plain.extend_from_slice(&length.to_be_bytes());
    plain.extend_from_slice(content);
    let padded = plain.len().next_multiple_of(PAD);
    plain.resize(padded, 0);
    let mut nonce = [0; NONCE];
    rng.fill_bytes(&mut nonce);
    let payload = Payload { msg: &plain, aad: &aad(kind, setting) };
    let sealed = XChaCha20Poly1305::new(key.into()).encrypt(&XNonce::from(nonce), payload).ok()?;
    let frame = [[kind as u8].as_slice(), &nonce, &sealed].concat();
    (frame.len() <= limits::CIRCLE_FRAME).then_some(frame)
}

/// Opens a frame of this kind; `None` if it was sealed under another key, for another circle, or changed.
pub(super) fn open(
    kind: FrameKind,
    key: &[u8; 32],
    setting: &Setting,
    frame: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let (first, rest) = frame.split_first()?;
    let (nonce, sealed) = rest.split_first_chunk::<NONCE>()?;
    if *first != kind as u8 || frame.len() > limits::CIRCLE_FRAME {
        return None;
    }
    let payload = Payload { msg: sealed, aad: &aad(kind, setting) };
    let plain = XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(*nonce), payload).ok()?;
    let plain = Zeroizing::new(plain);
    let (length, rest) = plain.split_first_chunk::<2>()?;
    let content = rest.get(..usize::from(u16::from_be_bytes(*length)))?;
    Some(Zeroizing::new(content.to_vec()))
}

fn aad(kind: FrameKind, setting: &Setting) -> Vec<u8> {
    [b"kith/1/circle-frame\0".as_slice(), &[kind as u8], setting.group.as_ref(), setting.circle.as_ref()]
        .concat()
}

/// A circle's key, sealed to the log of somebody who is let in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct KeySlot {
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    encapped: [u8; 32],
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    sealed: [u8; 48],
}

impl KeySlot {
    /// Seals a key for the voice `to`, whose log has the key `log`, by the voice `from`.
    pub(super) fn seal(
        key: &CircleKey,
        setting: &Setting,
        (to, log): (&VoiceKey, &SealKey),
        from: &VoiceKey,
        rng: &mut impl CryptoRng,
    ) -> Option<KeySlot> {
        let recipient = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(&log.0).ok()?;
        let (encapped, mut context) =
            setup_sender_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
                &OpModeS::Base,
                &recipient,
                &info(setting, to, from),
                rng,
            )
            .ok()?;
        let sealed = context.seal(key.expose(), &[]).ok()?.try_into().ok()?;
        Some(KeySlot { encapped: encapped.to_bytes().into(), sealed })
    }

    /// Opens it with the secret of the log it was sealed to.
    pub(super) fn open(
        &self,
        setting: &Setting,
        (to, secret): (&VoiceKey, &SealSecret),
        from: &VoiceKey,
    ) -> Option<CircleKey> {
        let encapped = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(&self.encapped).ok()?;
        let mut context = setup_receiver::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            secret.hpke(),
            &encapped,
            &info(setting, to, from),
        )
        .ok()?;
        let plain = Zeroizing::new(context.open(&self.sealed, &[]).ok()?);
        Some(CircleKey(plain.as_slice().try_into().ok()?))
    }
}

fn info(setting: &Setting, to: &VoiceKey, from: &VoiceKey) -> Vec<u8> {
    let (group, circle) = (setting.group.as_ref(), setting.circle.as_ref());
    [b"kith/1/circle-slot\0".as_slice(), group, circle, to.as_ref(), from.as_ref()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circle::kit::{rng, setting};
    use crate::id::EntryId;

    #[test]
    fn a_frame_opens_under_its_key_in_its_circle_as_its_kind() {
        let key = [1; 32];
        let frame = seal(FrameKind::Voice, &key, &setting(), b"hello", &mut rng(1)).unwrap();
        let opened = open(FrameKind::Voice, &key, &setting(), &frame).unwrap();
        assert_eq!(opened.as_slice(), b"hello");
        let elsewhere = Setting { circle: EntryId([9; 32]), ..setting() };
        assert!(open(FrameKind::Voice, &key, &elsewhere, &frame).is_none());
        assert!(open(FrameKind::Voice, &[2; 32], &setting(), &frame).is_none());
        let door = [&[1], &frame[1..]].concat();
        assert!(open(FrameKind::Door, &key, &setting(), &door).is_none());
        for at in [1, 30, frame.len() - 1] {
            let mut altered = frame.clone();
            altered[at] ^= 1;
            assert!(open(FrameKind::Voice, &key, &setting(), &altered).is_none(), "byte {at}");
        }
        assert!(open(FrameKind::Voice, &key, &setting(), &frame[..20]).is_none());
    }

    #[test]
    fn what_is_short_looks_alike_and_what_is_too_long_is_refused() {
        let size = |length: usize| {
            seal(FrameKind::Voice, &[1; 32], &setting(), &vec![7; length], &mut rng(1))
                .map(|frame| frame.len())
        };
        assert_eq!(size(0), size(900));
        assert_eq!(size(limits::CIRCLE_FRAME), None);
    }

    #[test]
    fn a_key_opens_for_the_log_it_was_sealed_to() {
        let (key, log) = (CircleKey::generate(&mut rng(1)), SealSecret::from_bytes([4; 32]));
        let (to, from) = (VoiceKey([1; 32]), VoiceKey([2; 32]));
        let slot = KeySlot::seal(&key, &setting(), (&to, &log.key()), &from, &mut rng(2)).unwrap();
        assert_eq!(slot.open(&setting(), (&to, &log), &from), Some(key));
        assert_eq!(slot.open(&setting(), (&to, &SealSecret::from_bytes([5; 32])), &from), None);
        assert_eq!(slot.open(&setting(), (&from, &log), &from), None, "passed on to another voice");
        assert_eq!(slot.open(&setting(), (&to, &log), &to), None, "passed on by another voice");
    }
}
