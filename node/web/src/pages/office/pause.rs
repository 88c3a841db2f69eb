//! Pausing all that a member posts for a time, and ending that.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{Member, Pause, Takes};
use serde::Deserialize;

use super::{Place, found, takes};
use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::pages::desk::{done_of, pauses};
use crate::parts::moderation::rules;
use crate::visit::Visit;
use crate::web::Web;

const HOUR: u64 = 3600;

pub fn routes() -> Router<Web> {
    Router::new().route("/groups/{group}/members/{member}/pause", get(show).post(pause))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Filled {
    rule: String,
    reason: String,
    hours: u64,
    /// Whether a pause ends.
    end: String,
}

#[derive(Template)]
#[template(path = "office/pause.html")]
struct PausePage {
    f: Frame,
    here: String,
    name: String,
    said: String,
    /// Whether one runs, which can end.
    paused: bool,
    error: Option<Said>,
    rules: Vec<(String, String)>,
    pauses: Vec<(u64, String, bool)>,
    filled: Filled,
}

/// A member whose posting I may pause.
struct Found {
    id: String,
    member: Member,
    takes: Takes,
    paused: bool,
}

async fn show(visit: Visit, place: Place) -> Result<Response, Oops> {
    let found = may(&visit, place).await?;
    pause_page(&visit, found, Filled::default(), None).await
}

async fn pause(visit: Visit, place: Place, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let found = may(&visit, place).await?;
    let lasts = filled.end.is_empty().then(|| filled.hours.saturating_mul(HOUR));
    let wish = Pause { lasts, rule: filled.rule.parse().ok(), reason: lines(filled.reason.trim()) };
    match visit.service().pause(&found.id, &found.member.member, wish).await {
        Ok(done) => {
            let done = done_of(done.state);
            Ok(see(format!("/groups/{}/members/{}/role?done={done}", found.id, found.member.member)))
        }
        Err(problem) => {
            let said = Said::of(&visit.words, &problem);
            pause_page(&visit, found, filled, Some(said)).await
        }
    }
}

async fn may(visit: &Visit, place: Place) -> Result<Found, Oops> {
    let (id, member) = place.0;
    let (member, may) = found(visit, &id, &member).await?;
    let takes = may.pause.ok_or_else(Oops::missing)?;
    Ok(Found { id, member, takes, paused: may.paused_until.is_some() })
}

async fn pause_page(
    visit: &Visit,
    found: Found,
    filled: Filled,
    error: Option<Said>,
) -> Result<Response, Oops> {
    let words = &visit.words;
    let Found { id, member, takes: needed, paused } = found;
    let charter = visit.service().charter_beside(&id).await?.charter;
    let heading = words.t1("pause-heading", "name", &member.name);
    Ok(page(&PausePage {
        f: visit.frame(heading, Nav::Groups).in_group(visit, &id, Room::Inside),
        here: format!("/groups/{id}/members/{}", member.member),
        said: takes(words, words.t1("act-pause-hint", "name", &member.name), needed),
        rules: rules(words, &charter),
        pauses: pauses(words, if filled.hours == 0 { 24 } else { filled.hours }),
        name: member.name,
        paused,
        error,
        filled,
    }))
}
