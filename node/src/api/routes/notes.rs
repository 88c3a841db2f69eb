//! Content notes.

use axum::Json;
use axum::extract::State;

use super::Answer;
use crate::api::Api;
use crate::api::extract::{Body, Path};
use crate::api::types::{Delivery, NoteChoices, Post, Problem, ProposeNotes};

/// What I wish to see of texts that mention something.
#[utoipa::path(get, path = "/mine/notes", tag = "mine", operation_id = "note_choices",
    responses((status = 200, body = NoteChoices), (status = "default", body = Problem)))]
pub async fn choices(State(api): State<Api>) -> Answer<NoteChoices> {
    api.service.note_choices().await.map(Json)
}

/// Keeps what I wish to see. It holds at once, wherever texts are shown; nobody learns of it.
#[utoipa::path(post, path = "/mine/notes", tag = "mine", operation_id = "choose_notes",
    request_body = NoteChoices,
    responses((status = 200, body = NoteChoices), (status = "default", body = Problem)))]
pub async fn choose(State(api): State<Api>, Body(change): Body<NoteChoices>) -> Answer<NoteChoices> {
    api.service.choose_notes(change).await.map(Json)
}

/// Proposes notes for what another wrote.
///
/// They are for its author, who takes them up or lets them be. Those of a facilitator or helper who gives a reason stand before the
/// text.
#[utoipa::path(post, path = "/posts/{post}/notes", tag = "hearing", operation_id = "propose_notes",
    params(("post" = String, Path, description = "Id or beginning of an id")),
    request_body = ProposeNotes,
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn propose(
    State(api): State<Api>,
    Path(post): Path<String>,
    Body(wish): Body<ProposeNotes>,
) -> Answer<Delivery> {
    api.service.propose_notes(&post, wish).await.map(Json)
}

/// Puts what others proposed before a text of mine.
#[utoipa::path(post, path = "/posts/{post}/notes/accept", tag = "hearing", operation_id = "accept_notes",
    params(("post" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn accept(State(api): State<Api>, Path(post): Path<String>) -> Answer<Delivery> {
    api.service.accept_notes(&post).await.map(Json)
}

/// Lets be what others proposed for a text of mine. Nobody is told.
#[utoipa::path(post, path = "/posts/{post}/notes/decline", tag = "hearing", operation_id = "decline_notes",
    params(("post" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = Post), (status = "default", body = Problem)))]
pub async fn decline(State(api): State<Api>, Path(post): Path<String>) -> Answer<Post> {
    api.service.decline_notes(&post).await.map(Json)
}
