//! What the record says became of an act: it never tells of a signature as if it were the decision.

use super::kit::{World, charter, key};
use crate::body::{Body, Demote, Measure, Moderate, Promote, Remove, Role};
use crate::charter::{Changes, Charter};
use crate::group::Effect::{Awaited, Lapsed, Taken};
use crate::group::Right;
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

#[test]
fn how_many_an_act_takes_is_known_before_it_is_written() {
    let (mut world, last) = cast();
    let takes = |world: &World, by: &str, body: Body| {
        let group = world.group();
        group.takes(&key(by), &group.heads(), &body)
    };
    let seat = |name: &str| Body::Promote(Promote { member: key(name), role: Role::Seat });
    let remove = |name: &str| {
        let body = Remove { member: key(name), reason: String::new(), heads: Vec::new() };
        Body::Remove(body)
    };
    let demote =
        |name: &str| Body::Demote(Demote { member: key(name), role: Role::Member, reason: "so".into() });
    let fold = |name: &str| {
        let (rule, measure) = (None, Measure::Fold);
        Body::Moderate(Moderate { member: key(name), entry: None, measure, rule, reason: "so".into() })
    };
    assert_eq!(takes(&world, "a", seat("m")), Ok(2));
    assert_eq!(takes(&world, "a", remove("m")), Ok(1), "a member goes by one");
    assert_eq!(takes(&world, "a", remove("c")), Ok(2), "a facilitator by a quorum");
    assert_eq!(takes(&world, "a", demote("c")), Ok(2));
    assert_eq!(takes(&world, "a", fold("m")), Ok(1));
    assert_eq!(takes(&world, "m", fold("a")), Err(Right::NeedsSeat));
    world.promote("a", "m", Role::Seat, &[last]);
    assert_eq!(takes(&world, "b", seat("m")), Ok(1), "one has said it, one more is enough");
    assert_eq!(takes(&world, "a", seat("m")), Ok(2));
    assert_eq!(takes(&world, "a", demote("m")), Ok(1));
    assert_eq!(takes(&world, "m", fold("a")), Err(Right::NeedsSeat));
    let mut shared = World::with(&["a", "b", "c"], Charter { shared_power: true, ..charter() });
    assert_eq!(takes(&shared, "a", fold("b")), Ok(2));
    let genesis = shared.genesis();
    shared.write("c", &[genesis], fold("b"));
    assert_eq!(takes(&shared, "a", fold("b")), Ok(1));
}
