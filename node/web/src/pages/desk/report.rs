//! A report: what was reported and why, and the answer to whoever reported it.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{AnswerReport, Problem, ReportKind, ReportOutcome};
use serde::Deserialize;

use super::mine;
use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::post::paragraphs;
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;

pub fn routes() -> Router<Web> {
    Router::new().route("/groups/{group}/desk/reports/{report}", get(show).post(answer))
}

/// Why something was reported.
pub fn kind_words(kind: ReportKind) -> &'static str {
    match kind {
        ReportKind::Harm => "reported-kind-harm",
        ReportKind::Rule => "reported-kind-rule",
        ReportKind::Worry => "reported-kind-worry",
    }
}

#[derive(Template)]
#[template(path = "desk/report.html")]
struct ReportPage {
    f: Frame,
    id: String,
    report: String,
    error: Option<Said>,
    kind: String,
    worry: bool,
    author: String,
    from: String,
    text: Vec<Vec<String>>,
    note: String,
    when: When,
    /// The post, where it is one of the group and not a line between two.
    post: Option<String>,
    answered: bool,
    words: String,
}

#[derive(Deserialize)]
struct Filled {
    outcome: Option<ReportOutcome>,
    #[serde(default)]
    text: String,
}

async fn show(visit: Visit, Path((id, report)): Path<(String, String)>) -> Result<Response, Oops> {
    report_page(&visit, id, report, None, String::new()).await
}

async fn answer(
    visit: Visit,
    Path((id, report)): Path<(String, String)>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    mine(&visit, &id)?;
    let outcome = filled.outcome.unwrap_or(ReportOutcome::Noted);
    let answer = AnswerReport { outcome, note: lines(&filled.text) };
    match visit.service().report_answer(&id, &report, answer).await {
        Ok(_) => Ok(see(format!("/groups/{id}/desk?done=done-debrief"))),
        Err(problem) => report_page(&visit, id, report, Some(&problem), filled.text).await,
    }
}

async fn report_page(
    visit: &Visit,
    id: String,
    report: String,
    problem: Option<&Problem>,
    text: String,
) -> Result<Response, Oops> {
    mine(visit, &id)?;
    let words = &visit.words;
    let received = visit.service().report_list(&id).await?.received.into_iter();
    let found = received.into_iter().find(|one| one.report == report).ok_or_else(Oops::missing)?;
    Ok(page(&ReportPage {
        kind: words.t(kind_words(found.kind)),
        worry: found.kind == ReportKind::Worry,
        text: paragraphs(&found.text),
        when: visit.clock.moment(words, &found.time),
        post: (!found.direct).then_some(found.post),
        answered: found.outcome.is_some(),
        author: found.author,
        from: found.from,
        note: found.note,
        error: problem.map(|problem| Said::of(words, problem)),
        words: text,
        f: visit.frame(words.t("reported-heading"), Nav::Groups).in_group(visit, &id, Room::Inside),
        id,
        report,
    }))
}
