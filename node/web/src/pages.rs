//! The pages: one file a screen, each with its routes.

use axum::Router;

use crate::web::Web;

mod about;
mod check_in;
mod delete;
mod desk;
mod group;
mod help_now;
mod kept;
mod lock;
mod needs_reply;
mod node;
mod office;
pub mod problem;
mod search;
mod skills;
mod thread;
mod today;
mod told;
mod write;

pub use self::lock::Tries;

/// Pages for those who were let in.
pub fn routes() -> Router<Web> {
    Router::new()
        .merge(about::routes())
        .merge(check_in::routes())
        .merge(delete::routes())
        .merge(desk::routes())
        .merge(group::routes())
        .merge(help_now::routes())
        .merge(lock::routes())
        .merge(needs_reply::routes())
        .merge(node::routes())
        .merge(office::routes())
        .merge(search::routes())
        .merge(skills::routes())
        .merge(thread::routes())
        .merge(today::routes())
        .merge(told::routes())
        .merge(write::routes())
}

/// Pages for anybody who reaches this device.
pub fn open_routes() -> Router<Web> {
    Router::new().merge(help_now::open_routes()).merge(lock::open_routes())
}
