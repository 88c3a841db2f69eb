//! What a text mentions: proposing to say it of another's, and answering that of my own.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use kith_node::api::types::{Problem, ProposeNotes};
use serde::Deserialize;

use super::{Place, mine, one};
use crate::form::{self, Form};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::post::{PostView, address};
use crate::parts::writing::Mentions;
use crate::visit::Visit;

/// What was filled in.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filled {
    #[serde(default)]
    mentions: Vec<String>,
    #[serde(default)]
    reason: String,
}

#[derive(Template)]
#[template(path = "thread/notes.html")]
struct NotesPage {
    f: Frame,
    p: PostView,
    mentions: Mentions,
    reason: String,
    /// Whether what this reader gives a reason for stands there at once.
    in_charge: bool,
    error: Option<Said>,
}

pub async fn show(visit: Visit, Path((group, post)): Place) -> Result<Response, Oops> {
    let p = theirs(&visit, &group, &post).await?;
    Ok(form_page(&visit, p, Filled::default(), None))
}

pub async fn send(
    visit: Visit,
    Path((group, post)): Place,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let p = theirs(&visit, &group, &post).await?;
    let wish = ProposeNotes { mentions: filled.mentions.join(","), reason: form::lines(&filled.reason) };
    match visit.service().propose_notes(&post, wish).await {
        Ok(_) => Ok(see(format!("{}?done=done-proposed", address(&group, &post)))),
        Err(problem) => Ok(form_page(&visit, p, filled, Some(&problem))),
    }
}

async fn theirs(visit: &Visit, group: &str, post: &str) -> Result<PostView, Oops> {
    let p = one(visit, group, post).await?;
    if p.mine || p.post.withdrawn { Err(Oops::missing()) } else { Ok(p) }
}

fn form_page(visit: &Visit, p: PostView, filled: Filled, problem: Option<&Problem>) -> Response {
    let words = &visit.words;
    page(&NotesPage {
        mentions: Mentions::of(words, &filled.mentions, ""),
        reason: filled.reason,
        in_charge: visit.looks_after(&p.group),
        error: problem.map(|problem| Said::of(words, problem)),
        f: visit.frame(words.t("notes-heading"), Nav::Groups).in_group(visit, &p.group, Room::Inside),
        p,
    })
}

/// How what others propose is answered.
#[derive(Deserialize)]
pub struct Answer {
    #[serde(default)]
    accept: String,
}

pub async fn answer(
    visit: Visit,
    Path((group, post)): Place,
    Form(answer): Form<Answer>,
) -> Result<Response, Oops> {
    mine(&visit, &group, &post).await?;
    let done = if answer.accept == "yes" {
        visit.service().accept_notes(&post).await?;
        "done-noted"
    } else {
        visit.service().decline_notes(&post).await?;
        "done-let-be"
    };
    Ok(see(format!("{}?done={done}", address(&group, &post))))
}
