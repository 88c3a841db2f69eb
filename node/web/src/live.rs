//! Hints that something is new: one stream a page, which carries names and ids of this node, never a text. The page then
//! asks for what it may show.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use kith_node::api::types::{Code, Id};
use kith_node::service::Service;
use serde::Deserialize;

use crate::frame::{self, page};
use crate::icons;
use crate::lately::{Lately, What};
use crate::oops::Oops;
use crate::visit::Visit;
use crate::web::Web;

/// Streams served at once.
pub const STREAMS: usize = 64;
/// A comment this often shows both sides that the other is there.
const ALIVE_EVERY: Duration = Duration::from_secs(15);

/// Browsers pass over events without data (HTML standard, 9.2.6).
const SOMETHING: &str = "1";

/// What a page asks to be told of.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Wish {
    /// Of one group alone.
    group: Option<String>,
    /// Of the thread that this post is in, of all that is written.
    thread: Option<String>,
    /// Of one circle.
    circle: Option<String>,
    /// Of what happened after this; if it is left out, of what happens from now on.
    since: Option<u64>,
}

/// The stream of hints.
pub async fn events(
    State(web): State<Web>,
    visit: Visit,
    headers: HeaderMap,
    Query(wish): Query<Wish>,
) -> Result<Response, Oops> {
    let place =
        Arc::clone(&web.streams).try_acquire_owned().map_err(|_| Oops::from(Code::TooManyWatching))?;
    let circle = match &wish.circle {
        // Somebody who is not in it yet is told when they come back.
        Some(circle) => visit.service().watch_circle(circle).await.ok(),
        None => None,
    };
    // A browser that lost the stream says what it heard last (HTML standard, 9.2.4).
    let heard = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let since = heard.or(wish.since).unwrap_or_else(|| web.lately.mark());
    let mut open = visit.service().opened_or_locked()?;
    let (service, wish) = (visit.service().clone(), Arc::new(wish));
    let hints = Lately::from(&web, since).flat_map(move |(number, what)| {
        let (service, wish) = (service.clone(), Arc::clone(&wish));
        let hints = stream::iter(hints(&wish, &what));
        hints.filter_map(move |(name, post)| {
            let (service, wish) = (service.clone(), Arc::clone(&wish));
            async move {
                is_of_the_thread(&service, &wish, post.as_ref())
                    .await
                    .then(|| Event::default().id(number.to_string()).event(name).data(SOMETHING))
            }
        })
    });
    let turns = circle.map(|rooms| rooms.map(|_| Event::default().event("room").data(SOMETHING)).boxed());
    let turns = turns.unwrap_or_else(|| stream::pending().boxed());
    let locked = stream::once(async move {
        // Whoever tells is gone when the node ends, which ends the stream.
        let _ = open.wait_for(|open| !open).await;
        Event::default().event("locked").data(SOMETHING)
    });
    let hints = stream::select(hints.boxed(), locked.boxed());
    let both = stream::select(hints, turns).map(move |event| {
        let _held_until_the_stream_ends = &place;
        Ok::<_, Infallible>(event)
    });
    let until_closing = both.take_until(web.closing.clone().cancelled_owned());
    Ok(Sse::new(until_closing).keep_alive(KeepAlive::new().interval(ALIVE_EVERY)).into_response())
}

/// What a page is told of something that happened, and of which post, if it concerns it.
fn hints(wish: &Wish, what: &What) -> Vec<(&'static str, Option<Id>)> {
    let here = |group: &Id| wish.group.as_ref().is_none_or(|wished| wished == group);
    match what {
        What::Written(group, post) if here(group) => vec![("newer", Some(post.clone()))],
        // What somebody else took back or said anew is not to stand there as it was.
        What::Changed(group, post, reworded) if here(group) => {
            vec![(if *reworded { "reworded" } else { "changed" }, Some(post.clone()))]
        }
        What::Delivered => vec![("delivery", None)],
        What::Group(group) if here(group) => vec![("group", None)],
        What::Connected => vec![("conn", None)],
        What::Much => ["newer", "delivery", "group", "conn"].map(|name| (name, None)).into(),
        _ => Vec::new(),
    }
}

/// Whether something concerns the page of a thread: a post does if it is in it, and all else does.
async fn is_of_the_thread(service: &Service, wish: &Wish, post: Option<&Id>) -> bool {
    let (Some(post), Some(wished)) = (post, &wish.thread) else { return true };
    let thread = service.thread(post, true).await;
    thread.is_ok_and(|thread| thread.posts.iter().any(|one| one.post == *wished))
}

/// The line about the connection, by itself.
#[derive(Template)]
#[template(path = "parts/connection.html")]
struct Connection {
    connection: Vec<String>,
}

/// The line about the connection.
pub async fn connection(visit: Visit) -> Response {
    page(&Connection { connection: frame::connection(&visit) })
}
