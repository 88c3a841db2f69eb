//! Words that people say to each other: the phrase of an open door, and the key words by which a group is known.
//!
//! A phrase is told by voice, so it is compared as it sounds: [`normal`] takes out what nobody hears. *Key words* are a name
//! for a group and its founders that two people can read to each other; what differs in it shows that they hold links of
//! two groups, though both may bear one title.

use bip39::Language;
use rand_core::CryptoRng;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::id::{GroupId, MemberKey, hash, truncate};
use crate::limits;

/// How many words a phrase has that is made up here: 55 bits.
pub const WORDS: usize = 5;
/// How many key words a group has: 66 bits, so that nobody makes a group to fit.
pub const KEY_WORDS: usize = 6;

/// The bits that one word of the list stands for.
const BITS: u32 = 11;

/// A phrase as it is compared: letters and digits in one form and lower case, with one space between words. What stands
/// between letters is a space, but for apostrophes, which are left out. Nothing is left of a phrase that is longer than
/// [`limits::PHRASE`] bytes.
pub fn normal(phrase: &str) -> Zeroizing<String> {
    let mut normal = Zeroizing::new(String::with_capacity(limits::PHRASE));
    if phrase.len() > limits::PHRASE {
        return normal;
    }
    let folded = phrase.nfkc().flat_map(char::to_lowercase).nfkc();
    for letter in folded.filter(|letter| !matches!(letter, '\'' | '\u{2019}' | '\u{ad}' | '\u{200b}')) {
        let heard = letter.is_alphanumeric() || is_mark(letter);
        if heard {
            normal.push(letter);
        } else if !normal.is_empty() && !normal.ends_with(' ') {
            normal.push(' ');
        }
    }
    if normal.ends_with(' ') {
        normal.pop();
    }
    normal
}

/// Whether a phrase is long enough that nobody tries them all: at least [`limits::PHRASE_LEAST`] letters, as compared.
pub fn is_enough(phrase: &str) -> bool {
    normal(phrase).chars().count() >= limits::PHRASE_LEAST
}

/// Makes a phrase up.
pub fn generate(rng: &mut impl CryptoRng) -> Zeroizing<String> {
    let mut phrase = Zeroizing::new(String::with_capacity(limits::PHRASE));
    for _ in 0..WORDS {
        if !phrase.is_empty() {
            phrase.push(' ');
        }
        phrase.push_str(word(rng.next_u32().into()));
    }
    phrase
}

/// The key words of a group, a space between each two.
pub fn key_words(group: &GroupId, founders: &[MemberKey]) -> String {
    let mut founders = founders.to_vec();
    founders.sort_unstable();
    let parts: Vec<&[u8]> =
        std::iter::once(group.as_ref()).chain(founders.iter().map(AsRef::as_ref)).collect();
    let bits = u128::from_be_bytes(truncate(&hash("kith/1/key-words", &parts)));
    let shifts = (0..u128::BITS).rev().filter(|shift| u128::BITS.saturating_sub(*shift).is_multiple_of(BITS));
    let words = shifts.take(KEY_WORDS).filter_map(|shift| bits.checked_shr(shift));
    words.map(word).collect::<Vec<_>>().join(" ")
}

/// A word of the list, by the lowest eleven bits.
fn word(bits: u128) -> &'static str {
    let place = usize::try_from(bits & ((1 << BITS) - 1)).unwrap_or(0);
    Language::English.word_list().get(place).copied().unwrap_or_default()
}

/// Marks belong to the letter before them, in scripts that write vowels so.
fn is_mark(letter: char) -> bool {
    unicode_normalization::char::is_combining_mark(letter)
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    #[test]
    fn a_phrase_is_compared_as_it_sounds() {
        let said = "the blue heron, waits";
        for typed in [
            "The Blue Heron waits",
            "  the  blue-heron\twaits. ",
            "\u{ff34}he blue heron waits!",
            "\u{201c}The blue heron\u{201d}\nwaits\u{2026}",
        ] {
            assert_eq!(*normal(typed), *normal(said), "{typed}");
        }
        assert_eq!(*normal("d'accord, d\u{2019}accord"), "daccord daccord");
        assert_eq!(*normal("caf\u{e9}"), *normal("CAFE\u{301}"), "composed or not");
        assert_eq!(*normal("\u{915}\u{93f} \u{0916}"), "\u{915}\u{93f} \u{0916}", "vowel signs are heard");
        assert_ne!(*normal("the blue herons wait"), *normal(said));
        assert_eq!(*normal("?!"), "");
    }

    #[test]
    fn what_is_normal_stays_so() {
        for typed in ["The Blue Heron waits", "\u{130}stanbul \u{fb01}n \u{1e9e}", "a\u{308}\u{301} b"] {
            assert_eq!(*normal(&normal(typed)), *normal(typed), "{typed}");
        }
    }

    #[test]
    fn a_phrase_has_a_least_and_a_most() {
        assert!(!is_enough("12 letters?") && is_enough("twelve letters"));
        assert!(!is_enough(&". ".repeat(20)), "punctuation is not heard");
        assert!(is_enough(&"x".repeat(limits::PHRASE)) && !is_enough(&"x".repeat(limits::PHRASE + 1)));
    }

    #[test]
    fn a_phrase_made_up_is_enough_and_another_each_time() {
        let mut rng = ChaCha20Rng::from_seed([3; 32]);
        let (one, other) = (generate(&mut rng), generate(&mut rng));
        assert_ne!(one, other);
        assert_eq!(one.split(' ').count(), WORDS);
        assert_eq!(normal(&one), one, "it is what it sounds like");
        for _ in 0..200 {
            assert!(is_enough(&generate(&mut rng)));
        }
    }

    #[test]
    fn key_words_hang_on_the_group_and_on_who_founded_it() {
        let (group, ana, ben) = (GroupId([1; 32]), MemberKey([2; 32]), MemberKey([3; 32]));
        let words = key_words(&group, &[ana, ben]);
        assert_eq!(words.split(' ').count(), KEY_WORDS, "{words}");
        assert_eq!(words, key_words(&group, &[ben, ana]), "in any order");
        assert_ne!(words, key_words(&group, &[ana]));
        assert_ne!(words, key_words(&GroupId([4; 32]), &[ana, ben]));
        let all: std::collections::BTreeSet<String> =
            (0..=u8::MAX).map(|byte| key_words(&GroupId([byte; 32]), &[ana])).collect();
        let first: std::collections::BTreeSet<_> = all.iter().map(|words| words.split(' ').next()).collect();
        let last: std::collections::BTreeSet<_> =
            all.iter().map(|words| words.split(' ').next_back()).collect();
        assert!(first.len() > 200 && last.len() > 200, "every word is of the hash");
    }
}
