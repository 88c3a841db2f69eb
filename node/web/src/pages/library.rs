//! The library of a group: what helped somebody, for the others; where each thing comes from, and who last checked it.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{FoundThing, Item, ItemKind, Relation, TextKind};
use kith_node::service::{FOUND_MOST, Search};
use serde::Deserialize;

use self::view::ItemView;
use super::thread::files;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said};
use crate::visit::Visit;
use crate::web::Web;

mod add;
mod check;
mod item;
mod view;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/library", get(show))
        .route("/groups/{group}/library/add", get(add::show).post(add::send))
        .route("/groups/{group}/library/{item}", get(item::show))
        .route("/groups/{group}/library/{item}/check", post(check::found_right))
        .route("/groups/{group}/library/{item}/dispute", get(check::show).post(check::dispute))
        .route("/groups/{group}/library/{item}/helped", post(item::helped))
        .route("/groups/{group}/library/{item}/withdraw", post(item::withdraw))
        .route("/groups/{group}/library/{item}/attachments/{number}", get(files::give))
        .route("/groups/{group}/library/{item}/attachments/{number}/fetch", post(files::fetch))
        .route("/groups/{group}/library/{item}/attachments/{number}/drop", post(files::put_away))
}

/// What is shown alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Only {
    Experience,
    Services,
    Texts,
    Hope,
}

impl Only {
    fn has(self, item: &Item) -> bool {
        match self {
            Only::Experience => item.relation == Relation::Experience,
            Only::Services => matches!(item.kind, ItemKind::Service | ItemKind::Helpline),
            Only::Texts => !item.text.trim().is_empty(),
            Only::Hope => item.gives_hope(),
        }
    }
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    only: Option<Only>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "library/list.html")]
struct LibraryPage {
    f: Frame,
    id: String,
    q: String,
    error: Option<Said>,
    hope: bool,
    /// Whether all is shown.
    all: bool,
    items: Vec<ItemView>,
    /// Filters: value, words, whether it is chosen.
    only: Vec<(&'static str, String, bool)>,
}

async fn show(visit: Visit, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    visit.group(&id)?;
    let words = &visit.words;
    let (mut items, mut error) = (Vec::new(), None);
    if asked.q.trim().is_empty() {
        items = visit.service().library(&id, false).await?.items;
    } else {
        match found(&visit, &id, &asked.q).await {
            Ok(found) => items = found,
            Err(Oops::Problem(problem)) => error = Some(Said::of(words, &problem)),
            Err(oops) => return Err(oops),
        }
    }
    items.retain(|item| asked.only.is_none_or(|only| only.has(item)));
    let only = [
        (Only::Experience, "experience", "library-only-experience"),
        (Only::Services, "services", "library-only-services"),
        (Only::Texts, "texts", "library-only-texts"),
        (Only::Hope, "hope", "library-only-hope"),
    ];
    let f = visit.frame(words.t("room-library"), Nav::Groups).in_group(&visit, &id, Room::Library);
    Ok(page(&LibraryPage {
        f: f.done(asked.done.as_deref()),
        error,
        hope: asked.only == Some(Only::Hope),
        all: asked.only.is_none() && asked.q.trim().is_empty(),
        items: items.into_iter().map(|item| ItemView::of(&visit, item)).collect(),
        only: only.map(|(one, value, id)| (value, words.t(id), asked.only == Some(one))).to_vec(),
        q: asked.q,
        id,
    }))
}

/// Items that have all the words, the best first.
async fn found(visit: &Visit, group: &str, words: &str) -> Result<Vec<Item>, Oops> {
    let search = Search {
        words: words.to_owned(),
        group: Some(group.to_owned()),
        kind: Some(TextKind::Library),
        limit: FOUND_MOST,
        ..Search::default()
    };
    let found = visit.service().search(search).await?.found;
    let items = found.into_iter().filter_map(|found| match found.thing {
        FoundThing::Item(item) => Some(*item),
        FoundThing::Post(_) => None,
    });
    Ok(items.collect())
}

/// One item of a group.
async fn one(visit: &Visit, group: &str, item: &str) -> Result<Item, Oops> {
    visit.group(group)?;
    let item = visit.service().item(item).await?;
    if item.group == group { Ok(item) } else { Err(Oops::missing()) }
}
