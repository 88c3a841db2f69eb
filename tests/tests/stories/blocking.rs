//! Who is muted or blocked is hidden from one person alone, who alone knows; what a group is run by still comes.
//! Time goes sixty times as fast here: a letter waits up to two minutes before it leaves.

use kith_tests::gathering::{come_in, promote};
use kith_tests::{Lab, Person, wait};
use serde_json::{Value, json};

/// Ana and Ben, facilitators, Dan and Eva, members; and their group.
fn four(base: u64) -> ([Person; 4], Vec<Lab>, String) {
    let mut people = ["Ana", "Ben", "Dan", "Eva"].map(Person::offline);
    let labs = people.iter_mut().map(|person| Lab::hasty(person, base, 60)).collect();
    let group = people[0].opens("Sleepless", "For nights that are too long.");
    come_in(&people, &group);
    promote(&people, &group, "Ben");
    (people, labs, group)
}

fn id(person: &Person, group: &str, name: &str) -> String {
    let list = person.lists_members(group);
    list.into_iter().find(|one| one.name == name).expect("a member").member
}

fn letters(person: &Person, group: &str) -> Vec<String> {
    let list = person.kith(["letters", group]).ok();
    let all = list["letters"].as_array().cloned().unwrap_or_default();
    all.iter().filter_map(|one| one["text"].as_str().map(str::to_owned)).collect()
}

#[track_caller]
fn has_letter(person: &Person, group: &str, text: &str) {
    wait::until(wait::ARRIVAL, format_args!("{} to have the letter: {text}", person.name()), || {
        letters(person, group).iter().any(|one| one == text).then_some(())
    });
}

/// The first report on one side of a list, once it is as expected.
#[track_caller]
fn report(person: &Person, group: &str, side: &str, expected: impl Fn(&Value) -> bool) -> Value {
    wait::until(wait::ARRIVAL, format_args!("{}'s {side} report to be as expected", person.name()), || {
        let list = person.kith(["report", "list", group]).ok();
        list[side].as_array()?.first().filter(|one| expected(one)).cloned()
    })
}

/// Waits until everything one person wrote so far, letters that leave included, has come to another.
#[track_caller]
fn all_has_come(from: &Person, to: &Person, group: &str, before: u64) {
    wait::until(wait::ARRIVAL, "what was written to have come", || {
        let entries = |person: &Person| person.status(group)["entries"].as_u64();
        (entries(from)? > before && entries(to)? >= entries(from)?).then_some(())
    });
}

#[test]
fn muting_hides_posts_alone_and_blocking_refuses_letters_as_well() {
    let ([ana, ben, dan, eva], _labs, group) = four(Lab::now());
    let (ana_id, ben_id, dan_id) =
        (id(&dan, &group, "Ana"), id(&dan, &group, "Ben"), id(&ana, &group, "Dan"));
    assert_eq!(dan.kith(["mute", &group, &ana_id]).ok()["muted"], true);
    let blocked = dan.kith(["block", &group, &ben_id]).ok();
    assert_eq!((&blocked["name"], &blocked["blocked"]), (&"Ben".into(), &true.into()));
    let posts = [ana.posts(&group, "From Ana."), ben.posts(&group, "From Ben.")];
    eva.has_got(&group, &posts);
    let third = eva.posts(&group, "From Eva.");
    dan.has_got(&group, &[&third]);
    assert_eq!(dan.reads(&group).len(), 1, "Dan is shown what he hid");
    let words = dan.kith(["member", "list", &group]).in_words().run().lines.join("\n");
    assert!(words.contains("Ana (facilitator, hidden from you)"), "{words}");
    assert!(words.contains("Ben (facilitator, new here, blocked by you)"), "{words}");

    // Ana's letter comes, Ben's does not; neither can tell.
    let entries = |person: &Person| person.status(&group)["entries"].as_u64().expect("a number");
    let before = entries(&ben);
    ben.kith(["mod", "note", &group, &dan_id]).stdin("A word from Ben.").ok();
    all_has_come(&ben, &dan, &group, before);
    ana.kith(["mod", "note", &group, &dan_id]).stdin("A word from Ana.").ok();
    has_letter(&dan, &group, "A word from Ana.");
    assert_eq!(letters(&dan, &group), ["A word from Ana."]);
    ben.knows_held(&posts[1]);
    for person in [&ana, &ben] {
        let list = person.kith(["member", "list", &group]).in_words().run().lines.join("\n");
        assert!(!list.contains("hidden") && !list.contains("blocked"), "{list}");
    }

    // Dan's own report reaches Ben as well, and Ben's answer reaches Dan.
    dan.kith(["report", "post", &third, "--kind", "rule", "--not-to", &ana_id]).ok();
    let got = report(&ben, &group, "received", |_| true)["report"].as_str().expect("an id").to_owned();
    ben.kith(["report", "answer", &group, &got, "--outcome", "noted", "--note-file", "-"])
        .stdin("Seen.")
        .ok();
    assert_eq!(report(&dan, &group, "mine", |one| one["state"] == "answered")["note"], "Seen.");

    // Muted besides, he stays hidden.
    dan.kith(["mute", &group, &ben_id]).ok();
    assert_eq!(dan.kith(["unblock", &group, &ben_id]).ok()["muted"], true);
    assert_eq!(dan.reads(&group).len(), 1);
    dan.kith(["unmute", &group, &ben_id]).ok();
    dan.kith(["block", &group, &ben_id]).ok();

    // Taken back, what Ben wrote is there, and his letters come from now on.
    assert_eq!(dan.kith(["unblock", &group, &ben_id]).ok()["blocked"], false);
    dan.has_got(&group, &[&posts[1]]);
    ben.kith(["mod", "note", &group, &dan_id]).stdin("Another word.").ok();
    has_letter(&dan, &group, "Another word.");
    assert!(!letters(&dan, &group).iter().any(|text| text == "A word from Ben."));
    assert_eq!(dan.kith(["block", &group, &dan_id]).fails(2).code, "bad_request");
}

#[test]
fn a_facilitator_who_blocks_somebody_still_gets_what_they_are_there_for() {
    let base = Lab::now();
    let ([mut ana, ben, dan, eva], _labs, group) = four(base);
    let eva_id = id(&ana, &group, "Eva");
    ana.kith(["block", &group, &eva_id]).ok();
    ana.goes_offline();
    Lab::hasty(&mut ana, base, 60);
    let post = dan.posts(&group, "I take forty of them and then I count again.");
    eva.has_got(&group, &[&post]);
    let ben_id = id(&eva, &group, "Ben");
    eva.kith(["report", "post", &post, "--kind", "worry", "--not-to", &ben_id]).ok();
    let got = report(&ana, &group, "received", |_| true);
    assert_eq!(got["from"], "Eva");
    let got = got["report"].as_str().expect("an id").to_owned();
    ana.kith(["report", "answer", &group, &got, "--outcome", "acted", "--note-file", "-"])
        .stdin("Done.")
        .ok();
    report(&eva, &group, "mine", |one| one["state"] == "answered");

    // What Ben did about Eva's post she may take to Ana; other words of hers do not come.
    let evas = eva.posts(&group, "I know how many it takes.");
    ben.has_got(&group, &[&evas]);
    let hold = ["mod", "hold", &evas, "--rule", "numbers", "--reason-file", "-"];
    ben.kith(hold).stdin("It hints at amounts.").ok();
    wait::until(wait::ARRIVAL, "Eva to see her post held", || {
        let thread = eva.kith(["thread", &evas]).ok();
        (thread["posts"][0]["moderation"]["measure"] == "held").then_some(())
    });
    let ana_id = id(&eva, &group, "Ana");
    let before = eva.status(&group)["entries"].as_u64().expect("a number");
    eva.kith(["mod", "note", &group, &ana_id]).stdin("Why do you ignore me?").ok();
    all_has_come(&eva, &ana, &group, before);
    eva.kith(["appeal", &evas]).stdin("I can say it differently.").ok();
    has_letter(&ana, &group, "I can say it differently.");
    assert_eq!(letters(&ana, &group), ["I can say it differently."]);
    let list = ana.kith(["report", "list", &group]).ok();
    assert_ne!(list["received"], json!([]));
}
