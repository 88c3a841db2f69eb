//! What passes between somebody who holds no key of a group yet and the member's node they have reached.
//!
//! One question, one answer, inside a stream whose ends have proved themselves: the newcomer hands over signed
//! entries that it could not seal, the member's node seals them, or says why not. Whoever comes back (after a
//! recovery, or with a lost database) asks in the same way, for both sides may not know which of the two it is.
//!
//! Guarantees: a question or answer that decodes is within its limits. What is inside is unchecked bytes, and
//! goes through [`crate::admit`] like everything else.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::codec::{self, CodecError, at_most};
use crate::limits;
use crate::time::Millis;

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
    /// A signed call for keys.
    #[n(2)]
    pub need: Option<ByteVec>,
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
        codec::decode(bytes)
    }
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
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_and_answered_reads_back() {
        let ask = Ask { join: Some(vec![1, 2].into()), reopen: None, need: Some(vec![3].into()) };
        assert_eq!(Ask::decode(&ask.encode()), Ok(ask));
        let answer = Answer { word: Word::Full, envelopes: vec![vec![4; 300].into()], now: Millis(5) };
        assert_eq!(Answer::decode(&answer.encode()), Ok(answer));
    }

    #[test]
    fn neither_may_be_larger_than_its_limit() {
        let ask = Ask { join: Some(vec![0; limits::ENTRANCE_ASK].into()), reopen: None, need: None };
        assert_eq!(Ask::decode(&ask.encode()), Err(CodecError::TooLarge("question")));
        let many = vec![vec![].into(); limits::ENTRANCE_ENVELOPES + 1];
        let answer = Answer { word: Word::Welcome, envelopes: many, now: Millis(0) };
        assert_eq!(Answer::decode(&answer.encode()), Err(CodecError::TooLarge("list of envelopes")));
    }
}
