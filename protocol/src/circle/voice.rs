//! What one voice has said: kept till the end, so that whoever lacks some of it can be given it.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::Setting;
use super::certificate::Certificate;
use super::order::TurnId;
use super::timing;
use super::word::{Have, Say};
use crate::id::{LogId, MemberKey, SealKey, VoiceKey, truncate};
use crate::limits;
use crate::time::Millis;

/// Frames that are sent again at a time.
const AGAIN: usize = 4;

/// One voice, as it is heard here.
#[derive(Debug)]
pub(super) struct Voice {
    pub(super) certificate: Certificate,
    /// Whether it is known here to be a member's. A voice of nobody known is neither shown nor listened to.
    pub(super) member: bool,
    kept: BTreeMap<u16, Kept>,
    /// What it said before one came is not for one: the number of the first that is.
    first: u16,
    next: u16,
    /// Two versions of one message, as they came.
    split: Option<[Vec<u8>; 2]>,
    /// When the proof of it was last sent.
    told: Millis,
    /// The last sign of life.
    pub(super) beat: Option<u32>,
    /// When it was.
    pub(super) heard: Millis,
    /// What this voice has of others.
    pub(super) have: BTreeMap<[u8; 8], Have>,
    /// When it was last given what it lacked.
    answered: Millis,
}

#[derive(Debug)]
struct Kept {
    frame: Vec<u8>,
    hash: [u8; 32],
    say: Say,
    sent: Millis,
}

/// What became of a message that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It was held already, or is not wanted.
    Known,
    /// It was taken in.
    New,
    /// There is another of the same number: nothing this voice said is shown any more.
    Split,
}

impl Voice {
    /// A voice whose messages are heard from the number `first`.
    pub(super) fn new(certificate: Certificate, first: u16, now: Millis) -> Voice {
        Voice {
            certificate,
            member: false,
            kept: BTreeMap::new(),
            first,
            next: first,
            split: None,
            told: Millis(0),
            beat: None,
            heard: now,
            have: BTreeMap::new(),
            answered: Millis(0),
        }
    }

    /// Whether it is a member's: looked up until it is. The announcement itself names those who lead.
    pub(super) fn belongs(
        &mut self,
        setting: &Setting,
        log: &impl Fn(&MemberKey, &LogId) -> Option<SealKey>,
    ) -> bool {
        let one = &self.certificate;
        self.member = self.member || setting.leads(&one.member) || log(&one.member, &one.log).is_some();
        self.member
    }

    /// Whether nothing that it said is held.
    pub(super) fn is_idle(&self) -> bool {
        self.kept.is_empty() && !self.is_split()
    }

    /// Takes its own word for how much it has said: whoever let one in may have named more.
    pub(super) fn has_said(&mut self, next: u16) {
        if next < self.first && self.kept.is_empty() {
            (self.first, self.next) = (next, next);
        }
    }

    /// Whether it said that it has the message of this number of another.
    pub(super) fn has(&self, other: &VoiceKey, number: u16) -> bool {
        let have = self.have.get(&short(other));
        have.is_some_and(|have| (have.first..have.next).contains(&number) && have.next != Have::SPLIT)
    }

    /// Whether it sent one message in two versions.
    pub(super) fn is_split(&self) -> bool {
        self.split.is_some()
    }

    /// The number of its first message that is lacking here.
    pub(super) fn next(&self) -> u16 {
        self.next
    }

    /// Whether a message is held, in this version, or not wanted: then its signature need not be looked at.
    pub(super) fn knows(&self, number: u16, hash: &[u8; 32]) -> bool {
        self.is_split()
            || number < self.first
            || number >= limits::CIRCLE_MESSAGES
            || self.kept.get(&number).is_some_and(|kept| kept.hash == *hash)
    }

    /// Takes a message in that the voice signed.
    pub(super) fn take(&mut self, number: u16, hash: [u8; 32], frame: &[u8], say: Say, now: Millis) -> Taken {
        if self.knows(number, &hash) {
            return Taken::Known;
        }
        if let Some(kept) = self.kept.get(&number) {
            self.split = Some([kept.frame.clone(), frame.to_vec()]);
            self.kept.clear();
            return Taken::Split;
        }
        self.kept.insert(number, Kept { frame: frame.to_vec(), hash, say, sent: now });
        Taken::New
    }

    /// The messages that have no gap before them any more, with their numbers, in their order; each once.
    pub(super) fn ready(&mut self) -> Vec<(u16, Say)> {
        let mut ready = Vec::new();
        while let Some(kept) = self.kept.get_mut(&self.next) {
            let without = match &kept.say {
                Say::Share { turn, more, .. } => {
                    Say::Share { turn: *turn, text: Zeroizing::default(), more: *more }
                }
                other => other.clone(),
            };
            ready.push((self.next, std::mem::replace(&mut kept.say, without)));
            self.next = self.next.saturating_add(1);
        }
        ready
    }

    /// Whether it has given on this turn.
    pub(super) fn gave_on(&self, turn: TurnId) -> bool {
        self.said().any(|say| match say {
            Say::Share { turn: of, more, .. } => *of == Some(turn) && !more,
            Say::Pass { turn: of } => *of == turn,
            _ => false,
        })
    }

    /// Whether it has said that it leaves.
    pub(super) fn left(&self) -> bool {
        self.said().any(|say| matches!(say, Say::Leave {}))
    }

    fn said(&self) -> impl Iterator<Item = &Say> {
        self.kept.range(..self.next).map(|(_, kept)| &kept.say)
    }

    /// What is told to others of how much is here.
    pub(super) fn have_of(&self) -> Have {
        let next = if self.is_split() { Have::SPLIT } else { self.next };
        Have { voice: short(&self.certificate.voice), next, first: self.first }
    }

    /// Whether this voice can be given what it lacks now: not more often than it can send signs of life.
    pub(super) fn may_be_answered(&mut self, now: Millis) -> bool {
        let may = now.since(self.answered) >= timing::ANSWER;
        if may {
            self.answered = now;
        }
        may
    }

    /// Frames of this voice for somebody who has it up to `next`, as they first came.
    pub(super) fn again(&mut self, next: u16, now: Millis) -> Vec<Vec<u8>> {
        if let Some(both) = &self.split {
            let due = next != Have::SPLIT && now.since(self.told) >= timing::ANSWER;
            if due {
                self.told = now;
                return both.to_vec();
            }
            return Vec::new();
        }
        let due = |kept: &&mut Kept| now.since(kept.sent) >= timing::ANSWER;
        let lacking = self.kept.range_mut(next..).map(|(_, kept)| kept).filter(due).take(AGAIN);
        lacking
            .map(|kept| {
                kept.sent = now;
                kept.frame.clone()
            })
            .collect()
    }
}

/// By what a voice is told apart where it is not decided by.
pub(super) fn short(voice: &VoiceKey) -> [u8; 8] {
    truncate(&voice.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circle::kit::{member, rng, setting};
    use crate::id::LogId;

    fn voice() -> Voice {
        let (_, certificate) =
            Certificate::issue(&setting(), &member(1), LogId([1; 8]), Millis(0), &mut rng(1));
        Voice::new(certificate, 0, Millis(0))
    }

    fn share(text: &str) -> Say {
        Say::Share { turn: None, text: text.to_owned().into(), more: false }
    }

    #[test]
    fn messages_come_out_once_and_in_their_order() {
        let mut voice = voice();
        assert_eq!(voice.take(1, [1; 32], b"1", share("b"), Millis(0)), Taken::New);
        assert_eq!(voice.ready(), vec![]);
        assert_eq!(voice.take(0, [0; 32], b"0", share("a"), Millis(0)), Taken::New);
        assert_eq!(voice.take(0, [0; 32], b"0", share("a"), Millis(0)), Taken::Known);
        assert_eq!(voice.ready(), vec![(0, share("a")), (1, share("b"))]);
        assert_eq!((voice.ready(), voice.next()), (vec![], 2));
        let far = limits::CIRCLE_MESSAGES;
        assert_eq!(voice.take(far, [2; 32], b"far", share("x"), Millis(0)), Taken::Known);
    }

    #[test]
    fn a_voice_is_right_about_how_much_it_has_said_until_something_is_taken() {
        let (_, certificate) =
            Certificate::issue(&setting(), &member(1), LogId([1; 8]), Millis(0), &mut rng(1));
        let mut voice = Voice::new(certificate, 100, Millis(0));
        voice.has_said(2);
        assert_eq!(voice.take(1, [1; 32], b"1", share("before"), Millis(0)), Taken::Known);
        assert_eq!(voice.take(2, [2; 32], b"2", share("now"), Millis(0)), Taken::New);
        assert_eq!(voice.ready(), vec![(2, share("now"))]);
        voice.has_said(0);
        assert_eq!((voice.ready(), voice.next()), (vec![], 3), "nothing comes out twice");
    }

    #[test]
    fn two_versions_end_a_voice_whichever_came_first() {
        let other = |first: [u8; 32], then: [u8; 32]| {
            let mut voice = voice();
            voice.take(0, first, &first, share("a"), Millis(0));
            assert_eq!(voice.take(0, then, &then, share("b"), Millis(0)), Taken::Split);
            assert_eq!(voice.take(1, [9; 32], b"1", share("c"), Millis(0)), Taken::Known);
            assert_eq!(voice.have_of().next, Have::SPLIT);
            (voice.again(0, Millis(5000)).len(), voice.again(0, Millis(5001)).len())
        };
        assert_eq!(other([1; 32], [2; 32]), (2, 0));
        assert_eq!(other([2; 32], [1; 32]), (2, 0));
    }

    #[test]
    fn what_somebody_lacks_is_sent_again_and_not_over_and_over() {
        let mut voice = voice();
        for number in 0..6 {
            voice.take(number, [number as u8; 32], &[number as u8], share("a"), Millis(0));
        }
        assert!(voice.again(0, Millis(10)).is_empty(), "just came");
        let later = Millis(timing::ANSWER);
        assert_eq!(voice.again(1, later), vec![vec![1], vec![2], vec![3], vec![4]]);
        assert_eq!(voice.again(1, later), vec![vec![5]]);
        assert!(voice.again(1, later).is_empty());
    }
}
