//! Files that go with what people write, as pages show them.

use kith_node::api::types::{Attachment, AttachmentState, Media};

use crate::words::Words;

/// A file, how it stands on this device, and what can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileView {
    /// Where it is.
    pub href: String,
    /// For its element.
    pub id: String,
    /// What it is, and how large.
    pub what: String,
    /// What it shows, in its author's words; may be empty.
    pub words: String,
    /// How it stands here.
    pub stands: String,
    /// Whether all of it is here.
    pub here: bool,
    /// Whether it can be shown in the page.
    pub picture: bool,
    /// Whether it can be asked for.
    pub can_fetch: bool,
    /// Whether it is waited for.
    pub coming: bool,
}

impl FileView {
    /// The files that go with something whose page is `page`.
    pub fn all(words: &Words, page: &str, of: &str, files: &[Attachment]) -> Vec<FileView> {
        files.iter().map(|one| FileView::of(words, page, of, one)).collect()
    }

    fn of(words: &Words, page: &str, of: &str, one: &Attachment) -> FileView {
        let coming = matches!(one.state, AttachmentState::Fetching | AttachmentState::NoRoom);
        let here = one.state == AttachmentState::Here;
        let stands = match one.state {
            AttachmentState::NotFetched => words.t("file-not-fetched"),
            AttachmentState::Fetching => words.tn("file-fetching", "part", part(one.arrived, one.size)),
            AttachmentState::NoRoom => words.t("file-no-room"),
            AttachmentState::Here => words.t("file-here"),
            AttachmentState::TooLarge => words.t("file-too-large"),
        };
        FileView {
            href: format!("{page}/attachments/{}", one.number),
            id: format!("file-{of}-{}", one.number),
            what: words.t2("file-what", "thing", words.t(thing(one.media)), "size", size(words, one.size)),
            words: one.words.clone(),
            stands,
            here,
            picture: here && shown(one.media).is_some(),
            can_fetch: one.state == AttachmentState::NotFetched,
            coming,
        }
    }
}

/// How much of it is here, in hundredths.
fn part(arrived: u64, size: u64) -> u64 {
    arrived.saturating_mul(100).checked_div(size).unwrap_or_default().min(99)
}

/// What a file is.
pub fn thing(media: Media) -> &'static str {
    match media {
        Media::Jpeg | Media::Png | Media::Gif | Media::Webp => "file-picture",
        Media::Pdf => "file-document",
        Media::Text => "file-text",
        Media::Mp3 | Media::Ogg => "file-recording",
        Media::Mp4 => "file-film",
        Media::File => "file-other",
    }
}

/// How the name of a saved file ends.
pub fn ending(media: Media) -> &'static str {
    match media {
        Media::Jpeg => "jpg",
        Media::Png => "png",
        Media::Gif => "gif",
        Media::Webp => "webp",
        Media::Pdf => "pdf",
        Media::Text => "txt",
        Media::Mp3 => "mp3",
        Media::Ogg => "ogg",
        Media::Mp4 => "mp4",
        Media::File => "bin",
    }
}

/// The type under which a browser shows it; none for what it is only to save. Whatever its author says of it, a browser
/// that is told so shows pixels or nothing.
pub fn shown(media: Media) -> Option<&'static str> {
    match media {
        Media::Jpeg => Some("image/jpeg"),
        Media::Png => Some("image/png"),
        Media::Webp => Some("image/webp"),
        _ => None,
    }
}

/// A size as people read it.
pub fn size(words: &Words, bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10).div_ceil(1 << 20);
    match bytes {
        0..1024 => words.tn("file-bytes", "number", bytes),
        1024..1_048_576 => words.t1("file-kib", "number", bytes.div_ceil(1024)),
        _ => words.t1("file-mib", "number", format!("{}.{}", tenths / 10, tenths % 10)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Library;

    #[test]
    fn only_pictures_are_shown_and_only_those_that_browsers_draw_safely() {
        let shown: Vec<Media> = [Media::Gif, Media::Pdf, Media::Text, Media::Mp4, Media::File]
            .into_iter()
            .filter(|media| super::shown(*media).is_some())
            .collect();
        assert!(shown.is_empty(), "{shown:?}");
    }

    #[test]
    fn sizes_and_parts_are_what_people_read() {
        let words = Library::read().speak(None, None);
        let plain = |text: String| text.replace(['\u{2068}', '\u{2069}'], "");
        for (bytes, said) in [(1, "1 byte"), (999, "999 bytes"), (340_000, "333 KiB"), (5 << 20, "5.0 MiB")] {
            assert_eq!(plain(size(&words, bytes)), said);
        }
        assert_eq!((part(1, 4), part(4, 4), part(1, 0)), (25, 99, 0));
    }
}
