//! A text taken apart: words where a script has spaces between them, runs of letters where it has not.
//!
//! Boundaries are those of Unicode (UAX #29, `unicode-segmentation`), and apostrophes and points besides: "l'heure" is
//! found by "heure". A run is indexed by every pair of its letters (Han, kana) or every triple (Thai and its neighbours),
//! and by the shorter ends, so that any part of it is found, however long, without a dictionary that would have to know
//! the word.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use super::fold::fold;

/// A piece of a text, folded, and where it stands in the text (in bytes).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Word { folded: String, at: Range<usize> },
    Run { script: Script, letters: Vec<(char, Range<usize>)> },
}

/// A script without spaces between words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    /// Chinese and Japanese: thousands of letters, two of them say much.
    EastAsian,
    /// Thai, Lao, Khmer, Burmese and their neighbours: some dozens of letters.
    SouthEastAsian,
}

impl Script {
    /// How many letters are looked up together.
    pub(super) fn together(self) -> usize {
        match self {
            Script::EastAsian => 2,
            Script::SouthEastAsian => 3,
        }
    }

    fn of(letter: char) -> Option<Script> {
        match letter {
            '\u{2e80}'..='\u{2fdf}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3041}'..='\u{312f}'
            | '\u{31a0}'..='\u{31bf}'
            | '\u{31f0}'..='\u{31ff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{ff66}'..='\u{ff9f}'
            | '\u{1b000}'..='\u{1b16f}'
            | '\u{20000}'..='\u{3ffff}' => Some(Script::EastAsian),
            '\u{e00}'..='\u{eff}'
            | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{17ff}'
            | '\u{1950}'..='\u{19df}'
            | '\u{1a20}'..='\u{1aaf}'
            | '\u{a9e0}'..='\u{a9ff}'
            | '\u{aa60}'..='\u{aadf}' => Some(Script::SouthEastAsian),
            _ => None,
        }
    }
}

/// Takes a text apart.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (start, segment) in text.split_word_bound_indices() {
        let mut at = start;
        for part in segment.split_inclusive(|letter| !is_of_word(letter)) {
            add(part, at, &mut pieces);
            at = at.saturating_add(part.len());
        }
    }
    pieces
}

fn add(part: &str, at: usize, pieces: &mut Vec<Piece>) {
    let script = part.chars().next().and_then(Script::of);
    if let Some(script) = script {
        for (offset, cluster) in part.grapheme_indices(true) {
            add_cluster(script, cluster, at.saturating_add(offset), pieces);
        }
        return;
    }
    let mut folded = String::with_capacity(part.len());
    fold(part, &mut folded);
    if folded.is_empty() {
        return;
    }
    let word = part.trim_end_matches(|letter| !is_of_word(letter));
    pieces.push(Piece::Word { folded, at: at..at.saturating_add(word.len()) });
}

fn add_cluster(script: Script, cluster: &str, at: usize, pieces: &mut Vec<Piece>) {
    let mut folded = String::with_capacity(cluster.len());
    if is_plain(cluster) {
        folded.push_str(cluster);
    } else {
        fold(cluster, &mut folded);
    }
    let end = at.saturating_add(cluster.len());
    let more = folded.chars().map(|letter| (letter, at..end));
    match pieces.last_mut() {
        Some(Piece::Run { script: last, letters })
            if *last == script && letters.last().is_some_and(|(_, before)| before.end == at) =>
        {
            letters.extend(more);
        }
        _ => pieces.push(Piece::Run { script, letters: more.collect() }),
    }
}

/// Whether these are only letters that folding leaves as they are: most kana and Han, so most of a text has no need of it.
fn is_plain(cluster: &str) -> bool {
    cluster.chars().all(|letter| matches!(letter, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{4e00}'..='\u{9fff}'))
}

/// Whether a letter belongs to a word, also one that is dropped in folding.
fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric()
        || is_combining_mark(letter)
        || matches!(letter, '\u{ad}' | '\u{200c}' | '\u{200d}' | '"' | '\u{5f3}' | '\u{5f4}')
}

/// Every term that a text is found by, and how often it is there; also how many there are.
pub(super) fn terms(text: &str) -> (Vec<(String, u32)>, u32) {
    let mut all = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Word { folded, .. } => all.push(folded),
            Piece::Run { script, letters } => {
                for start in 0..letters.len() {
                    let some = letters.iter().skip(start).take(script.together());
                    all.push(some.map(|(letter, _)| *letter).collect());
                }
            }
        }
    }
    let count = u32::try_from(all.len()).unwrap_or(u32::MAX);
    all.sort_unstable();
    let mut counted: Vec<(String, u32)> = Vec::with_capacity(all.len());
    for term in all {
        match counted.last_mut() {
            Some((last, times)) if *last == term => *times = times.saturating_add(1),
            _ => counted.push((term, 1)),
        }
    }
    (counted, count)
}
