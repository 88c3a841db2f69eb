//! Finding a group that one does not know: looking through the listings of directories, on this device, and knocking.
//!
//! What is looked for is sent by POST to the node alone, so that it stands in no address and in no history of the browser.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{
    FindListings, GroupState, KnockAtListing, Listing, ListingTopic, ListingWay, Listings, Problem,
};
use serde::Deserialize;

use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::portrait::{PortraitView, topic, way};
use crate::visit::Visit;
use crate::web::Web;

mod directories;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/find", get(all).post(find))
        .route("/find/listings/{listing}", get(show))
        .route("/find/listings/{listing}/knock", post(knock))
        .merge(directories::routes())
}

#[derive(Template)]
#[template(path = "find/list.html")]
struct FindPage {
    f: Frame,
    asked: Filled,
    error: Option<Said>,
    topics: Vec<(ListingTopic, String)>,
    ways: Vec<(ListingWay, String)>,
    rows: Vec<Row>,
    more: bool,
    /// Whether any directory is read.
    reads: bool,
}

#[derive(Template)]
#[template(path = "find/listing.html")]
struct ListingPage {
    f: Frame,
    id: String,
    error: Option<Said>,
    p: PortraitView,
    questions: Vec<(String, String)>,
    ends: String,
    known_since: String,
    directories: String,
    twin: bool,
    reachable: bool,
    /// Where I stand there already: the address, and what is there.
    there: Option<(String, String)>,
    name: String,
    text: String,
}

/// A listing in the list.
struct Row {
    id: String,
    title: String,
    beginning: String,
    facts: String,
    twin: bool,
}

/// What is looked for.
#[derive(Clone, Debug, Default, Deserialize)]
struct Filled {
    #[serde(default)]
    words: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    topic: String,
    #[serde(default)]
    way: String,
    #[serde(default)]
    mine: String,
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Knocking {
    #[serde(default)]
    name: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    answers: Vec<String>,
}

/// How much of a listing a list shows, in letters.
const BEGINNING: usize = 200;

async fn all(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    looked(&visit, Filled::default(), asked.done.as_deref()).await
}

async fn find(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    looked(&visit, filled, None).await
}

async fn looked(visit: &Visit, filled: Filled, done: Option<&str>) -> Result<Response, Oops> {
    let words = &visit.words;
    let wanted = FindListings {
        words: filled.words.clone(),
        mine: !filled.mine.is_empty(),
        language: Some(filled.language.clone()).filter(|language| !language.trim().is_empty()),
        topic: ListingTopic::ALL.iter().copied().find(|one| one.number().to_string() == filled.topic),
        way: ListingWay::ALL.iter().copied().find(|one| one.number().to_string() == filled.way),
    };
    let (found, error) = match visit.service().listings(wanted).await {
        Ok(found) => (found, None),
        Err(problem) => (Listings::default(), Some(Said::of(words, &problem))),
    };
    Ok(page(&FindPage {
        f: visit.frame(words.t("find"), Nav::Groups).done(done),
        error,
        topics: ListingTopic::ALL.iter().map(|one| (*one, words.t(topic(*one)))).collect(),
        ways: ListingWay::ALL.iter().map(|one| (*one, words.t(way(*one)))).collect(),
        rows: found.listings.iter().map(|one| row(visit, one)).collect(),
        more: found.more,
        reads: found.directories > 0,
        asked: filled,
    }))
}

fn row(visit: &Visit, one: &Listing) -> Row {
    let words = &visit.words;
    let about = one.portrait.about.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut beginning: String = about.chars().take(BEGINNING).collect();
    if beginning.len() < about.len() {
        beginning.push('…');
    }
    let topics = one.portrait.topics.iter().map(|one| words.t(topic(*one)));
    let ways = one.portrait.ways.iter().map(|one| words.t(way(*one)));
    let facts: Vec<String> = topics.chain(ways).chain(one.portrait.languages.iter().cloned()).collect();
    Row {
        id: one.listing.clone(),
        title: one.portrait.title.clone(),
        beginning,
        facts: facts.join(" · "),
        twin: one.twin,
    }
}

async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Oops> {
    let listing = visit.service().listing(&id).await?;
    Ok(listing_page(&visit, listing, Knocking::default(), None))
}

async fn knock(visit: Visit, Path(id): Path<String>, Form(filled): Form<Knocking>) -> Result<Response, Oops> {
    let listing = visit.service().listing(&id).await?;
    let knock = KnockAtListing { name: filled.name.trim().to_owned(), text: told(&listing, &filled) };
    match visit.service().knock_at_listing(&listing.listing, knock).await {
        Ok(joined) => Ok(see(format!("/join/{}", joined.group))),
        Err(problem) => Ok(listing_page(&visit, listing, filled, Some(&problem))),
    }
}

/// What was answered, each with its question, and what was said beside it.
fn told(listing: &Listing, filled: &Knocking) -> String {
    let answered = listing.questions.iter().zip(&filled.answers);
    let answered = answered.filter(|(_, answer)| !answer.trim().is_empty());
    let mut told: String =
        answered.map(|(question, answer)| format!("{question}\n{}\n\n", lines(answer.trim()))).collect();
    told.push_str(&lines(filled.text.trim()));
    told.trim_end().to_owned()
}

fn listing_page(visit: &Visit, listing: Listing, filled: Knocking, problem: Option<&Problem>) -> Response {
    let words = &visit.words;
    let there = match (&listing.group, listing.state) {
        (Some(group), Some(GroupState::Joined)) => Some((format!("/groups/{group}"), words.t("find-in-it"))),
        (Some(group), Some(GroupState::Waiting)) => Some((format!("/join/{group}"), words.t("find-knocked"))),
        _ => None,
    };
    let answers = filled.answers.into_iter().chain(std::iter::repeat_with(String::new));
    let p = PortraitView::of(words, &listing.portrait);
    page(&ListingPage {
        f: visit.frame(p.title.clone(), Nav::Groups),
        error: problem.map(|problem| Said::of(words, problem)),
        p,
        questions: listing.questions.iter().cloned().zip(answers).collect(),
        ends: visit.clock.day(words, &listing.expires).said,
        known_since: visit.clock.day(words, &listing.first_seen).said,
        directories: listing.directories.join(", "),
        twin: listing.twin,
        reachable: listing.reachable,
        there,
        name: filled.name,
        text: filled.text,
        id: listing.listing,
    })
}
