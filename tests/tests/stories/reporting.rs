//! Somebody turns to the facilitators: nobody else sees it, they act, another looks again, and word of it comes back.
//! Time goes sixty times as fast here: a letter waits up to two minutes before it leaves.

use kith_tests::gathering::{come_in, promote};
use kith_tests::{Lab, Person, wait};
use serde_json::Value;

const POST: &str = "I take forty of them and then I count again.";

/// Ana, Ben and Chi, facilitators, Dan and Eva, members; labs around their nodes; and their group.
fn five(base: u64) -> ([Person; 5], Vec<Lab>, String) {
    let mut people = ["Ana", "Ben", "Chi", "Dan", "Eva"].map(Person::offline);
    let labs = people.iter_mut().map(|person| Lab::hasty(person, base, 60)).collect();
    let group = people[0].opens("Sleepless", "For nights that are too long.");
    come_in(&people, &group);
    for name in ["Ben", "Chi"] {
        promote(&people, &group, name);
    }
    (people, labs, group)
}

/// The first report on one side of a list, once it is as expected.
#[track_caller]
fn report(person: &Person, group: &str, side: &str, expected: impl Fn(&Value) -> bool) -> Value {
    wait::until(wait::ARRIVAL, format_args!("{}'s {side} report to be as expected", person.name()), || {
        let list = person.kith(["report", "list", group]).ok();
        list[side].as_array()?.first().filter(|one| expected(one)).cloned()
    })
}

#[test]
fn a_report_is_received_answered_and_outlives_what_it_is_about() {
    let ([ana, ben, chi, dan, eva], labs, group) = five(Lab::now());
    let post = dan.posts(&group, POST);
    eva.has_got(&group, &[&post]);
    ben.has_got(&group, &[&post]);
    let chi_id = eva.sees_member(&group, "Chi", "facilitator", "member").member;
    let call = ["report", "post", &post, "--kind", "worry", "--not-to", &chi_id, "--note-file", "-"];
    let sent = eva.kith(call).stdin("He has written like this all week.").ok();
    assert_eq!(
        sent["to"],
        serde_json::json!(["Ana", "Ben"]),
        "neither the one left out nor anybody else: {sent}"
    );
    assert_eq!(report(&eva, &group, "mine", |_| true)["kind"], "worry");

    let got = report(&ana, &group, "received", |_| true);
    assert_eq!((&got["text"], &got["author"], &got["from"]), (&POST.into(), &"Dan".into(), &"Eva".into()));
    assert_eq!(got["note"], "He has written like this all week.");
    report(&eva, &group, "mine", |one| one["state"] == "received");
    report(&ben, &group, "received", |_| true);

    dan.kith(["withdraw", &post]).ok();
    let id = got["report"].as_str().expect("an id").to_owned();
    let answer = ["report", "answer", &group, &id, "--outcome", "acted", "--note-file", "-"];
    ana.kith(answer).stdin("I have written to him.").ok();
    let mine = report(&eva, &group, "mine", |one| one["state"] == "answered");
    assert_eq!((&mine["outcome"], &mine["note"]), (&"acted".into(), &"I have written to him.".into()));
    let kept = report(&ben, &group, "received", |_| true);
    assert_eq!(kept["text"], POST, "it survives the withdrawal");
    let words = ana.kith(["report", "list", &group]).in_words().run().lines.join("\n");
    assert!(words.contains("You answered: Something was done"), "{words}");

    // Chi and Dan have every letter that passed, and nothing of it.
    for person in [&chi, &dan] {
        let list = person.kith(["report", "list", &group]).ok();
        assert_eq!((&list["received"], &list["mine"]), (&serde_json::json!([]), &serde_json::json!([])));
    }
    // What passed is of one length, whoever wrote it and whatever it says.
    let letters: Vec<usize> = labs[3]
        .envelopes()
        .values()
        .map(|one| one.length())
        .filter(|length| (1050..1400).contains(length))
        .collect();
    assert!(letters.len() > 3, "letters passed Dan's node: {letters:?}");
    assert!(letters.iter().all(|length| *length == letters[0]), "letters differ in length: {letters:?}");
}

#[test]
fn words_to_one_alone_are_reported_as_their_author_signed_them() {
    let ([ana, ben, chi, _dan, eva], _labs, group) = five(Lab::now());
    let (ana_id, eva_id) = (
        eva.sees_member(&group, "Ana", "facilitator", "member").member,
        ana.sees_member(&group, "Eva", "member", "member").member,
    );
    let agreed = |person: &Person, state: &str| {
        wait::until(wait::ARRIVAL, format_args!("it to be {state} for {}", person.name()), || {
            let list = person.kith(["dm", "list", &group]).ok();
            (list["contacts"][0]["talk"]["state"] == state).then_some(())
        });
    };
    ana.kith(["dm", "ask", &group, &eva_id]).ok();
    agreed(&eva, "asking");
    eva.kith(["dm", "accept", &group, &ana_id]).ok();
    agreed(&ana, "agreed");
    // Of several letters.
    let words = format!("Leave, or I tell them. {}", "You know what. ".repeat(60));
    ana.kith(["dm", "write", &group, &eva_id]).stdin(&words).ok();
    let line = wait::until(wait::ARRIVAL, "Ana's words to reach Eva", || {
        let lines = eva.kith(["dm", "show", &group, &ana_id]).ok()["lines"].clone();
        lines.as_array()?.first()?["line"].as_str().map(str::to_owned)
    });
    let call = ["report", "dm", &group, &ana_id, &line, "--kind", "harm", "--note-file", "-"];
    // Handed over in person, the words can be here before the letter that Ana signed.
    let sent = wait::until(wait::ARRIVAL, "the signed letters of it", || {
        let sent = eva.kith(call).stdin("I did not answer.").run();
        (sent.code() == 0).then(|| sent.ok())
    });
    assert_eq!(sent["to"], serde_json::json!(["Ben", "Chi"]), "not to who wrote it: {sent}");
    for person in [&ben, &chi] {
        let got = report(person, &group, "received", |_| true);
        assert_eq!((&got["text"], &got["author"]), (&words.as_str().into(), &"Ana".into()));
        assert_eq!((&got["from"], &got["direct"]), (&"Eva".into(), &true.into()));
    }
    let mine = report(&eva, &group, "mine", |one| one["state"] == "received");
    assert_eq!(mine["direct"], true);
    let id = report(&ben, &group, "received", |_| true)["report"].as_str().expect("an id").to_owned();
    ben.kith(["report", "answer", &group, &id, "--outcome", "acted"]).ok();
    report(&eva, &group, "mine", |one| one["outcome"] == "acted");
    let said = ben.kith(["report", "list", &group]).in_words().run().lines.join("\n");
    assert!(
        said.contains("words to one alone that hurt or threaten") && said.contains("Leave, or I tell them.")
    );
    let list = ana.kith(["report", "list", &group]).ok();
    assert_eq!(list["received"], serde_json::json!([]), "Ana has nothing of it");
    assert_eq!(eva.kith(["report", "dm", &group, &ana_id, "abcdef"]).fails(6).code, "unknown_id");
}

#[test]
fn an_appeal_goes_to_facilitators_who_did_not_act() {
    let ([ana, ben, chi, dan, eva], _labs, group) = five(Lab::now());
    let post = dan.posts(&group, POST);
    ana.has_got(&group, &[&post]);
    assert_eq!(dan.kith(["appeal", &post]).stdin("Why?").fails(5).code, "not_allowed", "nothing was done");
    ana.kith(["mod", "hold", &post, "--rule", "numbers", "--reason-file", "-"])
        .stdin("It names amounts")
        .ok();
    wait::until(wait::ARRIVAL, "Dan to see his post held", || {
        let thread = dan.kith(["thread", &post]).ok();
        (thread["posts"][0]["moderation"]["measure"] == "held").then_some(())
    });
    let sent = dan.kith(["appeal", &post]).stdin("I can leave the number out.").ok();
    assert_eq!(sent["to"], serde_json::json!(["Ben", "Chi"]));
    let letter = |person: &Person| {
        wait::until(wait::ARRIVAL, format_args!("{} to have a letter", person.name()), || {
            let list = person.kith(["letters", &group]).ok();
            list["letters"].as_array()?.first().cloned()
        })
    };
    for person in [&ben, &chi] {
        let letter = letter(person);
        assert_eq!(
            (&letter["name"], &letter["text"]),
            (&"Dan".into(), &"I can leave the number out.".into())
        );
    }
    ben.kith(["mod", "restore", &post, "--reason-file", "-"]).stdin("He changes it").ok();
    let dan_id = ben.sees_member(&group, "Dan", "member", "member").member;
    ben.kith(["mod", "note", &group, &dan_id]).stdin("Thank you, Dan. It is back.").ok();
    assert_eq!(letter(&dan)["text"], "Thank you, Dan. It is back.");
    for person in [&ana, &eva] {
        assert_eq!(
            person.kith(["letters", &group]).ok()["letters"],
            serde_json::json!([]),
            "{}",
            person.name()
        );
    }
    assert_eq!(
        dan.kith(["mod", "note", &group, &eva.sees_member(&group, "Eva", "member", "member").member])
            .stdin("hi")
            .fails(5)
            .code,
        "not_allowed"
    );
}

#[test]
fn a_report_that_waits_to_leave_survives_a_restart() {
    let base = Lab::now();
    let ([ana, _ben, _chi, dan, mut eva], _labs, group) = five(base);
    let post = dan.posts(&group, POST);
    eva.has_got(&group, &[&post]);
    eva.kith(["report", "post", &post]).ok();
    eva.goes_offline();
    Lab::hasty(&mut eva, base, 60);
    let got = report(&ana, &group, "received", |_| true);
    assert_eq!(got["text"], POST);
}
