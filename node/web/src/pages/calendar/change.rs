//! Moving an event, and saying that it does not take place.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use kith_node::api::types::{CalendarEvent, ChangeEvent, EventKind};
use serde::Deserialize;

use super::event::can_change;
use crate::form::{self, Form};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;

/// What was filled in.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filled {
    #[serde(default)]
    day: String,
    #[serde(default)]
    time: String,
    #[serde(default)]
    minutes: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    reason: String,
}

#[derive(Template)]
#[template(path = "calendar/change.html")]
struct ChangePage {
    f: Frame,
    id: String,
    title: String,
    /// Whether it is to be cancelled.
    cancel: bool,
    is_day: bool,
    error: Option<Said>,
    filled: Filled,
    zone: String,
}

pub async fn show(visit: Visit, Path(event): Path<String>) -> Result<Response, Oops> {
    let event = one(&visit, &event).await?;
    let filled = as_it_is(&visit, &event);
    Ok(form_page(&visit, &event, filled, false, None))
}

pub async fn show_cancel(visit: Visit, Path(event): Path<String>) -> Result<Response, Oops> {
    let event = one(&visit, &event).await?;
    Ok(form_page(&visit, &event, Filled::default(), true, None))
}

pub async fn send(
    visit: Visit,
    Path(event): Path<String>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let event = one(&visit, &event).await?;
    let words = &visit.words;
    let said = match change(&visit, &event, &filled) {
        Err(said) => said,
        Ok(change) => match visit.service().event_change(&event.event, change).await {
            Ok(_) => return Ok(see(format!("/events/{}?done=done-event-moved", event.event))),
            Err(problem) => Said::of(words, &problem),
        },
    };
    Ok(form_page(&visit, &event, filled, false, Some(said)))
}

pub async fn cancel(
    visit: Visit,
    Path(event): Path<String>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let event = one(&visit, &event).await?;
    let words = &visit.words;
    let said = if filled.reason.trim().is_empty() {
        Said { message: words.t("event-no-reason"), hint: words.t("event-no-reason-hint") }
    } else {
        let reason = form::lines(&filled.reason);
        let change = ChangeEvent { cancelled: true, reason, ..ChangeEvent::default() };
        match visit.service().event_change(&event.event, change).await {
            Ok(_) => return Ok(see(format!("/events/{}?done=done-event-cancelled", event.event))),
            Err(problem) => Said::of(words, &problem),
        }
    };
    Ok(form_page(&visit, &event, filled, true, Some(said)))
}

async fn one(visit: &Visit, event: &str) -> Result<CalendarEvent, Oops> {
    let event = visit.service().event(event).await?;
    if can_change(visit, &event) { Ok(event) } else { Err(Oops::missing()) }
}

/// The fields as the event has them.
fn as_it_is(visit: &Visit, event: &CalendarEvent) -> Filled {
    let start = event.start.as_deref();
    let day = start.and_then(|start| visit.clock.date(start)).map(|day| day.to_string());
    Filled {
        day: event.day.clone().or(day).unwrap_or_default(),
        time: start.map(|start| visit.clock.field(start)).unwrap_or_default(),
        minutes: if event.minutes > 0 { event.minutes.to_string() } else { String::new() },
        place: event.place.clone(),
        reason: String::new(),
    }
}

/// What is different, or what is wrong with it.
fn change(visit: &Visit, event: &CalendarEvent, filled: &Filled) -> Result<ChangeEvent, Said> {
    let words = &visit.words;
    let said = |message: &str, hint: &str| Said { message: words.t(message), hint: words.t(hint) };
    if filled.reason.trim().is_empty() {
        return Err(said("event-no-reason", "event-no-reason-hint"));
    }
    let wrong = || said("event-wrong-time", "event-wrong-hint");
    let before = as_it_is(visit, event);
    let is_day = event.kind == EventKind::Anniversary;
    let moved = (&filled.day, &filled.time) != (&before.day, &before.time);
    let start = if moved && !is_day {
        Some(visit.clock.from_here(&filled.day, &filled.time).ok_or_else(wrong)?)
    } else {
        None
    };
    let minutes = match filled.minutes.trim() {
        minutes if minutes == before.minutes => None,
        "" => Some(0),
        minutes => Some(minutes.parse().map_err(|_| wrong())?),
    };
    Ok(ChangeEvent {
        cancelled: false,
        start,
        day: Some(filled.day.clone()).filter(|_| is_day && filled.day != before.day),
        minutes,
        place: Some(filled.place.clone()).filter(|place| *place != before.place),
        reason: form::lines(&filled.reason),
    })
}

fn form_page(
    visit: &Visit,
    event: &CalendarEvent,
    filled: Filled,
    cancel: bool,
    error: Option<Said>,
) -> Response {
    let heading = if cancel { "event-cancel" } else { "event-change" };
    page(&ChangePage {
        f: visit.frame(visit.words.t(heading), Nav::Calendar),
        id: event.event.clone(),
        title: event.title.clone(),
        cancel,
        is_day: event.kind == EventKind::Anniversary,
        error,
        filled,
        zone: visit.clock.zone(),
    })
}
