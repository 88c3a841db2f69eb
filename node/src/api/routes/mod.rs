//! One handler for each wish, thin: take the request apart, ask the [`crate::service::Service`], answer.

mod attachments;
mod calendar;
mod circles;
mod contacts;
mod directory;
mod governing;
mod groups;
mod hearing;
mod intros;
mod invites;
mod keepers;
mod knocks;
mod letters;
mod library;
mod members;
mod mine;
mod moderation;
mod node;
mod notes;
mod rota;
mod search;
mod sharing;
mod standing;
mod talk;
mod welcome;

use std::time::Duration;

use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::types::Problem;

/// The longest a request may wait for something to happen, in seconds. Who wants to wait longer asks again.
const WAIT_MOST: u64 = 30;

/// What a handler answers.
type Answer<T> = Result<Json<T>, Problem>;

/// For what may be looked for in one group only.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Within {
    /// The group to look in; in all if left out.
    group: Option<String>,
}

/// For what may take time.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wait {
    /// How long to wait for it to happen, in seconds: at most 30 are waited.
    #[serde(default)]
    wait: u64,
}

impl Wait {
    fn bounded(&self) -> Duration {
        Duration::from_secs(self.wait.min(WAIT_MOST))
    }
}

/// Every route, relative to [`super::BASE`].
pub fn all() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(node::status))
        .routes(routes!(node::paths))
        .routes(routes!(node::peers))
        .routes(routes!(node::doctor))
        .routes(routes!(node::stop))
        .routes(routes!(standing::latch))
        .routes(routes!(standing::unlock))
        .routes(routes!(standing::lock))
        .routes(routes!(standing::begin))
        .routes(routes!(standing::words))
        .routes(routes!(standing::page))
        .routes(routes!(node::events))
        .routes(routes!(groups::list, groups::create))
        .routes(routes!(groups::show, groups::forget))
        .routes(routes!(groups::leave))
        .routes(routes!(groups::keep))
        .routes(routes!(invites::list, invites::create))
        .routes(routes!(invites::show, invites::revoke))
        .routes(routes!(invites::join))
        .routes(routes!(invites::joined))
        .routes(routes!(directory::mine, directory::publish, directory::end))
        .routes(routes!(directory::preview))
        .routes(routes!(directory::file))
        .routes(routes!(directory::list, directory::add))
        .routes(routes!(directory::remove))
        .routes(routes!(directory::refresh))
        .routes(routes!(directory::find))
        .routes(routes!(directory::one))
        .routes(routes!(directory::knock))
        .routes(routes!(knocks::look))
        .routes(routes!(knocks::list))
        .routes(routes!(knocks::show))
        .routes(routes!(knocks::say))
        .routes(routes!(knocks::admit))
        .routes(routes!(knocks::decline))
        .routes(routes!(talk::read, talk::post))
        .routes(routes!(talk::watch))
        .routes(routes!(talk::reply))
        .routes(routes!(talk::edit))
        .routes(routes!(talk::withdraw))
        .routes(routes!(talk::withdraw_all))
        .routes(routes!(talk::thread))
        .routes(routes!(talk::delivery))
        .routes(routes!(hearing::needs_reply))
        .routes(routes!(hearing::acknowledge))
        .routes(routes!(hearing::still_need))
        .routes(routes!(hearing::claim, hearing::unclaim))
        .routes(routes!(hearing::ask_to_suggest))
        .routes(routes!(hearing::consent))
        .routes(routes!(hearing::coach))
        .routes(routes!(hearing::worried))
        .routes(routes!(notes::choices, notes::choose))
        .routes(routes!(notes::propose))
        .routes(routes!(notes::accept))
        .routes(routes!(notes::decline))
        .routes(routes!(contacts::list))
        .routes(routes!(contacts::talk))
        .routes(routes!(contacts::buddy))
        .routes(routes!(contacts::lines, contacts::write))
        .routes(routes!(contacts::encourage))
        .routes(routes!(library::list, library::add))
        .routes(routes!(library::show))
        .routes(routes!(library::check))
        .routes(routes!(library::helped))
        .routes(routes!(circles::list, circles::announce))
        .routes(routes!(circles::show))
        .routes(routes!(circles::enter))
        .routes(routes!(circles::room))
        .routes(routes!(circles::say))
        .routes(routes!(circles::act))
        .routes(routes!(circles::watch))
        .routes(routes!(attachments::list, attachments::attach))
        .routes(routes!(attachments::show, attachments::fetch, attachments::remove))
        .routes(routes!(attachments::content))
        .routes(routes!(calendar::list, calendar::add))
        .routes(routes!(calendar::show))
        .routes(routes!(calendar::change))
        .routes(routes!(welcome::list))
        .routes(routes!(welcome::welcome))
        .routes(routes!(welcome::welcomed))
        .routes(routes!(welcome::settle_in))
        .routes(routes!(welcome::take_step))
        .routes(routes!(intros::list, intros::introduce, intros::take_back))
        .routes(routes!(intros::matches))
        .routes(routes!(sharing::check_ins, sharing::check_in))
        .routes(routes!(sharing::tell_buddy))
        .routes(routes!(sharing::milestones))
        .routes(routes!(sharing::share_milestone))
        .routes(routes!(sharing::keep_letter))
        .routes(routes!(search::search))
        .routes(routes!(governing::charter, governing::edit))
        .routes(routes!(governing::accept))
        .routes(routes!(governing::proposals))
        .routes(routes!(governing::sign))
        .routes(routes!(governing::record))
        .routes(routes!(members::list))
        .routes(routes!(members::promote))
        .routes(routes!(members::demote))
        .routes(routes!(members::elect))
        .routes(routes!(members::step_back))
        .routes(routes!(members::remove))
        .routes(routes!(moderation::moderate))
        .routes(routes!(moderation::pause))
        .routes(routes!(moderation::mute))
        .routes(routes!(moderation::block))
        .routes(routes!(keepers::list, keepers::add))
        .routes(routes!(keepers::remove))
        .routes(routes!(rota::show, rota::take))
        .routes(routes!(rota::hand_over))
        .routes(routes!(rota::health))
        .routes(routes!(letters::report))
        .routes(routes!(letters::report_line))
        .routes(routes!(letters::reports))
        .routes(routes!(letters::answer))
        .routes(routes!(letters::write_to))
        .routes(routes!(letters::appeal))
        .routes(routes!(letters::list))
        .merge(mine::all())
}
