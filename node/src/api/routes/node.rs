//! The node itself.

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use super::{Answer, Within};
use crate::api::extract::Query;
use crate::api::types::{Doctor, Event, Paths, PeerList, Problem, Status, Stopping};
use crate::api::{Api, feed};

/// How the node and its groups do.
#[utoipa::path(get, path = "/status", tag = "node", operation_id = "status",
    responses((status = 200, body = Status), (status = "default", body = Problem)))]
pub async fn status(State(api): State<Api>) -> Answer<Status> {
    api.service.status().await.map(Json)
}

/// Where the node keeps its files.
#[utoipa::path(get, path = "/paths", tag = "node", operation_id = "paths",
    responses((status = 200, body = Paths), (status = "default", body = Problem)))]
pub async fn paths(State(api): State<Api>) -> Answer<Paths> {
    api.service.paths().await.map(Json)
}

/// Members' nodes connected now.
#[utoipa::path(get, path = "/peers", tag = "node", operation_id = "peers", params(Within),
    responses((status = 200, body = PeerList), (status = "default", body = Problem)))]
pub async fn peers(State(api): State<Api>, Query(within): Query<Within>) -> Answer<PeerList> {
    api.service.peers(within.group.as_deref()).await.map(Json)
}

/// What the node finds when it looks at itself.
#[utoipa::path(get, path = "/doctor", tag = "node", operation_id = "doctor",
    responses((status = 200, body = Doctor), (status = "default", body = Problem)))]
pub async fn doctor(State(api): State<Api>) -> Answer<Doctor> {
    api.service.doctor().await.map(Json)
}

/// Starts an orderly end of the node.
///
/// The answer comes before the end. The process named in it is gone within 10 seconds.
#[utoipa::path(post, path = "/stop", tag = "node", operation_id = "stop",
    responses((status = 200, body = Stopping), (status = "default", body = Problem)))]
pub async fn stop(State(api): State<Api>) -> Answer<Stopping> {
    api.service.stop().await.map(Json)
}

/// What happens on the node, as server-sent events named `event`.
///
/// A stream that fails ends with an event named `problem`.
#[utoipa::path(get, path = "/events", tag = "node", operation_id = "events",
    responses((status = 200, body = Event, content_type = "text/event-stream"),
        (status = "default", body = Problem)))]
pub async fn events(State(api): State<Api>) -> Result<Response, Problem> {
    let place = feed::place(&api.streams)?;
    let feed = api.service.events().await?;
    Ok(feed::answer(feed, "event", place, api.closing))
}
