//! Who lists the group, and who ends it.

use super::kit::{World, key};
use crate::body::{Body, Invite, InviteMode, Listed, Role, Unlisted};
use crate::directory::{ListingSecret, Portrait};
use crate::group::Right;
use crate::id::EntryId;

fn listed(invite: EntryId) -> Listed {
    let secret = ListingSecret::from_bytes([7; 32]);
    let portrait = Portrait {
        title: "Awake".into(),
        about: "For those who lie awake".into(),
        languages: vec!["en".into()],
        ..Portrait::default()
    };
    Listed { key: secret.key(), salt: [1; 16], portrait, invite, end: secret.withdrawal().into() }
}

/// a and b facilitate, h helps, m is a member; with an invite to knock on by a.
fn cast() -> (World, EntryId, EntryId) {
    let mut world = World::new(&["a", "b"]);
    let mut last = world.add("a", "h", &[world.genesis()]);
    last = world.add("a", "m", &[last]);
    last = world.promote("a", "h", Role::Deputy, &[last]);
    let body = Invite { mode: InviteMode::Knock, ..super::kit::invite_body(5) };
    let invite = world.write("a", &[last], Body::Invite(body));
    (world, last, invite)
}

#[test]
fn a_facilitator_lists_the_group_and_a_helper_can_end_it_for_good() {
    let (mut world, before, invite) = cast();
    let group = world.group();
    let judged = |who: &str, deps: &[EntryId]| group.judge(&key(who), deps, &Body::Listed(listed(invite)));
    assert_eq!(judged("m", &[invite]), Err(Right::NeedsSeat));
    assert_eq!(judged("h", &[invite]), Err(Right::NeedsSeat));
    assert_eq!(judged("b", &[before]), Err(Right::NoSuchInvite), "the invite is not in its past");
    assert_eq!(judged("b", &[invite]), Ok(()));
    let by_member = world.write("m", &[invite], Body::Listed(listed(invite)));
    assert!(world.group().listings().is_empty(), "{by_member}");

    let entry = world.write("b", &[invite], Body::Listed(listed(invite)));
    let group = world.group();
    let [listing] = &group.listings()[..] else { panic!("one listing") };
    assert_eq!((listing.id, listing.author, listing.ended), (entry, key("b"), false));

    let end = |listed| Body::Unlisted(Unlisted { listed });
    assert_eq!(group.judge(&key("m"), &[entry], &end(entry)), Err(Right::NeedsDeputy));
    assert_eq!(group.judge(&key("h"), &[entry], &end(invite)), Err(Right::NoSuchListing));
    assert_eq!(group.judge(&key("h"), &[invite], &end(entry)), Err(Right::NoSuchListing));
    world.write("h", &[entry], end(entry));
    assert!(world.group().listings()[0].ended);
}

#[test]
fn what_somebody_lists_after_their_removal_counts_for_nothing() {
    let (mut world, _, invite) = cast();
    // b is removed by the senior of two; what b writes beside it is void.
    world.remove("a", "b", &[invite]);
    world.write("b", &[invite], Body::Listed(listed(invite)));
    assert!(world.group().listings().is_empty());
}
