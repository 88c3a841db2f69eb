//! The jar: kind words that somebody got, kept by them alone. Whoever sent them is not told.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use kith_node::service::mine::Texts;
use serde::Deserialize;

use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, see};
use crate::pages::kept;
use crate::parts::post::paragraphs;
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;

pub fn routes() -> Router<Web> {
    Router::new().route("/skills/jar", get(show).post(keep))
}

#[derive(Template)]
#[template(path = "skills/jar.html")]
struct JarPage {
    f: Frame,
    thanks: Vec<Thanks>,
    new: Vec<New>,
    older: Option<String>,
    damaged: Vec<String>,
}

struct Thanks {
    id: String,
    when: When,
    paragraphs: Vec<Vec<String>>,
}

/// Kind words that are not in the jar yet.
struct New {
    group: String,
    letter: String,
    name: String,
    when: When,
    paragraphs: Vec<Vec<String>>,
}

#[derive(Deserialize)]
struct Asked {
    before: Option<String>,
    done: Option<String>,
}

#[derive(Deserialize)]
struct Wish {
    group: String,
    letter: String,
}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let list = visit.service().texts(Texts::Thanks, None).await?;
    let (kept, older) = kept::part(list.items, asked.before.as_deref());
    let new = visit.service().kind_words().await?;
    let when = |time: &str| visit.clock.moment(&visit.words, time);
    Ok(page(&JarPage {
        f: visit.frame(visit.words.t("skills-jar"), Nav::Skills).done(asked.done.as_deref()),
        thanks: kept
            .into_iter()
            .map(|one| Thanks {
                when: when(&one.kept.time),
                paragraphs: paragraphs(&one.kept.text),
                id: one.id,
            })
            .collect(),
        new: new
            .into_iter()
            .map(|(group, letter)| New {
                group,
                when: when(&letter.time),
                paragraphs: paragraphs(&letter.text),
                name: letter.name,
                letter: letter.letter,
            })
            .collect(),
        older,
        damaged: list.damaged,
    }))
}

async fn keep(visit: Visit, Form(wish): Form<Wish>) -> Result<Response, Oops> {
    visit.service().keep_letter(&wish.group, &wish.letter).await?;
    Ok(see("/skills/jar?done=done-saved"))
}
