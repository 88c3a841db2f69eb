//! What to see of texts that mention something. Nobody else learns of it.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{Choice, Mention, NoteChoice, NoteChoices};
use serde::Deserialize;

use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, see};
use crate::parts::post::mention_words;
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new().route("/settings/notes", get(show).post(save))
}

#[derive(Template)]
#[template(path = "settings/notes.html")]
struct NotesPage {
    f: Frame,
    rows: Vec<Row>,
}

/// One thing that a text can mention.
struct Row {
    value: &'static str,
    said: String,
    choices: Vec<(&'static str, String, bool)>,
}

const CHOICES: [(Choice, &str, &str); 3] = [
    (Choice::Show, "show", "notes-show"),
    (Choice::Fold, "fold", "notes-fold"),
    (Choice::Hide, "hide", "notes-hide"),
];

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

/// The name of a thing in the form.
fn name(mention: Mention) -> &'static str {
    mention_words(mention).trim_start_matches("mention-")
}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let words = &visit.words;
    let all = visit.service().note_choices().await?.choices;
    let row = |one: NoteChoice| Row {
        value: name(one.note),
        said: words.t(mention_words(one.note)),
        choices: CHOICES
            .iter()
            .map(|(choice, value, said)| (*value, words.t(said), *choice == one.choice))
            .collect(),
    };
    Ok(page(&NotesPage {
        rows: all.into_iter().map(row).collect(),
        f: visit.frame(words.t("notes"), Nav::Settings).done(asked.done.as_deref()),
    }))
}

/// Each thing comes as its name and what was chosen for it.
async fn save(visit: Visit, Form(filled): Form<Vec<(String, String)>>) -> Result<Response, Oops> {
    let chosen = |note: Mention| {
        let (_, value) = filled.iter().find(|(known, _)| known == name(note))?;
        let (choice, ..) = CHOICES.iter().find(|(_, known, _)| known == value)?;
        Some(NoteChoice { note, choice: *choice })
    };
    let choices = Mention::ALL.iter().filter_map(|note| chosen(*note)).collect();
    visit.service().choose_notes(NoteChoices { choices }).await?;
    Ok(see("/settings/notes?done=done-saved"))
}
