//! Where the charter has terms of office, people see when one ends, and whoever is asked to stay begins another. No right
//! ends with it.

use kith_tests::gathering::come_in;
use kith_tests::{Lab, Person, wait};
use serde_json::Value;

const DAY: i64 = 24 * 3600;

/// A member as somebody's node has them, once it is as expected.
#[track_caller]
fn member(person: &Person, group: &str, name: &str, what: &str, expected: impl Fn(&Value) -> bool) -> Value {
    wait::until(wait::ARRIVAL, format_args!("{} to see {name} {what}", person.name()), || {
        let list = person.kith(["member", "list", group]).ok();
        let all = list["members"].as_array()?.clone();
        all.into_iter().find(|one| one["name"] == name && expected(one))
    })
}

fn ended(one: &Value) -> bool {
    one["term"]["state"] == "ended"
}

fn runs(one: &Value) -> bool {
    one["term"]["state"] == "running"
}

#[test]
fn a_term_is_shown_ends_without_taking_anything_and_begins_anew() {
    let mut people = ["Ana", "Ben", "Chi"].map(Person::offline);
    for person in &mut people {
        Lab::around(person, 0);
    }
    let file = people[0].home().write_beside("group.toml", "term_days = 30");
    let group =
        people[0].opens_with("Letters", "Slowly is fine.", &["--from", file.to_str().expect("a path")]);
    come_in(&people, &group);
    let id = |person: &Person, name: &str| {
        let one = member(person, &group, name, "at all", |_| true);
        one["member"].as_str().expect("an id").to_owned()
    };
    let (ana_id, ben_id, chi_id) = (id(&people[1], "Ana"), id(&people[0], "Ben"), id(&people[0], "Chi"));
    let made = people[0].kith(["member", "promote", &group, &ben_id]).ok();
    assert_eq!((&made["state"], &made["term"]["state"]), (&"done".into(), &"running".into()), "{made}");
    for person in &people {
        member(person, &group, "Ana", "with a term", runs);
        member(person, &group, "Ben", "with a term", runs);
        member(person, &group, "Chi", "without a term", |one| one["term"].is_null());
    }
    let status = |person: &Person| person.kith(["status"]).in_words().run().lines.join("\n");
    assert!(!status(&people[0]).contains("Your term"), "{}", status(&people[0]));
    let words = people[2].kith(["group", "charter", "show", &group]).in_words().run().lines.join("\n");
    assert!(words.contains("Facilitators and helpers are it for 30 days at a time."), "{words}");

    // Soon before its end the person is reminded, and nobody else.
    people[1].goes_offline();
    Lab::around(&mut people[1], 20 * DAY);
    assert!(status(&people[1]).contains("Your term of office ends on "), "{}", status(&people[1]));
    // Nobody meets a clock of another day.
    people.iter_mut().for_each(Person::goes_offline);
    for person in &mut people {
        Lab::around(person, 31 * DAY);
    }
    let [ana, ben, chi] = &people;
    for person in &people {
        member(person, &group, "Ana", "with a term that ended", ended);
        member(person, &group, "Ben", "with a term that ended", ended);
    }
    assert!(status(ana).contains("Your term of office ended on"), "{}", status(ana));
    let list = chi.kith(["member", "list", &group]).in_words().run().lines.join("\n");
    assert!(list.contains("Ana (facilitator, term ended on "), "{list}");
    // Nothing has ended but the term: Ana asks Ben to stay, makes Chi a helper, and is asked to stay herself.
    let asked = ana.kith(["member", "promote", &group, &ben_id]).ok();
    assert_eq!(
        (&asked["role"], &asked["term"]["state"]),
        (&"facilitator".into(), &"running".into()),
        "{asked}"
    );
    ana.kith(["member", "promote", &group, &chi_id, "--role", "helper"]).ok();
    for person in &people {
        member(person, &group, "Ben", "with another term", runs);
        member(person, &group, "Chi", "as helper with a term", |one| one["role"] == "helper" && runs(one));
        member(person, &group, "Ana", "whose term has ended", ended);
    }
    let asked = ben.kith(["member", "promote", &group, &ana_id]).ok();
    assert_eq!(asked["term"]["state"], "running", "{asked}");
    for person in &people {
        member(person, &group, "Ana", "with another term", |one| runs(one) && one["awaiting"] == false);
    }
    assert!(!status(ana).contains("Your term"), "{}", status(ana));
    let stays = ana.kith(["proposal", "list", &group]).ok();
    assert_eq!(stays["proposals"], serde_json::json!([]), "to be asked to stay is no proposal");

    let record = chi.kith(["group", "record", &group]).in_words().run().lines.join("\n");
    assert!(record.contains("Ben spoke for Ana as facilitator.") && !record.contains("too few"), "{record}");

    // One facilitator changes it, and nobody is asked again.
    let file = ben.home().write_beside("change.toml", "term_days = 0");
    let file = file.to_str().expect("a path");
    let reason = ben.home().write_beside("reason", "We rotate by talking.");
    let call = [
        "group",
        "charter",
        "edit",
        &group,
        "--from",
        file,
        "--reason-file",
        reason.to_str().expect("a path"),
    ];
    assert_eq!(ben.kith(call).ok()["state"], "done");
    member(chi, &group, "Ana", "without a term", |one| one["term"].is_null());
    assert_eq!(chi.kith(["group", "charter", "show", &group]).ok()["accepted"], true);
}
