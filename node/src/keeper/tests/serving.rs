//! What a group has a keeper for.

use kith_protocol::envelope::Envelope;
use kith_protocol::keeper::{Dropped, Errand, PlaceRefused, Reply, Standing};
use kith_protocol::limits;
use kith_protocol::sync::Scope;

use super::super::kit::{drop_secret, envelope, gate};
use super::client::{Bag, Member};
use super::{Kept, steward};

/// So many envelopes, every fifth of them control.
fn some(kept: &Kept, key: u8, serials: std::ops::Range<u32>) -> Vec<Envelope> {
    let hour = kept.time.now().hour();
    serials.map(|serial| envelope(&gate(key), serial % 5 == 0, hour, serial)).collect()
}

#[tokio::test]
async fn members_never_awake_together_have_everything() {
    let kept = Kept::start().await;
    let group = kept.claimed().await;
    let written = some(&kept, 1, 0..2500);
    let ana = Bag::of(&written);
    let node = Member::connect(&kept).await;
    let told = node.proves(&group.place, &gate(1)).await.unwrap();
    assert_eq!((told.standing, told.number, told.used), (Standing::Member, 1, 0));
    assert!(node.syncs(&ana, Scope::All).await.unwrap().complete);
    assert_eq!(ana.acknowledged().len(), written.len(), "all of it is said to be held");
    drop(node);

    // The keeper sleeps in between as well.
    let kept = kept.restart().await;
    let (node, ben) = (Member::over(&kept, true).await, Bag::default());
    let told = node.proves(&group.place, &gate(1)).await.unwrap();
    let bytes: usize = written.iter().map(Envelope::length).sum();
    assert_eq!(told.used, bytes as u64);
    assert!(node.syncs(&ben, Scope::All).await.unwrap().complete);
    assert_eq!(ben.len(), written.len());
    assert!(written.iter().all(|envelope| ben.get(&envelope.id()) == Some(envelope.encode())));
    let shown = kept.keeper.shown().await.unwrap();
    assert_eq!((shown[0].used, shown[0].last.as_deref()), (bytes as u64, Some("2026-11-22")));
}

#[tokio::test]
async fn who_is_connected_is_told_of_what_others_bring() {
    let kept = Kept::start().await;
    let group = kept.claimed().await;
    let (ana, ben, cleo) =
        (Member::connect(&kept).await, Member::connect(&kept).await, Member::over(&kept, true).await);
    for node in [&ana, &ben, &cleo] {
        node.proves(&group.place, &gate(1)).await.unwrap();
    }
    let (of_ana, of_ben, of_cleo) =
        (Bag::of(&some(&kept, 1, 0..10)), Bag::of(&some(&kept, 1, 10..13)), Bag::default());
    ana.syncs(&of_ana, Scope::All).await.unwrap();
    let (one, two) = tokio::join!(ben.is_told(&of_ben), cleo.is_told(&of_cleo));
    assert!(one.complete && two.complete);
    // What Ben had and nobody knew of came with it, and goes on.
    while of_ana.len() < 13 {
        ana.is_told(&of_ana).await;
    }
    while of_cleo.len() < 13 {
        cleo.is_told(&of_cleo).await;
    }
    assert_eq!((of_ana.len(), of_ben.len(), of_cleo.len()), (13, 13, 13));
}

#[tokio::test]
async fn a_payload_goes_when_its_author_shows_the_secret() {
    let kept = Kept::start().await;
    let group = kept.claimed().await;
    let written = some(&kept, 1, 0..20);
    let node = Member::connect(&kept).await;
    node.proves(&group.place, &gate(1)).await.unwrap();
    node.syncs(&Bag::of(&written), Scope::All).await.unwrap();
    let before = kept.keeper.shown().await.unwrap()[0].used;
    let drop = |serial: u32, secret: u32| {
        Errand::Drop(vec![Dropped::new(written[serial as usize].id(), drop_secret(secret))])
    };
    assert_eq!(node.asks(&drop(3, 4)).await, Some(Reply::Done), "not said whether there was anything to do");
    assert_eq!(kept.keeper.shown().await.unwrap()[0].used, before);
    assert_eq!(node.asks(&drop(3, 3)).await, Some(Reply::Done));
    let gone = written[3].length() - kith_protocol::envelope::Stub::LEN;
    assert_eq!(kept.keeper.shown().await.unwrap()[0].used, before - gone as u64);
    assert_eq!(node.asks(&drop(3, 3)).await, Some(Reply::Done));

    let kept = kept.restart().await;
    let (node, ben) = (Member::connect(&kept).await, Bag::default());
    node.proves(&group.place, &gate(1)).await.unwrap();
    node.syncs(&ben, Scope::All).await.unwrap();
    assert_eq!(ben.len(), 20, "its name stays");
    let stub = kith_protocol::envelope::Stub::of(&written[3]).unwrap();
    assert_eq!(ben.get(&written[3].id()), Some(stub.encode()));
    // Somebody who still has the whole of it has nothing to bring.
    let ana = Bag::of(&written);
    let outcome = node.syncs(&ana, Scope::All).await.unwrap();
    assert_eq!((outcome.sent, outcome.received), (0, 0));
}

#[tokio::test]
async fn members_find_each_other_by_meeting_points() {
    let kept = Kept::start().await;
    let group = kept.claimed().await;
    let (ana, ben) = (Member::connect(&kept).await, Member::connect(&kept).await);
    for node in [&ana, &ben] {
        node.proves(&group.place, &gate(1)).await.unwrap();
    }
    let point = |n: u8| vec![n; limits::MEETING];
    let meet = |point: Option<Vec<u8>>| Errand::Meet(point.map(Into::into));
    assert_eq!(ana.asks(&meet(Some(point(1)))).await, Some(Reply::Met(Vec::new())));
    assert_eq!(ben.asks(&meet(Some(point(2)))).await, Some(Reply::Met(vec![point(1).into()])));
    assert_eq!(ana.asks(&meet(Some(point(3)))).await, Some(Reply::Met(vec![point(2).into()])));
    drop(ana);
    assert_eq!(ben.asks(&meet(None)).await, Some(Reply::Met(vec![point(3).into()])), "for an hour more");
}

#[tokio::test]
async fn of_two_stewards_at_once_one_was_first() {
    let kept = Kept::start().await;
    let mut group = kept.claimed().await;
    group.stewards.push(steward(2));
    let second = group.grant(&kept, &gate(1), &steward(1));
    let (ana, ben) = (Member::connect(&kept).await, Member::connect(&kept).await);
    assert_eq!(ana.grants(&second).await.unwrap().number, 2);
    ben.proves(&group.place, &gate(1)).await.unwrap();
    let one = Errand::Grant(group.grant_numbered(&kept, 3, &gate(2), &steward(1)).into());
    let two = Errand::Grant(group.grant_numbered(&kept, 3, &gate(3), &steward(2)).into());
    let (one, two) = tokio::join!(ana.asks(&one), ben.asks(&two));
    let won = |reply: &Option<Reply>| matches!(reply, Some(Reply::Told(told)) if told.number == 3);
    let lost = |reply: &Option<Reply>| {
        matches!(reply, Some(Reply::Refused(PlaceRefused::Stale | PlaceRefused::Unknown)))
    };
    assert!(won(&one) && lost(&two) || won(&two) && lost(&one), "{one:?} {two:?}");
    // The first remains who they are on this connection, by the key that they granted.
    let winner = if won(&one) { &ana } else { &ben };
    assert_eq!(winner.asks(&Errand::Meet(None)).await, Some(Reply::Met(Vec::new())));
}

#[tokio::test]
async fn a_place_is_deleted_with_all_of_it() {
    let kept = Kept::start().await;
    let group = kept.claimed().await;
    let node = Member::connect(&kept).await;
    node.proves(&group.place, &gate(1)).await.unwrap();
    node.syncs(&Bag::of(&some(&kept, 1, 0..300)), Scope::All).await.unwrap();
    kept.keeper.forget(1).await.unwrap();
    node.outlasts().await;
    assert_eq!(kept.keeper.shown().await.unwrap(), []);
    let node = Member::connect(&kept).await;
    assert_eq!(node.proves(&group.place, &gate(1)).await, Err(PlaceRefused::Unknown));
    for bytes in super::places::files(kept.dir.path()) {
        for part in [gate(1).expose().as_slice(), group.place.as_ref(), &[0xab; 64]] {
            assert!(!bytes.windows(part.len()).any(|window| window == part), "something lies about");
        }
    }
    kept.enrol(1 << 20).await;
    assert_eq!(kept.keeper.shown().await.unwrap()[0].number, 2, "numbers are not used again");
}
