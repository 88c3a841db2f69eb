//! The histories that broke earlier drafts, by their numbers in the review of the design.

use super::kit::{World, charter, invite_body, is_member, key, role, seats, standing};
use crate::body::{Body, Role};
use crate::charter::Charter;
use crate::group::{Right, Standing};

#[test]
fn c1_one_facilitator_cannot_take_over_with_a_sock() {
    let mut world = World::new(&["a", "b", "c"]);
    let s = world.add("c", "s", &[world.genesis()]);
    let seat = world.promote("c", "s", Role::Seat, &[s]);
    let first = world.oust(&["c", "s"], "a", &[seat]);
    world.oust(&["s", "c"], "b", &[first]);
    let group = world.group();
    assert!(seats(&group, &["a", "b", "c"]));
    assert_eq!(role(&group, "s"), Some(Role::Deputy), "below a quorum, a promotion makes a helper");
}

#[test]
fn c1_where_everybody_has_a_seat_admission_takes_a_quorum() {
    let shared = Charter { shared_power: true, size: 6, ..charter() };
    let mut world = World::with(&["a", "b", "c", "h"], shared);
    let mut last = vec![world.genesis()];
    for sock in ["s1", "s2"] {
        let invite = world.invite("h", &last);
        last = vec![invite, world.join(sock, invite)];
    }
    for target in ["a", "b", "c"] {
        last = vec![world.oust(&["h", "s1", "s2"], target, &last)];
    }
    let group = world.group();
    assert!(seats(&group, &["a", "b", "c", "h"]));
    assert!(!is_member(&group, "s1") && !is_member(&group, "s2"));
}

#[test]
fn c2_one_signature_does_not_undo_a_quorums_promotion() {
    let mut world = World::new(&["a", "b", "c"]);
    let x = world.add("b", "x", &[world.genesis()]);
    world.seat(&["a", "b", "c"], "x", &[x]);
    let removal = world.remove("a", "x", &[x]);
    let group = world.group();
    assert!(seats(&group, &["a", "b", "c", "x"]));
    assert!(group.counts(&removal), "a right act without effect");
    assert!(!is_member(&world.knowing(&[removal]), "x"), "who knows of no seat sees a removal");
}

#[test]
fn c3_a_removal_does_not_throw_out_who_was_let_in_before_a_step_back() {
    let mut world = World::new(&["a", "b", "d", "c"]);
    let mut last = vec![world.genesis()];
    let names: Vec<String> = (0..20).map(|n| format!("m{n}")).collect();
    for name in &names {
        last = vec![world.add("c", name, &last)];
    }
    let gone = world.leave("c", &last);
    // One facilitator's removal, with the least past it can have and with the step-back: wants a quorum.
    let lean = world.remove("a", "c", &[world.genesis()]);
    world.remove("a", "c", &[gone]);
    let group = world.group();
    assert_eq!(standing(&group, "c"), Some(Standing::Left));
    assert!(names.iter().all(|name| is_member(&group, name)));
    // Two of three who remain remove c, with the step-back in their past: whom c let in by then stays.
    world.remove("b", "c", &[gone, lean]);
    let group = world.group();
    assert_eq!(standing(&group, "c"), Some(Standing::Removed));
    assert!(names.iter().all(|name| is_member(&group, name)));
}

#[test]
fn c3_what_any_of_two_removals_had_stands() {
    let mut world = World::new(&["a", "b", "c"]);
    let early = world.add("c", "early", &[world.genesis()]);
    let late = world.add("c", "late", &[early]);
    let both = world.oust(&["a", "b"], "c", &[late]);
    let proposal = world.remove("a", "c", &[world.genesis()]);
    let lean = world.remove("b", "c", &[proposal]);
    let group = world.group();
    assert!(group.counts(&both) && group.counts(&lean));
    assert!(is_member(&group, "early") && is_member(&group, "late"));
    assert!(!is_member(&world.knowing(&[lean, late]), "late"));
}

#[test]
fn c4_the_removed_do_not_act_through_a_sock() {
    let mut world = World::new(&["a", "b", "c"]);
    let m = world.add("a", "m", &[world.genesis()]);
    let out = world.oust(&["a", "b"], "c", &[m]);
    let s = world.add("c", "s", &[m]);
    let deputy = world.promote("c", "s", Role::Seat, &[s]);
    let removal = world.remove("s", "m", &[deputy]);
    let t = world.add("s", "t", &[deputy]);
    let group = world.group();
    assert!(group.counts(&out));
    assert!(is_member(&group, "m"));
    assert!(!is_member(&group, "t") && !is_member(&group, "s"));
    assert!(![s, deputy, removal, t].iter().any(|id| group.counts(id)));
    let alone = world.knowing(&[removal, t]);
    assert!(!is_member(&alone, "m") && is_member(&alone, "t"), "each was right in its own past");
}

#[test]
fn h3_a_split_log_is_two_causal_branches_and_voids_nothing() {
    let mut world = World::new(&["a", "b", "c"]);
    let before = world.add("c", "m1", &[world.genesis()]);
    // The same number of the same log, twice, and both branches go on.
    let left = world.write_at("c", super::kit::log("c"), 5, &[before], Body::Invite(invite_body(1)));
    let right = world.write_at("c", super::kit::log("c"), 5, &[before], Body::Invite(invite_body(2)));
    let (x, y) = (world.join("x", left), world.join("y", right));
    let after = world.add("c", "m2", &[x]);
    let removal = world.remove("c", "y", &[y]);
    let group = world.group();
    assert!([before, left, right, x, y, after, removal].iter().all(|id| group.counts(id)));
    assert!(["m1", "m2", "x"].iter().all(|name| is_member(&group, name)));
    assert!(!is_member(&group, "y"));
}

#[test]
fn h4_two_halves_cannot_remove_each_other() {
    let mut world = World::new(&["a", "b", "c", "d"]);
    let genesis = [world.genesis()];
    for (by, target) in [(["a", "b"], "c"), (["a", "b"], "d"), (["c", "d"], "a"), (["c", "d"], "b")] {
        world.oust(&by, target, &genesis);
    }
    assert!(seats(&world.group(), &["a", "b", "c", "d"]));
}

#[test]
fn m3_two_on_a_single_use_invite_wait_for_a_facilitator() {
    let mut world = World::new(&["a", "b", "c"]);
    let invite = world.invite("a", &[world.genesis()]);
    let (x, y) = (world.join("x", invite), world.join("y", invite));
    let group = world.group();
    assert_eq!(standing(&group, "x"), Some(Standing::Waiting));
    assert_eq!(standing(&group, "y"), Some(Standing::Waiting));
    assert_eq!(world.knowing(&[x]).judge(&key("x"), &[x], &Body::Leave(leave())), Ok(()));
    assert_eq!(group.judge(&key("x"), &[x, y], &Body::Leave(leave())), Err(Right::Waiting));
    world.admit("b", y, &[x, y]);
    let group = world.group();
    assert_eq!((standing(&group, "x"), role(&group, "y")), (Some(Standing::Waiting), Some(Role::Member)));
}

#[test]
fn m3_whom_a_facilitator_had_seen_before_the_rival_stays() {
    let mut world = World::new(&["a", "b", "c"]);
    let invite = world.invite("a", &[world.genesis()]);
    let (x, y) = (world.join("x", invite), world.join("y", invite));
    world.mint("b", &[x]);
    let group = world.group();
    assert_eq!(
        (standing(&group, "x"), standing(&group, "y")),
        (Some(Standing::Member), Some(Standing::Waiting))
    );
    // One who has both in their past shows nothing about either.
    world.mint("c", &[x, y]);
    assert_eq!(standing(&world.group(), "y"), Some(Standing::Waiting));
}

#[test]
fn m8_of_two_facilitators_the_senior_alone_decides() {
    let mut world = World::new(&["a", "b"]);
    let genesis = [world.genesis()];
    world.remove("b", "a", &genesis);
    assert!(seats(&world.group(), &["a", "b"]));
    world.remove("a", "b", &genesis);
    assert!(seats(&world.group(), &["a"]));
}

#[test]
fn m9_concurrent_step_backs_leave_the_rule_of_two() {
    let mut world = World::new(&["a", "b", "c", "d"]);
    let genesis = [world.genesis()];
    let (first, second) = (world.leave("a", &genesis), world.leave("b", &genesis));
    let group = world.group();
    assert!(seats(&group, &["c", "d"]));
    let out = world.remove("c", "d", &[first, second]);
    let group = world.group();
    assert!(group.counts(&out) && seats(&group, &["c"]));
    assert!(group.member(&key("d")).unwrap().removal.as_ref().unwrap().confirmed);
}

#[test]
fn never_zero_the_most_senior_stays_when_all_remove_all() {
    let mut world = World::new(&["a", "b", "c"]);
    let genesis = [world.genesis()];
    world.oust(&["a", "b"], "c", &genesis);
    world.oust(&["b", "c"], "a", &genesis);
    world.oust(&["c", "a"], "b", &genesis);
    assert!(seats(&world.group(), &["a"]));
    // Who steps back is not the one to stay.
    world.leave("a", &genesis);
    assert!(seats(&world.group(), &["b"]));
}

#[test]
fn never_zero_when_all_step_back_the_most_senior_stays_in_name_only() {
    let mut world = World::new(&["a", "b"]);
    let genesis = [world.genesis()];
    let gone = [world.leave("a", &genesis), world.leave("b", &genesis)];
    let group = world.group();
    assert_eq!(group.seats(), vec![key("a")]);
    assert_eq!(standing(&group, "a"), Some(Standing::Left));
    assert_eq!(group.judge(&key("a"), &gone, &Body::Invite(invite_body(1))), Err(Right::Left));
}

#[test]
fn each_of_two_promotes_one_and_removes_the_others() {
    let mut world = World::new(&["a", "b"]);
    let x = world.add("a", "x", &[world.genesis()]);
    let y = world.add("b", "y", &[world.genesis()]);
    // The senior alone is a quorum, the junior is not.
    let ours = world.promote("a", "x", Role::Seat, &[x, y]);
    world.remove("a", "y", &[ours]);
    let theirs = world.promote("b", "y", Role::Seat, &[x, y]);
    world.remove("b", "x", &[theirs]);
    let group = world.group();
    assert!(seats(&group, &["a", "b", "x"]));
    assert_eq!(standing(&group, "y"), Some(Standing::Removed));
}

#[test]
fn regression_i_what_a_removed_facilitator_wrote_beyond_the_cut_acknowledges_nothing() {
    let mut world = World::new(&["a", "b", "c"]);
    let d = world.add("a", "d", &[world.genesis()]);
    let deputy = world.promote("a", "d", Role::Deputy, &[d]);
    world.remove("a", "d", &[deputy]);
    world.oust(&["a", "b"], "c", &[deputy]);
    let t = world.add("d", "t", &[deputy]);
    world.mint("c", &[t]);
    world.remove("c", "d", &[t]);
    // A signature of c on somebody's quorum is no acknowledgement either.
    assert!(!is_member(&world.group(), "t"));
    // The same by one whose seat stands is.
    world.mint("b", &[t]);
    assert!(is_member(&world.group(), "t"));
}

#[test]
fn regression_ii_a_helper_whose_own_admission_fell_is_none() {
    let mut world = World::new(&["a", "b", "d", "c", "h"]);
    let m = world.add("a", "m", &[world.genesis()]);
    let s = world.add("c", "s", &[m]);
    let deputy = world.promote("h", "s", Role::Deputy, &[s]);
    world.oust(&["a", "b", "d"], "c", &[m]);
    world.oust(&["a", "b", "d"], "h", &[deputy]);
    let t = world.add("s", "t", &[deputy]);
    world.remove("s", "m", &[deputy]);
    let group = world.group();
    assert!(group.counts(&deputy), "the promotion lies within the cut");
    assert!(!group.counts(&s) || is_member(&group, "s"));
    // c's removals: one lacks the admission, and so does every one of them.
    assert_eq!(standing(&group, "s"), Some(Standing::Waiting));
    assert!(is_member(&group, "m") && !is_member(&group, "t"));
    assert!(!group.counts(&t));
}

#[test]
fn regression_iii_seniority_is_by_the_first_promotion_whatever_came_first() {
    let mut world = World::new(&["a", "b", "c"]);
    let x = world.add("a", "x", &[world.genesis()]);
    let y = world.add("b", "y", &[world.genesis()]);
    // x is given a seat twice, apart from each other, y once: between the two in depth.
    let deep = world.seat(&["a", "b"], "x", &[x, y]);
    let mid = world.mint("c", &[y]);
    world.seat(&["a", "c"], "y", &[mid]);
    world.seat(&["b", "c"], "x", &[x]);
    let group = world.group();
    assert!(seats(&group, &["a", "b", "c", "x", "y"]));
    assert!(group.counts(&deep));
    let mut dice = super::kit::Dice::new(3);
    for _ in 0..200 {
        let other = super::kit::shuffled(&world.made, &mut dice, |_| ());
        assert_eq!(other.state_hash(), group.state_hash());
        assert_eq!(other.seats(), group.seats());
    }
}

#[test]
fn a_removed_pair_cannot_complete_an_old_proposal() {
    // a once proposed to remove x, and nobody wanted it. h1 and h2 are removed, and then sign it in the past.
    let mut world = World::new(&["a", "b", "x", "h1", "h2"]);
    let proposal = world.remove("a", "x", &[world.genesis()]);
    let first = world.oust(&["a", "b", "x"], "h1", &[proposal]);
    world.oust(&["a", "b", "x"], "h2", &[first]);
    let one = world.remove("h1", "x", &[proposal]);
    let two = world.remove("h2", "x", &[one]);
    assert!(!is_member(&world.knowing(&[two]), "x"), "right in its own past");
    let group = world.group();
    assert!(seats(&group, &["a", "b", "x"]));
    assert_eq!(group.proposals().count(), 1, "the proposal is still a's alone");
}

#[test]
fn of_three_the_removed_one_cannot_take_another_along() {
    let mut world = World::new(&["a", "x", "h"]);
    let quarrel = world.remove("a", "x", &[world.genesis()]);
    world.oust(&["a", "x"], "h", &[quarrel]);
    let completed = world.remove("h", "x", &[quarrel]);
    assert!(!is_member(&world.knowing(&[completed]), "x"));
    assert!(seats(&world.group(), &["a", "x"]));
}

#[test]
fn removals_that_cross_both_hold() {
    let mut world = World::new(&["a", "b", "c", "d"]);
    let genesis = [world.genesis()];
    world.oust(&["a", "b", "c"], "d", &genesis);
    world.oust(&["d", "b", "c"], "a", &genesis);
    assert!(seats(&world.group(), &["b", "c"]));
}

#[test]
fn a_quorums_removal_holds_though_its_signers_are_removed_meanwhile() {
    let mut world = World::new(&["a", "b", "c", "d", "e"]);
    let genesis = [world.genesis()];
    world.oust(&["a", "b", "c"], "d", &genesis);
    world.oust(&["c", "d", "e"], "a", &genesis);
    world.oust(&["c", "d", "e"], "b", &genesis);
    assert!(seats(&world.group(), &["c", "e"]));
}

fn leave() -> crate::body::Leave {
    crate::body::Leave { goodbye: None }
}
