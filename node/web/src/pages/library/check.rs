//! Looking at an item: it is right, or something is wrong.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use kith_node::api::types::CheckItem;
use serde::Deserialize;

use super::item::{Place, item_page};
use super::one;
use crate::form::{self, Form};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;

#[derive(Deserialize)]
pub struct Right {
    /// When somebody should look again, as a day.
    #[serde(default)]
    days: u32,
}

#[derive(Deserialize)]
pub struct Wrong {
    #[serde(default)]
    words: String,
}

#[derive(Template)]
#[template(path = "library/dispute.html")]
struct DisputePage {
    f: Frame,
    id: String,
    item: String,
    title: String,
    error: Option<Said>,
    words: String,
}

pub async fn found_right(
    visit: Visit,
    Path((group, item)): Place,
    Form(filled): Form<Right>,
) -> Result<Response, Oops> {
    let found = one(&visit, &group, &item).await?;
    let check = CheckItem { review_in_days: filled.days, ..CheckItem::default() };
    match visit.service().library_check(&found.item, check).await {
        Ok(_) => Ok(see(format!("/groups/{group}/library/{}?done=done-checked", found.item))),
        Err(problem) => {
            let refused = (Said::of(&visit.words, &problem), String::new());
            item_page(&visit, &group, &item, None, Some(refused)).await
        }
    }
}

pub async fn show(visit: Visit, Path((group, item)): Place) -> Result<Response, Oops> {
    dispute_page(&visit, &group, &item, String::new(), None).await
}

pub async fn dispute(
    visit: Visit,
    Path((group, item)): Place,
    Form(filled): Form<Wrong>,
) -> Result<Response, Oops> {
    let found = one(&visit, &group, &item).await?;
    let check = CheckItem { dispute: true, words: form::lines(&filled.words), review_in_days: 0 };
    match visit.service().library_check(&found.item, check).await {
        Ok(_) => Ok(see(format!("/groups/{group}/library/{}?done=done-disputed", found.item))),
        Err(problem) => {
            let said = Said::of(&visit.words, &problem);
            dispute_page(&visit, &group, &item, filled.words, Some(said)).await
        }
    }
}

async fn dispute_page(
    visit: &Visit,
    group: &str,
    item: &str,
    words: String,
    error: Option<Said>,
) -> Result<Response, Oops> {
    let item = one(visit, group, item).await?;
    let f = visit.frame(visit.words.t("item-wrong"), Nav::Groups).in_group(visit, group, Room::Inside);
    Ok(page(&DisputePage { f, id: group.to_owned(), item: item.item, title: item.title, error, words }))
}
