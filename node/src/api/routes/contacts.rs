//! Two members between themselves.

use axum::Json;
use axum::extract::State;

use super::Answer;
use crate::api::Api;
use crate::api::extract::{Body, Path, Text};
use crate::api::types::{ContactList, Conversation, LetterSent, Problem, SayTo, WriteText};

/// How it stands between others and me in a group.
#[utoipa::path(get, path = "/groups/{group}/contacts", tag = "contacts", operation_id = "contacts",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = ContactList), (status = "default", body = Problem)))]
pub async fn list(State(api): State<Api>, Path(group): Path<String>) -> Answer<ContactList> {
    api.service.contacts(&group).await.map(Json)
}

/// Says yes or no to writing to each other.
#[utoipa::path(post, path = "/groups/{group}/contacts/{member}/talk", tag = "contacts", operation_id = "say_talk",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("member" = String, Path, description = "Id or beginning of an id")),
    request_body = SayTo,
    responses((status = 200, body = LetterSent), (status = "default", body = Problem)))]
pub async fn talk(
    State(api): State<Api>,
    Path((group, member)): Path<(String, String)>,
    Body(say): Body<SayTo>,
) -> Answer<LetterSent> {
    api.service.say_talk(&group, &member, say).await.map(Json)
}

/// Says yes or no to being buddies.
#[utoipa::path(post, path = "/groups/{group}/contacts/{member}/buddy", tag = "contacts", operation_id = "say_buddy",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("member" = String, Path, description = "Id or beginning of an id")),
    request_body = SayTo,
    responses((status = 200, body = LetterSent), (status = "default", body = Problem)))]
pub async fn buddy(
    State(api): State<Api>,
    Path((group, member)): Path<(String, String)>,
    Body(say): Body<SayTo>,
) -> Answer<LetterSent> {
    api.service.say_buddy(&group, &member, say).await.map(Json)
}

/// What a member and I wrote to each other, newest first.
#[utoipa::path(get, path = "/groups/{group}/contacts/{member}/lines", tag = "contacts", operation_id = "conversation",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("member" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = Conversation), (status = "default", body = Problem)))]
pub async fn lines(
    State(api): State<Api>,
    Path((group, member)): Path<(String, String)>,
) -> Answer<Conversation> {
    api.service.conversation(&group, &member).await.map(Json)
}

/// Writes to a member with whom I agreed to.
///
/// The body is the text itself, byte for byte, or JSON.
#[utoipa::path(post, path = "/groups/{group}/contacts/{member}/lines", tag = "contacts", operation_id = "write_direct",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("member" = String, Path, description = "Id or beginning of an id")),
    request_body(content((String = "text/plain"), (WriteText = "application/json"))),
    responses((status = 200, body = LetterSent), (status = "default", body = Problem)))]
pub async fn write(
    State(api): State<Api>,
    Path((group, member)): Path<(String, String)>,
    Text(text): Text,
) -> Answer<LetterSent> {
    api.service.write_direct(&group, &member, text).await.map(Json)
}

/// Sends a member a few kind words: once a day.
///
/// The body is the text itself, byte for byte, or JSON.
#[utoipa::path(post, path = "/groups/{group}/contacts/{member}/encourage", tag = "contacts",
    operation_id = "encourage",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("member" = String, Path, description = "Id or beginning of an id")),
    request_body(content((String = "text/plain"), (WriteText = "application/json"))),
    responses((status = 200, body = LetterSent), (status = "default", body = Problem)))]
pub async fn encourage(
    State(api): State<Api>,
    Path((group, member)): Path<(String, String)>,
    Text(text): Text,
) -> Answer<LetterSent> {
    api.service.encourage(&group, &member, text).await.map(Json)
}
