//! Acting on a post, from the mildest up: with a reason that its author reads, and can appeal against.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{Act, Measure, Moderate, Pause, Post, Problem, RuleName};
use serde::Deserialize;

use super::mine;
use crate::form::{self, Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::deed::rule_words;
use crate::parts::post::paragraphs;
use crate::visit::Visit;
use crate::web::Web;

const DAY: u64 = 24 * 3600;

pub fn routes() -> Router<Web> {
    Router::new().route("/groups/{group}/posts/{post}/act", get(show).post(act))
}

/// What can be done, the mildest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    #[default]
    Note,
    Fold,
    Hold,
    Restore,
    Pause,
    Unpause,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Filled {
    step: Step,
    rule: String,
    text: String,
    days: String,
}

#[derive(Template)]
#[template(path = "desk/act.html")]
struct ActPage {
    f: Frame,
    id: String,
    post: String,
    error: Option<Said>,
    author: String,
    text: Vec<Vec<String>>,
    steps: Vec<(&'static str, String, String, bool)>,
    rules: Vec<(String, String, bool)>,
    reason: String,
    days: String,
}

async fn show(visit: Visit, Path((id, post)): Path<(String, String)>) -> Result<Response, Oops> {
    act_page(&visit, id, post, Filled::default(), None).await
}

async fn act(
    visit: Visit,
    Path((id, post)): Path<(String, String)>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    mine(&visit, &id)?;
    match done(&visit, &id, &post, &filled).await {
        Ok(()) => Ok(see(format!("/groups/{id}/posts/{post}?done=done-saved"))),
        Err(problem) => act_page(&visit, id, post, filled, Some(&problem)).await,
    }
}

async fn done(visit: &Visit, group: &str, post: &str, filled: &Filled) -> Result<(), Problem> {
    let service = visit.service();
    let reason = lines(&filled.text);
    let rule: Option<RuleName> = filled.rule.parse().ok();
    let moderate = |act| Moderate { act, rule: rule.filter(|_| act != Act::Restore), reason: reason.clone() };
    match filled.step {
        Step::Note => {
            let author = author_of(visit, post).await?;
            service.write_to(group, &author.author, form::text(&filled.text)?).await.map(drop)
        }
        Step::Fold => service.moderate(post, moderate(Act::Fold)).await.map(drop),
        Step::Hold => service.moderate(post, moderate(Act::Hold)).await.map(drop),
        Step::Restore => service.moderate(post, moderate(Act::Restore)).await.map(drop),
        Step::Pause | Step::Unpause => {
            let author = author_of(visit, post).await?;
            let days = filled.days.trim().parse::<u64>().unwrap_or(1).clamp(1, 90);
            let lasts = (filled.step == Step::Pause).then(|| days.saturating_mul(DAY));
            let pause = Pause { lasts, rule: rule.filter(|_| lasts.is_some()), reason };
            service.pause(group, &author.author, pause).await.map(drop)
        }
    }
}

async fn author_of(visit: &Visit, post: &str) -> Result<Post, Problem> {
    let thread = visit.service().thread(post, true).await?;
    let found = thread.posts.into_iter().find(|one| one.post == thread.post);
    found.ok_or(kith_node::api::types::Code::UnknownId.into())
}

async fn act_page(
    visit: &Visit,
    id: String,
    post: String,
    filled: Filled,
    problem: Option<&Problem>,
) -> Result<Response, Oops> {
    mine(visit, &id)?;
    let words = &visit.words;
    let found = author_of(visit, &post).await?;
    let charter = visit.service().charter(&id).await?.charter;
    let measure = found.moderation.as_ref().map(|moderation| moderation.measure);
    let mut steps =
        vec![("note", Step::Note), ("fold", Step::Fold), ("hold", Step::Hold), ("pause", Step::Pause)];
    match measure {
        Some(Measure::Paused) => steps.push(("unpause", Step::Unpause)),
        Some(_) => steps.push(("restore", Step::Restore)),
        None => {}
    }
    let floor =
        ["methods", "numbers", "encouragement", "pacts", "countdowns", "identifying"].map(str::to_owned);
    let own = (1..=charter.rules.len()).map(|number| format!("rule:{number}"));
    let agreed = (1..=charter.agreements.len()).map(|number| format!("agreement:{number}"));
    let rules = floor.into_iter().chain(own).chain(agreed).filter_map(|name| {
        let rule: RuleName = name.parse().ok()?;
        let said = rule_words(words, &rule, &charter.rules, &charter.agreements);
        let chosen = name == filled.rule;
        Some((name, said, chosen))
    });
    let heading = words.t1("act-heading", "name", &found.name);
    let step_said = |(value, step): (&'static str, Step)| {
        let (said, hint) = match step {
            Step::Note => ("act-note", "act-note-hint"),
            Step::Fold => ("act-fold", "act-fold-hint"),
            Step::Hold => ("act-hold", "act-hold-hint"),
            Step::Pause => ("act-pause", "act-pause-hint"),
            Step::Restore => ("act-restore", "act-restore-hint"),
            Step::Unpause => ("act-unpause", "act-unpause-hint"),
        };
        (value, words.t(said), words.t(hint), step == filled.step)
    };
    Ok(page(&ActPage {
        steps: steps.into_iter().map(step_said).collect(),
        rules: rules.collect(),
        text: paragraphs(&found.text),
        author: found.name,
        error: problem.map(|problem| Said::of(words, problem)),
        reason: filled.text,
        days: if filled.days.is_empty() { "1".to_owned() } else { filled.days },
        f: visit.frame(heading, Nav::Groups).in_group(visit, &id, Room::Inside),
        id,
        post,
    }))
}
