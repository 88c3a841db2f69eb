//! The local API: HTTP and JSON under `/api/v1`, with server-sent events, over a Unix socket that belongs to
//! one user.
//!
//! Guarantees: every answer that is no success is `{"code","message","hint"}` ([`types::Problem`]); texts of
//! people pass byte for byte; the description at `/api/v1/openapi.json` is made from the routes themselves,
//! so it lists exactly what is served. Refuses: bodies above their bound, requests that dawdle, more streams
//! and connections than [`STREAMS`] and [`serve::CONNECTIONS`].
//!
//! The socket is the only boundary: whoever may open it is its user. Nothing here may be bound to a network
//! address.

mod error;
pub(crate) mod extract;
mod feed;
pub mod openapi;
mod routes;
pub mod serve;
pub mod socket;
pub mod types;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use self::types::{Code, Problem};
use crate::service::Service;

/// Where everything is.
pub const BASE: &str = "/api/v1";

/// Streams served at once. One more is refused with [`Code::TooManyWatching`].
pub const STREAMS: usize = 32;

/// Files taken in at once, each in memory as a whole. Whoever brings one more waits.
const FILES: usize = 2;

/// How long answering may take; streams have begun by then. Later: [`Code::TookTooLong`].
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// What the routes work with.
#[derive(Clone)]
struct Api {
    service: Service,
    streams: Arc<Semaphore>,
    files: Arc<Semaphore>,
    closing: CancellationToken,
}

/// The routes over a service. Streams end when `closing` is cancelled.
pub fn router(service: Service, closing: CancellationToken) -> Router {
    let (routes, openapi) = openapi::routes().split_for_parts();
    let description = openapi::json(&openapi);
    let api = Api {
        service,
        streams: Arc::new(Semaphore::new(STREAMS)),
        files: Arc::new(Semaphore::new(FILES)),
        closing,
    };
    routes
        .route(
            openapi::PATH,
            axum::routing::get(async move || {
                ([(header::CONTENT_TYPE, "application/json")], description.clone())
            }),
        )
        .fallback(async || Problem::of(Code::UnknownRoute))
        .method_not_allowed_fallback(async || Problem::of(Code::UnknownRoute))
        .layer(middleware::from_fn_with_state(ANSWER_WITHIN, bounded))
        .with_state(api)
}

/// Answers in time or says so, and lets nothing be kept by whoever is in between.
async fn bounded(State(within): State<Duration>, request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(within, next.run(request)).await;
    let mut response = answer.unwrap_or_else(|_| Problem::of(Code::TookTooLong).into_response());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests;
