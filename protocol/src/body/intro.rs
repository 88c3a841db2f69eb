//! What somebody says of themselves to the group.

use minicbor::{Decode, Encode};

use super::notes::ContentNotes;
use super::words;
use crate::codec::{CodecError, at_most};
use crate::limits;

/// An introduction. The last of a member holds. Fields that say nothing are left out of its bytes; one of the first three says
/// something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Intro {
    /// A line to stand beside their name: at most [`limits::ITEM_LINE`] bytes.
    #[n(0)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub line: String,
    /// More: at most [`limits::INTRO`] bytes.
    #[n(1)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub words: String,
    /// Words for their situation, chosen for this group: at most [`limits::ITEM_TAGS`], each of 1 to [`limits::ITEM_WORD`]
    /// bytes.
    #[n(2)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What it mentions.
    #[n(3)]
    #[cbor(default, skip_if = "ContentNotes::is_empty")]
    pub notes: ContentNotes,
}

impl Intro {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        if self.line.trim().is_empty() && self.words.trim().is_empty() && self.tags.is_empty() {
            return Err(CodecError::Mismatch("empty introduction".into()));
        }
        at_most(self.line.len(), limits::ITEM_LINE, "profile line")?;
        at_most(self.words.len(), limits::INTRO, "introduction")?;
        at_most(self.tags.len(), limits::ITEM_TAGS, "list of tags")?;
        self.notes.check()?;
        self.tags.iter().try_for_each(|tag| words(tag, limits::ITEM_WORD, "tag"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{Body, Kind};

    #[test]
    fn something_is_said_and_not_too_much() {
        let read = |intro: Intro| Body::decode(Kind::INTRO, &Body::Intro(intro).encode());
        let line = |line: &str| Intro { line: line.into(), ..Intro::default() };
        let tags = |tags: &[&str]| Intro {
            tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
            ..Intro::default()
        };
        for intro in [line("Night nurse"), tags(&["carer", "night shifts"])] {
            assert_eq!(read(intro.clone()), Ok(Body::Intro(intro)));
        }
        for wrong in [
            Intro::default(),
            line(" "),
            line(&"x".repeat(limits::ITEM_LINE + 1)),
            Intro { words: "x".repeat(limits::INTRO + 1), ..Intro::default() },
            tags(&["x"; limits::ITEM_TAGS + 1]),
            tags(&[""]),
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong:?}");
        }
    }
}
