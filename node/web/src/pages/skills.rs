//! What a person practises and keeps for themselves: guides, a plan, goals, milestones, a journal, thanks. All of it stays
//! on this device.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::Skill;
use serde::Deserialize;

use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::Oops;
use crate::visit::Visit;
use crate::web::Web;

mod goals;
mod guide;
mod jar;
mod journal;
pub mod milestones;
mod plan;
mod tags;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/skills", get(show))
        .merge(goals::routes())
        .merge(guide::routes())
        .merge(jar::routes())
        .merge(journal::routes())
        .merge(milestones::routes())
        .merge(plan::routes())
        .merge(tags::routes())
}

#[derive(Template)]
#[template(path = "skills/all.html")]
struct SkillsPage {
    f: Frame,
    skills: Vec<Skill>,
}

/// What was just done.
#[derive(Deserialize)]
pub(super) struct Done {
    pub(super) done: Option<String>,
}

async fn show(visit: Visit, Query(asked): Query<Done>) -> Result<Response, Oops> {
    let skills = visit.service().skills().await?.skills;
    let f = visit.frame(visit.words.t("nav-skills"), Nav::Skills).done(asked.done.as_deref());
    Ok(page(&SkillsPage { f, skills }))
}
