//! What is told to a group or a buddy by choice.

use axum::Json;
use axum::extract::State;

use super::Answer;
use crate::api::Api;
use crate::api::extract::{Body, Path};
use crate::api::types::{
    CheckIn, Delivery, LetterSent, Mine, Problem, ShareIn, SharedCheckIns, SharedMilestones, Written,
};

/// How members said they are, the newest first.
#[utoipa::path(get, path = "/groups/{group}/check-ins", tag = "talk", operation_id = "shared_check_ins",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = SharedCheckIns), (status = "default", body = Problem)))]
pub async fn check_ins(State(api): State<Api>, Path(group): Path<String>) -> Answer<SharedCheckIns> {
    api.service.shared_check_ins(&group).await.map(Json)
}

/// Tells a group how I am, and keeps it for me.
#[utoipa::path(post, path = "/groups/{group}/check-ins", tag = "talk", operation_id = "share_check_in",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    request_body = CheckIn,
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn check_in(
    State(api): State<Api>,
    Path(group): Path<String>,
    Body(wish): Body<CheckIn>,
) -> Answer<Delivery> {
    api.service.share_check_in(&group, wish).await.map(Json)
}

/// Tells a buddy how I am, and keeps it for me.
#[utoipa::path(post, path = "/groups/{group}/contacts/{member}/check-in", tag = "talk", operation_id = "tell_buddy",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("member" = String, Path, description = "Id or beginning of an id")),
    request_body = CheckIn,
    responses((status = 200, body = LetterSent), (status = "default", body = Problem)))]
pub async fn tell_buddy(
    State(api): State<Api>,
    Path((group, member)): Path<(String, String)>,
    Body(wish): Body<CheckIn>,
) -> Answer<LetterSent> {
    api.service.tell_buddy(&group, &member, wish).await.map(Json)
}

/// What members said they reached, the newest first.
#[utoipa::path(get, path = "/groups/{group}/milestones", tag = "talk", operation_id = "shared_milestones",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = SharedMilestones), (status = "default", body = Problem)))]
pub async fn milestones(State(api): State<Api>, Path(group): Path<String>) -> Answer<SharedMilestones> {
    api.service.shared_milestones(&group).await.map(Json)
}

/// Tells a group what I count, as it stands now.
#[utoipa::path(post, path = "/mine/milestones/{id}/share", tag = "mine", operation_id = "share_milestone",
    params(("id" = String, Path, description = "Id or beginning of an id")),
    request_body = ShareIn,
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn share_milestone(
    State(api): State<Api>,
    Path(id): Path<String>,
    Body(share): Body<ShareIn>,
) -> Answer<Delivery> {
    api.service.share_milestone(&id, &share.group).await.map(Json)
}

/// Keeps a letter's kind words in the jar.
#[utoipa::path(post, path = "/groups/{group}/letters/{letter}/keep", tag = "mine", operation_id = "keep_letter",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("letter" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = Mine<Written>), (status = "default", body = Problem)))]
pub async fn keep_letter(
    State(api): State<Api>,
    Path((group, letter)): Path<(String, String)>,
) -> Answer<Mine<Written>> {
    api.service.keep_letter(&group, &letter).await.map(Json)
}
