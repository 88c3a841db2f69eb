//! Asking another facilitator to look at what was done about something of mine.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use kith_node::api::types::Problem;
use serde::Deserialize;

use super::author::proposed;
use super::{Place, mine};
use crate::form::{self, Form};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::post::{PostView, address};
use crate::visit::Visit;

/// What was filled in.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filled {
    #[serde(default)]
    text: String,
}

#[derive(Template)]
#[template(path = "thread/appeal.html")]
struct AppealPage {
    f: Frame,
    p: PostView,
    added: Vec<String>,
    error: Option<Said>,
    text: String,
}

pub async fn show(visit: Visit, Path((group, post)): Place) -> Result<Response, Oops> {
    let p = mine(&visit, &group, &post).await?;
    Ok(form_page(&visit, p, String::new(), None))
}

pub async fn send(
    visit: Visit,
    Path((group, post)): Place,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let p = mine(&visit, &group, &post).await?;
    let sent = match form::text(&filled.text) {
        Ok(text) => visit.service().appeal(&post, text).await,
        Err(problem) => Err(problem),
    };
    match sent {
        Ok(_) => Ok(see(format!("{}?done=done-appealed", address(&group, &post)))),
        Err(problem) => Ok(form_page(&visit, p, filled.text, Some(&problem))),
    }
}

fn form_page(visit: &Visit, p: PostView, text: String, problem: Option<&Problem>) -> Response {
    let words = &visit.words;
    let added = p.post.proposed.iter().filter(|one| one.added);
    page(&AppealPage {
        added: added.map(|one| proposed(words, &one.name, one)).collect(),
        error: problem.map(|problem| Said::of(words, problem)),
        f: visit.frame(words.t("appeal-heading"), Nav::Groups).in_group(visit, &p.group, Room::Inside),
        p,
        text,
    })
}
