//! Bringing an identity back by its recovery words.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::Begin;
use serde::Deserialize;

use super::key::{KeyFields, NewKey, amiss};
use super::{Entries, begun};
use crate::form::Form;
use crate::frame::{Frame, Nav, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new().route("/welcome/recover", get(show).post(recover))
}

#[derive(Template)]
#[template(path = "welcome/recover.html")]
struct RecoverPage {
    f: Frame,
    steps: Vec<(bool, String)>,
    words: String,
    key: KeyFields,
    error: Option<Said>,
}

#[derive(Clone, Default, Deserialize)]
struct Filled {
    #[serde(default)]
    words: String,
    #[serde(flatten)]
    key: NewKey,
}

async fn show(visit: Visit) -> Response {
    if begun(&visit) { see("/welcome/next") } else { recover_page(&visit, Filled::default(), None) }
}

async fn recover(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let passphrase = match filled.key.chosen() {
        Ok(passphrase) => passphrase,
        Err(what) => return Ok(recover_page(&visit, filled, Some(amiss(&visit, what)))),
    };
    match visit.service().begin(Begin { passphrase, words: Some(filled.words.clone()) }).await {
        Ok(_) => {
            Entries::seal(&visit).await?;
            Ok(see("/welcome/help-numbers?came=back"))
        }
        Err(problem) => {
            let said = Said::of(&visit.words, &problem);
            Ok(recover_page(&visit, filled, Some(said)))
        }
    }
}

fn recover_page(visit: &Visit, filled: Filled, error: Option<Said>) -> Response {
    page(&RecoverPage {
        f: visit.frame(visit.words.t("recover"), Nav::None),
        steps: Vec::new(),
        words: filled.words,
        key: filled.key.into(),
        error,
    })
}
