//! What is coming up in all groups: a list first, a month beside it.

use std::collections::BTreeSet;

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::civil::Date;
use kith_node::api::types::{CalendarEvent, Circle, CircleState, EventKind, GroupState};
use serde::Deserialize;

use self::month::Month;
use super::circles;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::Oops;
use crate::parts::post::mentions;
use crate::visit::Visit;
use crate::web::Web;
use crate::words::Words;

mod add;
mod change;
mod event;
mod export;
mod month;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/calendar", get(show))
        .route("/calendar/calendar.ics", post(export::save))
        .route("/calendar/add", get(add::show).post(add::send))
        .route("/events/{event}", get(event::show))
        .route("/events/{event}/change", get(change::show).post(change::send))
        .route("/events/{event}/cancel", get(change::show_cancel).post(change::cancel))
        .route("/events/{event}/withdraw", post(event::withdraw))
}

#[derive(Deserialize)]
struct Asked {
    /// The month, as `2026-12`.
    month: Option<String>,
    done: Option<String>,
}

/// An event or a circle in the list.
struct Row {
    href: String,
    /// What it is called; what it mentions instead, where that comes first.
    title: String,
    folded: bool,
    about: String,
    time: String,
    changed: Option<String>,
    group: String,
}

/// A day of the list.
struct Day {
    id: String,
    said: String,
    events: Vec<Row>,
}

#[derive(Template)]
#[template(path = "calendar/list.html")]
struct CalendarPage {
    f: Frame,
    days: Vec<Day>,
    offers: Vec<Row>,
    month: Month,
    zone: String,
    none: bool,
}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let words = &visit.words;
    let mut coming: Vec<(Option<Date>, Option<String>, Row)> = Vec::new();
    let mut full = BTreeSet::new();
    for group in visit.overview.groups.iter().filter(|group| group.state == GroupState::Joined) {
        for event in visit.service().calendar(&group.group).await?.events {
            let date = date(&visit, &event);
            full.extend(date);
            if !event.over {
                coming.push((date, event.start.clone(), row(&visit, &event)));
            }
        }
        for circle in visit.service().circles(&group.group).await?.circles {
            let date = visit.clock.date(&circle.start);
            full.extend(date);
            if circle.state != CircleState::Past {
                coming.push((date, Some(circle.start.clone()), circle_row(&visit, &circle)));
            }
        }
    }
    // Within a day, days that matter come first; offers without a time stand by themselves.
    coming.sort_by(|(a, one, _), (b, other, _)| (a.is_none(), a, one).cmp(&(b.is_none(), b, other)));
    let (mut days, mut offers): (Vec<Day>, Vec<Row>) = (Vec::new(), Vec::new());
    for (date, _, row) in coming {
        let Some(date) = date else {
            offers.push(row);
            continue;
        };
        let id = format!("day-{date}");
        match days.last_mut().filter(|day| day.id == id) {
            Some(day) => day.events.push(row),
            None => {
                let said = visit.clock.day(words, &date.to_string()).said;
                days.push(Day { id, said, events: vec![row] });
            }
        }
    }
    let listed: BTreeSet<String> = days.iter().map(|day| day.id.clone()).collect();
    let month = Month::of(&visit, asked.month.as_deref(), &full, &listed);
    let f = visit.frame(words.t("nav-calendar"), Nav::Calendar).done(asked.done.as_deref());
    let zone = visit.clock.zone();
    let none = days.is_empty() && offers.is_empty();
    Ok(page(&CalendarPage { f, days, offers, month, zone, none }))
}

/// The day on which an event is, here.
fn date(visit: &Visit, event: &CalendarEvent) -> Option<Date> {
    event.next.as_deref().or(event.start.as_deref()).and_then(|time| visit.clock.date(time))
}

fn circle_row(visit: &Visit, circle: &Circle) -> Row {
    let words = &visit.words;
    let time = match circle.state {
        CircleState::Open => words.t("circle-open-now"),
        _ => visit.clock.time(&circle.start).said,
    };
    Row {
        href: format!("/groups/{}/circles/{}", circle.group, circle.circle),
        title: words.t("event-circle"),
        folded: false,
        about: circles::beside(words, circle),
        time,
        changed: None,
        group: title(visit, &circle.group),
    }
}

fn row(visit: &Visit, event: &CalendarEvent) -> Row {
    let words = &visit.words;
    // What it mentions comes first: whoever wishes to reads on.
    let folded = !event.notes.is_empty() && !event.mine;
    Row {
        href: format!("/events/{}", event.event),
        title: if folded { mentions(words, &event.notes) } else { event.title.clone() },
        folded,
        about: about(words, event),
        time: hours(visit, event),
        changed: changed(words, event),
        group: title(visit, &event.group),
    }
}

fn title(visit: &Visit, group: &str) -> String {
    visit.group(group).ok().and_then(|group| group.title.clone()).unwrap_or_default()
}

/// The time of the day, and how long; empty of a day that matters.
fn hours(visit: &Visit, event: &CalendarEvent) -> String {
    let words = &visit.words;
    let minutes = (event.minutes > 0).then(|| words.tn("event-minutes", "minutes", event.minutes));
    let time = match (&event.next, &event.start) {
        (Some(_), _) => String::new(),
        (None, Some(start)) => visit.clock.time(start).said,
        (None, None) => words.t("event-no-time"),
    };
    let both = [time, minutes.unwrap_or_default()];
    both.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// What it is, and from whom.
fn about(words: &Words, event: &CalendarEvent) -> String {
    let (mine, theirs) = match event.kind {
        EventKind::Gathering => ("event-gathering-mine", "event-gathering-by"),
        EventKind::Circle => ("event-circle-mine", "event-circle-by"),
        EventKind::SkillShare => ("event-skill-share-mine", "event-skill-share-by"),
        EventKind::Anniversary => ("event-day-mine", "event-day-by"),
    };
    if event.mine { words.t(mine) } else { words.t1(theirs, "name", &event.name) }
}

/// That it is off, over or moved, and why.
fn changed(words: &Words, event: &CalendarEvent) -> Option<String> {
    let what = match (event.cancelled, event.over, event.moved) {
        (true, _, _) => words.t("event-cancelled"),
        (false, true, _) => words.t("event-over"),
        (false, false, true) => words.t("event-moved"),
        (false, false, false) => return None,
    };
    let reason = event.reason.trim();
    Some(if reason.is_empty() { what } else { words.t2("event-because", "what", what, "reason", reason) })
}
