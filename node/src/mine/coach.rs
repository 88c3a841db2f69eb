//! What to think of beside an answer: short lists that come with the program, by what was wished for, and what one can do who
//! is worried about somebody. Nothing is read of what a person writes, and nothing is sent.

use serde::Deserialize;

use crate::api::types::Intent;

/// A list to look at beside an answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// What was wished for.
    pub intent: Intent,
    /// The same in a sentence.
    pub about: String,
    /// How to show that one understood.
    pub reflect: Vec<String>,
    /// What to ask.
    pub ask: Vec<String>,
    /// What to offer.
    pub offer: Vec<String>,
}

/// What one can do who is worried about somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worried {
    /// When it is for.
    pub about: String,
    /// One after the other.
    pub steps: Vec<String>,
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coaching {
    /// Under what terms its words can be used.
    pub licence: String,
    /// Where its words come from.
    pub source: String,
    /// What is known about whether it helps.
    pub evidence: String,
    /// The language of its words: `en`.
    pub language: String,
    /// The lists.
    pub lists: Vec<List>,
    /// For who is worried.
    pub worried: Worried,
}

const FILE: &str = include_str!("../../guides/coach.toml");

/// All of it, out of the program.
pub fn coaching() -> Option<Coaching> {
    // A test reads it.
    toml::from_str(FILE).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_list_for_every_wish_and_no_pushing() {
        let file = coaching().unwrap();
        for words in [&file.licence, &file.source, &file.evidence, &file.language] {
            assert!(!words.is_empty());
        }
        for intent in
            [Intent::HearMe, Intent::Experiences, Intent::Advice, Intent::PracticalHelp, Intent::GoodNews]
        {
            let list = file.lists.iter().find(|list| list.intent == intent).unwrap();
            for part in [&list.reflect, &list.ask, &list.offer] {
                assert!((1..=3).contains(&part.len()), "{intent:?}: a list is short");
            }
        }
        let words = FILE.to_lowercase();
        for word in ["!", "you should", "you must", "therap", "diagnos", "patient", "symptom", "treat"] {
            assert!(!words.contains(word), "{word}");
        }
    }

    #[test]
    fn who_is_worried_is_promised_nothing_that_cannot_be_kept() {
        let steps = coaching().unwrap().worried.steps.join(" ");
        assert!(steps.contains("Nobody here can see where a person is."));
        assert!(steps.contains("Are you safe right now?") && steps.contains("not responsible"));
    }
}
