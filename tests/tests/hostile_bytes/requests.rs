//! Requests to the local API, through its routes: path, query, kind of body and body, over a node that is not
//! open. A request that was understood gets as far as being told so.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use kith_node::api;
use kith_node::service::Service;
use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::doors::{self, Door};

/// Where requests go; `*` stands for bytes of the input.
const ROUTES: &[(&str, &str)] = &[
    ("POST", "/groups"),
    ("POST", "/groups/a/posts"),
    ("POST", "/posts/a/replies"),
    ("POST", "/groups/a/invites"),
    ("POST", "/groups/a/leave"),
    ("POST", "/groups/a/members/b/promote"),
    ("POST", "/groups/a/members/b/remove"),
    ("POST", "/join"),
    ("GET", "/groups/*/posts"),
    ("GET", "/groups/a/posts?*"),
    ("GET", "/posts/a/delivery?*"),
    ("GET", "/*"),
];
const TYPES: &[&str] =
    &["application/json", "application/json; charset=utf-8", "text/plain", "", "Application/JSON;", "json"];
/// What is tried with every route.
const BODIES: &[&str] = &[
    "",
    "{}",
    r#"{"title":"T","purpose":"P","name":"N","history":"none","size":12,"invites":"members"}"#,
    r#"{"text":"a \u0000 \"b\" \ud83d\ude42"}"#,
    "Guten Abend, wie war die Woche?",
    r#"{"uses":3,"expires_in":86400}"#,
    r#"{"link":"kith:AAAA","name":"N"}"#,
    r#"{"goodbye":"G"}"#,
    r#"{"role":"helper"}"#,
    r#"{"reason":"R"}"#,
    "limit=5&before=abc",
    "wait=3",
    "%F0%9F%99%82%00%ff..%2f",
];

/// The door: the first byte of an input says where to, the second what kind of body, the rest is body or path.
pub fn door() -> Door {
    let samples = (0..ROUTES.len() as u8)
        .flat_map(|route| BODIES.iter().map(move |body| [&[route, 0], body.as_bytes()].concat()))
        .collect();
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let closing = CancellationToken::new();
    let router = api::router(Service::unopened(closing.clone()), closing);
    doors::door("requests", 4, samples, move |bytes| {
        let Some(request) = request(bytes) else { return false };
        runtime.block_on(async {
            let response = router.clone().oneshot(request).await.expect("a router always answers");
            assert!(!response.status().is_success(), "a node that is not open did something");
            let body = to_bytes(response.into_body(), 1 << 20).await.expect("a short answer");
            let problem: serde_json::Value = serde_json::from_slice(&body).expect("a problem is JSON");
            problem["code"].as_str().expect("a problem has a code") == "not_open"
        })
    })
}

fn request(bytes: &[u8]) -> Option<Request<Body>> {
    let (route, rest) = bytes.split_first()?;
    let (kind, rest) = rest.split_first()?;
    let (method, path) = ROUTES[usize::from(*route) % ROUTES.len()];
    let (before, after) = path.split_once('*').unwrap_or((path, ""));
    let inside = if before == path { Vec::new() } else { rest.iter().copied().take(2000).collect() };
    let uri = [api::BASE.as_bytes(), before.as_bytes(), &inside, after.as_bytes()].concat();
    let request = Request::builder().method(method).uri(uri);
    let request = match TYPES[usize::from(*kind) % TYPES.len()] {
        "" => request,
        kind => request.header("content-type", kind),
    };
    request.body(if method == "POST" { Body::from(rest.to_vec()) } else { Body::empty() }).ok()
}
