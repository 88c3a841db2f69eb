//! Forms as browsers send them, within bounds, and only from pages of the session.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kith_node::api::types::{Code, Problem, TEXT_MOST};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::oops::Oops;
use crate::visit::Visit;
use crate::web::Web;

/// The largest form, in bytes: a text of which each byte is written as three, and the rest.
const FORM_MOST: usize = 3 * TEXT_MOST + 64 * 1024;
/// How long a form may take to come in.
const FORM_WITHIN: Duration = Duration::from_secs(10);

/// A form of a page of this session. It has a field `token`, which the page had.
pub struct Form<T>(pub T);

/// A form of somebody who has no session: nothing is believed because of it.
pub struct Bare<T>(pub T);

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: String,
}

impl<T: DeserializeOwned> FromRequest<Web> for Form<T> {
    type Rejection = Oops;

    async fn from_request(request: Request, _: &Web) -> Result<Self, Oops> {
        let visit = request.extensions().get::<Visit>().cloned().ok_or(Oops::Stale)?;
        let bytes = read(request).await?;
        let Token { token } = parse(&bytes)?;
        if !visit.session.made(&token) {
            return Err(Oops::Stale);
        }
        parse(&bytes).map(Form)
    }
}

impl<T: DeserializeOwned> FromRequest<Web> for Bare<T> {
    type Rejection = Oops;

    async fn from_request(request: Request, _: &Web) -> Result<Self, Oops> {
        parse(&read(request).await?).map(Bare)
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Oops> {
    serde_html_form::from_bytes(bytes).map_err(|_| Oops::from(Code::BadRequest))
}

async fn read(request: Request) -> Result<Bytes, Oops> {
    let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = media_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    if !essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Code::BadRequest.into());
    }
    let body = Limited::new(request.into_body(), FORM_MOST);
    match tokio::time::timeout(FORM_WITHIN, body.collect()).await {
        Err(_) => Err(Code::TookTooLong.into()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Code::RequestTooLarge.into()),
        Ok(Err(_)) => Err(Code::BadRequest.into()),
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
    }
}

/// A text that somebody wrote in a field: browsers send the end of a line as two characters.
pub fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// A text for a post: as [`lines`], and checked as every text is.
///
/// # Errors
/// [`Code::EmptyText`], [`Code::TextTooLarge`].
pub fn text(text: &str) -> Result<String, Problem> {
    let text = lines(text);
    kith_node::service::text::check(text.trim_end().to_owned().into_bytes())
}
