//! Bytes as text that survives a messenger: a scheme, and URL-safe base64 of the bytes with a checksum behind them.
//!
//! Reading tolerates what pasting does to text: space around it, line breaks and unseen letters inside it, a scheme in
//! capitals.

use crate::id::{hash, truncate};

const CHECKSUM: usize = 4;

/// One sort of such text.
pub(crate) struct Sort {
    /// What it begins with.
    pub(crate) scheme: &'static str,
    /// The domain of its checksum.
    pub(crate) domain: &'static str,
    /// Characters, at most.
    pub(crate) most: usize,
}

/// What is wrong with pasted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Garbled {
    /// It begins otherwise.
    Scheme,
    /// It is longer than its sort may be.
    TooLong,
    /// A part is missing, or a letter is another.
    Damaged,
}

impl Sort {
    /// Bytes as text; none if that is longer than it may be.
    pub(crate) fn write(&self, mut bytes: Vec<u8>) -> Option<String> {
        let checksum = self.checksum(&bytes);
        bytes.extend_from_slice(&checksum);
        let text = format!("{}{}", self.scheme, data_encoding::BASE64URL_NOPAD.encode(&bytes));
        (text.len() <= self.most).then_some(text)
    }

    /// The bytes of text as people paste it.
    pub(crate) fn read(&self, text: &str) -> Result<Vec<u8>, Garbled> {
        // One more than fits is kept, so that a longer text is seen to be one, and no more.
        let kept = self.most.saturating_add(1);
        let text: String = text.chars().filter(|letter| !blank(*letter)).take(kept).collect();
        let rest = match text.split_at_checked(self.scheme.len()) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case(self.scheme) => rest,
            _ => return Err(Garbled::Scheme),
        };
        if text.chars().count() > self.most {
            return Err(Garbled::TooLong);
        }
        let bytes = data_encoding::BASE64URL_NOPAD.decode(rest.as_bytes()).map_err(|_| Garbled::Damaged)?;
        let (said, check) = bytes.split_last_chunk::<CHECKSUM>().ok_or(Garbled::Damaged)?;
        if self.checksum(said) == *check { Ok(said.to_vec()) } else { Err(Garbled::Damaged) }
    }

    fn checksum(&self, bytes: &[u8]) -> [u8; CHECKSUM] {
        truncate(&hash(self.domain, &[bytes]))
    }
}

/// What messengers and mail programs put between letters, seen or unseen.
fn blank(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}
