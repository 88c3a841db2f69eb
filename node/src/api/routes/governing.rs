//! The charter, proposals, and the record.

use axum::Json;
use axum::extract::State;

use super::Answer;
use crate::api::Api;
use crate::api::extract::{Body, Path};
use crate::api::types::{Amended, EditCharter, GroupCharter, Problem, ProposalList, Record, Signed};

/// A group's charter.
#[utoipa::path(get, path = "/groups/{group}/charter", tag = "governing", operation_id = "charter_show",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = GroupCharter), (status = "default", body = Problem)))]
pub async fn charter(State(api): State<Api>, Path(group): Path<String>) -> Answer<GroupCharter> {
    api.service.charter(&group).await.map(Json)
}

/// Changes the charter, or signs that another facilitator does.
#[utoipa::path(post, path = "/groups/{group}/charter", tag = "governing", operation_id = "charter_edit",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    request_body = EditCharter,
    responses((status = 200, body = Amended), (status = "default", body = Problem)))]
pub async fn edit(
    State(api): State<Api>,
    Path(group): Path<String>,
    Body(edit): Body<EditCharter>,
) -> Answer<Amended> {
    api.service.charter_edit(&group, edit).await.map(Json)
}

/// Accepts the charter as it is.
#[utoipa::path(post, path = "/groups/{group}/charter/accept", tag = "governing", operation_id = "charter_accept",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = GroupCharter), (status = "default", body = Problem)))]
pub async fn accept(State(api): State<Api>, Path(group): Path<String>) -> Answer<GroupCharter> {
    api.service.charter_accept(&group).await.map(Json)
}

/// What waits for more facilitators to say the same.
#[utoipa::path(get, path = "/groups/{group}/proposals", tag = "governing", operation_id = "proposal_list",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = ProposalList), (status = "default", body = Problem)))]
pub async fn proposals(State(api): State<Api>, Path(group): Path<String>) -> Answer<ProposalList> {
    api.service.proposal_list(&group).await.map(Json)
}

/// Says the same as a proposal.
#[utoipa::path(post, path = "/groups/{group}/proposals/{proposal}/sign", tag = "governing",
    operation_id = "proposal_sign",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("proposal" = String, Path, description = "Id or beginning of an id")),
    responses((status = 200, body = Signed), (status = "default", body = Problem)))]
pub async fn sign(State(api): State<Api>, Path((group, proposal)): Path<(String, String)>) -> Answer<Signed> {
    api.service.proposal_sign(&group, &proposal).await.map(Json)
}

/// Everything that facilitators, helpers and voters did that counts, the newest first.
#[utoipa::path(get, path = "/groups/{group}/record", tag = "governing", operation_id = "record",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = Record), (status = "default", body = Problem)))]
pub async fn record(State(api): State<Api>, Path(group): Path<String>) -> Answer<Record> {
    api.service.record(&group).await.map(Json)
}
