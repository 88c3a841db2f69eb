//! Forms as browsers send them, within bounds, and only from pages of the session.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::{StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kith_node::api::types::{ATTACHMENT_MOST, Code, Problem, TEXT_MOST};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::oops::Oops;
use crate::visit::Visit;
use crate::web::Web;

/// The largest form, in bytes: a text of which each byte is written as three, and the rest.
const FORM_MOST: usize = 3 * TEXT_MOST + 64 * 1024;
/// The largest form with a file, in bytes.
const UPLOAD_MOST: usize = ATTACHMENT_MOST + FORM_MOST;
/// Fields of a form with a file.
const FIELDS_MOST: usize = 200;
/// How long a form with a file may take to come in: from this device, so quick.
const UPLOAD_WITHIN: Duration = Duration::from_secs(40);
/// How long a form may take to come in.
const FORM_WITHIN: Duration = Duration::from_secs(10);

/// A form of a page of this session. It has a field `token`, which the page had.
pub struct Form<T>(pub T);

/// A form of somebody who has no session: nothing is believed because of it.
pub struct Bare<T>(pub T);

/// A form of a page of this session with a file. Its token comes before the file.
pub struct Upload<T> {
    /// What was filled in.
    pub filled: T,
    /// The file: its name, and what is in it; none if none was chosen.
    pub file: Option<(String, Vec<u8>)>,
}

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

impl<T: DeserializeOwned> FromRequest<Web> for Upload<T> {
    type Rejection = Oops;

    async fn from_request(mut request: Request, web: &Web) -> Result<Self, Oops> {
        let visit = request.extensions().get::<Visit>().cloned().ok_or(Oops::Stale)?;
        DefaultBodyLimit::max(UPLOAD_MOST).apply(&mut request);
        let parts = Multipart::from_request(request, web).await.map_err(|_| Oops::from(Code::BadRequest))?;
        match tokio::time::timeout(UPLOAD_WITHIN, fields(parts, &visit)).await {
            Err(_) => Err(Code::TookTooLong.into()),
            Ok(Err(oops)) => Err(oops),
            Ok(Ok((written, file))) => {
                let written =
                    serde_html_form::to_string(&written).map_err(|_| Oops::from(Code::BadRequest))?;
                Ok(Upload { filled: parse(written.as_bytes())?, file })
            }
        }
    }
}

/// The fields of a form with a file, and the file.
type Fields = (Vec<(String, String)>, Option<(String, Vec<u8>)>);

async fn fields(mut parts: Multipart, visit: &Visit) -> Result<Fields, Oops> {
    let (mut written, mut file, mut made, mut size) = (Vec::new(), None, false, 0_usize);
    while let Some(mut part) = parts.next_field().await.map_err(refused)? {
        let name = part.name().unwrap_or_default().to_owned();
        let named = part.file_name().map(str::to_owned);
        if named.is_some() && !made {
            return Err(Oops::Stale);
        }
        let mut bytes = Vec::new();
        let most = if named.is_some() { ATTACHMENT_MOST.saturating_add(1) } else { FORM_MOST };
        while let Some(chunk) = part.chunk().await.map_err(refused)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > most {
                return Err(Code::AttachmentTooLarge.into());
            }
        }
        match named {
            Some(named) if !named.is_empty() => file = Some((named, bytes)),
            Some(_) => {}
            None => {
                size = size.saturating_add(bytes.len());
                let text = String::from_utf8(bytes).map_err(|_| Oops::from(Code::BadRequest))?;
                made |= name == "token" && visit.session.made(&text);
                written.push((name, text));
            }
        }
        if size > FORM_MOST || written.len() > FIELDS_MOST {
            return Err(Code::RequestTooLarge.into());
        }
    }
    if made { Ok((written, file)) } else { Err(Oops::Stale) }
}

fn refused(error: MultipartError) -> Oops {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Code::AttachmentTooLarge.into(),
        _ => Code::BadRequest.into(),
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
