//! People come in by an open door: by the link alone, by link and phrase, and not by what was taken back.

use std::collections::BTreeSet;

use kith_protocol::body::Body;
use kith_protocol::envelope;
use kith_protocol::epoch::Keyring;
use kith_protocol::invite::Link;
use kith_tests::person::agree;
use kith_tests::{Lab, Person, wait};
use serde_json::Value;

const BEFORE: [&str; 2] = ["I have told nobody else.", "It stays here."];
const AFTER: &str = "Good that you are here.";

#[track_caller]
fn is_in(person: &Person, group: &str) {
    wait::until(wait::ARRIVAL, format_args!("{} to be in", person.name()), || {
        (person.status(group)["state"] == "joined").then_some(())
    });
}

/// The link of an open door once it names two nodes: where another member is, is learnt a moment after they came in.
#[track_caller]
fn door_to_two(person: &Person, group: &str) -> String {
    let invite = person.invites_with(group, &["--way", "open-door"]).invite;
    wait::until(wait::ARRIVAL, format_args!("{} to know where another is", person.name()), || {
        let shown = person.kith(["invite", "show", &invite]).ok();
        let link = shown["link"].as_str()?.to_owned();
        (Link::parse(&link).ok()?.nodes.len() > 1).then_some(link)
    })
}

#[test]
fn a_link_and_a_phrase_open_the_door_and_a_wrong_phrase_is_told() {
    let ana = Person::new("Ana");
    let ben = Person::new("Ben");
    let fay = Person::new("Fay");
    let group = ana.opens("Sleepless", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    let made = ana.kith(["invite", "create", &group, "--way", "open-door", "--phrase", "--uses", "3"]).ok();
    assert_eq!((&made["way"], &made["spoken"]), (&"open_door".into(), &true.into()));
    let (link, phrase) = (made["link"].as_str().unwrap(), made["phrase"].as_str().unwrap());
    assert_eq!(phrase.split(' ').count(), 5, "{phrase}");
    let shown = ana.kith(["invite", "show", made["invite"].as_str().unwrap()]).ok();
    assert_eq!((&shown["spoken"], &shown["phrase"]), (&true.into(), &Value::Null), "it is told once");

    assert_eq!(fay.kith(["join", link, "--as", "Fay"]).fails(2).code, "phrase_needed");
    // One wrong phrase in 256 fits the byte in the link, and is found out by members' nodes alone: so two are tried.
    let call = ["join", link, "--as", "Fay", "--phrase-file", "-"];
    let wrong = ["five other words than those", "quite another phrase again"];
    let told = wrong.iter().any(|wrong| {
        let tried = fay.kith(call).stdin(wrong).run();
        tried.code() != 0 && tried.fails(2).code == "phrase_wrong"
    });
    assert!(told, "no wrong phrase was told to be one");
    assert!(ana.lists_members(&group).iter().all(|one| one.name != "Fay"));

    // As somebody types it who has heard it.
    let heard = format!("  {}!\n", phrase.to_uppercase().replace(' ', ", "));
    fay.kith(call).stdin(heard).ok();
    is_in(&fay, &group);
    assert_eq!(
        fay.kith(["join", link, "--as", "Fay"]).ok()["state"],
        "joined",
        "the phrase is not asked again"
    );
    let post = ben.posts(&group, AFTER);
    fay.has_got(&group, &[&post]);
    let answer = fay.posts(&group, "I could not sleep either.");
    ana.has_got(&group, &[&post, &answer]);
    agree(&group, &[&ana, &ben, &fay]);

    let words = |person: &Person| person.kith(["group", "show", &group]).ok()["key_words"].clone();
    assert_eq!(words(&ana).as_str().map(|words| words.split(' ').count()), Some(6));
    assert_eq!(
        (words(&ben), words(&fay)),
        (words(&ana), words(&ana)),
        "read to each other, they are the same"
    );
    let other = fay.opens("Sleepless", "For nights that are too long.");
    let others = fay.kith(["group", "show", &other]).ok()["key_words"].clone();
    assert_ne!(others, words(&ana), "a group of the same title is another");
}

#[test]
fn a_door_that_was_shut_lets_nobody_else_in() {
    let ana = Person::new("Ana");
    let ben = Person::new("Ben");
    let fay = Person::new("Fay");
    let gil = Person::new("Gil");
    let group = ana.opens("Sleepless", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    let door = ana.invites_with(&group, &["--way", "open-door", "--uses", "9"]);
    fay.joins(&door.link);
    ben.sees_member(&group, "Fay", "member", "member");
    ana.kith(["invite", "revoke", &door.invite]).ok();
    wait::until(wait::ARRIVAL, "Ben to hear that the door was shut", || {
        let list = ben.kith(["invite", "list", &group]).ok();
        let of = |invite: &&Value| invite["invite"] == door.invite.as_str();
        list["invites"].as_array()?.iter().find(of).filter(|invite| invite["state"] == "revoked").map(drop)
    });
    let late = gil.kith(["join", &door.link, "--as", "Gil", "--wait", "60"]).fails(5);
    assert_eq!(late.code, "invite_revoked");
    for person in [&ana, &ben, &fay] {
        assert!(person.lists_members(&group).iter().all(|one| one.name != "Gil"));
    }
    let post = ana.posts(&group, AFTER);
    fay.has_got(&group, &[&post]);
}

#[test]
fn who_comes_while_nobody_is_awake_is_told_so_and_is_in_as_soon_as_somebody_is() {
    let mut ana = Person::new("Ana");
    let mut ben = Person::new("Ben");
    let mut fay = Person::new("Fay");
    let group = ana.opens("Sleepless", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    let link = door_to_two(&ana, &group);
    ben.meets(&group, 1);
    wait::until(wait::ARRIVAL, "Ben to hear of the door", || {
        let list = ben.kith(["invite", "list", &group]).ok();
        list["invites"].as_array()?.iter().any(|invite| invite["way"] == "open_door").then_some(())
    });
    ana.goes_offline();
    ben.goes_offline();
    let waiting = fay.kith(["join", &link, "--as", "Fay"]).in_words().run().lines.join("\n");
    assert!(waiting.contains("Your node looks for a member's node and goes on by itself"), "{waiting}");
    fay.goes_offline();
    fay.comes_online();
    ben.comes_online();
    is_in(&fay, &group);
    ana.comes_online();
    ana.sees_member(&group, "Fay", "member", "member");
    ana.has_got(&group, &[fay.posts(&group, "The door was open.")]);
}

#[test]
fn who_left_and_forgot_the_group_comes_back_by_the_same_door_as_somebody_new() {
    let ana = Person::new("Ana");
    let fay = Person::new("Fay");
    let group = ana.opens("Revolving door", "Come and go as you need.");
    let link = ana.invites_with(&group, &["--way", "open-door", "--uses", "3"]).link;
    fay.joins(&link);
    fay.kith(["group", "leave", &group]).ok();
    ana.sees_member(&group, "Fay", "member", "left");
    fay.kith(["group", "forget", &group]).ok();
    fay.joins(&link);
    ana.has_got(&group, &[fay.posts(&group, "Here again.")]);
    assert_eq!(ana.lists_members(&group).iter().filter(|one| one.name == "Fay").count(), 2);
}

#[test]
fn a_second_who_came_at_once_on_a_door_for_one_is_shown_with_how_they_came() {
    let mut ana = Person::new("Ana");
    let mut ben = Person::new("Ben");
    let mut fay = Person::new("Fay");
    let gil = Person::new("Gil");
    let group = ana.opens("Sleepless", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    let link = door_to_two(&ana, &group);
    wait::until(wait::ARRIVAL, "Ben to hear of the door", || {
        let list = ben.kith(["invite", "list", &group]).ok();
        list["invites"].as_array()?.iter().any(|invite| invite["way"] == "open_door").then_some(())
    });
    // Ana and Ben let somebody in each, without knowing of each other.
    ben.goes_offline();
    fay.joins(&link);
    fay.goes_offline();
    ana.goes_offline();
    ben.comes_online();
    gil.joins(&link);
    ana.comes_online();
    fay.comes_online();
    // A facilitator's node had met Fay alone, so she stays; of Gil somebody decides.
    let disputed = wait::until(wait::ARRIVAL, "Ana to be asked about Gil", || {
        let list = ana.kith(["knock", "list", &group]).ok();
        list["received"].as_array()?.iter().find(|one| one["name"] == "Gil").cloned()
    });
    assert_eq!((&disputed["way"], &disputed["several"]), (&"open_door".into(), &true.into()), "{disputed}");
    ana.kith(["knock", "admit", disputed["knock"].as_str().expect("an id")]).ok();
    ben.sees_member(&group, "Gil", "member", "member");
}

#[test]
fn the_link_alone_opens_a_join_and_nothing_that_was_said() {
    let mut ana = Person::offline("Ana");
    let mut ben = Person::offline("Ben");
    let mut fay = Person::offline("Fay");
    let labs = [&mut ana, &mut ben, &mut fay].map(|person| Lab::around(person, 0));
    let group = ana.opens("Sleepless", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    let link = ana.invites_with(&group, &["--way", "open-door"]).link;
    let said = BEFORE.map(|text| ana.posts(&group, text));
    ben.has_got(&group, &said);
    fay.joins(&link);
    fay.has_got(&group, &said);
    let after = ben.posts(&group, AFTER);
    fay.has_got(&group, &[&after]);
    agree(&group, &[&ana, &ben, &fay]);

    let link = Link::parse(&link).expect("a link");
    let porch = link.door(None).expect("an open door").porch().keys();
    let seen: Vec<_> = labs.iter().flat_map(|lab| lab.envelopes().into_values()).collect();
    let mut joins = BTreeSet::new();
    let mut ring = Keyring::new(link.group);
    for envelope in &seen {
        let learnt = ring.learn(envelope);
        assert!(learnt.is_empty(), "a link opens no wrap");
        if let Ok(opened) = envelope::open(envelope, &porch) {
            let Body::Join(join) = opened.entry.body else { panic!("{:?}", opened.entry.body.kind()) };
            joins.insert(join.name);
        }
    }
    assert_eq!(joins, BTreeSet::from(["Fay".to_owned()]), "it came by sealed as Fay left it");
    for lab in &labs {
        let passed = [lab.sent(), lab.received()].concat();
        for words in BEFORE.iter().chain([&AFTER, &"Fay"]) {
            let plain = passed.windows(words.len()).any(|some| some == words.as_bytes());
            assert!(!plain, "{words:?} stood readable");
        }
    }
}
