//! What members say to each other.

use minicbor::{Decode, Encode};

use crate::codec::{CodecError, at_most};
use crate::id::ShortId;
use crate::limits;

/// A text to the group.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Post {
    /// The text, byte for byte as written: UTF-8, 1 to [`limits::TEXT`] bytes.
    #[n(0)]
    pub text: String,
}

/// A text in answer to a post or another reply.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Reply {
    /// The text, as in [`Post`].
    #[n(0)]
    pub text: String,
    /// What it answers; it may be missing here, and is then shown as such.
    #[n(1)]
    pub to: ShortId,
}

impl Post {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        text(&self.text)
    }
}

impl Reply {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        text(&self.text)
    }
}

pub(super) fn text(text: &str) -> Result<(), CodecError> {
    if text.is_empty() {
        return Err(CodecError::Mismatch("empty text".into()));
    }
    at_most(text.len(), limits::TEXT, "text")
}
