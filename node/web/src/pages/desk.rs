//! The facilitators' desk: who asks to come in, what was reported, what waits for a second word, who is there when, and
//! how the group does. For everybody else there is no such page.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{ActState, DeskState, Quiet, ReceivedLetter, Slot, Task};
use serde::Deserialize;

pub use self::act::{done_of, pauses};
use self::health::health;
use self::knock::KnockView;
use self::report::ReportView;
use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, see};
use crate::parts::deed::{Act, Proposed};
use crate::parts::person::Pebble;
use crate::parts::post::paragraphs;
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;

mod act;
mod after;
mod duty;
mod hand_over;
mod health;
mod knock;
mod report;

/// Letters on the desk; the rest is a page away.
const LETTERS: usize = 2;
/// Acts of the record on the desk.
const ACTS: usize = 2;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/desk", get(show))
        .route("/groups/{group}/desk/proposals/{proposal}", post(sign))
        .route("/groups/{group}/desk/step-back", post(step_back))
        .merge(act::routes())
        .merge(after::routes())
        .merge(duty::routes())
        .merge(hand_over::routes())
        .merge(knock::routes())
        .merge(report::routes())
}

/// A letter to me.
struct LetterView {
    from: String,
    name: String,
    paragraphs: Vec<Vec<String>>,
    when: When,
    /// The act that it asks others to look at again.
    appeal: Option<String>,
}

/// Somebody to be greeted.
struct Newcomer {
    member: String,
    name: String,
    pebble: Pebble,
    came: When,
}

#[derive(Template)]
#[template(path = "desk/desk.html")]
struct DeskPage {
    f: Frame,
    id: String,
    /// Who is there now, or when.
    lead: String,
    knocks: Vec<KnockView>,
    reports: Vec<ReportView>,
    proposals: Vec<Proposed>,
    letters: Vec<LetterView>,
    acts: Vec<Act>,
    newcomers: Vec<Newcomer>,
    slots: Vec<String>,
    health: Vec<String>,
    /// What comes of it if I step back; none where everybody is a facilitator.
    without_me: Option<String>,
}

impl DeskPage {
    fn nothing_waits(&self) -> bool {
        self.knocks.is_empty()
            && self.reports.is_empty()
            && self.newcomers.is_empty()
            && self.proposals.iter().all(|one| one.mine && !one.once_more)
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
    mine(&visit, &id)?;
    let (words, service) = (&visit.words, visit.service());
    let group = service.group_show(&id).await?;
    let shared = service.charter_beside(&id).await?.charter.shared_power;
    let me = group.me.as_ref().map(|me| me.member.as_str()).unwrap_or_default();
    let open = |state| matches!(state, DeskState::Waiting | DeskState::Signing);
    let knocks = service.knock_list(&id).await?.received.into_iter().rev();
    let reports = service.report_list(&id).await?.received.into_iter().rev();
    let proposals = service.proposal_list(&id).await?.proposals;
    let record = service.record(&id).await?.acts;
    let letters = service.letter_list(&id).await?.letters.into_iter();
    let letters = letters.filter(|letter| letter.check_in.is_none() && !letter.kind_words).take(LETTERS);
    let letter = |letter: ReceivedLetter| LetterView {
        appeal: record
            .iter()
            .find(|act| Some(&act.entry) == letter.about.as_ref())
            .map(|act| Act::of(&visit, act).said),
        paragraphs: paragraphs(&letter.text),
        when: visit.clock.moment(words, &letter.time),
        from: letter.from,
        name: letter.name,
    };
    let newcomers = service.newcomers(&id).await?.newcomers.into_iter().map(|one| Newcomer {
        pebble: Pebble::of(&one.member, &one.name),
        came: visit.clock.moment(words, &one.came),
        name: one.name,
        member: one.member,
    });
    let slots = service.rota(&id).await?.slots;
    let heading = words.t("desk-heading");
    let frame = visit.frame(heading, Nav::Groups).in_group(&visit, &id, Room::Desk);
    Ok(page(&DeskPage {
        lead: lead(&visit, &slots, me, group.quiet.as_ref()),
        knocks: knocks.filter(|one| open(one.state)).map(|one| KnockView::of(&visit, one)).collect(),
        reports: reports
            .filter(|one| one.outcome.is_none())
            .map(|one| ReportView::of(&visit, &id, one))
            .collect(),
        proposals: proposals.into_iter().map(|one| Proposed::of(words, one)).collect(),
        letters: letters.map(letter).collect(),
        acts: record.iter().take(ACTS).map(|act| Act::of(&visit, act)).collect(),
        newcomers: newcomers.collect(),
        slots: slots.iter().map(|slot| slot_said(&visit, slot)).collect(),
        health: health(words, &service.health(&id).await?),
        without_me: (!shared).then(|| without_me(&visit, &group)),
        f: frame.told(format!("group={id}")).done(asked.done.as_deref()),
        id,
    }))
}

/// Who is on duty now.
fn lead(visit: &Visit, slots: &[Slot], me: &str, quiet: Option<&Quiet>) -> String {
    let words = &visit.words;
    let until = |slot: &Slot| visit.clock.moment(words, &slot.until);
    let now = || slots.iter().filter(|slot| slot.now && slot.task == Task::OnDuty);
    if let Some(slot) = now().find(|slot| slot.member == me) {
        return words.t1("desk-you-until", "until", until(slot));
    }
    match (now().next(), quiet.and_then(|quiet| quiet.until.as_deref())) {
        (Some(slot), _) => words.t2("desk-other-until", "name", &slot.name, "until", until(slot)),
        (None, Some(next)) => words.t1("desk-nobody-until", "when", visit.clock.moment(words, next)),
        (None, None) => words.t("desk-nobody"),
    }
}

/// When somebody is there, and for what.
fn slot_said(visit: &Visit, slot: &Slot) -> String {
    let words = &visit.words;
    let moment = |time: &str| visit.clock.moment(words, time);
    match (slot.task, slot.now) {
        (Task::OnDuty, true) => {
            words.t2("desk-slot-duty-now", "name", &slot.name, "until", moment(&slot.until))
        }
        (Task::Greeter, true) => {
            words.t2("desk-slot-greets-now", "name", &slot.name, "until", moment(&slot.until))
        }
        (task, false) => {
            let span = words.t2("desk-span", "from", moment(&slot.from), "until", moment(&slot.until));
            let id = if task == Task::OnDuty { "desk-slot-duty" } else { "desk-slot-greets" };
            words.t2(id, "name", &slot.name, "span", span)
        }
    }
}

/// What is so for those who stay, if I step back.
fn without_me(visit: &Visit, group: &kith_node::api::types::Group) -> String {
    use kith_node::api::types::Role;
    let facilitator = group.me.as_ref().is_some_and(|me| me.role == Role::Facilitator);
    let id = match (facilitator, group.facilitators.saturating_sub(1)) {
        (false, _) => "desk-without-me",
        (true, 0) => "desk-without-me-none",
        (true, 1) => "desk-without-me-one",
        (true, 2) => "desk-without-me-two",
        (true, _) => "desk-without-me",
    };
    visit.words.t(id)
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
    let done = if signed.state == ActState::Done { "done-signed" } else { "done-awaiting" };
    Ok(see(format!("/groups/{id}/desk?done={done}")))
}

/// One step, and no reason is asked.
async fn step_back(visit: Visit, Path(id): Path<String>, Form(_): Form<Nothing>) -> Result<Response, Oops> {
    mine(&visit, &id)?;
    visit.service().member_step_back(&id).await?;
    Ok(see(format!("/groups/{id}?done=done-stepped-back")))
}
