//! Text that strangers read of each other: refused where it looks otherwise than it reads.

use thiserror::Error;

/// Marks above or below one letter. No language needs more; more hide the lines around them.
const MARKS: usize = 4;

/// Why a text cannot stand in a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unfit {
    /// Something that is not seen, or turns the direction of what stands around it.
    #[error("it holds a character that is not seen, or that turns the text around it")]
    Unseen,
    /// Letters of several alphabets in one word, which look alike and are not.
    #[error("one of its words mixes letters of several alphabets, which look alike and are others")]
    Alphabets,
    /// Letters that are pictures of letters.
    #[error("it is written in ornamental letters, which many people cannot have read to them")]
    Ornaments,
    /// More marks on one letter than any language has.
    #[error("one of its letters has more marks on it than any language has")]
    Marks,
    /// More lines than it may have.
    #[error("it has too many lines")]
    Lines,
}

/// Whether a text may be shown to people as what strangers say, in at most so many lines.
///
/// # Errors
/// [`Unfit`].
pub(super) fn fit(text: &str, lines: usize) -> Result<(), Unfit> {
    if text.split('\n').count() > lines {
        return Err(Unfit::Lines);
    }
    let (mut alphabet, mut marks) = (None, 0_usize);
    for letter in text.chars() {
        if is_unseen(letter) {
            return Err(Unfit::Unseen);
        }
        if is_ornament(letter) {
            return Err(Unfit::Ornaments);
        }
        if is_mark(letter) {
            marks = marks.saturating_add(1);
            if marks > MARKS {
                return Err(Unfit::Marks);
            }
            continue;
        }
        marks = 0;
        if !letter.is_alphabetic() {
            alphabet = None;
        } else if let Some(one) = Alphabet::of(letter) {
            if alphabet.is_some_and(|before| before != one) {
                return Err(Unfit::Alphabets);
            }
            alphabet = Some(one);
        }
    }
    Ok(())
}

/// Alphabets with letters that look like those of another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Cherokee,
    Coptic,
}

impl Alphabet {
    fn of(letter: char) -> Option<Alphabet> {
        Some(match letter {
            'a'..='z'
            | 'A'..='Z'
            | '\u{c0}'..='\u{24f}'
            | '\u{250}'..='\u{2af}'
            | '\u{1e00}'..='\u{1eff}' => Alphabet::Latin,
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Alphabet::Greek,
            '\u{400}'..='\u{52f}'
            | '\u{1c80}'..='\u{1c8f}'
            | '\u{2de0}'..='\u{2dff}'
            | '\u{a640}'..='\u{a69f}' => Alphabet::Cyrillic,
            '\u{530}'..='\u{58f}' => Alphabet::Armenian,
            '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => Alphabet::Cherokee,
            '\u{2c80}'..='\u{2cff}' => Alphabet::Coptic,
            _ => return None,
        })
    }
}

/// Controls but the end of a line, what forces a direction, what is blank and no space, private and unassigned use.
/// Joiners and marks of direction stay: Persian, Hindi and Hebrew are written with them.
fn is_unseen(letter: char) -> bool {
    (letter.is_control() && letter != '\n')
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180e}' | '\u{200b}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}' | '\u{e000}'..='\u{f8ff}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{10ffff}')
}

/// Letters of mathematics, of full width, in circles.
fn is_ornament(letter: char) -> bool {
    matches!(letter,
        '\u{1d400}'..='\u{1d7ff}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' | '\u{249c}'..='\u{24e9}'
        | '\u{1f110}'..='\u{1f189}')
}

fn is_mark(letter: char) -> bool {
    matches!(letter,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_fit() {
        for text in [
            "Für Leute, die pflegen",
            "Για όσους χάσανε κάποιον",
            "Для тех, кто не спит",
            "לאלה שאיבדו (Grief)\u{200f}",
            "می\u{200c}خواهم",
            "दुःख\u{200d}",
            "👩\u{200d}👩\u{200d}👧 families, e\u{301}tc.",
            "Kith & <b>bold</b> 24/7",
            "Пост and Post",
            "两个人",
            "tiê\u{301}ng Việt",
        ] {
            assert_eq!(fit(text, 1), Ok(()), "{text}");
        }
        assert_eq!(fit("a\nb", 2), Ok(()));
    }

    #[test]
    fn what_looks_otherwise_than_it_reads_is_not() {
        for (text, why) in [
            ("a\u{202e}b", Unfit::Unseen),
            ("a\u{2066}b", Unfit::Unseen),
            ("a\u{200b}b", Unfit::Unseen),
            ("a\u{1b}[2J", Unfit::Unseen),
            ("a\tb", Unfit::Unseen),
            ("a\rb", Unfit::Unseen),
            ("a\u{e0041}", Unfit::Unseen),
            ("a\u{3164}", Unfit::Unseen),
            ("Kіth", Unfit::Alphabets),
            ("Κith", Unfit::Alphabets),
            ("G\u{301}rіef", Unfit::Alphabets),
            ("𝐊𝐢𝐭𝐡", Unfit::Ornaments),
            ("Ｋith", Unfit::Ornaments),
            ("a\u{300}\u{301}\u{302}\u{303}\u{304}", Unfit::Marks),
            ("a\nb", Unfit::Lines),
        ] {
            assert_eq!(fit(text, 1), Err(why), "{text:?}");
        }
    }
}
