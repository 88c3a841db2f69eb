//! An event.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use kith_node::api::types::{CalendarEvent, EventKind};
use serde::Deserialize;

use super::{about, changed, hours};
use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, see};
use crate::parts::post::{mentions, paragraphs};
use crate::visit::Visit;

#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

#[derive(Deserialize)]
pub struct Nothing {}

#[derive(Template)]
#[template(path = "calendar/event.html")]
struct EventPage {
    f: Frame,
    id: String,
    group: String,
    group_title: String,
    about: String,
    day: Option<String>,
    yearly: bool,
    hours: String,
    zone: String,
    mentions: Option<String>,
    changed: Option<String>,
    place: String,
    /// The place, if it is an address of the web.
    link: Option<String>,
    circle: Option<String>,
    paragraphs: Vec<Vec<String>>,
    can_change: bool,
    mine: bool,
}

pub async fn show(
    visit: Visit,
    Path(event): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    let event = visit.service().event(&event).await?;
    let words = &visit.words;
    let when = event.next.as_deref().or(event.start.as_deref());
    let f = visit.frame(&event.title, Nav::Calendar).done(asked.done.as_deref());
    Ok(page(&EventPage {
        group_title: visit.group(&event.group)?.title.clone().unwrap_or_else(|| words.t("group-unknown")),
        about: about(words, &event),
        day: when.map(|when| visit.clock.day(words, when).said),
        yearly: event.kind == EventKind::Anniversary,
        hours: hours(&visit, &event),
        zone: visit.clock.zone(),
        mentions: (!event.notes.is_empty()).then(|| mentions(words, &event.notes)),
        changed: changed(words, &event),
        link: crate::pages::leave_to::address(&event.place),
        paragraphs: paragraphs(&event.words),
        can_change: can_change(&visit, &event),
        mine: event.mine,
        place: event.place,
        circle: event.circle,
        group: event.group,
        id: event.event,
        f,
    }))
}

/// Whether changing it is offered: whether it is granted the service says.
pub fn can_change(visit: &Visit, event: &CalendarEvent) -> bool {
    let looked_after = event.kind != EventKind::Anniversary && visit.looks_after(&event.group);
    !event.cancelled && !event.over && (event.mine || looked_after)
}

pub async fn withdraw(
    visit: Visit,
    Path(event): Path<String>,
    Form(_): Form<Nothing>,
) -> Result<Response, Oops> {
    let event = visit.service().event(&event).await?;
    visit.service().withdraw(&event.event).await?;
    Ok(see("/calendar?done=done-taken-back"))
}
