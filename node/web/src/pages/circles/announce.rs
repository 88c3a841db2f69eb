//! Announcing a circle.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{AnnounceCircle, CircleForm, MemberState};
use serde::Deserialize;

use crate::form::{self, Form};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;
use crate::web::Web;

/// When a circle usually begins.
const USUAL_TIME: &str = "19:00";
/// How long it usually takes, in minutes.
const USUAL_MINUTES: u16 = 60;
/// The fewest and the most people at a time.
const SEATS: [u8; 7] = [2, 3, 4, 5, 6, 7, 8];

const FORMS: [(CircleForm, &str, &str, &str); 3] = [
    (CircleForm::Rounds, "rounds", "circle-form-rounds", "circle-form-rounds-hint"),
    (CircleForm::OpenFloor, "open_floor", "circle-form-open-floor", "circle-form-open-floor-hint"),
    (CircleForm::SupportTurns, "support_turns", "circle-form-support", "circle-form-support-hint"),
];

pub fn routes() -> Router<Web> {
    Router::new().route("/groups/{group}/circles/announce", get(show).post(send))
}

/// What was filled in.
#[derive(Clone, Debug, Deserialize)]
struct Filled {
    #[serde(default)]
    day: String,
    #[serde(default)]
    time: String,
    #[serde(default)]
    minutes: String,
    #[serde(default)]
    form: CircleForm,
    #[serde(default)]
    size: String,
    #[serde(default)]
    soft: String,
    #[serde(default)]
    host: String,
    #[serde(default)]
    co_host: String,
    #[serde(default)]
    opening: String,
    #[serde(default)]
    prompts: String,
    #[serde(default)]
    closing: String,
}

/// Somebody who could lead.
struct Person {
    id: String,
    name: String,
    me: bool,
}

#[derive(Template)]
#[template(path = "circle/announce.html")]
struct AnnouncePage {
    f: Frame,
    id: String,
    error: Option<Said>,
    filled: Filled,
    zone: String,
    forms: Vec<(&'static str, String, String)>,
    form: &'static str,
    sizes: Vec<(String, String)>,
    people: Vec<Person>,
}

async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Oops> {
    let filled = Filled {
        day: visit.clock.in_days(1),
        time: USUAL_TIME.to_owned(),
        minutes: USUAL_MINUTES.to_string(),
        form: CircleForm::Rounds,
        size: SEATS.last().map(u8::to_string).unwrap_or_default(),
        soft: String::new(),
        host: String::new(),
        co_host: String::new(),
        opening: String::new(),
        prompts: String::new(),
        closing: String::new(),
    };
    form_page(&visit, id, filled, None).await
}

async fn send(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let words = &visit.words;
    let wish = match wish(&visit, &filled) {
        Ok(wish) => wish,
        Err(wrong) => {
            let said = Said { message: words.t(wrong), hint: words.t("circle-wrong-hint") };
            return form_page(&visit, id, filled, Some(said)).await;
        }
    };
    match visit.service().announce_circle(&id, wish).await {
        Ok(sent) => Ok(see(format!("/groups/{id}/circles/{}?done=done-announced", sent.post))),
        Err(problem) => {
            let said = Said::of(words, &problem);
            form_page(&visit, id, filled, Some(said)).await
        }
    }
}

/// What was filled in as the service takes it, or the words for what is no number or no moment.
fn wish(visit: &Visit, filled: &Filled) -> Result<AnnounceCircle, &'static str> {
    let start = visit.clock.from_here(&filled.day, &filled.time).ok_or("circle-wrong-time")?;
    let number = |text: &str| match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| "circle-wrong-number"),
    };
    let member = |id: &str| Some(id.to_owned()).filter(|id| !id.is_empty());
    let prompts = form::lines(&filled.prompts);
    Ok(AnnounceCircle {
        start: Some(start),
        minutes: number(&filled.minutes)?,
        host: member(&filled.host),
        co_host: member(&filled.co_host),
        size: filled.size.parse().ok(),
        form: filled.form,
        soft_minutes: number(&filled.soft)?.unwrap_or_default(),
        opening: form::lines(&filled.opening),
        prompts: prompts.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect(),
        closing: form::lines(&filled.closing),
    })
}

async fn form_page(visit: &Visit, id: String, filled: Filled, error: Option<Said>) -> Result<Response, Oops> {
    visit.group(&id)?;
    let words = &visit.words;
    let members = visit.service().member_list(&id).await?.members;
    let people = members.into_iter().filter(|member| member.state == MemberState::Member);
    Ok(page(&AnnouncePage {
        f: visit.frame(words.t("circle-announce"), Nav::Groups).in_group(visit, &id, Room::Inside),
        error,
        zone: visit.clock.zone(),
        forms: FORMS.map(|(_, value, said, hint)| (value, words.t(said), words.t(hint))).to_vec(),
        form: FORMS.iter().find(|(form, ..)| *form == filled.form).map_or("", |(_, value, ..)| value),
        sizes: SEATS.map(|size| (size.to_string(), words.tn("circle-seats", "seats", size))).to_vec(),
        people: people.map(|member| Person { id: member.member, name: member.name, me: member.me }).collect(),
        filled,
        id,
    }))
}
