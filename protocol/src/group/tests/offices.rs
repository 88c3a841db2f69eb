//! Stepping back, demotion and election: how offices end and begin beside promotions.

use super::kit::{Dice, World, charter, check, is_member, key, role, seats, shuffled};
use crate::body::{Body, Demote, Elect, Role, StepBack};
use crate::charter::Charter;
use crate::group::{Proposed, Right};
use crate::id::EntryId;

/// Facilitators a, b and c, and members m1 to m4; gives the last entry.
fn cast() -> (World, EntryId) {
    let mut world = World::new(&["a", "b", "c"]);
    let mut last = world.genesis();
    for name in ["m1", "m2", "m3", "m4"] {
        last = world.add("a", name, &[last]);
    }
    (world, last)
}

#[test]
fn who_steps_back_is_a_member_at_once_and_comes_back_by_new_signatures() {
    let (mut world, last) = cast();
    let seated = world.seat(&["a", "b"], "m1", &[last]);
    assert!(seats(&world.group(), &["a", "b", "c", "m1"]));
    let back = world.step_back("m1", &[seated]);
    let group = world.group();
    assert!(seats(&group, &["a", "b", "c"]));
    assert_eq!(role(&group, "m1"), Some(Role::Member));
    let invite = Body::Invite(super::kit::invite_body(1));
    assert_eq!(group.judge(&key("m1"), &[back], &invite), Err(Right::NeedsDeputy));
    let again = Body::StepBack(StepBack {});
    assert_eq!(group.judge(&key("m1"), &[back], &again), Err(Right::NeedsDeputy), "there is nothing left");
    // One old signature and one new one are not two.
    let one = world.promote("c", "m1", Role::Seat, &[back]);
    assert_eq!(role(&world.group(), "m1"), Some(Role::Deputy));
    world.promote("a", "m1", Role::Seat, &[one]);
    assert!(seats(&world.group(), &["a", "b", "c", "m1"]));
}

#[test]
fn a_founder_who_comes_back_is_no_longer_senior() {
    let mut world = World::new(&["a", "b", "c"]);
    let back = world.step_back("a", &[world.genesis()]);
    let again = world.seat(&["b", "c"], "a", &[back]);
    let group = world.group();
    assert!(seats(&group, &["b", "c", "a"]));
    // Of two seats the senior decides: here b, not a.
    world.step_back("c", &[again]);
    assert!(seats(&world.group(), &["b", "a"]));
}

#[test]
fn a_helper_is_set_back_by_one_facilitator_and_a_facilitator_by_a_quorum() {
    let (mut world, last) = cast();
    let helper = world.promote("a", "m1", Role::Deputy, &[last]);
    let group = world.group();
    let by = |who: &str, name: &str, to| {
        let reason = "so".to_owned();
        group.judge(&key(who), &[helper], &Body::Demote(Demote { member: key(name), role: to, reason }))
    };
    assert_eq!(by("m1", "m1", Role::Member), Err(Right::NeedsSeat));
    assert_eq!(by("a", "a", Role::Member), Err(Right::Oneself));
    assert_eq!(by("a", "m2", Role::Member), Err(Right::NoOffice));
    assert_eq!(by("b", "m1", Role::Deputy), Err(Right::NoOffice));
    let less = world.demote("b", "m1", Role::Member, &[helper]);
    assert_eq!(role(&world.group(), "m1"), Some(Role::Member));

    let one = world.demote("a", "c", Role::Deputy, &[less]);
    let group = world.group();
    assert!(seats(&group, &["a", "b", "c"]));
    assert_eq!(group.proposals().next().unwrap().act, Proposed::Demote(key("c"), Role::Deputy));
    let both = world.demote("b", "c", Role::Deputy, &[one]);
    let group = world.group();
    assert!(seats(&group, &["a", "b"]));
    assert_eq!(role(&group, "c"), Some(Role::Deputy));
    assert_eq!(group.proposals().count(), 0);
    // Seated anew, c does not fall to one signature and an old one.
    let again = world.seat(&["a", "b"], "c", &[both]);
    world.demote("b", "c", Role::Deputy, &[again]);
    assert!(seats(&world.group(), &["a", "b", "c"]));
}

#[test]
fn what_was_done_in_an_office_stands_after_it() {
    let (mut world, last) = cast();
    let added = world.add("c", "x", &[last]);
    let out = world.demoted(&["a", "b"], "c", &[added]);
    let late = world.add("c", "y", &[out]);
    let group = world.group();
    assert!(is_member(&group, "x"));
    assert!(!group.counts(&late) && !is_member(&group, "y"));
    // On an old past c still could; whoever does that is removed, and only a quorum can.
    let beside = world.add("c", "z", &[added]);
    assert!(is_member(&world.group(), "z"));
    world.oust(&["a", "b"], "c", &[out]);
    let group = world.group();
    assert!(is_member(&group, "x") && !is_member(&group, "z") && !group.counts(&beside));
}

#[test]
fn there_is_always_a_seat() {
    let mut world = World::new(&["a", "b"]);
    let m = world.add("a", "m", &[world.genesis()]);
    // The senior of two demotes the other and goes, both knowing of nothing else.
    let out = world.demote("a", "b", Role::Member, &[m]);
    let gone = world.step_back("a", &[out]);
    let group = world.group();
    assert!(seats(&group, &["b"]), "the last one who did not step back stays");
    let x = world.add("b", "x", &[gone]);
    assert!(is_member(&world.group(), "x"), "and can act");
    // If all stepped back, somebody is named and can do nothing.
    let none = world.step_back("b", &[x]);
    let group = world.group();
    assert_eq!(group.seats(), [key("a")]);
    assert_eq!(role(&group, "a"), Some(Role::Member));
    let invite = Body::Invite(super::kit::invite_body(1));
    assert_eq!(group.judge(&key("a"), &[none], &invite), Err(Right::NeedsDeputy));
    // Until the members elect one.
    world.elected(&["m", "x", "a"], "m", &[none]);
    assert!(seats(&world.group(), &["m"]));
}

#[test]
fn members_elect_where_the_facilitators_are_silent() {
    let (mut world, last) = cast();
    let three = world.elected(&["m1", "m2", "m3"], "m2", &[last]);
    let group = world.group();
    assert_eq!(role(&group, "m2"), Some(Role::Member), "three of seven");
    let four = world.vote("m4", "m2", &[three]);
    let group = world.group();
    assert!(seats(&group, &["a", "b", "c", "m2"]));
    check(&group);
    // The elected acts like any facilitator.
    let more = world.amend("m2", crate::charter::Changes { size: Some(9), ..Default::default() }, &[four]);
    assert!(world.group().counts(&more));
    let vote = Body::Elect(Elect { member: key("m2") });
    assert_eq!(world.group().judge(&key("m1"), &[more], &vote), Err(Right::Meaningless));
}

#[test]
fn a_facilitator_who_was_there_makes_an_election_one_of_a_helper() {
    let (mut world, last) = cast();
    let four = world.elected(&["m1", "m2", "m3", "m4"], "m2", &[last]);
    let removal = world.remove("m2", "m1", &[four]);
    let seated = world.group();
    assert!(seats(&seated, &["a", "b", "c", "m2"]) && !is_member(&seated, "m1"));
    // b was away and writes without knowing of it.
    world.pulse("b", &[last]);
    let group = world.group();
    assert!(seats(&group, &["a", "b", "c"]));
    assert_eq!(role(&group, "m2"), Some(Role::Deputy));
    assert!(group.counts(&removal), "a helper may do that too");
    // Voted again with that known, and nothing beside it, it seats.
    let heads = world.heads();
    world.elected(&["m2", "m3", "m4"], "m2", &heads);
    assert_eq!(role(&world.group(), "m2"), Some(Role::Deputy), "three of six");
    // A facilitator may vote too; then it was no silence of theirs.
    let heads = world.heads();
    world.vote("c", "m2", &heads);
    assert!(seats(&world.group(), &["a", "b", "c", "m2"]));
}

#[test]
fn old_votes_seat_nobody_once_a_facilitator_has_spoken() {
    let (mut world, last) = cast();
    let three = world.elected(&["m1", "m2", "m3"], "m3", &[last]);
    let spoke = world.pulse("a", &[three]);
    world.vote("m4", "m3", &[spoke]);
    assert!(seats(&world.group(), &["a", "b", "c"]));
    assert_eq!(role(&world.group(), "m3"), Some(Role::Member), "the silence was over when m4 voted");
}

#[test]
fn h5_an_electorate_of_long_ago_seats_nobody() {
    // Three of the first five elect one of them, on a past from before the group grew.
    let mut world = World::new(&["a"]);
    let mut last = world.genesis();
    for name in ["m1", "m2", "m3", "m4"] {
        last = world.add("a", name, &[last]);
    }
    let early = last;
    for number in 0..20 {
        last = world.add("a", &format!("n{number}"), &[last]);
    }
    let election = world.elected(&["m1", "m2", "m3"], "m1", &[early]);
    let sock = world.add("m1", "s", &[election]);
    let group = world.group();
    check(&group);
    assert!(seats(&group, &["a"]));
    assert_eq!(role(&group, "m1"), Some(Role::Member));
    assert!(!group.counts(&sock) && !is_member(&group, "s"));
    assert!(group.ended().iter().all(|ended| ended.enough > 0 && ended.by.len() >= ended.enough));
}

#[test]
fn h5_socks_are_no_electorate_where_a_facilitator_objects() {
    let mut world = World::new(&["a", "h"]);
    let mut last = world.genesis();
    let socks: Vec<String> = (0..10).map(|number| format!("s{number}")).collect();
    for sock in &socks {
        last = world.add("h", sock, &[last]);
    }
    let voters: Vec<&str> = socks.iter().map(String::as_str).collect();
    world.elected(&voters, "s0", &[last]);
    // a's node sees it, and says that a is there, citing nothing of it.
    world.pulse("a", &[last]);
    let group = world.group();
    assert!(seats(&group, &["a", "h"]));
    assert_eq!(role(&group, "s0"), Some(Role::Deputy));
}

#[test]
fn where_power_is_shared_there_are_no_offices_to_give_up() {
    let shared = Charter { shared_power: true, size: 6, ..charter() };
    let world = World::with(&["a", "b", "c"], shared);
    let group = world.group();
    let at = [world.genesis()];
    assert_eq!(group.judge(&key("a"), &at, &Body::StepBack(StepBack {})), Err(Right::Meaningless));
    let demote = Demote { member: key("b"), role: Role::Member, reason: "so".into() };
    assert_eq!(group.judge(&key("a"), &at, &Body::Demote(demote)), Err(Right::Meaningless));
    let elect = Body::Elect(Elect { member: key("b") });
    assert_eq!(group.judge(&key("a"), &at, &elect), Err(Right::Meaningless));
}

#[test]
fn offices_come_out_the_same_in_any_order() {
    for seed in 0..60 {
        let mut dice = Dice::new(seed);
        let (mut world, last) = cast();
        let mut known: Vec<EntryId> = vec![last];
        let people = ["a", "b", "c", "m1", "m2", "m3", "m4"];
        for _ in 0..25 {
            let (by, of) = (*dice.pick(&people).unwrap(), *dice.pick(&people).unwrap());
            let deps = if dice.chance(40) { world.heads() } else { vec![*dice.pick(&known).unwrap()] };
            let written = match dice.below(8) {
                0 => world.step_back(by, &deps),
                1 => world.demote(by, of, Role::Member, &deps),
                2 => world.demote(by, of, Role::Deputy, &deps),
                3 => world.promote(by, of, Role::Seat, &deps),
                4 => world.remove(by, of, &deps),
                5 => world.pulse(by, &deps),
                _ => world.elected(&["m1", "m2", "m3", "m4"], of, &deps),
            };
            known.push(written);
        }
        let group = world.group();
        for _ in 0..3 {
            let other = shuffled(&world.made, &mut dice, |group| {
                assert!(!group.seats().is_empty(), "seed {seed}: a group without a seat");
            });
            assert_eq!(group.state_hash(), other.state_hash(), "seed {seed}");
        }
    }
}
