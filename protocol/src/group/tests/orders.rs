//! One set in very many orders, and how much work one more entry is.

use super::kit::{Dice, World, check, setting, shuffled};
use super::sim::Story;
use crate::group::fold::FOLDS;
use crate::group::{Control, Group};

/// Orders of one set in a normal run; `ORDERS=n` for more.
const ORDERS: u64 = 1000;

#[test]
fn a_thousand_orders_of_one_set_give_one_state() {
    let mut story = Story::begin(86);
    story.run(50);
    let hash = story.group.state_hash();
    let first = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok());
    let orders = first.map_or(0..setting("ORDERS", ORDERS), |seed: u64| seed..seed + 1);
    for seed in orders {
        let other = shuffled(&story.world.made, &mut Dice::new(seed), |_| ());
        assert_eq!(other.state_hash(), hash, "SEED={seed} gives another state");
    }
}

/// Inserts these and says how many whole folds it took.
fn folds(group: &mut Group, made: &[Control]) -> usize {
    let before = FOLDS.get();
    for control in made {
        group.insert(control.clone()).unwrap();
        group.seats();
    }
    FOLDS.get() - before
}

#[test]
fn one_more_entry_does_not_fold_the_rest_again() {
    let mut world = World::new(&["a", "b", "c"]);
    let mut last = vec![world.genesis()];
    for n in 0..40 {
        let (by, name) = (["a", "b", "c"][n % 3], format!("m{n}"));
        last = vec![world.add(by, &name, &last)];
        last = vec![world.mint(&name, &last)];
    }
    last = vec![world.seat(&["a", "b"], "m0", &last)];
    last = vec![world.remove("a", "m1", &last)];
    last = vec![world.oust(&["a", "b", "m0"], "c", &last)];
    last = vec![world.leave("m2", &last)];
    let mut group = Group::begin(world.made[0].clone()).unwrap();
    assert_eq!(folds(&mut group, &world.made[1..]), 1, "a chain is folded once, at its beginning");
    check(&group);

    // Many at once, none knowing the others, then one who knows them all.
    let done = world.made.len();
    let at_once: Vec<_> = (3..40).map(|n| world.mint(&format!("m{n}"), &last)).collect();
    last = vec![world.mint("a", &at_once)];
    assert!(folds(&mut group, &world.made[done..]) <= 1, "one frontier is folded once");
    check(&group);

    // Beside an entry that nobody will ever cite, people go on.
    let done = world.made.len();
    world.invite("m3", &last);
    for n in 4..40 {
        last = vec![world.mint(&format!("m{n}"), &last)];
    }
    world.add("b", "late", &last);
    assert!(folds(&mut group, &world.made[done..]) <= 2, "what does not count stands in nobody's way");
    check(&group);
}

#[test]
fn two_chains_that_never_meet_are_added_in_small_steps() {
    let mut world = World::new(&["a", "b", "c"]);
    let (mut left, mut right) = (vec![world.genesis()], vec![world.genesis()]);
    for n in 0..30 {
        left = vec![world.add("a", &format!("l{n}"), &left)];
        right = vec![world.mint("b", &right)];
    }
    let mut group = Group::begin(world.made[0].clone()).unwrap();
    // Each join has the past of its invite, and that of a chain grows by one.
    assert!(folds(&mut group, &world.made[1..]) <= 4);
    check(&group);
}
