//! Changes of a charter, in plain words: part by part, with what each becomes.

use kith_node::api::types::{Advice, CharterChanges, History, Inviters};

use super::charter::kept;
use crate::words::Words;

/// One part of a charter, and what it says now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What the part is called.
    pub name: String,
    /// What it says: a line each.
    pub lines: Vec<String>,
}

/// These parts, in the order in which a charter is read.
pub fn parts(words: &Words, changes: &CharterChanges) -> Vec<Part> {
    let part = |id: &'static str, lines: Option<Vec<String>>| {
        let none = |lines: Vec<String>| if lines.is_empty() { vec![words.t("about-nothing")] } else { lines };
        lines.map(|lines| Part { name: words.t(id), lines: none(lines) })
    };
    let text = |text: &Option<String>| text.as_ref().map(|text| text.lines().map(str::to_owned).collect());
    let goes = goes(words, changes);
    [
        part("charter-purpose", text(&changes.purpose)),
        part("charter-audience", text(&changes.audience)),
        part("charter-agreements", changes.agreements.clone()),
        part("charter-rules", changes.rules.clone()),
        part("charter-confidentiality", text(&changes.confidentiality)),
        part("about-questions", changes.questions.clone()),
        part("charter-how-it-goes", (!goes.is_empty()).then_some(goes)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is said in figures and choices: a sentence each.
fn goes(words: &Words, changes: &CharterChanges) -> Vec<String> {
    let all = [
        changes.advice.map(|advice| match advice {
            Advice::IfAsked => words.t("charter-advice-if-asked"),
            Advice::Welcome => words.t("charter-advice-welcome"),
        }),
        changes.reply_hours.map(|hours| match hours {
            0 => words.t("about-no-reply-hours"),
            hours => words.tn("charter-reply-hours", "hours", hours),
        }),
        changes.retention_days.map(|days| kept(words, days)),
        changes.history.map(|history| match history {
            History::All => words.t("charter-history-all"),
            History::None => words.t("charter-history-none"),
        }),
        changes.invites.map(|invites| match invites {
            Inviters::Facilitators => words.t("charter-invites-facilitators"),
            Inviters::Members => words.t("charter-invites-members"),
        }),
        changes.size.map(|size| words.tn("charter-size", "size", size)),
        changes.language.as_deref().map(|code| language(words, code)),
        changes.term_days.map(|days| term(words, days)),
        changes.attachment_kib.map(|kib| files(words, kib)),
    ];
    all.into_iter().flatten().collect()
}

/// The language of a group, by its code.
pub fn language(words: &Words, code: &str) -> String {
    if code.is_empty() { words.t("about-no-language") } else { words.t1("about-language", "language", code) }
}

/// For how long somebody is meant to hold an office.
pub fn term(words: &Words, days: u32) -> String {
    if days == 0 { words.t("about-no-term") } else { words.tn("about-term", "days", days) }
}

/// How large a file may be that goes with what is written.
pub fn files(words: &Words, kib: u32) -> String {
    match kib {
        0 => words.t("about-no-files"),
        kib if kib < 1024 => words.tn("about-files-kib", "kib", kib),
        kib => words.tn("about-files-mib", "mib", kib / 1024),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Library;

    #[test]
    fn what_is_taken_out_is_said_too() {
        let words = Library::read().speak(Some("en"), None);
        let changes = CharterChanges {
            rules: Some(Vec::new()),
            term_days: Some(0),
            attachment_kib: Some(2048),
            ..CharterChanges::default()
        };
        let said = parts(&words, &changes);
        assert_eq!(said.len(), 2);
        assert_eq!(said[0].lines, [words.t("about-nothing")]);
        assert_eq!(said[1].lines, [words.t("about-no-term"), files(&words, 2048)]);
    }
}
