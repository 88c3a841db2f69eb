//! What is coming up: gatherings, circles, skill-shares, and days that matter to a member.

use minicbor::{Decode, Encode};

use super::notes::ContentNotes;
use super::words;
use crate::codec::{CodecError, at_most};
use crate::id::ShortId;
use crate::limits;
use crate::time::Millis;

/// Milliseconds of a day.
const DAY: u64 = 24 * 3_600_000;

/// What an event is. A number this version does not know is a gathering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct EventKind(#[n(0)] pub u8);

impl EventKind {
    /// People meet.
    pub const GATHERING: EventKind = EventKind(0);
    /// People sit in a circle.
    pub const CIRCLE: EventKind = EventKind(1);
    /// Somebody shows how they do something; without a time, they offer to.
    pub const SKILL_SHARE: EventKind = EventKind(2);
    /// A day that matters to its author, every year: glad or hard, nobody says which.
    pub const ANNIVERSARY: EventKind = EventKind(3);
}

/// Something that is coming up. Fields that say nothing are left out of its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Event {
    /// What it is called: 1 to [`limits::ITEM_LINE`] bytes.
    #[n(0)]
    pub title: String,
    /// What it is.
    #[n(1)]
    pub kind: EventKind,
    /// When it begins. Of an anniversary, the day, as its first moment in UTC: it is that day wherever it is read. Only a
    /// skill-share can be without: it is an offer then.
    #[n(2)]
    pub start: Option<Millis>,
    /// How long it is meant to take: at most [`limits::EVENT_MINUTES`]; 0 says nothing.
    #[n(3)]
    #[cbor(default, skip_if = "is_zero")]
    pub minutes: u16,
    /// Where, in words or as a link: at most [`limits::LINK_LINE`] bytes. Nothing follows it but a person.
    #[n(4)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub place: String,
    /// More about it: at most [`limits::EVENT_WORDS`] bytes.
    #[n(5)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub words: String,
    /// The entry that announces the circle, if it is one.
    #[n(6)]
    pub circle: Option<ShortId>,
    /// What it mentions.
    #[n(7)]
    #[cbor(default, skip_if = "ContentNotes::is_empty")]
    pub notes: ContentNotes,
}

/// An event moved or cancelled. Counts by the event's author, and by whoever is facilitator or helper.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EventChange {
    /// The event.
    #[n(0)]
    pub event: ShortId,
    /// Whether it does not take place. The last word about that holds.
    #[n(1)]
    pub cancelled: bool,
    /// Another time, in the form of the event's own.
    #[n(2)]
    pub start: Option<Millis>,
    /// Another length.
    #[n(3)]
    pub minutes: Option<u16>,
    /// Another place.
    #[n(4)]
    pub place: Option<String>,
    /// Why: at most [`limits::REASON`] bytes.
    #[n(5)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub reason: String,
}

impl Event {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        let wrong = |what: &str| Err(CodecError::Mismatch(what.into()));
        words(&self.title, limits::ITEM_LINE, "title")?;
        within(self.minutes)?;
        at_most(self.place.len(), limits::LINK_LINE, "place")?;
        at_most(self.words.len(), limits::EVENT_WORDS, "words of an event")?;
        self.notes.check()?;
        match (self.kind, self.start) {
            (EventKind::SKILL_SHARE, None) => Ok(()),
            (_, None) => wrong("an event without a time"),
            (EventKind::ANNIVERSARY, Some(start)) if !start.0.is_multiple_of(DAY) || self.minutes != 0 => {
                wrong("an anniversary that is no day")
            }
            _ => Ok(()),
        }
    }
}

impl EventChange {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        within(self.minutes.unwrap_or(0))?;
        at_most(self.place.as_ref().map_or(0, String::len), limits::LINK_LINE, "place")?;
        at_most(self.reason.len(), limits::REASON, "reason")
    }
}

fn within(minutes: u16) -> Result<(), CodecError> {
    if minutes > limits::EVENT_MINUTES { Err(CodecError::TooLarge("minutes of an event")) } else { Ok(()) }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as the encoding asks")]
fn is_zero(minutes: &u16) -> bool {
    *minutes == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{Body, Kind};

    fn event() -> Event {
        Event {
            title: "Walk by the river".into(),
            kind: EventKind::GATHERING,
            start: Some(Millis(5)),
            minutes: 90,
            place: String::new(),
            words: String::new(),
            circle: None,
            notes: ContentNotes::default(),
        }
    }

    fn read(event: Event) -> Result<Body, CodecError> {
        Body::decode(Kind::EVENT, &Body::Event(event).encode())
    }

    #[test]
    fn what_is_within_its_limits_reads_back() {
        let offer = Event { kind: EventKind::SKILL_SHARE, start: None, minutes: 15, ..event() };
        let day = Event { kind: EventKind::ANNIVERSARY, start: Some(Millis(3 * DAY)), minutes: 0, ..event() };
        for event in [event(), offer, day, Event { kind: EventKind(99), minutes: 0, ..event() }] {
            assert_eq!(read(event.clone()), Ok(Body::Event(event)));
        }
    }

    #[test]
    fn what_is_beyond_them_is_refused() {
        for wrong in [
            Event { title: " ".into(), ..event() },
            Event { start: None, ..event() },
            Event { minutes: limits::EVENT_MINUTES + 1, ..event() },
            Event { place: "x".repeat(limits::LINK_LINE + 1), ..event() },
            Event { words: "x".repeat(limits::EVENT_WORDS + 1), ..event() },
            Event { kind: EventKind::ANNIVERSARY, minutes: 0, ..event() },
            Event { kind: EventKind::ANNIVERSARY, start: Some(Millis(DAY)), ..event() },
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong:?}");
        }
        let change = |minutes| EventChange {
            event: ShortId([1; 16]),
            cancelled: false,
            start: None,
            minutes,
            place: None,
            reason: String::new(),
        };
        let read = |change| Body::decode(Kind::EVENT_CHANGE, &Body::EventChange(change).encode());
        assert!(read(change(Some(limits::EVENT_MINUTES))).is_ok());
        assert!(read(change(Some(limits::EVENT_MINUTES + 1))).is_err());
    }
}
