//! What forms for texts share: what a text mentions, and when a draft of it was kept.

use kith_node::api::types::{ContentNotes, Mention};

use super::post::mention_words;
use crate::visit::Visit;
use crate::words::Words;

/// What can be said that a text mentions, and what was chosen of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Each with its words.
    pub all: Vec<(&'static str, String)>,
    /// What was chosen.
    pub chosen: Vec<String>,
    /// What was said in own words.
    pub note: String,
}

impl Mentions {
    /// With what was filled in.
    pub fn of(words: &Words, chosen: &[String], note: &str) -> Mentions {
        let named = Mention::ALL.into_iter().filter(|mention| *mention != Mention::Other);
        Mentions {
            all: named.map(|mention| (value(mention), words.t(mention_words(mention)))).collect(),
            chosen: chosen.to_vec(),
            note: note.to_owned(),
        }
    }

    /// Whether something was chosen.
    pub fn any(&self) -> bool {
        !self.chosen.is_empty() || !self.note.is_empty()
    }

    /// Whether this was chosen.
    pub fn has(&self, value: &str) -> bool {
        self.chosen.iter().any(|chosen| chosen == value)
    }
}

/// What a mention is called in a form.
pub fn value(mention: Mention) -> &'static str {
    mention_words(mention).trim_start_matches("mention-")
}

/// What a text mentions, as a form has it.
pub fn values(notes: &ContentNotes) -> Vec<String> {
    let named = notes.mentions.iter().filter(|mention| **mention != Mention::Other);
    named.map(|mention| value(*mention).to_owned()).collect()
}

/// That a draft was kept, and when.
pub fn draft_said(visit: &Visit, time: &str) -> String {
    visit.words.t1("draft-saved", "time", visit.clock.time(time))
}
