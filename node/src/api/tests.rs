//! The routes as a client meets them, over a node that is not open: what is wrong with a request is said
//! before the node is asked, and everything else reaches it.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use super::*;

async fn ask(request: Request<Body>) -> (StatusCode, serde_json::Value) {
    let closing = CancellationToken::new();
    let router = router(Service::unopened(closing.clone()), closing);
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap())
}

async fn code(request: Request<Body>) -> String {
    let (status, problem) = ask(request).await;
    assert!(!status.is_success());
    let keys: Vec<_> = problem.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["code", "hint", "message"]);
    let code = problem["code"].as_str().unwrap().to_owned();
    let known: Code = serde_json::from_value(problem["code"].clone()).unwrap();
    assert_eq!(known.status(), status.as_u16());
    code
}

fn send(method: &str, path: &str, content_type: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::builder().method(method).uri(path);
    let request =
        if content_type.is_empty() { request } else { request.header("content-type", content_type) };
    request.body(body.into()).unwrap()
}

fn get(path: &str) -> Request<Body> {
    send("GET", path, "", Body::empty())
}

/// The least that a schema of the description takes.
fn least(schema: &Value, description: &Value) -> Value {
    if let Some(named) = schema.get("$ref").and_then(Value::as_str) {
        return least(description.pointer(named.trim_start_matches('#')).unwrap(), description);
    }
    if let Some(first) = schema.get("enum").or(schema.get("oneOf")).map(|all| &all[0]) {
        return if first.is_object() { least(first, description) } else { first.clone() };
    }
    match schema["type"].as_str() {
        Some("string") => "2026-11-28".into(),
        Some("integer") => 1.into(),
        Some("boolean") => true.into(),
        Some("array") => Value::Array(Vec::new()),
        _ => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let fields = required.iter().filter_map(Value::as_str);
            fields.map(|name| (name.to_owned(), least(&schema["properties"][name], description))).collect()
        }
    }
}

#[tokio::test]
async fn every_route_reaches_the_service() {
    let description = serde_json::to_value(openapi::description()).unwrap();
    for (path, methods) in description["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().filter(|_| path != "/api/v1/stop") {
            let mut path = path.clone();
            while let Some((before, named)) = path.split_once('{') {
                let (_, after) = named.split_once('}').unwrap();
                path = format!("{before}abcdef{after}");
            }
            let content = &methods[method]["requestBody"]["content"]["application/json"];
            let body = match content.get("schema") {
                Some(schema) => least(schema, &description).to_string(),
                None => String::new(),
            };
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let content_type = if body.is_empty() { "" } else { "application/json" };
            let request = send(method.as_str(), &path, content_type, body);
            // A link is read before the node is asked.
            let reads_link = path.ends_with("/join") || path.ends_with("/links");
            let expected = if reads_link { "bad_link" } else { "not_open" };
            assert_eq!(code(request).await, expected, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn stopping_closes_the_node_in_any_state() {
    let closing = CancellationToken::new();
    let router = router(Service::unopened(closing.clone()), closing.clone());
    let response = router.oneshot(send("POST", "/api/v1/stop", "", Body::empty())).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(closing.is_cancelled());
}

#[tokio::test]
async fn the_description_is_served() {
    let (status, description) = ask(get("/api/v1/openapi.json")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(description["info"]["title"], "Kith local API");
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    assert_eq!(code(get("/")).await, "unknown_route");
    assert_eq!(code(get("/api/v1/nothing")).await, "unknown_route");
    assert_eq!(code(send("PUT", "/api/v1/status", "", "")).await, "unknown_route");
    assert_eq!(code(get("/api/v1/groups/%ff")).await, "bad_request");
    assert_eq!(code(get("/api/v1/groups/a/posts?limit=many")).await, "bad_request");
    assert_eq!(code(get("/api/v1/groups/a/posts?colour=red")).await, "bad_request");
}

#[tokio::test]
async fn texts_are_checked_at_the_door() {
    let post = |content_type: &str, body: Vec<u8>| send("POST", "/api/v1/groups/a/posts", content_type, body);
    for content_type in ["text/plain", "application/octet-stream", ""] {
        assert_eq!(code(post(content_type, vec![])).await, "empty_text");
        assert_eq!(code(post(content_type, b"caf\xe9".to_vec())).await, "text_not_utf8");
        assert_eq!(code(post(content_type, vec![b'a'; 16 * 1024 + 1])).await, "text_too_large");
        assert_eq!(code(post(content_type, vec![b'a'; 16 * 1024])).await, "not_open");
        assert_eq!(code(post(content_type, b"\0\r\n ".to_vec())).await, "not_open");
    }
    let json = |body: &str| post("application/json; charset=utf-8", body.as_bytes().to_vec());
    assert_eq!(code(json(r#"{"text":""}"#)).await, "empty_text");
    assert_eq!(code(json(r#"{"text":"\ud800"}"#)).await, "bad_request");
    assert_eq!(code(json(r#"{"text":"x","to":"y"}"#)).await, "bad_request");
    assert_eq!(code(json(r#"{"text":"x"} {}"#)).await, "bad_request");
    let escaped = |times| json(&format!(r#"{{"text":"{}"}}"#, "\\u0000".repeat(times)));
    assert_eq!(code(escaped(16 * 1024)).await, "not_open", "the largest text, in its longest spelling");
    assert_eq!(code(escaped(16 * 1024 + 1)).await, "text_too_large");
    assert_eq!(code(post("application/json", b"{\"text\":\"\xff\"}".to_vec())).await, "text_not_utf8");
}

#[tokio::test]
async fn other_bodies_are_bounded_json_without_surprises() {
    let create =
        |content_type: &str, body: &str| send("POST", "/api/v1/groups", content_type, body.to_owned());
    let json = "application/json";
    assert_eq!(code(create(json, r#"{"title":"t","purpose":"p","history":"none"}"#)).await, "not_open");
    assert_eq!(code(create(json, r#"{"title":"t","purpose":"p","histroy":"none"}"#)).await, "bad_request");
    assert_eq!(code(create(json, r#"{"title":"t"}"#)).await, "bad_request");
    assert_eq!(code(create(json, "{")).await, "bad_request");
    assert_eq!(code(create("text/plain", "{}")).await, "bad_request");
    assert_eq!(code(create(json, &format!("[\"{}\"]", "a".repeat(20_000)))).await, "request_too_large");
    assert_eq!(code(create(json, &"[".repeat(10_000))).await, "bad_request");
}

#[tokio::test]
async fn an_answer_that_never_comes_is_given_up() {
    let never = axum::routing::get(async || std::future::pending::<()>().await);
    let within = Duration::from_millis(10);
    let router = Router::new().route("/", never).layer(middleware::from_fn_with_state(within, bounded));
    let response = router.oneshot(get("/")).await.unwrap();
    assert_eq!(response.status().as_u16(), Code::TookTooLong.status());
}

#[cfg(test)]
mod over_the_socket {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::UnixStream;

    use super::*;
    use crate::api::serve::serve;
    use crate::api::socket::Socket;

    const SOON: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn a_client_is_answered_and_closing_ends_it() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("api.sock");
        let closing = CancellationToken::new();
        let socket = Socket::bind(&path).unwrap();
        let router = router(Service::unopened(closing.clone()), closing.clone());
        let serving = tokio::spawn(serve(socket, router, closing.clone()));

        let mut client = UnixStream::connect(&path).await.unwrap();
        client.write_all(b"GET /api/v1/status HTTP/1.1\r\nhost: kith\r\n\r\n").await.unwrap();
        let mut answer = vec![0; 12];
        tokio::time::timeout(SOON, client.read_exact(&mut answer)).await.unwrap().unwrap();
        assert_eq!(answer, b"HTTP/1.1 503");

        let idle = UnixStream::connect(&path).await.unwrap();
        closing.cancel();
        tokio::time::timeout(SOON, serving).await.unwrap().unwrap();
        assert!(!path.exists());
        drop(idle);
    }
}
