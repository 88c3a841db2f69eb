//! Letters that reached me alone in a group.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::ReceivedLetter;
use serde::Deserialize;

use super::check_in::how;
use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, see};
use crate::parts::person::Pebble;
use crate::parts::post::paragraphs;
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/letters", get(show))
        .route("/groups/{group}/letters/{letter}/keep", post(keep))
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

#[derive(Deserialize)]
struct Nothing {}

/// A letter.
struct Letter {
    id: String,
    from: String,
    name: String,
    pebble: Pebble,
    when: When,
    paragraphs: Vec<Vec<String>>,
    kind_words: bool,
    /// How they are, if that is what they tell: each with what it is about.
    how: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "letters.html")]
struct LettersPage {
    f: Frame,
    id: String,
    letters: Vec<Letter>,
}

async fn show(visit: Visit, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    visit.group(&id)?;
    let letters = visit.service().letter_list(&id).await?.letters;
    let f = visit.frame(visit.words.t("letters"), Nav::Groups).in_group(&visit, &id, Room::Inside);
    let letters = letters.into_iter().map(|letter| one(&visit, letter)).collect();
    Ok(page(&LettersPage { f: f.done(asked.done.as_deref()), id, letters }))
}

async fn keep(
    visit: Visit,
    Path((group, letter)): Path<(String, String)>,
    Form(_): Form<Nothing>,
) -> Result<Response, Oops> {
    visit.service().keep_letter(&group, &letter).await?;
    Ok(see(format!("/groups/{group}/letters?done=done-kept-letter")))
}

fn one(visit: &Visit, letter: ReceivedLetter) -> Letter {
    let text = letter.check_in.as_ref().map_or(&letter.text, |said| &said.note);
    Letter {
        pebble: Pebble::of(&letter.from, &letter.name),
        when: visit.clock.moment(&visit.words, &letter.time),
        paragraphs: paragraphs(text),
        kind_words: letter.kind_words,
        how: letter.check_in.as_ref().map(|said| how(&visit.words, said)).unwrap_or_default(),
        from: letter.from,
        name: letter.name,
        id: letter.letter,
    }
}
