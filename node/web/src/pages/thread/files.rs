//! Files that go with a post or an item of the library: given to the browser to save, fetched from other members' nodes, taken away from here.
//!
//! Whatever a file holds, it is given as something to save. Pictures that browsers draw safely say what they are, so that
//! a page can show them; all else is a heap of bytes to the browser.

use std::time::Duration;

use axum::extract::Path;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};

use super::Nothing;
use crate::form::Form;
use crate::oops::{Oops, see};
use crate::parts::file::{ending, shown};
use crate::visit::Visit;

/// How long a page waits for a file that was asked for: small ones are here at once.
const WAITS: Duration = Duration::from_secs(2);

/// Which file, as its address says.
type Place = Path<(String, String, u32)>;

pub async fn give(visit: Visit, Path((group, post, number)): Place) -> Result<Response, Oops> {
    let attached = visit.service().attachment(&post, number, Duration::ZERO).await?;
    if attached.group != group {
        return Err(Oops::missing());
    }
    let bytes = visit.service().attachment_content(&post, number).await?;
    let media = attached.attachment.media;
    let kind = shown(media).unwrap_or("application/octet-stream");
    // Not the name its author gave it: that may be meant to mislead.
    let name = format!("attachment; filename=\"attachment-{number}.{}\"", ending(media));
    let name = HeaderValue::try_from(name).unwrap_or(HeaderValue::from_static("attachment"));
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CONTENT_DISPOSITION, name)], bytes)
        .into_response())
}

pub async fn fetch(
    visit: Visit,
    asked: Uri,
    Path((_, post, number)): Place,
    Form(_): Form<Nothing>,
) -> Result<Response, Oops> {
    visit.service().fetch_attachment(&post, number, WAITS).await?;
    Ok(there(asked.path(), &post, number))
}

pub async fn put_away(
    visit: Visit,
    asked: Uri,
    Path((_, post, number)): Place,
    Form(_): Form<Nothing>,
) -> Result<Response, Oops> {
    visit.service().drop_attachment(&post, number).await?;
    Ok(there(asked.path(), &post, number))
}

/// Back to the page that the file is on.
fn there(asked: &str, of: &str, number: u32) -> Response {
    let page = asked.split_once("/attachments/").map_or("/today", |(page, _)| page);
    see(format!("{page}#file-{of}-{number}"))
}
