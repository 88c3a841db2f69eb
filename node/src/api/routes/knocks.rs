//! Asking to be let in, and letting in.

use axum::Json;
use axum::extract::State;

use super::Answer;
use crate::api::Api;
use crate::api::extract::{Body, Path, Text};
use crate::api::types::{Knock, KnockList, LinkSeen, LookAtLink, Problem, WriteText};

/// What a link says, before it is used.
#[utoipa::path(post, path = "/links", tag = "invites", operation_id = "look_at_link", request_body = LookAtLink,
    responses((status = 200, body = LinkSeen), (status = "default", body = Problem)))]
pub async fn look(State(api): State<Api>, Body(look): Body<LookAtLink>) -> Answer<LinkSeen> {
    api.service.look_at_link(&look.link).await.map(Json)
}

/// Those who knock, as far as it is mine to decide; and my own knock.
#[utoipa::path(get, path = "/groups/{group}/knocks", tag = "invites", operation_id = "knock_list",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = KnockList), (status = "default", body = Problem)))]
pub async fn list(State(api): State<Api>, Path(group): Path<String>) -> Answer<KnockList> {
    api.service.knock_list(&group).await.map(Json)
}

/// One knock.
#[utoipa::path(get, path = "/knocks/{knock}", tag = "invites", operation_id = "knock_show",
    params(("knock" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = Knock), (status = "default", body = Problem)))]
pub async fn show(State(api): State<Api>, Path(knock): Path<String>) -> Answer<Knock> {
    api.service.knock_show(&knock).await.map(Json)
}

/// Says something to who knocked, or, of my own knock, to those inside.
///
/// The body is the text itself, byte for byte, or JSON.
#[utoipa::path(post, path = "/knocks/{knock}/words", tag = "invites", operation_id = "knock_say",
    params(("knock" = String, Path, description = "Id or beginning of an id")),
    request_body(content((String = "text/plain"), (WriteText = "application/json"))),
    responses((status = 200, body = Knock), (status = "default", body = Problem)))]
pub async fn say(State(api): State<Api>, Path(knock): Path<String>, Text(text): Text) -> Answer<Knock> {
    api.service.knock_say(&knock, text).await.map(Json)
}

/// Lets somebody in.
#[utoipa::path(post, path = "/knocks/{knock}/admit", tag = "invites", operation_id = "knock_admit",
    params(("knock" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = Knock), (status = "default", body = Problem)))]
pub async fn admit(State(api): State<Api>, Path(knock): Path<String>) -> Answer<Knock> {
    api.service.knock_admit(&knock).await.map(Json)
}

/// Tells somebody that they are not let in, and why.
///
/// The body is the reason itself, byte for byte, or JSON.
#[utoipa::path(post, path = "/knocks/{knock}/decline", tag = "invites", operation_id = "knock_decline",
    params(("knock" = String, Path, description = "Id or beginning of an id")),
    request_body(content((String = "text/plain"), (WriteText = "application/json"))),
    responses((status = 200, body = Knock), (status = "default", body = Problem)))]
pub async fn decline(State(api): State<Api>, Path(knock): Path<String>, Text(reason): Text) -> Answer<Knock> {
    api.service.knock_decline(&knock, reason).await.map(Json)
}
