//! What helped somebody, for the others.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::talk::shown;
use super::{Attachment, Choice, ContentNotes, Id, Time};

/// What an item is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// Something that somebody learnt.
    #[default]
    Tip,
    /// A place or people to turn to.
    Service,
    /// An article.
    Article,
    /// A tool, a form, an exercise.
    Tool,
    /// A book, a film, a recording.
    Book,
    /// A helpline.
    Helpline,
    /// What got somebody through.
    Story,
}

/// How its author comes to an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// It was so for them.
    #[default]
    Experience,
    /// An organisation says it.
    Organisation,
    /// Research found it.
    Research,
}

/// How an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Too few have looked at it yet: two others than its author, or the other in a group of two.
    Proposed,
    /// Others than its author found it right, as far as they can tell.
    Listed,
    /// Somebody says that something about it is wrong.
    Disputed,
}

/// What somebody said of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemWords {
    /// Who: member id.
    pub member: Id,
    /// What they are called.
    pub name: String,
    /// The words.
    pub words: String,
}

/// Somebody who looked at an item and found it right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemCheck {
    /// Who: member id.
    pub member: Id,
    /// What they are called.
    pub name: String,
    /// When, as their device claimed.
    pub time: Time,
}

/// An item of the library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Item {
    /// The item.
    pub item: Id,
    /// The group it is in.
    pub group: Id,
    /// Who put it there: member id.
    pub author: Id,
    /// What that member is called.
    pub name: String,
    /// Whether it was me.
    pub mine: bool,
    /// When, as the author's device claimed.
    pub time: Time,
    /// What it is called.
    pub title: String,
    /// What it is.
    pub kind: ItemKind,
    /// How its author comes to it.
    pub relation: Relation,
    /// What it says, or a copy to read without a network; may be empty.
    pub text: String,
    /// Where it is; may be empty. Nothing follows it but a person.
    pub link: String,
    /// Who made it; may be empty.
    pub source: String,
    /// Where it is of use; may be empty.
    pub region: String,
    /// What it costs; may be empty.
    pub cost: String,
    /// Its language, as a BCP 47 tag; may be empty.
    pub language: String,
    /// What it is about.
    pub tags: Vec<String>,
    /// What it mentions.
    pub notes: ContentNotes,
    /// What goes with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// What I chose for what it mentions, as of a post.
    #[serde(default = "shown", skip_serializing_if = "Choice::is_show")]
    pub choice: Choice,
    /// How it stands.
    pub state: ItemState,
    /// When somebody should look again.
    pub review_by: Option<Time>,
    /// Whether that time has come: it needs checking.
    pub overdue: bool,
    /// Who found it right, but for its author; the last at the end.
    #[serde(default)]
    pub checks: Vec<ItemCheck>,
    /// Who says that something about it is wrong, and what.
    pub disputes: Vec<ItemWords>,
    /// How it helped others.
    pub helped: Vec<ItemWords>,
    /// Whether I found it right.
    pub checked: bool,
}

impl Item {
    /// Whether it stands on the hope shelf: its author put it there as a story of their own, of what got them through.
    pub fn gives_hope(&self) -> bool {
        self.kind == ItemKind::Story && self.relation == Relation::Experience
    }
}

/// The library of a group, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Library {
    /// The items.
    pub items: Vec<Item>,
}

/// An item to be put into the library.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddItem {
    /// 1 to 200 bytes.
    pub title: String,
    /// What it is.
    #[serde(default)]
    pub kind: ItemKind,
    /// How I come to it.
    #[serde(default)]
    pub relation: Relation,
    /// At most 16384 bytes.
    #[serde(default)]
    pub text: String,
    /// At most 1024 bytes.
    #[serde(default)]
    pub link: String,
    /// At most 200 bytes.
    #[serde(default)]
    pub source: String,
    /// At most 64 bytes.
    #[serde(default)]
    pub region: String,
    /// At most 64 bytes.
    #[serde(default)]
    pub cost: String,
    /// A BCP 47 tag.
    #[serde(default)]
    pub language: String,
    /// At most 8, each at most 64 bytes.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What it mentions: as in a post.
    #[serde(default)]
    pub mentions: String,
    /// The same in words.
    #[serde(default)]
    pub note: String,
    /// In how many days somebody should look again; 0: never.
    #[serde(default)]
    pub review_in_days: u32,
    /// What goes with it: ids that this node gave for files; at most 4.
    #[serde(default)]
    pub attachments: Vec<Id>,
}

/// What I found, looking at an item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckItem {
    /// Whether something about it is wrong.
    #[serde(default)]
    pub dispute: bool,
    /// Why: at most 2048 bytes; needed where something is wrong.
    #[serde(default)]
    pub words: String,
    /// In how many days somebody should look again; 0: nothing is said of that.
    #[serde(default)]
    pub review_in_days: u32,
}
