//! What was found.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Id, Item, Post, Time};

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
    /// Items of the library, with what was said about them.
    Library,
}

/// Something that has all the words, as a page of the group would show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Found {
    /// What. If it is folded, show the reason first.
    #[serde(flatten)]
    pub thing: FoundThing,
    /// Where the words stand in a post's text, in order; of an item none.
    pub marks: Vec<Mark>,
}

/// What can be found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FoundThing {
    /// A post or reply.
    Post(Box<Post>),
    /// An item of the library, which has the words itself or in what was said about it.
    Item(Box<Item>),
}

impl FoundThing {
    /// The group it is in.
    pub fn group(&self) -> &Id {
        match self {
            FoundThing::Post(post) => &post.group,
            FoundThing::Item(item) => &item.group,
        }
    }
}

/// What was found, the best first: what is most about the words, of that the newest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SearchResults {
    /// What was found.
    pub found: Vec<Found>,
    /// What to give as `after` for what comes next; null at the end.
    pub next: Option<String>,
    /// Whether older posts are still being read, so that more may be found in a moment.
    pub reading: bool,
    /// Posts from before this moment are not searched: they would take more memory than a node gives to it.
    pub from: Option<Time>,
}
