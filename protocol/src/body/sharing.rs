//! How somebody is, and what they reached, where they choose to tell the group.

use minicbor::{Decode, Encode};

use super::words;
use crate::codec::{CodecError, at_most};
use crate::limits;

/// What would help. A number this version does not know is nothing in particular.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Need(#[n(0)] pub u8);

impl Need {
    /// Nothing in particular.
    pub const NONE: Need = Need(0);
    /// Somebody who just listens.
    pub const JUST_LISTEN: Need = Need(1);
    /// Advice.
    pub const ADVICE: Need = Need(2);
    /// Something else to think of.
    pub const DISTRACTION: Need = Need(3);
    /// Company.
    pub const COMPANY: Need = Need(4);
    /// Practical help.
    pub const PRACTICAL: Need = Need(5);
}

/// How somebody is, by their own word: to the group as an entry, or to a buddy in a letter.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CheckIn {
    /// From 1, very low, to 5, good.
    #[n(0)]
    pub mood: u8,
    /// From 1, none, to 5, plenty.
    #[n(1)]
    pub energy: u8,
    /// What would help.
    #[n(2)]
    pub need: Need,
    /// Anything else: at most [`limits::CHECK_IN`] bytes.
    #[n(3)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub note: String,
}

/// Something reached, shared by choice.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Milestone {
    /// What: 1 to [`limits::ITEM_LINE`] bytes.
    #[n(0)]
    pub what: String,
    /// How many.
    #[n(1)]
    pub count: u32,
    /// Of what: 1 to [`limits::ITEM_WORD`] bytes.
    #[n(2)]
    pub unit: String,
}

impl CheckIn {
    pub(crate) fn check(&self) -> Result<(), CodecError> {
        if !(1..=5).contains(&self.mood) || !(1..=5).contains(&self.energy) {
            return Err(CodecError::Mismatch("a check-in beyond its words".into()));
        }
        at_most(self.note.len(), limits::CHECK_IN, "note")
    }
}

impl Milestone {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        words(&self.what, limits::ITEM_LINE, "milestone")?;
        words(&self.unit, limits::ITEM_WORD, "unit")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{Body, Kind};
    use crate::letter::Message;

    fn check_in(mood: u8, energy: u8, note: usize) -> CheckIn {
        CheckIn { mood, energy, need: Need::COMPANY, note: "x".repeat(note) }
    }

    #[test]
    fn moods_and_energies_have_five_words() {
        for (said, fits) in [
            (check_in(1, 5, limits::CHECK_IN), true),
            (check_in(0, 3, 0), false),
            (check_in(6, 3, 0), false),
            (check_in(3, 0, 0), false),
            (check_in(3, 3, limits::CHECK_IN + 1), false),
        ] {
            let entry = Body::decode(Kind::CHECK_IN, &Body::CheckIn(said.clone()).encode());
            let letter = Message::decode(&Message::CheckIn(said.clone()).encode());
            assert_eq!((entry.is_ok(), letter.is_ok()), (fits, fits), "{said:?}");
        }
    }

    #[test]
    fn a_milestone_says_what() {
        let of = |what: &str| Milestone { what: what.into(), count: 40, unit: "days".into() };
        let read = |one| Body::decode(Kind::MILESTONE, &Body::Milestone(one).encode());
        assert_eq!(read(of("without")), Ok(Body::Milestone(of("without"))));
        assert!(read(of(" ")).is_err());
    }
}
