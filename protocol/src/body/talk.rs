//! What members say to each other.

use minicbor::{Decode, Encode};

use super::attached::{self, Attachment};
use super::notes::ContentNotes;
use crate::codec::{CodecError, at_most};
use crate::hearing::{Intent, ReplyKind};
use crate::id::ShortId;
use crate::limits;

/// A text to the group.
///
/// The fields from [`Post::intent`] on are left out of its bytes where they say nothing.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Post {
    /// The text, byte for byte as written: UTF-8, 1 to [`limits::TEXT`] bytes.
    #[n(0)]
    pub text: String,
    /// What its author wishes for.
    #[n(1)]
    #[cbor(default, skip_if = "Intent::is_default")]
    pub intent: Intent,
    /// What it mentions, so that readers can choose.
    #[n(2)]
    #[cbor(default, skip_if = "ContentNotes::is_empty")]
    pub notes: ContentNotes,
    /// What goes with it: at most [`limits::ATTACHMENTS`].
    #[n(3)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// A text in answer to a post or another reply. As in [`Post`], fields that say nothing are left out.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Reply {
    /// The text, as in [`Post`].
    #[n(0)]
    pub text: String,
    /// What it answers; it may be missing here, and is then shown as such.
    #[n(1)]
    pub to: ShortId,
    /// What it is, by its author's word.
    #[n(2)]
    #[cbor(default, skip_if = "ReplyKind::is_default")]
    pub kind: ReplyKind,
    /// What it mentions.
    #[n(3)]
    #[cbor(default, skip_if = "ContentNotes::is_empty")]
    pub notes: ContentNotes,
    /// What goes with it, as in [`Post`].
    #[n(4)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

impl Post {
    /// A text that wishes for nothing but to be heard.
    pub fn new(text: impl Into<String>) -> Post {
        Post {
            text: text.into(),
            intent: Intent::default(),
            notes: ContentNotes::default(),
            attachments: Vec::new(),
        }
    }

    pub(super) fn check(&self) -> Result<(), CodecError> {
        text(&self.text)?;
        attached::check(&self.attachments)?;
        self.notes.check()
    }
}

impl Reply {
    /// A text that shows that somebody listened.
    pub fn new(to: ShortId, text: impl Into<String>) -> Reply {
        Reply {
            text: text.into(),
            to,
            kind: ReplyKind::default(),
            notes: ContentNotes::default(),
            attachments: Vec::new(),
        }
    }

    pub(super) fn check(&self) -> Result<(), CodecError> {
        text(&self.text)?;
        attached::check(&self.attachments)?;
        self.notes.check()
    }
}

pub(super) fn text(text: &str) -> Result<(), CodecError> {
    if text.is_empty() {
        return Err(CodecError::Mismatch("empty text".into()));
    }
    at_most(text.len(), limits::TEXT, "text")
}
