//! What helped somebody, for the others: items of the library, how they were checked, and how they helped.

use minicbor::{Decode, Encode};

use super::attached::{self, Attachment};
use super::notes::ContentNotes;
use super::words;
use crate::codec::{CodecError, at_most};
use crate::id::ShortId;
use crate::library::{ItemKind, Relation, Verdict};
use crate::limits;
use crate::time::Millis;

/// An item of the library. Fields that say nothing are left out of its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Item {
    /// What it is called: 1 to [`limits::ITEM_LINE`] bytes.
    #[n(0)]
    pub title: String,
    /// What it is.
    #[n(1)]
    pub kind: ItemKind,
    /// How its author comes to it.
    #[n(2)]
    pub relation: Relation,
    /// What it says, or a copy to read without a network: at most [`limits::TEXT`] bytes.
    #[n(3)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub text: String,
    /// Where it is: at most [`limits::LINK_LINE`] bytes. Nothing follows it but a person.
    #[n(4)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub link: String,
    /// Who made it: at most [`limits::ITEM_LINE`] bytes.
    #[n(5)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub source: String,
    /// Where it is of use: at most [`limits::ITEM_WORD`] bytes.
    #[n(6)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub region: String,
    /// What it costs: at most [`limits::ITEM_WORD`] bytes.
    #[n(7)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub cost: String,
    /// Its language, as a BCP 47 tag: at most [`limits::LANGUAGE`] bytes.
    #[n(8)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub language: String,
    /// What it is about: at most [`limits::ITEM_TAGS`], each of 1 to [`limits::ITEM_WORD`] bytes.
    #[n(9)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What it mentions.
    #[n(10)]
    #[cbor(default, skip_if = "ContentNotes::is_empty")]
    pub notes: ContentNotes,
    /// When somebody should look again whether it still holds.
    #[n(11)]
    pub review_by: Option<Millis>,
    /// What goes with it: at most [`limits::ATTACHMENTS`].
    #[n(12)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// Somebody looked at an item. The last word of a member about an item holds; its author's says nothing but when to look
/// again.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CheckItem {
    /// The item.
    #[n(0)]
    pub item: ShortId,
    /// What they found.
    #[n(1)]
    pub verdict: Verdict,
    /// Why, in their words: at most [`limits::REASON`] bytes; a dispute has some.
    #[n(2)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub words: String,
    /// When somebody should look again.
    #[n(3)]
    pub review_by: Option<Millis>,
}

/// How an item helped somebody.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Helped {
    /// The item.
    #[n(0)]
    pub item: ShortId,
    /// How: 1 to [`limits::ENCOURAGEMENT`] bytes.
    #[n(1)]
    pub words: String,
}

impl Item {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        words(&self.title, limits::ITEM_LINE, "title")?;
        at_most(self.text.len(), limits::TEXT, "text")?;
        at_most(self.link.len(), limits::LINK_LINE, "link")?;
        at_most(self.source.len(), limits::ITEM_LINE, "source")?;
        at_most(self.region.len(), limits::ITEM_WORD, "region")?;
        at_most(self.cost.len(), limits::ITEM_WORD, "cost")?;
        at_most(self.language.len(), limits::LANGUAGE, "language")?;
        at_most(self.tags.len(), limits::ITEM_TAGS, "tags")?;
        self.tags.iter().try_for_each(|tag| words(tag, limits::ITEM_WORD, "tag"))?;
        attached::check(&self.attachments)?;
        self.notes.check()
    }
}

impl CheckItem {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        at_most(self.words.len(), limits::REASON, "words")?;
        if self.verdict == Verdict::Dispute { words(&self.words, limits::REASON, "words") } else { Ok(()) }
    }
}

impl Helped {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        words(&self.words, limits::ENCOURAGEMENT, "words")
    }
}
