//! The circles of a group: those to come, open ones, and those that have been.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{Circle, CircleForm, CircleState};
use serde::Deserialize;

use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::Oops;
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;
use crate::words::Words;

mod announce;

pub fn routes() -> Router<Web> {
    Router::new().route("/groups/{group}/circles", get(show)).merge(announce::routes())
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

/// A circle in the list.
struct Row {
    id: String,
    when: When,
    state: String,
    about: String,
    open: bool,
}

#[derive(Template)]
#[template(path = "circle/list.html")]
struct CirclesPage {
    f: Frame,
    id: String,
    to_come: Vec<Row>,
    past: Vec<Row>,
}

async fn show(visit: Visit, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    visit.group(&id)?;
    let frame = visit.frame(visit.words.t("room-circles"), Nav::Groups).in_group(&visit, &id, Room::Circles);
    let circles = visit.service().circles(&id).await?.circles;
    let (past, to_come): (Vec<_>, Vec<_>) =
        circles.into_iter().partition(|circle| circle.state == CircleState::Past);
    let rows = |circles: Vec<Circle>| circles.iter().map(|circle| row(&visit, circle)).collect();
    Ok(page(&CirclesPage {
        f: frame.done(asked.done.as_deref()),
        to_come: rows(to_come),
        past: rows(past.into_iter().rev().collect()),
        id,
    }))
}

fn row(visit: &Visit, circle: &Circle) -> Row {
    let words = &visit.words;
    let state = match (circle.here, circle.state) {
        (true, _) => "circle-you-are-in-it",
        (false, CircleState::Coming) => "circle-to-come",
        (false, CircleState::Open) => "circle-open-now",
        (false, CircleState::Past) => "circle-has-been",
    };
    Row {
        id: circle.circle.clone(),
        when: visit.clock.moment(words, &circle.start),
        state: words.t(state),
        about: beside(words, circle),
        open: circle.here || circle.state == CircleState::Open,
    }
}

/// In which form people speak in a circle, and who leads it, as it stands beside its time.
pub fn beside(words: &Words, circle: &Circle) -> String {
    let form = match circle.form {
        CircleForm::Rounds => "circle-beside-rounds",
        CircleForm::OpenFloor => "circle-beside-open",
        CircleForm::SupportTurns => "circle-beside-turns",
    };
    words.t2("circle-beside", "form", words.t(form), "name", &circle.host.name)
}
