//! The facilitator's desk: who asks to come in, what was reported, who is on duty, what waits for a second signature, and
//! how the group does. For everybody else there is no such page.

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{ActState, DeskState, GroupHealth, Proposal, TakeDuty, Task};
use serde::Deserialize;

use crate::form::{self, Form};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::deed;
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;
use crate::words::Words;

mod act;
mod knock;
mod report;
mod role;

/// The longest that somebody can take duty for at once, in hours.
const HOURS_MOST: u64 = 14 * 24;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/desk", get(show))
        .route("/groups/{group}/desk/duty", post(take))
        .route("/groups/{group}/desk/hand-over", post(hand_over))
        .route("/groups/{group}/desk/proposals/{proposal}/sign", post(sign))
        .merge(knock::routes())
        .merge(report::routes())
        .merge(act::routes())
        .merge(role::routes())
}

/// Something on the desk, with a page of its own.
struct Row {
    id: String,
    name: String,
    said: String,
    when: When,
}

struct Slot {
    name: String,
    task: String,
    from: When,
    until: When,
    now: bool,
    mine: bool,
}

struct Proposed {
    id: String,
    what: String,
    reason: Option<String>,
    signed: String,
    mine: bool,
}

struct Letter {
    from: String,
    text: String,
    when: When,
}

#[derive(Template)]
#[template(path = "desk/desk.html")]
struct DeskPage {
    f: Frame,
    id: String,
    error: Option<Said>,
    knocks: Vec<Row>,
    reports: Vec<Row>,
    proposals: Vec<Proposed>,
    letters: Vec<Letter>,
    slots: Vec<Slot>,
    on_duty: bool,
    health: Vec<String>,
    text: String,
}

impl DeskPage {
    fn quiet(&self) -> bool {
        self.knocks.is_empty() && self.reports.is_empty() && self.proposals.iter().all(|one| one.mine)
    }
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

/// Nobody else has a desk.
fn mine(visit: &Visit, id: &str) -> Result<(), Oops> {
    visit.group(id)?;
    if visit.looks_after(id) { Ok(()) } else { Err(Oops::missing()) }
}

async fn show(visit: Visit, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    desk(&visit, id, asked.done.as_deref(), None, String::new()).await
}

async fn desk(
    visit: &Visit,
    id: String,
    done: Option<&str>,
    error: Option<Said>,
    text: String,
) -> Result<Response, Oops> {
    mine(visit, &id)?;
    let (words, service) = (&visit.words, visit.service());
    let moment = |time: &str| visit.clock.moment(words, time);
    let knocks = service.knock_list(&id).await?.received.into_iter();
    let knocks = knocks.filter(|knock| matches!(knock.state, DeskState::Waiting | DeskState::Signing));
    let knocks = knocks.map(|knock| Row {
        said: words.t(if knock.code.is_some() { "desk-knock-code" } else { "desk-knock" }),
        when: moment(&knock.time),
        name: knock.name,
        id: knock.knock,
    });
    let reports = service.report_list(&id).await?.received.into_iter();
    let reports = reports.filter(|report| report.outcome.is_none()).map(|report| Row {
        said: words.t(report::kind_words(report.kind)),
        when: moment(&report.time),
        name: report.author,
        id: report.report,
    });
    let me = service.group_show(&id).await?.me.map(|me| me.member).unwrap_or_default();
    let slots = service.rota(&id).await?.slots.into_iter().map(|slot| Slot {
        task: words.t(match slot.task {
            Task::OnDuty => "desk-on-duty",
            Task::Greeter => "desk-greeter",
        }),
        from: moment(&slot.from),
        until: moment(&slot.until),
        now: slot.now,
        mine: slot.member == me,
        name: slot.name,
    });
    let slots: Vec<Slot> = slots.collect();
    let proposals = service.proposal_list(&id).await?.proposals.into_iter();
    let letters = service.letter_list(&id).await?.letters.into_iter();
    let letters = letters.filter(|letter| letter.check_in.is_none() && !letter.kind_words);
    Ok(page(&DeskPage {
        knocks: knocks.collect(),
        reports: reports.collect(),
        proposals: proposals.map(|proposal| proposed(words, proposal)).collect(),
        letters: letters
            .map(|letter| Letter { when: moment(&letter.time), from: letter.name, text: letter.text })
            .collect(),
        on_duty: slots.iter().any(|slot| slot.now && slot.mine),
        slots,
        health: health(words, &service.health(&id).await?),
        error,
        text,
        f: visit.frame(words.t("desk"), Nav::Groups).in_group(visit, &id, Room::Desk).done(done),
        id,
    }))
}

fn proposed(words: &Words, proposal: Proposal) -> Proposed {
    Proposed {
        what: deed::said(words, &proposal.what),
        reason: deed::reason(&proposal.what),
        signed: words.t1("desk-signed-by", "names", proposal.signed.join(", ")),
        mine: proposal.mine,
        id: proposal.proposal,
    }
}

/// How the group does, as sentences about all of it, and about nobody in it.
fn health(words: &Words, health: &GroupHealth) -> Vec<String> {
    let mut said = Vec::new();
    said.push(words.t(match (health.posts, health.heard_in_time) {
        (0, _) => "health-nothing",
        (all, heard) if heard == all => "health-heard-all",
        (all, heard) if heard.saturating_mul(2) >= all => "health-heard-most",
        _ => "health-heard-few",
    }));
    if let Some(minutes) = health.first_reply_minutes {
        said.push(match minutes {
            0..=90 => words.tn("health-first-minutes", "minutes", minutes),
            more => words.tn("health-first-hours", "hours", more / 60),
        });
    }
    if health.newcomers > 0 {
        said.push(words.t(match health.greeted_in_time >= health.newcomers {
            true => "health-greeted-all",
            false => "health-greeted-not",
        }));
    }
    said.push(words.t(match health.gave_and_received.saturating_mul(2) >= health.members {
        true => "health-both",
        false => "health-few-both",
    }));
    said
}

#[derive(Deserialize)]
struct Duty {
    #[serde(default)]
    task: Task,
    #[serde(default)]
    in_hours: String,
    #[serde(default)]
    hours: String,
}

async fn take(visit: Visit, Path(id): Path<String>, Form(duty): Form<Duty>) -> Result<Response, Oops> {
    mine(&visit, &id)?;
    let hours =
        |said: &str| said.trim().parse::<u64>().ok().map(|hours| hours.min(HOURS_MOST).saturating_mul(3600));
    let take = TakeDuty {
        task: duty.task,
        begins_in: hours(&duty.in_hours).unwrap_or_default(),
        lasts: hours(&duty.hours).unwrap_or_default(),
    };
    match visit.service().rota_take(&id, take).await {
        Ok(_) => Ok(see(format!("/groups/{id}/desk?done=done-saved"))),
        Err(problem) => desk(&visit, id, None, Some(Said::of(&visit.words, &problem)), String::new()).await,
    }
}

#[derive(Deserialize)]
struct Note {
    #[serde(default)]
    text: String,
}

async fn hand_over(visit: Visit, Path(id): Path<String>, Form(note): Form<Note>) -> Result<Response, Oops> {
    mine(&visit, &id)?;
    let sent = match form::text(&note.text) {
        Ok(text) => visit.service().hand_over(&id, text).await,
        Err(problem) => Err(problem),
    };
    match sent {
        Ok(_) => Ok(see(format!("/groups/{id}/desk?done=done-sent"))),
        Err(problem) => desk(&visit, id, None, Some(Said::of(&visit.words, &problem)), note.text).await,
    }
}

#[derive(Deserialize)]
struct Nothing {}

async fn sign(
    visit: Visit,
    Path((id, proposal)): Path<(String, String)>,
    Form(_): Form<Nothing>,
) -> Result<Response, Oops> {
    mine(&visit, &id)?;
    let signed = visit.service().proposal_sign(&id, &proposal).await?;
    let done = if signed.state == ActState::Done { "done-saved" } else { "done-awaiting" };
    Ok(see(format!("/groups/{id}/desk?done={done}")))
}
