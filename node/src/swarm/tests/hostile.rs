//! Peers that do not keep to the rules: bounded, counted, and sent away, while others go on talking.

use std::task::Poll;

use futures::StreamExt as _;
use libp2p::gossipsub::{self, TopicHash};
use libp2p::swarm::{ConnectionId, SwarmEvent};
use libp2p::{Swarm, swarm::dial_opts::DialOpts};
use tokio::sync::oneshot;

use super::behaviour::{self, Behaviour, BehaviourEvent, PROOF};
use super::*;

/// A swarm like ours in the hands of somebody else, whose gate is open to all.
struct Stranger {
    swarm: Swarm<Behaviour>,
    connection: ConnectionId,
    peer: PeerId,
}

impl Stranger {
    async fn connect(node: &Node) -> Stranger {
        let keys = behaviour::keypair(&rand::random()).unwrap();
        let mut swarm = behaviour::swarm(&keys, None, false, false).unwrap();
        gossip::subscribe(&mut swarm.behaviour_mut().gossip.inner, &[TOPIC.to_owned()].into());
        swarm.dial(DialOpts::unknown_peer_id().address(node.quic()).build()).unwrap();
        let connection = async {
            loop {
                if let SwarmEvent::ConnectionEstablished { connection_id, .. } =
                    swarm.select_next_some().await
                {
                    return connection_id;
                }
            }
        };
        let connection = tokio::time::timeout(DEADLINE, connection).await.unwrap();
        swarm.behaviour_mut().gossip.open(node.id());
        Stranger { swarm, connection, peer: node.id() }
    }

    /// Asks for a stream and lets the swarm work until there is an answer.
    async fn open(&mut self, protocol: libp2p::StreamProtocol) -> Option<libp2p::Stream> {
        let (reply, mut stream) = oneshot::channel();
        self.swarm.behaviour_mut().streams.open(self.peer, self.connection, protocol, reply);
        loop {
            tokio::select! {
                stream = &mut stream => return stream.ok()?.ok(),
                _ = self.swarm.select_next_some() => {}
            }
        }
    }

    /// Runs until the other side has hung up; says what gossip told it meanwhile.
    async fn outlast(&mut self) -> Vec<gossipsub::Event> {
        let mut heard = Vec::new();
        let ended = async {
            loop {
                match self.swarm.select_next_some().await {
                    SwarmEvent::ConnectionClosed { .. } => return,
                    SwarmEvent::Behaviour(BehaviourEvent::Gossip(event)) => heard.push(event),
                    _ => {}
                }
            }
        };
        tokio::time::timeout(DEADLINE, ended).await.expect("the other side hangs up");
        heard
    }
}

#[tokio::test]
async fn a_stranger_learns_nothing_and_is_sent_away() {
    let (_, _, mut a, mut b) = two().await;
    // Even one who knows the topic's name.
    let mut stranger = Stranger::connect(&a).await;
    for kind in Kind::SERVED {
        let mut stream = stranger.open(kind.protocol()).await.unwrap();
        let silence = futures::future::poll_fn(|cx| {
            use futures::AsyncRead as _;
            while let Poll::Ready(Some(_)) = stranger.swarm.poll_next_unpin(cx) {}
            std::pin::Pin::new(&mut stream).poll_read(cx, &mut [0; 1])
        });
        let said = tokio::time::timeout(DEADLINE, silence).await.unwrap();
        assert!(!matches!(said, Ok(1..)), "a stranger's stream is closed without a word");
    }
    let topic = TopicHash::from_raw(TOPIC);
    let _ = stranger.swarm.behaviour_mut().gossip.inner.publish(topic, b"junk".to_vec());
    let between = Bytes::from_static(b"between us");
    let (heard, ()) = tokio::join!(stranger.outlast(), async {
        a.publish(&between).await;
        b.hears(&between).await;
    });
    assert!(heard.is_empty(), "{heard:?}");
    let counters = a.network.counters();
    assert_eq!(counters.streams_unproved.load(Ordering::Relaxed), Kind::SERVED.len() as u64);
    assert_eq!(counters.unproved_closed.load(Ordering::Relaxed), 1);
    assert_eq!(counters.gossip_in.load(Ordering::Relaxed), 0);
    assert_eq!(a.network.peers().len(), 1);
}

#[tokio::test]
async fn streams_without_end_end_the_connection() {
    let (_, _, mut a, mut b) = two().await;
    let mut stranger = Stranger::connect(&a).await;
    // Handshakes that are begun and left open, and streams that need a proof.
    let mut held = Vec::new();
    let flood = async {
        for n in 0.. {
            let protocol = if n % 2 == 0 { PROOF } else { Kind::Sync.protocol() };
            match stranger.open(protocol).await {
                Some(stream) => held.push(stream),
                None => return n,
            }
        }
        0
    };
    let opened = tokio::time::timeout(DEADLINE, flood).await.unwrap();
    assert!((1..200).contains(&opened), "{opened}");
    let still = Bytes::from_static(b"still talking");
    a.publish(&still).await;
    b.hears(&still).await;
}

#[tokio::test]
async fn a_member_has_no_more_streams_than_its_share() {
    let (_, _, mut a, b) = two().await;
    let mut held = Vec::new();
    while let Ok(stream) = b.network.open(a.id(), Kind::Sync).await {
        held.push(stream);
        assert!(held.len() < 100);
    }
    assert!(matches!(b.network.open(a.id(), Kind::Sync).await, Err(NetworkError::Busy)));
    // The other kind has places of its own, and those given back are free again.
    b.network.open(a.id(), Kind::Join).await.unwrap();
    let mut taken = Vec::new();
    a.until("the streams", |event| {
        if let Event::Stream { stream, kind: Kind::Sync, .. } = event {
            taken.push(stream);
        }
        (taken.len() == held.len()).then_some(())
    })
    .await;
    held.clear();
    taken.clear();
    b.network.open(a.id(), Kind::Sync).await.unwrap();
}

#[tokio::test]
async fn who_breaks_rules_is_left_alone_for_a_while_and_then_welcome() {
    let people = [Person::new(1), Person::new(2), Person::new(3)];
    let all: Vec<&Person> = people.iter().collect();
    let [mut a, mut b, mut c] = [0, 1, 2].map(|n| Node::start(people[n].roster(&all)));
    b.dial(&a).await;
    c.dial(&a).await;
    a.meets_member(b.id()).await;
    a.meets_member(c.id()).await;
    b.meets_member(a.id()).await;
    b.learns(&people[0], |_| true).await;
    a.network.blame(b.id()).await.unwrap();
    a.loses(b.id()).await;
    b.loses(a.id()).await;
    // He comes again and again, and under another PeerId, too.
    a.counts(|counters| &counters.banned_refused, 1).await;
    let word = Bytes::from_static(b"the others go on");
    c.publish(&word).await;
    a.hears(&word).await;
    a.meets_member(b.id()).await;
    assert_eq!(a.network.counters().bans.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_share_of_bytes_that_is_used_up_ends_streams_and_nothing_else() {
    use futures::{AsyncReadExt as _, AsyncWriteExt as _};
    let (_, _, mut a, mut b) = two().await;
    let mut pour = b.network.open(a.id(), Kind::Letter).await.unwrap();
    let mut takes = a
        .until("the stream", |event| match event {
            Event::Stream { kind: Kind::Letter, stream, .. } => Some(stream),
            _ => None,
        })
        .await;
    let pouring = async {
        let block = vec![7; 64 * 1024];
        let mut poured = 0_u64;
        while pour.write_all(&block).await.is_ok() {
            poured += block.len() as u64;
        }
        poured
    };
    let taking = async {
        let mut buffer = vec![0; 64 * 1024];
        while takes.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
    };
    let both = async { tokio::join!(pouring, taking) };
    let (poured, ()) = tokio::time::timeout(DEADLINE, both).await.unwrap();
    assert!((15 << 20..18 << 20).contains(&poured), "{poured}");
    assert!(matches!(b.network.open(a.id(), Kind::Letter).await, Err(NetworkError::Busy)));
    assert!(a.network.counters().streams_over_budget.load(Ordering::Relaxed) >= 1);
    // Other streams have shares of their own, and gossip goes on.
    b.network.open(a.id(), Kind::Sync).await.unwrap();
    let word = Bytes::from_static(b"still here");
    b.publish(&word).await;
    a.hears(&word).await;
}

#[tokio::test]
async fn two_who_are_alone_hear_each_other_again_after_a_flood_of_wrong_gossip() {
    let (_, _, mut a, mut b) = two().await;
    b.publish(&Bytes::from_static(b"first")).await;
    for n in 0..40_u32 {
        let junk = Bytes::from([b"junk".as_slice(), &n.to_be_bytes()].concat());
        b.publish_or_not(junk).await;
    }
    // Provably wrong: more of it is not listened to for some seconds.
    let mut tickets = Vec::new();
    a.until("the flood", |event| match event {
        Event::Gossip { bytes, ticket, .. } if bytes.starts_with(b"junk") => {
            tickets.push(ticket);
            (tickets.len() == 40).then_some(())
        }
        _ => None,
    })
    .await;
    tickets.into_iter().for_each(|ticket| ticket.answer(Verdict::Reject));
    let heard = async {
        loop {
            let word = [b"word".as_slice(), &rand::random::<[u8; 16]>()].concat();
            b.publish_or_not(word.into()).await;
            let heard = tokio::time::timeout(Duration::from_millis(200), a.events.recv()).await;
            if let Ok(Some(Event::Gossip { bytes, ticket, .. })) = heard {
                ticket.answer(Verdict::Accept);
                if bytes.starts_with(b"word") {
                    return;
                }
            }
        }
    };
    tokio::time::timeout(DEADLINE, heard).await.expect("no group of two falls silent for good");
    assert_eq!(a.network.peers().len(), 1, "and they never parted");
}

#[tokio::test]
async fn garbage_instead_of_a_proof_ends_the_connection() {
    use futures::AsyncWriteExt as _;
    let ana = Person::new(1);
    let a = Node::start(ana.roster(&[&ana]));
    let frame = |content: &[u8]| kith_protocol::frame::encode(content).unwrap();
    for junk in [vec![0xff; 4], frame(&[1, 2, 3]), frame(&[]), [frame(&[]), vec![9; 9]].concat()] {
        let mut stranger = Stranger::connect(&a).await;
        let mut stream = stranger.open(PROOF).await.unwrap();
        stream.write_all(&junk).await.unwrap();
        stream.flush().await.unwrap();
        stranger.outlast().await;
    }
    assert_eq!(a.network.counters().proofs_failed.load(Ordering::Relaxed), 4);
}

#[tokio::test]
async fn a_flood_of_gossip_leaves_the_others_heard() {
    let people = [Person::new(1), Person::new(2), Person::new(3)];
    let all: Vec<&Person> = people.iter().collect();
    let (mut a, mut b) = (Node::start(people[0].roster(&all)), Node::start(people[1].roster(&all)));
    let mut c = Start { queue: 16, ..Start::default() }.node(people[2].roster(&all));
    a.dial(&c).await;
    b.dial(&c).await;
    a.meets_member(c.id()).await;
    b.meets_member(c.id()).await;
    b.publish(&Bytes::from_static(b"first")).await;
    for n in 0..1_000_u32 {
        let mut bytes = n.to_be_bytes().to_vec();
        bytes.resize(1000, 7);
        a.publish_or_not(bytes.into()).await;
    }
    // Chi's cell read nothing all the while; what it could not take was dropped, not kept.
    c.counts(|counters| &counters.gossip_dropped, 1).await;
    let calm = Bytes::from_static(b"calm");
    let heard = async {
        loop {
            // What is dropped in the flood is healed by sync; here Ben simply says it again.
            let said = [calm.clone(), Bytes::from(rand::random::<[u8; 16]>().to_vec())].concat();
            b.publish_or_not(said.into()).await;
            while let Ok(event) = c.events.try_recv() {
                if matches!(event, Event::Gossip { bytes, .. } if bytes.starts_with(&calm)) {
                    return;
                }
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, heard).await.unwrap();
}

impl Node {
    /// Publishes; that queues are full, or nobody listens yet, is all right.
    async fn publish_or_not(&mut self, bytes: Bytes) {
        while self.events.try_recv().is_ok() {}
        self.network.publish(bytes).await.unwrap();
    }
}
