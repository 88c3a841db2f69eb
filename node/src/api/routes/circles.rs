//! Circles.

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use super::Answer;
use crate::api::extract::{Body, LongBody, Path};
use crate::api::types::{
    ActInCircle, AnnounceCircle, Circle, CircleList, Delivery, Problem, Room, SayInCircle,
};
use crate::api::{Api, feed};

/// The circles of a group.
#[utoipa::path(get, path = "/groups/{group}/circles", tag = "circles", operation_id = "circles",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = CircleList), (status = "default", body = Problem)))]
pub async fn list(State(api): State<Api>, Path(group): Path<String>) -> Answer<CircleList> {
    api.service.circles(&group).await.map(Json)
}

/// Announces a circle.
#[utoipa::path(post, path = "/groups/{group}/circles", tag = "circles", operation_id = "announce_circle",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    request_body = AnnounceCircle,
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn announce(
    State(api): State<Api>,
    Path(group): Path<String>,
    LongBody(wish): LongBody<AnnounceCircle>,
) -> Answer<Delivery> {
    api.service.announce_circle(&group, wish).await.map(Json)
}

/// One circle, as it was announced.
#[utoipa::path(get, path = "/circles/{circle}", tag = "circles", operation_id = "circle",
    params(("circle" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = Circle), (status = "default", body = Problem)))]
pub async fn show(State(api): State<Api>, Path(circle): Path<String>) -> Answer<Circle> {
    api.service.circle(&circle).await.map(Json)
}

/// Goes to a circle, or stays in one I am in.
///
/// Whoever does not watch it, look, speak or act for five minutes leaves.
#[utoipa::path(post, path = "/circles/{circle}/enter", tag = "circles", operation_id = "enter_circle",
    params(("circle" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = Room), (status = "default", body = Problem)))]
pub async fn enter(State(api): State<Api>, Path(circle): Path<String>) -> Answer<Room> {
    api.service.enter_circle(&circle).await.map(Json)
}

/// A circle I am in, or on the way into, as it is now.
#[utoipa::path(get, path = "/circles/{circle}/room", tag = "circles", operation_id = "circle_room",
    params(("circle" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = Room), (status = "default", body = Problem)))]
pub async fn room(State(api): State<Api>, Path(circle): Path<String>) -> Answer<Room> {
    api.service.circle_room(&circle).await.map(Json)
}

/// Says something in a circle I am in. In my turn it gives the turn on, unless there is more to come.
#[utoipa::path(post, path = "/circles/{circle}/words", tag = "circles", operation_id = "say_in_circle",
    params(("circle" = String, Path, description = "Id or beginning of an id")),
    request_body = SayInCircle,
    responses((status = 200, body = Room), (status = "default", body = Problem)))]
pub async fn say(
    State(api): State<Api>,
    Path(circle): Path<String>,
    LongBody(say): LongBody<SayInCircle>,
) -> Answer<Room> {
    api.service.say_in_circle(&circle, say).await.map(Json)
}

/// Does something in a circle I am in.
#[utoipa::path(post, path = "/circles/{circle}/acts", tag = "circles", operation_id = "act_in_circle",
    params(("circle" = String, Path, description = "Id or beginning of an id")),
    request_body = ActInCircle,
    responses((status = 200, body = Room), (status = "default", body = Problem)))]
pub async fn act(
    State(api): State<Api>,
    Path(circle): Path<String>,
    Body(act): Body<ActInCircle>,
) -> Answer<Room> {
    api.service.act_in_circle(&circle, act).await.map(Json)
}

/// A circle I am in as it goes on, as server-sent events named `room`: the first as it is now, then each as it has become.
///
/// The stream ends when the circle is over here. One that fails ends with an event named `problem`.
#[utoipa::path(get, path = "/circles/{circle}/watch", tag = "circles", operation_id = "watch_circle",
    params(("circle" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = Room, content_type = "text/event-stream"),
        (status = "default", body = Problem)))]
pub async fn watch(State(api): State<Api>, Path(circle): Path<String>) -> Result<Response, Problem> {
    let place = feed::place(&api.streams)?;
    let feed = api.service.watch_circle(&circle).await?;
    Ok(feed::answer(feed, "room", place, api.closing))
}
