//! What goes with a text: how an entry names an attachment, and what opens it.

use std::fmt;

use minicbor::{Decode, Encode};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::words;
use crate::codec::{CodecError, at_most};
use crate::id::AttachmentId;
use crate::limits;

/// The key that an attachment is sealed with, drawn for it alone.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop, Encode, Decode)]
#[cbor(transparent)]
pub struct AttachmentKey(#[cbor(n(0), with = "minicbor::bytes")] [u8; 32]);

impl AttachmentKey {
    /// Takes it from its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> AttachmentKey {
        AttachmentKey(bytes)
    }

    /// Its bytes; to be put nowhere but into an entry.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for AttachmentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AttachmentKey(..)")
    }
}

/// What an attachment is. A number this version does not know is a file like any other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Media(#[n(0)] pub u8);

impl Media {
    /// Some file.
    pub const FILE: Media = Media(0);
    /// A picture, JPEG.
    pub const JPEG: Media = Media(1);
    /// A picture, PNG.
    pub const PNG: Media = Media(2);
    /// A picture, GIF.
    pub const GIF: Media = Media(3);
    /// A picture, WebP.
    pub const WEBP: Media = Media(4);
    /// A document, PDF.
    pub const PDF: Media = Media(5);
    /// Plain text in UTF-8.
    pub const TEXT: Media = Media(6);
    /// A recording, MP3.
    pub const MP3: Media = Media(7);
    /// A recording, Ogg.
    pub const OGG: Media = Media(8);
    /// A film or recording, MP4.
    pub const MP4: Media = Media(9);
}

/// An attachment, as the entry that it goes with names it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Attachment {
    /// Its name, by which chunks are asked for and checked ([`crate::attachment`]).
    #[n(0)]
    pub id: AttachmentId,
    /// What opens its chunks.
    #[n(1)]
    pub key: AttachmentKey,
    /// How long it is, in bytes, before sealing: 1 to [`limits::ATTACHMENT`].
    #[n(2)]
    pub size: u32,
    /// What it is, by its author's word.
    #[n(3)]
    pub media: Media,
    /// What it shows, in its author's words: at most [`limits::ATTACHMENT_WORDS`] bytes.
    #[n(4)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub words: String,
    /// What the file was called, where its author wished to say so: at most [`limits::ATTACHMENT_NAME`] bytes.
    #[n(5)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub name: String,
}

pub(super) fn check(attachments: &[Attachment]) -> Result<(), CodecError> {
    at_most(attachments.len(), limits::ATTACHMENTS, "attachments")?;
    for one in attachments {
        let size = usize::try_from(one.size).unwrap_or(usize::MAX);
        at_most(size, limits::ATTACHMENT, "attachment")?;
        if size == 0 {
            return Err(CodecError::Mismatch("empty attachment".into()));
        }
        at_most(one.words.len(), limits::ATTACHMENT_WORDS, "words of an attachment")?;
        if !one.name.is_empty() {
            words(&one.name, limits::ATTACHMENT_NAME, "name of an attachment")?;
        }
    }
    Ok(())
}
