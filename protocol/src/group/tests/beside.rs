//! Entries that come in beside others: what the fold adds without folding anew, and what it must not.

use super::kit::{World, check, check_states, is_member, key, standing};
use crate::body::Role;
use crate::group::fold::FOLDS;
use crate::group::{Group, Standing};
use crate::id::EntryId;

/// Inserts all but the genesis, checking after each; says how many whole folds the last so many took.
fn folds(world: &World, last: usize) -> (Group, usize) {
    let mut group = Group::begin(world.made[0].clone()).unwrap();
    let mut took = 0;
    for (place, control) in world.made.iter().enumerate().skip(1) {
        let before = FOLDS.get();
        group.insert(control.clone()).unwrap();
        group.seats();
        if place + last >= world.made.len() {
            took += FOLDS.get() - before;
        }
        check_states(&group);
        check(&group);
    }
    (group, took)
}

/// Three facilitators, a helper `h` and members `m` and `n`; and what everybody knows.
fn six() -> (World, EntryId) {
    let mut world = World::new(&["a", "b", "c"]);
    let mut last = world.genesis();
    for name in ["h", "m", "n"] {
        last = world.add("a", name, &[last]);
    }
    let last = world.promote("a", "h", Role::Deputy, &[last]);
    (world, last)
}

#[test]
fn what_people_do_at_once_is_added() {
    let (mut world, known) = six();
    world.mint("n", &[known]);
    let made = world.made.len();
    world.remove("a", "m", &[known]);
    world.promote("b", "n", Role::Deputy, &[known]);
    world.seat(&["b", "c"], "h", &[known]);
    world.step_back("a", &[known]);
    world.leave("n", &[known]);
    let (group, took) = folds(&world, world.made.len() - made);
    assert_eq!(took, 0);
    assert_eq!(group.seats(), ["b", "c", "h"].map(key));
    assert_eq!([standing(&group, "m"), standing(&group, "n")], [Standing::Removed, Standing::Left].map(Some));
}

#[test]
fn a_removal_and_its_confirmation_beside_what_a_member_wrote_meanwhile_are_added() {
    let (mut world, known) = six();
    let meanwhile = world.mint("m", &[known]);
    let first = world.remove("a", "m", &[known]);
    let second = world.remove("b", "m", &[first]);
    let (group, took) = folds(&world, 2);
    assert_eq!(took, 0);
    assert!(!group.counts(&meanwhile) && group.counts(&first) && group.counts(&second));
    assert!(group.member(&key("m")).unwrap().removal.as_ref().unwrap().confirmed);
    // One who knew of it brings it back.
    world.remove("c", "m", &[meanwhile]);
    let (group, took) = folds(&world, 1);
    assert_eq!(took, 0);
    assert!(group.counts(&meanwhile));
}

#[test]
fn what_a_helper_vouched_for_falls_with_the_helper() {
    let (mut world, known) = six();
    let invite = world.invite_for("a", &[known], 9);
    let join = world.join("new", invite);
    world.revoke("a", invite, &[invite]);
    world.mint("h", &[join, known]);
    assert!(is_member(&folds(&world, 0).0, "new"));
    world.remove("b", "h", &[known]);
    let (group, took) = folds(&world, 1);
    assert_eq!((standing(&group, "new"), took), (Some(Standing::Waiting), 1));
}

#[test]
fn a_confirmation_whose_first_signer_was_removed_meanwhile_is_looked_at_anew() {
    let (mut world, known) = six();
    let first = world.remove("c", "m", &[known]);
    // Two of three put out c, not knowing of that.
    world.oust(&["a", "b"], "c", &[known]);
    let second = world.remove("a", "m", &[first]);
    let (group, _) = folds(&world, 1);
    assert_eq!(standing(&group, "m"), Some(Standing::Removed));
    assert!(!group.counts(&first) && group.counts(&second));
}

#[test]
fn a_seat_given_beside_a_removal_undoes_it() {
    let (mut world, known) = six();
    let removal = world.remove("a", "m", &[known]);
    world.seat(&["b", "c"], "m", &[known]);
    let (group, took) = folds(&world, 1);
    assert!(took > 0 && is_member(&group, "m") && group.counts(&removal));
}
