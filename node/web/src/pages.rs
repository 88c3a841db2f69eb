//! The pages: one file a screen, each with its routes.

use axum::Router;

use crate::web::Web;

mod about;
mod desk;
mod group;
mod lock;
mod needs_reply;
mod node;
pub mod problem;
mod record;
mod thread;
mod today;
mod write;

pub use self::lock::Tries;

/// Pages for those who were let in.
pub fn routes() -> Router<Web> {
    Router::new()
        .merge(about::routes())
        .merge(desk::routes())
        .merge(group::routes())
        .merge(lock::routes())
        .merge(needs_reply::routes())
        .merge(node::routes())
        .merge(record::routes())
        .merge(thread::routes())
        .merge(today::routes())
        .merge(write::routes())
}

/// Pages for anybody who reaches this device.
pub fn open_routes() -> Router<Web> {
    Router::new().merge(lock::open_routes())
}
