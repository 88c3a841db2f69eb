//! Files that go with what people write.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::{Answer, WAIT_MOST};
use crate::api::Api;
use crate::api::extract::{File, Path, Query};
use crate::api::types::{Attach, Attached, AttachmentList, Prepared, Problem, Which};

/// What goes with what a group wrote, newest first.
#[utoipa::path(get, path = "/groups/{group}/attachments", tag = "attachments", operation_id = "attachments",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = AttachmentList), (status = "default", body = Problem)))]
pub async fn list(State(api): State<Api>, Path(group): Path<String>) -> Answer<AttachmentList> {
    api.service.attachments(&group).await.map(Json)
}

/// Takes a file, to go with what is written next in this group.
///
/// The body is the file itself, byte for byte. What a picture carries beside what it shows is taken out.
#[utoipa::path(post, path = "/groups/{group}/attachments", tag = "attachments", operation_id = "attach",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"), Attach),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Prepared), (status = "default", body = Problem)))]
pub async fn attach(
    State(api): State<Api>,
    Path(group): Path<String>,
    Query(wish): Query<Attach>,
    File(file, _place): File,
) -> Answer<Prepared> {
    api.service.attach(&group, file, wish).await.map(Json)
}

/// How an attachment stands here, at once or after a wait.
#[utoipa::path(get, path = "/posts/{post}/attachment", tag = "attachments", operation_id = "attachment",
    params(("post" = String, Path, description = "Id or beginning of an id of a post, reply or item"), Which),
    responses((status = 200, body = Attached), (status = "default", body = Problem)))]
pub async fn show(
    State(api): State<Api>,
    Path(post): Path<String>,
    Query(which): Query<Which>,
) -> Answer<Attached> {
    api.service.attachment(&post, number(&which), wait(&which)).await.map(Json)
}

/// Fetches an attachment from whichever member's node has it.
///
/// The node goes on after a break, and after a restart, until it is here or dropped.
#[utoipa::path(post, path = "/posts/{post}/attachment", tag = "attachments", operation_id = "fetch_attachment",
    params(("post" = String, Path, description = "Id or beginning of an id of a post, reply or item"), Which),
    responses((status = 200, body = Attached), (status = "default", body = Problem)))]
pub async fn fetch(
    State(api): State<Api>,
    Path(post): Path<String>,
    Query(which): Query<Which>,
) -> Answer<Attached> {
    api.service.fetch_attachment(&post, number(&which), wait(&which)).await.map(Json)
}

/// Takes an attachment away from this device, or stops fetching it.
#[utoipa::path(delete, path = "/posts/{post}/attachment", tag = "attachments", operation_id = "drop_attachment",
    params(("post" = String, Path, description = "Id or beginning of an id of a post, reply or item"), Which),
    responses((status = 200, body = Attached), (status = "default", body = Problem)))]
pub async fn remove(
    State(api): State<Api>,
    Path(post): Path<String>,
    Query(which): Query<Which>,
) -> Answer<Attached> {
    api.service.drop_attachment(&post, number(&which)).await.map(Json)
}

/// What is in an attachment that is here, byte for byte.
#[utoipa::path(get, path = "/posts/{post}/attachment/content", tag = "attachments",
    operation_id = "attachment_content",
    params(("post" = String, Path, description = "Id or beginning of an id of a post, reply or item"), Which),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "default", body = Problem)))]
pub async fn content(
    State(api): State<Api>,
    Path(post): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let content = api.service.attachment_content(&post, number(&which)).await?;
    // Whatever its author called it, nothing is to run it.
    let kind = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    Ok((kind, content).into_response())
}

fn number(which: &Which) -> u32 {
    which.number.unwrap_or(1)
}

fn wait(which: &Which) -> Duration {
    Duration::from_secs(which.wait.min(WAIT_MOST))
}
