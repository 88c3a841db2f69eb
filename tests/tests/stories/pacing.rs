//! Who writes very much is told so by their own node; where it is a changed one, the others hold all of it, show some and
//! fold the rest.

use std::time::{SystemTime, UNIX_EPOCH};

use kith_tests::{Lab, Person, wait};

/// How many posts of one member are shown of an hour.
const SHOWN: usize = 120;

/// By how many seconds to set clocks so that a whole hour has just begun.
fn an_hour_begins() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
    let into_it = i64::try_from(now % 3600).expect("a small number");
    60 - into_it
}

#[test]
fn a_flood_is_held_by_all_and_folded() {
    let clock = an_hour_begins();
    let mut people = ["Ana", "Ben", "Chi"].map(Person::offline);
    people[1].home().writes_as_much_as_they_like();
    for person in &mut people {
        Lab::around(person, clock);
    }
    let [ana, ben, chi] = &mut people;
    let group = ana.opens("Sleepless", "For nights that are too long.");
    for person in [&*ben, &*chi] {
        person.joins(&ana.invites(&group).link);
    }
    let first = chi.posts(&group, "Good evening.");
    ben.has_got(&group, &[&first]);
    let mut api = ben.node().api();
    let flood: Vec<String> =
        (0..SHOWN + 9).map(|number| api.post(&group, &format!("Buy {number}."))).collect();
    let last = ben.replies(&first, "Buy that as well.");
    let all: Vec<&String> = flood.iter().chain([&last]).collect();
    for person in [&*ana, &*ben, &*chi] {
        person.has_got(&group, &all);
    }
    let words = |person: &Person, more: &[&str]| {
        let call = ["read", &group, "--limit", "200"];
        person.kith(call.iter().chain(more)).in_words().run().lines.join("\n")
    };
    let shown = words(ana, &[]);
    assert!(
        shown.contains("(10 posts more by Ben, who wrote a lot within an hour. Show: kith read "),
        "{shown}"
    );
    assert_eq!(shown.matches("    Buy ").count(), SHOWN, "{shown}");
    assert!(shown.contains("Good evening."));
    assert_eq!(words(ana, &["--all"]).matches("    Buy ").count(), SHOWN + 10);
    assert_eq!(words(ben, &[]).matches("    Buy ").count(), SHOWN + 10, "one's own is not folded");
    let thread = chi.kith(["thread", &first]).in_words().run().lines.join("\n");
    assert!(thread.contains("(1 post more by Ben") && !thread.contains("Buy that"), "{thread}");
    // It is so after a restart; in the next hour Ben is read as ever, and everybody else all the time.
    for person in [&mut *ana, &mut *ben] {
        person.goes_offline();
        Lab::around(person, clock + 3600);
    }
    let sorry = ben.posts(&group, "That was a script. I am sorry.");
    ana.has_got(&group, &[&sorry]);
    let shown = words(ana, &[]);
    assert!(shown.contains("(10 posts more by Ben") && shown.contains("I am sorry."), "{shown}");
}

#[test]
fn a_runaway_script_is_stopped_at_home_and_nothing_that_protects_is() {
    let clock = an_hour_begins();
    let mut ana = Person::offline("Ana");
    Lab::around(&mut ana, clock);
    let group = ana.opens("Sleepless", "For nights that are too long.");
    let mut api = ana.node().api();
    let posts: Vec<String> = (0..SHOWN).map(|number| api.post(&group, &format!("Line {number}."))).collect();
    let refused = ana.kith(["post", &group]).stdin("One more.").fails(5);
    assert_eq!(refused.code, "too_much");
    assert_eq!(ana.kith(["reply", &posts[0]]).stdin("One more.").fails(5).code, "too_much");
    assert_eq!(ana.reads(&group).len(), SHOWN);
    ana.kith(["withdraw", &posts[0]]).ok();
    let acts = (0..100).find(|_| ana.kith(["rota", "take", &group, "--for", "1h"]).run().code() != 0);
    assert_eq!(acts, Some(60), "acts are bounded as well");
    assert_eq!(ana.kith(["invite", "create", &group]).fails(5).code, "too_much");
    // A restart does not help; the next hour does.
    ana.goes_offline();
    Lab::around(&mut ana, clock);
    assert_eq!(ana.kith(["post", &group]).stdin("One more.").fails(5).code, "too_much");
    ana.goes_offline();
    Lab::around(&mut ana, clock + 3600);
    let post = ana.posts(&group, "One more.");
    wait::until(wait::ANSWER, "it to be read", || {
        ana.reads(&group).iter().find(|one| one.post == post).cloned()
    });
}
