//! Outside a group: how far coming in has got, what was said at the door, and what became of it.

use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{
    Brief, Code, GroupState, Joined, KnockLine, KnockMine, KnockSide, KnockState, Problem,
};
use serde::Deserialize;

use super::agree;
use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::post::paragraphs;
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/join/{group}", get(show))
        .route("/parts/join/{group}", get(part))
        .route("/join/{group}/say", post(say))
        .route("/join/{group}/drop", post(drop_it))
}

#[derive(Template)]
#[template(path = "join/waiting.html")]
struct WaitingPage {
    f: Frame,
    id: String,
    w: Waiting,
    /// My knock, which I can go on with.
    knock: Option<String>,
    error: Option<Said>,
    text: String,
}

/// How far it has come, by itself: what is fetched anew when a hint says so.
#[derive(Template)]
#[template(path = "join/state.html")]
struct StatePart {
    f: Frame,
    id: String,
    w: Waiting,
}

/// How far coming in has got.
struct Waiting {
    /// Whether I am in meanwhile.
    is_in: bool,
    /// Whether it came to an end without my being let in.
    over: bool,
    /// In a sentence or two.
    said: Vec<String>,
    /// The code to compare with whoever invited me.
    code: Option<String>,
    /// Words by which two people can tell that they mean the same group.
    key_words: Option<String>,
    lines: Vec<Spoken>,
}

/// Something said at the door.
struct Spoken {
    by: String,
    when: When,
    paragraphs: Vec<Vec<String>>,
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

#[derive(Deserialize)]
struct Filled {
    #[serde(default)]
    text: String,
}

async fn show(visit: Visit, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let brief = visit.group(&id)?;
    if let Some(elsewhere) = elsewhere(brief) {
        return Ok(see(elsewhere));
    }
    if brief.state == GroupState::Joined {
        return agree::page_of(&visit, &id, None).await;
    }
    let shown = waiting_page(&visit, id, None, String::new()).await?;
    Ok(page(&WaitingPage { f: shown.f.clone().done(asked.done.as_deref()), ..shown }))
}

/// Groups that I was in once are shown as such.
fn elsewhere(brief: &Brief) -> Option<String> {
    matches!(brief.state, GroupState::Left | GroupState::Removed).then(|| format!("/groups/{}", brief.group))
}

async fn part(visit: Visit, Path(id): Path<String>) -> Result<Response, Oops> {
    let brief = visit.group(&id)?.clone();
    let (w, _) = waiting(&visit, &brief).await?;
    Ok(page(&StatePart { f: visit.frame(String::new(), Nav::Groups), w, id }))
}

/// Says more at the door.
async fn say(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    visit.group(&id)?;
    let mine = visit.service().knock_list(&id).await?.mine.ok_or_else(Oops::missing)?;
    let text = lines(filled.text.trim());
    let said = match text.is_empty() {
        true => Err(Code::EmptyText.into()),
        false => visit.service().knock_say(&mine.knock, text).await,
    };
    match said {
        Ok(_) => Ok(see(format!("/join/{id}?done=done-sent"))),
        Err(problem) => Ok(page(&waiting_page(&visit, id, Some(&problem), filled.text).await?)),
    }
}

/// Waits no longer, and forgets that I did.
async fn drop_it(visit: Visit, Path(id): Path<String>, Form(_): Form<Filled>) -> Result<Response, Oops> {
    let brief = visit.group(&id)?;
    if !matches!(brief.state, GroupState::Waiting | GroupState::Refused) {
        return Err(Oops::missing());
    }
    visit.service().group_forget(&id).await?;
    Ok(see("/groups?done=done-not-for-me"))
}

async fn waiting_page(
    visit: &Visit,
    id: String,
    problem: Option<&Problem>,
    text: String,
) -> Result<WaitingPage, Oops> {
    let brief = visit.group(&id)?.clone();
    let (w, knock) = waiting(visit, &brief).await?;
    let heading = visit.words.t(match (w.over, &knock) {
        (true, _) => "join-over",
        (false, Some(_)) => "join-asked",
        (false, None) => "join-on-the-way",
    });
    Ok(WaitingPage {
        f: visit.frame(heading, Nav::Groups).told(format!("group={id}")),
        knock: knock.filter(|_| !w.over && !w.is_in),
        error: problem.map(|problem| Said::of(&visit.words, problem)),
        w,
        id,
        text,
    })
}

/// How it stands, and the id of my knock if I am at the door.
async fn waiting(visit: &Visit, brief: &Brief) -> Result<(Waiting, Option<String>), Oops> {
    let words = &visit.words;
    let joined = visit.service().joined(&brief.group, Duration::ZERO).await;
    let mine = match &joined {
        Ok(joined) => joined.knock.clone(),
        Err(_) => visit.service().knock_list(&brief.group).await?.mine,
    };
    let (over, is_in, said) = match &joined {
        Ok(Joined { state: GroupState::Joined, .. }) => (false, true, vec![words.t("join-in")]),
        Ok(_) => (false, false, on_the_way(visit, mine.as_ref(), brief.keeper && brief.peers == 0)),
        Err(problem) => {
            let said = Said::of(words, problem);
            (true, false, vec![said.message, said.hint])
        }
    };
    let lines = mine.iter().flat_map(|mine| &mine.lines).map(|line| spoken(visit, line)).collect();
    let code = mine.as_ref().and_then(|mine| mine.code.clone()).filter(|_| !over && !is_in);
    let key_words = joined.ok().and_then(|joined| joined.key_words);
    Ok((Waiting { is_in, over, said, code, key_words, lines }, mine.map(|mine| mine.knock)))
}

/// What there is to say while it goes on; `kept`, whether a keeper alone is there.
fn on_the_way(visit: &Visit, mine: Option<&KnockMine>, kept: bool) -> Vec<String> {
    let words = &visit.words;
    match mine.map(|mine| mine.state) {
        None if kept => vec![words.t("join-at-keeper"), words.t("join-goes-on")],
        None => vec![words.t("join-finding"), words.t("join-goes-on")],
        Some(KnockState::Saved) => {
            vec![words.t("asked-saved"), words.t("join-finding"), words.t("join-goes-on")]
        }
        Some(KnockState::PassedOn) => vec![words.t("asked-passed-on"), words.t("join-goes-on")],
        Some(KnockState::Received) => vec![words.t("asked-received"), words.t("join-goes-on")],
        Some(KnockState::Admitted) => vec![words.t("asked-admitted"), words.t("join-finding")],
        Some(KnockState::Declined) => vec![words.t("asked-declined")],
    }
}

fn spoken(visit: &Visit, line: &KnockLine) -> Spoken {
    Spoken {
        by: match (line.side, &line.name) {
            (KnockSide::Outside, _) => visit.words.t("you"),
            (KnockSide::Inside, Some(name)) => name.clone(),
            (KnockSide::Inside, None) => visit.words.t("asked-inside"),
        },
        when: visit.clock.moment(&visit.words, &line.time),
        paragraphs: paragraphs(&line.text),
    }
}
