//! Members, and acts on them.

use axum::Json;
use axum::extract::State;

use super::Answer;
use crate::api::Api;
use crate::api::extract::{Body, Path};
use crate::api::types::{Acted, MemberList, Problem, Promote, Remove};

/// The members of a group, present and former.
#[utoipa::path(get, path = "/groups/{group}/members", tag = "members", operation_id = "member_list",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = MemberList), (status = "default", body = Problem)))]
pub async fn list(State(api): State<Api>, Path(group): Path<String>) -> Answer<MemberList> {
    api.service.member_list(&group).await.map(Json)
}

/// Gives a member a role, or signs that another facilitator does.
#[utoipa::path(post, path = "/groups/{group}/members/{member}/promote", tag = "members",
    operation_id = "member_promote",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("member" = String, Path, description = "Id or beginning of an id")),
    request_body = Promote,
    responses((status = 200, body = Acted), (status = "default", body = Problem)))]
pub async fn promote(
    State(api): State<Api>,
    Path((group, member)): Path<(String, String)>,
    Body(promote): Body<Promote>,
) -> Answer<Acted> {
    api.service.member_promote(&group, &member, promote).await.map(Json)
}

/// Removes a member, or signs that another facilitator does.
#[utoipa::path(post, path = "/groups/{group}/members/{member}/remove", tag = "members",
    operation_id = "member_remove",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("member" = String, Path, description = "Id or beginning of an id")),
    request_body = Remove,
    responses((status = 200, body = Acted), (status = "default", body = Problem)))]
pub async fn remove(
    State(api): State<Api>,
    Path((group, member)): Path<(String, String)>,
    Body(remove): Body<Remove>,
) -> Answer<Acted> {
    api.service.member_remove(&group, &member, remove).await.map(Json)
}
