//! That nothing is missing, in no language, and that nothing is there that no page says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::*;
use crate::frame::DONE;

fn crate_dir() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The messages of a language's folder, each with the values it takes, by file.
fn messages(code: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    for file in fs::read_dir(crate_dir().join("locales").join(code)).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        FluentResource::try_new(text.clone()).unwrap_or_else(|(_, errors)| panic!("{path:?}: {errors:?}"));
        let mut current: Option<String> = None;
        for line in text.lines() {
            if line.starts_with(|first: char| first.is_ascii_lowercase())
                && let Some((id, _)) = line.split_once('=')
            {
                let id = id.trim().to_owned();
                assert!(all.insert(id.clone(), BTreeSet::new()).is_none(), "{id} stands twice in {code}");
                current = Some(id);
            }
            let Some(values) = current.as_ref().and_then(|id| all.get_mut(id)) else { continue };
            values.extend(line.split('$').skip(1).map(|rest| {
                rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect()
            }));
        }
    }
    all
}

fn sources(dir: &Path, into: &mut String) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else {
            into.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_file_is_read() {
    for (code, read) in [("en", files::EN), ("de", files::DE)] {
        let there = fs::read_dir(crate_dir().join("locales").join(code)).unwrap().count();
        assert_eq!(there, read.len(), "{code}");
    }
}

#[test]
fn every_language_says_all_that_english_says_with_the_same_values() {
    let english = messages("en");
    for language in LANGUAGES.iter().filter(|language| !language.pseudo && language.code != "en") {
        let other = messages(language.code);
        for (id, values) in &english {
            assert_eq!(other.get(id), Some(values), "{id} in {}", language.code);
        }
        assert_eq!(other.len(), english.len(), "{} says what English does not", language.code);
    }
}

#[test]
fn pages_say_what_is_there_and_all_of_it() {
    let english = messages("en");
    let mut all = String::new();
    sources(&crate_dir().join("templates"), &mut all);
    sources(&crate_dir().join("src"), &mut all);
    for call in [".t(\"", ".t1(\"", ".t2(\"", ".tn(\""] {
        for rest in all.split(call).skip(1) {
            let id = rest.split('"').next().unwrap();
            if id == "…" {
                continue; // A comment that shows how.
            }
            assert!(english.contains_key(id), "no words for {id}");
        }
    }
    let unsaid: Vec<_> = english
        .keys()
        .filter(|id| !all.contains(&format!("\"{id}\"")) && !id.starts_with("problem-"))
        .collect();
    assert!(unsaid.is_empty(), "said by no page: {unsaid:?}");
    let mut done = english.keys().filter(|id| id.starts_with("done-"));
    let lost = done.find(|id| !DONE.contains(&id.as_str()));
    assert_eq!(lost, None, "not said after the act");
}

#[test]
fn words_hold_what_is_promised_of_them() {
    let never = [
        "secure",
        "safe space",
        "deleted everywhere",
        "delivered to everyone",
        "überall gelöscht",
        "allen zugestellt",
        "patient",
        "!",
    ];
    for file in files::EN.iter().chain(&files::DE) {
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            let said = line.split_once('=').map_or(line, |(_, said)| said).to_lowercase();
            assert!(never.iter().all(|word| !said.contains(word)), "{line}");
        }
    }
}

#[test]
fn a_name_cannot_turn_the_sentence_around_it() {
    let words = Library::read().speak(None, None);
    let said = words.t1("open-and-reply-to", "name", "\u{202e}evil");
    assert!(said.contains("\u{2068}\u{202e}evil\u{2069}"), "{said:?}");
}

#[test]
fn a_language_says_its_own_words() {
    let library = Library::read();
    let said = |code: &str, id: &str| library.speak(Some(code), None).t(id);
    assert_eq!(said("de", "when-monday"), "Montag");
    assert_eq!(said("en", "when-monday"), "Monday");
    assert_eq!(library.speak(Some("de"), None).language().name, "Deutsch");
}

#[test]
fn the_language_is_the_chosen_one_then_the_browsers_then_english() {
    let library = Library::read();
    let code = |chosen, wished| library.speak(chosen, wished).language().code;
    assert_eq!(code(Some("en-XA"), Some("en")), "en-XA");
    assert_eq!(code(None, Some("xx")), "en");
    assert_eq!(code(None, Some("fr;q=0.9, de-AT, en;q=0.5")), "de");
    assert_eq!(code(Some("en"), Some("de")), "en");
    assert_eq!(code(Some("xx"), None), "en");
    assert_eq!(library.speak(Some("ar-XB"), None).dir(), "rtl");
}
