//! The description of the API, made from the routes.

use utoipa::OpenApi;
use utoipa::openapi;
use utoipa_axum::router::OpenApiRouter;

use super::types::Event;
use super::{Api, routes};

/// Where the description is served.
pub const PATH: &str = "/api/v1/openapi.json";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Kith local API",
        description = "What a person can do with their own node, over the Unix socket in its home folder \
            (`kith paths` tells where). Answers that are no success are a `Problem`. Groups, posts, invites \
            and members are named by their whole id, by a unique beginning of it (6 characters or more), or, \
            for groups, by the exact title. Times are RFC 3339 in UTC. Readers must ignore fields they do not \
            know.",
        version = "1",
        license(name = "MIT OR Apache-2.0"),
    ),
    components(schemas(Event)),
    tags(
        (name = "node", description = "The node itself"),
        (name = "groups", description = "Groups"),
        (name = "invites", description = "Invites, and coming in on one"),
        (name = "talk", description = "Posts and replies"),
        (name = "attachments", description = "Files that go with what people write"),
        (name = "members", description = "Members, and acts on them"),
        (name = "mine", description = "What a person keeps for themselves: it never leaves the device"),
    ),
)]
struct Description;

/// Every route with its description.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(Description::openapi()).nest(super::BASE, routes::all())
}

/// The whole description.
pub fn description() -> openapi::OpenApi {
    routes().into_openapi()
}

/// A description as JSON text, as it is served and kept in `docs/reference/openapi.json`.
pub fn json(description: &openapi::OpenApi) -> String {
    // A description is plain data with string keys, which JSON can always hold.
    let mut json = description.to_pretty_json().unwrap_or_default();
    json.push('\n');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `BLESS=1 cargo test -p kith-node openapi` rewrites the file.
    #[test]
    fn the_description_in_the_docs_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/reference/openapi.json");
        let json = json(&description());
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, &json).unwrap();
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert!(kept == json, "docs/reference/openapi.json is not current: run with BLESS=1");
    }

    #[test]
    fn every_route_has_an_id_a_summary_and_a_way_to_fail() {
        let description = serde_json::to_value(description()).unwrap();
        let mut ids = std::collections::BTreeSet::new();
        for (path, methods) in description["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let place = format!("{method} {path}");
                assert!(operation["summary"].as_str().is_some_and(|s| !s.is_empty()), "{place}");
                assert!(operation["responses"]["default"].is_object(), "{place}");
                assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{place}");
            }
        }
        assert!(ids.len() >= 25);
    }
}
