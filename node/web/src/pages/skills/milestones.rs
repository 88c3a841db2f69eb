//! Counting what matters: days, visits, firsts. A new stretch is no starting over; what was counted still counts.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{AddMilestone, Milestone, Mine, Problem};
use serde::Deserialize;

use super::Done;
use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;
use crate::words::Words;

/// Where milestones are.
const AT: &str = "/skills/milestones";
/// What the service calls days, which count by themselves.
const DAYS: &str = "days";

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/skills/milestones", get(list))
        .route("/skills/milestones/new", get(new).post(add))
        .route("/skills/milestones/{id}", get(one))
        .route("/skills/milestones/{id}/more", post(more))
        .route("/skills/milestones/{id}/again", post(again))
        .route("/skills/milestones/{id}/share", post(share))
}

/// A milestone in words.
struct Counted {
    id: String,
    what: String,
    /// How many in this stretch; none where one begins anew.
    now: Option<String>,
    earlier: Option<String>,
}

#[derive(Template)]
#[template(path = "skills/milestones.html")]
struct ListPage {
    f: Frame,
    all: Vec<Counted>,
    damaged: Vec<String>,
}

#[derive(Template)]
#[template(path = "skills/milestone.html")]
struct OnePage {
    f: Frame,
    one: Counted,
    since: When,
    days: bool,
    more: String,
    group: String,
    error: Option<Said>,
}

#[derive(Template)]
#[template(path = "skills/milestone_form.html")]
struct FormPage {
    f: Frame,
    filled: Filled,
    error: Option<Said>,
}

/// What was filled in.
#[derive(Clone, Default, Deserialize)]
struct Filled {
    #[serde(default)]
    what: String,
    /// `own` for a unit of one's own, else days.
    #[serde(default)]
    counts: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    since: String,
    #[serde(default)]
    count: String,
}

#[derive(Deserialize)]
struct More {
    #[serde(default)]
    more: String,
}

#[derive(Deserialize)]
struct Nothing {}

#[derive(Deserialize)]
struct Share {
    #[serde(default)]
    group: String,
}

async fn list(visit: Visit, Query(asked): Query<Done>) -> Result<Response, Oops> {
    let list = visit.service().milestones().await?;
    Ok(page(&ListPage {
        f: visit.frame(visit.words.t("skills-milestones"), Nav::Skills).done(asked.done.as_deref()),
        all: list.items.into_iter().map(|one| counted(&visit.words, one)).collect(),
        damaged: list.damaged,
    }))
}

async fn one(visit: Visit, Path(id): Path<String>, Query(asked): Query<Done>) -> Result<Response, Oops> {
    one_page(&visit, &id, String::new(), String::new(), None, asked.done.as_deref()).await
}

async fn new(visit: Visit) -> Response {
    form(&visit, Filled::default(), None)
}

async fn add(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let own = filled.counts == "own";
    let Some(count) = number(&filled.count) else {
        return Ok(form(&visit, filled, Some(not_a_number(&visit.words))));
    };
    let wish = AddMilestone {
        what: filled.what.trim().to_owned(),
        unit: own.then(|| filled.unit.trim().to_owned()),
        since: Some(filled.since.trim().to_owned()).filter(|day| !day.is_empty()),
        count,
    };
    match visit.service().add_milestone(wish).await {
        Ok(kept) => Ok(see(format!("{AT}/{}?done=done-saved", kept.id))),
        Err(problem) => Ok(form(&visit, filled, Some(Said::of(&visit.words, &problem)))),
    }
}

async fn more(visit: Visit, Path(id): Path<String>, Form(wish): Form<More>) -> Result<Response, Oops> {
    let Some(more) = number(&wish.more) else {
        let said = not_a_number(&visit.words);
        return one_page(&visit, &id, wish.more, String::new(), Some(said), None).await;
    };
    visit.service().milestone_more(&id, more).await?;
    Ok(see(format!("{AT}/{id}?done=done-saved")))
}

async fn again(
    visit: Visit,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Oops> {
    visit.service().milestone_again(&id).await?;
    Ok(see(format!("{AT}/{id}")))
}

async fn share(visit: Visit, Path(id): Path<String>, Form(wish): Form<Share>) -> Result<Response, Oops> {
    let shared: Result<_, Problem> = visit.service().share_milestone(&id, &wish.group).await;
    match shared {
        Ok(_) => Ok(see(format!("{AT}/{id}?done=done-sent"))),
        Err(problem) => {
            let said = Said::of(&visit.words, &problem);
            one_page(&visit, &id, String::new(), wish.group, Some(said), None).await
        }
    }
}

/// A number that somebody wrote; nothing is none.
fn number(written: &str) -> Option<u32> {
    let written = written.trim();
    if written.is_empty() { Some(0) } else { written.parse().ok() }
}

fn not_a_number(words: &Words) -> Said {
    Said { message: words.t("milestone-no-number"), hint: words.t("milestone-no-number-hint") }
}

async fn one_page(
    visit: &Visit,
    id: &str,
    more: String,
    group: String,
    error: Option<Said>,
    done: Option<&str>,
) -> Result<Response, Oops> {
    let all = visit.service().milestones().await?.items;
    let found = all.into_iter().find(|one| one.id == id).ok_or_else(Oops::missing)?;
    let since = found.kept.stretches.last().map(|stretch| stretch.from.clone()).unwrap_or_default();
    let days = found.kept.unit == DAYS;
    let one = counted(&visit.words, found);
    Ok(page(&OnePage {
        f: visit.frame(one.what.clone(), Nav::Skills).done(done),
        since: visit.clock.day(&visit.words, &since),
        one,
        days,
        more: if more.is_empty() { "1".to_owned() } else { more },
        group,
        error,
    }))
}

fn counted(words: &Words, one: Mine<Milestone>) -> Counted {
    let Mine { id, kept } = one;
    let said = |number| number_of(words, number, &kept.unit);
    let earlier = |id| words.t1(id, "earlier", said(kept.earlier));
    // A nought says nothing to somebody who begins again: what was counted before does.
    let (now, earlier) = match (kept.now, kept.earlier) {
        (now, 0) => (Some(said(now)), None),
        (0, _) => (None, Some(earlier("milestone-new-stretch"))),
        (now, _) => (Some(said(now)), Some(earlier("milestone-earlier"))),
    };
    Counted { id, what: kept.what, now, earlier }
}

/// So many of what is counted.
pub fn number_of(words: &Words, number: u32, unit: &str) -> String {
    match unit {
        DAYS => words.tn("milestone-days", "days", number),
        unit => words.t2("milestone-counted", "number", number, "unit", unit),
    }
}

fn form(visit: &Visit, filled: Filled, error: Option<Said>) -> Response {
    let f = visit.frame(visit.words.t("milestone-new"), Nav::Skills);
    page(&FormPage { f, filled, error })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Library;

    #[test]
    fn a_new_stretch_says_that_what_was_counted_still_counts() {
        let words = Library::read().speak(Some("en"), None);
        let said = |unit: &str, now, earlier| {
            let kept = Milestone { unit: unit.into(), now, earlier, ..Milestone::default() };
            let one = counted(&words, Mine { id: String::new(), kept });
            let plain = |said: String| said.replace(['\u{2068}', '\u{2069}'], "");
            (one.now.map(plain), one.earlier.map(plain))
        };
        let new = "Starting a new stretch. Your earlier 47 days still count.";
        assert_eq!(said("days", 0, 47), (None, Some(new.into())), "no nought");
        let earlier = Some("Your earlier 47 days still count.".to_owned());
        assert_eq!(said("days", 1, 47), (Some("1 day".into()), earlier));
        assert_eq!(said("days", 3, 0), (Some("3 days".into()), None));
        assert_eq!(
            said("visits", 0, 2).1.unwrap(),
            "Starting a new stretch. Your earlier 2 visits still count."
        );
    }
}
