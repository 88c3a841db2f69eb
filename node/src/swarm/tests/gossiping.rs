//! What members say to each other once they have met.

use super::*;

#[tokio::test]
async fn members_hear_each_other_over_either_transport() {
    let (ana, ben) = (Person::new(1), Person::new(2));
    for transport in [Transport::Quic, Transport::Tcp] {
        let mut a = Node::start(ana.roster(&[&ana, &ben]));
        let mut b = Node::start(ben.roster(&[&ana, &ben]));
        let address = if transport == Transport::Quic { b.quic() } else { b.tcp() };
        a.network.add_addresses(vec![vec![address]]).await.unwrap();
        a.meets_member(b.id()).await;
        b.meets_member(a.id()).await;
        assert_eq!(a.network.peers()[&b.id()].transport, transport);
        assert_eq!(b.network.peers()[&a.id()].direction, Direction::Inbound);
        for (from, to) in [(0, 1), (1, 0)] {
            let nodes = [&mut a, &mut b];
            let bytes = Bytes::from(vec![from; 700]);
            let [a, b] = nodes;
            let (from, to) = if from < to { (a, b) } else { (b, a) };
            from.publish(&bytes).await;
            to.hears(&bytes).await;
        }
    }
}

#[tokio::test]
async fn what_is_accepted_is_passed_on_and_what_is_not_is_not() {
    let people = [Person::new(1), Person::new(2), Person::new(3)];
    let all: Vec<&Person> = people.iter().collect();
    let [mut a, mut b, mut c] = [0, 1, 2].map(|n| Node::start(people[n].roster(&all)));
    // Ana and Chi are kept apart, so that what reaches one from the other went through Ben.
    a.change(|roster| assert!(roster.members.remove(&people[2].key())));
    c.change(|roster| assert!(roster.members.remove(&people[0].key())));
    a.dial(&b).await;
    c.dial(&b).await;
    a.meets_member(b.id()).await;
    c.meets_member(b.id()).await;
    let mut listening = 0;
    b.until("two subscriptions", |event| {
        listening += u32::from(matches!(event, Event::Subscribed { .. }));
        (listening == 2).then_some(())
    })
    .await;

    let (bad, good) = (Bytes::from(vec![1; 300]), Bytes::from(vec![2; 300]));
    a.publish(&bad).await;
    b.until("the bad one", |event| match event {
        Event::Gossip { bytes, ticket, .. } if bytes == bad => {
            ticket.answer(Verdict::Reject);
            Some(())
        }
        _ => None,
    })
    .await;
    a.publish(&good).await;
    b.hears(&good).await;
    let first = c
        .until("what Ben passes on", |event| match event {
            Event::Gossip { bytes, .. } => Some(bytes),
            _ => None,
        })
        .await;
    assert_eq!(first, good);
}

#[tokio::test]
async fn topics_change_without_a_farewell() {
    let (_, _, mut a, mut b) = two().await;
    let before = Bytes::from_static(b"before");
    a.publish(&before).await;
    b.hears(&before).await;
    // One after the other, so that a subscription arrives at somebody who has not moved yet.
    for node in [&a, &b] {
        node.change(|roster| {
            roster.topics = ["fedcba9876543210".to_owned()].into();
            roster.publish = Some("fedcba9876543210".to_owned());
        });
        tokio::task::yield_now().await;
    }
    let after = Bytes::from_static(b"after");
    a.publish(&after).await;
    b.until("the new topic's first", |event| match event {
        Event::Gone { .. } => panic!("the connection was to stay"),
        Event::Gossip { bytes, .. } => (bytes == after).then_some(()),
        _ => None,
    })
    .await;
    let back = Bytes::from_static(b"back");
    b.publish(&back).await;
    a.until("the answer", |event| match event {
        Event::Gone { .. } => panic!("the connection was to stay"),
        Event::Gossip { bytes, .. } => (bytes == back).then_some(()),
        _ => None,
    })
    .await;
}

#[tokio::test]
async fn too_much_for_gossip_is_refused_and_nobody_is_said() {
    let ana = Person::new(1);
    let a = Node::start(ana.roster(&[&ana]));
    assert_eq!(a.network.publish(Bytes::from_static(b"?")).await.unwrap(), Published::NoPeers);
    let large = Bytes::from(vec![0; kith_protocol::limits::GOSSIP + 1]);
    assert!(matches!(a.network.publish(large).await, Err(NetworkError::TooLarge)));
    a.change(|roster| roster.publish = None);
    assert_eq!(a.network.publish(Bytes::from_static(b"?")).await.unwrap(), Published::NoPeers);
}

#[tokio::test]
async fn a_slow_cell_loses_gossip_and_knows_it() {
    let (ana, ben) = (Person::new(1), Person::new(2));
    let mut a = Node::start(ana.roster(&[&ana, &ben]));
    let mut b = Start { queue: 4, ..Start::default() }.node(ben.roster(&[&ana, &ben]));
    a.dial(&b).await;
    a.meets_member(b.id()).await;
    b.meets_member(a.id()).await;
    for n in 0..200_u32 {
        a.publish(&Bytes::from(n.to_be_bytes().to_vec())).await;
    }
    b.counts(|counters| &counters.gossip_dropped, 100).await;
    // It was never blocked: it still speaks, and says that it is behind.
    assert!(matches!(b.network.publish(Bytes::from_static(b"here")).await, Ok(Published::Sent { peers: 1 })));
    a.hears(&Bytes::from_static(b"here")).await;
    b.until("that it is dirty", |event| matches!(event, Event::Dirty).then_some(())).await;
}

#[cfg(feature = "lab")]
#[tokio::test]
async fn the_tap_sees_gossip_and_streams() {
    use futures::AsyncWriteExt as _;
    use std::sync::Mutex;

    let seen = Arc::new(Mutex::new(Vec::new()));
    let into = seen.clone();
    let (ana, ben) = (Person::new(1), Person::new(2));
    let (roster, rosters) = watch::channel(Arc::new(ana.roster(&[&ana, &ben])));
    let (send, events) = mpsc::channel(64);
    let config = Config {
        group: GROUP,
        secret: Zeroizing::new([5; 32]),
        listen: vec![HERE],
        port: Port::Any,
        announce: Vec::new(),
        proxy: None,
        lan: false,
        next: None,
        clock: crate::clock::Clock::system(),
        counters: Arc::default(),
        book: Book::default(),
        tap: Tap::new(move |seen| match seen {
            Seen::Sent(bytes) => into.lock().unwrap().extend_from_slice(bytes),
            Seen::Topic(topic) => into.lock().unwrap().extend_from_slice(topic.as_bytes()),
            Seen::Received(_) | Seen::Neighbour(_) | Seen::Identify(_) | Seen::Opened(_) => {}
        }),
    };
    let network = Network::start(config, rosters, send).unwrap();
    let mut a = Node { network, events, roster };
    let mut b = Node::start(ben.roster(&[&ana, &ben]));
    a.dial(&b).await;
    a.meets_member(b.id()).await;
    b.meets_member(a.id()).await;
    a.publish(&Bytes::from_static(b"canary in gossip")).await;
    let mut stream = a.network.open(b.id(), Kind::Sync).await.unwrap();
    stream.write_all(b"canary in a stream").await.unwrap();
    let seen = seen.lock().unwrap();
    for canary in [&b"canary in gossip"[..], b"canary in a stream", ana.key().as_bytes()] {
        assert!(seen.windows(canary.len()).any(|window| window == canary));
    }
}

#[tokio::test]
async fn a_live_session_is_heard_by_those_in_it_each_frame_as_often_as_it_is_sent() {
    let (_, _, a, b) = two().await;
    let topic = "c".repeat(64);
    let mut at_a = a.network.enter(&topic).await.unwrap().unwrap();
    let mut at_b = b.network.enter(&topic).await.unwrap().unwrap();
    // The subscriptions meet a moment later; until then nobody listens, which is no error.
    let meets = async {
        while at_b.try_recv().is_err() {
            a.network.say(&topic, b"anybody?".to_vec()).await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for _ in 0..2 {
            a.network.say(&topic, b"the same".to_vec()).await.unwrap();
        }
        let mut heard = 0;
        while heard < 2 {
            heard += u32::from(&*at_b.recv().await.unwrap() == b"the same");
        }
        b.network.say(&topic, b"an answer".to_vec()).await.unwrap();
        at_a.recv().await.unwrap()
    };
    assert_eq!(&*tokio::time::timeout(DEADLINE, meets).await.unwrap(), b"an answer");
}
