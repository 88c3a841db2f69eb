//! Telling the other facilitators alone what they should know. What is written is kept until it is sent.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::mine;
use crate::form::{self, Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::writing::draft_said;
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/desk/hand-over", get(show).post(send))
        .route("/groups/{group}/desk/hand-over/draft", post(keep))
        .route("/groups/{group}/desk/hand-over/draft/drop", post(put_away))
}

/// What was filled in.
#[derive(Deserialize)]
struct Filled {
    #[serde(default)]
    text: String,
}

#[derive(Template)]
#[template(path = "desk/hand_over.html")]
struct HandOverPage {
    f: Frame,
    id: String,
    error: Option<Said>,
    text: String,
    draft_said: String,
}

async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Oops> {
    mine(&visit, &id)?;
    let draft = visit.service().draft(&place(&id)).await?;
    let said = draft.as_ref().map(|draft| draft_said(&visit, &draft.time)).unwrap_or_default();
    let text = draft.map(|draft| draft.text).unwrap_or_default();
    Ok(hand_over_page(&visit, id, text, None, said))
}

async fn send(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    mine(&visit, &id)?;
    let sent = match form::text(&filled.text) {
        Ok(text) => visit.service().hand_over(&id, text).await,
        Err(problem) => Err(problem),
    };
    match sent {
        Ok(_) => {
            visit.service().drop_draft(&place(&id)).await?;
            Ok(see(format!("/groups/{id}/desk?done=done-handed-over")))
        }
        Err(problem) => {
            let said = Said::of(&visit.words, &problem);
            Ok(hand_over_page(&visit, id, filled.text, Some(said), String::new()))
        }
    }
}

async fn keep(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    mine(&visit, &id)?;
    visit.service().keep_draft(&place(&id), lines(&filled.text)).await?;
    let now = visit.service().now()?.to_string();
    Ok(match visit.by_script {
        true => draft_said(&visit, &now).into_response(),
        false => see(format!("/groups/{id}/desk/hand-over")),
    })
}

async fn put_away(visit: Visit, Path(id): Path<String>, Form(_): Form<Filled>) -> Result<Response, Oops> {
    visit.service().drop_draft(&place(&id)).await?;
    Ok(see(format!("/groups/{id}/desk")))
}

/// Where the draft is kept.
fn place(id: &str) -> String {
    format!("hand-over/{id}")
}

fn hand_over_page(
    visit: &Visit,
    id: String,
    text: String,
    error: Option<Said>,
    draft_said: String,
) -> Response {
    let frame = visit.frame(visit.words.t("desk-hand-over"), Nav::Groups);
    page(&HandOverPage { f: frame.in_group(visit, &id, Room::Inside), id, error, text, draft_said })
}
