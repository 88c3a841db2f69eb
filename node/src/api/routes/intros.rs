//! What members say of themselves, and what they have in common with me.

use axum::Json;
use axum::extract::State;

use super::Answer;
use crate::api::Api;
use crate::api::extract::{Body, Path};
use crate::api::types::{Delivery, IntroList, Introduce, Matches, Problem};

/// The introductions of a group.
#[utoipa::path(get, path = "/groups/{group}/intros", tag = "members", operation_id = "intros",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = IntroList), (status = "default", body = Problem)))]
pub async fn list(State(api): State<Api>, Path(group): Path<String>) -> Answer<IntroList> {
    api.service.intros(&group).await.map(Json)
}

/// Introduces me, in place of what I said before, which is taken back.
#[utoipa::path(post, path = "/groups/{group}/intros", tag = "members", operation_id = "introduce",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    request_body = Introduce,
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn introduce(
    State(api): State<Api>,
    Path(group): Path<String>,
    Body(say): Body<Introduce>,
) -> Answer<Delivery> {
    api.service.introduce(&group, say).await.map(Json)
}

/// Takes my introduction back.
#[utoipa::path(delete, path = "/groups/{group}/intros", tag = "members", operation_id = "introduce_no_more",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn take_back(State(api): State<Api>, Path(group): Path<String>) -> Answer<Delivery> {
    api.service.introduce_no_more(&group).await.map(Json)
}

/// Who named in their introduction what I named on this device. It is found here, and nobody is asked.
#[utoipa::path(get, path = "/groups/{group}/matches", tag = "members", operation_id = "matches",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = Matches), (status = "default", body = Problem)))]
pub async fn matches(State(api): State<Api>, Path(group): Path<String>) -> Answer<Matches> {
    api.service.matches(&group).await.map(Json)
}
