//! The library.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Answer;
use crate::api::Api;
use crate::api::extract::{Body, LongBody, Path, Query, Text};
use crate::api::types::{AddItem, CheckItem, Delivery, Item, Library, Problem, WriteText};

/// Which items.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only the hope shelf: members' own stories of what got them through.
    #[serde(default)]
    hope: bool,
}

/// The library of a group, newest first.
#[utoipa::path(get, path = "/groups/{group}/library", tag = "library", operation_id = "library",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"), Which),
    responses((status = 200, body = Library), (status = "default", body = Problem)))]
pub async fn list(
    State(api): State<Api>,
    Path(group): Path<String>,
    Query(which): Query<Which>,
) -> Answer<Library> {
    api.service.library(&group, which.hope).await.map(Json)
}

/// Puts something into the library.
#[utoipa::path(post, path = "/groups/{group}/library", tag = "library", operation_id = "library_add",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    request_body = AddItem,
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn add(
    State(api): State<Api>,
    Path(group): Path<String>,
    LongBody(add): LongBody<AddItem>,
) -> Answer<Delivery> {
    api.service.library_add(&group, add).await.map(Json)
}

/// One item.
#[utoipa::path(get, path = "/library/{item}", tag = "library", operation_id = "item",
    params(("item" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = Item), (status = "default", body = Problem)))]
pub async fn show(State(api): State<Api>, Path(item): Path<String>) -> Answer<Item> {
    api.service.item(&item).await.map(Json)
}

/// Says what I found, looking at an item; of my own, when somebody should look again.
#[utoipa::path(post, path = "/library/{item}/check", tag = "library", operation_id = "library_check",
    params(("item" = String, Path, description = "Id or beginning of an id")),
    request_body = CheckItem,
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn check(
    State(api): State<Api>,
    Path(item): Path<String>,
    Body(check): Body<CheckItem>,
) -> Answer<Delivery> {
    api.service.library_check(&item, check).await.map(Json)
}

/// Says how an item helped me.
///
/// The body is the text itself, byte for byte, or JSON.
#[utoipa::path(post, path = "/library/{item}/helped", tag = "library", operation_id = "library_helped",
    params(("item" = String, Path, description = "Id or beginning of an id")),
    request_body(content((String = "text/plain"), (WriteText = "application/json"))),
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn helped(State(api): State<Api>, Path(item): Path<String>, Text(text): Text) -> Answer<Delivery> {
    api.service.library_helped(&item, text).await.map(Json)
}
