//! Roles, promotions and removals.

use super::kit::{World, charter, invite_body, is_member, key, role, seats, standing};
use crate::body::{Body, Leave, Mint, Promote, Remove, Role};
use crate::charter::{Charter, Inviters};
use crate::group::{Proposed, Right, Standing};
use crate::id::{EntryId, EpochId};

/// Facilitators a, b and c; helper d; members m and n. Gives the last entry.
fn cast() -> (World, EntryId) {
    cast_with(charter())
}

fn cast_with(charter: Charter) -> (World, EntryId) {
    let mut world = World::with(&["a", "b", "c"], charter);
    let mut last = world.genesis();
    for name in ["d", "m", "n"] {
        last = world.add("a", name, &[last]);
    }
    last = world.promote("b", "d", Role::Deputy, &[last]);
    (world, last)
}

fn removal(name: &str) -> Body {
    Body::Remove(Remove { member: key(name), reason: String::new(), heads: vec![] })
}

fn promotion(name: &str, role: Role) -> Body {
    Body::Promote(Promote { member: key(name), role })
}

#[test]
fn who_may_do_what() {
    let (world, last) = cast();
    let group = world.group();
    let mint = Body::Mint(Mint { epoch: EpochId([0; 32]), clear: [0; 32], from: vec![] });
    let needs_seat = Err(Right::NeedsSeat);
    let needs_deputy = Err(Right::NeedsDeputy);
    for (by, body, expected) in [
        ("a", Body::Invite(invite_body(1)), Ok(())),
        ("d", Body::Invite(invite_body(1)), Ok(())),
        ("m", Body::Invite(invite_body(1)), needs_deputy),
        ("d", removal("m"), Ok(())),
        ("m", removal("n"), needs_deputy),
        ("d", removal("a"), needs_seat),
        ("c", removal("d"), Ok(())),
        ("c", removal("a"), Ok(())),
        ("a", removal("a"), Err(Right::Oneself)),
        ("a", removal("nobody"), Err(Right::NoSuchMember)),
        ("d", promotion("m", Role::Deputy), needs_seat),
        ("a", promotion("m", Role::Deputy), Ok(())),
        ("a", promotion("m", Role::Seat), Ok(())),
        ("a", promotion("m", Role::Member), Err(Right::Meaningless)),
        ("a", promotion("nobody", Role::Seat), Err(Right::NoSuchMember)),
        ("m", mint.clone(), Ok(())),
        ("nobody", mint, Err(Right::NotMember)),
        ("m", Body::Leave(Leave { goodbye: None }), Ok(())),
        ("a", Body::Genesis(genesis(&world)), Err(Right::Meaningless)),
    ] {
        assert_eq!(group.judge(&key(by), &[last], &body), expected, "{by}: {body:?}");
    }
}

fn genesis(world: &World) -> crate::body::Genesis {
    match &world.made[0].entry.body {
        Body::Genesis(genesis) => genesis.clone(),
        _ => unreachable!(),
    }
}

#[test]
fn a_right_is_judged_in_the_entrys_own_past_only() {
    let (mut world, last) = cast();
    // m invites while it is a member, and is made a helper elsewhere at the same time.
    let too_early = world.invite("m", &[last]);
    let made = world.promote("a", "m", Role::Deputy, &[last]);
    let in_time = world.invite("m", &[made]);
    let group = world.group();
    assert!(!group.counts(&too_early));
    assert!(group.counts(&in_time));
}

#[test]
fn a_seat_takes_a_quorum_and_its_target_does_not_sign() {
    let (mut world, last) = cast();
    let one = world.promote("a", "m", Role::Seat, &[last]);
    let group = world.group();
    assert_eq!(role(&group, "m"), Some(Role::Deputy), "a helper meanwhile");
    let proposal = group.proposals().next().unwrap();
    assert_eq!(
        (proposal.act, proposal.signers.as_slice(), proposal.entries.as_slice(), proposal.needed),
        (Proposed::Seat(key("m")), &[key("a")][..], &[one][..], 2)
    );
    assert_eq!(group.judge(&key("m"), &[one], &promotion("m", Role::Seat)), Err(Right::NeedsSeat));
    // The same person twice is one signature, and one from elsewhere in time is none of theirs.
    let again = world.promote("a", "m", Role::Seat, &[one]);
    world.promote("c", "m", Role::Seat, &[last]);
    assert!(seats(&world.group(), &["a", "b", "c"]));
    world.promote("b", "m", Role::Seat, &[again]);
    let group = world.group();
    assert!(seats(&group, &["a", "b", "c", "m"]));
    assert_eq!(group.proposals().count(), 0);
}

#[test]
fn a_seat_falls_to_the_helpers_if_the_signatures_for_it_fall() {
    let (mut world, last) = cast();
    let given = world.seat(&["a", "c"], "m", &[last]);
    world.oust(&["a", "b"], "c", &[last]);
    let group = world.group();
    assert!(!group.counts(&given) && seats(&group, &["a", "b"]));
    assert_eq!(role(&group, "m"), Some(Role::Deputy), "by a's signature");
    // One more signature, and it is a quorum again.
    world.promote("b", "m", Role::Seat, &world.heads());
    assert!(seats(&world.group(), &["a", "b", "m"]));
}

#[test]
fn a_quorum_of_which_a_signature_fell_gives_no_seat_though_its_last_signer_stays() {
    let (mut world, last) = cast();
    let given = world.seat(&["c", "a"], "m", &[last]);
    assert!(seats(&world.knowing(&[given]), &["a", "b", "c", "m"]));
    world.oust(&["a", "b"], "c", &[last]);
    let group = world.group();
    assert!(group.counts(&given) && seats(&group, &["a", "b"]));
    assert_eq!(role(&group, "m"), Some(Role::Deputy));
}

#[test]
fn a_second_removal_brings_back_what_it_had_and_the_first_had_not() {
    let (mut world, last) = cast();
    let lean = world.remove("a", "d", &[last]);
    let late = world.add("d", "late", &[last]);
    assert!(!is_member(&world.group(), "late"));
    let full = world.remove("b", "d", &[lean, late]);
    let group = world.group();
    assert!(group.counts(&full) && is_member(&group, "late"));
}

#[test]
fn one_facilitators_removal_is_in_force_and_awaits_another() {
    let (mut world, last) = cast();
    let first = world.remove("a", "d", &[last]);
    let group = world.group();
    let removal = group.member(&key("d")).unwrap().removal.clone().unwrap();
    assert_eq!(standing(&group, "d"), Some(Standing::Removed));
    assert_eq!((removal.entries, removal.signers, removal.confirmed), (vec![first], vec![key("a")], false));
    world.remove("b", "d", &[first]);
    let removal = world.group().member(&key("d")).unwrap().removal.clone().unwrap();
    assert_eq!((removal.entries.len(), removal.signers.len(), removal.confirmed), (2, 2, true));
}

#[test]
fn a_helpers_removal_and_a_facilitators_are_still_one_facilitators() {
    let (mut world, last) = cast();
    let first = world.remove("d", "m", &[last]);
    world.remove("a", "m", &[first]);
    assert!(!world.group().member(&key("m")).unwrap().removal.clone().unwrap().confirmed);
}

#[test]
fn below_a_quorum_the_removal_of_a_facilitator_is_a_proposal() {
    let (mut world, last) = cast();
    let first = world.remove("a", "c", &[last]);
    let group = world.group();
    assert!(group.counts(&first) && seats(&group, &["a", "b", "c"]));
    let proposal = group.proposals().next().unwrap();
    assert_eq!((proposal.act, proposal.needed), (Proposed::Remove(key("c")), 2));
    // c cannot be the second to sign, nor can a helper.
    world.remove("d", "c", &[first]);
    assert!(seats(&world.group(), &["a", "b", "c"]));
    let second = world.remove("b", "c", &[first]);
    let group = world.group();
    assert!(seats(&group, &["a", "b"]) && group.counts(&second));
    assert_eq!(group.proposals().count(), 0);
}

#[test]
fn removal_beats_admission_and_deputising_at_the_same_time() {
    let (mut world, last) = cast();
    let other = world.invite("b", &[last]);
    world.remove("a", "m", &[last]);
    let back = world.join("m", other);
    let made = world.promote("c", "m", Role::Deputy, &[last]);
    let acted = world.invite("m", &[made]);
    let group = world.group();
    assert_eq!(standing(&group, "m"), Some(Standing::Removed));
    assert!(!group.counts(&acted) && !group.counts(&back));
}

#[test]
fn a_removed_key_never_comes_back_and_neither_does_one_that_left() {
    let (mut world, last) = cast();
    let out = world.remove("a", "m", &[last]);
    let gone = world.leave("n", &[out]);
    let invite = world.invite_for("a", &[gone], 5);
    let (m, n) = (world.join("m", invite), world.join("n", invite));
    let group = world.group();
    assert!(!group.counts(&m) && !group.counts(&n));
    let join = world.join_body("m", invite);
    assert_eq!(group.judge(&key("m"), &[invite], &Body::Join(join)), Err(Right::Removed));
    let join = world.join_body("n", invite);
    assert_eq!(group.judge(&key("n"), &[invite], &Body::Join(join)), Err(Right::SameKey));
    // The same person under a new key does.
    world.join("m of generation 1", invite);
    assert!(is_member(&world.group(), "m of generation 1"));
}

#[test]
fn what_a_removed_helper_did_stands_if_a_facilitator_had_seen_it() {
    let (mut world, last) = cast();
    let seen = world.add("d", "seen", &[last]);
    let unseen = world.add("d", "unseen", &[last]);
    world.mint("b", &[seen]);
    let out = world.remove("a", "d", &[last]);
    let group = world.group();
    assert!(is_member(&group, "seen"));
    assert_eq!(standing(&group, "unseen"), Some(Standing::Waiting), "provisional until somebody looks");
    // Having it in one's past together with the removal shows nothing.
    let both = world.mint("c", &[unseen, out]);
    assert!(!is_member(&world.group(), "unseen"));
    world.admit("c", unseen, &[both]);
    assert!(is_member(&world.group(), "unseen"));
}

#[test]
fn acts_in_a_seat_fall_to_no_removal_by_one() {
    // s is a helper, lets x in, gets a seat, lets y in; a, who knows of nothing but the helper, removes s.
    let (mut world, last) = cast();
    let seat = world.seat(&["b", "c"], "d", &[last]);
    let y = world.add("d", "y", &[seat]);
    world.remove("a", "d", &[last]);
    let group = world.group();
    assert!(seats(&group, &["a", "b", "c", "d"]));
    assert!(is_member(&group, "y") && group.counts(&y));
}

#[test]
fn whom_a_quorum_gave_a_seat_stays_when_their_inviter_falls() {
    let (mut world, last) = cast();
    let s = world.add("d", "s", &[last]);
    world.seat(&["b", "c"], "s", &[s]);
    // d, who let s in, is removed by people who knew nothing of it.
    world.oust(&["a", "b"], "d", &[last]);
    assert!(seats(&world.group(), &["a", "b", "c", "s"]));
}

#[test]
fn helpers_remove_members_even_ones_made_helpers_meanwhile() {
    let (mut world, last) = cast();
    world.remove("d", "m", &[last]);
    let made = world.promote("a", "m", Role::Deputy, &[last]);
    let counter = world.remove("m", "n", &[made]);
    let group = world.group();
    assert_eq!(standing(&group, "m"), Some(Standing::Removed));
    // m's own removal was of a helper, not cut by anybody above: it holds too.
    assert_eq!(standing(&group, "n"), Some(Standing::Removed));
    assert!(group.counts(&counter));
}

#[test]
fn helpers_who_remove_each_other_are_both_out() {
    let (mut world, last) = cast();
    let (d, m) =
        (world.promote("a", "n", Role::Deputy, &[last]), world.promote("b", "m", Role::Deputy, &[last]));
    world.remove("n", "m", &[d]);
    world.remove("m", "n", &[m]);
    let group = world.group();
    assert_eq!(standing(&group, "m"), Some(Standing::Removed));
    assert_eq!(standing(&group, "n"), Some(Standing::Removed));
}

#[test]
fn a_removed_helpers_removals_fall_unless_seen() {
    let (mut world, last) = cast();
    world.remove("d", "m", &[last]);
    let noted = world.remove("d", "n", &[last]);
    world.mint("c", &[noted]);
    world.remove("a", "d", &[last]);
    let group = world.group();
    assert!(is_member(&group, "m"));
    assert_eq!(standing(&group, "n"), Some(Standing::Removed));
}

#[test]
fn where_members_invite_those_let_in_by_a_removed_member_fall() {
    let (mut world, last) = cast_with(Charter { inviters: Inviters::Members, ..charter() });
    let x = world.add("m", "x", &[last]);
    let y = world.add("x", "y", &[x]);
    let kept = world.add("m", "kept", &[last]);
    let out = world.remove("d", "m", &[kept]);
    let group = world.group();
    assert!(is_member(&group, "kept"));
    assert_eq!(standing(&group, "x"), Some(Standing::Waiting));
    assert_eq!(standing(&group, "y"), Some(Standing::Waiting));
    assert!(!group.counts(&x) && !group.counts(&y));
    let ended = group.ended();
    assert!(ended.iter().filter(|ended| ended.by == vec![out]).count() >= 3, "m, x and y: {ended:?}");
}

#[test]
fn a_person_who_waits_can_be_removed() {
    let (mut world, last) = cast();
    let unseen = world.add("d", "unseen", &[last]);
    let out = world.remove("a", "d", &[last]);
    world.remove("b", "unseen", &[unseen, out]);
    assert_eq!(standing(&world.group(), "unseen"), Some(Standing::Removed));
}

#[test]
fn stepping_back_ends_a_seat_and_membership() {
    let (mut world, last) = cast();
    let gone = world.leave("b", &[last]);
    let group = world.group();
    assert!(seats(&group, &["a", "c"]));
    assert_eq!(standing(&group, "b"), Some(Standing::Left));
    assert_eq!(group.judge(&key("b"), &[gone], &Body::Invite(invite_body(1))), Err(Right::Left));
}

#[test]
fn whoever_stepped_back_is_removed_by_a_quorum_or_not_at_all() {
    let mut world = World::new(&["a", "b", "d", "h"]);
    let m = world.add("a", "m", &[world.genesis()]);
    let gone = world.leave("h", &[m]);
    let first = world.remove("a", "h", &[gone]);
    assert_eq!(standing(&world.group(), "h"), Some(Standing::Left));
    world.remove("b", "h", &[first]);
    assert_eq!(standing(&world.group(), "h"), Some(Standing::Removed));
    // What h does in the past of the leave does nothing now.
    world.remove("h", "m", &[m]);
    assert!(is_member(&world.group(), "m"));
}
