//! The recovery words once more, and one's own words as files.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{Code, GroupState, Problem};
use serde::Deserialize;

use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said};
use crate::pages::welcome::Recovery;
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new().route("/settings/backup", get(show)).route("/settings/backup/words", post(words))
}

#[derive(Template)]
#[template(path = "settings/backup.html")]
struct BackupPage {
    f: Frame,
    /// Whether it takes the passphrase to see the words.
    passphrase: bool,
    groups: Vec<(String, String)>,
    error: Option<Said>,
}

#[derive(Template)]
#[template(path = "settings/words.html")]
struct WordsPage {
    f: Frame,
    r: Recovery,
}

#[derive(Deserialize)]
struct Filled {
    #[serde(default)]
    passphrase: String,
}

async fn show(visit: Visit) -> Result<Response, Oops> {
    backup_page(&visit, None).await
}

async fn words(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let needed = visit.service().latch_state().await?.passphrase;
    let recovery = match (needed, filled.passphrase.is_empty()) {
        (true, true) => Err(Code::PassphraseNeeded.into()),
        (true, false) => Recovery::of(&visit, Some(filled.passphrase)).await,
        (false, _) => Recovery::of(&visit, None).await,
    };
    match recovery {
        Ok(r) => Ok(page(&WordsPage { f: visit.frame(visit.words.t("recovery"), Nav::Settings), r })),
        Err(problem) => backup_page(&visit, Some(&problem)).await,
    }
}

async fn backup_page(visit: &Visit, problem: Option<&Problem>) -> Result<Response, Oops> {
    let here = visit.overview.groups.iter();
    let here = here.filter(|group| !matches!(group.state, GroupState::Waiting | GroupState::Refused));
    let titled = here.filter_map(|group| Some((group.group.clone(), group.title.clone()?)));
    Ok(page(&BackupPage {
        passphrase: visit.service().latch_state().await?.passphrase,
        groups: titled.collect(),
        error: problem.map(|problem| Said::of(&visit.words, problem)),
        f: visit.frame(visit.words.t("backup"), Nav::Settings),
    }))
}
