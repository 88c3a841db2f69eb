//! Peers that do not keep to the rules: refused, counted, and sent away, while others are served.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::{AsyncReadExt as _, AsyncWriteExt as _};
use kith_protocol::id::PlaceId;
use kith_protocol::keeper::{Errand, PlaceProof, PlaceRefused, Reply, Standing};
use kith_protocol::limits;
use kith_protocol::proof::Nonce;
use kith_protocol::sync::Scope;
use tokio::time::timeout;

use super::super::behaviour::{ERRAND, PLACE};
use super::super::kit::{envelope, gate, sized};
use super::client::{Bag, Member};
use super::{DEADLINE, Kept};
use crate::swarm::{Kind, write_frame};
use crate::sync::Timeouts;

#[tokio::test]
async fn a_stranger_is_told_nothing_and_is_sent_away() {
    let kept = Kept::start().await;
    kept.claimed().await;
    let stranger = Member::connect(&kept).await;
    for protocol in [ERRAND, Kind::Sync.protocol()] {
        let mut stream = stranger.open(protocol).await.unwrap();
        let said = timeout(DEADLINE, stream.read(&mut [0; 1])).await.unwrap();
        assert!(!matches!(said, Ok(1..)), "closed without a word");
    }
    stranger.outlasts().await;
    let counters = kept.keeper.counters();
    assert_eq!(counters.streams_unproved.load(Ordering::Relaxed), 2);
    assert_eq!(counters.unproved_closed.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_proof_holds_for_one_key_one_place_and_one_connection() {
    let kept = Kept::start().await;
    let group = kept.claimed().await;
    let refused = async |place: PlaceId, key: u8| {
        let node = Member::connect(&kept).await;
        assert_eq!(node.proves(&place, &gate(key)).await, Err(PlaceRefused::Unknown));
        assert_eq!(node.asks(&Errand::Meet(None)).await, None, "nothing else is served");
    };
    refused(group.place, 9).await;
    refused(PlaceId([9; 16]), 1).await;
    // One that is enrolled and that nobody has claimed.
    refused(kept.enrol(1 << 20).await.place, 1).await;

    // A MAC of another key, under the right name.
    let node = Member::connect(&kept).await;
    let (stream, transcript) = node.greet(&group.place, Nonce([1; 32])).await.unwrap();
    let PlaceProof::Gate { mac, .. } = PlaceProof::gate(group.place, &transcript, &gate(9)) else {
        unreachable!()
    };
    let forged = PlaceProof::Gate { place: group.place, gate: gate(1).name(), mac };
    assert_eq!(node.says(stream, &forged).await, Some(Err(PlaceRefused::Unknown)));

    // A good one, said again on another stream with the same nonce of ours.
    let node = Member::connect(&kept).await;
    let (stream, transcript) = node.greet(&group.place, Nonce([1; 32])).await.unwrap();
    let proof = PlaceProof::gate(group.place, &transcript, &gate(1));
    assert!(node.says(stream, &proof).await.unwrap().is_ok());
    let (stream, _) = node.greet(&group.place, Nonce([1; 32])).await.unwrap();
    assert_eq!(node.says(stream, &proof).await, Some(Err(PlaceRefused::Unknown)));

    // Who has proved to be of one place does not go over to another.
    let other = kept.enrol(1 << 20).await;
    let mut second = super::Group { place: other.place, number: 0, stewards: vec![super::steward(2)] };
    let grant = second.grant(&kept, &gate(2), &other.claim.signing());
    let node = Member::connect(&kept).await;
    node.proves(&group.place, &gate(1)).await.unwrap();
    assert_eq!(
        node.asks(&Errand::Grant(grant.clone().into())).await,
        Some(Reply::Refused(PlaceRefused::Unknown))
    );
    assert_eq!(node.grants(&grant).await, Err(PlaceRefused::Unknown));
    assert!(matches!(node.asks(&Errand::Meet(None)).await, Some(Reply::Met(_))), "nor loses the first");
}

#[tokio::test]
async fn several_keys_may_be_shown_and_not_any_number() {
    let kept = Kept::start().await;
    let group = kept.claimed().await;
    let node = Member::connect(&kept).await;
    let refused = async || assert_eq!(node.proves(&group.place, &gate(9)).await, Err(PlaceRefused::Unknown));
    for _ in 1..limits::PLACE_TRIES {
        refused().await;
    }
    assert_eq!(node.proves(&group.place, &gate(1)).await.unwrap().standing, Standing::Member);
    for _ in 0..limits::PLACE_TRIES {
        refused().await;
    }
    node.outlasts().await;
}

#[tokio::test]
async fn what_is_too_long_or_makes_no_sense_ends_the_connection() {
    let kept = Kept::start().await;
    let group = kept.claimed().await;
    for said in
        [(limits::PROOF as u32 + 1).to_be_bytes().to_vec(), [&8_u32.to_be_bytes()[..], &[0xff; 8]].concat()]
    {
        let node = Member::connect(&kept).await;
        let mut stream = node.open(PLACE).await.unwrap();
        stream.write_all(&said).await.unwrap();
        stream.flush().await.unwrap();
        node.outlasts().await;
    }
    let node = Member::connect(&kept).await;
    let (mut stream, _) = node.greet(&group.place, Nonce([1; 32])).await.unwrap();
    stream.write_all(&(limits::PLACE_PROOF as u32 + 1).to_be_bytes()).await.unwrap();
    stream.flush().await.unwrap();
    node.outlasts().await;

    let node = Member::connect(&kept).await;
    node.proves(&group.place, &gate(1)).await.unwrap();
    let mut stream = node.open(ERRAND).await.unwrap();
    write_frame(&mut stream, &[0xff; 9]).await.unwrap();
    node.outlasts().await;

    let node = Member::connect(&kept).await;
    node.proves(&group.place, &gate(1)).await.unwrap();
    let mut stream = node.open(Kind::Sync.protocol()).await.unwrap();
    write_frame(&mut stream, &super::START.0.to_be_bytes()).await.unwrap();
    write_frame(&mut stream, &[0xff; 9]).await.unwrap();
    node.outlasts().await;
}

#[tokio::test]
async fn who_begins_too_much_is_sent_away() {
    let kept = Kept::start().await;
    let group = kept.claimed().await;
    let (flood, other) = (Member::connect(&kept).await, Member::connect(&kept).await);
    for node in [&flood, &other] {
        node.proves(&group.place, &gate(1)).await.unwrap();
    }
    let flooding = async {
        while flood.is_connected() {
            if let Some(stream) = flood.open(Kind::Sync.protocol()).await {
                drop(stream);
            }
        }
    };
    timeout(DEADLINE, flooding).await.expect("it ends");
    assert!(kept.keeper.counters().streams_over_limit.load(Ordering::Relaxed) > 0);
    let bag = Bag::of([&envelope(&gate(1), false, kept.time.now().hour(), 1)]);
    other.syncs(&bag, Scope::All).await.unwrap();
    assert_eq!(bag.acknowledged().len(), 1, "others are served");
}

#[tokio::test]
async fn who_says_nothing_holds_nothing_up() {
    let timeouts = Timeouts { idle: Duration::from_millis(200), ..Timeouts::default() };
    let kept = Kept::patient(timeouts).await;
    let group = kept.claimed().await;
    let node = Member::connect(&kept).await;
    node.proves(&group.place, &gate(1)).await.unwrap();
    let mut silent = node.open(Kind::Sync.protocol()).await.unwrap();
    write_frame(&mut silent, &super::START.0.to_be_bytes()).await.unwrap();
    let mut said = Vec::new();
    let ended = timeout(DEADLINE, silent.read_to_end(&mut said)).await;
    assert!(ended.is_ok(), "it is ended");
    assert_eq!(said.len(), kith_protocol::frame::on_wire(8), "the clock, and no more");
    assert!(node.is_connected());
    let bag = Bag::of([&envelope(&gate(1), false, kept.time.now().hour(), 1)]);
    node.syncs(&bag, Scope::All).await.unwrap();
    assert_eq!(bag.acknowledged().len(), 1);
}

#[tokio::test]
async fn what_is_refused_is_counted_and_not_asked_for_again() {
    let kept = Kept::start().await;
    let group = kept.claimed().await;
    let hour = kept.time.now().hour();
    let node = Member::connect(&kept).await;
    node.proves(&group.place, &gate(1)).await.unwrap();
    let mut brought: Vec<_> = (0..50).map(|serial| envelope(&gate(9), false, hour, serial)).collect();
    brought.push(envelope(&gate(1), false, hour, 1000));
    let mut early = hour;
    early.0 += 3;
    brought.push(envelope(&gate(1), true, early, 1001));
    let bag = Bag::of(&brought);
    let first = node.syncs(&bag, Scope::All).await.unwrap();
    assert_eq!(bag.acknowledged(), [brought[50].id()]);
    let second = node.syncs(&bag, Scope::All).await.unwrap();
    assert_eq!((first.sent, second.sent), (52, 1), "what was early is tried again");
    let counters = kept.keeper.counters();
    let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    assert_eq!(count(&counters.refused), 50);
    assert_eq!((count(&counters.refused_early), count(&counters.taken)), (2, 1));
    kept.time.pass(3_600_000);
    node.syncs(&bag, Scope::All).await.unwrap();
    assert_eq!(bag.acknowledged().len(), 2);

    // Somebody else's true one is taken, whatever one member brought before under its name.
    let whole = envelope(&gate(1), false, hour, 2000);
    let mut forged = whole.encode();
    forged[40] ^= 1;
    let bag = Bag::of([&kith_protocol::envelope::Envelope::decode(&forged).unwrap()]);
    node.syncs(&bag, Scope::All).await.unwrap();
    assert_eq!(bag.acknowledged().len(), 0);
    let other = Member::connect(&kept).await;
    other.proves(&group.place, &gate(1)).await.unwrap();
    let bag = Bag::of([&whole]);
    other.syncs(&bag, Scope::All).await.unwrap();
    assert_eq!(bag.acknowledged().len(), 1);
}

#[tokio::test]
async fn a_full_place_takes_no_more_and_gives_what_it_has() {
    let kept = Kept::start().await;
    let group = kept.claimed().await;
    let hour = kept.time.now().hour();
    let held: Vec<_> = (0..30).map(|serial| sized(&gate(1), false, hour, serial, 1064)).collect();
    let one = held[0].length() as u64;
    kept.keeper.set_quota(1, 10 * one).await.unwrap();
    let node = Member::connect(&kept).await;
    node.proves(&group.place, &gate(1)).await.unwrap();
    let bag = Bag::of(&held);
    node.syncs(&bag, Scope::All).await.unwrap();
    assert_eq!(bag.acknowledged().len(), 10);
    let shown = &kept.keeper.shown().await.unwrap()[0];
    assert_eq!((shown.used, shown.quota), (10 * one, 10 * one));
    let other = Member::connect(&kept).await;
    other.proves(&group.place, &gate(1)).await.unwrap();
    let bag = Bag::default();
    other.syncs(&bag, Scope::All).await.unwrap();
    assert_eq!(bag.len(), 10);
    kept.keeper.set_quota(1, 20 * one).await.unwrap();
    let bag = Bag::of(&held);
    other.syncs(&bag, Scope::All).await.unwrap();
    assert_eq!(kept.keeper.shown().await.unwrap()[0].used, 20 * one);
}
