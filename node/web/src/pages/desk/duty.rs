//! Saying when I am there, and taking it back.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{TakeDuty, Task};
use serde::Deserialize;

use super::{mine, slot_said};
use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;
use crate::web::Web;

const HOUR: u64 = 3600;
/// How long somebody may be there for, in hours.
const LASTS: [u64; 8] = [2, 4, 8, 12, 24, 48, 168, 336];

pub fn routes() -> Router<Web> {
    Router::new().route("/groups/{group}/desk/duty", get(show).post(take))
}

/// What was filled in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Filled {
    task: Task,
    /// The day it begins, and the time; without them it begins now.
    day: String,
    time: String,
    hours: u64,
    /// Whether an earlier word is taken back.
    back: String,
}

#[derive(Template)]
#[template(path = "desk/duty.html")]
struct DutyPage {
    f: Frame,
    id: String,
    error: Option<Said>,
    slots: Vec<String>,
    /// What I said I am there for, as the form names it.
    mine: Vec<(&'static str, String)>,
    greeter: bool,
    day: String,
    time: String,
    /// The first day, and the last, that can be chosen.
    days: (String, String),
    zone: String,
    lasts: Vec<(u64, String, bool)>,
}

async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Oops> {
    duty_page(&visit, id, Filled { hours: 4, ..Filled::default() }, None).await
}

async fn take(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    mine(&visit, &id)?;
    let words = &visit.words;
    let back = !filled.back.is_empty();
    let begins = if back { Some(0) } else { begins_in(&visit, &filled).filter(|_| filled.hours > 0) };
    let Some(begins_in) = begins else {
        let said = Said { message: words.t("duty-not-a-time"), hint: words.t("duty-not-a-time-do") };
        return duty_page(&visit, id, filled, Some(said)).await;
    };
    let lasts = if back { 0 } else { filled.hours.saturating_mul(HOUR) };
    match visit.service().rota_take(&id, TakeDuty { task: filled.task, begins_in, lasts }).await {
        Ok(_) => {
            let done = if back { "done-duty-back" } else { "done-duty" };
            Ok(see(format!("/groups/{id}/desk?done={done}")))
        }
        Err(problem) => {
            let said = Said::of(words, &problem);
            duty_page(&visit, id, filled, Some(said)).await
        }
    }
}

/// In how many seconds it begins; none for what is no time, or is over. Without a time a day begins at midnight, and
/// today now.
fn begins_in(visit: &Visit, filled: &Filled) -> Option<u64> {
    let today = visit.clock.in_days(0);
    let day = if filled.day.is_empty() { &today } else { &filled.day };
    if filled.time.is_empty() && *day == today {
        return Some(0);
    }
    let time = if filled.time.is_empty() { "00:00" } else { &filled.time };
    let begins: jiff::Timestamp = visit.clock.from_here(day, time)?.parse().ok()?;
    let now = i64::try_from(visit.service().now().ok()?.0).ok()?;
    u64::try_from(begins.as_millisecond().saturating_sub(now)).ok().map(|away| away / 1000)
}

async fn duty_page(visit: &Visit, id: String, filled: Filled, error: Option<Said>) -> Result<Response, Oops> {
    mine(visit, &id)?;
    let (words, service) = (&visit.words, visit.service());
    let me = service.group_show(&id).await?.me.map(|me| me.member).unwrap_or_default();
    let slots = service.rota(&id).await?.slots;
    let said = |task| match task {
        Task::OnDuty => ("on_duty", words.t("duty-back")),
        Task::Greeter => ("greeter", words.t("duty-back-greeter")),
    };
    let span = |hours: u64| match hours {
        hours if hours < 48 => words.tn("duty-hours", "hours", hours),
        hours => words.tn("duty-days", "days", hours / 24),
    };
    Ok(page(&DutyPage {
        mine: slots.iter().filter(|slot| slot.member == me).map(|slot| said(slot.task)).collect(),
        slots: slots.iter().map(|slot| slot_said(visit, slot)).collect(),
        greeter: filled.task == Task::Greeter,
        days: (visit.clock.in_days(0), visit.clock.in_days(90)),
        zone: visit.clock.zone(),
        lasts: LASTS.map(|hours| (hours, span(hours), hours == filled.hours)).to_vec(),
        day: filled.day,
        time: filled.time,
        error,
        f: visit.frame(words.t("duty-heading"), Nav::Groups).in_group(visit, &id, Room::Inside),
        id,
    }))
}
