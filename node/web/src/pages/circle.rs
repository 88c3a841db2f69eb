//! A circle: its lobby and its room, at one address. The parts that change while people are there are fetched by
//! themselves, each with a mark of what the page has of it: nothing comes back while that holds, so that nothing is put in
//! another's place that did not change, and nobody's words are.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{ActInCircle, CircleAct, CircleState, Problem, Room as CircleRoom, SayInCircle};
use serde::Deserialize;

use self::view::RoomView;
use crate::form::{self, Form};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::pages::circles;
use crate::visit::Visit;
use crate::web::Web;

mod parts;
mod view;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/circles/{circle}", get(show).post(act))
        .route("/groups/{group}/circles/{circle}/room", get(parts::part))
        .route("/groups/{group}/circles/{circle}/call-off", post(call_off))
}

/// Which circle, as its address says.
type Place = Path<(String, String)>;

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Do {
    Enter,
    Share,
    /// Share, and keep the turn.
    More,
    Pass,
    Minute,
    Leave,
    Next,
    Pause,
    Resume,
    HandOver,
    Lead,
    Close,
}

#[derive(Deserialize)]
struct Filled {
    r#do: Do,
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
struct Nothing {}

#[derive(Template)]
#[template(path = "circle/room.html")]
struct CirclePage {
    f: Frame,
    id: String,
    about: String,
    until: String,
    agreements: Vec<String>,
    opening: String,
    starts: Option<String>,
    can_enter: bool,
    past: bool,
    mine: bool,
    error: Option<Said>,
    r: RoomView,
}

async fn show(
    visit: Visit,
    Path((group, circle)): Place,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    circle_page(&visit, &group, &circle, asked.done.as_deref(), None).await
}

async fn act(
    visit: Visit,
    Path((group, circle)): Place,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let service = visit.service();
    if service.circle(&circle).await?.group != group {
        return Err(Oops::missing());
    }
    let text = form::lines(&filled.text);
    let plain = async |act| service.act_in_circle(&circle, ActInCircle { act, order: Vec::new() }).await;
    let say = async |more| service.say_in_circle(&circle, SayInCircle { text: text.clone(), more }).await;
    let done: Result<CircleRoom, Problem> = match filled.r#do {
        Do::Enter => service.enter_circle(&circle).await,
        Do::Share => say(false).await,
        Do::More => say(true).await,
        Do::Pass => plain(CircleAct::Pass).await,
        Do::Minute => plain(CircleAct::Minute).await,
        Do::Leave => plain(CircleAct::Leave).await,
        Do::Next => plain(CircleAct::Next).await,
        Do::Pause => plain(CircleAct::Pause).await,
        Do::Resume => plain(CircleAct::Resume).await,
        Do::HandOver => plain(CircleAct::HandOver).await,
        Do::Lead => plain(CircleAct::Lead).await,
        Do::Close => plain(CircleAct::Close).await,
    };
    match done {
        Ok(_) if filled.r#do == Do::Leave => {
            Ok(see(format!("/groups/{group}/circles/{circle}?done=done-left-circle")))
        }
        Ok(_) => Ok(see(format!("/groups/{group}/circles/{circle}"))),
        Err(problem) => {
            let unsaid = matches!(filled.r#do, Do::Share | Do::More).then_some(text);
            let said = Said::of(&visit.words, &problem);
            circle_page(&visit, &group, &circle, None, Some((said, unsaid.unwrap_or_default()))).await
        }
    }
}

async fn call_off(
    visit: Visit,
    Path((group, circle)): Place,
    Form(_): Form<Nothing>,
) -> Result<Response, Oops> {
    if visit.service().circle(&circle).await?.group != group {
        return Err(Oops::missing());
    }
    visit.service().withdraw(&circle).await?;
    Ok(see(format!("/groups/{group}/circles?done=done-called-off")))
}

/// The page; with what could not be done, and the words that were to be said.
async fn circle_page(
    visit: &Visit,
    group: &str,
    circle: &str,
    done: Option<&str>,
    refused: Option<(Said, String)>,
) -> Result<Response, Oops> {
    visit.group(group)?;
    let words = &visit.words;
    let (circle, room) = parts::look(visit, group, circle).await?;
    let (error, unsaid) = refused.unzip();
    let agreements = visit.service().charter(group).await?.charter.agreements;
    let moment = visit.clock.moment(words, &circle.start);
    let title = words.t1("circle-heading", "when", &moment);
    let f = visit.frame(title, Nav::Groups).in_group(visit, group, Room::Inside);
    let f = f.told(format!("circle={}", circle.circle)).done(done);
    Ok(page(&CirclePage {
        id: group.to_owned(),
        about: circles::beside(words, &circle),
        until: words.tn("circle-about-minutes", "minutes", circle.minutes),
        agreements,
        starts: (circle.state == CircleState::Coming).then(|| words.t1("circle-starts", "when", moment)),
        can_enter: circle.state == CircleState::Open,
        past: circle.state == CircleState::Past,
        mine: circle.mine && circle.state == CircleState::Coming,
        opening: circle.opening.clone(),
        error,
        r: RoomView::of(visit, &circle, room.as_ref(), unsaid),
        f,
    }))
}
