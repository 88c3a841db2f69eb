//! Which keepers a group has, whoever says so and in whatever order it comes.

use super::kit::{Dice, World, key, shuffled};
use crate::body::{Body, Keep, Role, Unkeep};
use crate::group::{Group, Right};
use crate::id::{EntryId, KeeperKey, PlaceId, StewardKey};

fn places(group: &Group) -> Vec<u8> {
    group.keepers().iter().map(|kept| kept.place.0[0]).collect()
}

fn stewards(group: &Group, place: usize) -> Vec<StewardKey> {
    let mut stewards: Vec<_> = group.keepers()[place].stewards.values().copied().collect();
    stewards.sort_unstable();
    stewards
}

fn of(names: &[&str]) -> Vec<StewardKey> {
    let mut keys: Vec<_> = names.iter().map(|name| StewardKey(key(name).0)).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn facilitators_alone_name_keepers_and_end_them() {
    let mut world = World::new(&["a", "b", "c"]);
    let m = world.add("a", "m", &[world.genesis()]);
    let helper = world.promote("a", "m", Role::Deputy, &[m]);
    let keep = Body::Keep(Keep {
        place: PlaceId([1; 16]),
        keeper: KeeperKey([1; 32]),
        addresses: vec!["/ip4/192.0.2.1/tcp/1".into()],
        steward: StewardKey(key("m").0),
    });
    let group = world.group();
    assert_eq!(group.judge(&key("m"), &[helper], &keep), Err(Right::NeedsSeat));
    let unkeep = Body::Unkeep(Unkeep { place: PlaceId([1; 16]) });
    assert_eq!(group.judge(&key("m"), &[helper], &unkeep), Err(Right::NeedsSeat));
    let one = world.keep("a", 1, &[helper]);
    let two = world.keep("b", 2, &[one]);
    world.keep("m", 3, &[two]);
    assert_eq!(places(&world.group()), [1, 2]);
    assert_eq!(stewards(&world.group(), 0), of(&["a"]));
    let second = world.keep("c", 1, &[two]);
    assert_eq!(stewards(&world.group(), 0), of(&["a", "c"]));
    assert_eq!(world.group().keepers()[0].addresses.len(), 2, "all that is said of where it is");
    let end = world.unkeep("b", 1, &[second]);
    assert_eq!(places(&world.group()), [2]);
    world.keep("a", 1, &[end]);
    assert_eq!(places(&world.group()), [2], "the end of a place is for good");
}

#[test]
fn who_has_no_seat_any_more_is_no_steward() {
    let mut world = World::new(&["a", "b", "c"]);
    let one = world.keep("b", 1, &[world.genesis()]);
    let two = world.keep("c", 1, &[one]);
    world.step_back("b", &[two]);
    assert_eq!(places(&world.group()), [1]);
    assert_eq!(stewards(&world.group(), 0), of(&["c"]));
}

#[test]
fn the_first_word_says_which_keeper_a_place_is_at() {
    let mut world = World::new(&["a", "b"]);
    let one = world.keep("a", 1, &[world.genesis()]);
    let other = Keep {
        place: PlaceId([1; 16]),
        keeper: KeeperKey([9; 32]),
        addresses: vec!["/ip4/192.0.2.9/tcp/9".into()],
        steward: StewardKey(key("b").0),
    };
    world.write("b", &[one], Body::Keep(other));
    let group = world.group();
    let kept = &group.keepers()[0];
    assert_eq!((kept.keeper, kept.addresses.len()), (KeeperKey([1; 32]), 1));
    assert_eq!(stewards(&group, 0), of(&["a"]));
}

#[test]
fn everybody_knows_the_same_keepers_whatever_came_first() {
    let mut dice = Dice::new(7);
    for _ in 0..30 {
        let mut world = World::new(&["a", "b", "c"]);
        let mut heads: Vec<EntryId> = vec![world.genesis()];
        for _ in 0..12 {
            let dep = heads[dice.below(heads.len())];
            let (by, place) = (["a", "b", "c"][dice.below(3)], dice.below(3) as u8);
            heads.push(match dice.below(5) {
                0 => world.unkeep(by, place, &[dep]),
                1 => world.step_back(by, &[dep]),
                _ => world.keep(by, place, &[dep]),
            });
        }
        let told = world.group().keepers().to_vec();
        for _ in 0..5 {
            let turned = shuffled(&world.made, &mut dice, |_| ());
            assert_eq!(turned.keepers(), told);
        }
    }
}
