//! A group lets itself be found, a stranger finds it without telling anybody what for, and it is found no more.

use std::fs;
use std::path::PathBuf;

use kith_tests::door::id;
use kith_tests::shelf::Shelf;
use kith_tests::{Lab, Person};
use serde_json::Value;

const PORTRAIT: &str = r#"
title = "Nights that are too long"
about = "For people who lie awake.\nEverybody writes when they can."
topics = ["worry", "low_mood"]
tags = ["insomnia"]
languages = ["en"]
ways = ["writing"]
reply_hours = 48
led = "peers"
"#;
const WORDS: &str = "My sister told me of groups like yours. I have not slept since March.";
const PACE: u64 = 10;
const MONTH: i64 = 31 * 24 * 3600;

fn at(person: &Person, name: &str) -> (PathBuf, String) {
    let path = person.home().beside(name);
    let text = path.display().to_string();
    (path, text)
}

fn made(person: &Person, files: &[&str]) -> (Vec<u8>, Value) {
    let (path, out) = at(person, "directory.kith");
    let call = [&["directory", "make"], files, &["--out", &out]].concat();
    let said = person.kith(call).ok();
    (fs::read(path).expect("a directory"), said)
}

fn titles(found: &Value) -> Vec<&str> {
    let listings = found["listings"].as_array().expect("listings");
    listings.iter().filter_map(|one| one["portrait"]["title"].as_str()).collect()
}

#[test]
fn a_stranger_finds_a_group_and_comes_in_and_nobody_is_told_what_they_look_for() {
    let base = Lab::now();
    let [ana, ben] = ["Ana", "Ben"].map(|name| {
        let mut person = Person::offline(name);
        Lab::hasty(&mut person, base, PACE);
        person
    });
    let group = ana.opens("Sleepless in Grafton", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);

    // Nothing becomes public before somebody has seen what does.
    let (_, listed) = at(&ana, "listing.kith");
    let publish = ["directory", "publish", &group, "--from", "-", "--out", &listed];
    assert_eq!(ana.kith(publish).stdin(PORTRAIT).fails(2).code, "usage");
    let shown = ana.kith(publish).stdin(PORTRAIT).in_words().run().log;
    assert!(shown.contains("Strangers will read exactly this") && shown.contains("Nights that"), "{shown}");
    assert_eq!(ben.kith(["directory", "listing", &group]).ok()["listed"], Value::Null);
    let refused = ben.kith(["directory", "publish", &group, "--from", "-", "--yes"]).stdin(PORTRAIT).fails(5);
    assert_eq!(refused.code, "not_allowed");
    let tricky = PORTRAIT.replace("Nights", "N\u{456}ghts");
    assert_eq!(ana.kith(publish).stdin(tricky).fails(1).code, "bad_words");
    let done = ana.kith([&publish[..], &["--yes"]].concat()).stdin(PORTRAIT).ok();
    assert_eq!((&done["listed"]["state"], &done["listed"]["mine"]), (&"listed".into(), &true.into()));

    // Every member reads what strangers read, and who did it.
    let seen = kith_tests::wait::until(kith_tests::wait::ARRIVAL, "Ben to see the listing", || {
        let seen = ben.kith(["directory", "listing", &group]).ok();
        seen["listed"].is_object().then_some(seen)
    });
    assert_eq!((&seen["listed"]["name"], &seen["listed"]["mine"]), (&"Ana".into(), &false.into()));
    assert_eq!(
        seen["listed"]["portrait"]["about"],
        "For people who lie awake.\nEverybody writes when they can."
    );
    let record = ben.kith(["group", "record", &group]).in_words().run().lines.join("\n");
    assert!(record.contains("Ana listed the group in public, as \"Nights that are too long\"."), "{record}");

    // Whoever runs a directory has a web server, and nothing else.
    let (directory, said) = made(&ana, &[&listed]);
    assert_eq!((&said["listings"], &said["refused"]), (&1.into(), &0.into()));
    for secret in ["Sleepless in Grafton", "Ana", "Ben", &group[..16]] {
        let at_all = directory.windows(secret.len()).any(|some| some == secret.as_bytes());
        assert!(!at_all, "{secret} is in the directory");
    }
    let shelf = Shelf::with(directory.clone());

    let mut fay = Person::offline("Fay");
    Lab::hasty(&mut fay, base, PACE);
    assert_eq!(fay.kith(["directory", "browse"]).ok()["directories"], 0);
    let added = fay.kith(["directory", "add", "-"]).stdin(shelf.url()).ok();
    assert_eq!(added["listings"], 1);
    assert_eq!(titles(&fay.kith(["directory", "browse"]).stdin("diabetes").ok()), Vec::<&str>::new());
    let found = fay.kith(["directory", "browse"]).stdin("panic INSOMNIA").ok();
    assert_eq!(titles(&found), ["Nights that are too long"]);
    let listing = found["listings"][0]["listing"].as_str().expect("an id").to_owned();
    let words = fay.kith(["directory", "show", &listing[..12]]).in_words().run().lines.join("\n");
    assert!(
        words.contains("Anyone can write a listing; this says only that the same people wrote it"),
        "{words}"
    );

    // What the server saw is what it sees of everybody.
    let host = shelf.url().replace("http://", "").replace("/kith.bin", "");
    let expected = format!(
        "GET /kith.bin HTTP/1.1\r\nhost: {host}\r\nuser-agent: kith\r\naccept: */*\r\naccept-encoding: identity\r\n\
         connection: close\r\n\r\n"
    );
    assert_eq!(shelf.asked(), std::slice::from_ref(&expected));

    let knock = ["directory", "knock", &listing, "--as", "Fay", "--text-file", "-"];
    assert_eq!(fay.kith(knock).stdin(WORDS).ok()["state"], "waiting");
    let seen = ana.has_at_the_door(&group, |_| true);
    assert_eq!((&seen["name"], &seen["lines"][0]["text"]), (&"Fay".into(), &WORDS.into()));
    ana.kith(["knock", "admit", &id(&seen)]).ok();
    fay.comes_in(&group);
    let found = fay.kith(["directory", "browse"]).ok();
    assert_eq!(found["listings"][0]["state"], "joined");
    assert_eq!(shelf.asked().len(), 1, "nothing more was asked");

    // Any facilitator or helper ends it, and has what tells directories so.
    let at_ben = ana.sees_member(&group, "Ben", "member", "member").member;
    ana.kith(["member", "promote", &group, &at_ben, "--role", "helper"]).ok();
    ben.sees_member(&group, "Ben", "helper", "member");
    let (_, ended) = at(&ben, "end.kith");
    let end = ben.kith(["directory", "end", &group, "--out", &ended]).ok();
    assert_eq!(end["listed"]["state"], "ended");
    let (without, said) = made(&ana, &[&listed, &ended]);
    assert_eq!((&said["listings"], &said["withdrawn"]), (&0.into(), &1.into()));
    shelf.has_now(without);
    assert_eq!(fay.kith(["directory", "refresh"]).ok()["directories"][0]["listings"], 0);
    assert_eq!(titles(&fay.kith(["directory", "browse"]).ok()), Vec::<&str>::new());
    // Served once more, it does not come back.
    shelf.has_now(directory.clone());
    assert_eq!(fay.kith(["directory", "refresh"]).ok()["directories"][0]["listings"], 0);
    assert_eq!(shelf.asked(), vec![expected; 3]);

    // Ana's node knows that it was ended, and signs nothing more of it.
    kith_tests::wait::until(kith_tests::wait::ARRIVAL, "Ana to see the end", || {
        let seen = ana.kith(["directory", "listing", &group]).ok();
        (seen["listed"]["state"] == "ended").then_some(())
    });
    let (path, out) = at(&ana, "again.kith");
    ana.kith(["directory", "listing", &group, "--out", &out]).ok();
    assert_eq!(fs::read(path).unwrap(), fs::read(&ended).unwrap(), "the end, whoever hands it over");

    // Who comes a month later finds nothing.
    let mut gil = Person::offline("Gil");
    Lab::around(&mut gil, MONTH);
    assert_eq!(gil.kith(["directory", "add", &shelf.url()]).ok()["listings"], 0);
}

#[test]
fn a_server_that_means_harm_is_told_apart_and_nothing_of_it_is_kept() {
    let mut fay = Person::offline("Fay");
    fay.comes_online();
    let shelf = Shelf::with(b"<!doctype html>".to_vec());
    let refused = fay.kith(["directory", "add", &shelf.url()]).fails(1);
    assert_eq!((refused.code.as_str(), refused.message.as_str()), ("bad_directory", "This is no directory."));
    shelf.has_now(vec![0; (4 << 20) + 1]);
    let refused = fay.kith(["directory", "add", &shelf.url()]).fails(1);
    assert!(refused.message.contains("larger than a directory may be"), "{}", refused.message);
    for source in ["https://example.org/x?who=me", "ftp://example.org/x", "https://me@example.org/"] {
        assert_eq!(fay.kith(["directory", "add", source]).fails(1).code, "bad_directory", "{source}");
    }
    let onion = format!("http://{}.onion/kith", "a".repeat(56));
    assert!(fay.kith(["directory", "add", &onion]).fails(1).message.contains("Tor"));
    assert_eq!(fay.kith(["directory", "list"]).ok()["directories"], serde_json::json!([]));
    assert_eq!(fay.kith(["directory", "show", "abcdef"]).fails(6).code, "unknown_id");
}
