//! Reports, notes and appeals.

use axum::Json;
use axum::extract::State;

use super::Answer;
use crate::api::Api;
use crate::api::extract::{Body, Path, Text};
use crate::api::types::{AnswerReport, LetterList, LetterSent, Problem, Report, ReportList, WriteText};

/// Reports a post to the facilitators.
#[utoipa::path(post, path = "/posts/{post}/report", tag = "letters", operation_id = "report",
    params(("post" = String, Path, description = "Id or beginning of an id")),
    request_body = Report,
    responses((status = 200, body = LetterSent), (status = "default", body = Problem)))]
pub async fn report(
    State(api): State<Api>,
    Path(post): Path<String>,
    Body(report): Body<Report>,
) -> Answer<LetterSent> {
    api.service.report(&post, report).await.map(Json)
}

/// Reports what a member wrote to me alone to the facilitators.
///
/// They get the words as their author signed them.
#[utoipa::path(post, path = "/groups/{group}/contacts/{member}/lines/{line}/report", tag = "letters",
    operation_id = "report_line",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("member" = String, Path, description = "Id or beginning of an id"),
        ("line" = String, Path, description = "Id or beginning of an id")),
    request_body = Report,
    responses((status = 200, body = LetterSent), (status = "default", body = Problem)))]
pub async fn report_line(
    State(api): State<Api>,
    Path((group, member, line)): Path<(String, String, String)>,
    Body(report): Body<Report>,
) -> Answer<LetterSent> {
    api.service.report_line(&group, &member, &line, report).await.map(Json)
}

/// Reports that reached me, and reports of mine.
#[utoipa::path(get, path = "/groups/{group}/reports", tag = "letters", operation_id = "report_list",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = ReportList), (status = "default", body = Problem)))]
pub async fn reports(State(api): State<Api>, Path(group): Path<String>) -> Answer<ReportList> {
    api.service.report_list(&group).await.map(Json)
}

/// Answers a report.
#[utoipa::path(post, path = "/groups/{group}/reports/{report}/answer", tag = "letters",
    operation_id = "report_answer",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("report" = String, Path, description = "Id or beginning of an id")),
    request_body = AnswerReport,
    responses((status = 200, body = ReportList), (status = "default", body = Problem)))]
pub async fn answer(
    State(api): State<Api>,
    Path((group, report)): Path<(String, String)>,
    Body(answer): Body<AnswerReport>,
) -> Answer<ReportList> {
    api.service.report_answer(&group, &report, answer).await.map(Json)
}

/// Writes to one member alone.
///
/// The body is the text itself, byte for byte, or JSON.
#[utoipa::path(post, path = "/groups/{group}/members/{member}/letter", tag = "letters", operation_id = "write_to",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title"),
        ("member" = String, Path, description = "Id or beginning of an id")),
    request_body(content((String = "text/plain"), (WriteText = "application/json"))),
    responses((status = 200, body = LetterSent), (status = "default", body = Problem)))]
pub async fn write_to(
    State(api): State<Api>,
    Path((group, member)): Path<(String, String)>,
    Text(text): Text,
) -> Answer<LetterSent> {
    api.service.write_to(&group, &member, text).await.map(Json)
}

/// Turns against what was done about a post of mine, or a pause, to facilitators who did not do it.
///
/// The body is the text itself, byte for byte, or JSON.
#[utoipa::path(post, path = "/posts/{post}/appeal", tag = "letters", operation_id = "appeal",
    params(("post" = String, Path, description = "A post, or the group of a pause")),
    request_body(content((String = "text/plain"), (WriteText = "application/json"))),
    responses((status = 200, body = LetterSent), (status = "default", body = Problem)))]
pub async fn appeal(
    State(api): State<Api>,
    Path(post): Path<String>,
    Text(text): Text,
) -> Answer<LetterSent> {
    api.service.appeal(&post, text).await.map(Json)
}

/// Letters that reached me.
#[utoipa::path(get, path = "/groups/{group}/letters", tag = "letters", operation_id = "letter_list",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = LetterList), (status = "default", body = Problem)))]
pub async fn list(State(api): State<Api>, Path(group): Path<String>) -> Answer<LetterList> {
    api.service.letter_list(&group).await.map(Json)
}
