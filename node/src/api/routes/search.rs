//! Finding what a group wrote.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Answer;
use crate::api::Api;
use crate::api::extract::Query;
use crate::api::types::{ItemKind, Problem, SearchResults, TextKind};
use crate::service::{FOUND, FOUND_MOST, Search};

/// What to look for, and where.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// The words: all of them are to be there. The last one counts as only begun, unless something stands behind it. At
    /// most 16 words, 512 bytes.
    #[serde(default)]
    q: String,
    /// The group to look in; in all if left out.
    group: Option<String>,
    /// Only what this member wrote: id or beginning of an id.
    author: Option<String>,
    /// Only posts, only replies, or only items of the library.
    #[param(inline)]
    kind: Option<TextKind>,
    /// Only items of the library of this kind.
    #[param(inline)]
    item: Option<ItemKind>,
    /// Only items with this tag.
    tag: Option<String>,
    /// Only items of use in this region.
    region: Option<String>,
    /// Only items in this language: a BCP 47 tag, or the beginning of one.
    language: Option<String>,
    /// Only items that cost so much, in their authors' words.
    cost: Option<String>,
    /// Only what was written from this moment on: RFC 3339 in UTC.
    from: Option<String>,
    /// Only what was written before this moment: RFC 3339 in UTC.
    until: Option<String>,
    /// The `next` of a former answer to the same question.
    after: Option<String>,
    /// How many posts, 1 to 100; 20 if left out.
    limit: Option<usize>,
}

/// Posts, replies and items of the library that have all the words, the best first.
///
/// Looked for on this device alone, in an index that is in memory alone.
#[utoipa::path(get, path = "/search", tag = "talk", operation_id = "search", params(Asked),
    responses((status = 200, body = SearchResults), (status = "default", body = Problem)))]
pub async fn search(State(api): State<Api>, Query(asked): Query<Asked>) -> Answer<SearchResults> {
    let search = Search {
        words: asked.q,
        group: asked.group,
        author: asked.author,
        kind: asked.kind,
        item: asked.item,
        tag: asked.tag,
        region: asked.region,
        language: asked.language,
        cost: asked.cost,
        from: asked.from,
        until: asked.until,
        after: asked.after,
        limit: asked.limit.unwrap_or(FOUND).clamp(1, FOUND_MOST),
    };
    api.service.search(search).await.map(Json)
}
