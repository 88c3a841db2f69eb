//! Who wishes to introduces themselves; what two have in common is found on the device of who looks, from tags that stay there.

use kith_tests::{Person, wait};
use serde_json::{Value, json};

fn two() -> ([Person; 2], String) {
    let mut people = ["Ana", "Ben"].map(Person::offline);
    people.iter_mut().for_each(Person::comes_online);
    let group = people[0].opens("Letters", "Slowly is fine.");
    people[1].joins(&people[0].invites(&group).link);
    (people, group)
}

#[track_caller]
fn sees(person: &Person, group: &str, what: &str, expected: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    wait::until(wait::ARRIVAL, format_args!("{} to see {what}", person.name()), || {
        let list = person.kith(["introduce", "list", group]).ok();
        list["intros"].as_array().filter(|intros| expected(intros)).cloned()
    })
}

#[test]
fn what_two_named_is_found_by_who_looks() {
    let ([ana, ben], group) = two();
    let says = |person: &Person, form: &str| {
        person.kith(["introduce", "write", &group, "--from", "-"]).stdin(form).ok()
    };
    says(&ana, "line = 'Night nurse'\ntags = ['Night-Shifts', 'carer']");
    sees(&ben, &group, "Ana's introduction", |intros| intros.len() == 1);
    let found = ben.kith(["match", &group]).ok();
    assert_eq!(found, json!({"has_tags": false, "matches": []}));
    ben.kith(["tags", "set"]).stdin("night shifts\ninsomnia\n").ok();
    let found = ben.kith(["match", &group]).ok();
    assert_eq!(
        (&found["matches"][0]["name"], &found["matches"][0]["both"]),
        (&json!("Ana"), &json!(["Night-Shifts"]))
    );
    assert_eq!(found["matches"].as_array().map(Vec::len), Some(1));
    let words = ben.kith(["match", &group]).in_words().run().lines.join("\n");
    assert!(words.starts_with("Ana and you both named: Night-Shifts   ["), "{words}");

    // Ben's tags stay with Ben.
    ana.kith(["tags", "set"]).stdin("insomnia\n").ok();
    assert_eq!(ana.kith(["match", &group]).ok()["matches"], json!([]));

    // What was said before is taken back, and so is the last.
    says(&ana, "line = 'Night nurse, back by day'");
    let seen = sees(&ben, &group, "the new one alone", |intros| intros[0]["line"] != "Night nurse");
    assert_eq!((seen.len(), &seen[0]["tags"]), (1, &json!([])));
    let list = ben.kith(["member", "list", &group]).in_words().run().lines.join("\n");
    assert!(list.contains("    Night nurse, back by day"), "{list}");
    ana.kith(["introduce", "take-back", &group]).ok();
    sees(&ben, &group, "none", <[Value]>::is_empty);
    assert_eq!(ana.kith(["introduce", "take-back", &group]).fails(5).code, "not_allowed");
}

#[test]
fn what_cannot_be_said_is_told() {
    let mut ana = Person::offline("Ana");
    ana.comes_online();
    let group = ana.opens("Letters", "Slowly is fine.");
    let write = ["introduce", "write", &group, "--from", "-"];
    let long = format!("line = '{}'", "x".repeat(201));
    for form in ["line = ' '", &long, "tags = ['1','2','3','4','5','6','7','8','9']"] {
        assert_eq!(ana.kith(write).stdin(form).fails(1).code, "bad_words", "{form}");
    }
    ana.kith(write).stdin("name = 'x'").fails(2);
}
