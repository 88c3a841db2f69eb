//! The pages: one file a screen, each with its routes.

use axum::Router;

use crate::web::Web;

mod about;
mod calendar;
mod check_in;
mod circle;
mod circles;
mod delete;
mod desk;
mod find;
mod group;
mod groups;
mod help_now;
mod join;
mod kept;
mod leave_to;
mod letters;
mod library;
mod lock;
mod members;
mod messages;
mod needs_reply;
mod node;
mod office;
mod people;
pub mod problem;
mod search;
mod settings;
mod skills;
mod thread;
mod today;
mod told;
mod welcome;
mod write;

pub use self::lock::Tries;
pub use self::welcome::First;

/// Pages for those who were let in.
pub fn routes() -> Router<Web> {
    Router::new()
        .merge(about::routes())
        .merge(calendar::routes())
        .merge(check_in::routes())
        .merge(circle::routes())
        .merge(circles::routes())
        .merge(delete::routes())
        .merge(desk::routes())
        .merge(find::routes())
        .merge(group::routes())
        .merge(help_now::routes())
        .merge(leave_to::routes())
        .merge(letters::routes())
        .merge(library::routes())
        .merge(lock::routes())
        .merge(members::routes())
        .merge(messages::routes())
        .merge(needs_reply::routes())
        .merge(node::routes())
        .merge(office::routes())
        .merge(people::routes())
        .merge(search::routes())
        .merge(skills::routes())
        .merge(thread::routes())
        .merge(today::routes())
        .merge(told::routes())
        .merge(write::routes())
        .merge(groups::routes())
        .merge(join::routes())
        .merge(settings::routes())
        .merge(welcome::routes())
}

/// Pages for anybody who reaches this device.
pub fn open_routes() -> Router<Web> {
    Router::new().merge(help_now::open_routes()).merge(lock::open_routes())
}
