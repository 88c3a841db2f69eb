//! Letting people in where it is not simple: no place, somebody from before, a decision of several, one invite used twice.

use kith_tests::door::id;
use kith_tests::{Lab, Person, wait};
use serde_json::{Value, json};

const WORDS: &str = "I would like to come.";

/// Knocks, and does not wait for an answer.
#[track_caller]
fn knocks(person: &Person, link: &str) {
    let call = ["join", link, "--as", person.name(), "--text-file", "-"];
    assert_eq!(person.kith(call).stdin(WORDS).ok()["state"], "waiting");
}

/// What waits for somebody, beside newcomers to be greeted, once it is as expected.
#[track_caller]
fn to_do(person: &Person, group: &str, expected: &Value) {
    wait::until(wait::ARRIVAL, format_args!("{} to be told of {expected}", person.name()), || {
        let mut list = person.status(group)["to_do"].as_array()?.clone();
        list.retain(|one| one != "welcome");
        (Value::Array(list) == *expected).then_some(())
    });
}

#[test]
fn a_full_group_says_so_and_who_was_declined_can_be_let_in_after_all() {
    let base = Lab::now();
    let (mut ana, mut fay) = (Person::offline("Ana"), Person::offline("Fay"));
    Lab::hasty(&mut ana, base, 60);
    Lab::hasty(&mut fay, base, 60);
    let group = ana.opens_with("Sleepless", "For nights that are too long.", &["--size", "1"]);
    to_do(&ana, &group, &json!([]));
    let link = ana.invites_with(&group, &["--way", "knock"]).link;

    // The invite itself says that there is no place, before anybody has read a word.
    knocks(&fay, &link);
    wait::until(wait::ARRIVAL, "Fay to be told that the group is full", || {
        (fay.status(&group)["state"] == "refused").then_some(())
    });

    resize(&ana, &group, 2);
    knocks(&fay, &link);
    let seen = ana.has_at_the_door(&group, |one| one["state"] == "waiting");
    to_do(&ana, &group, &json!(["knock"]));
    fay.knock_is(&group, |mine| mine["state"] == "received");
    let words = fay.kith(["status"]).in_words().run().lines.join("\n");
    assert!(words.contains("You asked to be let in. It has reached somebody who decides."), "{words}");

    // Somebody else takes the last place.
    resize(&ana, &group, 1);
    let full = ana.kith(["knock", "admit", &id(&seen)]).fails(5);
    assert_eq!(full.code, "group_full");
    ana.kith(["knock", "say", &id(&seen)]).stdin("There is no place this week.").ok();
    fay.knock_is(&group, |mine| mine["lines"][1]["text"] == "There is no place this week.");
    fay.kith(["knock", "say", &id(&seen)]).stdin("I can wait.").ok();
    ana.has_at_the_door(&group, |one| one["lines"].as_array().is_some_and(|lines| lines.len() == 3));
    ana.kith(["knock", "decline", &id(&seen), "--reason-file", "-"]).stdin("It will be long.").ok();
    fay.knock_is(&group, |mine| mine["state"] == "declined");
    to_do(&ana, &group, &json!([]));

    resize(&ana, &group, 2);
    let admitted = ana.kith(["knock", "admit", &id(&seen)]).ok();
    assert_eq!(admitted["received"]["state"], "admitted");
    fay.comes_in(&group);
}

#[track_caller]
fn resize(person: &Person, group: &str, size: u32) {
    let reason = person.home().write_beside("reason", "So many we can listen to");
    let edit = ["group", "charter", "edit", group, "--from", "-", "--reason-file"];
    person
        .kith(edit.iter().map(std::ffi::OsStr::new).chain([reason.as_os_str()]))
        .stdin(format!("size = {size}"))
        .ok();
}

#[test]
fn who_was_in_before_knocks_and_comes_back() {
    let base = Lab::now();
    let (mut ana, mut fay) = (Person::offline("Ana"), Person::offline("Fay"));
    Lab::hasty(&mut ana, base, 60);
    Lab::hasty(&mut fay, base, 60);
    let group = ana.opens("Sleepless", "For nights that are too long.");
    fay.joins(&ana.invites(&group).link);
    let link = ana.invites_with(&group, &["--way", "knock", "--uses", "9"]).link;

    // On another device, with the recovery words alone: a member is let in without being asked anything.
    let mut again = Person::recovered("Fay", fay.words());
    Lab::hasty(&mut again, base, 60);
    knocks(&again, &link);
    again.comes_in(&group);
    ana.sees_member(&group, "Fay", "member", "member");
    again.goes_offline();

    // After she left and forgot the group, nobody remembers for her which key she had: she needs another.
    fay.kith(["group", "leave", &group, "--yes"]).ok();
    ana.sees_member(&group, "Fay", "member", "left");
    fay.kith(["group", "forget", &group, "--yes"]).ok();
    knocks(&fay, &link);
    let seen = ana.has_at_the_door(&group, |one| one["state"] == "waiting");
    assert_eq!(seen["lines"][0]["text"], WORDS);
    ana.kith(["knock", "admit", &id(&seen)]).ok();
    fay.comes_in(&group);
    ana.sees_member(&group, "Fay", "member", "member");
}

#[test]
fn where_everybody_facilitates_two_sign_an_invite_and_who_comes_on_it() {
    let base = Lab::now();
    let (mut ana, mut ben, mut fay) =
        (Person::offline("Ana"), Person::offline("Ben"), Person::offline("Fay"));
    for person in [&mut ana, &mut ben, &mut fay] {
        Lab::hasty(person, base, 60);
    }
    let group = ana.opens_with("Sleepless", "For nights that are too long.", &["--shared-power"]);
    ben.joins(&ana.invites(&group).link);
    ana.sees_member(&group, "Ben", "facilitator", "member");
    let made = ben.kith(["invite", "create", &group, "--way", "knock"]).ok();
    let invite = made["invite"].as_str().unwrap();
    assert_eq!(made["link"], Value::Null);
    let listed = ben.kith(["invite", "list", &group]).ok();
    let state = |list: &Value| {
        let invites = list["invites"].as_array().cloned().unwrap_or_default();
        invites.iter().find(|one| one["invite"] == invite).map(|one| one["state"].clone())
    };
    assert_eq!(state(&listed), Some("awaiting".into()), "Ana has not signed: {listed}");
    to_do(&ana, &group, &json!(["proposal"]));
    let proposals = ana.kith(["proposal", "list", &group]).ok();
    let proposal = proposals["proposals"][0]["proposal"].as_str().unwrap().to_owned();
    ana.kith(["proposal", "sign", &group, &proposal]).ok();
    wait::until(wait::ARRIVAL, "the invite to be signed by both", || {
        (state(&ben.kith(["invite", "list", &group]).ok()) == Some("live".into())).then_some(())
    });

    let link = ben.kith(["invite", "show", invite]).ok()["link"].as_str().unwrap().to_owned();
    knocks(&fay, &link);
    let seen = ben.has_at_the_door(&group, |_| true);
    ana.has_at_the_door(&group, |one| one["knock"] == seen["knock"]);
    let signed = ben.kith(["knock", "admit", &id(&seen)]).ok();
    assert_eq!(signed["received"]["state"], "signing");
    let words = ben.kith(["knock", "list", &group]).in_words().run().lines.join("\n");
    assert!(words.contains("Waits for another facilitator to say the same."), "{words}");
    ana.has_at_the_door(&group, |one| one["state"] == "signing");
    to_do(&ana, &group, &json!(["proposal"]));
    assert_eq!(fay.status(&group)["state"], "waiting");
    ana.kith(["knock", "admit", &id(&seen)]).ok();
    fay.comes_in(&group);
    ana.sees_member(&group, "Fay", "facilitator", "member");
}

#[test]
fn of_two_who_came_on_one_invite_the_second_waits_for_a_facilitator() {
    let base = Lab::now();
    let [mut ana, mut ben, mut fay, mut gil] = ["Ana", "Ben", "Fay", "Gil"].map(Person::offline);
    for person in [&mut ana, &mut ben, &mut fay, &mut gil] {
        Lab::hasty(person, base, 60);
    }
    let group = ana.opens("Sleepless", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    ana.meets(&group, 1);
    let link = ana.invites(&group).link;

    // Each is let in by a node that knows nothing of the other. A facilitator's comes to know of Fay's, so Fay stays.
    ben.goes_offline();
    fay.joins(&link);
    ana.goes_offline();
    fay.goes_offline();
    Lab::hasty(&mut ben, base, 60);
    gil.joins(&link);
    Lab::hasty(&mut ana, base, 60);
    Lab::hasty(&mut fay, base, 60);

    let theirs = ana.has_at_the_door(&group, |one| one["name"] == "Gil" && one["several"] == true);
    ben.sees_member(&group, "Gil", "member", "waiting");
    assert_eq!(ana.kith(["knock", "say", &id(&theirs)]).stdin("Hello").fails(5).code, "not_allowed");
    to_do(&ana, &group, &json!(["knock"]));
    ana.kith(["knock", "admit", &id(&theirs)]).ok();
    ben.sees_member(&group, "Gil", "member", "member");
    ben.sees_member(&group, "Fay", "member", "member");
    let post = gil.posts(&group, "Good evening.");
    fay.has_got(&group, &[&post]);
}

#[test]
fn where_everybody_facilitates_a_code_is_compared_by_whoever_made_the_invite_and_a_door_opens_for_its_phrase()
{
    let base = Lab::now();
    let [mut ana, mut ben, mut fay, mut gil] = ["Ana", "Ben", "Fay", "Gil"].map(Person::offline);
    for person in [&mut ana, &mut ben, &mut fay, &mut gil] {
        Lab::hasty(person, base, 60);
    }
    let group = ana.opens_with("Sleepless", "For nights that are too long.", &["--shared-power"]);
    ben.joins(&ana.invites(&group).link);
    ana.sees_member(&group, "Ben", "facilitator", "member");

    // Ben is the one of two who cannot decide alone.
    let signed = |flags: &[&str]| {
        let made = ben.kith(["invite", "create", &group].iter().chain(flags)).ok();
        assert_eq!(made["link"], Value::Null);
        let proposal = wait::until(wait::ARRIVAL, "Ana to have the proposal", || {
            let list = ana.kith(["proposal", "list", &group]).ok();
            list["proposals"][0]["proposal"].as_str().map(str::to_owned)
        });
        ana.kith(["proposal", "sign", &group, &proposal]).ok();
        let invite = made["invite"].as_str().unwrap();
        let link = wait::until(wait::ARRIVAL, "Ben's link", || {
            ben.kith(["invite", "show", invite]).ok()["link"].as_str().map(str::to_owned)
        });
        (link, made)
    };
    let (link, _) = signed(&["--way", "confirm"]);
    fay.kith(["join", &link, "--as", "Fay"]).ok();
    let mine = fay.knock_is(&group, |mine| mine["code"].is_string());
    let seen = ben.has_at_the_door(&group, |one| one["code"].is_string());
    assert_eq!(seen["code"], mine["code"]);
    assert_eq!(ana.kith(["knock", "list", &group]).ok()["received"], json!([]));
    ben.kith(["knock", "admit", &id(&seen)]).ok();
    to_do(&ana, &group, &json!(["proposal"]));
    let proposal = ana.kith(["proposal", "list", &group]).ok()["proposals"][0]["proposal"].clone();
    ana.kith(["proposal", "sign", &group, proposal.as_str().unwrap()]).ok();
    fay.comes_in(&group);

    let (link, made) = signed(&["--way", "open-door", "--phrase"]);
    let phrase = made["phrase"].as_str().expect("it is told while there is no link yet");
    let call = ["join", &link, "--as", "Gil", "--phrase-file", "-", "--wait", "90"];
    gil.kith(call).stdin(phrase).limit(wait::ARRIVAL + wait::ANSWER).ok();
    ana.sees_member(&group, "Gil", "facilitator", "member");
}
