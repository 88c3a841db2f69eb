//! Other words in place of what I wrote.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use kith_node::api::types::{Intent, Meant, Problem};
use serde::Deserialize;

use super::{Place, mine};
use crate::form::{self, Form};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons::{self, Icon};
use crate::oops::{Oops, Said, see};
use crate::pages::write::{INTENTS, intents};
use crate::parts::post::{PostView, address};
use crate::parts::writing::{Mentions, values};
use crate::visit::Visit;

/// What was filled in.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filled {
    #[serde(default)]
    text: String,
    intent: Option<Intent>,
    #[serde(default)]
    mentions: Vec<String>,
    #[serde(default)]
    note: String,
}

#[derive(Template)]
#[template(path = "thread/edit.html")]
struct EditPage {
    f: Frame,
    here: String,
    error: Option<Said>,
    /// What it can be meant as: of a post alone.
    intents: Vec<(&'static str, Icon, String, String)>,
    intent: &'static str,
    text: String,
    mentions: Mentions,
}

pub async fn show(visit: Visit, Path((group, post)): Place) -> Result<Response, Oops> {
    let p = mine(&visit, &group, &post).await?;
    let filled = Filled {
        text: p.post.text.clone(),
        intent: p.post.intent,
        mentions: values(&p.post.notes),
        note: p.post.notes.other.clone(),
    };
    Ok(form_page(&visit, &p, filled, None))
}

pub async fn send(
    visit: Visit,
    Path((group, post)): Place,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let p = mine(&visit, &group, &post).await?;
    let meant = Meant {
        intent: filled.intent.filter(|_| p.post.intent.is_some()),
        mentions: Some(filled.mentions.join(",")),
        note: Some(filled.note.clone()),
        attachments: None,
    };
    let sent = match form::text(&filled.text) {
        Ok(text) => visit.service().edit(&post, text, meant).await,
        Err(problem) => Err(problem),
    };
    match sent {
        Ok(_) => Ok(see(format!("{}?done=done-edited", address(&group, &post)))),
        Err(problem) => Ok(form_page(&visit, &p, filled, Some(&problem))),
    }
}

fn form_page(visit: &Visit, p: &PostView, filled: Filled, problem: Option<&Problem>) -> Response {
    let words = &visit.words;
    let chosen = filled.intent.unwrap_or_default();
    page(&EditPage {
        here: p.address(),
        error: problem.map(|problem| Said::of(words, problem)),
        intents: if p.post.intent.is_some() { intents(words) } else { Vec::new() },
        intent: INTENTS.iter().find(|(intent, ..)| *intent == chosen).map_or("", |(_, value, _)| value),
        text: filled.text,
        mentions: Mentions::of(words, &filled.mentions, &filled.note),
        f: visit.frame(words.t("edit-heading"), Nav::Groups).in_group(visit, &p.group, Room::Inside),
    })
}
