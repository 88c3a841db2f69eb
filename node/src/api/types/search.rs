//! What was found.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Post, Time};

/// Where a word stands in a text: bytes of its UTF-8, from `start` to before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Mark {
    /// Where it begins.
    pub start: u32,
    /// Where it has ended.
    pub end: u32,
}

/// Which texts to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextKind {
    /// Posts that answer nothing.
    Post,
    /// Answers.
    Reply,
}

/// A post or reply that has all the words, as a page of the group would show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Found {
    /// The post. If it is folded, show the reason first.
    pub post: Post,
    /// Where the words stand in its text, in order.
    pub marks: Vec<Mark>,
}

/// What was found, the best first: what is most about the words, of that the newest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SearchResults {
    /// The posts.
    pub found: Vec<Found>,
    /// What to give as `after` for what comes next; null at the end.
    pub next: Option<String>,
    /// Whether older posts are still being read, so that more may be found in a moment.
    pub reading: bool,
    /// Posts from before this moment are not searched: they would take more memory than a node gives to it.
    pub from: Option<Time>,
}
