//! The parts of a circle's page that change while people are there.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{Html, IntoResponse, Response};
use kith_node::api::types::{Circle, Room};
use serde::Deserialize;

use super::Place;
use super::view::RoomView;
use crate::frame::{Frame, Nav, page};
use crate::icons;
use crate::oops::{Oops, Said};
use crate::visit::Visit;

/// A part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    Turn,
    Field,
    Buttons,
    Seats,
    Log,
    /// What was said since the page last asked.
    Said,
    /// Whether something I said reached anybody.
    Reach,
    Agenda,
    Acts,
}

/// Which part, and what the page has of it.
#[derive(Deserialize)]
pub struct Asked {
    part: Part,
    #[serde(default)]
    seen: String,
    /// Of what was said: from here on; of whether it reached anybody: this.
    #[serde(default)]
    number: u32,
}

#[derive(Template)]
#[template(path = "circle/part.html")]
struct PartPage<'a> {
    f: Frame,
    r: &'a RoomView,
    part: Part,
    error: Option<Said>,
}

/// A circle of a group as it was announced, and its room if I am there.
pub async fn look(visit: &Visit, group: &str, circle: &str) -> Result<(Circle, Option<Room>), Oops> {
    let circle = visit.service().circle(circle).await?;
    if circle.group != group {
        return Err(Oops::missing());
    }
    let room = visit.service().circle_room(&circle.circle).await.ok();
    Ok((circle, room))
}

pub async fn part(
    visit: Visit,
    Path((group, circle)): Place,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    let (circle, room) = look(&visit, &group, &circle).await?;
    let r = RoomView { from: asked.number, ..RoomView::of(&visit, &circle, room.as_ref(), None) };
    let now = match asked.part {
        Part::Turn => r.turn_mark(),
        Part::Field => r.field_mark(),
        Part::Buttons => r.buttons_mark(),
        Part::Seats => r.seats_mark(),
        Part::Log => r.log_mark(),
        Part::Said => r.said_mark(),
        Part::Reach => r.reach_mark(r.line()),
        Part::Agenda => r.agenda_mark(),
        Part::Acts => r.acts_mark(),
    };
    let gone = asked.part == Part::Said && !r.inside;
    if now == asked.seen || gone {
        return Ok(Html("").into_response());
    }
    let f = visit.frame("", Nav::None);
    Ok(page(&PartPage { f, r: &r, part: asked.part, error: None }))
}
