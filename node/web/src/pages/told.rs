//! What members of a group told of how they are and of what they count. It stands apart from posts: nobody is asked to
//! answer.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::GroupState;
use serde::Deserialize;

use super::check_in::how;
use super::skills::milestones::number_of;
use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, see};
use crate::parts::person::Pebble;
use crate::parts::post::paragraphs;
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;

pub fn routes() -> Router<Web> {
    Router::new().route("/groups/{group}/told", get(show)).route("/groups/{group}/told/back", post(take_back))
}

#[derive(Template)]
#[template(path = "told.html")]
struct ToldPage {
    f: Frame,
    id: String,
    group_title: String,
    check_ins: Vec<Told>,
    milestones: Vec<Told>,
}

/// Something that a member told.
struct Told {
    post: String,
    name: String,
    pebble: Pebble,
    mine: bool,
    when: When,
    /// What was said, each with what it is about.
    said: Vec<(String, String)>,
    note: Vec<Vec<String>>,
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

#[derive(Deserialize)]
struct Wish {
    post: String,
}

async fn show(visit: Visit, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    if visit.group(&id)?.state == GroupState::Waiting {
        return Err(Oops::missing());
    }
    let words = &visit.words;
    let check_ins = visit.service().shared_check_ins(&id).await?.check_ins.into_iter().map(|one| Told {
        pebble: Pebble::of(&one.member, &one.name),
        when: visit.clock.moment(words, &one.check_in.time),
        said: how(words, &one.check_in),
        note: paragraphs(&one.check_in.note),
        post: one.post,
        name: one.name,
        mine: one.mine,
    });
    let milestones = visit.service().shared_milestones(&id).await?.milestones.into_iter().map(|one| Told {
        pebble: Pebble::of(&one.member, &one.name),
        when: visit.clock.moment(words, &one.time),
        said: vec![(one.what, number_of(words, one.count, &one.unit))],
        note: Vec::new(),
        post: one.post,
        name: one.name,
        mine: one.mine,
    });
    let f = visit.frame(words.t("told"), Nav::Groups).in_group(&visit, &id, Room::Inside);
    Ok(page(&ToldPage {
        group_title: f.group.as_ref().map(|group| group.title.clone()).unwrap_or_default(),
        check_ins: check_ins.collect(),
        milestones: milestones.collect(),
        f: f.done(asked.done.as_deref()),
        id,
    }))
}

async fn take_back(visit: Visit, Path(id): Path<String>, Form(wish): Form<Wish>) -> Result<Response, Oops> {
    visit.service().withdraw(&wish.post).await?;
    Ok(see(format!("/groups/{id}/told?done=done-taken-back")))
}
