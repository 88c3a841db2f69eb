//! Who may ask, and what goes with each answer: before anything of a request is looked at.
//!
//! - The `Host` is exactly the app's, port included: what a name was resolved to by a trick (DNS rebinding), a name
//!   that begins or ends like it, a trailing dot, another port are all refused.
//! - Whatever changes something comes from the app's own pages: its `Origin` is exactly the app's. The exchange of a
//!   sign-in token alone may come from a file (`Origin: null`).
//! - `Sec-Fetch-Site` of other sites is refused, where a browser sends it (all do since 2023), but for that exchange and
//!   for following a link, which without a cookie shows nothing.
//! - Answers are kept by nobody, run nothing but the app's own script, stand in nobody's frame, and tell nobody where
//!   the reader was.
//!
//! Sources: Fetch standard (Origin, Sec-Fetch), CSP level 3, RFC 9110 section 7.2.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::listen::Address;
use crate::sign_in;

/// What each answer says of itself.
const HEADERS: [(HeaderName, &str); 8] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Not "no-referrer": with that, browsers send forms of our own pages with `Origin: null`.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), browsing-topics=(), interest-cohort=()",
    ),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
];

/// Lets through what the app's own pages ask, and puts on each answer what belongs there.
pub async fn guard(State(address): State<Address>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&address, request.method(), request.uri().path(), request.headers()) {
        Some(status) => (status, "This page is not for you.\n").into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn refusal(address: &Address, method: &Method, path: &str, headers: &HeaderMap) -> Option<StatusCode> {
    let only = |name: HeaderName| {
        let mut all = headers.get_all(name).iter();
        (all.next().map(HeaderValue::as_bytes), all.next().is_none())
    };
    let (host, one) = only(header::HOST);
    if host != Some(address.authority().as_bytes()) || !one {
        return Some(StatusCode::MISDIRECTED_REQUEST);
    }
    let exchange = method == Method::POST && path == sign_in::PATH;
    let reads = method == Method::GET || method == Method::HEAD;
    let (origin, one) = only(header::ORIGIN);
    let own = origin == Some(address.origin().as_bytes());
    let from_a_file = origin == Some(b"null");
    let origin_fits = own || (reads && origin.is_none()) || (exchange && from_a_file);
    if !origin_fits || !one {
        return Some(StatusCode::FORBIDDEN);
    }
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let follows_link = reads && headers.get("sec-fetch-mode").is_some_and(|mode| mode == "navigate");
    match site {
        None | Some(b"same-origin" | b"none") => None,
        Some(_) if exchange || follows_link => None,
        Some(_) => Some(StatusCode::FORBIDDEN),
    }
}
