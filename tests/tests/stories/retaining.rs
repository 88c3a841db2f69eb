//! What is written is kept as long as the charter says, or shorter where somebody wishes it, and then goes.

use std::fs;
use std::path::Path;

use kith_tests::{Lab, Person, wait};

const DAY: i64 = 24 * 3600;

fn size(folder: &Path) -> u64 {
    fs::read_dir(folder)
        .expect("a readable folder")
        .flatten()
        .map(|item| {
            let data = item.metadata().expect("a readable folder");
            if data.is_dir() { size(&item.path()) } else { data.len() }
        })
        .sum()
}

fn reads(person: &Person, group: &str, text: &str) -> bool {
    person.reads(group).iter().any(|post| post.text == text)
}

#[test]
fn what_has_outlived_its_time_goes_from_every_node_and_does_not_come_back() {
    let mut people = ["Ana", "Ben", "Chi"].map(Person::offline);
    for person in &mut people {
        Lab::around(person, 0);
    }
    let file = people[0].home().write_beside("group.toml", "retention_days = 30");
    let file = file.to_str().expect("a path");
    let group = people[0].opens_with("Letters", "Slowly is fine.", &["--from", file]);
    for person in &people[1..] {
        person.joins(&people[0].invites(&group).link);
    }
    let long: Vec<String> = (0..60).map(|number| format!("{number} {}", "and so on ".repeat(800))).collect();
    let posts: Vec<String> = long.iter().map(|text| people[0].posts(&group, text)).collect();
    for person in &people[1..] {
        person.has_got(&group, &posts);
    }
    let db = people[0].home().cells()[0].join("db");
    let before = size(&db);
    // Chi stays away; the others go on for eighty days.
    for person in &mut people {
        person.goes_offline();
    }
    for person in &mut people[..2] {
        Lab::around(person, 80 * DAY);
    }
    let new = people[0].posts(&group, "Spring has come.");
    people[1].has_got(&group, &[&new]);
    for person in &people[..2] {
        assert_eq!(person.reads(&group).len(), 1, "{}", person.name());
    }
    assert!(size(&db) * 2 < before, "the files do not shrink: {before} to {}", size(&db));
    // Chi returns, lets go what is old herself, and brings nothing back.
    Lab::around(&mut people[2], 80 * DAY);
    people[2].has_got(&group, &[&new]);
    let late = people[2].posts(&group, "I was away.");
    people[0].has_got(&group, &[&late]);
    for person in &people {
        assert!(!reads(person, &group, &long[0]), "{}", person.name());
        assert_eq!(person.status(&group)["pending"], 0);
    }
    // It goes on over a restart, own log and all.
    people[0].goes_offline();
    Lab::around(&mut people[0], 81 * DAY);
    assert!(!reads(&people[0], &group, &long[0]) && reads(&people[0], &group, "Spring has come."));
}

#[test]
fn somebody_keeps_less_than_the_others() {
    let mut ana = Person::offline("Ana");
    let mut ben = Person::offline("Ben");
    for person in [&mut ana, &mut ben] {
        Lab::around(person, 0);
    }
    let group = ana.opens("Letters", "Slowly is fine.");
    ben.joins(&ana.invites(&group).link);
    let old = ana.posts(&group, "An old evening.");
    ben.has_got(&group, &[&old]);
    // Neither meets the other at a time that is long gone.
    for person in [&mut ana, &mut ben] {
        person.goes_offline();
    }
    for person in [&mut ana, &mut ben] {
        Lab::around(person, 80 * DAY);
    }
    let new = ana.posts(&group, "A new evening.");
    ben.has_got(&group, &[&old, &new]);
    let kept = ben.kith(["group", "keep", &group, "--days", "30"]).ok();
    assert_eq!((&kept["days"], &kept["charter_days"]), (&30.into(), &0.into()));
    wait::until(wait::ARRIVAL, "Ben's node to let go", || {
        (!reads(&ben, &group, "An old evening.") && reads(&ben, &group, "A new evening.")).then_some(())
    });
    let third = ana.posts(&group, "And another.");
    ben.has_got(&group, &[&third]);
    assert!(reads(&ana, &group, "An old evening.") && !reads(&ben, &group, "An old evening."));
}
