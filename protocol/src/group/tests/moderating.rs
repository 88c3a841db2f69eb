//! Moderation: what holds, whatever came first.

use super::kit::{Dice, World, charter, key, role, shuffled};
use crate::body::{Body, Measure, Moderate, Role};
use crate::charter::{Charter, Floor, Rule};
use crate::group::{Group, Right};
use crate::id::EntryId;
use crate::time::Millis;

const POST: EntryId = EntryId([8; 32]);

fn act(name: &str, measure: Measure) -> Body {
    let whole = matches!(measure, Measure::Pause(_));
    Body::Moderate(Moderate {
        member: key(name),
        entry: (!whole).then_some(POST),
        measure,
        rule: (measure != Measure::Restore).then_some(Rule::Floor(Floor::Numbers)),
        reason: "it names amounts".into(),
    })
}

fn held(group: &Group) -> Option<Measure> {
    group.moderated(&key("m"), Some(&POST)).map(|moderated| moderated.measure)
}

/// Facilitators a, b and c, helper d, and member m; gives the last entry.
fn cast() -> (World, EntryId) {
    let mut world = World::new(&["a", "b", "c"]);
    let d = world.add("a", "d", &[world.genesis()]);
    let helper = world.promote("a", "d", Role::Deputy, &[d]);
    let m = world.add("a", "m", &[helper]);
    (world, m)
}

#[test]
fn the_last_that_knew_the_others_holds() {
    let (mut world, last) = cast();
    let fold = world.write("d", &[last], act("m", Measure::Fold));
    assert_eq!(held(&world.group()), Some(Measure::Fold));
    let hold = world.write("a", &[fold], act("m", Measure::Hold));
    let group = world.group();
    assert_eq!(group.moderated(&key("m"), Some(&POST)).unwrap().by, hold);
    assert_eq!(group.moderated(&key("a"), Some(&POST)), None, "of somebody else's entry it says nothing");
    let restored = world.write("b", &[hold], act("m", Measure::Restore));
    assert_eq!(held(&world.group()), None);
    let pause = Measure::Pause(Millis(9));
    world.write("d", &[restored], act("m", pause));
    let group = world.group();
    assert_eq!(group.moderated(&key("m"), None).map(|moderated| moderated.measure), Some(pause));
    assert_eq!(held(&group), None);
}

#[test]
fn a_helper_moderates_members_and_a_facilitator_everybody_but_oneself() {
    let (world, last) = cast();
    let group = world.group();
    let may = |by: &str, of: &str| group.judge(&key(by), &[last], &act(of, Measure::Fold));
    assert_eq!(may("d", "m"), Ok(()));
    assert_eq!(may("d", "a"), Err(Right::NeedsSeat));
    assert_eq!(may("b", "a"), Ok(()));
    assert_eq!(may("b", "d"), Ok(()));
    assert_eq!(may("b", "b"), Err(Right::Oneself));
    assert_eq!(may("m", "d"), Err(Right::NeedsSeat));
    assert_eq!(may("d", "nobody"), Err(Right::NoSuchMember));
}

#[test]
fn of_those_who_did_not_know_each_other_the_strictest_holds() {
    let (mut world, last) = cast();
    world.write("a", &[last], act("m", Measure::Fold));
    world.write("b", &[last], act("m", Measure::Hold));
    world.write("c", &[last], act("m", Measure::Restore));
    assert_eq!(held(&world.group()), Some(Measure::Hold));
}

#[test]
fn m1_a_back_dated_hold_does_not_hide_for_ever_what_two_restored() {
    let (mut world, last) = cast();
    let hold = world.write("c", &[last], act("m", Measure::Hold));
    let one = world.write("a", &[hold], act("m", Measure::Restore));
    world.write("c", &[hold], act("m", Measure::Hold));
    assert_eq!(held(&world.group()), Some(Measure::Hold), "one against one: the stricter");
    world.write("b", &[one], act("m", Measure::Restore));
    assert_eq!(held(&world.group()), None, "two against what one did alone");
    // Signatures of a restoring are used up by what is done knowing of it.
    let heads = world.heads();
    let again = world.write("c", &heads, act("m", Measure::Hold));
    let alone = world.write("a", &[again], act("m", Measure::Restore));
    world.write("c", &[again], act("m", Measure::Hold));
    assert!(world.group().counts(&alone));
    assert_eq!(held(&world.group()), Some(Measure::Hold));
}

#[test]
fn what_a_removed_helper_did_stands_where_a_facilitator_built_on_it() {
    let (mut world, last) = cast();
    let seen = world.write("d", &[last], act("m", Measure::Fold));
    world.pulse("b", &[seen]);
    world.remove("a", "d", &[last]);
    let group = world.group();
    assert_eq!(role(&group, "d"), None);
    assert_eq!(held(&group), Some(Measure::Fold));
    let (mut world, last) = cast();
    world.write("d", &[last], act("m", Measure::Hold));
    world.remove("a", "d", &[last]);
    assert_eq!(held(&world.group()), None, "nobody else had seen it");
}

#[test]
fn where_power_is_shared_it_takes_two() {
    let shared = Charter { shared_power: true, size: 6, ..charter() };
    let mut world = World::with(&["a", "b", "m"], shared);
    let one = world.write("a", &[world.genesis()], act("m", Measure::Fold));
    assert_eq!(held(&world.group()), None);
    world.write("b", &[one], act("m", Measure::Fold));
    assert_eq!(held(&world.group()), Some(Measure::Fold));
}

#[test]
fn it_comes_out_the_same_in_any_order() {
    for seed in 0..60 {
        let mut dice = Dice::new(seed);
        let (mut world, last) = cast();
        let mut known = vec![last];
        for _ in 0..20 {
            let by = *dice.pick(&["a", "b", "c", "d"]).unwrap();
            let deps = if dice.chance(30) { world.heads() } else { vec![*dice.pick(&known).unwrap()] };
            let measure = *dice.pick(&[Measure::Fold, Measure::Hold, Measure::Restore]).unwrap();
            known.push(world.write(by, &deps, act("m", measure)));
            if dice.chance(10) {
                known.push(world.remove("a", by, &deps));
            }
        }
        let group = world.group();
        let other = shuffled(&world.made, &mut dice, |_| {});
        assert_eq!(held(&group), held(&other), "seed {seed}");
        assert_eq!(group.state_hash(), other.state_hash(), "seed {seed}");
    }
}
