//! What passes between somebody who holds no key of a group yet and the member's node they have reached.
//!
//! One question, one answer, inside a stream whose ends have proved themselves: the newcomer hands over signed
//! entries that it could not seal, the member's node seals them, or says why not. Whoever comes back (after a
//! recovery, or with a lost database) asks in the same way, for both sides may not know which of the two it is.
//!
//! Guarantees: a question or answer that decodes is within its limits. What is inside is unchecked bytes, and
//! goes through [`crate::admit`] like everything else. A question shows to nobody who does not hold a link of the
//! group what it asks, not even the name the newcomer comes in with.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::body::Letter;
use crate::codec::{self, CodecError, at_most};
use crate::id::{GroupId, SealKey, keyed_hash, truncate};
use crate::limits;
use crate::time::Millis;

/// Bytes of the nonce before a sealed question.
const NONCE: usize = 24;

/// Why a sealed question could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AskError {
    /// It was not sealed by somebody with a link of this group, or changed on its way.
    #[error("the question does not open")]
    Sealed,
    /// What is inside is no question.
    #[error(transparent)]
    Codec(#[from] CodecError),
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Ask {
    /// The signed join, for one who has never been in.
    #[n(0)]
    pub join: Option<ByteVec>,
    /// The signed certificate of the same log, for one who is a member already.
    #[n(1)]
    pub reopen: Option<ByteVec>,
    /// Something for those who decide, from one who has to ask.
    #[n(2)]
    pub knock: Option<Knocking>,
    /// An envelope with the join of one who comes in by an open door, sealed under its porch: instead of the first.
    #[n(3)]
    pub sealed: Option<ByteVec>,
}

/// What somebody outside hands over for the desk, and under what name they look for words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Knocking {
    /// Letters for the member's node to write: at most [`limits::KNOCK_LETTERS`], sealed as its own.
    #[n(0)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub letters: Vec<Letter>,
    /// The logs they are sealed to: at most [`limits::DESK`].
    #[n(1)]
    pub desk: Vec<SealKey>,
    /// By what words for the asker are found.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub tag: [u8; 16],
}

/// How an asker was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Word {
    /// Done: the envelopes are in the answer, the rest comes by reconciliation.
    #[n(0)]
    Welcome,
    /// The invite's time is over by the answering node's clock.
    #[n(1)]
    Expired,
    /// The invite was taken back.
    #[n(2)]
    Revoked,
    /// The invite has been used as often as it may.
    #[n(3)]
    Used,
    /// The group has no free place.
    #[n(4)]
    Full,
    /// The key was removed from this group, or left it: it cannot come back under the same one.
    #[n(5)]
    Former,
    /// The asker's clock and the answering node's differ too much for what is signed to be accepted.
    #[n(6)]
    Clock,
    /// What was asked cannot be right: for example a charter that is not the group's.
    #[n(7)]
    Wrong,
    /// This node cannot do it now; another one may, or this one later.
    #[n(8)]
    Later,
    /// What was handed over is on its way to those who decide, and words for the asker are in the answer.
    #[n(9)]
    PassedOn,
    /// None of those whom the link names decides any more: a newer link is needed.
    #[n(10)]
    NobodyThere,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Answer {
    /// How it went.
    #[n(0)]
    pub word: Word,
    /// Envelopes the asker should have: at most [`limits::ENTRANCE_ENVELOPES`].
    #[n(1)]
    pub envelopes: Vec<ByteVec>,
    /// What time it is there.
    #[n(2)]
    pub now: Millis,
    /// Sealed words for one who knocked: at most [`limits::DOORSTEPS`].
    #[n(3)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub left: Vec<ByteVec>,
}

impl Ask {
    /// Encodes it.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Decodes it.
    ///
    /// # Errors
    /// [`CodecError`] if the bytes are no question, or larger than one may be.
    pub fn decode(bytes: &[u8]) -> Result<Ask, CodecError> {
        at_most(bytes.len(), limits::ENTRANCE_ASK, "question")?;
        let ask: Ask = codec::decode(bytes)?;
        if let Some(knock) = &ask.knock {
            at_most(knock.letters.len(), limits::KNOCK_LETTERS, "list of letters")?;
            at_most(knock.desk.len(), limits::DESK, "desk")?;
        }
        Ok(ask)
    }

    /// Encodes it and seals it for those who hold a link of the group, as every member does: `salt` is the
    /// link's. The same question gives the same bytes, nonce first.
    ///
    /// # Errors
    /// [`CodecError::TooLarge`] if it would not be read.
    pub fn seal(&self, group: &GroupId, salt: &[u8; 32]) -> Result<Vec<u8>, CodecError> {
        const TOO_LARGE: CodecError = CodecError::TooLarge("question");
        let plain = Zeroizing::new(self.encode());
        let key = key(group, salt);
        let nonce: [u8; NONCE] = truncate(&keyed_hash(&key, "kith/1/entrance-nonce", &[&plain]));
        let sealed = XChaCha20Poly1305::new((&*key).into())
            .encrypt(&XNonce::from(nonce), Payload { msg: &plain, aad: &aad(group) })
            .map_err(|_| TOO_LARGE)?;
        let bytes = [nonce.as_slice(), &sealed].concat();
        at_most(bytes.len(), limits::ENTRANCE_ASK, "question")?;
        Ok(bytes)
    }

    /// Opens a sealed question.
    ///
    /// # Errors
    /// [`AskError`].
    pub fn open(bytes: &[u8], group: &GroupId, salt: &[u8; 32]) -> Result<Ask, AskError> {
        at_most(bytes.len(), limits::ENTRANCE_ASK, "question")?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or(AskError::Sealed)?;
        let plain = XChaCha20Poly1305::new((&*key(group, salt)).into())
            .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &aad(group) })
            .map(Zeroizing::new)
            .map_err(|_| AskError::Sealed)?;
        Ok(Ask::decode(&plain)?)
    }
}

fn key(group: &GroupId, salt: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(keyed_hash(salt, "kith/1/entrance-key", &[group.as_ref()]))
}

fn aad(group: &GroupId) -> Vec<u8> {
    [b"kith/1/entrance\0".as_slice(), group.as_ref()].concat()
}

impl Answer {
    /// Encodes it.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Decodes it.
    ///
    /// # Errors
    /// [`CodecError`] if the bytes are no answer, or larger than one may be.
    pub fn decode(bytes: &[u8]) -> Result<Answer, CodecError> {
        at_most(bytes.len(), limits::ENTRANCE_ANSWER, "answer")?;
        let answer: Answer = codec::decode(bytes)?;
        at_most(answer.envelopes.len(), limits::ENTRANCE_ENVELOPES, "list of envelopes")?;
        at_most(answer.left.len(), limits::DOORSTEPS, "list of words")?;
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_and_answered_reads_back() {
        let ask = Ask { join: Some(vec![1, 2].into()), reopen: None, knock: None, sealed: None };
        assert_eq!(Ask::decode(&ask.encode()), Ok(ask));
        let answer =
            Answer { word: Word::Full, envelopes: vec![vec![4; 300].into()], now: Millis(5), left: vec![] };
        assert_eq!(Answer::decode(&answer.encode()), Ok(answer));
    }

    #[test]
    fn a_question_opens_with_a_link_of_the_same_group_alone() {
        let (group, salt) = (GroupId([1; 32]), [2; 32]);
        let ask = Ask {
            join: Some(b"signed, with a name in it".to_vec().into()),
            reopen: None,
            knock: None,
            sealed: None,
        };
        let sealed = ask.seal(&group, &salt).unwrap();
        assert!(!sealed.windows(4).any(|window| window == b"name"));
        assert_eq!(Ask::open(&sealed, &group, &salt), Ok(ask));
        assert_eq!(Ask::open(&sealed, &group, &[3; 32]), Err(AskError::Sealed));
        assert_eq!(Ask::open(&sealed, &GroupId([4; 32]), &salt), Err(AskError::Sealed));
        for at in [0, NONCE, sealed.len() - 1] {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(Ask::open(&altered, &group, &salt), Err(AskError::Sealed), "byte {at}");
        }
        assert_eq!(Ask::open(&sealed[..NONCE - 1], &group, &salt), Err(AskError::Sealed));
    }

    #[test]
    fn neither_may_be_larger_than_its_limit() {
        let ask =
            Ask { join: Some(vec![0; limits::ENTRANCE_ASK].into()), reopen: None, knock: None, sealed: None };
        assert_eq!(Ask::decode(&ask.encode()), Err(CodecError::TooLarge("question")));
        assert_eq!(ask.seal(&GroupId([1; 32]), &[2; 32]), Err(CodecError::TooLarge("question")));
        let many = vec![vec![].into(); limits::ENTRANCE_ENVELOPES + 1];
        let answer = Answer { word: Word::Welcome, envelopes: many, now: Millis(0), left: vec![] };
        assert_eq!(Answer::decode(&answer.encode()), Err(CodecError::TooLarge("list of envelopes")));
    }
}
