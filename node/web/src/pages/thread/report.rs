//! Telling the facilitators of a post, and what came of it.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use kith_node::api::types::{Report, ReportKind, ReportMine, ReportOutcome, ReportState};
use serde::Deserialize;

use super::{Place, one};
use crate::form::{self, Form};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::person::People;
use crate::parts::post::{PostView, address};
use crate::visit::Visit;
use crate::words::Words;

/// Why: as the form names it, its words, and its hint.
const KINDS: [(ReportKind, &str, &str, &str); 3] = [
    (ReportKind::Harm, "harm", "report-harm", "report-harm-hint"),
    (ReportKind::Rule, "rule", "report-rule", "report-rule-hint"),
    (ReportKind::Worry, "worry", "report-worry", "report-worry-hint"),
];

/// What was filled in.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filled {
    pub kind: Option<ReportKind>,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub not_to: String,
}

#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "thread/report.html")]
struct ReportPage {
    f: Frame,
    p: PostView,
    error: Option<Said>,
    kinds: Vec<(&'static str, String, String, bool)>,
    note: String,
    not_to: String,
    facilitators: Vec<(String, String)>,
    /// My reports of this post, each in sentences.
    before: Vec<Vec<String>>,
}

pub async fn show(
    visit: Visit,
    Path((group, post)): Place,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    let p = theirs(&visit, &group, &post).await?;
    form_page(&visit, p, Filled::default(), None, asked.done.as_deref()).await
}

pub async fn send(
    visit: Visit,
    Path((group, post)): Place,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let p = theirs(&visit, &group, &post).await?;
    let Some(kind) = filled.kind else {
        let words = &visit.words;
        let missing = Said { message: words.t("report-needs-why"), hint: words.t("report-needs-why-hint") };
        return form_page(&visit, p, filled, Some(missing), None).await;
    };
    let not_to = Some(filled.not_to.clone()).filter(|member| !member.is_empty());
    let report = Report { kind, note: form::lines(&filled.note), not_to };
    match visit.service().report(&post, report).await {
        Ok(_) => Ok(see(format!("{}/report?done=done-reported", address(&group, &post)))),
        Err(problem) => {
            let said = Said::of(&visit.words, &problem);
            form_page(&visit, p, filled, Some(said), None).await
        }
    }
}

async fn theirs(visit: &Visit, group: &str, post: &str) -> Result<PostView, Oops> {
    let p = one(visit, group, post).await?;
    if p.mine { Err(Oops::missing()) } else { Ok(p) }
}

async fn form_page(
    visit: &Visit,
    p: PostView,
    filled: Filled,
    error: Option<Said>,
    done: Option<&str>,
) -> Result<Response, Oops> {
    let words = &visit.words;
    let people = People::of(visit, &p.group).await?;
    let mine = visit.service().report_list(&p.group).await?.mine;
    let f = visit.frame(words.t("report-heading"), Nav::Groups).in_group(visit, &p.group, Room::Inside);
    Ok(page(&ReportPage {
        error,
        kinds: kinds(words, filled.kind),
        note: filled.note,
        not_to: filled.not_to,
        facilitators: people.facilitators(&p.author),
        before: mine.iter().filter(|one| one.post == p.id).map(|one| told(visit, one)).collect(),
        f: f.done(done),
        p,
    }))
}

/// What can be chosen, each with whether it is.
pub fn kinds(words: &Words, chosen: Option<ReportKind>) -> Vec<(&'static str, String, String, bool)> {
    KINDS
        .map(|(kind, value, said, hint)| (value, words.t(said), words.t(hint), chosen == Some(kind)))
        .to_vec()
}

/// How a report of mine stands.
pub fn told(visit: &Visit, report: &ReportMine) -> Vec<String> {
    let words = &visit.words;
    let when = visit.clock.moment(words, &report.time);
    let mut said = vec![words.t2("report-sent", "when", when, "to", report.to.join(", "))];
    said.push(match (report.state, report.outcome) {
        (ReportState::Sent, _) => words.t("report-on-its-way"),
        (ReportState::Received, _) | (ReportState::Answered, None) => words.t("report-arrived"),
        (ReportState::Answered, Some(ReportOutcome::Noted)) => words.t("report-noted"),
        (ReportState::Answered, Some(ReportOutcome::Acted)) => words.t("report-acted"),
        (ReportState::Answered, Some(ReportOutcome::NoBreach)) => words.t("report-no-breach"),
    });
    if !report.note.trim().is_empty() {
        said.push(words.t1("report-words", "words", &report.note));
    }
    said
}
