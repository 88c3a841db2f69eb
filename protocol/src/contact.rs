//! What two members agree on between themselves: to write to each other, or to be buddies for a while.
//!
//! Each says yes or no, in letters. Guarantees: it holds only while both said yes, and neither said no after it; whoever
//! says no ends it at once, for both, and needs no reason; what comes in whatever order, and twice, both sides come to the
//! same. Nobody else learns that there is anything between the two.

use minicbor::{Decode, Encode};

use crate::codec::{CodecError, at_most};
use crate::limits;
use crate::time::Millis;

const WEEK: u64 = 7 * 24 * 3_600_000;

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Tie {
    /// Writing to each other.
    #[n(0)]
    Talk,
    /// Being buddies.
    #[n(1)]
    Buddy,
}

/// One side's yes or no, as it is said to the other.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Word {
    /// Above that of every word it answers, or takes back: it counts up between the two.
    #[n(0)]
    pub turn: u64,
    /// Yes or no.
    #[n(1)]
    pub yes: bool,
    /// For how many weeks, of buddies: 1 to [`limits::BUDDY_WEEKS`]; 0 else. The shorter wish of the two holds.
    #[n(2)]
    #[cbor(default, skip_if = "none")]
    pub weeks: u16,
    /// How often they would like to hear from each other, or a few words: at most [`limits::RHYTHM`] bytes; may be empty.
    #[n(3)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub words: String,
}

/// How it stands between two, as one of them has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Contact {
    #[n(0)]
    mine: Option<Said>,
    #[n(1)]
    theirs: Option<Said>,
    /// The highest turn of a no.
    #[n(2)]
    ended: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
struct Said {
    #[n(0)]
    word: Word,
    /// When it was said or came, by this clock.
    #[n(1)]
    at: Millis,
}

/// What that means now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is between them.
    Nothing,
    /// I asked.
    Asked,
    /// They ask, in these words.
    Asking(String),
    /// Both said yes; of buddies, until when.
    Agreed(Option<Millis>),
    /// Both said yes for a time that is over.
    Over,
}

impl Word {
    /// Checks its limits.
    ///
    /// # Errors
    /// [`CodecError::TooLarge`].
    pub fn check(&self) -> Result<(), CodecError> {
        at_most(self.words.len(), limits::RHYTHM, "words")?;
        at_most(usize::from(self.weeks), limits::BUDDY_WEEKS, "weeks")
    }
}

impl Contact {
    /// Says yes or no: gives what to tell the other.
    pub fn say(&mut self, yes: bool, weeks: u16, words: String, now: Millis) -> Word {
        let turn = [self.mine.as_ref(), self.theirs.as_ref()]
            .into_iter()
            .flatten()
            .map(|said| said.word.turn)
            .fold(self.ended, u64::max)
            .saturating_add(1);
        let word = Word { turn, yes, weeks, words };
        self.take(true, word.clone(), now);
        word
    }

    /// Takes in what the other said.
    pub fn hear(&mut self, word: Word, now: Millis) {
        self.take(false, word, now);
    }

    /// Takes in what I said on another device of mine.
    pub fn said(&mut self, word: Word, now: Millis) {
        self.take(true, word, now);
    }

    /// When something was said or came last; none if nothing was.
    pub fn last(&self) -> Option<Millis> {
        self.mine.iter().chain(&self.theirs).map(|said| said.at).max()
    }

    fn take(&mut self, mine: bool, word: Word, at: Millis) {
        if !word.yes {
            self.ended = self.ended.max(word.turn);
        }
        let side = if mine { &mut self.mine } else { &mut self.theirs };
        if side.as_ref().is_none_or(|said| said.word.turn < word.turn) {
            *side = Some(Said { word, at });
        }
    }

    /// How it stands.
    pub fn standing(&self, now: Millis) -> Standing {
        let yes = |said: &&Said| said.word.yes && said.word.turn > self.ended;
        match (self.mine.as_ref().filter(yes), self.theirs.as_ref().filter(yes)) {
            (None, None) => Standing::Nothing,
            (Some(_), None) => Standing::Asked,
            (None, Some(theirs)) => Standing::Asking(theirs.word.words.clone()),
            (Some(mine), Some(theirs)) => {
                let wishes = [mine.word.weeks, theirs.word.weeks];
                let Some(weeks) = wishes.into_iter().filter(|weeks| *weeks > 0).min() else {
                    return Standing::Agreed(None);
                };
                let until = mine.at.max(theirs.at).plus(u64::from(weeks).saturating_mul(WEEK));
                if now < until { Standing::Agreed(Some(until)) } else { Standing::Over }
            }
        }
    }
}

fn none(weeks: &u16) -> bool {
    *weeks == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_000_000);

    fn yes(side: &mut Contact) -> Word {
        side.say(true, 0, String::new(), NOW)
    }

    #[test]
    fn it_takes_two_to_agree_and_one_to_end() {
        let (mut ana, mut ben) = (Contact::default(), Contact::default());
        let ask = ana.say(true, 0, "Shall we write?".into(), NOW);
        assert_eq!(ana.standing(NOW), Standing::Asked);
        ben.hear(ask, NOW);
        assert_eq!(ben.standing(NOW), Standing::Asking("Shall we write?".into()));
        let answer = yes(&mut ben);
        ana.hear(answer, NOW);
        assert_eq!((ana.standing(NOW), ben.standing(NOW)), (Standing::Agreed(None), Standing::Agreed(None)));
        let no = ben.say(false, 0, String::new(), NOW);
        ana.hear(no, NOW);
        assert_eq!((ana.standing(NOW), ben.standing(NOW)), (Standing::Nothing, Standing::Nothing));
        // A former yes does not open it again: both say it anew.
        let again = yes(&mut ana);
        ben.hear(again, NOW);
        assert_eq!(
            (ana.standing(NOW), ben.standing(NOW).clone()),
            (Standing::Asked, Standing::Asking(String::new()))
        );
    }

    #[test]
    fn words_in_any_order_and_twice_come_to_the_same() {
        let (mut ana, mut ben) = (Contact::default(), Contact::default());
        let mut said = vec![yes(&mut ana)];
        ben.hear(said[0].clone(), NOW);
        let answer = yes(&mut ben);
        ana.hear(answer, NOW);
        said.push(ana.say(false, 0, String::new(), NOW));
        said.push(yes(&mut ana));
        let mut orders = vec![said.clone(), said.iter().rev().cloned().collect()];
        orders.push(vec![said[2].clone(), said[0].clone(), said[1].clone(), said[2].clone()]);
        for order in orders {
            let mut ben = ben.clone();
            order.into_iter().for_each(|word| ben.hear(word, NOW));
            assert_eq!(ben.standing(NOW), Standing::Asking(String::new()));
        }
    }

    #[test]
    fn buddies_are_buddies_for_the_shorter_time_either_wished() {
        let (mut ana, mut ben) = (Contact::default(), Contact::default());
        let ask = ana.say(true, 4, String::new(), NOW);
        ben.hear(ask, NOW);
        let answer = ben.say(true, 2, String::new(), NOW);
        ana.hear(answer, NOW);
        let until = NOW.plus(2 * WEEK);
        assert_eq!(ana.standing(NOW), Standing::Agreed(Some(until)));
        assert_eq!(ben.standing(until), Standing::Over);
    }
}
