//! A guide, gone through step by step. What is written down is kept at each step, so that one can pause anywhere.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{Answers, Mine, Problem, Skill, SkillStep};
use serde::{Deserialize, Serialize};

use super::Done;
use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::pages::kept;
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/skills/{guide}", get(show).post(begin))
        .route("/skills/{guide}/{run}", get(step).post(go_on))
        .route("/skills/{guide}/{run}/draft", post(keep))
}

#[derive(Template)]
#[template(path = "skills/guide.html")]
struct GuidePage {
    f: Frame,
    skill: Skill,
    /// The one that was paused.
    paused: Option<String>,
    written: Vec<Run>,
    damaged: Vec<String>,
}

/// One time of going through it.
struct Run {
    id: String,
    when: When,
    finished: bool,
    /// What was asked, and what was written.
    answers: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "skills/step.html")]
struct StepPage {
    f: Frame,
    guide: String,
    language: String,
    run: String,
    at: usize,
    steps: usize,
    step: SkillStep,
    answer: String,
    draft_said: String,
    error: Option<Said>,
}

#[derive(Deserialize)]
struct Nothing {}

#[derive(Deserialize)]
struct Asked {
    step: Option<usize>,
    done: Option<String>,
}

/// What was filled in at a step.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Filled {
    #[serde(default)]
    step: usize,
    #[serde(default)]
    answer: String,
    #[serde(default, skip_serializing)]
    pause: Option<String>,
}

async fn show(visit: Visit, Path(guide): Path<String>, Query(asked): Query<Done>) -> Result<Response, Oops> {
    let skill = known(&visit, &guide).await?;
    let list = visit.service().mine::<Answers>().await?;
    let mut runs: Vec<Mine<Answers>> = list.items.into_iter().filter(|one| one.kept.skill == guide).collect();
    runs.reverse();
    let paused = runs.iter().find(|one| !one.kept.finished).map(|one| one.id.clone());
    let written = runs.into_iter().filter(|one| one.kept.answers.iter().any(|answer| !answer.is_empty()));
    Ok(page(&GuidePage {
        f: visit.frame(skill.title.clone(), Nav::Skills).done(asked.done.as_deref()),
        paused,
        written: written.map(|one| run(&visit, &skill, one)).collect(),
        damaged: list.damaged,
        skill,
    }))
}

fn run(visit: &Visit, skill: &Skill, one: Mine<Answers>) -> Run {
    let asked = skill.steps.iter().map(|step| step.ask.clone().unwrap_or_default());
    Run {
        when: visit.clock.moment(&visit.words, &one.kept.time),
        finished: one.kept.finished,
        answers: asked.zip(one.kept.answers).filter(|(_, answer)| !answer.is_empty()).collect(),
        id: one.id,
    }
}

async fn begin(
    visit: Visit,
    Path(guide): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Oops> {
    known(&visit, &guide).await?;
    let begun =
        visit.service().keep_answers(None, Answers { skill: guide.clone(), ..Answers::default() }).await?;
    Ok(see(format!("/skills/{guide}/{}", begun.id)))
}

async fn step(
    visit: Visit,
    Path((guide, run)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    let (skill, kept) = taken(&visit, &guide, &run).await?;
    let so_far = kept.kept.answers.len();
    let at = asked.step.unwrap_or(so_far).min(so_far).min(skill.steps.len().saturating_sub(1));
    let draft = kept::draft::<Filled>(&visit, &place(&run)).await?.filter(|(draft, _)| draft.step == at);
    let (answer, draft_said) = match draft {
        Some((draft, said)) => (draft.answer, said),
        None => (kept.kept.answers.get(at).cloned().unwrap_or_default(), String::new()),
    };
    let filled = Filled { step: at, answer, pause: None };
    let done = asked.done.as_deref();
    step_page(&visit, &skill, &run, filled, draft_said, None, done).ok_or_else(Oops::missing)
}

async fn go_on(
    visit: Visit,
    Path((guide, run)): Path<(String, String)>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let (skill, kept) = taken(&visit, &guide, &run).await?;
    if filled.pause.is_some() {
        // It goes on at this very step, with what is written so far.
        kept::keep_draft(&visit, &place(&run), &filled, "").await?;
        return Ok(see("/skills?done=done-kept-paused"));
    }
    let mut answers = kept.kept;
    let answer = lines(filled.answer.trim_end());
    match answers.answers.get_mut(filled.step) {
        Some(before) => *before = answer,
        None => answers.answers.push(answer),
    }
    answers.finished |= answers.answers.len() >= skill.steps.len();
    let last = filled.step.saturating_add(1) >= skill.steps.len();
    if let Err(problem) = visit.service().keep_answers(Some(&run), answers).await {
        let page = step_page(&visit, &skill, &run, filled, String::new(), Some(&problem), None);
        return page.ok_or_else(Oops::missing);
    }
    visit.service().drop_draft(&place(&run)).await?;
    Ok(match last {
        true => see(format!("/skills/{guide}?done=done-saved")),
        false => see(format!("/skills/{guide}/{run}?step={}", filled.step.saturating_add(1))),
    })
}

async fn keep(
    visit: Visit,
    Path((guide, run)): Path<(String, String)>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    taken(&visit, &guide, &run).await?;
    let form = format!("/skills/{guide}/{run}");
    kept::keep_draft(&visit, &place(&run), &filled, &form).await
}

/// Where what was not sent of a step is kept.
fn place(run: &str) -> String {
    format!("/skills/answers/{run}")
}

async fn known(visit: &Visit, guide: &str) -> Result<Skill, Oops> {
    visit.service().skill(guide).await.map_err(|_| Oops::missing())
}

/// A guide, and one time of going through it.
async fn taken(visit: &Visit, guide: &str, run: &str) -> Result<(Skill, Mine<Answers>), Oops> {
    let skill = known(visit, guide).await?;
    let kept = visit.service().mine_one::<Answers>(run).await?;
    if kept.kept.skill == guide { Ok((skill, kept)) } else { Err(Oops::missing()) }
}

fn step_page(
    visit: &Visit,
    skill: &Skill,
    run: &str,
    filled: Filled,
    draft_said: String,
    problem: Option<&Problem>,
    done: Option<&str>,
) -> Option<Response> {
    Some(page(&StepPage {
        f: visit.frame(skill.title.clone(), Nav::Skills).done(done),
        guide: skill.id.clone(),
        language: skill.language.clone(),
        run: run.to_owned(),
        at: filled.step,
        steps: skill.steps.len(),
        step: skill.steps.get(filled.step)?.clone(),
        answer: filled.answer,
        draft_said,
        error: problem.map(|problem| Said::of(&visit.words, problem)),
    }))
}
