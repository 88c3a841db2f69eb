//! Going: with a goodbye or without, with what I wrote or without; and forgetting what is here.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{GroupState, Leave, Problem};
use serde::Deserialize;

use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new().route("/groups/{group}/leave", get(show).post(leave))
}

#[derive(Template)]
#[template(path = "groups/leave.html")]
struct LeavePage {
    f: Frame,
    id: String,
    group_title: String,
    /// Whether I am in it, so that there is something to leave.
    joined: bool,
    filled: Filled,
    error: Option<Said>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Filled {
    goodbye: String,
    withdraw: String,
    /// `forget`, or anything else to keep what is here.
    here: String,
    /// What the group is called, typed: what is forgotten here is gone for good.
    title: String,
}

async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Oops> {
    visit.group(&id)?;
    Ok(leave_page(&visit, id, Filled::default(), None))
}

async fn leave(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let brief = visit.group(&id)?;
    let joined = brief.state == GroupState::Joined;
    let forget = filled.here == "forget" || !joined;
    let called = brief.title.clone().unwrap_or_else(|| visit.words.t("group-unknown"));
    if forget && filled.title.trim() != called.trim() {
        let said =
            Said { message: visit.words.t("leave-not-typed"), hint: visit.words.t("leave-not-typed-do") };
        return Ok(leave_page(&visit, id, filled, Some(said)));
    }
    if joined && let Err(problem) = go(&visit, &id, &filled).await {
        let said = Said::of(&visit.words, &problem);
        return Ok(leave_page(&visit, id, filled, Some(said)));
    }
    if forget {
        visit.service().group_forget(&id).await?;
        return Ok(see("/groups?done=done-forgotten"));
    }
    Ok(see("/groups?done=done-left"))
}

async fn go(visit: &Visit, id: &str, filled: &Filled) -> Result<(), Problem> {
    let goodbye = Some(lines(filled.goodbye.trim())).filter(|goodbye| !goodbye.is_empty());
    if !filled.withdraw.is_empty() {
        visit.service().withdraw_all(id).await?;
    }
    visit.service().group_leave(id, Leave { goodbye }).await.map(drop)
}

fn leave_page(visit: &Visit, id: String, filled: Filled, error: Option<Said>) -> Response {
    let joined = visit.group(&id).is_ok_and(|group| group.state == GroupState::Joined);
    let heading = visit.words.t(if joined { "leave-this-group" } else { "leave-forget-group" });
    let title = visit.group(&id).ok().and_then(|group| group.title.clone());
    page(&LeavePage {
        group_title: title.unwrap_or_else(|| visit.words.t("group-unknown")),
        f: visit.frame(heading, Nav::Groups).in_group(visit, &id, Room::Inside),
        joined,
        filled,
        error,
        id,
    })
}
