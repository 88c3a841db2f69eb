//! What travels: what is said inside a circle, and at its door.

use std::fmt;

use ed25519_dalek::{Signer, SigningKey};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::Setting;
use super::apart::{Apart, Led};
use super::certificate::{Certificate, verify};
use super::keys::{self, CircleKey, FrameKind, KeySlot};
use super::order::{OrderMap, TurnId};
use crate::codec;
use crate::id::{MemberKey, VoiceKey, hash};
use crate::identity::MemberSecrets;
use crate::limits;

/// Something signed by a voice.
#[derive(Clone, Debug, Encode, Decode)]
#[cbor(map)]
pub(super) struct Signed {
    /// The voice.
    #[n(0)]
    pub(super) voice: VoiceKey,
    /// The encoded [`Word`].
    #[n(1)]
    pub(super) bytes: ByteVec,
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    signature: [u8; 64],
}

impl Signed {
    /// Signs a word, and seals it under the circle's key.
    pub(super) fn seal(
        word: &Word,
        voice: &SigningKey,
        key: &CircleKey,
        setting: &Setting,
        rng: &mut impl CryptoRng,
    ) -> Option<(Signed, Vec<u8>)> {
        let bytes = codec::encode(word);
        let name = VoiceKey(voice.verifying_key().to_bytes());
        let signature = voice.sign(&covered(b"kith/1/circle-word\0", setting, &name, &bytes)).to_bytes();
        let signed = Signed { voice: name, bytes: bytes.into(), signature };
        let plain = Zeroizing::new(codec::encode(&signed));
        let frame = keys::seal(FrameKind::Voice, key.expose(), setting, &plain, rng)?;
        Some((signed, frame))
    }

    /// Whether the voice it names signed it in this circle.
    pub(super) fn verify(&self, setting: &Setting) -> bool {
        let covered = covered(b"kith/1/circle-word\0", setting, &self.voice, &self.bytes);
        verify(&self.voice.0, &covered, &self.signature)
    }

    /// By what two versions of one message are told apart.
    pub(super) fn hash(&self) -> [u8; 32] {
        hash("kith/1/circle-said", &[&self.bytes])
    }
}

impl Drop for Signed {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut *self.bytes);
    }
}

fn covered(domain: &[u8], setting: &Setting, voice: &VoiceKey, bytes: &[u8]) -> Vec<u8> {
    [domain, setting.group.as_ref(), setting.circle.as_ref(), voice.as_ref(), bytes].concat()
}

/// What a voice says to the circle.
#[derive(Clone, Debug, Encode, Decode)]
#[cbor(map)]
pub(super) enum Word {
    /// A sign of life: not kept.
    #[n(0)]
    Beat {
        /// Grows with every one.
        #[n(0)]
        beat: u32,
        /// How much it has of whom.
        #[n(1)]
        have: Vec<Have>,
        /// The newest order it knows.
        #[n(2)]
        rank: Rank,
        /// The order as this voice leads it, or led it.
        #[n(3)]
        order: Option<OrderMap>,
        /// Whose voice it is, where whoever leads may not have told everybody.
        #[n(4)]
        certificate: Option<Box<Certificate>>,
    },
    /// A numbered message: kept by everybody till the end.
    #[n(1)]
    Say {
        /// From 0, without gaps.
        #[n(0)]
        number: u16,
        /// The message.
        #[n(1)]
        say: Say,
    },
    /// The newest order, as somebody sent it who is not heard any more.
    #[n(2)]
    Shown {
        /// The frame it came in: a sign of life of then, and not of now.
        #[n(0)]
        frame: ByteVec,
    },
}

/// How new an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub(super) struct Rank {
    #[n(0)]
    pub(super) term: u32,
    #[n(1)]
    pub(super) number: u32,
    /// Of two that are alike in that, the higher counts. Only a hostile leader sends two.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub(super) mark: [u8; 16],
}

impl Rank {
    /// Nothing is known.
    pub(super) const NONE: Rank = Rank { term: 0, number: 0, mark: [0; 16] };
}

/// A numbered message.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) enum Say {
    /// Words.
    #[n(0)]
    Share {
        /// In which turn; in none where the floor is open.
        #[n(0)]
        turn: Option<TurnId>,
        /// 1 to [`limits::CIRCLE_TEXT`] bytes.
        #[n(1)]
        #[cbor(with = "words")]
        text: Zeroizing<String>,
        /// Whether the turn goes on after them.
        #[n(2)]
        more: bool,
    },
    /// A turn given on without words.
    #[n(1)]
    Pass {
        /// Which.
        #[n(0)]
        turn: TurnId,
    },
    /// A minute, please.
    #[n(2)]
    Minute {
        /// In which turn of one's own, if in one.
        #[n(0)]
        turn: Option<TurnId>,
    },
    /// Gone.
    #[n(3)]
    Leave {},
}

impl fmt::Debug for Say {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Say(…)")
    }
}

/// Words are overwritten when dropped.
mod words {
    use minicbor::decode::Error;
    use minicbor::encode::{Error as EncodeError, Write};
    use minicbor::{Decoder, Encoder};
    use zeroize::Zeroizing;

    pub(super) fn encode<C, W: Write>(
        text: &Zeroizing<String>,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        e.str(text)?.ok()
    }

    pub(super) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<Zeroizing<String>, Error> {
        Ok(Zeroizing::new(d.str()?.to_owned()))
    }
}

impl Say {
    /// Whether it is within its limits.
    pub(super) fn fits(&self) -> bool {
        match self {
            Say::Share { text, .. } => !text.trim().is_empty() && text.len() <= limits::CIRCLE_TEXT,
            _ => true,
        }
    }
}

/// The first of a voice's messages that somebody lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct Have {
    /// The first bytes of the voice.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub(super) voice: [u8; 8],
    /// The number; [`Have::SPLIT`] if the voice is known to have sent one message in two versions.
    #[n(1)]
    pub(super) next: u16,
    /// The number of the first that was for them: what was said before they came is not.
    #[n(2)]
    pub(super) first: u16,
}

impl Have {
    /// Nothing is wanted of a voice that sent one message in two versions.
    pub(super) const SPLIT: u16 = u16::MAX;
}

/// What is said at the door.
#[derive(Clone, Debug, Encode, Decode)]
#[cbor(map)]
pub(super) enum DoorWord {
    /// Asks to be let in.
    #[n(0)]
    Enter {
        /// Whose voice it is.
        #[n(0)]
        certificate: Certificate,
        /// Into which sitting, if the asker was in it, or in another of the same circle.
        #[n(1)]
        sitting: Option<SittingId>,
    },
    /// Something of whoever leads.
    #[n(1)]
    Lead {
        /// Whose voice it is.
        #[n(0)]
        certificate: Certificate,
        /// The encoded [`LeadWord`].
        #[n(1)]
        bytes: ByteVec,
        /// The voice's signature.
        #[n(2)]
        #[cbor(with = "minicbor::bytes")]
        signature: [u8; 64],
    },
    /// Of somebody in a sitting that nobody leads.
    #[n(2)]
    Apart(#[n(0)] Apart),
    /// To them: the key of another such sitting.
    #[n(3)]
    Here {
        /// To whom.
        #[n(0)]
        to: VoiceKey,
        /// Whose voice says it.
        #[n(1)]
        from: VoiceKey,
        /// The key.
        #[n(2)]
        slot: KeySlot,
        /// That whoever led it opened it.
        #[n(3)]
        led: Led,
    },
}

/// The name of a key at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub(super) struct SittingId(#[cbor(n(0), with = "minicbor::bytes")] pub(super) [u8; 16]);

/// What whoever leads says at the door.
#[derive(Clone, Debug, Encode, Decode)]
#[cbor(map)]
pub(super) enum LeadWord {
    /// The circle is on.
    #[n(0)]
    Open {
        /// Led in this term.
        #[n(0)]
        term: u32,
        /// Under this key.
        #[n(1)]
        sitting: SittingId,
    },
    /// To somebody who asked: a moment, until the round is over.
    #[n(1)]
    Wait {
        /// To whom.
        #[n(0)]
        to: VoiceKey,
    },
    /// To somebody who asked: there is no place.
    #[n(2)]
    Full {
        /// To whom.
        #[n(0)]
        to: VoiceKey,
    },
    /// To somebody who asked: come in.
    #[n(3)]
    In {
        /// To whom.
        #[n(0)]
        to: VoiceKey,
        /// Led in this term.
        #[n(1)]
        term: u32,
        /// The leader's sign of life that was the last before: older ones are none.
        #[n(2)]
        beat: u32,
        /// The circle's key.
        #[n(3)]
        slot: KeySlot,
        /// From where on they hear whom: what was said before is not for them.
        #[n(4)]
        from: Vec<Have>,
        /// By what the key is known.
        #[n(5)]
        sitting: SittingId,
    },
}

impl DoorWord {
    /// Seals it under the door's key.
    pub(super) fn seal(&self, setting: &Setting, rng: &mut impl CryptoRng) -> Option<Vec<u8>> {
        let plain = codec::encode(self);
        keys::seal(FrameKind::Door, &setting.plan.door.key(), setting, &plain, rng)
    }

    /// Opens a frame; `None` if none who can read the announcement sealed it.
    pub(super) fn open(frame: &[u8], setting: &Setting) -> Option<DoorWord> {
        let plain = keys::open(FrameKind::Door, &setting.plan.door.key(), setting, frame)?;
        codec::decode(&plain).ok()
    }

    /// Signs what whoever leads says.
    pub(super) fn lead(
        word: &LeadWord,
        setting: &Setting,
        voice: &SigningKey,
        certificate: &Certificate,
    ) -> DoorWord {
        let bytes = codec::encode(word);
        let covered = covered(b"kith/1/circle-lead\0", setting, &certificate.voice, &bytes);
        let signature = voice.sign(&covered).to_bytes();
        DoorWord::Lead { certificate: certificate.clone(), bytes: bytes.into(), signature }
    }
}

/// What `voice` says as leader, if it signed it in this circle.
pub(super) fn led_by(
    setting: &Setting,
    voice: &VoiceKey,
    bytes: &[u8],
    signature: &[u8; 64],
) -> Option<LeadWord> {
    let covered = covered(b"kith/1/circle-lead\0", setting, voice, bytes);
    let word = codec::decode(bytes).ok()?;
    verify(&voice.0, &covered, signature).then_some(word)
}

/// The host's or co-host's word that a circle is over. Signed by the member, so that it needs no key of the circle.
#[derive(Clone, Debug, Encode, Decode)]
#[cbor(map)]
pub(super) struct Over {
    #[n(0)]
    member: MemberKey,
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    signature: [u8; 64],
}

impl Over {
    /// Signs and seals it under the door's key.
    pub(super) fn seal(setting: &Setting, me: &MemberSecrets, rng: &mut impl CryptoRng) -> Option<Vec<u8>> {
        let signature = me.signing().sign(&Over::covered(setting)).to_bytes();
        let plain = codec::encode(&Over { member: me.key(), signature });
        keys::seal(FrameKind::Over, &setting.plan.door.key(), setting, &plain, rng)
    }

    /// Whether a frame says so, by somebody whose word it is.
    pub(super) fn is_said_by(frame: &[u8], setting: &Setting) -> bool {
        let plain = keys::open(FrameKind::Over, &setting.plan.door.key(), setting, frame);
        let over = plain.and_then(|plain| codec::decode::<Over>(&plain).ok());
        over.is_some_and(|over| {
            setting.leads(&over.member) && verify(&over.member.0, &Over::covered(setting), &over.signature)
        })
    }

    fn covered(setting: &Setting) -> Vec<u8> {
        [b"kith/1/circle-over\0".as_slice(), setting.group.as_ref(), setting.circle.as_ref()].concat()
    }
}
