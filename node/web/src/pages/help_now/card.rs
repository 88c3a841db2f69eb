//! The card: the emergency number, lines, and the next ten minutes.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::Unit;
use jiff::civil::Date;
use kith_node::api::types::{HelpCard, HelpLine, Problem};
use kith_node::mine;
use kith_protocol::time::Millis;
use serde::Deserialize;

use super::number::{Piece, pieces};
use crate::form::Form;
use crate::frame::{Frame, Nav, Plain, Room, page, theme};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::statics;
use crate::visit::Visit;
use crate::web::Web;
use crate::when::Clock;
use crate::words::Words;

/// After so many months somebody is asked to check a number.
const OLD: i32 = 12;

pub fn routes() -> Router<Web> {
    Router::new().route("/help-now/country", post(choose))
}

pub fn open_routes() -> Router<Web> {
    Router::new().route("/help-now", get(show))
}

/// The card, as both pages show it.
struct Card {
    /// The code of the country that is shown.
    country: String,
    /// What it is called; none without numbers.
    name: Option<String>,
    emergency: Vec<Piece>,
    lines: Vec<Line>,
    own: Vec<Line>,
    checked: String,
    /// Whether that is long ago.
    old: bool,
    countries: Vec<(String, String)>,
    elsewhere: String,
}

struct Line {
    name: String,
    call: Vec<Piece>,
    text: Vec<Piece>,
    hours: String,
    online: Option<String>,
}

#[derive(Template)]
#[template(path = "help/card_out.html")]
struct OutPage {
    f: Words,
    heading: &'static str,
    theme: &'static str,
    css: String,
    card: Card,
    known: bool,
    keep: Option<String>,
}

#[derive(Template)]
#[template(path = "help/card_in.html")]
struct InPage {
    f: Frame,
    card: Card,
    known: bool,
    keep: Option<String>,
    error: Option<Said>,
}

#[derive(Deserialize)]
struct Asked {
    country: Option<String>,
    done: Option<String>,
}

#[derive(Deserialize)]
struct Chosen {
    #[serde(default)]
    country: String,
}

async fn show(State(web): State<Web>, headers: HeaderMap, Query(asked): Query<Asked>) -> Response {
    // Nothing may keep the numbers from showing: what is wrong here is left out.
    let country = asked.country.as_deref().filter(|code| !code.is_empty());
    match web.known(&headers).await {
        Some(visit) => known(&visit, country, asked.done.as_deref(), None).await,
        None if web.face().discreet.is_some() => hidden(&web),
        None => {
            let words = web.words(&headers);
            let clock = Clock::at(web.service.now().unwrap_or(Millis(0)));
            let card = web.service.general_card(country);
            page(&OutPage {
                card: of(&words, &clock, card),
                heading: "need-help-now",
                theme: theme(&web.face()),
                css: statics::address("kith.css"),
                f: words,
                known: false,
                keep: None,
            })
        }
    }
}

async fn choose(visit: Visit, Form(chosen): Form<Chosen>) -> Result<Response, Oops> {
    match visit.service().choose_country(&chosen.country).await {
        Ok(_) => Ok(see("/help-now?done=done-saved")),
        Err(problem) => Ok(known(&visit, Some(&chosen.country), None, Some(&problem)).await),
    }
}

async fn known(
    visit: &Visit,
    country: Option<&str>,
    done: Option<&str>,
    problem: Option<&Problem>,
) -> Response {
    let general = visit.service().general_card(country);
    let own = visit.service().help_card().await.map(|card| card.own).unwrap_or_default();
    let card = HelpCard { own, ..general };
    let chosen = visit.service().general_card(None).country;
    let other = card.name.is_some() && card.country != chosen;
    page(&InPage {
        card: of(&visit.words, &visit.clock, card),
        keep: other.then(|| visit.session.form_token.clone()),
        f: visit.frame(visit.words.t("need-help-now"), Nav::None).done(done),
        known: true,
        error: problem.map(|problem| Said::of(&visit.words, problem)),
    })
}

/// What somebody sees who was not let in where it hides.
pub fn hidden(web: &Web) -> Response {
    (StatusCode::NOT_FOUND, Plain::missing(web)).into_response()
}

fn of(words: &Words, clock: &Clock, card: HelpCard) -> Card {
    let (checked, old) = match &card.checked_on {
        Some(day) => checked(words, clock, day),
        None => (String::new(), false),
    };
    let named = mine::countries().into_iter().map(|country| (country.code, country.name));
    Card {
        country: card.country.unwrap_or_default(),
        name: card.name,
        emergency: pieces(&card.emergency.unwrap_or_default()),
        lines: card.lines.into_iter().map(line).collect(),
        own: card.own.into_iter().map(|one| line(one.kept)).collect(),
        checked,
        old,
        countries: named.collect(),
        elsewhere: card.elsewhere,
    }
}

fn line(line: HelpLine) -> Line {
    Line {
        name: line.name,
        call: pieces(&line.call.unwrap_or_default()),
        text: pieces(&line.text.unwrap_or_default()),
        hours: line.hours,
        online: line.online,
    }
}

/// When the numbers were checked, and whether that is long ago.
fn checked(words: &Words, clock: &Clock, day: &str) -> (String, bool) {
    let date: Option<Date> = day.parse().ok();
    let since = date.and_then(|date| date.until((Unit::Month, clock.today())).ok());
    let months = since.map_or(0, |since| since.get_months());
    match u32::try_from(months) {
        Ok(long) if months >= OLD => (words.tn("help-checked-long-ago", "months", long), true),
        _ => (words.t1("help-checked", "day", clock.day(words, day)), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Library;

    #[test]
    fn an_old_check_asks_to_check_again() {
        let words = Library::read().speak(Some("en"), None);
        // The first of June 2026, at noon.
        let clock = Clock::at(Millis(1_780_315_200_000));
        let said = |day: &str| checked(&words, &clock, day);
        let (words_said, old) = said("2025-04-01");
        let plain = words_said.replace(['\u{2068}', '\u{2069}'], "");
        assert_eq!((plain.as_str(), old), ("Checked 14 months ago. Please check the number.", true));
        assert!(said("2025-06-01").1, "a whole year");
        for day in ["2025-06-02", "2026-06-01", "2027-01-01", "never"] {
            assert!(!said(day).1, "{day}");
        }
    }
}
