//! Somebody at the door: what they said, what was answered, and letting them in or not.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{DeskState, KnockSide, Problem};
use serde::Deserialize;

use super::mine;
use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/desk/knocks/{knock}", get(show))
        .route("/groups/{group}/desk/knocks/{knock}/say", post(say))
        .route("/groups/{group}/desk/knocks/{knock}/admit", post(admit))
        .route("/groups/{group}/desk/knocks/{knock}/decline", post(decline))
}

struct Line {
    who: String,
    text: String,
    when: When,
    inside: bool,
}

#[derive(Template)]
#[template(path = "desk/knock.html")]
struct KnockPage {
    f: Frame,
    id: String,
    knock: String,
    error: Option<Said>,
    name: String,
    lines: Vec<Line>,
    code: Option<String>,
    several: bool,
    open: bool,
    outcome: Option<String>,
    text: String,
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

#[derive(Deserialize)]
struct Filled {
    #[serde(default)]
    text: String,
}

async fn show(
    visit: Visit,
    Path((id, knock)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    knock_page(&visit, id, knock, asked.done.as_deref(), None, String::new()).await
}

async fn say(
    visit: Visit,
    Path((id, knock)): Path<(String, String)>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    mine(&visit, &id)?;
    match visit.service().knock_say(&knock, lines(&filled.text)).await {
        Ok(_) => Ok(see(format!("/groups/{id}/desk/knocks/{knock}?done=done-sent"))),
        Err(problem) => knock_page(&visit, id, knock, None, Some(&problem), filled.text).await,
    }
}

async fn admit(
    visit: Visit,
    Path((id, knock)): Path<(String, String)>,
    Form(_): Form<Filled>,
) -> Result<Response, Oops> {
    mine(&visit, &id)?;
    match visit.service().knock_admit(&knock).await {
        Ok(_) => Ok(see(format!("/groups/{id}/desk?done=done-saved"))),
        Err(problem) => knock_page(&visit, id, knock, None, Some(&problem), String::new()).await,
    }
}

async fn decline(
    visit: Visit,
    Path((id, knock)): Path<(String, String)>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    mine(&visit, &id)?;
    match visit.service().knock_decline(&knock, lines(&filled.text)).await {
        Ok(_) => Ok(see(format!("/groups/{id}/desk?done=done-saved"))),
        Err(problem) => knock_page(&visit, id, knock, None, Some(&problem), filled.text).await,
    }
}

async fn knock_page(
    visit: &Visit,
    id: String,
    knock: String,
    done: Option<&str>,
    problem: Option<&Problem>,
    text: String,
) -> Result<Response, Oops> {
    mine(visit, &id)?;
    let words = &visit.words;
    let found = visit.service().knock_show(&knock).await?.received.ok_or_else(Oops::missing)?;
    let said = found.lines.into_iter().map(|line| Line {
        who: line.name.unwrap_or_else(|| found.name.clone()),
        text: line.text,
        when: visit.clock.moment(words, &line.time),
        inside: line.side == KnockSide::Inside,
    });
    let outcome = match found.state {
        DeskState::Waiting => None,
        DeskState::Signing => Some("door-signing"),
        DeskState::Admitted => Some("door-admitted"),
        DeskState::Declined => Some("door-declined"),
        DeskState::Gone => Some("door-gone"),
    };
    let heading = words.t1("door-heading", "name", &found.name);
    Ok(page(&KnockPage {
        lines: said.collect(),
        code: found.code,
        several: found.several,
        open: matches!(found.state, DeskState::Waiting | DeskState::Signing),
        outcome: outcome.map(|id| words.t(id)),
        error: problem.map(|problem| Said::of(words, problem)),
        name: found.name,
        text,
        f: visit.frame(heading, Nav::Groups).in_group(visit, &id, Room::Inside).done(done),
        id,
        knock,
    }))
}
