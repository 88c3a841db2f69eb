//! One form for what people write in several: case, accents, vowel points, letters of the same sound.
//!
//! A word is taken apart (NFKD), put in lower case, freed of the marks below, and put together again (NFC), so that marks
//! that make another letter (Japanese が, Hindi and Thai vowels, Russian й) stay.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest folded word, in characters: what is longer is found by its beginning.
const LONGEST: usize = 32;

/// Adds the folded form of a word to `into`.
pub(super) fn fold(word: &str, into: &mut String) {
    if word.is_ascii() {
        let letters = word.chars().filter(char::is_ascii_alphanumeric).take(LONGEST);
        into.extend(letters.map(|letter| letter.to_ascii_lowercase()));
        return;
    }
    let mut plain = String::with_capacity(word.len());
    for letter in word.nfkd().flat_map(char::to_lowercase) {
        if letter == BREVE && plain.ends_with('и') {
            plain.pop();
            plain.push('й');
        } else if (letter.is_alphanumeric() || is_combining_mark(letter)) && !is_dropped(letter) {
            match spelled(letter) {
                Some(letters) => plain.push_str(letters),
                None => plain.push(letter),
            }
        }
    }
    into.extend(plain.nfc().take(LONGEST));
}

/// With it, и becomes another letter.
const BREVE: char = '\u{306}';

/// Marks that people write or leave out as they like: accents, Hebrew points, Arabic vowels and the lengthening stroke.
fn is_dropped(mark: char) -> bool {
    matches!(mark,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}'
        | '\u{6df}'..='\u{6e4}' | '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}' | '\u{8d3}'..='\u{8ff}'
        | '\u{fe00}'..='\u{fe0f}')
}

/// Letters that Unicode does not take apart, as people type them who lack the key; and digits as anybody types them.
fn spelled(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ı' => "i",
        'þ' => "th",
        'ς' => "σ",
        // Alef wasla, alef maqsura and Persian yeh, the final form of teh, Persian kaf.
        '\u{671}' => "\u{627}",
        '\u{649}' | '\u{6cc}' => "\u{64a}",
        '\u{629}' => "\u{647}",
        '\u{6a9}' => "\u{643}",
        '٠' | '۰' | '०' => "0",
        '١' | '۱' | '१' => "1",
        '٢' | '۲' | '२' => "2",
        '٣' | '۳' | '३' => "3",
        '٤' | '۴' | '४' => "4",
        '٥' | '۵' | '५' => "5",
        '٦' | '۶' | '६' => "6",
        '٧' | '۷' | '७' => "7",
        '٨' | '۸' | '८' => "8",
        '٩' | '۹' | '९' => "9",
        _ => return None,
    })
}
