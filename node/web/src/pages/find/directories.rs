//! Which directories are read.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{AddDirectory, Directory, Problem};
use serde::Deserialize;

use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/find/directories", get(show).post(add))
        .route("/find/directories/{directory}/refresh", post(refresh))
        .route("/find/directories/{directory}/remove", post(remove))
}

#[derive(Template)]
#[template(path = "find/directories.html")]
struct DirectoriesPage {
    f: Frame,
    error: Option<Said>,
    rows: Vec<Row>,
    filled: Filled,
}

struct Row {
    id: String,
    name: String,
    source: String,
    stands: String,
    failed: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Filled {
    #[serde(default)]
    source: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    by_hand: String,
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

#[derive(Deserialize)]
struct Nothing {}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    directories(&visit, Filled::default(), None, asked.done.as_deref()).await
}

async fn add(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let name = Some(filled.name.clone()).filter(|name| !name.trim().is_empty());
    let add = AddDirectory { source: filled.source.clone(), name, by_hand: !filled.by_hand.is_empty() };
    match visit.service().directory_add(add).await {
        Ok(_) => Ok(see("/find?done=done-directory")),
        Err(problem) => directories(&visit, filled, Some(&problem), None).await,
    }
}

async fn refresh(visit: Visit, Path(id): Path<String>, Form(_): Form<Nothing>) -> Result<Response, Oops> {
    match visit.service().directory_refresh(&id).await {
        Ok(_) => Ok(see("/find/directories?done=done-fetched")),
        Err(problem) => directories(&visit, Filled::default(), Some(&problem), None).await,
    }
}

async fn remove(visit: Visit, Path(id): Path<String>, Form(_): Form<Nothing>) -> Result<Response, Oops> {
    visit.service().directory_remove(&id).await?;
    Ok(see("/find/directories?done=done-directory-gone"))
}

async fn directories(
    visit: &Visit,
    filled: Filled,
    problem: Option<&Problem>,
    done: Option<&str>,
) -> Result<Response, Oops> {
    let words = &visit.words;
    let list = visit.service().directory_list().await?.directories;
    Ok(page(&DirectoriesPage {
        f: visit.frame(words.t("find-directories"), Nav::Groups).done(done),
        error: problem.map(|problem| Said::of(words, problem)),
        rows: list.into_iter().map(|one| row(visit, one)).collect(),
        filled,
    }))
}

fn row(visit: &Visit, one: Directory) -> Row {
    let words = &visit.words;
    let groups = words.tn("directory-lists", "groups", one.listings);
    let fetched = one.fetched.map(|when| visit.clock.moment(words, &when).said);
    let fetched = fetched.map(|when| words.t1("directory-fetched", "when", when)).unwrap_or_default();
    Row {
        id: one.directory,
        name: one.name,
        source: one.source,
        stands: format!("{groups} {fetched}"),
        failed: one.failed.is_some(),
    }
}
