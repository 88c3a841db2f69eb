//! What a group is: its charter in plain words, and my agreement to it.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{Charter, GroupCharter, GroupState, ListedState};
use serde::Deserialize;

use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, see};
use crate::parts::changes::{self, Part, parts};
use crate::parts::charter::CharterView;
use crate::visit::Visit;
use crate::web::Web;
use crate::words::Words;

mod edit;
mod found;
mod keepers;
mod record;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/about", get(show))
        .route("/groups/{group}/about/accept", post(accept))
        .route("/groups/{group}/record", get(record::show))
        .merge(edit::routes())
        .merge(found::routes())
        .merge(keepers::routes())
}

#[derive(Template)]
#[template(path = "about/about.html")]
struct AboutPage {
    f: Frame,
    id: String,
    c: CharterView,
    questions: Vec<String>,
    accepted: bool,
    /// What is otherwise than when I agreed.
    changed: Vec<Part>,
    key_words: Option<String>,
    /// Whether one facilitator has nobody beside them.
    alone: bool,
    may_edit: bool,
    /// Whether I am in it, and could go.
    inside: bool,
    /// Whether strangers can find it.
    found: bool,
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

async fn show(visit: Visit, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let inside = visit.group(&id)?.state == GroupState::Joined;
    let service = visit.service();
    let group = service.group_show(&id).await?;
    let GroupCharter { charter, accepted, changed, .. } = service.charter(&id).await?;
    let words = &visit.words;
    let mut c = CharterView::of(words, &charter);
    c.goes.extend(more(words, &charter));
    let f = visit.frame(words.t("room-about"), Nav::Groups).in_group(&visit, &id, Room::About);
    Ok(page(&AboutPage {
        c,
        accepted: accepted || !inside,
        changed: parts(words, &changed),
        key_words: group.key_words,
        alone: group.facilitators == 1 && !charter.shared_power,
        may_edit: service.may_amend(&id).await?.is_some(),
        inside,
        found: listed(&visit, &id).await?,
        questions: charter.questions,
        f: f.done(asked.done.as_deref()),
        id,
    }))
}

/// Whether the group is listed in public.
async fn listed(visit: &Visit, id: &str) -> Result<bool, Oops> {
    let listing = visit.service().listing_show(id).await?;
    Ok(listing.listed.is_some_and(|listed| listed.state != ListedState::Ended))
}

/// What somebody who is in a group may look up, beyond what is read on coming in.
fn more(words: &Words, charter: &Charter) -> Vec<String> {
    let mut more = vec![changes::files(words, charter.attachment_kib)];
    if !charter.shared_power {
        more.push(changes::term(words, charter.term_days));
    }
    if !charter.language.is_empty() {
        more.push(changes::language(words, &charter.language));
    }
    more
}

#[derive(Deserialize)]
struct Nothing {}

async fn accept(visit: Visit, Path(id): Path<String>, Form(_): Form<Nothing>) -> Result<Response, Oops> {
    visit.group(&id)?;
    visit.service().charter_accept(&id).await?;
    Ok(see(format!("/groups/{id}/about?done=done-charter-agreed")))
}
