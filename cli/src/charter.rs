//! Charters as people read and edit them: TOML files, the templates that come with the program, and plain words.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use kith_node::api::types::{
    Advice, Charter, CharterChanges, Code, Floor, History, Inviters, Problem, Rule, RuleName,
};
use kith_node::service::templates;
use serde::de::DeserializeOwned;

use crate::{attach, phrase, plain};

/// The largest file that describes a group or charter, in bytes.
pub const FILE_MOST: usize = 64 * 1024;

/// The names of the templates that come with the program, each with whom it is for.
pub fn templates() -> impl Iterator<Item = (&'static str, &'static str)> {
    templates::names()
}

/// A template by name.
///
/// # Errors
/// [`Code::Usage`] if there is none of this name.
pub fn template<T: DeserializeOwned>(name: &str) -> Result<T, Problem> {
    let Some(text) = templates::text(name) else {
        return Err(Problem::new(
            Code::Usage,
            format!("There is no template called \"{}\".", plain::line(name)),
            "\"kith group templates\" lists them.",
        ));
    };
    parse(text, Path::new(name), "")
}

/// Reads a TOML file, "-" being stdin. `holds` says what it may hold.
///
/// # Errors
/// [`Code::StorageFailed`]; [`Code::Usage`] for what is not understood, with the line.
pub fn read<T: DeserializeOwned>(path: &Path, holds: &str) -> Result<T, Problem> {
    let mut text = String::new();
    let most = u64::try_from(FILE_MOST).unwrap_or(u64::MAX);
    let read = if path == Path::new("-") {
        io::stdin().lock().take(most).read_to_string(&mut text)
    } else {
        fs::File::open(path).and_then(|file| file.take(most).read_to_string(&mut text))
    };
    read.map_err(|_| {
        Problem::new(
            Code::StorageFailed,
            format!("The file {} cannot be read.", path.display()),
            "Check its name and its permissions.",
        )
    })?;
    parse(&text, path, holds)
}

/// What somebody made of a charter in their editor.
///
/// # Errors
/// [`Code::Usage`] for what is not understood, with the line.
pub fn edited(text: &[u8]) -> Result<Described, Problem> {
    described(text, PARTS)
}

/// What somebody wrote in their editor, as [`read`].
///
/// # Errors
/// [`Code::Usage`] if it is not understood; `holds` says what it may hold.
pub fn described<T: DeserializeOwned>(text: &[u8], holds: &str) -> Result<T, Problem> {
    parse(&String::from_utf8_lossy(text), Path::new("you wrote"), holds)
}

fn parse<T: DeserializeOwned>(text: &str, path: &Path, holds: &str) -> Result<T, Problem> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| 1 + text.bytes().take(span.start).filter(|b| *b == b'\n').count());
        let place = line.map(|line| format!(" in line {line}")).unwrap_or_default();
        // What follows the comma is a list of what it may hold: the hint has that.
        let why = error.message().split(", expected").next().unwrap_or_default().trim_end_matches('.');
        Problem::new(
            Code::Usage,
            format!("The file {} is not understood{place}: {why}.", path.display()),
            holds,
        )
    })
}

/// A charter as people read it.
pub fn words(charter: &Charter) -> String {
    let filled = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let listed = |list: &[String]| Some(list.to_vec()).filter(|list| !list.is_empty());
    let mut words = parts(&CharterChanges {
        purpose: filled(&charter.purpose),
        audience: filled(&charter.audience),
        agreements: listed(&charter.agreements),
        rules: listed(&charter.rules),
        confidentiality: filled(&charter.confidentiality),
        reply_hours: Some(charter.reply_hours).filter(|hours| *hours > 0),
        retention_days: Some(charter.retention_days).filter(|days| *days > 0),
        advice: Some(charter.advice),
        language: filled(&charter.language),
        questions: listed(&charter.questions),
        term_days: Some(charter.term_days).filter(|days| *days > 0),
        attachment_kib: Some(charter.attachment_kib),
        history: Some(charter.history),
        size: Some(charter.size),
        invites: Some(charter.invites),
    });
    if charter.shared_power {
        let shared = "Everybody is a facilitator. What concerns all takes more than half of us.";
        words.push_str(&part("Who decides", shared));
    }
    let floor = Floor::ALL.map(|one| {
        let rule = RuleName(Rule::Floor(one));
        format!("{rule}: {}", phrase::floor(rule))
    });
    words.push_str(&part("Rules that every group has", &floor.join("\n")));
    words
}

/// Parts of a charter as people read them.
pub fn parts(parts: &CharterChanges) -> String {
    let text = |heading: &str, text: &Option<String>| text.as_ref().map(|text| part(heading, text));
    let list = |heading: &str, name: &str, list: &Option<Vec<String>>| {
        list.as_ref().map(|list| part(heading, &numbered(name, list)))
    };
    let goes: Vec<String> = [
        parts.advice.map(|advice| match advice {
            Advice::IfAsked => "Advice is for those who ask for it.".to_owned(),
            Advice::Welcome => "Advice is welcome.".to_owned(),
        }),
        parts.reply_hours.map(|hours| match hours {
            0 => "No time is named within which we try to answer.".to_owned(),
            hours => format!("We try to answer within {}.", phrase::count(hours, "hour", "hours")),
        }),
        parts.retention_days.map(|days| match days {
            0 => "What is written is to be kept for as long as there is room.".to_owned(),
            days => format!("What is written is to be kept for {}.", phrase::count(days, "day", "days")),
        }),
        parts.history.map(|history| phrase::history(history).to_owned()),
        parts.invites.map(|invites| match invites {
            Inviters::Facilitators => "Facilitators and helpers may invite.".to_owned(),
            Inviters::Members => "Every member may invite.".to_owned(),
        }),
        parts.size.map(|size| format!("At most {}.", phrase::count(size, "member", "members"))),
        parts.language.as_ref().map(|language| format!("Language: {language}")),
        parts.term_days.map(|days| match days {
            0 => "No term is named for facilitators and helpers.".to_owned(),
            days => format!(
                "Facilitators and helpers are it for {} at a time.",
                phrase::count(days, "day", "days")
            ),
        }),
        parts.attachment_kib.map(|kib| match kib {
            0 => "No files go with what is written.".to_owned(),
            kib => format!(
                "A file that goes with what is written has at most {}.",
                attach::size(u64::from(kib) << 10)
            ),
        }),
    ]
    .into_iter()
    .flatten()
    .collect();
    [
        text("What it is for", &parts.purpose),
        text("Whom it is for", &parts.audience),
        list("What we agree to", "agreement", &parts.agreements),
        list("Rules about what is written", "rule", &parts.rules),
        text("Where confidence ends", &parts.confidentiality),
        list("What we ask of whoever knocks", "question", &parts.questions),
        (!goes.is_empty()).then(|| part("How it goes", &goes.join("\n"))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The names of these parts, as a sentence lists them.
pub fn names(parts: &CharterChanges) -> String {
    let names = [
        ("purpose", parts.purpose.is_some()),
        ("audience", parts.audience.is_some()),
        ("agreements", parts.agreements.is_some()),
        ("rules", parts.rules.is_some()),
        ("limits of confidence", parts.confidentiality.is_some()),
        ("time to answer", parts.reply_hours.is_some()),
        ("how long things are kept", parts.retention_days.is_some()),
        ("advice", parts.advice.is_some()),
        ("language", parts.language.is_some()),
        ("what newcomers are asked", parts.questions.is_some()),
        ("terms of office", parts.term_days.is_some()),
        ("how large files can be", parts.attachment_kib.is_some()),
        ("what newcomers can read", parts.history.is_some()),
        ("size", parts.size.is_some()),
        ("who may invite", parts.invites.is_some()),
    ];
    let named: Vec<&str> = names.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect();
    named.join(", ")
}

fn part(heading: &str, text: &str) -> String {
    let text = if text.trim().is_empty() { "(nothing)" } else { text.trim_end() };
    format!("{heading}\n    {}\n", plain::block(text).replace('\n', "\n    "))
}

fn numbered(name: &str, list: &[String]) -> String {
    let lines = (1..).zip(list).map(|(number, one)| format!("{name}:{number}  {one}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// A charter as a file that can be edited.
pub fn file(charter: &Charter) -> String {
    toml::to_string_pretty(&CharterChanges::from(charter.clone())).unwrap_or_default()
}

/// Fields of a charter out of a file or template; what is not there stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Described {
    pub title: Option<String>,
    #[serde(rename = "as")]
    pub name: Option<String>,
    pub purpose: Option<String>,
    pub audience: Option<String>,
    pub agreements: Option<Vec<String>>,
    pub rules: Option<Vec<String>>,
    pub confidentiality: Option<String>,
    pub reply_hours: Option<u16>,
    pub retention_days: Option<u32>,
    pub advice: Option<Advice>,
    pub language: Option<String>,
    pub questions: Option<Vec<String>>,
    pub term_days: Option<u32>,
    pub attachment_kib: Option<u32>,
    pub history: Option<History>,
    pub size: Option<u32>,
    pub invites: Option<Inviters>,
    pub shared_power: Option<bool>,
}

/// What a file that describes a group may hold.
pub const HOLDS: &str = "It may hold title, as, purpose, audience, agreements, rules, confidentiality, reply_hours, \
                         retention_days, advice (if_asked or welcome), language, questions, term_days, attachment_kib, \
                         history (all or none), size, invites (facilitators or members) and shared_power.";

/// What a file that describes a charter may hold.
pub const PARTS: &str = "It may hold purpose, audience, agreements, rules, confidentiality, reply_hours, \
                         retention_days, advice (if_asked or welcome), language, questions, term_days, attachment_kib, \
                         history (all or none), size and invites (facilitators or members). Nothing else of a group can change.";

impl Described {
    /// This, and where it says nothing the other.
    pub fn or(self, other: Described) -> Described {
        Described {
            title: self.title.or(other.title),
            name: self.name.or(other.name),
            purpose: self.purpose.or(other.purpose),
            audience: self.audience.or(other.audience),
            agreements: self.agreements.or(other.agreements),
            rules: self.rules.or(other.rules),
            confidentiality: self.confidentiality.or(other.confidentiality),
            reply_hours: self.reply_hours.or(other.reply_hours),
            retention_days: self.retention_days.or(other.retention_days),
            advice: self.advice.or(other.advice),
            language: self.language.or(other.language),
            questions: self.questions.or(other.questions),
            term_days: self.term_days.or(other.term_days),
            attachment_kib: self.attachment_kib.or(other.attachment_kib),
            history: self.history.or(other.history),
            size: self.size.or(other.size),
            invites: self.invites.or(other.invites),
            shared_power: self.shared_power.or(other.shared_power),
        }
    }

    /// What it says about a charter that there is already.
    ///
    /// # Errors
    /// [`Code::Usage`] if it says something that never changes.
    pub fn changes(self) -> Result<CharterChanges, Problem> {
        if self.shared_power.is_some() {
            return Err(Problem::new(
                Code::Usage,
                "Whether everybody facilitates is chosen when a group is opened, and never changes.",
                "Take \"shared_power\" out of the file, and try again.",
            ));
        }
        if self.title.is_some() || self.name.is_some() {
            return Err(Problem::new(
                Code::Usage,
                "What a group is called never changes, and what you are called is no part of its charter.",
                "Take \"title\" and \"as\" out of the file, and try again.",
            ));
        }
        Ok(CharterChanges {
            purpose: self.purpose,
            audience: self.audience,
            agreements: self.agreements,
            rules: self.rules,
            confidentiality: self.confidentiality,
            reply_hours: self.reply_hours,
            retention_days: self.retention_days,
            advice: self.advice,
            language: self.language,
            questions: self.questions,
            term_days: self.term_days,
            attachment_kib: self.attachment_kib,
            history: self.history,
            size: self.size,
            invites: self.invites,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_a_charter_in_plain_words() {
        for (name, about) in templates() {
            let described: Described = template(name).unwrap();
            assert!(about.ends_with('.') && about.starts_with("For "), "{name}: {about}");
            assert!(described.purpose.is_some() && described.agreements.is_some(), "{name}");
            let text = templates::text(name).unwrap();
            for word in ["!", "patient", "therapy", "treatment", "diagnos", "safe space", "symptom"] {
                assert!(!text.contains(word), "{name}: {word}");
            }
        }
        assert_eq!(template::<Described>("nothing").unwrap_err().code, Code::Usage);
    }

    #[test]
    fn a_charter_is_printed_in_a_form_that_is_read() {
        let charter: Charter = template("grief").unwrap();
        let described: Described = toml::from_str(&file(&charter)).unwrap();
        let blank: Charter = toml::from_str("purpose = ''").unwrap();
        assert_eq!(described.changes().unwrap().over(blank), charter);
        let words = words(&charter);
        assert!(
            words.contains("agreement:2  We listen first.") && words.contains("rule:1  No pictures"),
            "{words}"
        );
    }

    #[test]
    fn a_part_that_becomes_empty_is_shown_and_one_that_stays_is_not() {
        let changes =
            CharterChanges { rules: Some(vec![]), reply_hours: Some(0), ..CharterChanges::default() };
        let shown = parts(&changes);
        assert!(shown.contains("Rules about what is written\n    (nothing)\n"), "{shown}");
        assert!(shown.contains("No time is named") && !shown.contains("What it is for"), "{shown}");
        assert_eq!(names(&changes), "rules, time to answer");
    }

    #[test]
    fn what_never_changes_is_refused() {
        for text in ["title = 'Other'", "as = 'Ana'"] {
            let described: Described = toml::from_str(text).unwrap();
            assert_eq!(described.changes().unwrap_err().code, Code::Usage, "{text}");
        }
    }
}
