//! What a request brings, within bounds, or a [`Problem`] that says what was wrong with it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, header, request::Parts};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kith_protocol::limits;
use serde::de::DeserializeOwned;
use tokio::sync::OwnedSemaphorePermit;

use super::Api;
use super::types::{Code, Problem, WriteText};
use crate::service::text;

/// A JSON body that is no text of a post, in bytes.
const JSON_MOST: usize = 16 * 1024;
/// A JSON body with a text of a post, in bytes: every byte may be escaped as `\u00xx`.
const JSON_TEXT_MOST: usize = 6 * limits::TEXT + 1024;
/// How long the body of a request may take to come in.
const BODY_WITHIN: Duration = Duration::from_secs(10);

/// A JSON body; none at all is `{}`.
pub struct Body<T>(pub T);

/// As [`Body`], of something that holds a text.
pub struct LongBody<T>(pub T);

/// The text of a post: the body itself, or the `text` of a JSON body.
pub struct Text(pub String);

/// A file: the body itself. It is in memory, and so takes one of few places.
pub struct File(pub Vec<u8>, pub OwnedSemaphorePermit);

/// Parts of the path, percent-decoded.
pub struct Path<T>(pub T);

/// The query.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        json(request, JSON_MOST).await.map(Body)
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for LongBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        json(request, JSON_TEXT_MOST.saturating_add(JSON_MOST)).await.map(LongBody)
    }
}

async fn json<T: DeserializeOwned>(request: Request, most: usize) -> Result<T, Problem> {
    let json = is_json(request.headers());
    let bytes = read(request, most, Code::RequestTooLarge).await?;
    if bytes.is_empty() {
        return parse(b"{}");
    }
    if !json {
        return Err(bad("The body must be JSON, with the header \"content-type: application/json\"."));
    }
    parse(&bytes)
}

impl<S: Sync> FromRequest<S> for Text {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let bytes = if is_json(request.headers()) {
            let body = read(request, JSON_TEXT_MOST, Code::TextTooLarge).await?;
            if std::str::from_utf8(&body).is_err() {
                return Err(Code::TextNotUtf8.into());
            }
            parse::<WriteText>(&body)?.text.into_bytes()
        } else {
            read(request, limits::TEXT, Code::TextTooLarge).await?.to_vec()
        };
        text::check(bytes).map(Text)
    }
}

impl FromRequest<Api> for File {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Problem> {
        let place = Arc::clone(&api.files).acquire_owned().await;
        let place = place.map_err(|_| Problem::of(Code::NotOpen))?;
        let bytes = read(request, limits::ATTACHMENT, Code::AttachmentTooLarge).await?;
        Ok(File(bytes.into(), place))
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Path(value)).map_err(|rejection| bad(rejection.body_text()))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::from_request_parts(parts, state).await;
        query.map(|axum::extract::Query(value)| Query(value)).map_err(|rejection| bad(rejection.body_text()))
    }
}

fn bad(message: impl Into<String>) -> Problem {
    Problem { message: message.into(), ..Code::BadRequest.into() }
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = media_type.and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes)
        .map_err(|error| bad(format!("The node did not understand this request: {error}.")))
}

async fn read(request: Request, most: usize, beyond: Code) -> Result<Bytes, Problem> {
    let body = Limited::new(request.into_body(), most);
    match tokio::time::timeout(BODY_WITHIN, body.collect()).await {
        Err(_) => Err(Code::TookTooLong.into()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(beyond.into()),
        Ok(Err(_)) => Err(bad("The request broke off before it was whole.")),
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
    }
}
