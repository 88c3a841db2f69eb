//! `kith demo`: a newcomer's first hour, of which nothing is left.

use std::fs;

use kith_tests::{Home, wait};

#[test]
fn the_demo_goes_through_a_first_hour_and_leaves_nothing_behind() {
    let home = Home::new();
    let place = home.beside("t");
    fs::create_dir(&place).expect("a folder");
    let call = home.kith(["demo"]).env("TMPDIR", &place).env("XDG_RUNTIME_DIR", &place);
    let told = call.limit(wait::ARRIVAL * 2).in_words().run();
    assert_eq!(told.code(), 0, "{}", told.lines.join("\n"));
    let words = told.lines.join("\n");
    for expected in [
        "You are in: Tuesday evening",
        "On its way to Ben alone: \"I hear you.\"",
        "I am here, and I would like to hear how it was today.",
        "Taken back.",
        "You have left.",
    ] {
        assert!(words.contains(expected), "{expected} is missing:\n{words}");
    }
    assert_eq!(fs::read_dir(&place).expect("a folder").count(), 0, "the folder of the demo is gone");
    assert!(!home.path().join("vault").exists(), "one's own home was not touched");
}
