//! A newcomer is greeted once: greeters are told first, after a day everybody on duty; their own first steps are noted on
//! their device. Time goes an hour a second here.

use kith_tests::{Lab, Person, wait};
use serde_json::{Value, json};

fn is_told(person: &Person, group: &str) -> bool {
    person.status(group)["to_do"].as_array().is_some_and(|list| list.contains(&json!("welcome")))
}

fn newcomers(person: &Person, group: &str) -> Vec<Value> {
    let list = person.kith(["welcome", "list", group]).ok();
    list["newcomers"].as_array().cloned().unwrap_or_default()
}

#[test]
fn a_newcomer_is_greeted_once_and_greeters_are_told_first() {
    let base = Lab::now();
    let mut people = ["Ana", "Ben", "Chi"].map(Person::offline);
    for person in &mut people {
        Lab::hasty(person, base, 3600);
    }
    let [ana, ben, chi] = people;
    let group = ana.opens("Sleepless", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    let ben_id = ana.sees_member(&group, "Ben", "member", "member").member;
    ana.kith(["welcome", "greet", &group, &ben_id, "--done"]).ok();
    ana.kith(["member", "promote", &group, &ben_id]).ok();
    ben.sees_member(&group, "Ben", "facilitator", "member");
    ana.kith(["rota", "take", &group, "--for", "7d", "--task", "greeter"]).ok();
    ben.kith(["rota", "take", &group, "--for", "7d"]).ok();
    wait::until(wait::ARRIVAL, "Ben to know the rota", || {
        (ben.kith(["rota", "show", &group]).ok()["slots"].as_array()?.len() == 2).then_some(())
    });
    assert!(!is_told(&ana, &group) && !is_told(&ben, &group), "Ben was greeted");

    chi.joins(&ana.invites(&group).link);
    wait::until(wait::ARRIVAL, "the greeter to be told", || is_told(&ana, &group).then_some(()));
    let chi_id = ben.sees_member(&group, "Chi", "member", "member").member;
    let told = is_told(&ben, &group);
    let seen = newcomers(&ben, &group);
    assert_eq!((&seen[0]["name"], seen.len()), (&json!("Chi"), 1));
    assert!(seen[0]["pressing"] == true || !told, "whoever is on duty is told after a day");
    wait::until(wait::ARRIVAL, "who is on duty to be told", || is_told(&ben, &group).then_some(()));
    assert_eq!(newcomers(&ben, &group)[0]["pressing"], true);

    let greeting =
        ben.kith(["welcome", "greet", &group, &chi_id]).stdin("Hello Chi. Good that you came.").ok();
    let greeting = greeting["post"].as_str().expect("an id").to_owned();
    wait::until(wait::ARRIVAL, "Ana to see that somebody greeted", || {
        (newcomers(&ana, &group).is_empty() && !is_told(&ana, &group)).then_some(())
    });
    let got = chi.has_got(&group, &[&greeting]);
    assert_eq!(got[0].text, "Hello Chi. Good that you came.");
    // A greeting waits for no answer, however long.
    let need = ben.kith(["post", &group]).stdin("I cannot sleep.").ok();
    let need = need["post"].as_str().expect("an id").to_owned();
    wait::until(wait::ARRIVAL, "the post alone to wait for an answer", || {
        let list = ana.kith(["needs-reply", &group]).ok();
        let ids: Vec<&str> =
            list["posts"].as_array()?.iter().filter_map(|one| one["post"]["post"].as_str()).collect();
        assert!(!ids.contains(&greeting.as_str()), "{list}");
        ids.contains(&need.as_str()).then_some(())
    });
    let ana_id = chi.sees_member(&group, "Ana", "facilitator", "member").member;
    assert_eq!(chi.kith(["welcome", "greet", &group, &ana_id, "--done"]).fails(5).code, "not_allowed");
}

#[test]
fn first_steps_are_noted_at_home_and_the_mark_can_be_taken_away() {
    let mut people = ["Ana", "Chi"].map(Person::offline);
    people.iter_mut().for_each(Person::comes_online);
    let [ana, mut chi] = people;
    let group = ana.opens("Letters", "Slowly is fine.");
    let post = ana.posts(&group, "Hello.");
    chi.joins(&ana.invites(&group).link);
    chi.has_got(&group, &[&post]);
    let steps = |chi: &Person| chi.status(&group)["first_steps"].clone();
    assert_eq!(steps(&chi), json!({"charter": false, "heard": false, "hello": false}));
    assert_eq!(ana.status(&group)["first_steps"], Value::Null, "founders are at home");
    chi.kith(["group", "charter", "show", &group]).ok();
    chi.kith(["ack", &post]).ok();
    assert_eq!(steps(&chi), json!({"charter": true, "heard": true, "hello": false}));
    let words = chi.kith(["status"]).in_words().run().lines.join("\n");
    assert!(words.contains("[ ] say hello"), "{words}");
    chi.goes_offline();
    chi.comes_online();
    assert_eq!(steps(&chi)["charter"], true);
    chi.kith(["welcome", "steps", &group, "--listen"]).ok();
    assert_eq!(steps(&chi), Value::Null, "all are taken");

    let is_new = |new: bool| {
        wait::until(wait::ARRIVAL, "Ana to see whether Chi is new", || {
            let list = ana.kith(["member", "list", &group]).ok();
            list["members"]
                .as_array()?
                .iter()
                .find(|one| one["name"] == "Chi" && one["new_here"] == new)
                .cloned()
        })
    };
    is_new(true);
    chi.kith(["welcome", "settle", &group]).ok();
    is_new(false);
    assert_eq!(newcomers(&ana, &group), Vec::<Value>::new(), "nobody needs to greet them");
}

#[test]
fn first_steps_can_be_hidden() {
    let mut people = ["Ana", "Chi"].map(Person::offline);
    people.iter_mut().for_each(Person::comes_online);
    let [ana, chi] = people;
    let group = ana.opens("Letters", "Slowly is fine.");
    chi.joins(&ana.invites(&group).link);
    chi.kith(["welcome", "steps", &group, "--hide"]).ok();
    assert_eq!(chi.status(&group)["first_steps"], Value::Null);
}
