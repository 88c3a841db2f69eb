//! The pages: one file a screen, each with its routes.

use axum::Router;

use crate::web::Web;

mod calendar;
mod circle;
mod circles;
mod group;
mod leave_to;
mod library;
mod lock;
mod needs_reply;
pub mod problem;
mod thread;
mod today;
mod write;

pub use self::lock::Tries;

/// Pages for those who were let in.
pub fn routes() -> Router<Web> {
    Router::new()
        .merge(today::routes())
        .merge(group::routes())
        .merge(needs_reply::routes())
        .merge(thread::routes())
        .merge(write::routes())
        .merge(calendar::routes())
        .merge(circles::routes())
        .merge(circle::routes())
        .merge(leave_to::routes())
        .merge(library::routes())
        .merge(lock::routes())
}

/// Pages for anybody who reaches this device.
pub fn open_routes() -> Router<Web> {
    Router::new().merge(lock::open_routes())
}
