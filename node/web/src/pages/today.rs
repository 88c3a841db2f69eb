//! Today: what waits for this person, and what does not have to.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{
    Circle, CircleState, Code, FirstSteps, GroupState, GroupStatus, KnockState, Post, Problem, TakeStep,
    Term, TermState, ToDo,
};
use serde::Deserialize;

use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::person::Pebble;
use crate::parts::post::address;
use crate::visit::Visit;
use crate::web::Web;

/// Answers to me that are named.
const ANSWERS: usize = 5;
/// How far ahead a circle is named, in days.
const AHEAD: i64 = 1;
/// Prompts, one a day.
const PROMPTS: [&str; 7] =
    ["prompt-1", "prompt-2", "prompt-3", "prompt-4", "prompt-5", "prompt-6", "prompt-7"];

pub fn routes() -> Router<Web> {
    Router::new().route("/today", get(show)).route("/groups/{group}/first-steps", post(step))
}

/// A line that leads somewhere.
struct Line {
    said: String,
    href: String,
    link: String,
}

/// An answer to something of mine.
struct Answer {
    pebble: Pebble,
    said: String,
    group: String,
    when: String,
    href: String,
}

/// What somebody who is new in a group may begin with.
struct Steps {
    group: String,
    heading: String,
    steps: FirstSteps,
}

#[derive(Template)]
#[template(path = "today.html")]
struct TodayPage {
    f: Frame,
    notices: Vec<Said>,
    knocks: Vec<String>,
    steps: Vec<Steps>,
    someone_waits: bool,
    answers: Vec<Answer>,
    circles: Vec<Line>,
    to_do: Vec<Line>,
    prompt: String,
    no_group: bool,
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let words = &visit.words;
    let status = visit.service().status().await?;
    let answers = visit.service().answers_to_me(ANSWERS).await?;
    let mut circles = Vec::new();
    for group in status.groups.iter().filter(|group| group.state == GroupState::Joined) {
        let coming = visit.service().circles(&group.group).await?.circles;
        circles.extend(coming.iter().filter_map(|circle| soon(&visit, group, circle)));
    }
    let noticed =
        |code: Code, message: String, hint: String| Said::of(words, &Problem::new(code, message, hint));
    let day = usize::from(visit.clock.today().day_of_year().unsigned_abs());
    let prompt = PROMPTS.get(day % PROMPTS.len()).copied().unwrap_or("prompt-1");
    let mut to_do = Vec::new();
    for group in &status.groups {
        to_do.extend(group.to_do.iter().filter_map(|one| waits(&visit, group, *one)));
        to_do.extend(group.term.as_ref().and_then(|term| ends(&visit, group, term)));
    }
    let waits =
        |group: &GroupStatus| group.to_do.iter().any(|one| matches!(one, ToDo::NeedsReply | ToDo::Unheard));
    let f = visit.frame(words.t("nav-today"), Nav::Today).done(asked.done.as_deref());
    Ok(page(&TodayPage {
        someone_waits: status.groups.iter().any(waits),
        knocks: status.groups.iter().filter_map(|group| knocked(&visit, group)).collect(),
        steps: status.groups.iter().filter_map(|group| steps(&visit, group)).collect(),
        answers: answers.into_iter().map(|post| answer(&visit, post)).collect(),
        notices: status.notices.into_iter().map(|one| noticed(one.code, one.message, one.hint)).collect(),
        circles,
        to_do,
        prompt: words.t(prompt),
        no_group: status.groups.is_empty(),
        f,
    }))
}

fn title(visit: &Visit, group: &GroupStatus) -> String {
    group.title.clone().unwrap_or_else(|| visit.words.t("group-unknown"))
}

fn answer(visit: &Visit, post: Post) -> Answer {
    let words = &visit.words;
    let group = visit.overview.groups.iter().find(|group| group.group == post.group);
    Answer {
        pebble: Pebble::of(&post.author, &post.name),
        said: words.t1("today-answered", "name", &post.name),
        group: group.and_then(|group| group.title.clone()).unwrap_or_else(|| words.t("group-unknown")),
        when: visit.clock.moment(words, &post.time).said,
        href: address(&post.group, &post.post),
    }
}

/// A circle that is on, or begins soon.
fn soon(visit: &Visit, group: &GroupStatus, circle: &Circle) -> Option<Line> {
    let words = &visit.words;
    let until = visit.clock.in_days(AHEAD);
    let near = circle.start.get(..10).is_some_and(|day| day <= until.as_str());
    let said = match circle.state {
        CircleState::Past => return None,
        CircleState::Open => words.t1("today-circle-open", "group", title(visit, group)),
        CircleState::Coming if near => {
            let when = visit.clock.moment(words, &circle.start);
            words.t2("today-circle", "group", title(visit, group), "when", when)
        }
        CircleState::Coming => return None,
    };
    let href = format!("/groups/{}/circles/{}", circle.group, circle.circle);
    Some(Line { said, href, link: words.t("about-this-circle") })
}

/// What waits for me in a group: where that is done.
fn waits(visit: &Visit, group: &GroupStatus, one: ToDo) -> Option<Line> {
    let (said, room, link) = match one {
        ToDo::Knock => ("to-do-knock", "desk", "room-desk"),
        ToDo::Report => ("to-do-report", "desk", "room-desk"),
        ToDo::Proposal => ("to-do-proposal", "record", "to-do-look"),
        ToDo::Welcome => ("to-do-welcome", "", "to-do-look"),
        ToDo::Unheard => ("to-do-unheard", "needs-reply", "room-needs-reply"),
        ToDo::Asked => {
            let said = visit.words.t1("to-do-asked", "group", title(visit, group));
            return Some(Line { said, href: "/people".to_owned(), link: visit.words.t("nav-people") });
        }
        // Each has a place of its own on this page.
        ToDo::Circle | ToDo::NeedsReply => return None,
    };
    let href = format!("/groups/{}/{room}", group.group);
    Some(Line {
        said: visit.words.t1(said, "group", title(visit, group)),
        href: href.trim_end_matches('/').to_owned(),
        link: visit.words.t(link),
    })
}

/// That my term of office ends.
fn ends(visit: &Visit, group: &GroupStatus, term: &Term) -> Option<Line> {
    let id = match term.state {
        TermState::Running => return None,
        TermState::Ending => "to-do-term-ends",
        TermState::Ended => "to-do-term-ended",
    };
    let day = visit.clock.day(&visit.words, &term.ends);
    Some(Line {
        said: visit.words.t2(id, "group", title(visit, group), "when", day),
        href: format!("/groups/{}/members", group.group),
        link: visit.words.t("room-members"),
    })
}

/// How far my own knock has come.
fn knocked(visit: &Visit, group: &GroupStatus) -> Option<String> {
    let id = match (group.knock?, group.state) {
        (KnockState::Declined, GroupState::Refused | GroupState::Waiting) => "knock-declined",
        (KnockState::Saved, GroupState::Waiting) => "knock-saved",
        (KnockState::PassedOn, GroupState::Waiting) => "knock-passed-on",
        (KnockState::Received, GroupState::Waiting) => "knock-received",
        (KnockState::Admitted, GroupState::Waiting) => "knock-admitted",
        _ => return None,
    };
    Some(visit.words.t1(id, "group", title(visit, group)))
}

fn steps(visit: &Visit, group: &GroupStatus) -> Option<Steps> {
    Some(Steps {
        steps: group.first_steps?,
        group: group.group.clone(),
        heading: visit.words.t1("first-steps", "group", title(visit, group)),
    })
}

/// A first step that the node does not see by itself.
#[derive(Deserialize)]
struct Step {
    #[serde(default)]
    take: String,
}

async fn step(visit: Visit, Path(group): Path<String>, Form(step): Form<Step>) -> Result<Response, Oops> {
    let take = TakeStep { listen: step.take == "listen", hide: step.take == "hide" };
    visit.service().take_step(&group, take).await?;
    Ok(see("/today?done=done-saved"))
}
