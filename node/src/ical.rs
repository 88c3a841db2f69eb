//! Events as iCalendar (RFC 5545), for calendar programs.
//!
//! Escaping and folding are the `icalendar` crate's. Texts of other people go through [`plain`] first, so that none of their
//! control characters ends a line. Whoever has it written says what stands for words that are left out, and how content
//! notes are said, in the language of their reader.

use icalendar::{Calendar, Class, Component, Event, EventLike, EventStatus, Property};

use crate::api::types::{CalendarEvent, ContentNotes};
use crate::plain;

/// What becomes of words.
#[derive(Clone, Copy)]
pub enum Said<'a> {
    /// They are there; with how content notes are said, none where there are none.
    All(&'a dyn Fn(&ContentNotes) -> Option<String>),
    /// Times alone are, and every event is called this.
    Busy(&'a str),
}

impl std::fmt::Debug for Said<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Said::All(_) => "All",
            Said::Busy(_) => "Busy",
        })
    }
}

/// A calendar of all events that have a time.
pub fn calendar(events: &[CalendarEvent], said: &Said<'_>) -> String {
    let mut calendar = Calendar::empty();
    calendar.append_property(("VERSION", "2.0"));
    calendar.append_property(("PRODID", "-//Kith//Kith//EN"));
    for event in events {
        calendar.extend(one(event, said));
    }
    calendar.to_string()
}

fn one(event: &CalendarEvent, said: &Said<'_>) -> Option<Event> {
    let mut made = Event::new();
    made.uid(&format!("{}@kith.invalid", event.event));
    made.add_property("DTSTAMP", stamp(&event.time)?);
    made.class(Class::Private);
    match (&event.day, &event.start) {
        (Some(day), _) => {
            let digits = day.replace('-', "");
            let mut rule = "FREQ=YEARLY".to_owned();
            if digits.ends_with("0229") {
                // Each year, not each fourth.
                rule.push_str(";BYMONTH=2;BYMONTHDAY=-1");
            }
            made.append_property(Property::new("DTSTART", digits).add_parameter("VALUE", "DATE").done());
            made.add_property("RRULE", rule);
            made.add_property("TRANSP", "TRANSPARENT");
        }
        (None, Some(start)) => {
            made.add_property("DTSTART", stamp(start)?);
            if event.minutes > 0 {
                made.add_property("DURATION", format!("PT{}M", event.minutes));
            }
        }
        (None, None) => return None,
    }
    if event.cancelled {
        made.status(EventStatus::Cancelled);
    }
    let notes = match said {
        Said::All(notes) => notes(&event.notes),
        Said::Busy(called) => {
            made.summary(called);
            return Some(made);
        }
    };
    made.summary(&plain::line(&event.title));
    if !event.place.is_empty() {
        made.location(&plain::line(&event.place));
    }
    let words = [notes.as_deref(), Some(event.words.as_str()), Some(event.reason.as_str())];
    let words: Vec<_> =
        words.into_iter().flatten().filter(|words| !words.is_empty()).map(plain::block).collect();
    if !words.is_empty() {
        made.description(&words.join("\n"));
    }
    Some(made)
}

/// `2026-12-05T18:30:00.000Z` as `20261205T183000Z`.
fn stamp(time: &str) -> Option<String> {
    let seconds = time.get(..19)?;
    Some(format!("{}Z", seconds.replace(['-', ':'], "")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::types::EventKind;

    const ALL: Said<'_> = Said::All(&|_| None);

    fn example(kind: EventKind) -> CalendarEvent {
        CalendarEvent {
            event: "ab".repeat(32),
            time: "2026-11-22T18:00:00.000Z".into(),
            title: "Walk by the river".into(),
            kind,
            start: Some("2036-12-05T18:30:00.000Z".into()),
            minutes: 90,
            place: "At the old bridge; bring, a coat".into(),
            ..CalendarEvent::default()
        }
    }

    fn has(text: &str, line: &str) -> bool {
        text.replace("\r\n ", "").split("\r\n").any(|one| one == line)
    }

    #[test]
    fn an_event_is_written_as_the_standard_asks() {
        let event =
            CalendarEvent { reason: "It rained;\r\nBEGIN:VALARM".into(), ..example(EventKind::Gathering) };
        let text = calendar(&[event], &ALL);
        for line in [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "DTSTAMP:20261122T180000Z",
            "DTSTART:20361205T183000Z",
            "DURATION:PT90M",
            "SUMMARY:Walk by the river",
            "LOCATION:At the old bridge\\; bring\\, a coat",
            "DESCRIPTION:It rained\\;\\nBEGIN:VALARM",
            "CLASS:PRIVATE",
            "END:VCALENDAR",
        ] {
            assert!(has(&text, line), "{line} in {text}");
        }
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    }

    #[test]
    fn days_come_again_and_offers_are_left_out() {
        let day = |day: &str| CalendarEvent {
            start: None,
            day: Some(day.into()),
            next: Some(day.into()),
            minutes: 0,
            ..example(EventKind::Anniversary)
        };
        let text = calendar(&[day("2024-02-29"), day("2020-12-05")], &ALL);
        for line in [
            "DTSTART;VALUE=DATE:20240229",
            "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1",
            "DTSTART;VALUE=DATE:20201205",
            "RRULE:FREQ=YEARLY",
        ] {
            assert!(has(&text, line), "{line} in {text}");
        }
        let offer = CalendarEvent { start: None, ..example(EventKind::SkillShare) };
        assert!(!calendar(&[offer], &ALL).contains("VEVENT"));
    }

    #[test]
    fn words_can_be_left_out() {
        let off = CalendarEvent { cancelled: true, reason: "Rain".into(), ..example(EventKind::Gathering) };
        let text = calendar(&[off], &Said::Busy("Busy"));
        assert!(has(&text, "SUMMARY:Busy") && has(&text, "STATUS:CANCELLED"), "{text}");
        for word in ["river", "bridge", "Rain", "LOCATION", "DESCRIPTION"] {
            assert!(!text.contains(word), "{word}");
        }
    }
}
