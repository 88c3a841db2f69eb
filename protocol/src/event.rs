//! The rules of events: what a change changes, in whatever order changes come.

use crate::body::{Event, EventChange, EventKind};
use crate::id::EntryId;
use crate::time::Millis;

/// The changes of one event that count, each by when it was written. All nodes with the same make the same of them.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    all: Vec<(u64, EntryId, EventChange)>,
}

/// An event as it stands after its changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stands {
    /// When it begins; none of an offer.
    pub start: Option<Millis>,
    /// How long it is meant to take.
    pub minutes: u16,
    /// Where.
    pub place: String,
    /// Whether it does not take place.
    pub cancelled: bool,
    /// Whether it was moved to another time or place.
    pub moved: bool,
    /// Why it was changed last.
    pub reason: String,
}

impl Changes {
    /// Takes up a change in an entry with this lamport number and id.
    pub fn take(&mut self, lamport: u64, id: EntryId, change: EventChange) {
        let at = self.all.partition_point(|(other, by, _)| (*other, *by) < (lamport, id));
        self.all.insert(at, (lamport, id, change));
    }

    /// What they make of an event. Each field is as it was said last; a time that is none of the event's kind changes nothing.
    pub fn make_of(&self, event: &Event) -> Stands {
        let day = |start: &Millis| start.0.is_multiple_of(24 * 3_600_000);
        let is_day = event.kind == EventKind::ANNIVERSARY;
        let mut stands = Stands {
            start: event.start,
            minutes: event.minutes,
            place: event.place.clone(),
            cancelled: false,
            moved: false,
            reason: String::new(),
        };
        for (_, _, change) in &self.all {
            let start = change.start.filter(|start| !is_day || day(start));
            stands.start = start.or(stands.start);
            stands.minutes = change.minutes.filter(|_| !is_day).unwrap_or(stands.minutes);
            stands.place = change.place.clone().unwrap_or(stands.place);
            stands.cancelled = change.cancelled;
            stands.reason = change.reason.clone();
        }
        stands.moved = stands.start != event.start || stands.place != event.place;
        stands
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::ContentNotes;
    use crate::id::ShortId;

    const DAY: u64 = 24 * 3_600_000;

    fn event(kind: EventKind) -> Event {
        Event {
            title: "Walk".into(),
            kind,
            start: Some(Millis(2 * DAY)),
            minutes: 0,
            place: "At the bridge".into(),
            words: String::new(),
            circle: None,
            notes: ContentNotes::default(),
        }
    }

    fn change(start: Option<u64>, place: Option<&str>, cancelled: bool) -> EventChange {
        EventChange {
            event: ShortId([1; 16]),
            cancelled,
            start: start.map(Millis),
            minutes: None,
            place: place.map(str::to_owned),
            reason: "Rain".into(),
        }
    }

    #[test]
    fn the_last_word_about_each_field_holds_in_any_order() {
        let said = [
            (3, change(Some(5 * DAY), None, false)),
            (4, change(None, Some("In the café"), false)),
            (4, change(None, Some("At home"), true)),
            (7, change(None, None, false)),
        ];
        let of = |order: [usize; 4]| {
            let mut changes = Changes::default();
            for place in order {
                let (lamport, change) = said[place].clone();
                changes.take(lamport, EntryId([place as u8; 32]), change);
            }
            changes.make_of(&event(EventKind::GATHERING))
        };
        let first = of([0, 1, 2, 3]);
        for order in [[3, 2, 1, 0], [1, 3, 0, 2]] {
            assert_eq!(of(order), first);
        }
        assert_eq!((first.start, first.place.as_str()), (Some(Millis(5 * DAY)), "At home"));
        assert!(first.moved && !first.cancelled);
    }

    #[test]
    fn an_anniversary_stays_a_day_and_an_event_without_changes_as_it_was() {
        let mut changes = Changes::default();
        let as_it_was = changes.make_of(&event(EventKind::ANNIVERSARY));
        assert!(!as_it_was.moved && !as_it_was.cancelled);
        changes.take(1, EntryId([1; 32]), change(Some(DAY + 1), None, true));
        let stands = changes.make_of(&event(EventKind::ANNIVERSARY));
        assert_eq!(stands.start, Some(Millis(2 * DAY)));
        assert!(stands.cancelled);
    }
}
