//! What a member may do in the group, for those who decide it: giving an office, setting back, asking to stay, and voting
//! where all facilitators are silent. What takes more than one says so before it is done.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{
    ActState, Acted, Demote, MayActOn, Member, MemberState, Problem, Promote, Role, Takes, TermState,
};
use serde::Deserialize;

use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::person::Pebble;
use crate::visit::Visit;
use crate::web::Web;
use crate::words::Words;

mod pause;
mod remove;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/members/{member}/role", get(show))
        .route("/groups/{group}/members/{member}/role/give", post(give))
        .route("/groups/{group}/members/{member}/role/set-back", post(set_back))
        .route("/groups/{group}/members/{member}/role/vote", post(vote))
        .merge(pause::routes())
        .merge(remove::routes())
}

type Place = Path<(String, String)>;

/// An office to choose: as the form names it, its words, and their hint.
type Choice = (&'static str, String, String);

#[derive(Template)]
#[template(path = "office/role.html")]
struct RolePage {
    f: Frame,
    /// Where the pages about this member are.
    here: String,
    name: String,
    pebble: Pebble,
    /// What they are, and until when they are meant to be it.
    is: Vec<String>,
    may: MayActOn,
    give: Vec<Choice>,
    back: Vec<Choice>,
    remove: Option<String>,
    vote: Option<String>,
    give_wrong: Option<Said>,
    back_wrong: Option<Said>,
    vote_wrong: Option<Said>,
    reason: String,
    chosen: &'static str,
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

#[derive(Deserialize)]
struct Filled {
    role: Option<Role>,
    #[serde(default)]
    reason: String,
}

/// Which form something went wrong with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Giving,
    SettingBack,
    Voting,
}

async fn show(visit: Visit, Path((id, member)): Place, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let (found, may) = found(&visit, &id, &member).await?;
    let nothing = Filled { role: None, reason: String::new() };
    Ok(role_page(&visit, &id, found, may, nothing, None, asked.done.as_deref()))
}

async fn give(visit: Visit, Path((id, member)): Place, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let (found, may) = found(&visit, &id, &member).await?;
    let role = filled.role.unwrap_or(Role::Helper);
    let acted = visit.service().member_promote(&id, &member, Promote { role }).await;
    after(&visit, &id, found, may, filled, acted, About::Giving)
}

async fn set_back(
    visit: Visit,
    Path((id, member)): Place,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let (found, may) = found(&visit, &id, &member).await?;
    let demote = Demote { role: filled.role.unwrap_or(Role::Member), reason: lines(filled.reason.trim()) };
    let acted = visit.service().member_demote(&id, &member, demote).await;
    after(&visit, &id, found, may, filled, acted, About::SettingBack)
}

async fn vote(visit: Visit, Path((id, member)): Place, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let (found, may) = found(&visit, &id, &member).await?;
    let acted = visit.service().member_elect(&id, &member).await;
    after(&visit, &id, found, may, filled, acted, About::Voting)
}

fn after(
    visit: &Visit,
    id: &str,
    found: Member,
    may: MayActOn,
    filled: Filled,
    acted: Result<Acted, Problem>,
    about: About,
) -> Result<Response, Oops> {
    match acted {
        Ok(acted) => {
            let done = match (acted.state, about) {
                (ActState::Done, _) => "done-office",
                (ActState::Awaiting, About::Voting) => "done-voted",
                (ActState::Awaiting, _) => "done-awaiting",
            };
            Ok(see(format!("/groups/{id}/members/{}/role?done={done}", found.member)))
        }
        Err(problem) => {
            let said = Said::of(&visit.words, &problem);
            Ok(role_page(visit, id, found, may, filled, Some((about, said)), None))
        }
    }
}

/// A member, and what I may do about them; for who may do nothing there is no such page.
async fn found(visit: &Visit, id: &str, member: &str) -> Result<(Member, MayActOn), Oops> {
    visit.group(id)?;
    let members = visit.service().member_list(id).await?.members;
    let found = members.into_iter().find(|one| one.member == member).ok_or_else(Oops::missing)?;
    let may = may(visit, id, &found).await?.ok_or_else(Oops::missing)?;
    Ok((found, may))
}

/// What I may do about a member; none: there is no such page for me.
pub async fn may(visit: &Visit, id: &str, about: &Member) -> Result<Option<MayActOn>, Oops> {
    let may = visit.service().may_act_on(id, &about.member).await?;
    // Who just did all there was to do comes back here, and so does who waits for others.
    Ok((may.any() || visit.looks_after(id) && !about.me).then_some(may))
}

/// What a member is, in sentences.
fn is(visit: &Visit, member: &Member, may: &MayActOn) -> Vec<String> {
    let words = &visit.words;
    let mut is = vec![words.t(match (member.state, member.role) {
        (MemberState::Left, _) => "office-left",
        (MemberState::Removed, _) => "office-removed",
        (MemberState::Waiting, _) => "office-waiting",
        (MemberState::Member, Role::Facilitator) => "office-is-facilitator",
        (MemberState::Member, Role::Helper) => "office-is-helper",
        (MemberState::Member, Role::Member) => "office-is-member",
    })];
    if let Some(term) = &member.term {
        let day = visit.clock.day(words, &term.ends);
        let id = if term.state == TermState::Ended { "office-term-ended" } else { "office-term" };
        is.push(words.t1(id, "day", day));
    }
    if member.awaiting {
        is.push(words.t("office-awaiting"));
    }
    if let Some(until) = &may.paused_until {
        is.push(words.t1("office-paused", "until", visit.clock.moment(words, until)));
    }
    is
}

/// With how many it takes, where that is more than one.
fn takes(words: &Words, hint: String, takes: Takes) -> String {
    if takes > 1 { format!("{hint} {}", words.tn("act-takes", "takes", takes)) } else { hint }
}

fn role_page(
    visit: &Visit,
    id: &str,
    member: Member,
    may: MayActOn,
    filled: Filled,
    wrong: Option<(About, Said)>,
    done: Option<&str>,
) -> Response {
    let words = &visit.words;
    let choice = |value, said: &str, hint: &str, needed: Option<Takes>| {
        needed.map(|needed| (value, words.t(said), takes(words, words.t(hint), needed)))
    };
    let stay = |role, otherwise| if member.role == role { "office-stay" } else { otherwise };
    let give = [
        choice("helper", stay(Role::Helper, "role-helper"), "office-helper-hint", may.helper),
        choice(
            "facilitator",
            stay(Role::Facilitator, "role-facilitator"),
            "office-facilitator-hint",
            may.facilitator,
        ),
    ];
    let back = [
        choice("helper", "role-helper", "office-helper-hint", may.back_to_helper),
        choice("member", "office-member", "office-member-hint", may.back_to_member),
    ];
    let about = |about| wrong.as_ref().filter(|(other, _)| *other == about).map(|(_, said)| said.clone());
    let heading = words.t1("office-heading", "name", &member.name);
    page(&RolePage {
        here: format!("/groups/{id}/members/{}", member.member),
        pebble: Pebble::of(&member.member, &member.name),
        is: is(visit, &member, &may),
        give: give.into_iter().flatten().collect(),
        back: back.into_iter().flatten().collect(),
        remove: may.remove.map(|needed| takes(words, words.t("office-remove-hint"), needed)),
        vote: may.elect.map(|needed| words.tn("office-vote-said", "needed", needed)),
        give_wrong: about(About::Giving),
        back_wrong: about(About::SettingBack),
        vote_wrong: about(About::Voting),
        reason: filled.reason,
        chosen: match filled.role {
            Some(Role::Facilitator) => "facilitator",
            Some(Role::Helper) => "helper",
            Some(Role::Member) => "member",
            None => "",
        },
        f: visit.frame(heading, Nav::Groups).in_group(visit, id, Room::Inside).done(done),
        name: member.name,
        may,
    })
}
