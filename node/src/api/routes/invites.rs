//! Invites, and coming in on one.

use axum::Json;
use axum::extract::State;

use super::{Answer, Wait, Within};
use crate::api::Api;
use crate::api::extract::{Body, Path, Query};
use crate::api::types::{CreateInvite, InviteList, Invited, Join, Joined, Problem, Revoked};

/// The invites of a group.
#[utoipa::path(get, path = "/groups/{group}/invites", tag = "invites", operation_id = "invite_list",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = InviteList), (status = "default", body = Problem)))]
pub async fn list(State(api): State<Api>, Path(group): Path<String>) -> Answer<InviteList> {
    api.service.invite_list(&group).await.map(Json)
}

/// Makes an invite.
#[utoipa::path(post, path = "/groups/{group}/invites", tag = "invites", operation_id = "invite_create",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    request_body = CreateInvite,
    responses((status = 200, body = Invited), (status = "default", body = Problem)))]
pub async fn create(
    State(api): State<Api>,
    Path(group): Path<String>,
    Body(invite): Body<CreateInvite>,
) -> Answer<Invited> {
    api.service.invite_create(&group, invite).await.map(Json)
}

/// An invite anew, its link with the addresses known now.
#[utoipa::path(get, path = "/invites/{invite}", tag = "invites", operation_id = "invite_show",
    params(("invite" = String, Path, description = "Id or beginning of an id"), Within),
    responses((status = 200, body = Invited), (status = "default", body = Problem)))]
pub async fn show(
    State(api): State<Api>,
    Path(invite): Path<String>,
    Query(within): Query<Within>,
) -> Answer<Invited> {
    api.service.invite_show(within.group.as_deref(), &invite).await.map(Json)
}

/// Takes an invite back.
#[utoipa::path(delete, path = "/invites/{invite}", tag = "invites", operation_id = "invite_revoke",
    params(("invite" = String, Path, description = "Id or beginning of an id"), Within),
    responses((status = 200, body = Revoked), (status = "default", body = Problem)))]
pub async fn revoke(
    State(api): State<Api>,
    Path(invite): Path<String>,
    Query(within): Query<Within>,
) -> Answer<Revoked> {
    api.service.invite_revoke(within.group.as_deref(), &invite).await.map(Json)
}

/// Starts to join a group by a link, or to come back to it. It goes on by itself.
#[utoipa::path(post, path = "/join", tag = "invites", operation_id = "join", request_body = Join,
    responses((status = 200, body = Joined), (status = "default", body = Problem)))]
pub async fn join(State(api): State<Api>, Body(join): Body<Join>) -> Answer<Joined> {
    api.service.join(join).await.map(Json)
}

/// How joining stands, at once or after a wait.
#[utoipa::path(get, path = "/groups/{group}/joined", tag = "invites", operation_id = "joined",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"), Wait),
    responses((status = 200, body = Joined), (status = "default", body = Problem)))]
pub async fn joined(
    State(api): State<Api>,
    Path(group): Path<String>,
    Query(wait): Query<Wait>,
) -> Answer<Joined> {
    api.service.joined(&group, wait.bounded()).await.map(Json)
}
