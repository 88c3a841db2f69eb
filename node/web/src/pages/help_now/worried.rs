//! What one can do who is worried about somebody.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::Worried;

use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::Oops;
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new().route("/help-now/worried", get(show))
}

#[derive(Template)]
#[template(path = "help/worried.html")]
struct WorriedPage {
    f: Frame,
    worried: Worried,
}

async fn show(visit: Visit) -> Result<Response, Oops> {
    let worried = visit.service().worried().await?;
    Ok(page(&WorriedPage { f: visit.frame(visit.words.t("help-worried"), Nav::None), worried }))
}
