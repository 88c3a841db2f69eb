//! The record: what those who look after a group did, for every member to read.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{Deed, DeedState};

use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::Oops;
use crate::pages::about;
use crate::parts::deed;
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;

pub fn routes() -> Router<Web> {
    Router::new().route("/groups/{group}/record", get(show))
}

struct Line {
    by: String,
    what: String,
    rule: Option<String>,
    reason: Option<String>,
    changes: Vec<(String, String)>,
    state: Option<String>,
    when: When,
}

#[derive(Template)]
#[template(path = "record.html")]
struct RecordPage {
    f: Frame,
    id: String,
    group_title: String,
    acts: Vec<Line>,
}

async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Oops> {
    visit.group(&id)?;
    let words = &visit.words;
    let acts = visit.service().record(&id).await?.acts.into_iter().map(|act| Line {
        what: deed::said(words, &act.what),
        rule: deed::rule(words, &act.what),
        reason: deed::reason(&act.what),
        changes: match &act.what {
            Deed::Amended { changes, .. } => about::changes(words, changes),
            _ => Vec::new(),
        },
        state: match act.state {
            DeedState::Awaiting => Some(words.t("deed-awaiting")),
            DeedState::Lapsed => Some(words.t("deed-lapsed")),
            _ => None,
        },
        when: visit.clock.moment(words, &act.time),
        by: act.name,
    });
    let f = visit.frame(words.t("about-record"), Nav::Groups).in_group(&visit, &id, Room::Inside);
    Ok(page(&RecordPage {
        group_title: f.group.as_ref().map(|group| group.title.clone()).unwrap_or_default(),
        acts: acts.collect(),
        f,
        id,
    }))
}
