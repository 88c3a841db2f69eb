//! People ask to be let in: at a door to knock on, with a code to compare, and on an invite that two used.

use kith_tests::door::id;
use kith_tests::gathering::{come_in, promote};
use kith_tests::{Lab, Person};
use serde_json::Value;

const QUESTION: &str = "What brings you here?";
const WORDS: &str = "My sister told me of you. I have not slept since March.";

/// Ana and Ben, facilitators, and Chi, a member, with labs around their nodes; and their group.
fn three(base: u64) -> ([Person; 3], Vec<Lab>, String) {
    let mut people = ["Ana", "Ben", "Chi"].map(Person::offline);
    let labs = people.iter_mut().map(|person| Lab::hasty(person, base, 60)).collect();
    let group = people[0].opens("Sleepless", "For nights that are too long.");
    let questions = format!("questions = ['{QUESTION}']");
    let edit = ["group", "charter", "edit", &group, "--from", "-", "--reason-file"];
    let reason = people[0].home().path().join("reason");
    std::fs::write(&reason, "So that we know who asks").unwrap();
    people[0].kith(edit.iter().map(std::ffi::OsStr::new).chain([reason.as_os_str()])).stdin(questions).ok();
    come_in(&people, &group);
    promote(&people, &group, "Ben");
    (people, labs, group)
}

#[test]
fn who_knocks_talks_with_the_facilitators_and_is_let_in() {
    let base = Lab::now();
    let ([ana, ben, chi], labs, group) = three(base);
    let link = ana.invites_with(&group, &["--way", "knock", "--uses", "9"]).link;
    let mut fay = Person::offline("Fay");
    let outside = Lab::hasty(&mut fay, base, 60);

    assert_eq!(fay.kith(["join", &link, "--as", "Fay"]).fails(2).code, "words_needed");
    let call = ["join", &link, "--as", "Fay", "--text-file", "-"];
    let joined = fay.kith(call).stdin(WORDS).ok();
    assert_eq!((&joined["state"], &joined["knock"]["state"]), (&"waiting".into(), &"saved".into()));

    // Both facilitators have one queue; Chi, who carries it, has nothing of it.
    let seen = ana.has_at_the_door(&group, |_| true);
    assert_eq!(
        (&seen["name"], &seen["way"], &seen["lines"][0]["text"]),
        (&"Fay".into(), &"knock".into(), &WORDS.into())
    );
    ben.has_at_the_door(&group, |one| one["knock"] == seen["knock"]);
    fay.knock_is(&group, |mine| mine["state"] == "received");
    assert_eq!(chi.kith(["knock", "list", &group]).ok()["received"], serde_json::json!([]));
    assert_eq!(chi.kith(["knock", "admit", &id(&seen)]).fails(6).code, "unknown_id");
    assert!(
        chi.lists_members(&group).iter().all(|one| one.name != "Fay"),
        "the group knows nothing of who asks"
    );

    ben.kith(["knock", "say", &id(&seen)]).stdin("Would evenings suit you?").ok();
    let mine = fay.knock_is(&group, |mine| mine["lines"].as_array().is_some_and(|lines| lines.len() == 2));
    assert_eq!((&mine["lines"][1]["side"], &mine["lines"][1]["name"]), (&"inside".into(), &Value::Null));
    fay.kith(["knock", "say", &id(&mine)]).stdin("Yes, after nine.").ok();
    let lines = |one: &Value| one["lines"].as_array().map_or(0, Vec::len);
    let seen = ana.has_at_the_door(&group, |one| lines(one) == 3);
    assert!(seen["lines"].as_array().unwrap().iter().any(|line| line["name"] == "Ben"), "{seen}");
    ben.has_at_the_door(&group, |one| lines(one) == 3);

    let words = ana.kith(["knock", "show", &id(&seen)]).in_words().run().lines.join("\n");
    assert!(words.contains("Fay asks to be let in") && words.contains("> Yes, after nine."), "{words}");
    let admitted = ana.kith(["knock", "admit", &id(&seen)]).ok();
    assert_eq!(admitted["received"]["state"], "admitted");
    fay.comes_in(&group);
    let post = fay.posts(&group, "Good evening.");
    chi.has_got(&group, &[&post]);
    chi.sees_member(&group, "Fay", "member", "member");
    fay.knock_is(&group, |mine| mine["state"] == "admitted");

    for lab in labs.iter().chain([&outside]) {
        let passed = [lab.sent(), lab.received()].concat();
        for words in [WORDS, "after nine", "evenings suit", "Fay"] {
            assert!(
                !passed.windows(words.len()).any(|some| some == words.as_bytes()),
                "{words:?} stood readable"
            );
        }
    }
}

#[test]
fn who_is_declined_reads_why_and_the_group_never_hears_of_it() {
    let base = Lab::now();
    let ([ana, ben, chi], _labs, group) = three(base);
    let link = ana.invites_with(&group, &["--way", "knock"]).link;
    let mut fay = Person::offline("Fay");
    Lab::hasty(&mut fay, base, 60);
    fay.kith(["join", &link, "--as", "Fay", "--text-file", "-"]).stdin(WORDS).ok();
    let seen = ben.has_at_the_door(&group, |_| true);
    ben.kith(["knock", "decline", &id(&seen), "--reason-file", "-"])
        .stdin("We are few, and full for now.")
        .ok();
    let mine = fay.knock_is(&group, |mine| mine["state"] == "declined");
    assert_eq!(mine["lines"][1]["text"], "We are few, and full for now.");
    assert_eq!(
        fay.kith(["join", &link, "--as", "Fay", "--wait", "5"]).fails(2).code,
        "words_needed",
        "she may ask anew"
    );
    let seen = ana.has_at_the_door(&group, |one| one["state"] == "declined");
    assert_eq!(seen["by"], "Ben");
    let record = chi.kith(["group", "record", &group]).ok();
    assert!(!record.to_string().contains("Fay"), "{record}");
    assert!(chi.lists_members(&group).iter().all(|one| one.name != "Fay"));
    let own = fay.kith(["knock", "list", &group]).in_words().run().lines.join("\n");
    assert!(own.contains("They decided not to let you in this time."), "{own}");
}

#[test]
fn a_code_is_compared_before_somebody_is_let_in_and_a_second_person_on_the_link_is_seen() {
    let base = Lab::now();
    let ([ana, ben, chi], _labs, group) = three(base);
    let made = ana.kith(["invite", "create", &group, "--way", "confirm", "--uses", "2"]).fails(2);
    assert_eq!(made.code, "bad_request");
    let link = ana.invites_with(&group, &["--way", "confirm"]).link;
    let (mut fay, mut eve) = (Person::offline("Fay"), Person::offline("Eve"));
    Lab::hasty(&mut fay, base, 60);
    fay.kith(["join", &link, "--as", "Fay"]).ok();
    let mine = fay.knock_is(&group, |mine| mine["code"].is_string());
    let seen = ana.has_at_the_door(&group, |one| one["code"].is_string());
    assert_eq!(seen["code"], mine["code"], "both see one code");
    assert_eq!(
        ben.kith(["knock", "list", &group]).ok()["received"],
        serde_json::json!([]),
        "it is Ana who compares"
    );
    assert_eq!(fay.status(&group)["state"], "waiting", "nobody is in before it was compared");

    // Somebody else has the link, and comes on it too.
    Lab::hasty(&mut eve, base, 60);
    eve.kith(["join", &link, "--as", "Eve"]).ok();
    ana.has_at_the_door(&group, |one| {
        one["name"] == "Eve" && one["several"] == true && one["code"].is_null()
    });
    let words = ana.kith(["knock", "list", &group]).in_words().run().lines.join("\n");
    assert!(words.contains("Two people came on this invite"), "{words}");
    assert!(eve.knock_is(&group, |mine| !mine.is_null())["code"].is_null(), "the second is told nothing");

    let link = ana.invites_with(&group, &["--way", "confirm"]).link;
    let mut gil = Person::offline("Gil");
    Lab::hasty(&mut gil, base, 60);
    gil.kith(["join", &link, "--as", "Gil"]).ok();
    let seen = ana.has_at_the_door(&group, |one| one["name"] == "Gil" && one["code"].is_string());
    ana.kith(["knock", "admit", &id(&seen)]).ok();
    gil.comes_in(&group);
    chi.sees_member(&group, "Gil", "member", "member");
    assert!(chi.lists_members(&group).iter().all(|one| one.name != "Eve" && one.name != "Fay"));
}

#[test]
fn a_knock_reaches_facilitators_who_were_away_and_survives_restarts() {
    let base = Lab::now();
    let ([mut ana, mut ben, chi], _labs, group) = three(base);
    let link = ana.invites_with(&group, &["--way", "knock"]).link;
    let expected = chi.status(&group)["peers"].as_u64();
    assert!(expected.is_some_and(|peers| peers >= 1), "the link has Chi's address");
    let mut fay = Person::offline("Fay");
    ana.goes_offline();
    ben.goes_offline();
    Lab::hasty(&mut fay, base, 60);
    fay.kith(["join", &link, "--as", "Fay", "--text-file", "-"]).stdin(WORDS).ok();
    fay.knock_is(&group, |mine| mine["state"] == "passed_on");
    fay.is_cut_off();
    Lab::hasty(&mut ben, base, 60);
    let seen = ben.has_at_the_door(&group, |_| true);
    assert_eq!(seen["lines"][0]["text"], WORDS);
    ben.kith(["knock", "admit", &id(&seen)]).ok();
    chi.sees_member(&group, "Fay", "member", "member");
    ben.goes_offline();
    Lab::hasty(&mut fay, base, 60);
    fay.comes_in(&group);
}
