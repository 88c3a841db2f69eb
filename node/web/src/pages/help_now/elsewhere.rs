//! The page between Kith and another site. It leads to what stands on the card alone.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kith_node::mine;
use serde::Deserialize;

use super::card::hidden;
use crate::frame::{Frame, Nav, Plain, Room, page, theme};
use crate::icons;
use crate::statics;
use crate::web::Web;
use crate::words::Words;

pub fn open_routes() -> Router<Web> {
    Router::new().route("/help-now/elsewhere", get(show))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    to: String,
}

#[derive(Template)]
#[template(path = "help/elsewhere_out.html")]
struct OutPage {
    f: Words,
    heading: &'static str,
    theme: &'static str,
    css: String,
    to: String,
}

#[derive(Template)]
#[template(path = "help/elsewhere_in.html")]
struct InPage {
    f: Frame,
    to: String,
}

async fn show(State(web): State<Web>, headers: HeaderMap, Query(asked): Query<Asked>) -> Response {
    let visit = web.known(&headers).await;
    if visit.is_none() && web.face().discreet.is_some() {
        return hidden(&web);
    }
    let Some(to) = known(&web, asked.to) else {
        return (StatusCode::NOT_FOUND, Plain::missing(&web)).into_response();
    };
    match visit {
        Some(visit) => page(&InPage { f: visit.frame(visit.words.t("help-leaving"), Nav::None), to }),
        None => page(&OutPage {
            f: web.words(&headers),
            heading: "help-leaving",
            theme: theme(&web.face()),
            css: statics::address("kith.css"),
            to,
        }),
    }
}

/// An address of the card: nobody else can send somebody elsewhere from here.
fn known(web: &Web, to: String) -> Option<String> {
    let general = web.service.general_card(None).elsewhere;
    let lines = mine::countries().into_iter().flat_map(|country| country.lines);
    let mut all = lines.filter_map(|line| line.online).chain([general]);
    all.any(|known| known == to).then_some(to)
}
