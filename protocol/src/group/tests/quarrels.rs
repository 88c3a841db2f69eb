//! Facilitators who signed against each other, and somebody hostile between them.

use super::kit::{Dice, World, check, is_member, role, seats, shuffled, standing};
use crate::body::Role;
use crate::group::Standing;
use crate::id::EntryId;

/// a and b are honest and fell out: each once signed the removal of the other. h, who is hostile, helps a to put b
/// out, and later b to put out a, dated back to before that.
fn between(knew: bool) -> (World, [EntryId; 2]) {
    let mut world = World::new(&["a", "b", "h"]);
    let m = world.add("a", "m", &[world.genesis()]);
    let (by_a, by_b) = (world.remove("a", "b", &[m]), world.remove("b", "a", &[m]));
    let past = if knew { vec![by_a, by_b] } else { vec![by_a] };
    let first = world.remove("h", "b", &past);
    let group = world.group();
    assert!(seats(&group, &["a", "h"]));
    assert_eq!(group.proposals().count(), 0, "what the removed one signed is nobody's proposal");
    let second = world.remove("h", "a", &[by_b]);
    (world, [first, second])
}

fn all_agree(world: &World) {
    let (group, mut dice) = (world.group(), Dice::new(5));
    for _ in 0..50 {
        assert_eq!(shuffled(&world.made, &mut dice, check).state_hash(), group.state_hash());
    }
}

/// The removal of b knew what b had signed, so b's signature lies within its cut and the removal of a is beyond doubt;
/// that does not know what a signed, so a's signature falls, and b is back. Whoever signs against a colleague puts that
/// into the hands of every other facilitator, for good: h decides who of the two is out, and may decide again.
#[test]
fn of_two_who_signed_against_each_other_the_third_chooses() {
    let (mut world, [first, second]) = between(true);
    let group = world.group();
    assert!(!group.counts(&first) || is_member(&group, "b"));
    assert!(group.counts(&second) && seats(&group, &["b", "h"]) && is_member(&group, "m"));
    assert_eq!(standing(&group, "a"), Some(Standing::Removed));
    all_agree(&world);
    // Of the two who are left b is the senior, and puts h out alone. b may let a in again, under a new key.
    let out = world.remove("b", "h", &world.heads());
    let group = world.group();
    assert!(group.counts(&out) && seats(&group, &["b"]));
    all_agree(&world);
}

/// If neither removal knew of the signature that carries the other, neither is beyond doubt and neither is out of it:
/// of two that cross both hold, and h is left alone with the members.
#[test]
fn of_two_who_signed_against_each_other_unawares_neither_is_left() {
    let (mut world, [first, second]) = between(false);
    let group = world.group();
    assert!(group.counts(&first) && group.counts(&second));
    assert!(seats(&group, &["h"]) && is_member(&group, "m"));
    for name in ["a", "b"] {
        assert_eq!(standing(&group, name), Some(Standing::Removed));
    }
    // Nothing a or b write now counts, and members' votes beside a facilitator who is there seat nobody. They come back
    // under new keys, if the one who is left lets them in, or begin another group.
    let late = world.remove("a", "h", &[first, second]);
    world.vote("m", "m", &[first, second]);
    let group = world.group();
    assert!(!group.counts(&late) && seats(&group, &["h"]));
    assert!(role(&group, "m") < Some(Role::Seat));
    all_agree(&world);
}

/// a, the senior of the two who were left, removes h before that one dates back. Then all three are removed by a
/// quorum, and the most senior stays.
#[test]
fn of_three_the_senior_who_removed_the_third_in_time_stays() {
    let mut world = World::new(&["a", "b", "h"]);
    let m = world.add("a", "m", &[world.genesis()]);
    let (by_a, by_b) = (world.remove("a", "b", &[m]), world.remove("b", "a", &[m]));
    let first = world.remove("h", "b", &[by_a]);
    world.remove("a", "h", &[first]);
    assert!(seats(&world.group(), &["a"]));
    world.remove("h", "a", &[by_b]);
    let group = world.group();
    assert!(seats(&group, &["a"]));
    assert_eq!(standing(&group, "h"), Some(Standing::Removed));
    assert_eq!(standing(&group, "b"), Some(Standing::Removed));
}
