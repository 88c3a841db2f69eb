//! Words for one's own situation, for this device alone.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{Problem, Tags};
use serde::Deserialize;

use super::Done;
use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new().route("/skills/tags", get(show).post(save))
}

#[derive(Deserialize)]
struct Filled {
    #[serde(default)]
    tags: String,
}

#[derive(Template)]
#[template(path = "skills/tags.html")]
struct TagsPage {
    f: Frame,
    tags: String,
    error: Option<Said>,
}

async fn show(visit: Visit, Query(asked): Query<Done>) -> Result<Response, Oops> {
    let tags = visit.service().tags().await?.tags.join("\n");
    Ok(form(&visit, tags, None, asked.done.as_deref()))
}

async fn save(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let lines = filled.tags.lines().map(str::trim).filter(|line| !line.is_empty());
    match visit.service().set_tags(Tags { tags: lines.map(str::to_owned).collect() }).await {
        Ok(_) => Ok(see("/skills/tags?done=done-saved")),
        Err(problem) => Ok(form(&visit, filled.tags, Some(&problem), None)),
    }
}

fn form(visit: &Visit, tags: String, problem: Option<&Problem>, done: Option<&str>) -> Response {
    page(&TagsPage {
        f: visit.frame(visit.words.t("skills-tags"), Nav::Skills).done(done),
        tags,
        error: problem.map(|problem| Said::of(&visit.words, problem)),
    })
}
