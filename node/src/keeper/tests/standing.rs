//! What former members and people at an open door can do, and how long.

use std::sync::atomic::Ordering;
use std::time::Duration;

use kith_protocol::envelope::Envelope;
use kith_protocol::keeper::{Errand, PlaceRefused, Reply, Standing};
use kith_protocol::limits;
use kith_protocol::sync::Scope;

use super::super::kit::{envelope, gate, sized};
use super::client::{Bag, Member};
use super::{DAY, Group, Kept, steward};

/// A place with 20 envelopes under key 1, whose key is 2 now.
async fn moved_on() -> (Kept, Group) {
    let kept = Kept::start().await;
    let mut group = kept.claimed().await;
    let hour = kept.time.now().hour();
    let written: Vec<_> = (0..20).map(|serial| envelope(&gate(1), serial % 5 == 0, hour, serial)).collect();
    let node = Member::connect(&kept).await;
    node.proves(&group.place, &gate(1)).await.unwrap();
    node.syncs(&Bag::of(&written), Scope::All).await.unwrap();
    let next = group.grant(&kept, &gate(2), &steward(1));
    assert!(matches!(node.asks(&Errand::Grant(next.into())).await, Some(Reply::Told(_))));
    (kept, group)
}

#[tokio::test]
async fn a_key_of_the_past_fetches_the_way_back_and_nothing_that_was_said() {
    let (kept, group) = moved_on().await;
    let node = Member::connect(&kept).await;
    assert_eq!(node.proves(&group.place, &gate(1)).await.unwrap().standing, Standing::Past);
    for scope in [Scope::All, Scope::ControlOnly] {
        let bag = Bag::default();
        node.syncs(&bag, scope).await.unwrap();
        assert_eq!(bag.len(), 4, "control envelopes alone, whatever is asked for");
    }
    for errand in [
        Errand::Meet(None),
        Errand::Drop(Vec::new()),
        Errand::Grant(group.grant_numbered(&kept, 3, &gate(9), &steward(9)).into()),
        Errand::Grant(group.grant_numbered(&kept, 3, &gate(9), &steward(1)).into()),
    ] {
        assert_eq!(node.asks(&errand).await, Some(Reply::Refused(PlaceRefused::Unknown)), "{errand:?}");
    }
    let stranger = Member::connect(&kept).await;
    let forged = group.grant_numbered(&kept, 3, &gate(9), &steward(8));
    assert_eq!(stranger.grants(&forged).await, Err(PlaceRefused::Stale));
}

#[tokio::test]
async fn a_key_of_the_past_ends() {
    let (kept, group) = moved_on().await;
    let hour = kept.time.now().hour();
    let leave = async |serial: u32| {
        let node = Member::connect(&kept).await;
        node.proves(&group.place, &gate(1)).await.unwrap();
        let bag = Bag::of([&envelope(&gate(1), true, hour, serial)]);
        node.syncs(&bag, Scope::ControlOnly).await.unwrap();
        bag.acknowledged().len()
    };
    kept.time.pass(30 * DAY - 1);
    assert_eq!(leave(100).await, 1);
    kept.time.pass(1);
    assert_eq!(leave(101).await, 0);
    kept.time.pass(150 * DAY - 1);
    let node = Member::connect(&kept).await;
    assert_eq!(node.proves(&group.place, &gate(1)).await.unwrap().standing, Standing::Past);
    kept.time.pass(1);
    // On the same connection nothing is served any more, and at the door nobody is let in by it.
    let bag = Bag::default();
    assert!(node.syncs(&bag, Scope::ControlOnly).await.is_err());
    assert_eq!(bag.len(), 0);
    let node = Member::connect(&kept).await;
    assert_eq!(node.proves(&group.place, &gate(1)).await, Err(PlaceRefused::Unknown));
}

#[tokio::test]
async fn keys_of_the_past_leave_little_all_together_and_no_content() {
    let (kept, group) = moved_on().await;
    let hour = kept.time.now().hour();
    let used = async || kept.keeper.shown().await.unwrap()[0].used;
    let before = used().await;
    let large = |key: u8, serial: u32| sized(&gate(key), true, hour, serial, 16_384 + 40);
    let many: Vec<Envelope> = (200..300).map(|serial| large(1, serial)).collect();
    for _ in 0..2 {
        let node = Member::connect(&kept).await;
        node.proves(&group.place, &gate(1)).await.unwrap();
        node.syncs(&Bag::of(&many), Scope::ControlOnly).await.unwrap();
    }
    let left = used().await - before;
    assert!(left <= limits::PLACE_LITTLE as u64, "{left}");
    assert!(left > limits::PLACE_LITTLE as u64 - 20_000, "{left}");

    // Members are not touched by that, and see what was left.
    let node = Member::connect(&kept).await;
    node.proves(&group.place, &gate(2)).await.unwrap();
    let bag = Bag::of([&large(2, 1000)]);
    node.syncs(&bag, Scope::All).await.unwrap();
    assert_eq!(bag.acknowledged().len(), 1);

    // A porch has a little of its own.
    let node = Member::connect(&kept).await;
    assert_eq!(node.proves(&group.place, &gate(50)).await.unwrap().standing, Standing::Porch);
    let bag = Bag::of(&[large(50, 1), large(2, 2), large(1, 3), envelope(&gate(50), false, hour, 4)]);
    node.syncs(&bag, Scope::All).await.unwrap();
    assert_eq!(bag.acknowledged().len(), 1, "one's join, and nothing under another key");
}

#[tokio::test]
async fn whoever_was_a_member_is_not_connected_as_one_for_long() {
    let kept = Kept::renewing(Duration::from_millis(200)).await;
    let mut group = kept.claimed().await;
    let (removed, steward_node) = (Member::connect(&kept).await, Member::connect(&kept).await);
    removed.proves(&group.place, &gate(1)).await.unwrap();
    steward_node.proves(&group.place, &gate(1)).await.unwrap();
    let next = group.grant(&kept, &gate(2), &steward(1));
    assert!(matches!(steward_node.asks(&Errand::Grant(next.into())).await, Some(Reply::Told(_))));
    let (newer, late) = (Member::connect(&kept).await, Member::connect(&kept).await);
    newer.proves(&group.place, &gate(2)).await.unwrap();
    assert_eq!(late.proves(&group.place, &gate(1)).await.unwrap().standing, Standing::Past);
    // What was opened for the one who is a member no more (relaying, being called back) ends with the connection.
    removed.outlasts().await;
    assert_eq!(kept.keeper.counters().outdated_closed.load(Ordering::Relaxed), 1);
    for node in [&steward_node, &newer, &late] {
        assert!(node.syncs(&Bag::default(), Scope::ControlOnly).await.is_ok());
    }
    let again = Member::connect(&kept).await;
    assert_eq!(again.proves(&group.place, &gate(1)).await.unwrap().standing, Standing::Past);
}

#[tokio::test]
async fn who_proved_what_is_good_for_nothing_any_more_is_sent_to_prove_something_else() {
    let (kept, group) = moved_on().await;
    let node = Member::connect(&kept).await;
    node.proves(&group.place, &gate(1)).await.unwrap();
    kept.time.pass(180 * DAY);
    assert!(node.syncs(&Bag::default(), Scope::ControlOnly).await.is_err());
    node.outlasts().await;
}

#[tokio::test]
async fn a_grant_holds_in_sessions_that_are_under_way() {
    let kept = Kept::start().await;
    let mut group = kept.claimed().await;
    let node = Member::connect(&kept).await;
    node.proves(&group.place, &gate(1)).await.unwrap();
    let hour = kept.time.now().hour();
    node.syncs(&Bag::of([&envelope(&gate(1), false, hour, 1)]), Scope::All).await.unwrap();
    let next = group.grant(&kept, &gate(2), &steward(1));
    Member::connect(&kept).await.grants(&next).await.unwrap();
    // The same connection, which proved what is past by now.
    let bag = Bag::default();
    node.syncs(&bag, Scope::All).await.unwrap();
    assert_eq!(bag.len(), 0);
    assert!(matches!(node.asks(&Errand::Meet(None)).await, Some(Reply::Refused(_))));
    // And proves the key of now.
    assert_eq!(node.proves(&group.place, &gate(2)).await.unwrap().standing, Standing::Member);
    node.syncs(&bag, Scope::All).await.unwrap();
    assert_eq!(bag.len(), 1);
}

#[tokio::test]
async fn a_connection_is_of_one_place_and_what_it_may_not_claim_stays_unclaimed() {
    let kept = Kept::start().await;
    let first = kept.claimed().await;
    let link = kept.enrol(64 << 20).await;
    let mut second = Group { place: link.place, number: 0, stewards: vec![steward(2)] };
    let grant = second.grant(&kept, &gate(3), &link.claim.signing());
    let node = Member::connect(&kept).await;
    node.proves(&first.place, &gate(1)).await.unwrap();
    assert_eq!(node.grants(&grant).await, Err(PlaceRefused::Unknown));
    assert_eq!(node.proves(&first.place, &gate(1)).await.unwrap().standing, Standing::Member);
    let other = Member::connect(&kept).await;
    assert_eq!(other.grants(&grant).await.unwrap().standing, Standing::Member);
    assert_eq!(node.proves(&second.place, &gate(3)).await, Err(PlaceRefused::Unknown));
}
