//! A charter changes by those who may, members are asked again, and everybody can read what was done and why.

use kith_tests::gathering::{come_in, promote};
use kith_tests::{Person, wait};
use serde_json::Value;

/// Ana, Ben and Chi, facilitators, Dan, a member; and their group, begun with a template.
fn four() -> ([Person; 4], String) {
    let people = ["Ana", "Ben", "Chi", "Dan"].map(Person::new);
    let group = people[0].opens_with("Sleepless", "For nights that are too long.", &["--template", "grief"]);
    come_in(&people, &group);
    for name in ["Ben", "Chi"] {
        promote(&people, &group, name);
    }
    (people, group)
}

#[track_caller]
fn charter(person: &Person, group: &str, expected: impl Fn(&Value) -> bool) -> Value {
    wait::until(wait::ARRIVAL, format_args!("{} to see the charter as expected", person.name()), || {
        let shown = person.kith(["group", "charter", "show", group]).ok();
        expected(&shown).then_some(shown)
    })
}

fn edit(person: &Person, group: &str, toml: &str) -> Value {
    let file = person.home().write_beside("charter.toml", toml);
    let file = file.to_str().expect("a path");
    let call = person.kith(["group", "charter", "edit", group, "--from", file, "--reason-file", "-"]);
    call.stdin("As we said on Tuesday").ok()
}

/// The newest change of the charter, as the record has it.
#[track_caller]
fn amendment(person: &Person, group: &str) -> Value {
    wait::until(wait::ARRIVAL, format_args!("{} to read of a change", person.name()), || {
        let record = person.kith(["group", "record", group]).ok();
        record["acts"].as_array()?.iter().find(|act| act["what"]["changes"]["purpose"].is_string()).cloned()
    })
}

#[test]
fn what_members_agreed_to_changes_by_two_of_three_and_members_are_asked() {
    let ([ana, ben, chi, dan], group) = four();
    let first = charter(&dan, &group, |_| true);
    assert_eq!(first["accepted"], true);
    assert!(first["charter"]["agreements"].as_array().is_some_and(|list| list.len() > 3), "{first}");
    let light = edit(&chi, &group, "reply_hours = 6");
    assert_eq!((&light["state"], &light["asks_members"]), (&"done".into(), &false.into()));
    charter(&dan, &group, |shown| shown["charter"]["reply_hours"] == 6 && shown["accepted"] == true);

    let proposed =
        edit(&ana, &group, "purpose = 'For nights, and for the days after them.'\nretention_days = 90");
    assert_eq!((&proposed["state"], &proposed["asks_members"]), (&"awaiting".into(), &true.into()));
    let open = wait::until(wait::ARRIVAL, "Ben to see the proposal", || {
        let list = ben.kith(["proposal", "list", &group]).ok();
        list["proposals"].as_array().and_then(|list| list.first().cloned())
    });
    assert_eq!(open["signed"], serde_json::json!(["Ana"]));
    assert_eq!((&open["needed"], &open["mine"]), (&2.into(), &false.into()));
    let changes =
        serde_json::json!({ "purpose": "For nights, and for the days after them.", "retention_days": 90 });
    assert_eq!(open["what"]["changes"], changes, "whoever signs reads what they sign");
    assert_eq!(amendment(&dan, &group)["state"], "awaiting", "nothing is told as done that is not");
    let id = open["proposal"].as_str().expect("an id").to_owned();
    assert_eq!(dan.kith(["proposal", "sign", &group, &id]).run().code(), 5, "a member cannot sign");
    assert_eq!(ben.kith(["proposal", "sign", &group, &id]).ok()["state"], "done");
    assert_eq!(charter(&ben, &group, |_| true)["accepted"], true, "whoever signs a change agrees to it");

    let changed = charter(&dan, &group, |shown| shown["charter"]["retention_days"] == 90);
    assert_eq!(changed["accepted"], false);
    assert_eq!(changed["changed"]["purpose"], changes["purpose"]);
    assert_eq!(changed["changed"]["reply_hours"], 6, "everything that is otherwise, however little");
    assert_eq!(amendment(&dan, &group)["state"], "done");
    let read = dan.kith(["read", &group]).in_words().run();
    assert!(read.log.contains("What members of this group agree to has changed."), "{}", read.log);
    assert_eq!(dan.kith(["group", "show", &group]).ok()["notice"]["code"], "charter_changed");
    assert_eq!(dan.kith(["group", "charter", "accept", &group]).ok()["accepted"], true);
    assert_eq!(dan.kith(["group", "show", &group]).ok()["notice"], Value::Null);
    assert!(ana.kith(["proposal", "list", &group]).ok()["proposals"].as_array().is_some_and(Vec::is_empty));
    // Whoever comes now accepts the charter as it is now, and is shown it.
    let eva = Person::new("Eva");
    let seconds = wait::ARRIVAL.as_secs().to_string();
    let link = chi.invites(&group).link;
    let join = eva.kith(["join", &link, "--as", "Eva", "--wait", &seconds]).in_words();
    let shown = join.limit(wait::ARRIVAL + wait::ANSWER).run().lines.join("\n");
    assert!(shown.contains("For nights, and for the days after them."), "{shown}");
    assert!(shown.contains("agreement:1  What is said here stays here."), "{shown}");
    assert_eq!(charter(&eva, &group, |_| true)["accepted"], true);
}

#[test]
fn edits_made_apart_become_one_charter() {
    let ([mut ana, mut ben, chi, dan], group) = four();
    ana.goes_offline();
    edit(&ben, &group, "size = 20\nlanguage = 'de'");
    charter(&dan, &group, |shown| shown["charter"]["size"] == 20);
    charter(&chi, &group, |shown| shown["charter"]["size"] == 20);
    ben.goes_offline();
    let away = [chi, dan].map(|mut person| {
        person.goes_offline();
        person
    });
    ana.comes_online();
    edit(&ana, &group, "size = 12\nreply_hours = 4");
    ben.comes_online();
    let mut back = away;
    for person in &mut back {
        person.comes_online();
    }
    // The stricter size, and both other changes.
    for person in [&ana, &ben, &back[0], &back[1]] {
        charter(person, &group, |shown| {
            let charter = &shown["charter"];
            charter["size"] == 12 && charter["language"] == "de" && charter["reply_hours"] == 4
        });
    }
    kith_tests::person::agree(&group, &[&ana, &ben, &back[0], &back[1]]);
}

#[test]
fn two_who_proposed_the_same_apart_are_enough_once_one_signs_again() {
    let ([mut ana, mut ben, chi, dan], group) = four();
    for mut person in [chi, dan] {
        person.goes_offline();
    }
    let same = "purpose = 'For nights.'";
    ana.goes_offline();
    assert_eq!(edit(&ben, &group, same)["state"], "awaiting");
    ben.goes_offline();
    ana.comes_online();
    assert_eq!(edit(&ana, &group, same)["state"], "awaiting");
    ben.comes_online();
    let open = wait::until(wait::ARRIVAL, "Ana to see that Ben proposed the same", || {
        let list = ana.kith(["proposal", "list", &group]).ok();
        list["proposals"]
            .as_array()?
            .iter()
            .find(|one| one["signed"].as_array().is_some_and(|s| s.len() == 2))
            .cloned()
    });
    let id = open["proposal"].as_str().expect("an id").to_owned();
    assert_eq!(ana.kith(["proposal", "sign", &group, &id]).ok()["state"], "done");
    charter(&ben, &group, |shown| shown["charter"]["purpose"] == "For nights.");
}

#[test]
fn everybody_reads_what_was_done_and_why() {
    let ([ana, ben, chi, dan], group) = four();
    let post = dan.posts(&group, "Twelve, and then I counted again.");
    ben.has_got(&group, &[&post]);
    let fold = ["mod", "fold", &post, "--rule", "numbers", "--reason-file", "-"];
    ben.kith(fold).stdin("It names amounts").ok();
    let member = ana.sees_member(&group, "Chi", "facilitator", "member").member;
    ana.kith(["member", "demote", &group, &member, "--reason-file", "-"]).stdin("She asked for it").ok();
    let acts = wait::until(wait::ARRIVAL, "Dan to read the record", || {
        let record = dan.kith(["group", "record", &group]).ok();
        let acts = record["acts"].as_array()?.clone();
        let has = |act: &str| acts.iter().any(|one| one["what"]["act"] == act);
        (has("moderated") && has("demoted")).then_some(acts)
    });
    let find = |act: &str| acts.iter().find(|one| one["what"]["act"] == act).cloned().unwrap_or_default();
    assert_eq!(
        (&find("moderated")["name"], &find("moderated")["what"]["reason"]),
        (&"Ben".into(), &"It names amounts".into())
    );
    assert_eq!(find("demoted")["what"]["reason"], "She asked for it");
    assert_eq!(find("founded")["name"], "Ana");
    let words = chi.kith(["group", "record", &group]).in_words().run().lines.join("\n");
    assert!(words.contains("Ana spoke for Ben as facilitator."), "{words}");
    assert!(words.contains("Ben folded a post of Dan ["), "{words}");
}

#[test]
fn what_a_charter_cannot_be_is_said() {
    let ([ana, _, _, dan], group) = four();
    let file = |text: &str| ana.home().write_beside("wrong.toml", text).to_str().expect("a path").to_owned();
    let edit = |person: &Person, file: &str| {
        person.kith(["group", "charter", "edit", &group, "--from", file, "--reason-file", "-"]).stdin("so")
    };
    let long = file(&format!("purpose = '{}'", "x".repeat(3000)));
    assert_eq!(edit(&ana, &long).fails(1).code, "bad_words");
    assert_eq!(edit(&ana, &file("colour = 'red'")).fails(2).code, "usage");
    assert_eq!(edit(&ana, &file("reply_hours = 24")).fails(2).code, "bad_request", "it is so already");
    assert_eq!(edit(&dan, &file("reply_hours = 2")).fails(5).code, "not_allowed");
    assert_eq!(edit(&ana, &file("title = 'Other'")).fails(2).code, "usage");
    assert_eq!(edit(&ana, &file("size = 0")).fails(1).code, "bad_words");
    assert_eq!(edit(&ana, &file("agreements = ['']")).fails(1).code, "bad_words");
    let never = ana.opens_with("Brief", "For short talks.", &["--history", "none"]);
    let opened = file("history = 'all'");
    let open = ana.kith(["group", "charter", "edit", &never, "--from", &opened, "--reason-file", "-"]);
    assert_eq!(open.stdin("so").fails(5).code, "not_allowed");
    let closed = edit(&ana, &file("history = 'none'")).ok();
    assert_eq!(closed["state"], "awaiting");
    let made = ana.kith(["group", "create", "--title", "x", "--purpose", "y", "--template", "nothing"]);
    assert_eq!(made.fails(2).code, "usage");
}
