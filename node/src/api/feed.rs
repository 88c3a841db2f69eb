//! A [`Feed`] as server-sent events: one JSON object in the `data` of each, named in its `event`.
//!
//! A feed that fails ends with an event named `problem`. When the node closes, the stream just ends.

use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use super::types::{Code, Problem};
use crate::service::{Feed, ServiceError};

/// A comment this often shows both sides that the other is there.
const ALIVE_EVERY: Duration = Duration::from_secs(15);

/// The name of the event that ends a feed which failed.
pub const PROBLEM: &str = "problem";

/// Takes one of the places for streams, for as long as the permit lives.
pub fn place(streams: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Problem> {
    Arc::clone(streams).try_acquire_owned().map_err(|_| Code::TooManyWatching.into())
}

/// Answers with a feed whose items are events named `name`.
pub fn answer<T: Serialize + 'static>(
    feed: Feed<T>,
    name: &'static str,
    place: OwnedSemaphorePermit,
    closing: CancellationToken,
) -> Response {
    let events = feed.map(move |item| {
        let _held_until_the_stream_ends = &place;
        event(name, item)
    });
    let until_closing = events.take_until(closing.cancelled_owned());
    Sse::new(until_closing).keep_alive(KeepAlive::new().interval(ALIVE_EVERY)).into_response()
}

fn event<T: Serialize>(name: &str, item: Result<T, ServiceError>) -> Result<Event, axum::Error> {
    match item {
        Ok(item) => Event::default().event(name).json_data(item),
        Err(problem) => Event::default().event(PROBLEM).json_data(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn text(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn items_are_events_and_a_failure_is_the_last() {
        let items = vec![Ok("line\nbreak"), Err(Problem::of(Code::NotOpen))];
        let streams = Arc::new(Semaphore::new(1));
        let feed: Feed<&str> = Box::pin(futures::stream::iter(items));
        let response = answer(feed, "post", place(&streams).unwrap(), CancellationToken::new());
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert!(place(&streams).is_err(), "the place is taken while the stream lives");
        let text = text(response).await;
        let events: Vec<_> = text.split_terminator("\n\n").collect();
        assert_eq!(events.len(), 2);
        assert_eq!(events[0], "event: post\ndata: \"line\\nbreak\"");
        assert!(events[1].starts_with("event: problem\ndata: {\"code\":\"not_open\""));
        assert!(place(&streams).is_ok(), "and free afterwards");
    }

    #[tokio::test]
    async fn closing_ends_a_feed_that_never_would() {
        let closing = CancellationToken::new();
        let streams = Arc::new(Semaphore::new(1));
        let feed: Feed<u8> = Box::pin(futures::stream::pending());
        let response = answer(feed, "post", place(&streams).unwrap(), closing.clone());
        closing.cancel();
        let ended = tokio::time::timeout(Duration::from_secs(5), text(response)).await;
        assert_eq!(ended.unwrap(), "");
    }
}
