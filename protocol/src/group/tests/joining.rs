//! Invites, joins, and what settles the disputed ones.

use super::kit::{Dice, World, charter, check, invite_body, is_member, key, role, seats, shuffled, standing};
use crate::body::{Body, Invite, InviteMode, LogHead, Remove, Role};
use crate::charter::{Charter, Inviters};
use crate::group::{Once, Proposed, Right, Standing};
use crate::id::EntryId;
use crate::time::Millis;

fn three() -> World {
    World::new(&["a", "b", "c"])
}

#[test]
fn a_join_proves_that_it_was_invited() {
    let mut world = three();
    let invite = world.invite_for("a", &[world.genesis()], 9);
    let other = world.invite("b", &[world.genesis()]);
    let good = world.join_body("m", invite);
    let mut wrong = Vec::new();
    let mut forged = good.clone();
    forged.invited[5] ^= 1;
    wrong.push((forged, vec![invite], Right::NotInvited));
    let mut charter = good.clone();
    charter.charter[0] ^= 1;
    wrong.push((charter, vec![invite], Right::OtherCharter));
    wrong.push((world.join_body("somebody else", invite), vec![invite], Right::OtherKey));
    wrong.push((good.clone(), vec![other], Right::NoSuchInvite));
    let later = world.mint("a", &[invite]);
    wrong.push((good.clone(), vec![later], Right::NotInvited));
    let mut missing = good.clone();
    missing.invite = EntryId([0; 32]);
    wrong.push((missing, vec![invite], Right::NoSuchInvite));
    let mut group = world.group();
    for (join, deps, why) in wrong {
        world.write("m", &deps, Body::Join(join));
        let control = world.made.last().unwrap().clone();
        assert_eq!(group.weigh(&control), Err(why));
        assert_eq!(group.insert(control).unwrap().right, Err(why));
    }
    // The signature is over the joiner's log too.
    world.write_at("m", crate::id::LogId([3; 8]), 0, &[invite], Body::Join(good.clone()));
    assert_eq!(group.weigh(world.made.last().unwrap()), Err(Right::NotInvited));
    assert_eq!(group.member(&key("m")), None);
    world.write("m", &[invite], Body::Join(good));
    assert_eq!(group.insert(world.made.last().unwrap().clone()).unwrap().right, Ok(()));
    assert!(is_member(&group, "m"));
}

#[test]
fn as_many_come_in_as_an_invite_has_uses() {
    let mut world = three();
    let invite = world.invite_for("a", &[world.genesis()], 3);
    for name in ["x", "y", "z"] {
        world.join(name, invite);
        check(&world.group());
    }
    let group = world.group();
    assert!(["x", "y", "z"].iter().all(|name| is_member(&group, name)));
    let state = group.invite(&invite).unwrap();
    assert_eq!((state.used, state.live), (3, false));
    world.join("one too many", invite);
    let group = world.group();
    assert!(["x", "y", "z", "one too many"].iter().all(|name| !is_member(&group, name)));
}

#[test]
fn a_join_sent_twice_is_one_person() {
    let mut world = three();
    let invite = world.invite("a", &[world.genesis()]);
    let first = world.join("x", invite);
    let again = world.join("x", invite);
    let group = world.group();
    assert!(group.counts(&first) && group.counts(&again) && is_member(&group, "x"));
    assert_eq!(group.invite(&invite).unwrap().used, 1);
}

#[test]
fn a_member_does_not_join_twice_but_who_waits_may_try_another_invite() {
    let mut world = three();
    let invite = world.invite("a", &[world.genesis()]);
    let (x, y) = (world.join("x", invite), world.join("y", invite));
    let other = world.invite("a", &[x, y]);
    let again = world.join_knowing("x", other, &[other, x]);
    let group = world.group();
    assert!(group.counts(&again) && is_member(&group, "x") && !is_member(&group, "y"));
    let third = world.invite("a", &[again]);
    let join = world.join_body("x", third);
    assert_eq!(world.group().judge(&key("x"), &[third], &Body::Join(join)), Err(Right::SameKey));
}

#[test]
fn a_revoked_invite_lets_nobody_in_whom_no_facilitator_had_seen() {
    let mut world = three();
    let invite = world.invite_for("a", &[world.genesis()], 9);
    let before = world.join("before", invite);
    let seen = world.join("seen", invite);
    world.mint("b", &[seen]);
    let unseen = world.join("unseen", invite);
    let revoke = world.revoke("a", invite, &[before]);
    let group = world.group();
    assert!(is_member(&group, "before") && is_member(&group, "seen"));
    assert_eq!(standing(&group, "unseen"), Some(Standing::Waiting));
    assert!(!group.invite(&invite).unwrap().live);
    assert_eq!(group.invite(&invite).unwrap().revoked, vec![revoke]);
    // Revoking once more, with the join in its past, does not let it in; an `Admit` does.
    let again = world.revoke("c", invite, &[revoke, unseen]);
    assert!(!is_member(&world.group(), "unseen"));
    world.admit("c", unseen, &[again]);
    assert!(is_member(&world.group(), "unseen"));
    // Whoever knows of the end cannot even try.
    let join = world.join_body("late", invite);
    let judged = world.group().judge(&key("late"), &[invite, revoke], &Body::Join(join));
    assert_eq!(judged, Err(Right::Revoked));
}

#[test]
fn a_join_that_comes_in_after_the_end_of_its_invite_waits() {
    let mut world = three();
    let invite = world.invite_for("a", &[world.genesis()], 9);
    world.revoke("a", invite, &[invite]);
    world.join("late", invite);
    assert_eq!(standing(&world.group(), "late"), Some(Standing::Waiting));
}

#[test]
fn invites_are_ended_by_their_author_or_a_helper() {
    let members = Charter { inviters: Inviters::Members, ..charter() };
    let mut world = World::with(&["a", "b", "c"], members);
    let m = world.add("a", "m", &[world.genesis()]);
    let n = world.add("a", "n", &[m]);
    let invite = world.invite("m", &[n]);
    let foreign = world.revoke("n", invite, &[invite]);
    assert!(!world.group().counts(&foreign));
    let own = world.revoke("m", invite, &[invite]);
    let group = world.group();
    assert!(group.counts(&own) && !group.invite(&invite).unwrap().live);
}

#[test]
fn joins_that_would_vouch_for_each_other_in_a_circle_do_not_stand() {
    // Two helpers, each on an invite that was used twice; each confirms the other. That they were made
    // helpers shows that a facilitator had seen them, but that facilitator is removed with both acts cut.
    let mut world = World::new(&["a", "b", "d", "h"]);
    let (one, two) = (world.invite("a", &[world.genesis()]), world.invite("b", &[world.genesis()]));
    let (x, y) = (world.join("x", one), world.join("y", two));
    let rivals = [world.join("x's rival", one), world.join("y's rival", two)];
    let both = world.promote("h", "x", Role::Deputy, &[x, y]);
    let both = world.promote("h", "y", Role::Deputy, &[both]);
    let p = world.admit("x", y, &[both]);
    let q = world.admit("y", x, &[both]);
    assert!(is_member(&world.group(), "x"), "h had seen them before their rivals");
    world.oust(&["a", "b", "d"], "h", &[x, y, rivals[0], rivals[1]]);
    let group = world.group();
    assert_eq!(standing(&group, "x"), Some(Standing::Waiting));
    assert_eq!(standing(&group, "y"), Some(Standing::Waiting));
    assert!(!group.counts(&p) && !group.counts(&q));
}

#[test]
fn a_dispute_says_how_many_rivals_end_it() {
    let mut world = three();
    let invite = world.invite_for("a", &[world.genesis()], 2);
    let joins: Vec<EntryId> = ["x", "y", "z"].iter().map(|name| world.join(name, invite)).collect();
    let group = world.group();
    let ended = group.ended();
    let x = ended.iter().find(|ended| ended.who == Once::Member(key("x"))).unwrap();
    let mut rivals = joins[1..].to_vec();
    rivals.sort();
    assert_eq!((&x.by, x.enough), (&rivals, 2));
}

/// How nobody comes in by an invite alone.
const ASKING: [InviteMode; 2] = [InviteMode::Confirm, InviteMode::Knock];

#[test]
fn who_knocks_waits_until_somebody_who_may_admits_them() {
    for mode in ASKING {
        let mut world = three();
        let genesis = world.genesis();
        let m = world.add("a", "m", &[genesis]);
        let helper = world.add("a", "h", &[m]);
        let helper = world.promote("a", "h", Role::Deputy, &[helper]);
        let invite = world.knockable("a", &[helper], mode, 1);
        let join = world.join("x", invite);
        let group = world.group();
        assert_eq!(standing(&group, "x"), Some(Standing::Waiting), "{mode:?}");
        assert!(!group.counts(&join) && !group.shows(&key("x"), &super::kit::log("x"), 1));
        let by_a_member = world.admit("m", join, &[join]);
        let group = world.group();
        assert!(!group.counts(&by_a_member) && !is_member(&group, "x"), "a member admits nobody");
        let nobody = world.admit("x", join, &[join]);
        assert!(!world.group().counts(&nobody), "nobody admits themselves");
        world.admit("h", join, &[join]);
        let group = world.group();
        assert!(is_member(&group, "x") && group.counts(&join), "{mode:?}");
        assert_eq!(group.ended(), []);
    }
}

#[test]
fn who_was_admitted_by_somebody_removed_waits_again_and_the_removal_ended_it() {
    let mut world = three();
    let genesis = world.genesis();
    let helper = world.add("a", "h", &[genesis]);
    let helper = world.promote("a", "h", Role::Deputy, &[helper]);
    let invite = world.knockable("a", &[helper], InviteMode::Knock, 9);
    let join = world.join("x", invite);
    let removal = world.remove("b", "h", &[helper]);
    world.admit("h", join, &[join]);
    let group = world.group();
    assert_eq!(standing(&group, "x"), Some(Standing::Waiting));
    let ended = group.ended();
    let x = ended.iter().find(|ended| ended.who == Once::Member(key("x"))).unwrap();
    assert_eq!(x.by, vec![removal]);
    // Somebody else lets them in.
    world.admit("c", join, &world.heads());
    let group = world.group();
    assert!(is_member(&group, "x"));
    assert!(!group.ended().iter().any(|ended| ended.who == Once::Member(key("x"))));
}

#[test]
fn nothing_is_shown_of_who_was_turned_away_for_good() {
    for mode in ASKING {
        let mut world = three();
        let invite = world.knockable("a", &[world.genesis()], mode, 1);
        let join = world.join("x", invite);
        let group = world.group();
        assert!(!group.shows(&key("x"), &super::kit::log("x"), 0), "who waits says nothing here");
        let heads = vec![LogHead { log: super::kit::log("x"), seq: 9 }];
        let removal = Remove { member: key("x"), reason: "no".into(), heads };
        world.write("b", &[join], Body::Remove(removal));
        let group = world.group();
        assert_eq!(standing(&group, "x"), Some(Standing::Removed));
        for seq in [0, 1, 9] {
            assert!(!group.shows(&key("x"), &super::kit::log("x"), seq), "{mode:?}: {seq}");
        }
    }
}

#[test]
fn a_facilitator_admits_as_many_as_ask_in_any_order() {
    let mut world = three();
    let invite = world.knockable("a", &[world.genesis()], InviteMode::Knock, 2);
    let joins: Vec<EntryId> = ["x", "y", "z"].iter().map(|name| world.join(name, invite)).collect();
    let one = world.admit("a", joins[0], &[joins[0]]);
    let two = world.admit("b", joins[1], &[one, joins[1]]);
    assert!(!is_member(&world.group(), "z"));
    let three = world.admit("c", joins[2], &[one, joins[2]]);
    let group = world.group();
    // One more than the invite says: somebody looked at each, so each is in.
    assert!(["x", "y", "z"].iter().all(|name| is_member(&group, name)));
    assert!(group.counts(&two) && group.counts(&three));
    let mut dice = Dice::new(2);
    for _ in 0..50 {
        assert_eq!(shuffled(&world.made, &mut dice, check).state_hash(), group.state_hash());
    }
}

/// Everybody has a seat: a, b and c.
fn shared() -> World {
    World::with(&["a", "b", "c"], Charter { shared_power: true, size: 6, ..charter() })
}

/// These sign one new invite in turn; gives the last of their entries.
fn sign(world: &mut World, by: &[&str], deps: &[EntryId]) -> EntryId {
    let invite = Body::Invite(Invite { expires: Millis(world.made.len() as u64), ..invite_body(1) });
    by.iter().fold(deps.to_vec(), |deps, by| vec![world.write(by, &deps, invite.clone())])[0]
}

#[test]
fn where_power_is_shared_a_quorum_invites_and_whoever_joins_has_a_seat() {
    let mut world = shared();
    let proposal = world.invite("a", &[world.genesis()]);
    let early = world.join("early", proposal);
    let group = world.group();
    assert_eq!(group.proposals().filter(|open| matches!(open.act, Proposed::Invite(_))).count(), 1);
    assert!(!group.counts(&early), "the invite was a proposal");
    let invite = world.invite("b", &[proposal]);
    world.join("d", invite);
    let group = world.group();
    assert!(seats(&group, &["a", "b", "c", "d"]));
    assert_eq!(role(&group, "d"), Some(Role::Seat));
    assert_eq!(group.proposals().count(), 0);
}

#[test]
fn where_power_is_shared_no_more_than_six_come_in() {
    let mut world = shared();
    let mut last = vec![world.genesis()];
    for (n, name) in ["d", "e", "f", "g"].iter().enumerate() {
        let by = &["a", "b", "c", "d", "e", "f"][..(3 + n) / 2 + 1];
        let invite = sign(&mut world, by, &last);
        last = vec![world.join(name, invite)];
    }
    let mut group = world.group();
    assert!(seats(&group, &["a", "b", "c", "d", "e", "f"]));
    let seventh = group.insert(world.made.last().unwrap().clone()).unwrap();
    assert_eq!(seventh.right, Err(Right::Full));
}

#[test]
fn where_power_is_shared_one_invite_signed_by_several_has_its_uses_once() {
    let mut world = shared();
    let genesis = world.genesis();
    let second = sign(&mut world, &["a", "b"], &[genesis]);
    let same = world.made.last().unwrap().entry.body.clone();
    let third = world.write("c", &[second], same);
    let (x, y) = (world.join("x", second), world.join("y", third));
    let group = world.group();
    assert!(!is_member(&group, "x") && !is_member(&group, "y"), "one use, two people");
    // A confirmation takes a quorum too, and the one it is about does not sign.
    let one = world.admit("a", x, &[x, y]);
    assert!(!is_member(&world.group(), "x"));
    world.admit("b", x, &[one]);
    let group = world.group();
    assert!(seats(&group, &["a", "b", "c", "x"]) && !is_member(&group, "y"));
    let mut dice = Dice::new(1);
    for _ in 0..50 {
        assert_eq!(shuffled(&world.made, &mut dice, check).state_hash(), group.state_hash());
    }
}
