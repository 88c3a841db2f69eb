//! Texts of realistic length, of words as often as words are: the second half as often as the first, the third a third.

use kith_tests::seed::Chance;

/// Words there are: as many as half a million posts of a large group would have, names and typing mistakes included.
const WORDS: usize = 200_000;
/// Letters there are, of Chinese or Japanese.
const LETTERS: usize = 3_000;
/// Words of a text, at least and at most: about 400 bytes.
const LENGTH: (u64, u64) = (20, 110);

/// What writes texts.
pub struct Writer {
    words: Vec<String>,
    /// How much of all the words up to each make, of 2^32.
    shares: Vec<u64>,
    between: &'static str,
}

impl Writer {
    /// Writes words with spaces between them.
    pub fn spaced(chance: &mut Chance) -> Writer {
        let syllables: Vec<String> = "bdfghklmnprstvwz"
            .chars()
            .flat_map(|first| "aeiou".chars().map(move |then| format!("{first}{then}")))
            .collect();
        let word = |number: usize, chance: &mut Chance| {
            // What is said often is short.
            let length = 1 + (number as f64 + 2.0).log10() as u64 + chance.below(2);
            (0..length).map(|_| chance.pick(&syllables).as_str()).collect()
        };
        Writer::of((0..WORDS).map(|number| word(number, chance)).collect(), " ")
    }

    /// Writes letters without.
    pub fn unspaced() -> Writer {
        let letters = ('\u{4e00}'..).take(LETTERS).map(String::from);
        Writer::of(letters.collect(), "")
    }

    fn of(words: Vec<String>, between: &'static str) -> Writer {
        let weights = || (0..words.len()).map(|number| 1.0 / (number as f64 + 1.0));
        let all: f64 = weights().sum();
        let mut sum = 0.0;
        let shares = weights().map(|weight| {
            sum += weight;
            (sum / all * f64::from(u32::MAX)) as u64
        });
        Writer { shares: shares.collect(), words, between }
    }

    /// A text.
    pub fn text(&self, chance: &mut Chance) -> String {
        let count = chance.between(LENGTH.0, LENGTH.1);
        let words: Vec<&str> = (0..count).map(|_| self.word(chance)).collect();
        words.join(self.between)
    }

    /// A word, often one that is said often.
    pub fn word(&self, chance: &mut Chance) -> &str {
        let drawn = chance.below(u64::from(u32::MAX));
        let place = self.shares.partition_point(|share| *share <= drawn);
        &self.words[place.min(self.words.len() - 1)]
    }

    /// The word that comes at this place, from the most often said on.
    pub fn nth(&self, place: usize) -> &str {
        &self.words[place]
    }
}
