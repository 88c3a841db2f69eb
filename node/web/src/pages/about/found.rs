//! Being found: whether strangers can find the group, what exactly they read, and how that is begun and ended.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kith_node::api::types::{
    GroupState, Listed, ListedState, ListingLed, ListingPreview, ListingSize, ListingTopic, ListingWay,
    Portrait, Problem,
};
use serde::Deserialize;

use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::portrait::{PortraitView, led, size, topic, way};
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/found", get(show))
        .route("/groups/{group}/found/edit", get(edit).post(preview))
        .route("/groups/{group}/found/publish", post(publish))
        .route("/groups/{group}/found/end", post(end))
        .route("/groups/{group}/found/listing.kith", post(file))
}

#[derive(Template)]
#[template(path = "about/found.html")]
struct FoundPage {
    f: Frame,
    id: String,
    /// The listing, and what stands about it.
    listed: Option<(PortraitView, String)>,
    /// Whether strangers can find the group by it.
    open: bool,
    ended: bool,
    may_list: bool,
    may_end: bool,
    /// Whether a file for directories can be had here.
    has_file: bool,
    expires: Option<String>,
}

#[derive(Template)]
#[template(path = "about/found_edit.html")]
struct EditPage {
    f: Frame,
    id: String,
    error: Option<Said>,
    filled: Filled,
    topics: Vec<(u8, String, bool)>,
    ways: Vec<(u8, String, bool)>,
    sizes: Vec<(u8, String, bool)>,
    leds: Vec<(u8, String, bool)>,
    /// What strangers would read, once it fits.
    preview: Option<(PortraitView, ListingPreview)>,
}

/// A portrait as it is filled in.
#[derive(Clone, Debug, Default, Deserialize)]
struct Filled {
    #[serde(default)]
    title: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    topics: Vec<u8>,
    #[serde(default)]
    tags: String,
    #[serde(default)]
    languages: String,
    #[serde(default)]
    ways: Vec<u8>,
    #[serde(default)]
    meets: String,
    #[serde(default)]
    coming_in: String,
    #[serde(default)]
    reply_hours: String,
    #[serde(default)]
    size: String,
    #[serde(default)]
    led: String,
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

#[derive(Deserialize)]
struct Nothing {}

impl Filled {
    fn of(portrait: Portrait) -> Filled {
        let number = |number: Option<u8>| number.map(|number| number.to_string()).unwrap_or_default();
        Filled {
            title: portrait.title,
            about: portrait.about,
            topics: portrait.topics.iter().map(|one| one.number()).collect(),
            tags: portrait.tags.join(", "),
            languages: portrait.languages.join(", "),
            ways: portrait.ways.iter().map(|one| one.number()).collect(),
            meets: portrait.meets,
            coming_in: portrait.coming_in,
            reply_hours: Some(portrait.reply_hours)
                .filter(|hours| *hours > 0)
                .map(|hours| hours.to_string())
                .unwrap_or_default(),
            size: number(portrait.size.map(ListingSize::number)),
            led: number(portrait.led.map(ListingLed::number)),
        }
    }

    fn portrait(&self) -> Portrait {
        let list = |text: &str| {
            let parts = text.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect::<Vec<_>>()
        };
        Portrait {
            title: self.title.trim().to_owned(),
            about: lines(self.about.trim()),
            topics: self.topics.iter().filter_map(|one| ListingTopic::of(*one)).collect(),
            tags: list(&self.tags),
            languages: list(&self.languages),
            ways: self.ways.iter().filter_map(|one| ListingWay::of(*one)).collect(),
            meets: self.meets.trim().to_owned(),
            coming_in: self.coming_in.trim().to_owned(),
            reply_hours: self.reply_hours.trim().parse().unwrap_or(0),
            size: self.size.parse().ok().and_then(ListingSize::of),
            led: self.led.parse().ok().and_then(ListingLed::of),
        }
    }
}

async fn show(visit: Visit, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let inside = visit.group(&id)?.state == GroupState::Joined;
    let listing = visit.service().listing_show(&id).await?;
    let words = &visit.words;
    let state = listing.listed.as_ref().map(|listed| listed.state);
    let ended = state == Some(ListedState::Ended);
    let mine = listing.listed.as_ref().is_some_and(|listed| listed.mine);
    let expires = listing.listed.as_ref().and_then(|listed| listed.expires.clone());
    let f = visit.frame(words.t("found"), Nav::Groups).in_group(&visit, &id, Room::Inside);
    Ok(page(&FoundPage {
        open: state.is_some_and(|state| state != ListedState::Ended),
        ended,
        may_list: listing.may_list && inside,
        may_end: listing.may_end && inside,
        has_file: listing.may_end && inside && (ended || (mine && state == Some(ListedState::Listed))),
        expires: expires.map(|when| visit.clock.day(words, &when).said),
        listed: listing
            .listed
            .map(|listed| (PortraitView::of(words, &listed.portrait), stands(&visit, &listed))),
        f: f.done(asked.done.as_deref()),
        id,
    }))
}

fn stands(visit: &Visit, listed: &Listed) -> String {
    let words = &visit.words;
    let since = visit.clock.day(words, &listed.since).said;
    let by = words.t2("found-by", "name", &listed.name, "when", since);
    let stands = words.t(match listed.state {
        ListedState::Listed => "found-listed",
        ListedState::Awaiting => "found-awaiting",
        ListedState::Over => "found-over",
        ListedState::Ended => "found-ended",
    });
    format!("{by} {stands}")
}

async fn edit(visit: Visit, Path(id): Path<String>) -> Result<Response, Oops> {
    visit.group(&id)?;
    let listing = visit.service().listing_show(&id).await?;
    if !listing.may_list {
        return Err(Oops::missing());
    }
    let filled = match listing.listed {
        Some(listed) => Filled::of(listed.portrait),
        None => {
            Filled { languages: visit.words.language().code.to_owned(), ways: vec![1], ..Filled::default() }
        }
    };
    Ok(edit_page(&visit, id, filled, None, None))
}

async fn preview(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    visit.group(&id)?;
    match visit.service().listing_preview(&id, filled.portrait()).await {
        Ok(preview) => Ok(edit_page(&visit, id, filled, None, Some(preview))),
        Err(problem) => Ok(edit_page(&visit, id, filled, Some(&problem), None)),
    }
}

async fn publish(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    visit.group(&id)?;
    match visit.service().listing_publish(&id, filled.portrait()).await {
        Ok(_) => Ok(see(format!("/groups/{id}/found?done=done-listed"))),
        Err(problem) => Ok(edit_page(&visit, id, filled, Some(&problem), None)),
    }
}

async fn end(visit: Visit, Path(id): Path<String>, Form(_): Form<Nothing>) -> Result<Response, Oops> {
    visit.group(&id)?;
    visit.service().listing_end(&id).await?;
    Ok(see(format!("/groups/{id}/found?done=done-unlisted")))
}

async fn file(visit: Visit, Path(id): Path<String>, Form(_): Form<Nothing>) -> Result<Response, Oops> {
    visit.group(&id)?;
    let bytes = visit.service().listing_file(&id).await?;
    let saved = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"listing.kith\""),
    ];
    Ok((saved, bytes).into_response())
}

fn edit_page(
    visit: &Visit,
    id: String,
    filled: Filled,
    problem: Option<&Problem>,
    preview: Option<ListingPreview>,
) -> Response {
    let words = &visit.words;
    let chosen = |number: u8, value: &str| number.to_string() == value;
    page(&EditPage {
        f: visit.frame(words.t("found-edit"), Nav::Groups).in_group(visit, &id, Room::Inside),
        error: problem.map(|problem| Said::of(words, problem)),
        topics: ListingTopic::ALL
            .iter()
            .map(|one| (one.number(), words.t(topic(*one)), filled.topics.contains(&one.number())))
            .collect(),
        ways: ListingWay::ALL
            .iter()
            .map(|one| (one.number(), words.t(way(*one)), filled.ways.contains(&one.number())))
            .collect(),
        sizes: ListingSize::ALL
            .iter()
            .map(|one| (one.number(), words.t(size(*one)), chosen(one.number(), &filled.size)))
            .collect(),
        leds: ListingLed::ALL
            .iter()
            .map(|one| (one.number(), words.t(led(*one)), chosen(one.number(), &filled.led)))
            .collect(),
        preview: preview.map(|preview| (PortraitView::of(words, &preview.portrait), preview)),
        filled,
        id,
    })
}
