//! Whether the node is open.

use axum::Json;
use axum::extract::State;

use super::Answer;
use crate::api::Api;
use crate::api::extract::Body;
use crate::api::types::{Begin, LatchState, Problem, SignInPage, Unlock, WithWords};

/// Whether the node is open, and what opens it.
#[utoipa::path(get, path = "/latch", tag = "node", operation_id = "latch",
    responses((status = 200, body = LatchState), (status = "default", body = Problem)))]
pub async fn latch(State(api): State<Api>) -> Answer<LatchState> {
    api.service.latch_state().await.map(Json)
}

/// Opens the node.
#[utoipa::path(post, path = "/unlock", tag = "node", operation_id = "unlock", request_body = Unlock,
    responses((status = 200, body = LatchState), (status = "default", body = Problem)))]
pub async fn unlock(State(api): State<Api>, Body(wish): Body<Unlock>) -> Answer<LatchState> {
    api.service.unlock(wish).await.map(Json)
}

/// Closes all groups and forgets all keys until the node is unlocked.
#[utoipa::path(post, path = "/lock", tag = "node", operation_id = "lock",
    responses((status = 200, body = LatchState), (status = "default", body = Problem)))]
pub async fn lock(State(api): State<Api>) -> Answer<LatchState> {
    api.service.lock().await.map(Json)
}

/// Makes an identity, or brings one back by its recovery words, in a home that has none.
#[utoipa::path(post, path = "/identity", tag = "node", operation_id = "begin", request_body = Begin,
    responses((status = 200, body = LatchState), (status = "default", body = Problem)))]
pub async fn begin(State(api): State<Api>, Body(wish): Body<Begin>) -> Answer<LatchState> {
    api.service.begin(wish).await.map(Json)
}

/// The recovery words, for whoever opens the identity once more.
#[utoipa::path(post, path = "/identity/words", tag = "node", operation_id = "recovery_words", request_body = Unlock,
    responses((status = 200, body = WithWords), (status = "default", body = Problem)))]
pub async fn words(State(api): State<Api>, Body(wish): Body<Unlock>) -> Answer<WithWords> {
    api.service.recovery_words(wish).await.map(Json)
}

/// A new page that lets a browser in, once.
#[utoipa::path(post, path = "/page", tag = "node", operation_id = "page",
    responses((status = 200, body = SignInPage), (status = "default", body = Problem)))]
pub async fn page(State(api): State<Api>) -> Answer<SignInPage> {
    api.service.page().await.map(Json)
}
