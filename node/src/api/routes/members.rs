//! Members, and acts on them.

use axum::Json;
use axum::extract::State;

use super::Answer;
use crate::api::Api;
use crate::api::extract::{Body, Path};
use crate::api::types::{Acted, Demote, MemberList, Problem, Promote, Remove};

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

/// Gives up my own office.
#[utoipa::path(post, path = "/groups/{group}/step-back", tag = "members", operation_id = "member_step_back",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = Acted), (status = "default", body = Problem)))]
pub async fn step_back(State(api): State<Api>, Path(group): Path<String>) -> Answer<Acted> {
    api.service.member_step_back(&group).await.map(Json)
}

/// Sets a helper or facilitator back, or signs that another facilitator does.
#[utoipa::path(post, path = "/groups/{group}/members/{member}/demote", tag = "members",
    operation_id = "member_demote",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("member" = String, Path, description = "Id or beginning of an id")),
    request_body = Demote,
    responses((status = 200, body = Acted), (status = "default", body = Problem)))]
pub async fn demote(
    State(api): State<Api>,
    Path((group, member)): Path<(String, String)>,
    Body(demote): Body<Demote>,
) -> Answer<Acted> {
    api.service.member_demote(&group, &member, demote).await.map(Json)
}

/// Votes for a member to become a facilitator, where the facilitators have been silent.
#[utoipa::path(post, path = "/groups/{group}/members/{member}/elect", tag = "members",
    operation_id = "member_elect",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("member" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = Acted), (status = "default", body = Problem)))]
pub async fn elect(State(api): State<Api>, Path((group, member)): Path<(String, String)>) -> Answer<Acted> {
    api.service.member_elect(&group, &member).await.map(Json)
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
