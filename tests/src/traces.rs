//! Looking for what should not be readable: secrets in bytes that somebody else could get hold of.

use std::fs;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, Encoding};

/// The least length of a secret that is looked for: shorter ones occur by chance.
pub const LEAST: usize = 8;

/// Secrets in every form in which a careless program leaves them.
#[derive(Debug)]
pub struct Traces {
    forms: AhoCorasick,
    labels: Vec<String>,
}

/// A secret found where it should not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which secret, in which form.
    pub what: String,
    /// Where in the bytes.
    pub at: usize,
}

impl Traces {
    /// Prepares to look for secrets, each with a name for the report: as they are, as UTF-16 (if they are
    /// text), as hex and as base64.
    ///
    /// # Panics
    /// If a secret is shorter than [`LEAST`].
    pub fn of<'a>(secrets: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Traces {
        let mut patterns = Vec::new();
        let mut labels = Vec::new();
        for (name, secret) in secrets {
            assert!(secret.len() >= LEAST, "{name} is too short to be looked for");
            for (form, pattern) in forms(secret) {
                labels.push(format!("{name}, {form}"));
                patterns.push(pattern);
            }
        }
        Traces { forms: AhoCorasick::new(patterns).expect("patterns of a test are few"), labels }
    }

    /// The first of each secret and form in some bytes.
    pub fn find(&self, bytes: &[u8]) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        for hit in self.forms.find_overlapping_iter(bytes) {
            let what = &self.labels[hit.pattern().as_usize()];
            if !found.iter().any(|one| one.what == *what) {
                found.push(Found { what: what.clone(), at: hit.start() });
            }
        }
        found
    }

    /// Looks through files: their bytes, their names and their places.
    pub fn find_in_files(&self, files: &[PathBuf]) -> Vec<(PathBuf, Found)> {
        let mut all = Vec::new();
        for file in files {
            let name = file.as_os_str().as_encoded_bytes();
            let content = read(file);
            all.extend(
                self.find(name).into_iter().chain(self.find(&content)).map(|found| (file.clone(), found)),
            );
        }
        all
    }
}

fn read(file: &Path) -> Vec<u8> {
    fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The forms of a secret, each with its name.
fn forms(secret: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut forms = vec![
        ("as it is", secret.to_vec()),
        ("as hex", hex::encode(secret).into_bytes()),
        ("as upper-case hex", hex::encode_upper(secret).into_bytes()),
    ];
    if let Ok(text) = std::str::from_utf8(secret) {
        forms.push(("as UTF-16 LE", text.encode_utf16().flat_map(u16::to_le_bytes).collect()));
        forms.push(("as UTF-16 BE", text.encode_utf16().flat_map(u16::to_be_bytes).collect()));
    }
    for shift in 0..3 {
        forms.push(("as base64", base64_middle(secret, shift, &BASE64_NOPAD)));
        forms.push(("as base64 for URLs", base64_middle(secret, shift, &BASE64URL_NOPAD)));
    }
    forms.sort_by(|one, two| one.1.cmp(&two.1));
    forms.dedup_by(|one, two| one.1 == two.1);
    forms
}

/// The characters of base64 that depend on `secret` alone, when `shift` other bytes stand before it.
fn base64_middle(secret: &[u8], shift: usize, encoding: &Encoding) -> Vec<u8> {
    let shifted = [&[0; 2][..shift], secret].concat();
    let text = encoding.encode(&shifted).into_bytes();
    let first = (shift * 8).div_ceil(6);
    let last = shifted.len() * 8 / 6;
    text[first..last].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = "only for the circle, ja?".as_bytes();

    fn found(bytes: &[u8]) -> Vec<String> {
        Traces::of([("canary", SECRET)]).find(bytes).into_iter().map(|found| found.what).collect()
    }

    #[test]
    fn every_form_is_found_wherever_it_stands() {
        let utf16: Vec<u8> =
            "x only for the circle, ja? y".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(found(&utf16).contains(&"canary, as UTF-16 LE".to_owned()));
        assert_eq!(found(hex::encode([b"..", SECRET].concat()).as_bytes()), ["canary, as hex"]);
        for before in 0..7 {
            let around = [&vec![b'x'; before], SECRET, b"yyyy"].concat();
            assert_eq!(found(&around), ["canary, as it is"]);
            assert!(
                !found(BASE64_NOPAD.encode(&around).as_bytes()).is_empty(),
                "base64 behind {before} bytes"
            );
        }
    }

    #[test]
    fn other_bytes_are_left_alone() {
        assert!(found(b"nothing of that kind, and no circle either").is_empty());
    }
}
