//! Asking to be let in: what passes between somebody outside and those who decide, carried by members' nodes that can
//! read none of it.
//!
//! ```text
//! outside                         any member's node                   a facilitator's node
//! knock, sealed to the desk  ──▶  writes it as its own letters   ──▶  reads it
//!                            ◀──  finds it by its tag            ◀──  leaves a word on the doorstep
//! ```
//!
//! The *desk* of a link are the logs that a knock is sealed to. A knock brings a [`ReplyKey`], drawn at random; words
//! for its owner are sealed under it and left in the group's content under a tag, which nobody can read or connect
//! with a member who does not hold the key.
//!
//! Where an invite is for one person, both sides compare a [code](CodeSecret::code): it hangs on the join as signed and on a secret
//! of whoever invited, which the link commits to and which they tell once a join is here, and for no other. So a
//! stranger who has the link, and can stand between, has to fix both joins and both secrets before knowing either
//! code: one chance in a million.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::body::Doorstep;
use crate::codec::{self, CodecError, at_most};
use crate::id::{EntryId, GroupId, hash, keyed_hash, truncate};
use crate::limits;
use crate::secret::{same, secret};
use crate::time::Millis;

/// Bytes of a nonce before what is sealed.
const NONCE: usize = 24;
/// Words are padded to a multiple of this.
const PADDING: usize = 512;
/// Codes have six digits.
const CODES: u64 = 1_000_000;

secret!(
    /// What somebody outside gives with their knock, to be answered under.
    ReplyKey
);

secret!(
    /// What whoever made an invite on confirmation keeps until somebody comes on it.
    CodeSecret
);

impl CodeSecret {
    /// Draws a new one.
    pub fn generate(rng: &mut impl CryptoRng) -> CodeSecret {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        CodeSecret(bytes)
    }

    /// What the link says of it: it can be told later which secret was meant.
    pub fn commitment(&self) -> [u8; 32] {
        hash("kith/1/code-secret", &[&self.0])
    }

    /// Whether it is the one that a link commits to.
    pub fn keeps(&self, commitment: &[u8; 32]) -> bool {
        same(&self.commitment(), commitment)
    }

    /// The code that both sides compare: six digits, as they are read out.
    pub fn code(&self, join: &EntryId) -> String {
        let first: [u8; 8] = truncate(&keyed_hash(&self.0, "kith/1/code", &[join.as_ref()]));
        let code = u64::from_be_bytes(first) % CODES;
        format!("{:03} {:03}", code / 1000, code % 1000)
    }
}

/// What is said to somebody outside.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum Word {
    /// A facilitator's node has the knock.
    #[n(0)]
    Received,
    /// The secret of the code: see [`CodeSecret`].
    #[n(1)]
    Code {
        /// The secret.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        secret: [u8; 32],
    },
    /// Somebody's words: 1 to [`limits::KNOCK`] bytes.
    #[n(2)]
    Said {
        /// The words.
        #[n(0)]
        text: String,
    },
    /// They are let in: the join can be handed in.
    #[n(3)]
    Admitted,
    /// Not this time.
    #[n(4)]
    Declined {
        /// Why: at most [`limits::KNOCK`] bytes.
        #[n(0)]
        reason: String,
    },
    /// The key they come with is a member's, or was: they show it as one who comes back.
    #[n(5)]
    Known,
}

/// A word and when it was said.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Left {
    /// The word.
    #[n(0)]
    pub word: Word,
    /// When, by the clock of whoever said it.
    #[n(1)]
    pub time: Millis,
}

impl ReplyKey {
    /// Draws a new one.
    pub fn generate(rng: &mut impl CryptoRng) -> ReplyKey {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        ReplyKey(bytes)
    }

    /// Under what name words for its owner are left: says nothing of the key.
    pub fn tag(&self) -> [u8; 16] {
        truncate(&keyed_hash(&self.0, "kith/1/doorstep-tag", &[]))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        let key = Zeroizing::new(keyed_hash(&self.0, "kith/1/doorstep-key", &[]));
        XChaCha20Poly1305::new((&*key).into())
    }

    /// Leaves a word for its owner. `None` if it is too long.
    pub fn leave(&self, left: &Left, group: &GroupId, rng: &mut impl CryptoRng) -> Option<Doorstep> {
        let said = Zeroizing::new(codec::encode(left));
        let length = u16::try_from(said.len()).ok()?;
        let mut plain = Zeroizing::new([length.to_be_bytes().as_slice(), &said].concat());
        let padded = plain.len().next_multiple_of(PADDING);
        plain.resize(padded, 0);
        let mut nonce = [0; NONCE];
        rng.fill_bytes(&mut nonce);
        let payload = Payload { msg: &plain, aad: &aad(group) };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).ok()?;
        let sealed = [nonce.as_slice(), &sealed].concat();
        (sealed.len() <= limits::DOORSTEP).then(|| Doorstep { tag: self.tag(), sealed })
    }

    /// Reads a word that was left; `None` if nobody with the key left it in this group.
    pub fn read(&self, sealed: &[u8], group: &GroupId) -> Option<Left> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: sealed, aad: &aad(group) };
        let plain = Zeroizing::new(self.cipher().decrypt(&XNonce::from(*nonce), payload).ok()?);
        let (length, rest) = plain.split_first_chunk::<2>()?;
        let left: Left = codec::decode(rest.get(..usize::from(u16::from_be_bytes(*length)))?).ok()?;
        left.check().ok().map(|()| left)
    }
}

impl Left {
    fn check(&self) -> Result<(), CodecError> {
        match &self.word {
            Word::Said { text } => at_most(text.len(), limits::KNOCK, "words"),
            Word::Declined { reason } => at_most(reason.len(), limits::KNOCK, "reason"),
            Word::Received | Word::Code { .. } | Word::Admitted | Word::Known => Ok(()),
        }
    }
}

fn aad(group: &GroupId) -> Vec<u8> {
    [b"kith/1/doorstep\0".as_slice(), group.as_ref()].concat()
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    const GROUP: GroupId = GroupId([5; 32]);

    fn rng() -> ChaCha20Rng {
        ChaCha20Rng::from_seed([3; 32])
    }

    fn said(text: &str) -> Left {
        Left { word: Word::Said { text: text.into() }, time: Millis(7) }
    }

    #[test]
    fn a_word_is_read_by_whom_it_was_left_for() {
        let (key, other) = (ReplyKey::from_bytes([1; 32]), ReplyKey::from_bytes([2; 32]));
        let doorstep = key.leave(&said("come on Tuesday"), &GROUP, &mut rng()).unwrap();
        assert_eq!(doorstep.tag, key.tag());
        assert_ne!(key.tag(), other.tag());
        assert_eq!(key.read(&doorstep.sealed, &GROUP), Some(said("come on Tuesday")));
        assert_eq!(other.read(&doorstep.sealed, &GROUP), None);
        assert_eq!(key.read(&doorstep.sealed, &GroupId([6; 32])), None, "moved to another group");
        let mut altered = doorstep.sealed.clone();
        altered[30] ^= 1;
        assert_eq!(key.read(&altered, &GROUP), None);
        assert_eq!(key.read(&[0; 10], &GROUP), None);
    }

    #[test]
    fn how_long_a_word_is_hardly_shows_and_none_is_too_long() {
        let key = ReplyKey::from_bytes([1; 32]);
        let size = |left: &Left| key.leave(left, &GROUP, &mut rng()).map(|one| one.sealed.len());
        let received = Left { word: Word::Received, time: Millis(7) };
        let code = Left { word: Word::Code { secret: [1; 32] }, time: Millis(7) };
        assert_eq!(size(&received), size(&code));
        assert_eq!(size(&received), size(&said(&"x".repeat(300))));
        assert!(size(&said(&"x".repeat(limits::KNOCK))).is_some());
        assert_eq!(size(&said(&"x".repeat(limits::DOORSTEP))), None);
    }

    #[test]
    fn a_code_hangs_on_the_join_and_on_the_secret_that_was_committed_to() {
        let secret = CodeSecret::from_bytes([1; 32]);
        let code = secret.code(&EntryId([2; 32]));
        let digits: String = code.chars().filter(char::is_ascii_digit).collect();
        assert_eq!((code.len(), digits.len()), (7, 6), "{code}");
        assert_ne!(secret.code(&EntryId([3; 32])), code);
        assert_ne!(CodeSecret::from_bytes([4; 32]).code(&EntryId([2; 32])), code);
        assert!(secret.keeps(&secret.commitment()));
        assert!(!CodeSecret::from_bytes([4; 32]).keeps(&secret.commitment()));
    }
}
