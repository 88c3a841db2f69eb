//! A circle announced: when it is, who leads it, and in which form.

use minicbor::{Decode, Decoder, Encode, Encoder};

use super::words;
use crate::codec::{CodecError, at_most};
use crate::id::MemberKey;
use crate::limits;
use crate::secret::secret;
use crate::time::Millis;

secret!(
    /// From which the topic of a circle comes, and the key under which people ask to be let in: whoever can read the
    /// announcement has it. It opens nothing that is said inside.
    CircleDoor
);

impl<C> Encode<C> for CircleDoor {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(self.expose())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for CircleDoor {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let bytes = d.bytes()?.try_into();
        bytes
            .map(CircleDoor::from_bytes)
            .map_err(|_| minicbor::decode::Error::message("a secret of 32 bytes"))
    }
}

/// In which form people speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum CircleFormat {
    /// One after another; in a turn nobody else speaks.
    #[n(0)]
    Rounds,
    /// Whoever wishes to.
    #[n(1)]
    OpenFloor,
    /// One after another has the time of the others, who may answer.
    #[n(2)]
    SupportTurns,
}

/// An invitation to a live session ([`crate::circle`]). Named by the entry that announces it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Circle {
    /// When it begins.
    #[n(0)]
    pub start: Millis,
    /// How long it is meant to take: 1 to [`limits::CIRCLE_MINUTES`] minutes. Nothing ends by it.
    #[n(1)]
    pub minutes: u16,
    /// Who leads.
    #[n(2)]
    pub host: MemberKey,
    /// Who leads when the host is gone, if anybody: somebody else.
    #[n(3)]
    pub co_host: Option<MemberKey>,
    /// People at a time: 2 to [`limits::CIRCLE_SIZE`].
    #[n(4)]
    pub size: u8,
    /// In which form.
    #[n(5)]
    pub format: CircleFormat,
    /// The soft time of a turn: at most [`limits::CIRCLE_MINUTES`] minutes, 0 for none. Nobody is cut off by it.
    #[n(6)]
    pub soft: u16,
    /// Words to begin with: at most [`limits::CIRCLE_WORDS`] bytes, may be empty.
    #[n(7)]
    pub opening: String,
    /// What the rounds are about, one after another: at most [`limits::CIRCLE_PROMPTS`], each at most
    /// [`limits::CIRCLE_PROMPT`] bytes.
    #[n(8)]
    pub prompts: Vec<String>,
    /// Words to end with, as the opening.
    #[n(9)]
    pub closing: String,
    /// How it is found and asked into: random.
    #[n(10)]
    pub door: CircleDoor,
}

impl Circle {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        let wrong = |what: &str| Err(CodecError::Mismatch(what.into()));
        if self.minutes == 0 || self.minutes.max(self.soft) > limits::CIRCLE_MINUTES {
            return wrong("minutes of a circle");
        }
        if !(2..=limits::CIRCLE_SIZE).contains(&usize::from(self.size)) {
            return wrong("size of a circle");
        }
        if self.co_host == Some(self.host) {
            return wrong("a host who is their own co-host");
        }
        at_most(self.opening.len(), limits::CIRCLE_WORDS, "opening")?;
        at_most(self.closing.len(), limits::CIRCLE_WORDS, "closing words")?;
        at_most(self.prompts.len(), limits::CIRCLE_PROMPTS, "list of prompts")?;
        self.prompts.iter().try_for_each(|prompt| words(prompt, limits::CIRCLE_PROMPT, "prompt"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{Body, Kind};

    fn circle() -> Circle {
        Circle {
            start: Millis(5),
            minutes: 60,
            host: MemberKey([1; 32]),
            co_host: Some(MemberKey([2; 32])),
            size: 8,
            format: CircleFormat::Rounds,
            soft: 3,
            opening: String::new(),
            prompts: vec!["How did you sleep?".into()],
            closing: "Take care".into(),
            door: CircleDoor::from_bytes([3; 32]),
        }
    }

    fn read(circle: Circle) -> Result<Body, CodecError> {
        Body::decode(Kind::CIRCLE, &Body::Circle(circle).encode())
    }

    #[test]
    fn what_is_within_its_limits_reads_back() {
        for circle in [circle(), Circle { co_host: None, prompts: vec![], soft: 0, size: 2, ..circle() }] {
            assert_eq!(read(circle.clone()), Ok(Body::Circle(circle)));
        }
    }

    #[test]
    fn what_is_beyond_them_is_refused() {
        for wrong in [
            Circle { minutes: 0, ..circle() },
            Circle { minutes: limits::CIRCLE_MINUTES + 1, ..circle() },
            Circle { soft: limits::CIRCLE_MINUTES + 1, ..circle() },
            Circle { size: 1, ..circle() },
            Circle { size: 9, ..circle() },
            Circle { co_host: Some(MemberKey([1; 32])), ..circle() },
            Circle { opening: "x".repeat(limits::CIRCLE_WORDS + 1), ..circle() },
            Circle { closing: "x".repeat(limits::CIRCLE_WORDS + 1), ..circle() },
            Circle { prompts: vec!["x".into(); limits::CIRCLE_PROMPTS + 1], ..circle() },
            Circle { prompts: vec!["x".repeat(limits::CIRCLE_PROMPT + 1)], ..circle() },
            Circle { prompts: vec![" ".into()], ..circle() },
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong:?}");
        }
    }
}
