//! Goals and their steps. Nothing reminds, and nothing is counted against anybody.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{Goal, GoalStep, Mine, Problem};
use serde::{Deserialize, Serialize};

use super::Done;
use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::pages::kept;
use crate::parts::post::paragraphs;
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;

/// Where goals are.
const AT: &str = "/skills/goals";

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/skills/goals", get(list))
        .route("/skills/goals/new", get(new).post(add))
        .route("/skills/goals/draft", post(keep))
        .route("/skills/goals/{id}", get(one))
        .route("/skills/goals/{id}/edit", get(edit).post(save))
        .route("/skills/goals/{id}/draft", post(keep_again))
        .route("/skills/goals/{id}/steps", post(steps))
        .route("/skills/goals/{id}/close", post(close))
}

#[derive(Template)]
#[template(path = "skills/goals.html")]
struct ListPage {
    f: Frame,
    goals: Vec<Mine<Goal>>,
    closed: Vec<Mine<Goal>>,
    damaged: Vec<String>,
}

#[derive(Template)]
#[template(path = "skills/goal.html")]
struct OnePage {
    f: Frame,
    id: String,
    why: Vec<Vec<String>>,
    steps: Vec<GoalStep>,
    review: Option<When>,
    closed: bool,
}

#[derive(Template)]
#[template(path = "skills/goal_form.html")]
struct FormPage {
    f: Frame,
    /// Where the form goes, and where its draft does.
    to: String,
    draft_at: String,
    back: String,
    filled: Filled,
    draft_said: String,
    error: Option<Said>,
}

/// What was filled in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Filled {
    #[serde(default)]
    what: String,
    #[serde(default)]
    why: String,
    /// One on a line.
    #[serde(default)]
    steps: String,
    #[serde(default)]
    review: String,
}

#[derive(Deserialize)]
struct Ticked {
    /// Which steps are done: 0 is the first.
    #[serde(default)]
    step: Vec<usize>,
}

#[derive(Deserialize)]
struct Closed {
    closed: bool,
}

impl Filled {
    fn of(goal: &Goal) -> Filled {
        let steps: Vec<&str> = goal.steps.iter().map(|step| step.what.as_str()).collect();
        Filled {
            what: goal.what.clone(),
            why: goal.why.clone(),
            steps: steps.join("\n"),
            review: goal.review.clone().unwrap_or_default(),
        }
    }

    /// The goal, in place of what it was `before`: a step that says the same is done if it was.
    fn goal(&self, before: &Goal) -> Goal {
        let mut done: Vec<&str> =
            before.steps.iter().filter(|step| step.done).map(|step| step.what.as_str()).collect();
        let steps = self.steps.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| {
            let at = done.iter().position(|what| *what == line);
            GoalStep { what: line.to_owned(), done: at.map(|at| done.swap_remove(at)).is_some() }
        });
        Goal {
            what: self.what.trim().to_owned(),
            why: lines(&self.why).trim().to_owned(),
            steps: steps.collect(),
            review: Some(self.review.trim().to_owned()).filter(|day| !day.is_empty()),
            closed: before.closed,
        }
    }
}

async fn list(visit: Visit, Query(asked): Query<Done>) -> Result<Response, Oops> {
    let list = visit.service().mine::<Goal>().await?;
    let (closed, goals) = list.items.into_iter().rev().partition(|goal| goal.kept.closed);
    Ok(page(&ListPage {
        f: visit.frame(visit.words.t("skills-goals"), Nav::Skills).done(asked.done.as_deref()),
        goals,
        closed,
        damaged: list.damaged,
    }))
}

async fn one(visit: Visit, Path(id): Path<String>, Query(asked): Query<Done>) -> Result<Response, Oops> {
    let Mine { id, kept: goal } = visit.service().mine_one::<Goal>(&id).await?;
    Ok(page(&OnePage {
        f: visit.frame(goal.what, Nav::Skills).done(asked.done.as_deref()),
        id,
        why: paragraphs(&goal.why),
        steps: goal.steps,
        review: goal.review.map(|day| visit.clock.day(&visit.words, &day)),
        closed: goal.closed,
    }))
}

async fn new(visit: Visit) -> Result<Response, Oops> {
    let (filled, said) = kept::draft::<Filled>(&visit, AT).await?.unwrap_or_default();
    Ok(form(&visit, None, filled, said, None))
}

async fn add(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    match visit.service().add_goal(filled.goal(&Goal::default())).await {
        Ok(kept) => {
            visit.service().drop_draft(AT).await?;
            Ok(see(format!("{AT}/{}?done=done-saved", kept.id)))
        }
        Err(problem) => Ok(form(&visit, None, filled, String::new(), Some(&problem))),
    }
}

async fn edit(visit: Visit, Path(id): Path<String>) -> Result<Response, Oops> {
    let found = visit.service().mine_one::<Goal>(&id).await?;
    let draft = kept::draft::<Filled>(&visit, &place(&id)).await?;
    let (filled, said) = draft.unwrap_or_else(|| (Filled::of(&found.kept), String::new()));
    Ok(form(&visit, Some(&id), filled, said, None))
}

async fn save(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let before = visit.service().mine_one::<Goal>(&id).await?;
    match visit.service().edit_goal(&id, filled.goal(&before.kept)).await {
        Ok(_) => {
            visit.service().drop_draft(&place(&id)).await?;
            Ok(see(format!("{AT}/{id}?done=done-saved")))
        }
        Err(problem) => Ok(form(&visit, Some(&id), filled, String::new(), Some(&problem))),
    }
}

async fn keep(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    kept::keep_draft(&visit, AT, &filled, &format!("{AT}/new")).await
}

async fn keep_again(
    visit: Visit,
    Path(id): Path<String>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    kept::keep_draft(&visit, &place(&id), &filled, &format!("{AT}/{id}/edit")).await
}

async fn steps(visit: Visit, Path(id): Path<String>, Form(ticked): Form<Ticked>) -> Result<Response, Oops> {
    let mut goal = visit.service().mine_one::<Goal>(&id).await?.kept;
    for (at, step) in goal.steps.iter_mut().enumerate() {
        step.done = ticked.step.contains(&at);
    }
    visit.service().edit_goal(&id, goal).await?;
    Ok(see(format!("{AT}/{id}?done=done-saved")))
}

async fn close(visit: Visit, Path(id): Path<String>, Form(wish): Form<Closed>) -> Result<Response, Oops> {
    let goal = visit.service().mine_one::<Goal>(&id).await?.kept;
    visit.service().edit_goal(&id, Goal { closed: wish.closed, ..goal }).await?;
    Ok(see(format!("{AT}/{id}?done=done-saved")))
}

/// Where a goal is; what was not saved of it is kept by that name, too.
fn place(id: &str) -> String {
    format!("{AT}/{id}")
}

fn form(
    visit: &Visit,
    id: Option<&str>,
    filled: Filled,
    draft_said: String,
    problem: Option<&Problem>,
) -> Response {
    let heading = if id.is_some() { "goal-edit" } else { "goal-new" };
    let back = id.map_or_else(|| AT.to_owned(), place);
    page(&FormPage {
        f: visit.frame(visit.words.t(heading), Nav::Skills),
        to: id.map_or_else(|| format!("{AT}/new"), |id| format!("{AT}/{id}/edit")),
        draft_at: format!("{back}/draft"),
        back,
        filled,
        draft_said,
        error: problem.map(|problem| Said::of(&visit.words, problem)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_stays_done_when_the_goal_is_written_anew() {
        let step = |what: &str, done| GoalStep { what: what.into(), done };
        let before = Goal {
            steps: vec![step("shoes", true), step("ask Jo", false), step("walk", true), step("walk", false)],
            closed: true,
            ..Goal::default()
        };
        let filled = Filled { steps: "ask Jo\r\n\r\n walk\r\nwalk\r\nrest".into(), ..Filled::default() };
        let goal = filled.goal(&before);
        let done: Vec<_> = goal.steps.iter().map(|step| (step.what.as_str(), step.done)).collect();
        assert_eq!(done, [("ask Jo", false), ("walk", true), ("walk", false), ("rest", false)]);
        assert!(goal.closed && goal.review.is_none());
    }
}
