//! Keeping less: for how long what is written in a group stays on this device.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{Keep, Kept};
use serde::Deserialize;

use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, see};
use crate::visit::Visit;
use crate::web::Web;
use crate::words::Words;

/// What can be chosen, in days; 0: as the charter says.
const CHOICES: [u32; 5] = [0, 365, 90, 30, 7];

pub fn routes() -> Router<Web> {
    Router::new().route("/groups/{group}/keep", get(show).post(keep))
}

#[derive(Template)]
#[template(path = "groups/keep.html")]
struct KeepPage {
    f: Frame,
    id: String,
    group_title: String,
    /// What the charter says, in words.
    charter: String,
    choices: Vec<(u32, String)>,
    days: u32,
}

#[derive(Deserialize)]
struct Filled {
    days: u32,
}

/// For how long something is kept here, in words.
pub fn here(words: &Words, keeps: &Kept) -> String {
    let days = [keeps.days, keeps.charter_days].into_iter().filter(|days| *days > 0).min();
    match days {
        None => words.t("keep-as-long-as-room"),
        Some(days) => words.tn("keep-here", "days", days),
    }
}

async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Oops> {
    visit.group(&id)?;
    let words = &visit.words;
    let keeps = visit.service().group_keeps(&id).await?;
    let frame = visit.frame(words.t("keep"), Nav::Settings).in_group(&visit, &id, Room::Inside);
    // A choice of somebody who chose elsewhere, as on the command line, is one as well.
    let other = Some(keeps.days).filter(|days| !CHOICES.contains(days));
    let choice = |days: u32| match days {
        0 => (0, words.t("keep-as-charter")),
        days => (days, words.tn("keep-days", "days", days)),
    };
    Ok(page(&KeepPage {
        group_title: frame.group.as_ref().map(|group| group.title.clone()).unwrap_or_default(),
        f: frame,
        id,
        charter: match keeps.charter_days {
            0 => words.t("keep-charter-on"),
            days => words.tn("keep-charter-days", "days", days),
        },
        choices: CHOICES.into_iter().chain(other).map(choice).collect(),
        days: keeps.days,
    }))
}

async fn keep(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    visit.group(&id)?;
    visit.service().group_keep(&id, Keep { days: filled.days }).await?;
    Ok(see("/settings/storage?done=done-saved"))
}
