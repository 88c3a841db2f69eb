//! What the record says became of an act: it never tells of a signature as if it were the decision.

use super::kit::{World, key};
use crate::body::Role;
use crate::charter::Changes;
use crate::group::Effect::{Awaited, Lapsed, Taken};
use crate::id::EntryId;

fn purpose(words: &str) -> Changes {
    Changes { purpose: Some(words.into()), ..Changes::default() }
}

/// Facilitators a, b and c, and member m; gives the last entry.
fn cast() -> (World, EntryId) {
    let mut world = World::new(&["a", "b", "c"]);
    let m = world.add("a", "m", &[world.genesis()]);
    (world, m)
}

#[test]
fn a_signature_waits_until_a_quorum_signed_and_then_all_of_them_took_effect() {
    let (mut world, last) = cast();
    let one = world.amend("a", purpose("to rest"), &[last]);
    let light = world.amend("c", Changes { size: Some(9), ..Changes::default() }, &[one]);
    assert_eq!([one, light].map(|id| world.group().effect(&id)), [Some(Awaited), Some(Taken)]);
    let two = world.amend("b", purpose("to rest"), &[light]);
    assert_eq!([one, two].map(|id| world.group().effect(&id)), [Some(Taken), Some(Taken)]);
}

#[test]
fn what_was_decided_since_uses_up_a_lonely_proposal() {
    let (mut world, last) = cast();
    let lonely = world.amend("a", purpose("to rest"), &[last]);
    let decided = world.amended(&["b", "c"], purpose("to wake"), &[lonely]);
    let group = world.group();
    assert_eq!((group.effect(&lonely), group.effect(&decided)), (Some(Lapsed), Some(Taken)));
    assert_eq!(group.proposals().count(), 0);
}

#[test]
fn two_who_signed_apart_are_enough_once_one_of_them_knows_of_the_other() {
    let (mut world, last) = cast();
    let apart = ["a", "b"].map(|by| world.amend(by, purpose("to rest"), &[last]));
    let group = world.group();
    assert_eq!(apart.map(|id| group.effect(&id)), [Some(Awaited); 2]);
    let proposal = group.proposals().next().unwrap();
    assert_eq!((proposal.signers.len(), proposal.needed), (2, 2), "enough, and still open");
    let again = world.amend("a", purpose("to rest"), &apart);
    let group = world.group();
    assert_eq!(group.charter().purpose, "to rest");
    assert_eq!([apart[0], apart[1], again].map(|id| group.effect(&id)), [Some(Taken); 3]);
}

#[test]
fn a_removal_is_told_as_done_only_of_those_who_are_gone() {
    let (mut world, last) = cast();
    let member = world.remove("a", "m", &[last]);
    let seat = world.remove("a", "c", &[member]);
    let group = world.group();
    assert_eq!([member, seat].map(|id| group.effect(&id)), [Some(Taken), Some(Awaited)]);
    let both = world.remove("b", "c", &[seat]);
    let late = world.remove("c", "a", &[member]);
    let group = world.group();
    assert_eq!([seat, both].map(|id| group.effect(&id)), [Some(Taken); 2]);
    assert_eq!(group.effect(&late), None, "written outside their cut by the removed");
    assert_eq!(group.effect(&EntryId([9; 32])), None);
}

#[test]
fn a_helper_is_set_back_by_one_and_a_facilitator_by_a_quorum() {
    let (mut world, last) = cast();
    let helper = world.promote("a", "m", Role::Deputy, &[last]);
    let back = world.demote("a", "m", Role::Member, &[helper]);
    let seat = world.demote("a", "c", Role::Member, &[back]);
    let group = world.group();
    assert_eq!([helper, back, seat].map(|id| group.effect(&id)), [Some(Taken), Some(Taken), Some(Awaited)]);
    world.demote("b", "c", Role::Member, &[seat]);
    assert_eq!(world.group().effect(&seat), Some(Taken));
    assert_eq!(world.group().seats(), ["a", "b"].map(key));
}
