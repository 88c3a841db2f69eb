//! Two people between themselves: one asks, the other says yes, and either ends it; a third sees nothing of it. Time goes
//! six hundred times as fast here: a letter waits up to two minutes before it leaves.

use kith_tests::gathering::gather;
use kith_tests::{Lab, Person, wait};
use serde_json::{Value, json};

/// Ana, a facilitator, Ben and Chi, members, labs around their nodes, and their group.
fn three() -> ([Person; 3], Vec<Lab>, String) {
    let base = Lab::now();
    let mut people = ["Ana", "Ben", "Chi"].map(Person::offline);
    let labs = people.iter_mut().map(|person| Lab::hasty(person, base, 600)).collect();
    let group = gather(&people);
    (people, labs, group)
}

/// How something stands between one and another, once it is so.
#[track_caller]
fn stands(person: &Person, group: &str, tie: &str, with: &str, state: &str) -> Value {
    wait::until(wait::ARRIVAL, format_args!("{}'s {tie} with {with} to be {state}", person.name()), || {
        let list = person.kith(["dm", "list", group]).ok();
        let contacts = list["contacts"].as_array()?.clone();
        contacts.into_iter().find(|one| one["name"] == with && one[tie]["state"] == state)
    })
}

fn id(person: &Person, group: &str, name: &str) -> String {
    let members = person.lists_members(group);
    members.into_iter().find(|member| member.name == name).expect("a member").member
}

fn lines(person: &Person, group: &str, with: &str) -> Vec<Value> {
    let shown = person.kith(["dm", "show", group, with]).ok();
    shown["lines"].as_array().cloned().unwrap_or_default()
}

#[test]
fn two_write_to_each_other_once_both_wish_to_and_until_one_does_not() {
    let ([ana, ben, chi], _labs, group) = three();
    let (ana_id, ben_id, chi_id) =
        (id(&ben, &group, "Ana"), id(&ana, &group, "Ben"), id(&ana, &group, "Chi"));
    let refused = ana.kith(["dm", "write", &group, &ben_id]).stdin("How are you?").fails(5);
    assert_eq!(refused.code, "not_allowed");
    let refused = ben.kith(["dm", "ask", &group, &chi_id]).fails(5);
    assert!(refused.message.contains("only lately"), "{}", refused.message);

    ana.kith(["dm", "ask", &group, &ben_id]).ok();
    stands(&ana, &group, "talk", "Ben", "asked");
    stands(&ben, &group, "talk", "Ana", "asking");
    assert!(ben.status(&group)["to_do"].as_array().is_some_and(|list| list.contains(&json!("asked"))));
    ben.kith(["dm", "accept", &group, &ana_id]).ok();
    stands(&ana, &group, "talk", "Ben", "agreed");
    ana.kith(["dm", "write", &group, &ben_id]).stdin("How was the night?").ok();
    let got = wait::until(wait::ARRIVAL, "Ana's words to reach Ben", || lines(&ben, &group, &ana_id).pop());
    assert_eq!((&got["text"], &got["mine"]), (&json!("How was the night?"), &json!(false)));
    ben.kith(["dm", "write", &group, &ana_id]).stdin("Shorter than the last.").ok();
    wait::until(wait::ARRIVAL, "Ben's words to reach Ana", || {
        (lines(&ana, &group, &ben_id).len() == 2).then_some(())
    });
    assert_eq!(chi.kith(["dm", "list", &group]).ok()["contacts"], json!([]), "it is between the two");
    assert!(chi.reads(&group).is_empty());

    ben.kith(["dm", "end", &group, &ana_id]).ok();
    stands(&ana, &group, "talk", "Ben", "nothing");
    ana.kith(["dm", "write", &group, &ben_id]).stdin("Why?").fails(5);
    assert_eq!(lines(&ana, &group, &ben_id).len(), 2, "what was said stays with both");
}

#[test]
fn buddies_for_a_while_and_a_few_kind_words() {
    let ([ana, mut ben, chi], _labs, group) = three();
    let (ana_id, ben_id) = (id(&ben, &group, "Ana"), id(&ana, &group, "Ben"));
    ana.kith(["buddy", "ask", &group, &ben_id, "--weeks", "4"]).ok();
    stands(&ben, &group, "buddy", "Ana", "asking");
    ben.kith(["buddy", "accept", &group, &ana_id, "--weeks", "2"]).ok();
    let buddy = stands(&ana, &group, "buddy", "Ben", "agreed");
    assert!(buddy["buddy"]["until"].is_string(), "{buddy}");
    assert_eq!(buddy["talk"]["state"], "nothing", "one is not the other");
    ana.kith(["buddy", "ask", &group, &ben_id, "--weeks", "40"]).fails(2);

    let words = "You were kind to me on Monday. It helped.";
    chi.kith(["encourage", &group, &ben_id]).stdin(words).ok();
    let got = wait::until(wait::ARRIVAL, "Chi's words to reach Ben", || {
        let list = ben.kith(["letters", &group]).ok();
        list["letters"].as_array()?.first().cloned()
    });
    assert_eq!(
        (&got["text"], &got["name"], &got["kind_words"]),
        (&json!(words), &json!("Chi"), &json!(true))
    );
    let again = chi.kith(["encourage", &group, &ben_id]).stdin("And again.").run();
    assert_ne!(again.code(), 0, "once a day");

    // It is there after a restart.
    ben.goes_offline();
    ben.comes_online();
    stands(&ben, &group, "buddy", "Ana", "agreed");
    let chi_id = id(&ben, &group, "Chi");
    ben.kith(["block", &group, &chi_id]).ok();
    assert_eq!(ben.kith(["letters", &group]).ok()["letters"], json!([]));
}

#[test]
fn what_two_members_say_to_each_other_is_there_at_once_while_both_are() {
    // A letter leaves at a random moment within two minutes: that five of them come within a quarter of one by
    // themselves happens in one of thirty thousand runs.
    let (ana, ben) = (Person::new("Ana"), Person::new("Ben"));
    let group = ana.opens("Letters", "Slowly is fine.");
    ben.joins(&ana.invites(&group).link);
    let posts: Vec<String> = (0..5).map(|number| ben.posts(&group, &format!("Night {number}"))).collect();
    ana.has_got(&group, &posts);
    ana.meets(&group, 1);
    for post in &posts {
        ana.kith(["ack", post, "with-you"]).ok();
    }
    let heard = |post: &String| {
        let thread = ben.kith(["thread", post]).ok();
        thread["posts"]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one["acks"][0]["kind"] == "with_you"))
    };
    let all = wait::within(std::time::Duration::from_secs(15), || posts.iter().all(heard).then_some(()));
    assert!(all.is_some(), "not all came at once");
}

#[test]
fn what_somebody_agrees_to_is_known_on_their_other_device() {
    let base = Lab::now();
    let mut people = ["Ana", "Ben"].map(Person::offline);
    people.iter_mut().for_each(|person| drop(Lab::hasty(person, base, 600)));
    let [ana, ben] = people;
    let group = ana.opens("Letters", "Slowly is fine.");
    ben.joins(&ana.invites(&group).link);
    let mut other = Person::recovered("Ben", ben.words());
    Lab::hasty(&mut other, base, 600);
    other.joins(&ana.invites(&group).link);
    ana.meets(&group, 2);
    let (ana_id, ben_id) = (id(&ben, &group, "Ana"), id(&ana, &group, "Ben"));
    // Ben's first device has to know of the second before it tells it anything.
    let post = other.posts(&group, "From my other device.");
    ben.has_got(&group, &[&post]);
    ana.has_got(&group, &[&post]);
    ana.kith(["dm", "ask", &group, &ben_id]).ok();
    for device in [&ben, &other] {
        stands(device, &group, "talk", "Ana", "asking");
    }
    ben.kith(["dm", "accept", &group, &ana_id]).ok();
    stands(&other, &group, "talk", "Ana", "agreed");
    stands(&ana, &group, "talk", "Ben", "agreed");
    ben.kith(["dm", "write", &group, &ana_id]).stdin("From the first.").ok();
    let told =
        wait::until(wait::ARRIVAL, "the line on the other device", || lines(&other, &group, &ana_id).pop());
    assert_eq!((&told["text"], &told["mine"]), (&json!("From the first."), &json!(true)));
    other.kith(["dm", "write", &group, &ana_id]).stdin("From the second.").ok();
    for (person, with) in [(&ana, &ben_id), (&ben, &ana_id), (&other, &ana_id)] {
        wait::until(wait::ARRIVAL, format_args!("both lines with {}", person.name()), || {
            (lines(person, &group, with).len() == 2).then_some(())
        });
    }
    other.kith(["dm", "end", &group, &ana_id]).ok();
    stands(&ben, &group, "talk", "Ana", "nothing");
}

#[test]
fn what_was_said_alone_goes_as_the_charter_says() {
    const PACE: u64 = 600;
    let base = Lab::now();
    let mut people = ["Ana", "Ben"].map(Person::offline);
    people.iter_mut().for_each(|person| drop(Lab::hasty(person, base, PACE)));
    let [mut ana, ben] = people;
    let file = ana.home().write_beside("group.toml", "retention_days = 30");
    let file = file.to_str().expect("a path");
    let group = ana.opens_with("Letters", "Slowly is fine.", &["--from", file]);
    ben.joins(&ana.invites(&group).link);
    let (ana_id, ben_id) = (id(&ben, &group, "Ana"), id(&ana, &group, "Ben"));
    ana.kith(["dm", "ask", &group, &ben_id]).ok();
    stands(&ben, &group, "talk", "Ana", "asking");
    ben.kith(["dm", "accept", &group, &ana_id]).ok();
    stands(&ana, &group, "talk", "Ben", "agreed");
    ben.kith(["dm", "write", &group, &ana_id]).stdin("How was the night?").ok();
    ben.kith(["encourage", &group, &ana_id]).stdin("You were kind.").ok();
    let letters = |ana: &Person| ana.kith(["letters", &group]).ok()["letters"].as_array().map_or(0, Vec::len);
    wait::until(wait::ARRIVAL, "both to reach Ana", || {
        (lines(&ana, &group, &ben_id).len() == 1 && letters(&ana) == 1).then_some(())
    });
    ana.goes_offline();
    // Eighty days later.
    let later = base - 80 * 24 * 3_600_000 / (PACE - 1);
    Lab::hasty(&mut ana, later, PACE);
    assert_eq!((lines(&ana, &group, &ben_id).len(), letters(&ana)), (0, 0));
    stands(&ana, &group, "talk", "Ben", "agreed");
}
