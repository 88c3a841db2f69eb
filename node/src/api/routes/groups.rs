//! Groups.

use axum::Json;
use axum::extract::State;

use super::Answer;
use crate::api::Api;
use crate::api::extract::{Body, Path};
use crate::api::types::{
    CreateGroup, Created, Forgotten, Group, GroupList, Keep, Kept, Leave, Left, Problem,
};

/// The groups of this node.
#[utoipa::path(get, path = "/groups", tag = "groups", operation_id = "group_list",
    responses((status = 200, body = GroupList), (status = "default", body = Problem)))]
pub async fn list(State(api): State<Api>) -> Answer<GroupList> {
    api.service.group_list().await.map(Json)
}

/// Opens a group.
#[utoipa::path(post, path = "/groups", tag = "groups", operation_id = "group_create", request_body = CreateGroup,
    responses((status = 200, body = Created), (status = "default", body = Problem)))]
pub async fn create(State(api): State<Api>, Body(group): Body<CreateGroup>) -> Answer<Created> {
    api.service.group_create(group).await.map(Json)
}

/// One group.
#[utoipa::path(get, path = "/groups/{group}", tag = "groups", operation_id = "group_show",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = Group), (status = "default", body = Problem)))]
pub async fn show(State(api): State<Api>, Path(group): Path<String>) -> Answer<Group> {
    api.service.group_show(&group).await.map(Json)
}

/// Forgets a group: its folder and keys on this device are destroyed.
#[utoipa::path(delete, path = "/groups/{group}", tag = "groups", operation_id = "group_forget",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = Forgotten), (status = "default", body = Problem)))]
pub async fn forget(State(api): State<Api>, Path(group): Path<String>) -> Answer<Forgotten> {
    api.service.group_forget(&group).await.map(Json)
}

/// Leaves a group, and keeps what was received.
#[utoipa::path(post, path = "/groups/{group}/leave", tag = "groups", operation_id = "group_leave",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    request_body = Leave,
    responses((status = 200, body = Left), (status = "default", body = Problem)))]
pub async fn leave(
    State(api): State<Api>,
    Path(group): Path<String>,
    Body(leave): Body<Leave>,
) -> Answer<Left> {
    api.service.group_leave(&group, leave).await.map(Json)
}

/// Keeps what is written for so many days at most on this node, whatever the charter says.
#[utoipa::path(post, path = "/groups/{group}/keep", tag = "groups", operation_id = "group_keep",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    request_body = Keep,
    responses((status = 200, body = Kept), (status = "default", body = Problem)))]
pub async fn keep(State(api): State<Api>, Path(group): Path<String>, Body(keep): Body<Keep>) -> Answer<Kept> {
    api.service.group_keep(&group, keep).await.map(Json)
}
