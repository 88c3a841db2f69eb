//! Being heard.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Answer;
use crate::api::Api;
use crate::api::extract::{Body, Path, Query};
use crate::api::types::{Coach, Delivery, GiveAck, GiveConsent, LetterSent, NeedReply, Problem, Worried};

/// Where to look.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Where {
    /// The group: id, beginning of an id, or exact title; all if left out.
    group: Option<String>,
}

/// Who waits for an answer.
///
/// Newcomers first, then who has waited longest.
#[utoipa::path(get, path = "/needs-reply", tag = "hearing", operation_id = "needs_reply",
    params(Where),
    responses((status = 200, body = NeedReply), (status = "default", body = Problem)))]
pub async fn needs_reply(State(api): State<Api>, Query(place): Query<Where>) -> Answer<NeedReply> {
    api.service.needs_reply(place.group.as_deref()).await.map(Json)
}

/// Acknowledges what somebody wrote, to them alone.
///
/// The group is told that somebody has heard it, if nobody was so far, and nothing more.
#[utoipa::path(post, path = "/posts/{post}/ack", tag = "hearing", operation_id = "acknowledge",
    params(("post" = String, Path, description = "Id or beginning of an id")),
    request_body = GiveAck,
    responses((status = 200, body = LetterSent), (status = "default", body = Problem)))]
pub async fn acknowledge(
    State(api): State<Api>,
    Path(post): Path<String>,
    Body(ack): Body<GiveAck>,
) -> Answer<LetterSent> {
    api.service.acknowledge(&post, ack).await.map(Json)
}

/// Says that I still wait for an answer to a post of mine.
#[utoipa::path(post, path = "/posts/{post}/still-need", tag = "hearing", operation_id = "still_need",
    params(("post" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn still_need(State(api): State<Api>, Path(post): Path<String>) -> Answer<Delivery> {
    api.service.still_need(&post).await.map(Json)
}

/// Says that I am writing an answer: for half an hour.
#[utoipa::path(post, path = "/posts/{post}/claim", tag = "hearing", operation_id = "claim",
    params(("post" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn claim(State(api): State<Api>, Path(post): Path<String>) -> Answer<Delivery> {
    api.service.claim(&post).await.map(Json)
}

/// Says that I do not write an answer after all.
#[utoipa::path(delete, path = "/posts/{post}/claim", tag = "hearing", operation_id = "unclaim",
    params(("post" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = Delivery), (status = "default", body = Problem)))]
pub async fn unclaim(State(api): State<Api>, Path(post): Path<String>) -> Answer<Delivery> {
    api.service.unclaim(&post).await.map(Json)
}

/// Asks whoever began a thread whether my ideas are welcome.
#[utoipa::path(post, path = "/posts/{post}/ask-to-suggest", tag = "hearing", operation_id = "ask_to_suggest",
    params(("post" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = LetterSent), (status = "default", body = Problem)))]
pub async fn ask_to_suggest(State(api): State<Api>, Path(post): Path<String>) -> Answer<LetterSent> {
    api.service.ask_to_suggest(&post).await.map(Json)
}

/// Says to a member that their ideas about a post of mine are welcome.
#[utoipa::path(post, path = "/posts/{post}/consent", tag = "hearing", operation_id = "consent",
    params(("post" = String, Path, description = "Id or beginning of an id")),
    request_body = GiveConsent,
    responses((status = 200, body = LetterSent), (status = "default", body = Problem)))]
pub async fn consent(
    State(api): State<Api>,
    Path(post): Path<String>,
    Body(consent): Body<GiveConsent>,
) -> Answer<LetterSent> {
    api.service.consent(&post, consent).await.map(Json)
}

/// What to think of beside an answer to a post, by what was wished for.
///
/// It comes with the program. Of what a person writes nothing is looked at.
#[utoipa::path(get, path = "/posts/{post}/coach", tag = "hearing", operation_id = "coach",
    params(("post" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = Coach), (status = "default", body = Problem)))]
pub async fn coach(State(api): State<Api>, Path(post): Path<String>) -> Answer<Coach> {
    api.service.coach(&post).await.map(Json)
}

/// What one can do who is worried about somebody.
#[utoipa::path(get, path = "/worried", tag = "hearing", operation_id = "worried",
    responses((status = 200, body = Worried), (status = "default", body = Problem)))]
pub async fn worried(State(api): State<Api>) -> Answer<Worried> {
    api.service.worried().await.map(Json)
}
