//! Inviting: making an invite, showing it as a link and a square code, and taking it back.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{CreateInvite, InviteState, InviteSummary, InviteWay, Invited, Problem};
use serde::Deserialize;

use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::qr::Qr;
use crate::parts::saved::{TEXT, file};
use crate::visit::Visit;
use crate::web::Web;

/// How long an invite can last, in days, with its words. A week is the usual.
const LASTS: [(u64, &str); 4] = [
    (1, "invite-lasts-day"),
    (7, "invite-lasts-week"),
    (30, "invite-lasts-month"),
    (365, "invite-lasts-year"),
];
const USUAL: u64 = 7;
/// Seconds of a day.
const DAY: u64 = 24 * 3600;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/invite", get(show).post(make))
        .route("/groups/{group}/invite/{invite}", get(one))
        .route("/groups/{group}/invite/{invite}/invite.txt", get(save))
        .route("/groups/{group}/invite/{invite}/end", post(end))
}

#[derive(Template)]
#[template(path = "groups/invite.html")]
struct InvitePage {
    f: Frame,
    id: String,
    group_title: String,
    error: Option<Said>,
    ways: Vec<(&'static str, String, String)>,
    lasts: Vec<(u64, String)>,
    filled: Filled,
    invites: Vec<Row>,
    /// Whether a second facilitator is still to be found.
    alone: bool,
}

/// An invite in the list.
struct Row {
    id: String,
    by: String,
    way: String,
    state: String,
    /// Whether its link can be shown here.
    shows: bool,
    ends: bool,
}

#[derive(Template)]
#[template(path = "groups/invited.html")]
struct InvitedPage {
    f: Frame,
    id: String,
    group_title: String,
    invite: String,
    link: Option<String>,
    qr: Option<Qr>,
    said: Vec<String>,
    phrase: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(default)]
struct Filled {
    way: String,
    uses: String,
    days: String,
    with_phrase: String,
    phrase: String,
}

impl Default for Filled {
    fn default() -> Filled {
        Filled {
            way: "on_sight".into(),
            uses: "1".into(),
            days: USUAL.to_string(),
            with_phrase: String::new(),
            phrase: String::new(),
        }
    }
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

/// The value of a way in forms, its words and its hint.
fn way_words(way: InviteWay) -> (&'static str, &'static str, &'static str) {
    match way {
        InviteWay::OnSight => ("on_sight", "invite-on-sight", "invite-on-sight-hint"),
        InviteWay::Confirm => ("confirm", "invite-confirm", "invite-confirm-hint"),
        InviteWay::OpenDoor => ("open_door", "invite-open-door", "invite-open-door-hint"),
        InviteWay::Knock => ("knock", "invite-knock", "invite-knock-hint"),
    }
}

async fn ways(visit: &Visit, id: &str) -> Result<Vec<InviteWay>, Oops> {
    visit.group(id)?;
    let ways = visit.service().ways_to_invite(id).await?;
    if ways.is_empty() { Err(Oops::missing()) } else { Ok(ways) }
}

async fn show(visit: Visit, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let ways = ways(&visit, &id).await?;
    invite_page(&visit, id, ways, Filled::default(), None, asked.done.as_deref()).await
}

async fn make(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let ways = ways(&visit, &id).await?;
    let way = ways.iter().copied().find(|way| way_words(*way).0 == filled.way).unwrap_or_default();
    let days: u64 = filled.days.parse().unwrap_or(USUAL);
    let own = Some(filled.phrase.trim()).filter(|phrase| !phrase.is_empty() && way == InviteWay::OpenDoor);
    let invite = CreateInvite {
        // What is no number is none that an invite can have: the service says which can be.
        uses: filled.uses.trim().parse().unwrap_or_default(),
        expires_in: days.saturating_mul(DAY),
        way,
        with_phrase: way == InviteWay::OpenDoor && !filled.with_phrase.is_empty() && own.is_none(),
        phrase: own.map(str::to_owned),
    };
    match visit.service().invite_create(&id, invite).await {
        // A phrase that was made up is told once: here.
        Ok(invited) if invited.phrase.is_some() => Ok(invited_page(&visit, id, invited, None)),
        Ok(invited) => Ok(see(format!("/groups/{id}/invite/{}", invited.invite))),
        Err(problem) => invite_page(&visit, id, ways, filled, Some(&problem), None).await,
    }
}

async fn one(
    visit: Visit,
    Path((id, invite)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    ways(&visit, &id).await?;
    let invited = visit.service().invite_show(Some(&id), &invite).await?;
    Ok(invited_page(&visit, id, invited, asked.done.as_deref()))
}

async fn save(visit: Visit, Path((id, invite)): Path<(String, String)>) -> Result<Response, Oops> {
    ways(&visit, &id).await?;
    let invited = visit.service().invite_show(Some(&id), &invite).await?;
    Ok(file("invite.txt", TEXT, format!("{}\n", invited.link.ok_or_else(Oops::missing)?)))
}

#[derive(Deserialize)]
struct Nothing {}

async fn end(
    visit: Visit,
    Path((id, invite)): Path<(String, String)>,
    Form(_): Form<Nothing>,
) -> Result<Response, Oops> {
    visit.group(&id)?;
    visit.service().invite_revoke(Some(&id), &invite).await?;
    Ok(see(format!("/groups/{id}/invite?done=done-taken-back")))
}

async fn invite_page(
    visit: &Visit,
    id: String,
    ways: Vec<InviteWay>,
    filled: Filled,
    problem: Option<&Problem>,
    done: Option<&str>,
) -> Result<Response, Oops> {
    let words = &visit.words;
    let frame = visit.frame(words.t("invite"), Nav::Groups).in_group(visit, &id, Room::Inside);
    let group = visit.service().group_show(&id).await?;
    let shared = visit.service().charter(&id).await?.charter.shared_power;
    let invites = visit.service().invite_list(&id).await?.invites;
    let way = |way: InviteWay| {
        let (value, said, hint) = way_words(way);
        (value, words.t(said), words.t(hint))
    };
    Ok(page(&InvitePage {
        group_title: frame.group.as_ref().map(|group| group.title.clone()).unwrap_or_default(),
        error: problem.map(|problem| Said::of(words, problem)),
        ways: ways.into_iter().map(way).collect(),
        lasts: LASTS.iter().map(|(days, said)| (*days, words.t(said))).collect(),
        filled,
        invites: invites.iter().map(|invite| row(visit, &id, invite)).collect(),
        alone: !shared && group.facilitators < 2 && visit.looks_after(&id),
        f: frame.done(done),
        id,
    }))
}

fn row(visit: &Visit, id: &str, invite: &InviteSummary) -> Row {
    let words = &visit.words;
    let when = || visit.clock.moment(words, &invite.expires);
    let open = matches!(invite.state, InviteState::Live | InviteState::Awaiting);
    Row {
        id: invite.invite.clone(),
        by: if invite.mine { words.t("you") } else { invite.name.clone() },
        way: words.t(way_words(invite.way).1),
        state: match invite.state {
            InviteState::Live => words.t1("join-until", "when", when()),
            InviteState::Awaiting => words.t("invite-awaiting"),
            InviteState::Used => words.t("invite-used"),
            InviteState::Expired => words.t("invite-expired"),
            InviteState::Revoked => words.t("invite-revoked"),
        },
        shows: open && invite.mine,
        // Taking back one's own is always possible; others' is for who looks after the group.
        ends: open && (invite.mine || visit.looks_after(id)),
    }
}

fn invited_page(visit: &Visit, id: String, invited: Invited, done: Option<&str>) -> Response {
    let words = &visit.words;
    let mut said = vec![words.t(match invited.way {
        _ if invited.link.is_none() => "invite-awaiting-said",
        InviteWay::OnSight => "invited-on-sight",
        InviteWay::Confirm => "invited-confirm",
        InviteWay::OpenDoor if invited.spoken => "invited-phrase",
        InviteWay::OpenDoor => "invited-open-door",
        InviteWay::Knock => "invited-knock",
    })];
    let when = visit.clock.moment(words, &invited.expires).said;
    said.push(match invited.uses {
        1 => words.t1("invited-once", "when", when),
        uses => words.t2("invited-times", "times", uses, "when", when),
    });
    if invited.link.is_some() && invited.nodes == 0 {
        said.push(words.t("invited-no-address"));
    } else if invited.loopback_only {
        said.push(words.t("invited-this-device"));
    }
    let frame = visit.frame(words.t("invited"), Nav::Groups).in_group(visit, &id, Room::Inside);
    page(&InvitedPage {
        group_title: frame.group.as_ref().map(|group| group.title.clone()).unwrap_or_default(),
        f: frame.done(done),
        id,
        invite: invited.invite,
        qr: invited.link.as_deref().and_then(Qr::of),
        link: invited.link,
        said,
        phrase: invited.phrase,
    })
}
