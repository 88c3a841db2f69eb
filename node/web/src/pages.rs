//! The pages: one file a screen, each with its routes.

use axum::Router;

use crate::web::Web;

mod check_in;
mod delete;
mod group;
mod help_now;
mod kept;
mod lock;
pub mod problem;
mod search;
mod skills;
mod told;
mod write;

pub use self::lock::Tries;

/// Pages for those who were let in.
pub fn routes() -> Router<Web> {
    Router::new()
        .merge(group::routes())
        .merge(write::routes())
        .merge(lock::routes())
        .merge(help_now::routes())
        .merge(skills::routes())
        .merge(check_in::routes())
        .merge(delete::routes())
        .merge(search::routes())
        .merge(told::routes())
}

/// Pages for anybody who reaches this device.
pub fn open_routes() -> Router<Web> {
    Router::new().merge(lock::open_routes()).merge(help_now::open_routes())
}
