//! What is coming up in the group, and what was changed about it.

use kith_protocol::admit::Verified;
use kith_protocol::body::{Body, Event, EventChange, EventKind};
use kith_protocol::event::Changes;
use kith_protocol::group::Right;
use kith_protocol::id::{EntryId, MemberKey, ShortId};

use super::CellError;
use super::engine::Engine;
use super::hearing_view::content_notes;
use crate::api::types;

/// Events that are listed. Of more, those that came first are not.
const EVENTS: usize = 2000;
/// Changes of one event that are looked at. Of more, those that came first are not.
const CHANGES: usize = 64;

const EVENTS_NOTE: &str = "calendar/events";

impl Engine {
    /// Announces something.
    pub(crate) fn add_event(&mut self, event: Event) -> Result<EntryId, CellError> {
        self.write(Body::Event(event))
    }

    /// Moves or cancels an event: mine, or any but an anniversary as facilitator or helper.
    pub(crate) fn change_event(
        &mut self,
        event: &EntryId,
        change: EventChange,
    ) -> Result<EntryId, CellError> {
        let shown = self.shown_entry(&event.short())?;
        let Some((Body::Event(kind), author)) = shown.map(|(entry, author, _)| (entry.body, author)) else {
            return Err(CellError::NotTheirs);
        };
        if !self.may_change(&kind, &author, &self.me()) {
            return Err(CellError::Right(Right::NeedsDeputy));
        }
        self.write(Body::EventChange(change))
    }

    /// All events that are shown, in the order in which they came.
    pub(crate) fn events_view(&self) -> Result<Vec<types::CalendarEvent>, CellError> {
        let mut events = Vec::new();
        for event in self.listed(EVENTS_NOTE)? {
            let event = self.event_view(&event)?;
            events.extend(event.filter(|event| !self.hides_notes(&event.notes, event.mine)));
        }
        Ok(events)
    }

    /// One event.
    pub(crate) fn event(&self, event: &EntryId) -> Result<types::CalendarEvent, CellError> {
        self.event_view(&event.short())?.ok_or(CellError::NotTheirs)
    }

    /// The names of all events.
    pub(crate) fn event_names(&self) -> Result<Vec<EntryId>, CellError> {
        self.listed_ids(EVENTS_NOTE)
    }

    /// The circles whose id begins with `prefix` (lower-case hex).
    pub(crate) fn find_circles(&self, prefix: &str) -> Result<Vec<EntryId>, CellError> {
        let mut circles = Vec::new();
        for id in self.find_posts(prefix)? {
            let shown = self.shown_entry(&id.short())?;
            circles
                .extend(shown.filter(|(entry, ..)| matches!(entry.body, Body::Circle(_))).map(|(.., id)| id));
        }
        Ok(circles)
    }

    /// Takes note of what belongs to the calendar.
    pub(super) fn mark_calendar(&mut self, verified: &Verified) -> Result<(), CellError> {
        match &verified.entry().body {
            Body::Event(_) => self.enlist(EVENTS_NOTE.to_owned(), EVENTS, verified),
            Body::EventChange(change) => self.enlist(changes_name(&change.event), CHANGES, verified),
            _ => Ok(()),
        }
    }

    fn may_change(&self, event: &Event, author: &MemberKey, by: &MemberKey) -> bool {
        author == by || (event.kind != EventKind::ANNIVERSARY && self.in_charge(by))
    }

    fn event_view(&self, name: &ShortId) -> Result<Option<types::CalendarEvent>, CellError> {
        let Some((entry, author, id)) = self.shown_entry(name)? else { return Ok(None) };
        let Body::Event(event) = entry.body else { return Ok(None) };
        let mut changes = Changes::default();
        for name in self.listed(&changes_name(name))? {
            let Some((entry, by, id)) = self.shown_entry(&name)? else { continue };
            if let Body::EventChange(change) = entry.body
                && self.may_change(&event, &author, &by)
            {
                changes.take(entry.lamport, id, change);
            }
        }
        let stands = changes.make_of(&event);
        let circle = match event.circle {
            Some(circle) => Some(match self.store.entry(&circle)?.and_then(|held| held.placed) {
                Some(placed) => placed.entry.to_string(),
                None => circle.to_string(),
            }),
            None => None,
        };
        let kind = kind_of(event.kind);
        let is_day = kind == types::EventKind::Anniversary;
        let start = stands.start.map(|start| start.to_string());
        let day = start.as_ref().filter(|_| is_day).and_then(|start| start.get(..10)).map(str::to_owned);
        Ok(Some(types::CalendarEvent {
            event: id.to_string(),
            group: self.id.to_string(),
            author: author.to_string(),
            name: self.name_of(&author),
            mine: author == self.me(),
            time: entry.time.to_string(),
            title: event.title,
            kind,
            start: start.filter(|_| !is_day),
            day: day.clone(),
            next: day,
            minutes: stands.minutes,
            place: stands.place,
            words: event.words,
            circle,
            notes: content_notes(&event.notes),
            moved: stands.moved,
            cancelled: stands.cancelled,
            reason: stands.reason,
            over: false,
        }))
    }
}

fn kind_of(kind: EventKind) -> types::EventKind {
    match kind {
        EventKind::CIRCLE => types::EventKind::Circle,
        EventKind::SKILL_SHARE => types::EventKind::SkillShare,
        EventKind::ANNIVERSARY => types::EventKind::Anniversary,
        _ => types::EventKind::Gathering,
    }
}

fn changes_name(event: &ShortId) -> String {
    format!("calendar/changes/{event}")
}
