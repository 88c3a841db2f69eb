//! Keepers of a group.

use axum::Json;
use axum::extract::State;

use super::Answer;
use crate::api::Api;
use crate::api::extract::{Body, Path};
use crate::api::types::{AddKeeper, KeeperList, Problem};

/// The keepers of a group.
#[utoipa::path(get, path = "/groups/{group}/keepers", tag = "governing", operation_id = "keeper_list",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = KeeperList), (status = "default", body = Problem)))]
pub async fn list(State(api): State<Api>, Path(group): Path<String>) -> Answer<KeeperList> {
    api.service.keepers(&group).await.map(Json)
}

/// Brings a keeper in, by the link that whoever runs it gave out. The group is told once the keeper has agreed.
#[utoipa::path(post, path = "/groups/{group}/keepers", tag = "governing", operation_id = "keeper_add",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    request_body = AddKeeper,
    responses((status = 200, body = KeeperList), (status = "default", body = Problem)))]
pub async fn add(
    State(api): State<Api>,
    Path(group): Path<String>,
    Body(add): Body<AddKeeper>,
) -> Answer<KeeperList> {
    api.service.keeper_add(&group, &add.link).await.map(Json)
}

/// Brings nothing more to a keeper, for all the group.
#[utoipa::path(delete, path = "/groups/{group}/keepers/{place}", tag = "governing", operation_id = "keeper_remove",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("place" = String, Path, description = "Place of the keeper, or the beginning of it")),
    responses((status = 200, body = KeeperList), (status = "default", body = Problem)))]
pub async fn remove(
    State(api): State<Api>,
    Path((group, place)): Path<(String, String)>,
) -> Answer<KeeperList> {
    api.service.keeper_remove(&group, &place).await.map(Json)
}
