//! Who is let in, as what, and who is told that they are not.

use futures::{AsyncReadExt as _, AsyncWriteExt as _};
use kith_protocol::id::EntryId;
use kith_protocol::invite::InviteSecret;
use kith_protocol::proof::Refused;

use super::*;

#[tokio::test]
async fn somebody_removed_is_told_and_let_go() {
    let (ana, ben) = (Person::new(1), Person::new(2));
    let envelopes = vec![Bytes::from_static(b"the removal"), Bytes::from(vec![3; 20_000])];
    let mut roster = ana.roster(&[&ana]);
    roster.removed.insert(ben.key(), envelopes.clone());
    let a = Node::start(roster);
    let mut b = Node::start(ben.roster(&[&ana, &ben]));
    b.dial(&a).await;
    let told = b
        .until("the news", |event| match event {
            Event::Refused { peer, why } => {
                assert_eq!(peer, a.id());
                Some(why)
            }
            Event::Proved { .. } => panic!("not let in"),
            _ => None,
        })
        .await;
    assert_eq!(told, Refusal::Removed(envelopes));
    assert!(a.network.peers().is_empty());
}

#[tokio::test]
async fn somebody_removed_is_told_by_those_who_dial_them_too() {
    let (ana, ben) = (Person::new(1), Person::new(2));
    let mut roster = ana.roster(&[&ana]);
    roster.removed.insert(ben.key(), vec![Bytes::from_static(b"the removal")]);
    let a = Node::start(roster);
    let mut b = Node::start(ben.roster(&[&ana, &ben]));
    a.dial(&b).await;
    let why = b
        .until("the news", |event| match event {
            Event::Refused { why, .. } => Some(why),
            _ => None,
        })
        .await;
    assert_eq!(why, Refusal::Removed(vec![Bytes::from_static(b"the removal")]));
    assert!(a.network.peers().is_empty());
}

#[tokio::test]
async fn who_is_removed_while_connected_is_let_go_and_told() {
    let (ana, ben, mut a, mut b) = two().await;
    // Ben must be able to come back to hear why.
    b.learns(&ana, |_| true).await;
    a.change(|roster| {
        roster.members.remove(&ben.key());
        roster.removed.insert(ben.key(), vec![Bytes::from_static(b"the removal")]);
    });
    a.loses(b.id()).await;
    b.loses(a.id()).await;
    b.until("the news", |event| {
        matches!(event, Event::Refused { why: Refusal::Removed(_), .. }).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_member_we_have_not_heard_of_is_met_with_care_until_we_have() {
    let (ana, ben) = (Person::new(1), Person::new(2));
    let mut a = Node::start(ana.roster(&[&ana]));
    let mut b = Node::start(ben.roster(&[&ana, &ben]));
    b.dial(&a).await;
    let who = a.meets(b.id(), |_| true).await;
    assert_eq!(who, Who::Unknown { key: ben.key(), log: ben.log });
    b.meets_member(a.id()).await;
    // Control entries can be fetched over it, gossip cannot be heard.
    a.network.open(b.id(), Kind::Sync).await.unwrap();
    b.until("a stream", |event| {
        matches!(event, Event::Stream { kind: Kind::Sync, who: Who::Member { .. }, .. }).then_some(())
    })
    .await;
    assert_eq!(b.network.publish(Bytes::from_static(b"early")).await.unwrap(), Published::NoPeers);

    a.change(|roster| assert!(roster.members.insert(ben.key())));
    a.meets_member(b.id()).await;
    let now = Bytes::from_static(b"now");
    b.publish(&now).await;
    a.hears(&now).await;
}

#[tokio::test]
async fn two_who_have_not_heard_of_each_other_can_still_catch_up() {
    let (ana, ben) = (Person::new(1), Person::new(2));
    let mut a = Node::start(ana.roster(&[&ana]));
    let mut b = Node::start(ben.roster(&[&ben]));
    a.dial(&b).await;
    a.meets(b.id(), |who| matches!(who, Who::Unknown { .. })).await;
    b.meets(a.id(), |who| matches!(who, Who::Unknown { .. })).await;
    a.network.open(b.id(), Kind::Sync).await.unwrap();
    b.until("a stream", |event| {
        matches!(event, Event::Stream { who: Who::Unknown { .. }, .. }).then_some(())
    })
    .await;
}

fn invited(ana: &Person, secret: &InviteSecret, ended: Option<Refused>) -> (EntryId, Roster) {
    let entry = EntryId([6; 32]);
    let mut roster = ana.roster(&[ana]);
    roster.invites.insert(entry, Invited { key: secret.key(), ended });
    (entry, roster)
}

#[tokio::test]
async fn a_joiner_is_no_member_until_they_have_joined() {
    let (ana, ben) = (Person::new(1), Person::new(2));
    let secret = InviteSecret::from_bytes([4; 32]);
    let (entry, roster) = invited(&ana, &secret, None);
    let mut a = Node::start(roster);
    let mut b = Node::start(Roster::new(Me::Invite { entry, secret: secret.clone() }));
    b.dial(&a).await;
    let who = a.meets(b.id(), |_| true).await;
    assert_eq!(who, Who::Invite { entry, key: secret.key() });
    let host = b.meets(a.id(), |_| true).await;
    assert_eq!(host, Who::Unknown { key: ana.key(), log: ana.log });

    // A sync comes to Ana's cell as that of somebody invited, for it to decide; receipts are members' matter.
    let _sync = b.network.open(a.id(), Kind::Sync).await.unwrap();
    a.until("the sync", |event| {
        matches!(event, Event::Stream { kind: Kind::Sync, who: Who::Invite { .. }, .. }).then_some(())
    })
    .await;
    for (from, to) in [(&a, &b), (&b, &a)] {
        let refused = from.network.open(to.id(), Kind::Receipt).await;
        assert!(matches!(refused, Err(NetworkError::NotConnected)));
    }
    assert_eq!(b.network.publish(Bytes::from_static(b"early")).await.unwrap(), Published::NoPeers);

    let mut join = b.network.open(a.id(), Kind::Join).await.unwrap();
    join.write_all(b"let me in").await.unwrap();
    join.close().await.unwrap();
    let mut stream = a
        .until("the join", |event| match event {
            Event::Stream { kind: Kind::Join, stream, .. } => Some(stream),
            Event::Stream { .. } => panic!("not that"),
            _ => None,
        })
        .await;
    let mut said = Vec::new();
    tokio::time::timeout(DEADLINE, stream.read_to_end(&mut said)).await.unwrap().unwrap();
    assert_eq!(said, b"let me in");

    // Admitted, Ben proves his own key over the connection there is.
    a.change(|roster| {
        roster.members.insert(ben.key());
        roster.invites.values_mut().for_each(|invited| invited.ended = Some(Refused::Used));
    });
    b.roster.send_replace(Arc::new(ben.roster(&[&ana, &ben])));
    let who = a.meets(b.id(), |who| matches!(who, Who::Member { .. })).await;
    assert_eq!(who, Who::Member { key: ben.key(), log: ben.log });
    b.meets_member(a.id()).await;
    let hello = Bytes::from_static(b"hello everybody");
    b.publish(&hello).await;
    a.hears(&hello).await;
}

#[tokio::test]
async fn a_dead_invite_is_turned_away_with_the_reason() {
    let ana = Person::new(1);
    let secret = InviteSecret::from_bytes([4; 32]);
    for ended in [Refused::Revoked, Refused::Expired, Refused::Used, Refused::Full] {
        let (entry, roster) = invited(&ana, &secret, Some(ended));
        let a = Node::start(roster);
        let mut b = Node::start(Roster::new(Me::Invite { entry, secret: secret.clone() }));
        b.dial(&a).await;
        let why = b
            .until("the reason", |event| match event {
                Event::Refused { why, .. } => Some(why),
                _ => None,
            })
            .await;
        assert_eq!(why, Refusal::Refused(ended));
    }
}

#[tokio::test]
async fn several_connections_become_one() {
    let (ana, ben) = (Person::new(1), Person::new(2));
    let mut a = Node::start(ana.roster(&[&ana, &ben]));
    let mut b = Node::start(ben.roster(&[&ana, &ben]));
    // As links of two nodes, so that both are dialled at once.
    a.network.add_addresses(vec![vec![b.tcp()], vec![b.quic()]]).await.unwrap();
    a.meets_member(b.id()).await;
    b.meets_member(a.id()).await;
    a.counts(|counters| &counters.duplicates_closed, 1).await;
    a.sees(|peers| peers.get(&b.id()).is_some_and(|peer| peer.transport == Transport::Quic)).await;
    let still = Bytes::from_static(b"still here");
    a.publish(&still).await;
    b.hears(&still).await;
    assert_eq!(b.network.counters().duplicates_closed.load(Ordering::Relaxed), 0, "only one side decides");
}

#[tokio::test]
async fn a_device_that_comes_back_under_another_peer_id_replaces_itself() {
    let (ana, ben, mut a, old) = two().await;
    let mut new = Node::start(ben.roster(&[&ana, &ben]));
    new.dial(&a).await;
    a.meets_member(new.id()).await;
    new.meets_member(a.id()).await;
    a.sees(|peers| peers.keys().eq([&new.id()])).await;
    old.sees(|peers| peers.is_empty()).await;
}

#[tokio::test]
async fn nobody_talks_to_themselves() {
    let ana = Person::new(1);
    let a = Node::start(ana.roster(&[&ana]));
    a.network.add_addresses(vec![vec![a.quic(), a.tcp()]]).await.unwrap();
    // The same device under another PeerId: a copied home.
    let copy = Node::start(ana.roster(&[&ana]));
    copy.dial(&a).await;
    copy.counts(|counters| &counters.dials, 1).await;
    // Both addresses of the copy's link end at "that is me", so there is nothing left to dial.
    let mut peers = copy.network.peers.clone();
    let met = tokio::time::timeout(Duration::from_secs(5), peers.wait_for(|peers| !peers.is_empty())).await;
    assert!(met.is_err(), "no peer appears");
    assert!(copy.network.counters().dials.load(Ordering::Relaxed) <= 2);
    assert!(a.network.counters().dials.load(Ordering::Relaxed) <= 2);
    assert!(a.network.peers().is_empty());
}

#[tokio::test]
async fn another_group_is_nobody() {
    let (ana, eve) = (Person::new(1), Person::new(6));
    let a = Node::start(ana.roster(&[&ana, &eve]));
    let mut roster = eve.roster(&[&ana, &eve]);
    roster.secret = Some(EpochKey::from_bytes([2; 32]).control().group_secret());
    let e = Node::start(roster);
    e.dial(&a).await;
    e.counts(|counters| &counters.proofs_failed, 1).await;
    assert!(a.network.peers().is_empty());
    assert!(e.network.peers().is_empty());
}
