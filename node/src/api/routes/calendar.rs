//! What is coming up.

use axum::Json;
use axum::extract::State;

use super::Answer;
use crate::api::Api;
use crate::api::extract::{Body, LongBody, Path};
use crate::api::types::{AddEvent, Calendar, CalendarEvent, ChangeEvent, Delivery, Problem};

/// What is coming up in a group, and what is over: the earliest first, offers without a time last.
#[utoipa::path(get, path = "/groups/{group}/calendar", tag = "calendar", operation_id = "calendar",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = Calendar), (status = "default", body = Problem)))]
pub async fn list(State(api): State<Api>, Path(group): Path<String>) -> Answer<Calendar> {
    api.service.calendar(&group).await.map(Json)
}

/// Announces something.
#[utoipa::path(post, path = "/groups/{group}/calendar", tag = "calendar", operation_id = "event_add",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    request_body = AddEvent,
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn add(
    State(api): State<Api>,
    Path(group): Path<String>,
    LongBody(add): LongBody<AddEvent>,
) -> Answer<Delivery> {
    api.service.event_add(&group, add).await.map(Json)
}

/// One event.
#[utoipa::path(get, path = "/calendar/{event}", tag = "calendar", operation_id = "event",
    params(("event" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = CalendarEvent), (status = "default", body = Problem)))]
pub async fn show(State(api): State<Api>, Path(event): Path<String>) -> Answer<CalendarEvent> {
    api.service.event(&event).await.map(Json)
}

/// Moves or cancels an event: one's own, or any but an anniversary as facilitator or helper.
#[utoipa::path(post, path = "/calendar/{event}/change", tag = "calendar", operation_id = "event_change",
    params(("event" = String, Path, description = "Id or beginning of an id")),
    request_body = ChangeEvent,
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn change(
    State(api): State<Api>,
    Path(event): Path<String>,
    Body(change): Body<ChangeEvent>,
) -> Answer<Delivery> {
    api.service.event_change(&event, change).await.map(Json)
}
