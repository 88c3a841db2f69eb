//! What a file is, and what a picture carries beside what it shows.
//!
//! A photograph says where and when it was taken, with which device, sometimes by whom, and may hold a smaller copy of
//! itself from before it was cut. [`clean`] takes that out of JPEG, PNG and WebP, by keeping only those parts of the file that
//! are needed to show it: of what it does not know it keeps nothing. The picture itself is not decoded and not changed; which
//! way up a JPEG is stays. What is no well-formed picture of these kinds is not touched, and said not to be.

mod jpeg;
mod png;
#[cfg(test)]
mod tests;
mod webp;

use kith_protocol::body::Media;

/// A file as it is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleaned {
    /// What it is.
    pub media: Media,
    /// Its bytes, if what it carried beside what it shows could be taken out, or it cannot carry anything; else none.
    pub bytes: Option<Vec<u8>>,
}

/// Tells what a file is, and takes out what it carries beside what it shows.
pub fn clean(bytes: &[u8]) -> Cleaned {
    let media = sniff(bytes);
    let bytes = match media {
        Media::JPEG => jpeg::clean(bytes),
        Media::PNG => png::clean(bytes),
        Media::WEBP => webp::clean(bytes),
        // What is read is all there is.
        Media::TEXT => Some(bytes.to_vec()),
        _ => None,
    };
    Cleaned { media, bytes }
}

/// Tells what a file is by how it begins.
pub fn sniff(bytes: &[u8]) -> Media {
    let at = |place: usize, word: &[u8]| bytes.get(place..).is_some_and(|rest| rest.starts_with(word));
    match () {
        () if at(0, &[0xff, 0xd8, 0xff]) => Media::JPEG,
        () if at(0, png::SIGNATURE) => Media::PNG,
        () if at(0, b"GIF87a") || at(0, b"GIF89a") => Media::GIF,
        () if at(0, b"RIFF") && at(8, b"WEBP") => Media::WEBP,
        () if at(0, b"%PDF-") => Media::PDF,
        () if at(0, b"OggS") => Media::OGG,
        () if at(0, b"ID3") || at(0, &[0xff, 0xfb]) || at(0, &[0xff, 0xf3]) => Media::MP3,
        // Pictures of phones (HEIC, AVIF) come in the same wrapping as films.
        () if at(4, b"ftyp") && !(at(8, b"hei") || at(8, b"hev") || at(8, b"mif1") || at(8, b"avi")) => {
            Media::MP4
        }
        () if is_text(bytes) => Media::TEXT,
        () => Media::FILE,
    }
}

fn is_text(bytes: &[u8]) -> bool {
    let fit = |letter: char| !letter.is_control() || matches!(letter, '\n' | '\r' | '\t' | '\u{c}');
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(fit))
}
