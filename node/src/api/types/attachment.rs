//! Files that go with what people write.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Id;

/// The largest file that can be attached, in bytes, whatever a charter says.
pub const ATTACHMENT_MOST: usize = kith_protocol::limits::ATTACHMENT;

/// What an attachment is, by its author's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Media {
    /// A picture, JPEG.
    Jpeg,
    /// A picture, PNG.
    Png,
    /// A picture, GIF.
    Gif,
    /// A picture, WebP.
    Webp,
    /// A document, PDF.
    Pdf,
    /// Plain text.
    Text,
    /// A recording, MP3.
    Mp3,
    /// A recording, Ogg.
    Ogg,
    /// A film or recording, MP4.
    Mp4,
    /// A file of another sort.
    File,
}

/// How an attachment stands on this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentState {
    /// It was not fetched, and is not unless somebody asks for it.
    NotFetched,
    /// It is wished for: this node fetches it from whichever member's node has it, and goes on after a break.
    Fetching,
    /// It is wished for, and the disk of this device is full: the node goes on when there is room.
    NoRoom,
    /// It is here, sealed.
    Here,
    /// It is larger than the charter lets an attachment be, and is not fetched.
    TooLarge,
}

/// Something that goes with a post, reply or item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attachment {
    /// By what it is named, with the post or item it goes with: from 1.
    pub number: u32,
    /// What it is.
    pub media: Media,
    /// How large it is, in bytes.
    pub size: u64,
    /// What it shows, in its author's words; may be empty.
    pub words: String,
    /// What the file was called, where its author wished to say so; may be empty.
    pub name: String,
    /// How it stands here.
    pub state: AttachmentState,
    /// About how many bytes of it are here.
    pub arrived: u64,
}

/// An attachment and what it goes with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attached {
    /// The post, reply or item.
    pub post: Id,
    /// The group it is in.
    pub group: Id,
    /// Who wrote it: member id.
    pub author: Id,
    /// What that member is called.
    pub author_name: String,
    /// The attachment.
    #[serde(flatten)]
    pub attachment: Attachment,
}

/// What goes with what a group wrote, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttachmentList {
    /// One each.
    pub attachments: Vec<Attached>,
}

/// A file that was given to this node, to go with what is written next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Prepared {
    /// By what it is named when something is written. It is kept for a day, and while the node runs.
    pub attachment: Id,
    /// What it is.
    pub media: Media,
    /// How large it is as it will be sent, in bytes.
    pub size: u64,
    /// Whether what it carried beside what it shows was taken out: where and when a picture was taken, and by what.
    pub cleaned: bool,
}

/// How a file is to be attached.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Attach {
    /// What it shows, for those who do not see it: at most 400 bytes.
    #[serde(default)]
    pub words: String,
    /// What the file is called; left out, nobody learns it. At most 128 bytes.
    #[serde(default)]
    pub name: String,
    /// Whether a file from which nothing can be taken out may go as it is.
    #[serde(default)]
    pub as_it_is: bool,
}

/// Which attachment of a post or item.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Its number; the first if left out.
    pub number: Option<u32>,
    /// How long to wait for all of it to be here, in seconds: at most 30 are waited.
    #[serde(default)]
    pub wait: u64,
}

impl From<kith_protocol::body::Media> for Media {
    fn from(media: kith_protocol::body::Media) -> Media {
        use kith_protocol::body::Media as Word;
        match media {
            Word::JPEG => Media::Jpeg,
            Word::PNG => Media::Png,
            Word::GIF => Media::Gif,
            Word::WEBP => Media::Webp,
            Word::PDF => Media::Pdf,
            Word::TEXT => Media::Text,
            Word::MP3 => Media::Mp3,
            Word::OGG => Media::Ogg,
            Word::MP4 => Media::Mp4,
            _ => Media::File,
        }
    }
}
