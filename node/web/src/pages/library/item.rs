//! An item of the library.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;

use super::one;
use super::view::ItemView;
use crate::form::{self, Form};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;

/// Which item, as its address says.
pub type Place = Path<(String, String)>;

#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

#[derive(Deserialize)]
pub struct Words {
    #[serde(default)]
    words: String,
}

#[derive(Deserialize)]
pub struct Nothing {}

#[derive(Template)]
#[template(path = "library/item.html")]
struct ItemPage {
    f: Frame,
    id: String,
    p: ItemView,
    error: Option<Said>,
    words: String,
}

pub async fn show(
    visit: Visit,
    Path((group, item)): Place,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    item_page(&visit, &group, &item, asked.done.as_deref(), None).await
}

/// The page; with what could not be done, and the words that were to be said.
pub async fn item_page(
    visit: &Visit,
    group: &str,
    item: &str,
    done: Option<&str>,
    refused: Option<(Said, String)>,
) -> Result<Response, Oops> {
    let item = one(visit, group, item).await?;
    let (error, words) = refused.unzip();
    let f = visit.frame(&item.title, Nav::Groups).in_group(visit, group, Room::Inside).done(done);
    let words = words.unwrap_or_default();
    Ok(page(&ItemPage { f, id: group.to_owned(), p: ItemView::of(visit, item), error, words }))
}

pub async fn helped(
    visit: Visit,
    Path((group, item)): Place,
    Form(filled): Form<Words>,
) -> Result<Response, Oops> {
    let found = one(&visit, &group, &item).await?;
    let said = match form::text(&filled.words) {
        Ok(text) => visit.service().library_helped(&found.item, text).await,
        Err(problem) => Err(problem),
    };
    match said {
        Ok(_) => Ok(see(format!("/groups/{group}/library/{}?done=done-helped", found.item))),
        Err(problem) => {
            let refused = (Said::of(&visit.words, &problem), filled.words);
            item_page(&visit, &group, &item, None, Some(refused)).await
        }
    }
}

pub async fn withdraw(
    visit: Visit,
    Path((group, item)): Place,
    Form(_): Form<Nothing>,
) -> Result<Response, Oops> {
    let item = one(&visit, &group, &item).await?;
    visit.service().withdraw(&item.item).await?;
    Ok(see(format!("/groups/{group}/library?done=done-withdrawn")))
}
