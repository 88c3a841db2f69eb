//! What a member may do in the group, and their place in it: each on a page of its own, with what comes of it.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{ActState, Acted, Demote, Member, MemberState, Problem, Promote, Remove, Role};
use serde::Deserialize;

use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::deed::role_words;
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/desk/step-back", get(step_back).post(stepped_back))
        .route("/groups/{group}/members/{member}/role", get(show))
        .route("/groups/{group}/members/{member}/promote", post(promote))
        .route("/groups/{group}/members/{member}/demote", post(demote))
        .route("/groups/{group}/members/{member}/elect", post(elect))
        .route("/groups/{group}/members/{member}/remove", post(remove))
}

#[derive(Template)]
#[template(path = "desk/role.html")]
struct RolePage {
    f: Frame,
    id: String,
    member: String,
    name: String,
    role: Role,
    role_said: String,
    me: bool,
    awaiting: bool,
    ends: Option<When>,
    /// Whether the reader looks after the group; who does not can vote.
    desk: bool,
    error: Option<Said>,
    reason: String,
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

#[derive(Deserialize)]
struct Filled {
    #[serde(default = "member")]
    role: Role,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    name: String,
}

fn member() -> Role {
    Role::Member
}

async fn show(
    visit: Visit,
    Path((id, member)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    role_page(&visit, id, member, asked.done.as_deref(), None, String::new()).await
}

async fn promote(
    visit: Visit,
    Path((id, member)): Path<(String, String)>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let acted = visit.service().member_promote(&id, &member, Promote { role: filled.role }).await;
    after(&visit, id, member, acted, String::new()).await
}

async fn demote(
    visit: Visit,
    Path((id, member)): Path<(String, String)>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let demote = Demote { role: filled.role, reason: lines(&filled.reason) };
    let acted = visit.service().member_demote(&id, &member, demote).await;
    after(&visit, id, member, acted, filled.reason).await
}

async fn elect(
    visit: Visit,
    Path((id, member)): Path<(String, String)>,
    Form(_): Form<Filled>,
) -> Result<Response, Oops> {
    let acted = visit.service().member_elect(&id, &member).await;
    after(&visit, id, member, acted, String::new()).await
}

/// Only whoever types the name removes somebody: it cannot be done by a slip.
async fn remove(
    visit: Visit,
    Path((id, member)): Path<(String, String)>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let found = found(&visit, &id, &member).await?;
    if filled.name.trim() != found.name.trim() {
        let words = &visit.words;
        let error = Said { message: words.t("role-name-differs"), hint: words.t("role-name-differs-hint") };
        return role_page(&visit, id, member, None, Some(error), filled.reason).await;
    }
    let acted = visit.service().member_remove(&id, &member, Remove { reason: lines(&filled.reason) }).await;
    after(&visit, id, member, acted, filled.reason).await
}

async fn after(
    visit: &Visit,
    id: String,
    member: String,
    acted: Result<Acted, Problem>,
    reason: String,
) -> Result<Response, Oops> {
    match acted {
        Ok(acted) => {
            let done = if acted.state == ActState::Done { "done-saved" } else { "done-awaiting" };
            Ok(see(format!("/groups/{id}/members/{member}/role?done={done}")))
        }
        Err(problem) => {
            let error = Said::of(&visit.words, &problem);
            role_page(visit, id, member, None, Some(error), reason).await
        }
    }
}

async fn found(visit: &Visit, id: &str, member: &str) -> Result<Member, Oops> {
    visit.group(id)?;
    let members = visit.service().member_list(id).await?.members;
    members.into_iter().find(|one| one.member == member).ok_or_else(Oops::missing)
}

async fn role_page(
    visit: &Visit,
    id: String,
    member: String,
    done: Option<&str>,
    error: Option<Said>,
    reason: String,
) -> Result<Response, Oops> {
    let found = found(visit, &id, &member).await?;
    let words = &visit.words;
    let said = match found.state {
        MemberState::Member => words.t(role_words(found.role)),
        MemberState::Left => words.t("role-left"),
        MemberState::Removed => words.t("role-removed"),
        MemberState::Waiting => words.t("role-waiting"),
    };
    Ok(page(&RolePage {
        role: found.role,
        role_said: said,
        me: found.me,
        awaiting: found.awaiting,
        ends: found.term.map(|term| visit.clock.day(words, &term.ends)),
        desk: visit.looks_after(&id),
        error,
        reason,
        f: visit
            .frame(words.t1("role-heading", "name", &found.name), Nav::Groups)
            .in_group(visit, &id, Room::Inside)
            .done(done),
        name: found.name,
        id,
        member,
    }))
}

#[derive(Template)]
#[template(path = "desk/step_back.html")]
struct StepBackPage {
    f: Frame,
    id: String,
}

/// One step, and no reason is asked.
async fn step_back(visit: Visit, Path(id): Path<String>) -> Result<Response, Oops> {
    super::mine(&visit, &id)?;
    let f = visit.frame(visit.words.t("step-back"), Nav::Groups).in_group(&visit, &id, Room::Inside);
    Ok(page(&StepBackPage { f, id }))
}

async fn stepped_back(visit: Visit, Path(id): Path<String>, Form(_): Form<Filled>) -> Result<Response, Oops> {
    super::mine(&visit, &id)?;
    visit.service().member_step_back(&id).await?;
    Ok(see(format!("/groups/{id}?done=done-stepped-back")))
}
