//! Posts and replies.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Answer, Wait};
use crate::api::extract::{Path, Query, Text};
use crate::api::types::{Delivery, Given, Meant, Page, Post, Problem, Thread, WithdrawnAll, WriteText};
use crate::api::{Api, feed};
use crate::service::{PAGE, PAGE_MOST};

/// Which part of what a group wrote.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Part {
    /// How many posts, 1 to 500; 50 if left out.
    limit: Option<usize>,
    /// The `next` of a former part.
    before: Option<String>,
    /// Whether to give also what I hide for what it mentions.
    #[serde(default)]
    show: bool,
}

/// Whether to give what I hide.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Show {
    /// Whether to give also what I hide for what it mentions.
    #[serde(default)]
    show: bool,
}

/// Writes a post.
///
/// The body is the text itself, byte for byte, or JSON.
#[utoipa::path(post, path = "/groups/{group}/posts", tag = "talk", operation_id = "post",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"), Meant),
    request_body(content((String = "text/plain"), (WriteText = "application/json"))),
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn post(
    State(api): State<Api>,
    Path(group): Path<String>,
    Query(meant): Query<Meant>,
    Text(text): Text,
) -> Answer<Delivery> {
    api.service.post(&group, text, meant).await.map(Json)
}

/// Answers a post or reply.
///
/// The body is the text itself, byte for byte, or JSON.
#[utoipa::path(post, path = "/posts/{post}/replies", tag = "talk", operation_id = "reply",
    params(("post" = String, Path, description = "Id or beginning of an id"), Given),
    request_body(content((String = "text/plain"), (WriteText = "application/json"))),
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn reply(
    State(api): State<Api>,
    Path(post): Path<String>,
    Query(given): Query<Given>,
    Text(text): Text,
) -> Answer<Delivery> {
    api.service.reply(&post, text, given).await.map(Json)
}

/// Puts other words in place of what I wrote.
///
/// The body is the text itself, byte for byte, or JSON.
#[utoipa::path(post, path = "/posts/{post}/edits", tag = "talk", operation_id = "edit",
    params(("post" = String, Path, description = "Id or beginning of an id"), Meant),
    request_body(content((String = "text/plain"), (WriteText = "application/json"))),
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn edit(
    State(api): State<Api>,
    Path(post): Path<String>,
    Query(meant): Query<Meant>,
    Text(text): Text,
) -> Answer<Delivery> {
    api.service.edit(&post, text, meant).await.map(Json)
}

/// Takes back what I wrote.
#[utoipa::path(post, path = "/posts/{post}/withdraw", tag = "talk", operation_id = "withdraw",
    params(("post" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn withdraw(State(api): State<Api>, Path(post): Path<String>) -> Answer<Delivery> {
    api.service.withdraw(&post).await.map(Json)
}

/// Takes back all that I wrote in a group.
#[utoipa::path(post, path = "/groups/{group}/withdraw", tag = "talk", operation_id = "withdraw_all",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = WithdrawnAll), (status = "default", body = Problem)))]
pub async fn withdraw_all(State(api): State<Api>, Path(group): Path<String>) -> Answer<WithdrawnAll> {
    api.service.withdraw_all(&group).await.map(Json)
}

/// How far something I wrote has come, at once or after a wait.
#[utoipa::path(get, path = "/posts/{post}/delivery", tag = "talk", operation_id = "delivery",
    params(("post" = String, Path, description = "Id or beginning of an id"), Wait),
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn delivery(
    State(api): State<Api>,
    Path(post): Path<String>,
    Query(wait): Query<Wait>,
) -> Answer<Delivery> {
    api.service.delivery(&post, wait.bounded()).await.map(Json)
}

/// The whole thread a post is in, newest first.
#[utoipa::path(get, path = "/posts/{post}/thread", tag = "talk", operation_id = "thread",
    params(("post" = String, Path, description = "Id or beginning of an id"), Show),
    responses((status = 200, body = Thread), (status = "default", body = Problem)))]
pub async fn thread(
    State(api): State<Api>,
    Path(post): Path<String>,
    Query(show): Query<Show>,
) -> Answer<Thread> {
    api.service.thread(&post, show.show).await.map(Json)
}

/// A part of what a group wrote, newest first.
#[utoipa::path(get, path = "/groups/{group}/posts", tag = "talk", operation_id = "read",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"), Part),
    responses((status = 200, body = Page), (status = "default", body = Problem)))]
pub async fn read(
    State(api): State<Api>,
    Path(group): Path<String>,
    Query(part): Query<Part>,
) -> Answer<Page> {
    let limit = part.limit.unwrap_or(PAGE).clamp(1, PAGE_MOST);
    api.service.read(&group, limit, part.before.as_deref(), part.show).await.map(Json)
}

/// Posts and replies of a group as they arrive, as server-sent events named `post`.
///
/// A stream that fails ends with an event named `problem`.
#[utoipa::path(get, path = "/groups/{group}/watch", tag = "talk", operation_id = "watch",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = Post, content_type = "text/event-stream"),
        (status = "default", body = Problem)))]
pub async fn watch(State(api): State<Api>, Path(group): Path<String>) -> Result<Response, Problem> {
    let place = feed::place(&api.streams)?;
    let feed = api.service.watch(&group).await?;
    Ok(feed::answer(feed, "post", place, api.closing))
}
