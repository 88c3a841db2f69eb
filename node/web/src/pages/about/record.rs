//! The record: what those who look after a group did, for every member to read, without what is between few.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;

use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::Oops;
use crate::parts::deed::Act;
use crate::visit::Visit;

/// Acts on one page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "about/record.html")]
struct RecordPage {
    f: Frame,
    id: String,
    acts: Vec<Act>,
    /// The last one of this page, if there are older ones.
    older: Option<String>,
}

#[derive(Deserialize)]
pub struct Asked {
    before: Option<String>,
}

pub async fn show(
    visit: Visit,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    visit.group(&id)?;
    let mut acts = visit.service().record(&id).await?.acts;
    if let Some(place) = acts.iter().position(|act| Some(&act.entry) == asked.before.as_ref()) {
        acts.drain(..=place);
    }
    let more = acts.len() > PAGE;
    acts.truncate(PAGE);
    let f = visit.frame(visit.words.t("about-record"), Nav::Groups).in_group(&visit, &id, Room::Inside);
    Ok(page(&RecordPage {
        older: acts.last().map(|act| act.entry.clone()).filter(|_| more),
        acts: acts.iter().map(|act| Act::of(&visit, act)).collect(),
        f,
        id,
    }))
}
