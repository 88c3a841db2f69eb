//! The charter as amended, and who accepted it.

use super::kit::{Dice, World, charter, check, invite_body, is_member, key, shuffled};
use crate::body::{Accept, Body, Join};
use crate::charter::{Changes, Charter, History, Inviters};
use crate::group::{Proposed, Right};
use crate::id::EntryId;

fn purpose(words: &str) -> Changes {
    Changes { purpose: Some(words.into()), ..Changes::default() }
}

fn size(size: u32) -> Changes {
    Changes { size: Some(size), ..Changes::default() }
}

/// Facilitators a, b and c, and member m; gives the last entry.
fn cast() -> (World, EntryId) {
    let mut world = World::new(&["a", "b", "c"]);
    let m = world.add("a", "m", &[world.genesis()]);
    (world, m)
}

fn accept(charter: &Charter) -> Body {
    Body::Accept(Accept { terms: charter.terms() })
}

#[test]
fn what_members_agreed_to_changes_by_a_quorum_and_the_rest_by_one_facilitator() {
    let (mut world, last) = cast();
    let light = world.amend("c", size(12), &[last]);
    let one = world.amend("a", purpose("to rest"), &[light]);
    let group = world.group();
    assert_eq!((group.charter().size, group.charter().purpose.as_str()), (12, "to sleep better"));
    let proposal = group.proposals().next().unwrap();
    assert!(matches!(proposal.act, Proposed::Amend(_)));
    assert_eq!((proposal.entries.as_slice(), proposal.needed), (&[one][..], 2));
    let both = world.amend("b", purpose("to rest"), &[one]);
    let group = world.group();
    assert_eq!(group.charter().purpose, "to rest");
    assert_eq!(group.proposals().count(), 0);
    assert_eq!(group.charter_of(&both).unwrap().purpose, "to sleep better", "as b knew it when signing");
    for (by, changes, expected) in [
        ("m", size(9), Err(Right::NeedsSeat)),
        ("a", Changes { history: Some(History::All), ..Changes::default() }, Err(Right::Meaningless)),
        ("a", Changes { history: Some(History::None), ..Changes::default() }, Ok(())),
    ] {
        let body = Body::Amend(crate::body::Amend { changes, reason: "so".into() });
        assert_eq!(group.judge(&key(by), &[both], &body), expected);
    }
}

#[test]
fn signatures_are_used_up_by_the_amendment_they_carried() {
    let (mut world, last) = cast();
    let old = world.amended(&["a", "b"], purpose("to rest"), &[last]);
    let new = world.amended(&["b", "c"], purpose("to wake"), &[old]);
    // Once a quorum chose it; one facilitator alone does not bring it back, nor by citing the old signatures.
    world.amend("a", purpose("to rest"), &[new]);
    assert_eq!(world.group().charter().purpose, "to wake");
    world.amend("b", purpose("to rest"), &world.heads());
    assert_eq!(world.group().charter().purpose, "to rest");
}

#[test]
fn a_charter_edited_on_both_sides_is_one_charter_in_any_order() {
    let (mut world, last) = cast();
    let closed = Changes { history: Some(History::None), ..purpose("to rest") };
    let keep = Changes { retention_days: Some(30), ..purpose("to wake") };
    let never = Changes { retention_days: Some(0), size: Some(40), ..Changes::default() };
    let one = world.amended(&["a", "b"], closed, &[last]);
    let two = world.amended(&["c", "b"], keep, &[last]);
    world.amended(&["a", "c"], never, &[last]);
    let group = world.group();
    let merged = group.charter();
    assert_eq!((merged.history, merged.retention_days, merged.size), (History::None, 30, 40));
    assert_eq!(merged.purpose, if one < two { "to rest" } else { "to wake" }, "neither is stricter");
    for seed in 0..50 {
        let other = shuffled(&world.made, &mut Dice::new(seed), check);
        assert_eq!((other.charter(), other.state_hash()), (group.charter(), group.state_hash()));
    }
    // Whoever knows them all decides.
    world.amended(&["a", "b"], Changes { retention_days: Some(90), ..purpose("to be") }, &world.heads());
    let group = world.group();
    assert_eq!((group.charter().purpose.as_str(), group.charter().retention_days), ("to be", 90));
    assert_eq!(group.charter().history, History::None);
}

#[test]
fn a_material_change_asks_again_and_takes_nothing_meanwhile() {
    let (mut world, last) = cast();
    assert!(["a", "b", "m"].iter().all(|name| world.group().accepted(&key(name))));
    let light = world.amend("a", size(20), &[last]);
    assert!(world.knowing(&[light]).accepted(&key("m")), "a change of little asks nobody");
    let changed = world.amended(&["a", "b"], purpose("to rest"), &[light]);
    let group = world.group();
    assert!(!group.accepted(&key("m")) && is_member(&group, "m"));
    assert_eq!(group.consents(&key("m")).next().unwrap().purpose, "to sleep better");
    assert!(group.accepted(&key("a")) && group.accepted(&key("b")), "whoever signs a change agrees to it");
    assert_eq!(group.judge(&key("m"), &[light], &accept(group.charter())), Err(Right::OtherCharter));
    world.write("m", &[changed], accept(group.charter()));
    let group = world.group();
    assert!(group.accepted(&key("m")) && !group.accepted(&key("c")));
    // Back to what was accepted once: nobody is asked.
    world.amended(&["a", "b"], purpose("to sleep better"), &world.heads());
    assert!(["a", "b", "m"].iter().all(|name| world.group().accepted(&key(name))));
}

#[test]
fn a_join_accepts_the_charter_that_its_invite_offers() {
    let (mut world, last) = cast();
    let early = world.invite("a", &[last]);
    let changed = world.amended(&["a", "b"], purpose("to rest"), &[last]);
    let late = world.invite("a", &[changed]);
    world.join("x", early);
    let group = world.group();
    assert!(is_member(&group, "x") && !group.accepted(&key("x")), "in on an old link: asked at once");
    let new = group.charter_of(&late).unwrap();
    assert_eq!(new.purpose, "to rest");
    let body = world.join_body("y", late);
    assert_eq!(
        group.judge(&key("y"), &[late], &Body::Join(body.clone())),
        Err(Right::OtherCharter),
        "the charter of the genesis is not offered any more"
    );
    world.write("y", &[late], Body::Join(Join { charter: new.hash(), ..body }));
    let group = world.group();
    assert!(is_member(&group, "y") && group.accepted(&key("y")));
}

#[test]
fn members_invite_as_long_as_what_let_them_stands() {
    let members = Changes { inviters: Some(Inviters::Members), ..Changes::default() };
    let (mut world, last) = cast();
    let invite = Body::Invite(invite_body(1));
    assert_eq!(world.group().judge(&key("m"), &[last], &invite), Err(Right::NeedsDeputy));
    let one = world.amend("a", members.clone(), &[last]);
    let both = world.amend("c", members, &[one]);
    let offered = world.knowing(&[both]).charter().hash();
    let invite = world.write("m", &[both], invite);
    let body = world.join_body("x", invite);
    let join = world.write("x", &[invite], Body::Join(Join { charter: offered, ..body }));
    assert!(is_member(&world.group(), "x"));
    // c's signature falls with c, and with it the amendment and what rests on it.
    world.oust(&["a", "b"], "c", &[one]);
    let group = world.group();
    check(&group);
    assert_eq!(group.charter().inviters, charter().inviters);
    assert!(!group.counts(&invite) && !group.counts(&join) && !is_member(&group, "x"));
    assert!(group.ended().iter().any(|ended| !ended.by.is_empty()));
}

#[test]
fn what_the_removed_signed_outside_their_cut_changes_no_charter() {
    let (mut world, last) = cast();
    let open = world.amend("a", purpose("to rest"), &[last]);
    world.oust(&["a", "b"], "c", &[open]);
    // c completes, on an old past, what a once proposed.
    let late = world.amend("c", purpose("to rest"), &[open]);
    let group = world.group();
    assert!(!group.counts(&late));
    assert_eq!(group.charter().purpose, "to sleep better");
}
