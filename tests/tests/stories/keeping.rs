//! A keeper holds what members write for those who are away: they are never awake together, and everything arrives. It
//! reads nothing, learns no name, and lets nobody in.

use kith_protocol::invite::Link;
use kith_protocol::keeper::PlaceLink;
use kith_tests::keeper::{is_kept, is_left};
use kith_tests::traces::LEAST;
use kith_tests::{Keeper, Person, Traces, wait};

const TITLE: &str = "The lighthouse of quiet nights";
const PURPOSE: &str = "For those who keep the lamp and cannot sleep.";
const ANA: &str = "Ana of the northern pier";
const BEN: &str = "Ben behind the herring shed";
const FIRST: &str = "I did not tell anybody yet that the letter came.";
const ANSWER: &str = "Bring it along on Thursday, and we read it together.";

/// Ana opens a group, brings a keeper in, and Ben comes.
fn with_keeper() -> (Keeper, Person, Person, String) {
    let keeper = Keeper::starts();
    let ana = Person::new(ANA);
    let ben = Person::new(BEN);
    let group = ana.opens(TITLE, PURPOSE);
    ben.joins(&ana.invites(&group).link);
    let added = ana.kith(["group", "keeper", "add", &group, "-"]).stdin(keeper.enrols()).ok();
    assert_eq!(added["keepers"][0]["state"], "kept", "{added}");
    is_kept(&ben, &group);
    (keeper, ana, ben, group)
}

#[test]
fn two_who_are_never_awake_together_read_each_other() {
    let (mut keeper, mut ana, mut ben, group) = with_keeper();
    ben.goes_offline();
    // Nobody else is there, and she is not told that it waits for them.
    wait::until(wait::ARRIVAL, "Ben's node to be gone", || {
        let status = ana.status(&group);
        (status["peers"] == 0 && status["keeper"] == true).then_some(())
    });
    let saved = ana.kith(["post", &group]).stdin(FIRST).ok();
    assert_ne!(saved["state"], "waiting", "{saved}");
    let first = saved["post"].as_str().expect("an id").to_owned();
    // Nor is she told that it went to anybody.
    wait::until(wait::ARRIVAL, "the keeper to hold the post", || {
        ana.reads_thread(&first).into_iter().find(|one| one.post == first && one.state == "kept")
    });
    ana.goes_offline();
    ben.comes_online();
    ben.has_got(&group, &[&first]);
    let answer = ben.replies(&first, ANSWER);
    is_left(&ben, &answer);
    ben.goes_offline();
    // What it took it has, whatever happens to it.
    keeper.is_cut_off();
    keeper.goes_on();
    ana.comes_online();
    ana.has_got(&group, &[&first, &answer]);
}

#[test]
fn a_keeper_has_nothing_that_can_be_read() {
    let (keeper, ana, mut ben, group) = with_keeper();
    let first = ana.posts(&group, FIRST);
    ben.has_got(&group, &[&first]);
    let answer = ben.replies(&first, ANSWER);
    ana.has_got(&group, &[&answer]);
    let invite = ana.invites(&group).link;
    ben.goes_offline();
    let last = ana.posts(&group, "Only the keeper is awake with me now, and the lamp.");
    is_left(&ana, &last);
    let link = Link::parse(&invite).expect("a link");
    let members = ana.lists_members(&group);
    let mut secrets: Vec<(String, Vec<u8>)> = vec![
        ("the group's id".into(), link.group.0.to_vec()),
        ("the salt".into(), link.salt.to_vec()),
        ("the title".into(), TITLE.into()),
        ("the purpose".into(), PURPOSE.into()),
        ("a post".into(), FIRST.into()),
        ("a reply".into(), ANSWER.into()),
    ];
    for member in &members {
        secrets.push((format!("the key of {}", member.name), hex::decode(&member.member).expect("hex")));
        secrets.push((format!("the name of {}", member.name), member.name.clone().into()));
    }
    for post in [&first, &answer, &last] {
        secrets.push(("the id of an entry".into(), hex::decode(post).expect("hex")));
    }
    let looked = secrets.iter().filter(|(_, secret)| secret.len() >= LEAST);
    let traces = Traces::of(looked.map(|(name, secret)| (name.as_str(), secret.as_slice())));
    let found = traces.find_in_files(&keeper.files());
    assert!(found.is_empty(), "on the keeper's disk: {found:?}");
    let found = traces.find(&keeper.passed());
    assert!(found.is_empty(), "in what passed between the keeper and members: {found:?}");
    let found = keeper.find_in_memory(&traces);
    assert!(found.is_empty(), "in the keeper's memory: {found:?}");
    assert!(traces.find(keeper.said().as_bytes()).is_empty(), "the keeper's log names somebody");
}

#[test]
fn somebody_comes_in_by_an_open_door_with_only_the_keeper_awake() {
    let (_keeper, mut ana, mut ben, group) = with_keeper();
    ben.goes_offline();
    let before = ana.posts(&group, FIRST);
    is_left(&ana, &before);
    let door = ana.invites_with(&group, &["--way", "open-door"]).link;
    // The keeper knows of the door once it has been told.
    wait::until(wait::ARRIVAL, "the keeper to know of the door", || {
        let list = ana.kith(["group", "keeper", "list", &group]).ok();
        (list["keepers"][0]["in_step"] == true).then_some(())
    });
    ana.goes_offline();
    let mut dan = Person::new("Dan");
    dan.kith(["join", &door, "--as", "Dan"]).ok();
    is_kept(&dan, &group);
    assert_ne!(dan.status(&group)["state"], "joined", "nobody has let Dan in yet");
    dan.goes_offline();
    ana.comes_online();
    ana.sees_member(&group, "Dan", "member", "member");
    let after = ana.posts(&group, "Somebody came in at night. Good that you are here.");
    is_left(&ana, &after);
    ana.goes_offline();
    // Nobody was ever awake together with Dan.
    dan.comes_online();
    wait::until(wait::ARRIVAL, "Dan to be in", || (dan.status(&group)["state"] == "joined").then_some(()));
    dan.has_got(&group, &[&before, &after]);
    let hello = dan.posts(&group, "I could not sleep either.");
    is_left(&dan, &hello);
    dan.goes_offline();
    ben.comes_online();
    ben.has_got(&group, &[&before, &after, &hello]);
}

#[test]
fn who_was_removed_learns_of_it_from_the_keeper_and_of_nothing_since() {
    let (_keeper, mut ana, mut ben, group) = with_keeper();
    ben.goes_offline();
    let member = ana.sees_member(&group, BEN, "member", "member").member;
    ana.kith(["member", "remove", &group, &member]).ok();
    let after = ana.posts(&group, "Ben is not with us any more, and that is sad.");
    is_left(&ana, &after);
    ana.goes_offline();
    ben.comes_online();
    wait::until(wait::ARRIVAL, "Ben to hear that he was removed", || {
        (ben.status(&group)["state"] == "removed").then_some(())
    });
    assert!(ben.reads(&group).iter().all(|post| post.post != after));
}

#[test]
fn who_was_away_while_keys_changed_twice_finds_the_group_again() {
    let (_keeper, mut ana, mut ben, group) = with_keeper();
    let chi = Person::new("Chi from across the water");
    let dan = Person::new("Dan with the long coat");
    chi.joins(&ana.invites(&group).link);
    dan.joins(&ana.invites(&group).link);
    ben.sees_member(&group, dan.name(), "member", "member");
    ben.goes_offline();
    for person in [&chi, &dan] {
        let member = ana.sees_member(&group, person.name(), "member", "member").member;
        ana.kith(["member", "remove", &group, &member]).ok();
    }
    let after = ana.posts(&group, "We are two again.");
    is_left(&ana, &after);
    ana.goes_offline();
    ben.comes_online();
    ben.has_got(&group, &[&after]);
    let answer = ben.posts(&group, "And I am back.");
    is_left(&ben, &answer);
    ben.goes_offline();
    ana.comes_online();
    ana.has_got(&group, &[&answer]);
}

#[test]
fn a_link_is_good_for_one_group_once_and_a_wrong_one_is_told() {
    let keeper = Keeper::starts();
    let ana = Person::new(ANA);
    let one = ana.opens(TITLE, PURPOSE);
    let two = ana.opens("Another part of a life", PURPOSE);
    let link = keeper.enrols();
    ana.kith(["group", "keeper", "add", &one, "-"]).stdin(link.as_str()).ok();
    let refused = ana.kith(["group", "keeper", "add", &two, "-"]).stdin(link.as_str()).fails(1);
    assert_eq!(refused.code, "bad_link");
    let refused = ana.kith(["group", "keeper", "add", &two, "-"]).stdin("kith:abc").fails(1);
    assert!(refused.hint.contains("kith-keeper:"), "{refused:?}");
    assert!(PlaceLink::parse(&link).is_ok());
    // A second place at the same keeper is not taken, and its link stays good.
    let second = keeper.enrols();
    let refused = ana.kith(["group", "keeper", "add", &one, "-"]).stdin(second.as_str()).fails(5);
    assert!(refused.message.contains("has a place for the group already"), "{refused:?}");
    let list = ana.kith(["group", "keeper", "list", &one]).ok();
    assert_eq!(list["keepers"].as_array().map(Vec::len), Some(1), "{list}");
    assert_eq!(list["keepers"][0]["connected"], true, "{list}");
    let place = list["keepers"][0]["place"].as_str().expect("a place").to_owned();
    let left = ana.kith(["group", "keeper", "remove", &one, &place]).ok();
    assert_eq!(left["keepers"].as_array().map(Vec::len), Some(0), "{left}");
    let record = ana.kith(["group", "record", &one]).ok();
    let acts: Vec<&str> =
        record["acts"].as_array().unwrap().iter().filter_map(|act| act["what"]["act"].as_str()).collect();
    assert!(acts.contains(&"keeper_added") && acts.contains(&"keeper_removed"), "{acts:?}");
    // Whoever runs the keeper dropped the first: the group goes on at the second.
    let again = ana.kith(["group", "keeper", "add", &one, "-"]).stdin(second).ok();
    assert_eq!(again["keepers"][0]["state"], "kept", "{again}");
    is_kept(&ana, &one);
}
