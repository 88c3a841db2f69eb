//! The pages: one file a screen, each with its routes.

use axum::Router;

use crate::web::Web;

mod group;
mod lock;
pub mod problem;
mod write;

pub use self::lock::Tries;

/// Pages for those who were let in.
pub fn routes() -> Router<Web> {
    Router::new().merge(group::routes()).merge(write::routes()).merge(lock::routes())
}

/// Pages for anybody who reaches this device.
pub fn open_routes() -> Router<Web> {
    Router::new().merge(lock::open_routes())
}
