//! What I say of myself in a group. Nobody has to.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use kith_node::api::types::Introduce;
use serde::Deserialize;

use crate::form::{self, Form};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::writing::{Mentions, values};
use crate::visit::Visit;

#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

#[derive(Deserialize)]
pub struct Nothing {}

/// What was filled in.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filled {
    #[serde(default)]
    line: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    tags: String,
    #[serde(default)]
    mentions: Vec<String>,
    #[serde(default)]
    note: String,
}

#[derive(Template)]
#[template(path = "members/intro.html")]
struct IntroPage {
    f: Frame,
    id: String,
    error: Option<Said>,
    filled: Filled,
    mentions: Mentions,
    /// Whether there is one.
    there: bool,
}

pub async fn show(
    visit: Visit,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    form_page(&visit, id, None, None, asked.done.as_deref()).await
}

pub async fn send(
    visit: Visit,
    Path(id): Path<String>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let say = Introduce {
        line: filled.line.clone(),
        words: form::lines(&filled.words),
        tags: filled.tags.split([',', '\n']).map(str::to_owned).collect(),
        mentions: filled.mentions.join(","),
        note: filled.note.clone(),
    };
    match visit.service().introduce(&id, say).await {
        Ok(_) => Ok(see(format!("/groups/{id}/introduction?done=done-introduced"))),
        Err(problem) => {
            let said = Said::of(&visit.words, &problem);
            form_page(&visit, id, Some(filled), Some(said), None).await
        }
    }
}

pub async fn take_back(
    visit: Visit,
    Path(id): Path<String>,
    Form(_): Form<Nothing>,
) -> Result<Response, Oops> {
    visit.service().introduce_no_more(&id).await?;
    Ok(see(format!("/groups/{id}/introduction?done=done-taken-back")))
}

async fn form_page(
    visit: &Visit,
    id: String,
    filled: Option<Filled>,
    error: Option<Said>,
    done: Option<&str>,
) -> Result<Response, Oops> {
    visit.group(&id)?;
    let words = &visit.words;
    let mine = visit.service().intros(&id).await?.intros.into_iter().find(|intro| intro.me);
    let there = mine.is_some();
    let known = mine.map(|intro| Filled {
        mentions: values(&intro.notes),
        note: intro.notes.other,
        line: intro.line,
        words: intro.words,
        tags: intro.tags.join(", "),
    });
    let filled = filled.or(known).unwrap_or_default();
    let f = visit.frame(words.t("intro-heading"), Nav::Groups).in_group(visit, &id, Room::Inside);
    let mentions = Mentions::of(words, &filled.mentions, &filled.note);
    Ok(page(&IntroPage { f: f.done(done), id, error, filled, mentions, there }))
}
