//! Telling the facilitators of words that somebody wrote to me alone.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use kith_node::api::types::{Line, Report};
use serde::Deserialize;

use crate::form::{self, Form};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::pages::thread::report::{Filled, kinds, told};
use crate::parts::person::People;
use crate::parts::post::paragraphs;
use crate::visit::Visit;

/// Which line, as the address says.
type Place = Path<(String, String, String)>;

#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "messages/report.html")]
struct ReportPage {
    f: Frame,
    here: String,
    back: String,
    name: String,
    paragraphs: Vec<Vec<String>>,
    error: Option<Said>,
    kinds: Vec<(&'static str, String, String, bool)>,
    filled: Filled,
    facilitators: Vec<(String, String)>,
    /// My reports of words to me alone in this group: what was said is not kept with them.
    before: Vec<Vec<String>>,
}

pub async fn show(
    visit: Visit,
    Path((group, member, line)): Place,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    form_page(&visit, &group, &member, &line, Filled::default(), None, asked.done.as_deref()).await
}

pub async fn send(
    visit: Visit,
    Path((group, member, line)): Place,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    theirs(&visit, &group, &member, &line).await?;
    let Some(kind) = filled.kind else {
        let words = &visit.words;
        let missing = Said { message: words.t("report-needs-why"), hint: words.t("report-needs-why-hint") };
        return form_page(&visit, &group, &member, &line, filled, Some(missing), None).await;
    };
    let not_to = Some(filled.not_to.clone()).filter(|member| !member.is_empty());
    let report = Report { kind, note: form::lines(&filled.note), not_to };
    match visit.service().report_line(&group, &member, &line, report).await {
        Ok(_) => Ok(see(format!("/messages/{group}/{member}/report/{line}?done=done-reported"))),
        Err(problem) => {
            let said = Said::of(&visit.words, &problem);
            form_page(&visit, &group, &member, &line, filled, Some(said), None).await
        }
    }
}

/// A line that they wrote.
async fn theirs(visit: &Visit, group: &str, member: &str, line: &str) -> Result<(String, Line), Oops> {
    visit.group(group)?;
    let talk = visit.service().conversation(group, member).await?;
    let found = talk.lines.into_iter().find(|one| one.line == line && !one.mine);
    found.map(|line| (talk.name, line)).ok_or_else(Oops::missing)
}

async fn form_page(
    visit: &Visit,
    group: &str,
    member: &str,
    line: &str,
    filled: Filled,
    error: Option<Said>,
    done: Option<&str>,
) -> Result<Response, Oops> {
    let (name, line) = theirs(visit, group, member, line).await?;
    let words = &visit.words;
    let people = People::of(visit, group).await?;
    let mine = visit.service().report_list(group).await?.mine;
    let f = visit.frame(words.t("report-heading"), Nav::People).done(done);
    Ok(page(&ReportPage {
        here: format!("/messages/{group}/{member}/report/{}", line.line),
        back: format!("/messages/{group}/{member}"),
        name,
        paragraphs: paragraphs(&line.text),
        error,
        kinds: kinds(words, filled.kind),
        filled,
        facilitators: people.facilitators(member),
        before: mine.iter().filter(|one| one.direct).map(|one| told(visit, one)).collect(),
        f,
    }))
}
