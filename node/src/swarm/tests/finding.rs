//! Finding each other: ports, restarts, and friends of friends.

use std::net::{TcpListener, UdpSocket};
use std::time::Instant;

use super::*;

#[tokio::test]
async fn a_taken_port_is_an_error_if_chosen_and_replaced_if_not() {
    let ana = Person::new(1);
    let held = TcpListener::bind((HERE, 0)).unwrap();
    let port = held.local_addr().unwrap().port();
    let fixed = Start { port: Port::Fixed(port), ..Start::default() }.try_node(ana.roster(&[&ana]));
    assert!(matches!(fixed, Err(NetworkError::PortTaken(taken)) if taken == port));

    let mut kept = Start { port: Port::Kept(port), ..Start::default() }.node(ana.roster(&[&ana]));
    let told = kept
        .until("an address", |event| match event {
            Event::Listening { port, addresses, .. } => Some((port, addresses)),
            _ => None,
        })
        .await;
    assert_ne!(told.0, port);
    assert_eq!(told.0, kept.network.port());
    assert!(told.1.contains(&kept.quic()) && told.1.contains(&kept.tcp()));

    // Another node is a reason too, though sockets of one program may share a port; UDP counts as well.
    let other =
        Start { port: Port::Fixed(kept.network.port()), ..Start::default() }.try_node(ana.roster(&[&ana]));
    assert!(matches!(other, Err(NetworkError::PortTaken(_))));
    let udp = UdpSocket::bind((HERE, 0)).unwrap();
    let port = udp.local_addr().unwrap().port();
    let other = Start { port: Port::Fixed(port), ..Start::default() }.try_node(ana.roster(&[&ana]));
    assert!(matches!(other, Err(NetworkError::PortTaken(_))));
}

#[tokio::test]
async fn the_end_is_orderly_and_frees_the_port() {
    let (ana, _, a, mut b) = two().await;
    let port = a.network.port();
    let begun = Instant::now();
    a.network.shutdown().await;
    assert!(begun.elapsed() <= SHUT_WITHIN);
    b.loses(a.id()).await;
    assert!(matches!(a.network.publish(Bytes::new()).await, Err(NetworkError::Closed)));
    Start { port: Port::Fixed(port), ..Start::default() }.node(ana.roster(&[&ana]));
}

#[tokio::test]
async fn friends_of_a_friend_find_each_other_when_she_is_gone() {
    let people = [Person::new(1), Person::new(2), Person::new(3)];
    let all: Vec<&Person> = people.iter().collect();
    let [mut a, b, mut c] = [0, 1, 2].map(|n| Node::start(people[n].roster(&all)));
    a.dial(&b).await;
    a.meets_member(b.id()).await;
    c.dial(&b).await;
    // Neither of them was told of the other by anybody but Ben, in whose book both are.
    a.meets_member(c.id()).await;
    c.meets_member(a.id()).await;
    b.network.shutdown().await;
    a.loses(b.id()).await;
    let here = Bytes::from_static(b"are you there?");
    a.publish(&here).await;
    c.hears(&here).await;
}

#[tokio::test]
async fn those_who_met_once_meet_again_from_their_books() {
    let people = [Person::new(1), Person::new(2), Person::new(3)];
    let all: Vec<&Person> = people.iter().collect();
    let [mut a, b, c] = [0, 1, 2].map(|n| Node::start(people[n].roster(&all)));
    a.dial(&b).await;
    a.meets_member(b.id()).await;
    c.dial(&b).await;
    a.meets_member(c.id()).await;
    let books = [&a, &c].map(|node| node.network.book().encode());
    let ports = [&a, &c].map(|node| node.network.port());
    for node in [&a, &b, &c] {
        node.network.shutdown().await;
    }
    // All gone; Ana and Chi return, Ben does not.
    let [mut a, mut c] = [0, 1].map(|n| {
        let book = Book::decode(&books[n], &GROUP);
        Start { port: Port::Kept(ports[n]), book, ..Start::default() }.node(people[2 * n].roster(&all))
    });
    a.meets_member(c.id()).await;
    c.meets_member(a.id()).await;
}

#[tokio::test]
async fn a_restart_on_the_same_port_is_found() {
    let (ana, ben, mut a, b) = two().await;
    a.learns(&ben, |_| true).await;
    let port = b.network.port();
    b.network.shutdown().await;
    a.loses(b.id()).await;
    // It has forgotten everything but its port, so it is Ana's node that has to come.
    let mut b = Start { port: Port::Kept(port), ..Start::default() }.node(ben.roster(&[&ana, &ben]));
    a.meets_member(b.id()).await;
    b.meets_member(a.id()).await;
}

#[tokio::test]
async fn a_restart_on_another_port_finds_and_tells_where_it_is_now() {
    let (ana, ben, mut a, b) = two().await;
    b.learns(&ana, |_| true).await;
    let (port, kept) = (b.network.port(), b.network.book().encode());
    b.network.shutdown().await;
    a.loses(b.id()).await;
    let _held = UdpSocket::bind((HERE, port)).unwrap();
    let book = Book::decode(&kept, &GROUP);
    let mut b = Start { port: Port::Kept(port), book, ..Start::default() }.node(ben.roster(&[&ana, &ben]));
    assert_ne!(b.network.port(), port);
    a.meets_member(b.id()).await;
    b.meets_member(a.id()).await;
    let now = b.quic().to_string();
    a.learns(&ben, |record| record.addresses.contains(&now)).await;
}

#[tokio::test]
async fn a_node_that_lost_its_book_is_believed_again() {
    let (ana, ben, a, b) = two().await;
    let first = b.quic().to_string();
    a.learns(&ben, |record| record.addresses.contains(&first)).await;
    b.network.shutdown().await;
    // Its new record begins to count at one, which is not newer than what Ana has, until it hears of that.
    let b = Node::start(ben.roster(&[&ana, &ben]));
    b.dial(&a).await;
    let second = b.quic().to_string();
    a.learns(&ben, |record| record.addresses.contains(&second)).await;
}

#[tokio::test]
async fn a_whole_group_finds_itself_through_one_of_them() {
    let people: Vec<Person> = (1..=8).map(Person::new).collect();
    let all: Vec<&Person> = people.iter().collect();
    let mut nodes: Vec<Node> = people.iter().map(|person| Node::start(person.roster(&all))).collect();
    let (first, rest) = nodes.split_first().unwrap();
    for node in rest {
        node.dial(first).await;
    }
    for node in &nodes {
        node.sees(|peers| peers.len() == people.len() - 1).await;
    }
    // They dialled each other from both sides at once; giving up the connections too many parts nobody.
    for (number, node) in nodes.iter_mut().enumerate() {
        node.publish(&Bytes::from(vec![u8::try_from(number).unwrap(); 40])).await;
    }
    for node in &mut nodes {
        let mut heard = std::collections::BTreeSet::new();
        node.until("everybody's word", |event| match event {
            Event::Gone { .. } => panic!("nobody left"),
            Event::Gossip { bytes, ticket, .. } => {
                ticket.answer(Verdict::Accept);
                heard.insert(bytes[0]);
                (heard.len() == people.len() - 1).then_some(())
            }
            _ => None,
        })
        .await;
    }
    let dials: u64 = nodes.iter().map(|node| node.network.counters().dials.load(Ordering::Relaxed)).sum();
    assert!(dials < 200, "{dials} dials for 28 pairs");
}
