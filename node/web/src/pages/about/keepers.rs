//! Keepers of a group: every member reads which it has; a facilitator brings one in, or takes it away.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{Keeper, KeeperState, Role};
use serde::Deserialize;

use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::file::size;
use crate::visit::Visit;
use crate::web::Web;
use crate::words::Words;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/keepers", get(show).post(add))
        .route("/groups/{group}/keepers/{place}/remove", post(remove))
}

/// A keeper in words.
struct Row {
    place: String,
    state: String,
    room: Option<String>,
    by: Option<String>,
    address: String,
}

#[derive(Template)]
#[template(path = "about/keepers.html")]
struct KeepersPage {
    f: Frame,
    id: String,
    rows: Vec<Row>,
    /// Whether I may bring one in or take one away.
    may: bool,
    error: Option<Said>,
    link: String,
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Filled {
    link: String,
}

async fn show(visit: Visit, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    keepers_page(&visit, id, asked.done.as_deref(), None, String::new()).await
}

async fn add(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    visit.group(&id)?;
    match visit.service().keeper_add(&id, filled.link.trim()).await {
        Ok(list) => {
            let waits = list.keepers.iter().any(|keeper| keeper.state == KeeperState::Asked);
            let done = if waits { "done-keeper-asked" } else { "done-keeper" };
            Ok(see(format!("/groups/{id}/keepers?done={done}")))
        }
        Err(problem) => {
            let error = Some(Said::of(&visit.words, &problem));
            keepers_page(&visit, id, None, error, filled.link).await
        }
    }
}

#[derive(Deserialize)]
struct Nothing {}

async fn remove(
    visit: Visit,
    Path((id, place)): Path<(String, String)>,
    Form(_): Form<Nothing>,
) -> Result<Response, Oops> {
    visit.group(&id)?;
    visit.service().keeper_remove(&id, &place).await?;
    Ok(see(format!("/groups/{id}/keepers?done=done-keeper-removed")))
}

async fn keepers_page(
    visit: &Visit,
    id: String,
    done: Option<&str>,
    error: Option<Said>,
    link: String,
) -> Result<Response, Oops> {
    let may = visit.group(&id)?.role == Some(Role::Facilitator);
    let words = &visit.words;
    let list = visit.service().keepers(&id).await?;
    let f = visit.frame(words.t("keepers"), Nav::Groups).in_group(visit, &id, Room::Inside).done(done);
    let rows = list.keepers.into_iter().map(|keeper| row(words, keeper)).collect();
    Ok(page(&KeepersPage { f, id, rows, may, error, link }))
}

fn row(words: &Words, keeper: Keeper) -> Row {
    let state = match (keeper.state, keeper.connected) {
        (KeeperState::Asked, _) => "keeper-asked",
        (_, true) => "keeper-connected",
        (_, false) => "keeper-away",
    };
    let room = keeper.used.zip(keeper.quota);
    Row {
        state: words.t(state),
        room: room.map(|(used, quota)| {
            words.t2("keeper-room", "used", size(words, used), "quota", size(words, quota))
        }),
        by: keeper.name.map(|name| words.t1("keeper-by", "name", name)),
        address: keeper.addresses.into_iter().next().unwrap_or_default(),
        place: keeper.place,
    }
}
