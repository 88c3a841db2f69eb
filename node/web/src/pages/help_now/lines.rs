//! Lines of one's own on the card: sealed, and shown to those alone who were let in.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{AddLine, HelpLine, Mine, Problem};
use serde::Deserialize;

use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new().route("/help-now/lines", get(show).post(add))
}

#[derive(Clone, Default, Deserialize)]
struct Filled {
    #[serde(default)]
    name: String,
    #[serde(default)]
    call: String,
    #[serde(default)]
    hours: String,
}

#[derive(Template)]
#[template(path = "help/lines.html")]
struct LinesPage {
    f: Frame,
    own: Vec<Mine<HelpLine>>,
    damaged: Vec<String>,
    filled: Filled,
    error: Option<Said>,
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    form(&visit, Filled::default(), None, asked.done.as_deref()).await
}

async fn add(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let Filled { name, call, hours } = filled.clone();
    let line = AddLine { name: name.trim().to_owned(), call: call.trim().to_owned(), hours: lines(&hours) };
    match visit.service().add_line(line).await {
        Ok(_) => Ok(see("/help-now?done=done-saved")),
        Err(problem) => form(&visit, filled, Some(&problem), None).await,
    }
}

async fn form(
    visit: &Visit,
    filled: Filled,
    problem: Option<&Problem>,
    done: Option<&str>,
) -> Result<Response, Oops> {
    let list = visit.service().mine::<HelpLine>().await?;
    Ok(page(&LinesPage {
        f: visit.frame(visit.words.t("help-lines"), Nav::None).done(done),
        own: list.items,
        damaged: list.damaged,
        filled,
        error: problem.map(|problem| Said::of(&visit.words, problem)),
    }))
}
