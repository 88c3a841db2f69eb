//! Facilitators and helpers say when they are there, everybody sees it, and what one hands over only they read.

use kith_tests::{Lab, Person, wait};
use serde_json::Value;

#[track_caller]
fn rota(person: &Person, group: &str, expected: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    wait::until(wait::ARRIVAL, format_args!("{} to see the rota as expected", person.name()), || {
        let shown = person.kith(["rota", "show", group]).ok();
        shown["slots"].as_array().filter(|slots| expected(slots)).cloned()
    })
}

#[test]
fn who_is_there_is_seen_by_all_and_what_is_handed_over_by_facilitators_alone() {
    let base = Lab::now();
    let mut people = ["Ana", "Ben", "Chi"].map(Person::offline);
    for person in &mut people {
        Lab::hasty(person, base, 60);
    }
    let [ana, ben, chi] = people;
    let group = ana.opens("Sleepless", "For nights that are too long.");
    for person in [&ben, &chi] {
        person.joins(&ana.invites(&group).link);
    }
    let member = ana.sees_member(&group, "Ben", "member", "member").member;
    ana.kith(["member", "promote", &group, &member]).ok();
    ben.sees_member(&group, "Ben", "facilitator", "member");
    assert_eq!(chi.kith(["rota", "take", &group, "--for", "2h"]).fails(5).code, "not_allowed");
    assert_eq!(ana.kith(["rota", "take", &group, "--for", "30d"]).fails(2).code, "bad_request");

    ben.kith(["rota", "take", &group, "--for", "7d"]).ok();
    ana.kith(["rota", "take", &group, "--in", "7d", "--for", "7d", "--task", "greeter"]).ok();
    let slots = rota(&chi, &group, |slots| slots.len() == 2);
    assert_eq!(
        (&slots[0]["name"], &slots[0]["task"], &slots[0]["now"]),
        (&"Ben".into(), &"on_duty".into(), &true.into())
    );
    assert_eq!(
        (&slots[1]["name"], &slots[1]["task"], &slots[1]["now"]),
        (&"Ana".into(), &"greeter".into(), &false.into())
    );
    let words = chi.kith(["rota", "show", &group]).in_words().run().lines.join("\n");
    assert!(words.starts_with("Ben is on duty until "), "{words}");

    ben.kith(["rota", "hand-over", &group]).stdin("Chi has not written since Sunday.").ok();
    let letters = wait::until(wait::ARRIVAL, "Ana to have what Ben hands over", || {
        let list = ana.kith(["letters", &group]).ok();
        list["letters"].as_array().filter(|list| !list.is_empty()).cloned()
    });
    assert_eq!(letters[0]["text"], "Chi has not written since Sunday.");
    assert_eq!(chi.kith(["letters", &group]).ok()["letters"], serde_json::json!([]));

    ben.kith(["rota", "drop", &group]).ok();
    rota(&chi, &group, |slots| slots.len() == 1);
    let words = chi.kith(["rota", "show", &group]).in_words().run().lines.join("\n");
    assert!(words.starts_with("Nobody is on duty now."), "{words}");
}
