//! Being heard: what somebody wishes for, what fits that, and when a post has waited too long.
//!
//! Guarantees: advice nobody asked for is known as such, whatever program sent it ([`Intent::welcomes`]); whether a post
//! was heard is the same on all nodes that hold the same entries, in whatever order they came ([`Marks`]); how long it
//! waits is measured by each reader's own clock from the moment it arrived there, so that no author's clock can hide or
//! hurry a post ([`step`]).
//!
//! Why so: a first answer, of whatever quality, is what most goes with people staying (Joyce and Kraut 2006; Sharma and
//! others 2020, arXiv:2004.04999), and advice in place of listening goes with people being less satisfied (Yang and others
//! 2023, arXiv:2312.10775).

use minicbor::{Decode, Encode};

use crate::time::Millis;

/// For how long a claim holds, in milliseconds: half an hour.
pub const CLAIM: u64 = 30 * 60_000;
/// Within how many hours members try to answer where the charter says nothing.
pub const REPLY_HOURS: u16 = 4;
/// For how long somebody is new, in milliseconds: 14 days.
pub const NEW: u64 = 14 * 24 * HOUR;
/// After how many reply windows whoever is on duty is asked.
const DUTY_AFTER: u64 = 3;
/// After how many reply windows the author is told honestly that nobody has answered.
const AUTHOR_AFTER: u64 = 6;

const HOUR: u64 = 3_600_000;

/// What the author of a post wishes for. A number this version does not know asks for listening.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Intent(#[n(0)] pub u8);

impl Intent {
    /// Just to be heard: what holds if nobody says otherwise.
    pub const HEAR_ME: Intent = Intent(0);
    /// Others' experiences.
    pub const EXPERIENCES: Intent = Intent(1);
    /// Ideas and advice.
    pub const ADVICE: Intent = Intent(2);
    /// Practical help.
    pub const PRACTICAL_HELP: Intent = Intent(3);
    /// To share something good.
    pub const GOOD_NEWS: Intent = Intent(4);

    /// Whether a reply of this kind is what was asked for, or at least not what was not.
    pub fn welcomes(self, kind: ReplyKind) -> bool {
        !kind.advises() || matches!(self, Intent::ADVICE | Intent::PRACTICAL_HELP)
    }

    pub(crate) fn is_default(&self) -> bool {
        *self == Intent::default()
    }
}

/// What a reply is, by its author's word. A number this version does not know may be advice, and is taken for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct ReplyKind(#[n(0)] pub u8);

impl ReplyKind {
    /// It shows that somebody listened: what holds if nobody says otherwise.
    pub const LISTENING: ReplyKind = ReplyKind(0);
    /// How it was for its author.
    pub const EXPERIENCE: ReplyKind = ReplyKind(1);
    /// A question.
    pub const QUESTION: ReplyKind = ReplyKind(2);
    /// A suggestion: advice.
    pub const SUGGESTION: ReplyKind = ReplyKind(3);
    /// Something to read, visit or call: advice, too.
    pub const RESOURCE: ReplyKind = ReplyKind(4);
    /// An offer to do something.
    pub const OFFER: ReplyKind = ReplyKind(5);

    /// Whether it tells somebody what they could do.
    pub fn advises(self) -> bool {
        !matches!(self, ReplyKind::LISTENING | ReplyKind::EXPERIENCE | ReplyKind::QUESTION | ReplyKind::OFFER)
    }

    pub(crate) fn is_default(&self) -> bool {
        *self == ReplyKind::default()
    }
}

/// How somebody acknowledges what another wrote: for the author alone. A number this version does not know says that
/// somebody heard it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct AckKind(#[n(0)] pub u8);

impl AckKind {
    /// I hear you.
    pub const HEAR_YOU: AckKind = AckKind(0);
    /// Me too.
    pub const ME_TOO: AckKind = AckKind(1);
    /// I am with you.
    pub const WITH_YOU: AckKind = AckKind(2);
    /// Sending strength.
    pub const STRENGTH: AckKind = AckKind(3);
    /// Thank you for sharing.
    pub const THANK_YOU: AckKind = AckKind(4);
}

/// Of what was said about a post, as far as it decides whether it was heard: the highest lamport numbers.
///
/// Taking up is commutative, associative and idempotent: whatever comes in whatever order, the marks are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    answered: Option<u64>,
    still: Option<u64>,
}

impl Marks {
    /// Somebody else replied, or marked it as heard, in an entry with this lamport number.
    pub fn answer(&mut self, lamport: u64) {
        self.answered = self.answered.max(Some(lamport));
    }

    /// Its author still waits for an answer, by an entry with this lamport number.
    pub fn still_need(&mut self, lamport: u64) {
        self.still = self.still.max(Some(lamport));
    }

    /// Whether it was heard, and its author did not say after it that they still wait. An answer that its author may not
    /// have seen when they said so, its number being no higher, does not count.
    pub fn heard(&self) -> bool {
        self.answered.is_some() && self.answered > self.still
    }

    /// Whether its author said that they still wait, and nobody answered since.
    pub fn reopened(&self) -> bool {
        self.still.is_some() && !self.heard()
    }
}

/// How long a post has waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Not long.
    Fresh,
    /// Longer than members wish: it stands among those that need a reply.
    Waiting,
    /// So long that whoever is on duty should look after it.
    Duty,
    /// So long that its author is told, and what they can do.
    Long,
}

/// Within how many hours members try to answer, where the charter says so many (0: nothing).
pub fn reply_hours(charter: u16) -> u16 {
    if charter == 0 { REPLY_HOURS } else { charter }
}

/// How long a post has waited that came here at `since`, where members try to answer within so many hours (0: the charter
/// does not say).
pub fn step(reply_hours: u16, since: Millis, now: Millis) -> Step {
    let window = u64::from(self::reply_hours(reply_hours)).saturating_mul(HOUR);
    let waited = now.since(since);
    if waited >= window.saturating_mul(AUTHOR_AFTER) {
        Step::Long
    } else if waited >= window.saturating_mul(DUTY_AFTER) {
        Step::Duty
    } else if waited >= window {
        Step::Waiting
    } else {
        Step::Fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_is_for_those_who_asked() {
        let asked = [Intent::ADVICE, Intent::PRACTICAL_HELP];
        let others = [Intent::HEAR_ME, Intent::EXPERIENCES, Intent::GOOD_NEWS, Intent(77)];
        let advice = [ReplyKind::SUGGESTION, ReplyKind::RESOURCE, ReplyKind(77)];
        let rest = [ReplyKind::LISTENING, ReplyKind::EXPERIENCE, ReplyKind::QUESTION, ReplyKind::OFFER];
        for kind in advice {
            assert!(asked.iter().all(|intent| intent.welcomes(kind)));
            assert!(others.iter().all(|intent| !intent.welcomes(kind)));
        }
        for kind in rest {
            assert!(asked.iter().chain(&others).all(|intent| intent.welcomes(kind)));
        }
    }

    #[test]
    fn marks_are_the_same_in_any_order() {
        #[derive(Clone, Copy)]
        enum Said {
            Answer(u64),
            Still(u64),
        }
        let of = |said: &[Said]| {
            let mut marks = Marks::default();
            for one in said {
                match one {
                    Said::Answer(at) => marks.answer(*at),
                    Said::Still(at) => marks.still_need(*at),
                }
            }
            marks
        };
        let said = [Said::Answer(3), Said::Still(5), Said::Answer(4)];
        let turned = [said[2], said[0], said[1], said[0]];
        assert_eq!(of(&said), of(&turned));
        assert!(of(&said).reopened() && !of(&said).heard());
        assert!(of(&[said[0], said[1], Said::Answer(6)]).heard());
        assert!(!of(&[Said::Answer(5), Said::Still(5)]).heard(), "who still waits is believed");
        assert!(!of(&[]).heard() && !of(&[]).reopened());
    }

    #[test]
    fn a_post_waits_by_the_readers_clock_and_the_charters_window() {
        let came = Millis(1_000_000);
        let after = |hours: u64| came.plus(hours * HOUR);
        assert_eq!(step(0, came, after(3)), Step::Fresh);
        assert_eq!(step(0, came, after(4)), Step::Waiting);
        assert_eq!(step(2, came, after(2)), Step::Waiting);
        assert_eq!(step(2, came, after(6)), Step::Duty);
        assert_eq!(step(2, came, after(12)), Step::Long);
        assert_eq!(step(2, came, Millis(0)), Step::Fresh, "a clock that was set back hurries nobody");
    }
}
