//! Charters as people read and edit them: TOML files, the templates that come with the program, and plain words.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use kith_node::api::types::{Advice, Charter, Code, History, Inviters, Problem};
use serde::de::DeserializeOwned;

use crate::{phrase, plain};

/// The largest file that describes a group or charter, in bytes.
const FILE_MOST: u64 = 64 * 1024;

/// The templates that come with the program: name, and TOML whose first line says whom it is for.
const TEMPLATES: [(&str, &str); 6] = [
    ("anxiety", include_str!("../templates/anxiety.toml")),
    ("carers", include_str!("../templates/carers.toml")),
    ("grief", include_str!("../templates/grief.toml")),
    ("long-illness", include_str!("../templates/long-illness.toml")),
    ("new-parents", include_str!("../templates/new-parents.toml")),
    ("recovery", include_str!("../templates/recovery.toml")),
];

/// The names of the templates, each with whom it is for.
pub fn templates() -> impl Iterator<Item = (&'static str, &'static str)> {
    let about = |text: &'static str| text.lines().next().unwrap_or_default().trim_start_matches("# ");
    TEMPLATES.into_iter().map(move |(name, text)| (name, about(text)))
}

/// A template by name.
///
/// # Errors
/// [`Code::Usage`] if there is none of this name.
pub fn template<T: DeserializeOwned>(name: &str) -> Result<T, Problem> {
    let found = TEMPLATES.iter().find(|(known, _)| *known == name);
    let Some((_, text)) = found else {
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
    let read = if path == Path::new("-") {
        io::stdin().lock().take(FILE_MOST).read_to_string(&mut text)
    } else {
        fs::File::open(path).and_then(|file| file.take(FILE_MOST).read_to_string(&mut text))
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

fn parse<T: DeserializeOwned>(text: &str, path: &Path, holds: &str) -> Result<T, Problem> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| 1 + text.bytes().take(span.start).filter(|b| *b == b'\n').count());
        let place = line.map(|line| format!(" in line {line}")).unwrap_or_default();
        let why = error.message().trim_end_matches('.');
        Problem::new(
            Code::Usage,
            format!("The file {} is not understood{place}: {why}.", path.display()),
            holds,
        )
    })
}

/// A charter as people read it.
pub fn words(charter: &Charter) -> String {
    let mut words = String::new();
    let mut part = |heading: &str, text: &str| {
        if !text.is_empty() {
            words.push_str(&format!(
                "{heading}\n    {}\n",
                plain::block(text).trim_end().replace('\n', "\n    ")
            ));
        }
    };
    part("What it is for", &charter.purpose);
    part("Whom it is for", &charter.audience);
    part("What we agree to", &numbered("agreement", &charter.agreements));
    let floor = "methods, numbers, encouragement, pacts, countdowns, identifying: in every group nobody writes how to \
                 harm oneself, amounts of it, encouragement or agreements to it, farewell notes, or what tells who \
                 somebody else is.";
    let rules = numbered("rule", &charter.rules);
    part(
        "Rules about what is written",
        format!("{rules}{}{floor}", if rules.is_empty() { "" } else { "\n" }).as_str(),
    );
    part("Where confidence ends", &charter.confidentiality);
    let mut lines = Vec::new();
    lines.push(match charter.advice {
        Advice::IfAsked => "Advice is for those who ask for it.".to_owned(),
        Advice::Welcome => "Advice is welcome.".to_owned(),
    });
    if charter.reply_hours > 0 {
        let hours = phrase::count(charter.reply_hours, "hour", "hours");
        lines.push(format!("We try to answer within {hours}."));
    }
    if charter.retention_days > 0 {
        let days = phrase::count(charter.retention_days, "day", "days");
        lines.push(format!("What is written is to be kept for {days}."));
    }
    lines.push(phrase::history(charter.history).to_owned());
    lines.push(match charter.invites {
        Inviters::Facilitators => "Facilitators and helpers may invite.".to_owned(),
        Inviters::Members => "Every member may invite.".to_owned(),
    });
    lines.push(format!("At most {}.", phrase::count(charter.size, "member", "members")));
    part("How it goes", &lines.join("\n"));
    words
}

fn numbered(name: &str, list: &[String]) -> String {
    let lines = (1..).zip(list).map(|(number, one)| format!("{name}:{number}  {one}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// A charter as a file that can be edited.
pub fn file(charter: &Charter) -> String {
    let charter = Charter { history: charter.history, ..charter.clone() };
    toml::to_string_pretty(&charter).unwrap_or_default()
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
    pub history: Option<History>,
    pub size: Option<u32>,
    pub invites: Option<Inviters>,
}

/// What such a file may hold.
pub const HOLDS: &str = "It may hold title, as, purpose, audience, agreements, rules, confidentiality, reply_hours, \
                         retention_days, advice (if_asked or welcome), language, history (all or none), size and \
                         invites (facilitators or members).";

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
            history: self.history.or(other.history),
            size: self.size.or(other.size),
            invites: self.invites.or(other.invites),
        }
    }

    /// A charter with what this says in place of its own.
    pub fn over(self, charter: Charter) -> Charter {
        Charter {
            purpose: self.purpose.unwrap_or(charter.purpose),
            audience: self.audience.unwrap_or(charter.audience),
            agreements: self.agreements.unwrap_or(charter.agreements),
            rules: self.rules.unwrap_or(charter.rules),
            confidentiality: self.confidentiality.unwrap_or(charter.confidentiality),
            reply_hours: self.reply_hours.unwrap_or(charter.reply_hours),
            retention_days: self.retention_days.unwrap_or(charter.retention_days),
            advice: self.advice.unwrap_or(charter.advice),
            language: self.language.unwrap_or(charter.language),
            history: self.history.unwrap_or(charter.history),
            size: self.size.unwrap_or(charter.size),
            invites: self.invites.unwrap_or(charter.invites),
        }
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
            let text = TEMPLATES.iter().find(|(known, _)| *known == name).unwrap().1;
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
        assert_eq!(described.over(blank), charter);
        let words = words(&charter);
        assert!(
            words.contains("agreement:2  We listen first.") && words.contains("rule:1  No pictures"),
            "{words}"
        );
    }
}
