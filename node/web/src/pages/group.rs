//! A group: what was written, newest first.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::GroupState;
use serde::Deserialize;

use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::Oops;
use crate::parts::post::PostView;
use crate::visit::Visit;
use crate::web::Web;

/// Posts on one page.
const PAGE: usize = 20;
/// Agreements beside the posts; the rest is a page away.
const AGREEMENTS: usize = 3;

pub fn routes() -> Router<Web> {
    Router::new().route("/groups/{group}", get(show))
}

#[derive(Template)]
#[template(path = "group.html")]
struct GroupPage {
    f: Frame,
    id: String,
    purpose: Option<String>,
    /// Whether I am not in it yet.
    waiting: bool,
    posts: Vec<PostView>,
    older: Option<String>,
    hidden: bool,
    quiet: Option<String>,
    agreements: Vec<String>,
}

#[derive(Deserialize)]
struct Asked {
    before: Option<String>,
    show: Option<String>,
    done: Option<String>,
}

async fn show(visit: Visit, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let brief = visit.group(&id)?;
    let title = brief.title.clone().unwrap_or_else(|| visit.words.t("group-unknown"));
    let waiting = brief.state == GroupState::Waiting;
    let frame =
        visit.frame(title, Nav::Groups).in_group(&visit, &id, Room::Posts).told(format!("group={id}"));
    let group = visit.service().group_show(&id).await?;
    let (mut posts, mut agreements) = (kith_node::api::types::Page::default(), Vec::new());
    if !waiting {
        let hidden = asked.show.as_deref() == Some("hidden");
        posts = visit.service().posts(&id, PAGE, asked.before.as_deref(), hidden).await?;
        agreements = visit.service().charter(&id).await?.charter.agreements;
        agreements.truncate(AGREEMENTS);
    }
    Ok(page(&GroupPage {
        purpose: group.purpose.filter(|purpose| !purpose.is_empty()),
        waiting,
        older: posts.next,
        hidden: posts.hidden,
        posts: posts.posts.into_iter().map(|post| PostView::of(&visit, post)).collect(),
        quiet: group.quiet.map(|_| visit.words.t("quiet-hours-said")),
        agreements,
        f: frame.done(asked.done.as_deref()),
        id,
    }))
}
