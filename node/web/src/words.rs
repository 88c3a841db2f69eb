//! The words of the pages: Fluent files, one folder a language, and none anywhere else.
//!
//! What is missing in a language is said in English; what is missing there, by its name, and a test sees to it that
//! nothing is. Values are put between marks that keep their direction to themselves (FSI and PDI), so that a name
//! cannot turn the sentence around it.
//!
//! Two languages are for trying the pages out: `en-XA` is English, longer and with marks on its letters, `ar-XB` is
//! English from right to left.

use std::borrow::Cow;
use std::fmt::Display;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

mod files;

/// A language the pages speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language {
    /// Its code, as in `lang`.
    pub code: &'static str,
    /// What it calls itself.
    pub name: &'static str,
    /// Whether it is written from right to left.
    pub rtl: bool,
    /// Whether it is there for trying the pages out.
    pub pseudo: bool,
}

/// Every language, English first.
pub const LANGUAGES: [Language; 4] = [
    Language { code: "en", name: "English", rtl: false, pseudo: false },
    Language { code: "de", name: "Deutsch", rtl: false, pseudo: false },
    Language { code: "en-XA", name: "English, marked", rtl: false, pseudo: true },
    Language { code: "ar-XB", name: "English, from right to left", rtl: true, pseudo: true },
];

/// What a language that is for trying out does to the words.
type Transform = fn(&str) -> Cow<'_, str>;

/// The words of one language, and English behind them.
#[derive(Clone)]
pub struct Words(Arc<Spoken>);

struct Spoken {
    language: Language,
    bundles: Vec<FluentBundle<FluentResource>>,
}

/// Every language, ready to speak.
#[derive(Clone)]
pub struct Library(Arc<[Words]>);

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Words").field(&self.0.language.code).finish()
    }
}

impl Library {
    /// Reads all languages.
    pub fn read() -> Library {
        Library(LANGUAGES.iter().map(|language| Words::of(*language)).collect())
    }

    /// The language chosen; without a choice the first that the browser wishes for and that is there; else English.
    pub fn speak(&self, chosen: Option<&str>, wished: Option<&str>) -> Words {
        let named = |code: &str| self.0.iter().find(|words| words.language().code == code);
        let wished = wished.unwrap_or_default().split(',').filter_map(|wish| {
            let code = wish.split([';', '-']).next()?.trim();
            named(code)
        });
        let spoken = chosen.and_then(named).or_else(|| wished.into_iter().next()).or_else(|| self.0.first());
        spoken.cloned().unwrap_or_else(|| Words::of(LANGUAGES[0]))
    }
}

impl Words {
    fn of(language: Language) -> Words {
        let english = |transform| bundle("en", &files::EN, transform);
        let bundles = match language.code {
            "de" => vec![bundle("de", &files::DE, None), english(None)],
            "en-XA" => vec![english(Some(marked))],
            "ar-XB" => vec![english(Some(turned))],
            _ => vec![english(None)],
        };
        Words(Arc::new(Spoken { language, bundles }))
    }

    /// Which language it is.
    pub fn language(&self) -> Language {
        self.0.language
    }

    /// `ltr` or `rtl`.
    pub fn dir(&self) -> &'static str {
        if self.0.language.rtl { "rtl" } else { "ltr" }
    }

    /// Some words.
    pub fn t(&self, id: &str) -> String {
        self.say(id, None)
    }

    /// Some words with a value in them.
    pub fn t1(&self, id: &str, name: &str, value: impl Display) -> String {
        let mut values = FluentArgs::new();
        values.set(name, value.to_string());
        self.say(id, Some(&values))
    }

    /// Some words with two values in them.
    pub fn t2(&self, id: &str, one: &str, value: impl Display, two: &str, other: impl Display) -> String {
        let mut values = FluentArgs::new();
        values.set(one, value.to_string());
        values.set(two, other.to_string());
        self.say(id, Some(&values))
    }

    /// Some words with a number in them, in the right form of the language.
    pub fn tn(&self, id: &str, name: &str, number: impl Into<u64>) -> String {
        let mut values = FluentArgs::new();
        // Numbers beyond this are said nowhere.
        values.set(name, FluentValue::from(u32::try_from(number.into()).unwrap_or(u32::MAX)));
        self.say(id, Some(&values))
    }

    fn say(&self, id: &str, values: Option<&FluentArgs<'_>>) -> String {
        let said = self.0.bundles.iter().find_map(|bundle| {
            let pattern = bundle.get_message(id)?.value()?;
            let mut errors = Vec::new();
            let said = bundle.format_pattern(pattern, values, &mut errors).into_owned();
            if !errors.is_empty() {
                tracing::error!(id, "words that lack a value");
            }
            Some(said)
        });
        said.unwrap_or_else(|| {
            tracing::error!(id, "words that are missing");
            id.to_owned()
        })
    }
}

fn bundle(code: &str, files: &[&str], transform: Option<Transform>) -> FluentBundle<FluentResource> {
    let language: LanguageIdentifier = code.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.set_transform(transform);
    for file in files {
        // What cannot be read is left out; a test reads every file.
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(resource, errors)| {
            tracing::error!(?errors, "a file of words is damaged");
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(?errors, "words that stand twice");
        }
    }
    bundle
}

fn marked(text: &str) -> Cow<'_, str> {
    fluent_pseudo::transform(text, false, true)
}

fn turned(text: &str) -> Cow<'_, str> {
    // From right to left, whatever letters come: U+202E begins it, U+202C ends it.
    Cow::Owned(format!("\u{202e}{text}\u{202c}"))
}

#[cfg(test)]
mod tests;
