//! A report: what was reported and why, what can be done, and the answer to whoever reported it.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{AnswerReport, ReportKind, ReportOutcome, ReportReceived};
use serde::Deserialize;

use super::{Asked, mine};
use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::post::{address, paragraphs};
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;

pub fn routes() -> Router<Web> {
    Router::new().route("/groups/{group}/desk/reports/{report}", get(show).post(answer))
}

/// What can come of a report: as the form names it, its words, and their hint.
const OUTCOMES: [(ReportOutcome, &str, &str, &str); 3] = [
    (ReportOutcome::Noted, "noted", "reported-noted", "reported-noted-hint"),
    (ReportOutcome::Acted, "acted", "reported-acted", "reported-acted-hint"),
    (ReportOutcome::NoBreach, "no_breach", "reported-no-breach", "reported-no-breach-hint"),
];

/// A report that reached me.
pub struct ReportView {
    /// The report.
    pub id: String,
    /// Who reported it.
    pub from: String,
    /// Why.
    pub kind: String,
    /// Whether they are worried about whoever wrote it.
    pub worry: bool,
    /// Who wrote what was reported.
    pub author: String,
    /// What stood there.
    pub paragraphs: Vec<Vec<String>>,
    /// What whoever reported it says.
    pub note: Vec<Vec<String>>,
    /// When.
    pub when: When,
    /// Where the post is, if it is one of the group and not between two.
    pub post: Option<String>,
    /// What I answered.
    pub outcome: Option<String>,
}

impl ReportView {
    /// A report.
    pub fn of(visit: &Visit, group: &str, report: ReportReceived) -> ReportView {
        let words = &visit.words;
        let outcome = |given: ReportOutcome| {
            OUTCOMES.iter().find(|(outcome, ..)| *outcome == given).map(|(_, _, said, _)| words.t(said))
        };
        ReportView {
            kind: words.t(match (report.kind, report.direct) {
                (ReportKind::Harm, false) => "reported-harm",
                (ReportKind::Rule, false) => "reported-rule",
                (ReportKind::Worry, false) => "reported-worry",
                (ReportKind::Harm, true) => "reported-harm-alone",
                (ReportKind::Rule, true) => "reported-rule-alone",
                (ReportKind::Worry, true) => "reported-worry-alone",
            }),
            worry: report.kind == ReportKind::Worry,
            paragraphs: paragraphs(&report.text),
            note: paragraphs(&report.note),
            when: visit.clock.moment(words, &report.time),
            post: (!report.direct).then(|| address(group, &report.post)),
            outcome: report.outcome.and_then(outcome),
            author: report.author,
            from: report.from,
            id: report.report,
        }
    }
}

#[derive(Template)]
#[template(path = "desk/report.html")]
struct ReportPage {
    f: Frame,
    id: String,
    r: ReportView,
    error: Option<Said>,
    outcomes: Vec<(&'static str, String, String, bool)>,
    note: String,
}

#[derive(Deserialize)]
struct Filled {
    outcome: Option<ReportOutcome>,
    #[serde(default)]
    note: String,
}

async fn show(
    visit: Visit,
    Path((id, report)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    let r = ReportView::of(&visit, &id, found(&visit, &id, &report).await?);
    let nothing = Filled { outcome: None, note: String::new() };
    Ok(report_page(&visit, id, r, nothing, None, asked.done.as_deref()))
}

async fn answer(
    visit: Visit,
    Path((id, report)): Path<(String, String)>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let found = found(&visit, &id, &report).await?;
    let words = &visit.words;
    // Whoever read what hurts, or worries somebody, is told that it is not theirs alone.
    let hard = matches!(found.kind, ReportKind::Harm | ReportKind::Worry);
    let said = match filled.outcome {
        None => {
            Said { message: words.t("reported-needs-outcome"), hint: words.t("reported-needs-outcome-do") }
        }
        Some(outcome) => {
            let answer = AnswerReport { outcome, note: lines(filled.note.trim()) };
            match visit.service().report_answer(&id, &report, answer).await {
                Ok(_) => {
                    let place = if hard { "/after" } else { "" };
                    return Ok(see(format!("/groups/{id}/desk{place}?done=done-report-answered")));
                }
                Err(problem) => Said::of(words, &problem),
            }
        }
    };
    let r = ReportView::of(&visit, &id, found);
    Ok(report_page(&visit, id, r, filled, Some(said), None))
}

async fn found(visit: &Visit, id: &str, report: &str) -> Result<ReportReceived, Oops> {
    mine(visit, id)?;
    let mut received = visit.service().report_list(id).await?.received.into_iter();
    received.find(|one| one.report == report).ok_or_else(Oops::missing)
}

fn report_page(
    visit: &Visit,
    id: String,
    r: ReportView,
    filled: Filled,
    error: Option<Said>,
    done: Option<&str>,
) -> Response {
    let words = &visit.words;
    let outcomes = OUTCOMES.map(|(outcome, value, said, hint)| {
        (value, words.t(said), words.t(hint), filled.outcome == Some(outcome))
    });
    page(&ReportPage {
        outcomes: outcomes.to_vec(),
        note: filled.note,
        error,
        f: visit
            .frame(words.t("reported-heading"), Nav::Groups)
            .in_group(visit, &id, Room::Inside)
            .done(done),
        id,
        r,
    })
}
