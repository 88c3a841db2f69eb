//! Hints that something is new: one stream a page, which carries names and ids of this node, never a text. The page then
//! asks for what it may show.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use kith_node::api::types::{self, Code};
use kith_node::service::Service;
use serde::Deserialize;

use crate::frame::{self, page};
use crate::icons;
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
}

/// The stream of hints.
pub async fn events(
    State(web): State<Web>,
    visit: Visit,
    Query(wish): Query<Wish>,
) -> Result<Response, Oops> {
    let place =
        Arc::clone(&web.streams).try_acquire_owned().map_err(|_| Oops::from(Code::TooManyWatching))?;
    let feed = visit.service().events().await?;
    let circle = match &wish.circle {
        // Somebody who is not in it yet is told when they come back.
        Some(circle) => visit.service().watch_circle(circle).await.ok(),
        None => None,
    };
    let (service, wish) = (visit.service().clone(), Arc::new(wish));
    let hints = feed.filter_map(move |event| {
        let (service, wish) = (service.clone(), Arc::clone(&wish));
        async move {
            let event = event.ok()?;
            let name = hint(&wish, &event)?;
            is_of_the_thread(&service, &wish, &event)
                .await
                .then(|| Event::default().event(name).data(SOMETHING))
        }
    });
    let turns = circle.map(|rooms| rooms.map(|_| Event::default().event("room").data(SOMETHING)).boxed());
    let turns = turns.unwrap_or_else(|| futures::stream::pending().boxed());
    let mut open = visit.service().opened_or_locked()?;
    let locked = futures::stream::once(async move {
        // Whoever tells is gone when the node ends, which ends the stream.
        let _ = open.wait_for(|open| !open).await;
        Event::default().event("locked").data(SOMETHING)
    });
    let hints = futures::stream::select(hints.boxed(), locked.boxed());
    let both = futures::stream::select(hints, turns).map(move |event| {
        let _held_until_the_stream_ends = &place;
        Ok::<_, Infallible>(event)
    });
    let until_closing = both.take_until(web.closing.clone().cancelled_owned());
    Ok(Sse::new(until_closing).keep_alive(KeepAlive::new().interval(ALIVE_EVERY)).into_response())
}

/// What a page is told of an event, if it concerns it.
fn hint(wish: &Wish, event: &types::Event) -> Option<&'static str> {
    let here = |group: &str| wish.group.as_deref().is_none_or(|wished| wished == group);
    match event {
        types::Event::Post(post) if here(&post.group) && !post.mine => Some("newer"),
        types::Event::Changed(post) if here(&post.group) => {
            // What somebody else took back or said anew is not to stand there as it was.
            Some(if !post.mine && (post.withdrawn || post.edited) { "reworded" } else { "changed" })
        }
        types::Event::Delivery(_) => Some("delivery"),
        types::Event::Group { group, .. } if here(group) => Some("group"),
        types::Event::Peers { .. } | types::Event::CatchingUp { .. } => Some("conn"),
        types::Event::Missed { .. } => Some("newer"),
        _ => None,
    }
}

/// Whether an event about something written concerns the page of a thread; any event does, where no thread is asked for.
async fn is_of_the_thread(service: &Service, wish: &Wish, event: &types::Event) -> bool {
    let (types::Event::Post(post) | types::Event::Changed(post), Some(wished)) = (event, &wish.thread) else {
        return true;
    };
    let thread = service.thread(&post.post, true).await;
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
