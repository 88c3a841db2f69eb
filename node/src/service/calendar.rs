//! What is coming up: events, offers, and days that matter to somebody.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use kith_protocol::body::{self, Event, EventChange};
use kith_protocol::id::{EntryId, ShortId};
use kith_protocol::limits;
use kith_protocol::time::Millis;

use super::hearing::notes;
use super::milestones::day;
use super::moment::moment;
use super::resolve::{self, Thing};
use super::talk::written;
use super::{Service, ServiceError, text};
use crate::api::types::{AddEvent, Calendar, CalendarEvent, ChangeEvent, Code, Delivery, EventKind};
use crate::cell::{Cell, Engine};

/// How long an event goes on at least, in minutes: also one that does not say.
const GOES_ON: u16 = 60;
const MINUTE: u64 = 60_000;

impl Service {
    /// What is coming up in a group, and what is over: the earliest first, offers last.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn calendar(&self, group: &str) -> Result<Calendar, ServiceError> {
        let cell = self.cell(group).await?;
        let (now, today) = (self.node()?.clock.now(), self.today()?);
        let events = cell.engine.read(|engine| engine.events_view()).await?;
        let mut events: Vec<_> = events.into_iter().map(|event| as_of(event, now, today)).collect();
        events.sort_by_cached_key(begins);
        Ok(Calendar { events })
    }

    /// One event.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::NotAllowed`] for what is not shown.
    pub async fn event(&self, event: &str) -> Result<CalendarEvent, ServiceError> {
        let (cell, event) = self.find_event(event).await?;
        let (now, today) = (self.node()?.clock.now(), self.today()?);
        let event = cell.engine.read(move |engine| engine.event(&event)).await?;
        Ok(as_of(event, now, today))
    }

    /// Announces something.
    ///
    /// # Errors
    /// As [`Service::post`]; [`Code::BadWords`] for what is too long, [`Code::BadRequest`] for a time that does not fit.
    pub async fn event_add(&self, group: &str, add: AddEvent) -> Result<Delivery, ServiceError> {
        let cell = self.cell(group).await?;
        let start = start(add.kind, add.start.as_deref(), add.day.as_deref())?;
        if start.is_none() && add.kind != EventKind::SkillShare {
            return Err(no_time(
                "It does not say when it is.",
                "Only a skill-share can be offered without a time.",
            ));
        }
        self.to_come(add.kind, start)?;
        let title = add.title.trim().to_owned();
        if title.is_empty() {
            return Err(ServiceError::new(
                Code::BadWords,
                "What you announce needs a title.",
                "A few words that tell the others what it is.",
            ));
        }
        text::words("title", &title, limits::ITEM_LINE)?;
        text::words("place", add.place.trim(), limits::LINK_LINE)?;
        text::words("description", add.words.trim(), limits::EVENT_WORDS)?;
        let circle = match &add.circle {
            Some(given) => Some(circle(&cell, given).await?),
            None => None,
        };
        let event = Event {
            title,
            kind: kind(add.kind),
            start,
            minutes: minutes(add.kind, Some(add.minutes))?.unwrap_or(0),
            place: add.place.trim().to_owned(),
            words: add.words.trim().to_owned(),
            circle,
            notes: notes(Some(&add.mentions), Some(&add.note))?.unwrap_or_default(),
        };
        written(&cell, move |engine| engine.add_event(event)).await
    }

    /// Moves or cancels an event.
    ///
    /// # Errors
    /// As [`Service::event_add`]; [`Code::NotAllowed`] for somebody else's, of who is neither facilitator nor helper.
    pub async fn event_change(&self, event: &str, change: ChangeEvent) -> Result<Delivery, ServiceError> {
        let (cell, event) = self.find_event(event).await?;
        let known = cell.engine.read(move |engine| engine.event(&event)).await?;
        let start = start(known.kind, change.start.as_deref(), change.day.as_deref())?;
        self.to_come(known.kind, start)?;
        let place = change.place.map(|place| place.trim().to_owned());
        text::words("place", place.as_deref().unwrap_or_default(), limits::LINK_LINE)?;
        text::words("reason", change.reason.trim(), limits::REASON)?;
        let change = EventChange {
            event: event.short(),
            cancelled: change.cancelled,
            start,
            minutes: minutes(known.kind, change.minutes)?,
            place,
            reason: change.reason.trim().to_owned(),
        };
        written(&cell, move |engine| engine.change_event(&event, change)).await
    }

    /// Refuses a time that has passed, but of an anniversary, which comes again.
    fn to_come(&self, kind: EventKind, start: Option<Millis>) -> Result<(), ServiceError> {
        let now = self.node()?.clock.now();
        if kind != EventKind::Anniversary && start.is_some_and(|start| start < now) {
            return Err(no_time("This time has passed already.", "Look at the day and the year."));
        }
        Ok(())
    }

    /// The day it is where this device is.
    pub(super) fn today(&self) -> Result<Date, ServiceError> {
        let moment = timestamp(self.node()?.clock.now());
        let wrong = || no_time("The clock of this device is wrong.", "Set it, and try again.");
        Ok(moment.ok_or_else(wrong)?.to_zoned(TimeZone::system()).date())
    }

    async fn find_event(&self, given: &str) -> Result<(Cell, EntryId), ServiceError> {
        let mut found = Vec::new();
        for cell in self.cells()?.values() {
            let names = cell.engine.read(|engine: &mut Engine| engine.event_names()).await?;
            found.extend(names.into_iter().map(|name| (name.to_string(), None, (cell.clone(), name))));
        }
        resolve::one(Thing::Event, given, found)
    }
}

/// The circle that an event is to announce.
async fn circle(cell: &Cell, given: &str) -> Result<ShortId, ServiceError> {
    let unknown = || {
        ServiceError::new(
            Code::UnknownId,
            "There is no such circle in this group.",
            "Give the id of the circle, or leave it out and say in words where you meet.",
        )
    };
    let prefix = resolve::prefix(given).ok_or_else(unknown)?;
    let circles = cell.engine.read(move |engine| engine.find_circles(&prefix)).await?;
    match circles.as_slice() {
        [one] => Ok(one.short()),
        _ => Err(unknown()),
    }
}

fn start(kind: EventKind, start: Option<&str>, of: Option<&str>) -> Result<Option<Millis>, ServiceError> {
    let first = |date: Date| date.to_zoned(TimeZone::UTC).ok().map(|moment| moment.timestamp());
    match (kind, start, of) {
        (_, None, None) => Ok(None),
        (EventKind::Anniversary, None, Some(of)) => {
            let moment = first(day(of)?).and_then(|moment| u64::try_from(moment.as_millisecond()).ok());
            let early = || no_time("This day is too long ago to be kept.", "Days from 1970 on can be.");
            moment.map(Millis).map(Some).ok_or_else(early)
        }
        (EventKind::Anniversary, _, _) => {
            Err(no_time("An anniversary is a day, without a time.", "Write it as 2026-12-05."))
        }
        (_, Some(start), None) => match moment(start) {
            Some(start) => Ok(Some(start)),
            None => Err(no_time("This is no time.", "Write it as 2026-12-05T18:30:00Z.")),
        },
        _ => Err(no_time("This has a day where a time is needed.", "Say when it begins.")),
    }
}

fn minutes(kind: EventKind, minutes: Option<u16>) -> Result<Option<u16>, ServiceError> {
    if minutes.is_some_and(|minutes| minutes > limits::EVENT_MINUTES) {
        return Err(no_time("Nothing can go on for so long here.", "Say at most 14 days of minutes: 20160."));
    }
    Ok(minutes.filter(|_| kind != EventKind::Anniversary))
}

fn kind(kind: EventKind) -> body::EventKind {
    match kind {
        EventKind::Gathering => body::EventKind::GATHERING,
        EventKind::Circle => body::EventKind::CIRCLE,
        EventKind::SkillShare => body::EventKind::SKILL_SHARE,
        EventKind::Anniversary => body::EventKind::ANNIVERSARY,
    }
}

/// An event with what depends on the time.
fn as_of(mut event: CalendarEvent, now: Millis, today: Date) -> CalendarEvent {
    let goes_on = u64::from(event.minutes.max(GOES_ON)).saturating_mul(MINUTE);
    let ends = event.start.as_deref().and_then(moment).map(|start| start.plus(goes_on));
    event.over = ends.is_some_and(|ends| ends < now);
    event.next =
        event.day.as_deref().and_then(|first| next(first.parse().ok()?, today)).map(|day| day.to_string());
    event
}

/// When a yearly day comes next, or today. A 29 February comes on the last day of February.
fn next(first: Date, today: Date) -> Option<Date> {
    let years = today.year().saturating_sub(first.year()).max(0);
    let this_year = first.checked_add(years.years()).ok()?;
    if this_year >= today { Some(this_year) } else { first.checked_add(years.saturating_add(1).years()).ok() }
}

/// By what events stand in order: offers last.
fn begins(event: &CalendarEvent) -> (bool, Option<Timestamp>) {
    let of_day = |day: &str| Some(day.parse::<Date>().ok()?.to_zoned(TimeZone::system()).ok()?.timestamp());
    let begins = match &event.next {
        Some(day) => of_day(day),
        None => event.start.as_deref().and_then(moment).and_then(timestamp),
    };
    (begins.is_none(), begins)
}

fn timestamp(moment: Millis) -> Option<Timestamp> {
    Timestamp::from_millisecond(i64::try_from(moment.0).ok()?).ok()
}

fn no_time(message: &str, hint: &str) -> ServiceError {
    ServiceError::new(Code::BadRequest, message, hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_comes_again_each_year() {
        for (first, today, expected) in [
            ("2020-03-04", "2026-03-04", "2026-03-04"),
            ("2020-03-04", "2026-03-05", "2027-03-04"),
            ("2020-03-04", "2026-01-05", "2026-03-04"),
            ("2030-03-04", "2026-01-05", "2030-03-04"),
            ("2024-02-29", "2026-01-05", "2026-02-28"),
            ("2024-02-29", "2026-03-01", "2027-02-28"),
            ("2024-02-29", "2027-12-31", "2028-02-29"),
        ] {
            assert_eq!(next(date(first), date(today)), Some(date(expected)), "{first} on {today}");
        }
    }

    #[test]
    fn times_are_of_their_kind() {
        let of = |kind, start: Option<&str>, day: Option<&str>| super::start(kind, start, day);
        let day = of(EventKind::Anniversary, None, Some("1970-01-03")).unwrap();
        assert_eq!(day, Some(Millis(2 * 24 * 60 * MINUTE)));
        assert!(of(EventKind::Anniversary, None, Some("1969-12-31")).is_err());
        assert!(of(EventKind::Anniversary, Some("2026-12-05T18:30:00Z"), None).is_err());
        assert!(of(EventKind::Gathering, None, Some("2026-12-05")).is_err());
        assert!(of(EventKind::Gathering, Some("tomorrow"), None).is_err());
        assert_eq!(of(EventKind::SkillShare, None, None), Ok(None));
    }
}
