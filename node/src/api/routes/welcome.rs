//! Welcoming newcomers.

use axum::Json;
use axum::extract::State;

use super::Answer;
use crate::api::Api;
use crate::api::extract::{Body, Path, Text};
use crate::api::types::{Delivery, Newcomers, Problem, StepsLeft, TakeStep, WriteText};

/// Who came lately and has not been greeted.
#[utoipa::path(get, path = "/groups/{group}/newcomers", tag = "members", operation_id = "newcomers",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = Newcomers), (status = "default", body = Problem)))]
pub async fn list(State(api): State<Api>, Path(group): Path<String>) -> Answer<Newcomers> {
    api.service.newcomers(&group).await.map(Json)
}

/// Greets a newcomer in a post.
///
/// The body is the text itself, byte for byte, or JSON.
#[utoipa::path(post, path = "/groups/{group}/members/{member}/welcome", tag = "members", operation_id = "welcome",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("member" = String, Path, description = "Id or beginning of an id")),
    request_body(content((String = "text/plain"), (WriteText = "application/json"))),
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn welcome(
    State(api): State<Api>,
    Path((group, member)): Path<(String, String)>,
    Text(text): Text,
) -> Answer<Delivery> {
    api.service.welcome(&group, &member, text).await.map(Json)
}

/// Says that a newcomer was greeted in another way.
#[utoipa::path(post, path = "/groups/{group}/members/{member}/welcomed", tag = "members", operation_id = "welcomed",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("member" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn welcomed(
    State(api): State<Api>,
    Path((group, member)): Path<(String, String)>,
) -> Answer<Delivery> {
    api.service.welcomed(&group, &member).await.map(Json)
}

/// Says that I am not to be shown as new here.
#[utoipa::path(post, path = "/groups/{group}/settle-in", tag = "members", operation_id = "settle_in",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn settle_in(State(api): State<Api>, Path(group): Path<String>) -> Answer<Delivery> {
    api.service.settle_in(&group).await.map(Json)
}

/// Takes a first step that the node does not see by itself, or hides them. Nobody else learns of it.
#[utoipa::path(post, path = "/groups/{group}/first-steps", tag = "members", operation_id = "take_step",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    request_body = TakeStep,
    responses((status = 200, body = StepsLeft), (status = "default", body = Problem)))]
pub async fn take_step(
    State(api): State<Api>,
    Path(group): Path<String>,
    Body(take): Body<TakeStep>,
) -> Answer<StepsLeft> {
    api.service.take_step(&group, take).await.map(Json)
}
