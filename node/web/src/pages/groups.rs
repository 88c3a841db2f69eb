//! My groups, and the ways into and out of one.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{GroupState, Role, Task};
use serde::Deserialize;

use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said};
use crate::visit::Visit;
use crate::web::Web;

mod invite;
mod keep;
mod leave;
mod start;

pub use self::keep::here as kept_here;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups", get(show))
        .merge(start::routes())
        .merge(invite::routes())
        .merge(leave::routes())
        .merge(keep::routes())
}

#[derive(Template)]
#[template(path = "groups/list.html")]
struct ListPage {
    f: Frame,
    mine: Vec<Row>,
    /// Those I was in, or was not let into.
    earlier: Vec<Row>,
}

/// A group of mine.
struct Row {
    id: String,
    title: String,
    purpose: Option<String>,
    /// How I stand in it, if that needs a word.
    state: Option<String>,
    role: Option<String>,
    quiet: Option<String>,
    on_duty: Option<String>,
    /// Whether somebody wrote since I last looked.
    something_new: bool,
    notice: Option<Said>,
    invites: bool,
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let (mut mine, mut earlier) = (Vec::new(), Vec::new());
    for brief in &visit.overview.groups {
        let row = row(&visit, &brief.group).await?;
        match brief.state {
            GroupState::Joined | GroupState::Waiting => mine.push(row),
            GroupState::Refused | GroupState::Left | GroupState::Removed => earlier.push(row),
        }
    }
    let frame = visit.frame(visit.words.t("nav-groups"), Nav::Groups).done(asked.done.as_deref());
    Ok(page(&ListPage { mine, earlier, f: frame }))
}

async fn row(visit: &Visit, id: &str) -> Result<Row, Oops> {
    let words = &visit.words;
    let group = visit.service().group_show(id).await?;
    let joined = group.state == GroupState::Joined;
    let state = match group.state {
        GroupState::Joined => None,
        GroupState::Waiting => Some("groups-waiting"),
        GroupState::Refused => Some("groups-refused"),
        GroupState::Left => Some("groups-left"),
        GroupState::Removed => Some("groups-removed"),
    };
    let role = group.me.as_ref().and_then(|me| match me.role {
        Role::Member => None,
        Role::Helper => Some("groups-helper"),
        Role::Facilitator => Some("groups-facilitator"),
    });
    Ok(Row {
        id: id.to_owned(),
        title: group.title.unwrap_or_else(|| words.t("group-unknown")),
        purpose: group.purpose.filter(|purpose| !purpose.is_empty()),
        state: state.map(|said| words.t(said)),
        role: role.map(|said| words.t(said)),
        something_new: joined && visit.service().has_something_new(id).await.unwrap_or_default(),
        on_duty: if joined { on_duty(visit, id).await? } else { None },
        quiet: group.quiet.filter(|_| joined).map(|_| words.t("quiet-hours")),
        notice: group.notice.map(|notice| Said::of(words, &notice.code.into())),
        invites: joined && !visit.service().ways_to_invite(id).await?.is_empty(),
    })
}

/// Who looks after a group now, and until when.
async fn on_duty(visit: &Visit, id: &str) -> Result<Option<String>, Oops> {
    let slots = visit.service().rota(id).await?.slots;
    let slot = slots.iter().find(|slot| slot.now && slot.task == Task::OnDuty);
    Ok(slot.map(|slot| {
        let until = visit.clock.moment(&visit.words, &slot.until);
        visit.words.t2("groups-on-duty", "name", &slot.name, "when", until)
    }))
}
