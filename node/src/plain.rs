//! Texts of other people, made harmless for a terminal.
//!
//! A terminal obeys what it prints: escape sequences can rewrite the screen, and overrides of the writing
//! direction can make a line read as something else. Control characters become `�`; overrides, embeddings
//! and isolates vanish, so a text shows in its natural order; everything else stays, marks of direction and
//! joiners of scripts and emoji included. `--json` never passes here.

use std::borrow::Cow;

/// A text of several lines: line breaks and tabs stay.
pub fn block(text: &str) -> Cow<'_, str> {
    clean(text, true)
}

/// A name or title: one line, whatever it holds.
pub fn line(text: &str) -> Cow<'_, str> {
    clean(text, false)
}

fn clean(text: &str, lines: bool) -> Cow<'_, str> {
    if text.chars().all(|letter| verdict(letter, lines) == Verdict::Keep) {
        return Cow::Borrowed(text);
    }
    // A line break as Windows writes it is one line break.
    let text = text.replace("\r\n", "\n");
    let kept = text.chars().filter_map(|letter| match verdict(letter, lines) {
        Verdict::Keep => Some(letter),
        Verdict::Drop => None,
        Verdict::Become(other) => Some(other),
    });
    Cow::Owned(kept.collect())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Keep,
    Drop,
    Become(char),
}

fn verdict(letter: char, lines: bool) -> Verdict {
    match letter {
        '\n' | '\t' if lines => Verdict::Keep,
        '\u{2028}' | '\u{2029}' if lines => Verdict::Become('\n'),
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => Verdict::Become(' '),
        // Embeddings and overrides (202A–202E), isolates (2066–2069), and deprecated shaping controls.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' => Verdict::Drop,
        letter if letter.is_control() => Verdict::Become('\u{fffd}'),
        _ => Verdict::Keep,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_texts_of_the_world_stay_as_they_are() {
        for text in
            ["", "Grüße\n\tund mehr", "שלום\u{200f} עולם", "می\u{200c}خواهم", "👩\u{200d}👧 e\u{301}", "नमस्ते"]
        {
            assert!(matches!(block(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn nothing_reaches_the_terminal_that_it_would_obey() {
        assert_eq!(block("a\x1b[2Jb\x07\u{9b}31m\x7f\0"), "a�[2Jb��31m��");
        assert_eq!(block("one\r\ntwo\rthree"), "one\ntwo three");
        for code in (0..0x20).chain(0x7f..0xa0).filter_map(char::from_u32) {
            let shown = block(&format!("x{code}x")).into_owned();
            assert!(shown.chars().all(|c| !c.is_control() || "\n\t".contains(c)), "{code:?}");
        }
    }

    #[test]
    fn directions_cannot_be_forced() {
        assert_eq!(block("pay \u{202e}eva\u{202c} \u{2067}now\u{2069}"), "pay eva now");
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(line("Ana\n[facilitator]\tBen\u{2028}\u{1b}"), "Ana [facilitator] Ben �");
    }
}
