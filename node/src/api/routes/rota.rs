//! Who is there for the group, and when.

use axum::Json;
use axum::extract::State;

use super::Answer;
use crate::api::Api;
use crate::api::extract::{Body, Path, Text};
use crate::api::types::{GroupHealth, LetterSent, Problem, Rota, TakeDuty, WriteText};

/// Who is there now or will be.
#[utoipa::path(get, path = "/groups/{group}/rota", tag = "governing", operation_id = "rota_show",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = Rota), (status = "default", body = Problem)))]
pub async fn show(State(api): State<Api>, Path(group): Path<String>) -> Answer<Rota> {
    api.service.rota(&group).await.map(Json)
}

/// Says that I will be there.
#[utoipa::path(post, path = "/groups/{group}/rota", tag = "governing", operation_id = "rota_take",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    request_body = TakeDuty,
    responses((status = 200, body = Rota), (status = "default", body = Problem)))]
pub async fn take(
    State(api): State<Api>,
    Path(group): Path<String>,
    Body(take): Body<TakeDuty>,
) -> Answer<Rota> {
    api.service.rota_take(&group, take).await.map(Json)
}

/// How a group did lately, for who looks after it. It is reckoned on this device, and sent nowhere.
#[utoipa::path(get, path = "/groups/{group}/health", tag = "governing", operation_id = "group_health",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = GroupHealth), (status = "default", body = Problem)))]
pub async fn health(State(api): State<Api>, Path(group): Path<String>) -> Answer<GroupHealth> {
    api.service.health(&group).await.map(Json)
}

/// Tells the other facilitators alone what they should know.
///
/// The body is the text itself, byte for byte, or JSON.
#[utoipa::path(post, path = "/groups/{group}/hand-over", tag = "governing", operation_id = "hand_over",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    request_body(content((String = "text/plain"), (WriteText = "application/json"))),
    responses((status = 200, body = LetterSent), (status = "default", body = Problem)))]
pub async fn hand_over(
    State(api): State<Api>,
    Path(group): Path<String>,
    Text(text): Text,
) -> Answer<LetterSent> {
    api.service.hand_over(&group, text).await.map(Json)
}
