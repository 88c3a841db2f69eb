//! After a report that was hard to read: what is said to whoever answered it, and who could take over.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::get;

use super::{Asked, mine};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::Oops;
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new().route("/groups/{group}/desk/after", get(show))
}

#[derive(Template)]
#[template(path = "desk/after.html")]
struct AfterPage {
    f: Frame,
    id: String,
}

async fn show(visit: Visit, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    mine(&visit, &id)?;
    let frame = visit.frame(visit.words.t("after-heading"), Nav::Groups).in_group(&visit, &id, Room::Inside);
    Ok(page(&AfterPage { f: frame.done(asked.done.as_deref()), id }))
}
