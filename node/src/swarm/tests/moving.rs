//! Going on at another place: others know it beforehand, are taken along, and find it later.

use super::*;

/// A place to come, and the secret of its PeerId.
fn place() -> ([u8; 32], Next) {
    let secret: [u8; 32] = rand::random();
    let port = free_port(&[HERE], |_| false).unwrap();
    (secret, Next { peer: peer_of(&secret).unwrap(), port })
}

fn at(port: u16) -> impl Fn(&AddressRecord) -> bool {
    let quic = Multiaddr::from(HERE).with(Protocol::Udp(port)).with(Protocol::QuicV1).to_string();
    move |record| record.addresses.contains(&quic)
}

/// Goes on where it was foretold.
fn there(node: &Node, secret: [u8; 32], next: Next, roster: Roster) -> Node {
    let book = (*node.network.book()).clone();
    Start { port: Port::Fixed(next.port), peer: secret, book, ..Start::default() }.node(roster)
}

#[tokio::test]
async fn who_is_connected_is_taken_along() {
    let (ana, ben) = (Person::new(1), Person::new(2));
    let (secret, next) = place();
    let mut a = Node::start(ana.roster(&[&ana, &ben]));
    let mut b = Start { next: Some(next), ..Start::default() }.node(ben.roster(&[&ana, &ben]));
    a.dial(&b).await;
    a.meets_member(b.id()).await;
    b.meets_member(a.id()).await;
    a.learns(&ben, at(next.port)).await;
    assert!(
        at(b.network.port())(a.network.book().record(&ben.key(), &ben.log).unwrap()),
        "and where he is now"
    );
    let me = Some((ben.key(), ben.log));
    let mut book = b.network.book.clone();
    let later = || crate::clock::Clock::system().now().plus(60_000);
    let known =
        book.wait_for(|book| !book.is_empty() && book.all_know(next.port, me, later()) && book.len() == 2);
    assert!(tokio::time::timeout(DEADLINE, known).await.is_ok_and(|known| known.is_ok()));
    assert!(!b.network.book().all_know(next.port.wrapping_add(1), me, later()), "not of any other place");

    let mut new = there(&b, secret, next, ben.roster(&[&ana, &ben]));
    assert_eq!(new.id(), next.peer);
    new.network.settled((ben.key(), ben.log)).await.unwrap();
    b.network.leave(&new.network, (ben.key(), ben.log)).await.unwrap();
    a.learns(&ben, |record| !at(b.network.port())(record)).await;
    b.network.shutdown().await;
    new.meets_member(a.id()).await;
    a.sees(|peers| peers.keys().eq([&new.id()])).await;
    let word = Bytes::from_static(b"here I am");
    new.publish(&word).await;
    a.hears(&word).await;
}

#[tokio::test]
async fn who_was_away_finds_the_next_place_by_herself() {
    let (ana, ben) = (Person::new(1), Person::new(2));
    let (secret, next) = place();
    let a = Node::start(ana.roster(&[&ana, &ben]));
    let mut b = Start { next: Some(next), ..Start::default() }.node(ben.roster(&[&ana, &ben]));
    a.dial(&b).await;
    b.meets_member(a.id()).await;
    a.learns(&ben, at(next.port)).await;
    let kept = a.network.book().encode();
    a.network.shutdown().await;
    b.loses(a.id()).await;
    // While she is away he moves; her own place is another one, too, when she comes back.
    let mut new = there(&b, secret, next, ben.roster(&[&ana, &ben]));
    b.network.leave(&new.network, (ben.key(), ben.log)).await.unwrap();
    b.network.shutdown().await;
    let book = Book::decode(&kept, &GROUP);
    let mut a = Start { book, ..Start::default() }.node(ana.roster(&[&ana, &ben]));
    a.meets_member(new.id()).await;
    new.meets_member(a.id()).await;
}

#[tokio::test]
async fn another_place_to_come_is_told_anew() {
    let (ana, ben) = (Person::new(1), Person::new(2));
    let (one, other) = (place().1, place().1);
    let mut a = Node::start(ana.roster(&[&ana, &ben]));
    let b = Start { next: Some(one), ..Start::default() }.node(ben.roster(&[&ana, &ben]));
    a.dial(&b).await;
    a.meets_member(b.id()).await;
    a.learns(&ben, at(one.port)).await;
    b.network.foretell(other).await.unwrap();
    a.learns(&ben, |record| at(other.port)(record) && !at(one.port)(record)).await;
}
