//! Files to be saved, made of what the node knows.

use axum::http::header;
use axum::response::{IntoResponse, Response};

/// Text as people read it.
pub const TEXT: &str = "text/plain; charset=utf-8";
/// Text for programs.
pub const JSON: &str = "application/json";

/// Events for calendar programs (RFC 5545).
pub const CALENDAR: &str = "text/calendar; charset=utf-8";

/// An answer that the browser saves under a name of ours: nothing that people wrote is in it.
pub fn file(name: &'static str, kind: &'static str, bytes: String) -> Response {
    let saved = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, saved)], bytes).into_response()
}
