//! The members of a group: what they chose to say, and what they look after. Nobody sees who is online, or who came when.

use std::collections::BTreeSet;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{Member, MemberState, Role, Task};
use serde::Deserialize;

use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::Oops;
use crate::parts::person::Pebble;
use crate::visit::Visit;
use crate::web::Web;
use crate::words::Words;

mod acts;
mod alike;
mod intro;
mod letter;
mod member;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/members", get(show))
        .route("/groups/{group}/members/{member}", get(member::show))
        .route("/groups/{group}/members/{member}/tie", post(acts::tie))
        .route("/groups/{group}/members/{member}/hide", post(acts::hide))
        .route("/groups/{group}/settle-in", post(acts::settle_in))
        .route("/groups/{group}/members/{member}/encourage", post(acts::encourage))
        .route("/groups/{group}/members/{member}/letter", get(letter::show).post(letter::send))
        .route("/groups/{group}/introduction", get(intro::show).post(intro::send))
        .route("/groups/{group}/introduction/drop", post(intro::take_back))
        .route("/groups/{group}/alike", get(alike::show))
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

/// A member in the list.
struct Row {
    id: String,
    name: String,
    pebble: Pebble,
    me: bool,
    /// What is said beside the name.
    beside: Vec<String>,
    new_here: bool,
    line: Option<String>,
    /// Whether they were not greeted yet.
    greet: bool,
}

#[derive(Template)]
#[template(path = "members/list.html")]
struct MembersPage {
    f: Frame,
    id: String,
    people: Vec<Row>,
    former: Vec<Row>,
    facilitators: String,
    may_invite: bool,
}

async fn show(visit: Visit, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    visit.group(&id)?;
    let words = &visit.words;
    let service = visit.service();
    let members = service.member_list(&id).await?.members;
    let greet: BTreeSet<String> =
        service.newcomers(&id).await?.newcomers.into_iter().map(|one| one.member).collect();
    let slots = service.rota(&id).await?.slots;
    let there = |member: &Member, task: Task| {
        slots.iter().any(|slot| slot.now && slot.task == task && slot.member == member.member)
    };
    let row = |member: &Member| {
        let duty = there(member, Task::OnDuty).then(|| words.t("member-on-duty"));
        let greets = there(member, Task::Greeter).then(|| words.t("member-greeter"));
        let beside = [role(words, member), duty, greets, hidden(words, member)];
        Row {
            id: member.member.clone(),
            pebble: Pebble::of(&member.member, &member.name),
            name: member.name.clone(),
            me: member.me,
            beside: beside.into_iter().flatten().collect(),
            new_here: member.new_here && !member.me,
            line: member.line.clone().filter(|line| !line.trim().is_empty()),
            greet: greet.contains(&member.member) && !member.me,
        }
    };
    let here = |member: &&Member| matches!(member.state, MemberState::Member | MemberState::Waiting);
    let facilitators = members.iter().filter(|member| member.role == Role::Facilitator).filter(here);
    let facilitators: Vec<&str> = facilitators.map(|member| member.name.as_str()).collect();
    let f = visit.frame(words.t("room-members"), Nav::Groups).in_group(&visit, &id, Room::Members);
    Ok(page(&MembersPage {
        f: f.done(asked.done.as_deref()),
        people: members.iter().filter(here).map(row).collect(),
        former: members.iter().filter(|member| !here(member)).map(row).collect(),
        facilitators: facilitators.join(", "),
        may_invite: service.ways_to_invite(&id).await.is_ok_and(|ways| !ways.is_empty()),
        id,
    }))
}

/// What somebody is in the group, where that is to be said.
fn role(words: &Words, member: &Member) -> Option<String> {
    let id = match (member.state, member.role) {
        (MemberState::Left, _) => "member-left",
        (MemberState::Removed, _) => "member-removed",
        (MemberState::Waiting, _) => "member-waiting",
        (MemberState::Member, Role::Facilitator) => "role-facilitator",
        (MemberState::Member, Role::Helper) => "role-helper",
        (MemberState::Member, Role::Member) => return None,
    };
    Some(words.t(id))
}

/// How I hide somebody.
fn hidden(words: &Words, member: &Member) -> Option<String> {
    match (member.blocked, member.muted) {
        (true, _) => Some(words.t("member-blocked")),
        (false, true) => Some(words.t("member-muted")),
        (false, false) => None,
    }
}

/// A member of a group, by the whole id.
async fn one(visit: &Visit, group: &str, member: &str) -> Result<Member, Oops> {
    visit.group(group)?;
    let members = visit.service().member_list(group).await?.members;
    members.into_iter().find(|one| one.member == member).ok_or_else(Oops::missing)
}
