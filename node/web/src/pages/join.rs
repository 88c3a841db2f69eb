//! Coming in: an invite is pasted, looked at, and used; then a group's node is waited for, or an answer.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{Code, GroupState, InviteWay, Join, LinkSeen, Problem};
use serde::Deserialize;

use super::welcome::Entries;
use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;
use crate::web::Web;

mod agree;
mod waiting;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/join", get(show).post(look))
        .route("/join/ask", post(ask))
        .route("/join/not-for-me", post(not_for_me))
        .merge(waiting::routes())
        .merge(agree::routes())
}

#[derive(Template)]
#[template(path = "join/paste.html")]
struct PastePage {
    f: Frame,
    link: String,
    error: Option<Said>,
}

#[derive(Template)]
#[template(path = "join/seen.html")]
struct SeenPage {
    f: Frame,
    error: Option<Said>,
    link: String,
    name: String,
    back: bool,
    text: String,
    /// How the link lets its holder in, in words.
    how: String,
    /// Until when.
    until: String,
    /// Whether it takes a phrase.
    spoken: bool,
    /// Whether those inside decide.
    knock: bool,
    /// What they would like to know, each with what was answered.
    questions: Vec<(String, String)>,
}

#[derive(Clone, Default, Deserialize)]
struct Filled {
    #[serde(default)]
    link: String,
    #[serde(default)]
    name: String,
    /// Whether they were in this group before.
    #[serde(default)]
    back: String,
    #[serde(default)]
    phrase: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    answers: Vec<String>,
}

async fn show(visit: Visit) -> Result<Response, Oops> {
    let link = Entries::of(&visit).await?.link;
    Ok(paste_page(&visit, link, None))
}

fn paste_page(visit: &Visit, link: String, problem: Option<&Problem>) -> Response {
    page(&PastePage {
        f: visit.frame(visit.words.t("join"), Nav::Groups),
        link,
        error: problem.map(|problem| Said::of(&visit.words, problem)),
    })
}

async fn look(visit: Visit, Form(mut filled): Form<Filled>) -> Result<Response, Oops> {
    let seen = match visit.service().look_at_link(&filled.link).await {
        Ok(seen) => seen,
        Err(problem) => return Ok(paste_page(&visit, filled.link, Some(&problem))),
    };
    match seen.state {
        Some(GroupState::Joined) => Ok(see(format!("/groups/{}", seen.group))),
        Some(GroupState::Waiting) => Ok(see(format!("/join/{}", seen.group))),
        _ => {
            filled.name = Entries::of(&visit).await?.name;
            Ok(seen_page(&visit, &seen, filled, None))
        }
    }
}

/// Uses the link: comes in, or asks to be let in.
async fn ask(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let seen = match visit.service().look_at_link(&filled.link).await {
        Ok(seen) => seen,
        Err(problem) => return Ok(paste_page(&visit, filled.link, Some(&problem))),
    };
    // Who was here before comes back without a name; anybody else would learn only minutes later that it takes one.
    if filled.name.trim().is_empty() && filled.back.is_empty() {
        return Ok(seen_page(&visit, &seen, filled, Some(&Code::NameNeeded.into())));
    }
    let said = |text: &str| Some(lines(text.trim())).filter(|text| !text.is_empty());
    let join = Join {
        link: filled.link.clone(),
        name: said(&filled.name).filter(|_| filled.back.is_empty()),
        text: said(&told(&seen, &filled)),
        phrase: said(&filled.phrase),
    };
    match visit.service().join(join).await {
        Ok(joined) => {
            Entries::used(&visit).await?;
            Ok(see(format!("/join/{}", joined.group)))
        }
        // A link that has ended is looked at no more.
        Err(problem) if problem.code == Code::InviteExpired => {
            Ok(paste_page(&visit, filled.link, Some(&problem)))
        }
        Err(problem) => Ok(seen_page(&visit, &seen, filled, Some(&problem))),
    }
}

async fn not_for_me(visit: Visit, Form(_): Form<Filled>) -> Result<Response, Oops> {
    Entries::used(&visit).await?;
    Ok(see("/groups?done=done-not-for-me"))
}

/// What was answered, each with its question, and what was said beside it.
fn told(seen: &LinkSeen, filled: &Filled) -> String {
    let asked = seen.questions.iter().zip(&filled.answers).filter(|(_, answer)| !answer.trim().is_empty());
    let mut told: String =
        asked.map(|(question, answer)| format!("{question}\n{}\n\n", answer.trim())).collect();
    told.push_str(filled.text.trim());
    told
}

fn seen_page(visit: &Visit, seen: &LinkSeen, filled: Filled, problem: Option<&Problem>) -> Response {
    let words = &visit.words;
    let knock = seen.way == InviteWay::Knock;
    let answers = filled.answers.into_iter().chain(std::iter::repeat_with(String::new));
    page(&SeenPage {
        f: visit.frame(words.t(if knock { "join-ask-here" } else { "join-come-in" }), Nav::Groups),
        error: problem.map(|problem| Said::of(words, problem)),
        how: words.t(match seen.way {
            InviteWay::OnSight => "join-how-on-sight",
            InviteWay::Confirm => "join-how-confirm",
            InviteWay::OpenDoor if seen.spoken => "join-how-phrase",
            InviteWay::OpenDoor => "join-how-open-door",
            InviteWay::Knock => "join-how-knock",
        }),
        until: visit.clock.moment(words, &seen.expires).said,
        spoken: seen.spoken,
        knock,
        questions: seen.questions.iter().cloned().zip(answers).collect(),
        link: filled.link,
        name: filled.name,
        back: !filled.back.is_empty(),
        text: filled.text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_go_with_their_questions_and_empty_ones_are_left_out() {
        let seen = LinkSeen {
            group: String::new(),
            way: InviteWay::Knock,
            spoken: false,
            questions: vec!["Who told you?".into(), "Why now?".into()],
            expires: String::new(),
            state: None,
        };
        let filled = Filled {
            answers: vec![" ".into(), "It is time.".into()],
            text: "Hello.".into(),
            ..Filled::default()
        };
        assert_eq!(told(&seen, &filled), "Why now?\nIt is time.\n\nHello.");
    }
}
