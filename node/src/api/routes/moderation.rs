//! Acts about what somebody wrote, and what a person hides for themselves.

use axum::Json;
use axum::extract::State;

use super::Answer;
use crate::api::Api;
use crate::api::extract::{Body, Path};
use crate::api::types::{Block, Blocked, Moderate, Moderated, Mute, Muted, Pause, Problem};

/// Folds or holds a post or reply, or restores it.
#[utoipa::path(post, path = "/posts/{post}/moderation", tag = "moderation", operation_id = "moderate",
    params(("post" = String, Path, description = "Id or beginning of an id")),
    request_body = Moderate,
    responses((status = 200, body = Moderated), (status = "default", body = Problem)))]
pub async fn moderate(
    State(api): State<Api>,
    Path(post): Path<String>,
    Body(act): Body<Moderate>,
) -> Answer<Moderated> {
    api.service.moderate(&post, act).await.map(Json)
}

/// Pauses a member's posting, or ends a pause.
#[utoipa::path(post, path = "/groups/{group}/members/{member}/pause", tag = "moderation",
    operation_id = "pause",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("member" = String, Path, description = "Id or beginning of an id")),
    request_body = Pause,
    responses((status = 200, body = Moderated), (status = "default", body = Problem)))]
pub async fn pause(
    State(api): State<Api>,
    Path((group, member)): Path<(String, String)>,
    Body(pause): Body<Pause>,
) -> Answer<Moderated> {
    api.service.pause(&group, &member, pause).await.map(Json)
}

/// Hides what a member writes from me alone, or shows it again. Nobody else learns of it.
#[utoipa::path(post, path = "/groups/{group}/members/{member}/mute", tag = "moderation",
    operation_id = "mute",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("member" = String, Path, description = "Id or beginning of an id")),
    request_body = Mute,
    responses((status = 200, body = Muted), (status = "default", body = Problem)))]
pub async fn mute(
    State(api): State<Api>,
    Path((group, member)): Path<(String, String)>,
    Body(mute): Body<Mute>,
) -> Answer<Muted> {
    api.service.mute(&group, &member, mute).await.map(Json)
}

/// Hides what a member writes from me alone and refuses their letters, or takes that back. Nobody else learns of it.
#[utoipa::path(post, path = "/groups/{group}/members/{member}/block", tag = "moderation",
    operation_id = "block",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("member" = String, Path, description = "Id or beginning of an id")),
    request_body = Block,
    responses((status = 200, body = Blocked), (status = "default", body = Problem)))]
pub async fn block(
    State(api): State<Api>,
    Path((group, member)): Path<(String, String)>,
    Body(block): Body<Block>,
) -> Answer<Blocked> {
    api.service.block(&group, &member, block).await.map(Json)
}
