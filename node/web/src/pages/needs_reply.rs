//! Who waits to be heard: newcomers first, then the longest wait. Of one group, or of all.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::NeedsReply;
use serde::Deserialize;

use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::Oops;
use crate::parts::post::PostView;
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new().route("/groups/{group}/needs-reply", get(of_group)).route("/needs-reply", get(of_all))
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

/// Somebody who waits.
struct Waiting {
    p: PostView,
    since: String,
    /// Who writes already, in a sentence.
    claimed: Option<String>,
    /// Where *Not now* leads: to the next row.
    next: String,
    /// The group, where several are listed.
    group: Option<String>,
}

#[derive(Template)]
#[template(path = "needs_reply.html")]
struct NeedsReplyPage {
    f: Frame,
    waiting: Vec<Waiting>,
    /// Where a form leads back to.
    back: &'static str,
}

async fn of_group(
    visit: Visit,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    visit.group(&id)?;
    let frame = visit.frame(visit.words.t("room-needs-reply"), Nav::Groups);
    let frame = frame.in_group(&visit, &id, Room::NeedsReply).told(format!("group={id}"));
    list(&visit, frame, Some(&id), asked).await
}

async fn of_all(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let frame = visit.frame(visit.words.t("room-needs-reply"), Nav::Today).told("");
    list(&visit, frame, None, asked).await
}

async fn list(visit: &Visit, frame: Frame, group: Option<&str>, asked: Asked) -> Result<Response, Oops> {
    let waiting = visit.service().needs_reply(group).await?.posts;
    let ids: Vec<String> = waiting.iter().skip(1).map(|one| format!("#post-{}", one.post.post)).collect();
    let next = ids.into_iter().chain([group.map_or("/today".to_owned(), |id| format!("/groups/{id}"))]);
    let rows =
        waiting.into_iter().zip(next).map(|(one, next)| row(visit, &frame, one, next, group.is_none()));
    let waiting = rows.collect();
    let back = if group.is_some() { "needs-reply" } else { "all" };
    Ok(page(&NeedsReplyPage { f: frame.done(asked.done.as_deref()), waiting, back }))
}

fn row(visit: &Visit, frame: &Frame, one: NeedsReply, next: String, several: bool) -> Waiting {
    let words = &visit.words;
    let since = visit.clock.moment(words, &one.since);
    let mut p = PostView::of(visit, one.post);
    p.new_here = one.new_here;
    let group = frame.groups.iter().find(|(id, _)| several && *id == p.group);
    Waiting {
        since: words.t1(if one.pressing { "waiting-long" } else { "waiting-since" }, "when", since),
        claimed: one.claimed_by.map(|name| words.t1("is-writing", "name", name)),
        next,
        group: group.map(|(_, title)| title.clone()),
        p,
    }
}
