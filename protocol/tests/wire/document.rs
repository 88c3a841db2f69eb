//! `docs/protocol.md` against the code: every bound, every kind and every domain is there as it is here.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use kith_protocol::body::{Body, Kind};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn document() -> String {
    std::fs::read_to_string(root().join("docs/protocol.md")).unwrap()
}

/// The value of `1 << 20`, `16 * 1024` or `500_000`.
fn value(expression: &str) -> u64 {
    let number = |text: &str| text.trim().replace('_', "").parse::<u64>().unwrap();
    if let Some((number_of, places)) = expression.split_once("<<") {
        number(number_of) << number(places)
    } else {
        expression.split('*').map(number).product()
    }
}

/// Digits in threes, as the document has them.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// The table of bounds, from `limits.rs`: names, values, and the first sentence of what is said of each.
fn bounds() -> String {
    let source = std::fs::read_to_string(root().join("protocol/src/limits.rs")).unwrap();
    let (mut said, mut table) = (String::new(), String::new());
    for line in source.lines() {
        if let Some(words) = line.strip_prefix("///") {
            said.push_str(words);
        } else if let Some(constant) = line.strip_prefix("pub const ") {
            let (name, rest) = constant.split_once(": ").unwrap();
            let (_, expression) = rest.trim_end_matches(';').split_once(" = ").unwrap();
            let sentence = said.trim().split_inclusive(". ").next().unwrap().trim().trim_end_matches('.');
            table.push_str(&format!("| `{name}` | {} | {sentence} |\n", grouped(value(expression))));
            said.clear();
        } else {
            said.clear();
        }
    }
    table
}

#[test]
fn every_bound_is_in_the_document_with_its_value() {
    const HEAD: &str = "| bound | value | of |\n|---|---|---|\n";
    let bounds = bounds();
    assert!(bounds.lines().count() > 40, "the constants are no longer found: {bounds}");
    let document = document();
    let (before, rest) = document.split_once(HEAD).expect("a table of bounds");
    let end = rest.find("\n\n").map_or(rest.len(), |at| at + 1);
    let (table, after) = rest.split_at(end);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(root().join("docs/protocol.md"), [before, HEAD, &bounds, after].concat()).unwrap();
    } else {
        assert_eq!(table, bounds, "limits.rs and docs/protocol.md differ: BLESS=1 writes the table anew");
    }
}

#[test]
fn every_kind_is_in_the_document() {
    let document = document();
    let section = document.split("\n## ").find(|section| section.starts_with("5. ")).unwrap();
    let (table, bodies) = section.split_once("\n### ").unwrap();
    for kind in (0..1024).map(Kind) {
        let known = !matches!(Body::decode(kind, &[0xa0]), Ok(Body::Unknown(..)));
        let row = table.lines().find(|line| line.starts_with(&format!("| {} | ", kind.0)));
        assert_eq!(row.is_some(), known, "{kind:?}");
        assert_eq!(bodies.contains(&format!(" ({})\n", kind.0)), known, "{kind:?}");
        let class = if kind.is_control() { "control" } else { "content" };
        let opens = if kind.opens_log() { "yes " } else { "" };
        assert!(row.is_none_or(|row| row.ends_with(&format!("| {class} | {opens}|"))), "{row:?}");
    }
}

fn domains(text: &str) -> BTreeSet<String> {
    let word = |letter: char| !(letter.is_ascii_alphanumeric() || "-/".contains(letter));
    let found = text.split("kith/1/").skip(1).map(|rest| rest.split(word).next().unwrap().to_owned());
    found.filter(|domain| !domain.is_empty()).collect()
}

fn sources(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|end| end == "rs") {
            into.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_domain_is_in_the_document_and_no_other() {
    let (mut core, mut node) = (String::new(), String::new());
    sources(&root().join("protocol/src"), &mut core);
    sources(&root().join("node/src/swarm"), &mut node);
    let document = document();
    let (_, table) = document.split_once("### 1.3").unwrap();
    let (table, _) = table.split_once("### 1.4").unwrap();
    let used: BTreeSet<_> = domains(&core).into_iter().chain(domains(&node)).collect();
    assert_eq!(domains(table), used);
}

#[test]
fn every_file_of_vectors_is_in_the_document() {
    let document = document();
    let (_, section) = document.split_once("\n## 19. ").unwrap();
    for file in std::fs::read_dir(root().join("protocol/vectors")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(section.contains(&format!("| `{name}` | ")), "{name}");
    }
}
