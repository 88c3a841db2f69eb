//! Real swarms on loopback. Every wait is for an event or a state, with a deadline.

mod finding;
mod gossiping;
mod hostile;
mod meeting;
mod moving;
pub(crate) mod proxied;
mod reaching;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use ed25519_dalek::SigningKey;
use kith_protocol::address::AddressRecord;
use kith_protocol::epoch::{EpochKey, GroupSecret};
use kith_protocol::id::{GroupId, LogId, MemberKey};
use libp2p::multiaddr::Protocol;
use tokio::sync::{mpsc, watch};
use zeroize::Zeroizing;

use super::*;

const GROUP: GroupId = GroupId([9; 32]);
const TOPIC: &str = "0123456789abcdef";
/// No wait takes longer than this.
const DEADLINE: Duration = Duration::from_secs(40);
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn secret() -> GroupSecret {
    EpochKey::from_bytes([1; 32]).control().group_secret()
}

/// Somebody with one device.
#[derive(Clone)]
struct Person {
    signing: Arc<SigningKey>,
    log: LogId,
}

impl Person {
    fn new(number: u8) -> Person {
        Person { signing: Arc::new(SigningKey::from_bytes(&[number; 32])), log: LogId([number; 8]) }
    }

    fn key(&self) -> MemberKey {
        MemberKey(self.signing.verifying_key().to_bytes())
    }

    fn me(&self) -> Me {
        Me::Member { key: self.key(), signing: self.signing.clone(), log: self.log }
    }

    /// What this person's node knows of a group of `members`.
    fn roster(&self, members: &[&Person]) -> Roster {
        Roster {
            secret: Some(secret()),
            members: members.iter().map(|member| member.key()).collect(),
            topics: [TOPIC.to_owned()].into(),
            publish: Some(TOPIC.to_owned()),
            ..Roster::new(self.me())
        }
    }
}

struct Node {
    network: Network,
    events: mpsc::Receiver<Event>,
    roster: watch::Sender<Arc<Roster>>,
}

/// How a node of a test starts.
struct Start {
    port: Port,
    peer: [u8; 32],
    proxy: Option<Proxy>,
    announce: Vec<Multiaddr>,
    next: Option<Next>,
    book: Book,
    queue: usize,
}

impl Default for Start {
    fn default() -> Start {
        Start {
            port: Port::Any,
            peer: rand::random(),
            proxy: None,
            announce: Vec::new(),
            next: None,
            book: Book::default(),
            queue: 1024,
        }
    }
}

impl Start {
    fn node(self, roster: Roster) -> Node {
        self.try_node(roster).unwrap()
    }

    fn try_node(self, roster: Roster) -> Result<Node, NetworkError> {
        let (roster, rosters) = watch::channel(Arc::new(roster));
        let (send, events) = mpsc::channel(self.queue);
        let config = Config {
            group: GROUP,
            secret: Zeroizing::new(self.peer),
            listen: vec![HERE],
            port: self.port,
            announce: self.announce,
            proxy: self.proxy,
            lan: false,
            upnp: false,
            relaying: Relaying::default(),
            next: self.next,
            clock: crate::clock::Clock::system(),
            counters: Arc::default(),
            book: self.book,
            #[cfg(feature = "lab")]
            tap: Tap::default(),
        };
        Ok(Node { network: Network::start(config, rosters, send)?, events, roster })
    }
}

impl Node {
    fn start(roster: Roster) -> Node {
        Start::default().node(roster)
    }

    fn id(&self) -> PeerId {
        self.network.peer_id()
    }

    fn quic(&self) -> Multiaddr {
        Multiaddr::from(HERE).with(Protocol::Udp(self.network.port())).with(Protocol::QuicV1)
    }

    fn tcp(&self) -> Multiaddr {
        Multiaddr::from(HERE).with(Protocol::Tcp(self.network.port()))
    }

    /// Dials another node as if from a link.
    async fn dial(&self, other: &Node) {
        self.network.add_addresses(vec![vec![other.quic(), other.tcp()]]).await.unwrap();
    }

    /// Passes over events until one gives something.
    async fn until<T>(&mut self, what: &str, mut wanted: impl FnMut(Event) -> Option<T>) -> T {
        let found = async {
            loop {
                let event = self.events.recv().await.expect("the network runs");
                if let Some(found) = wanted(event) {
                    return found;
                }
            }
        };
        match tokio::time::timeout(DEADLINE, found).await {
            Ok(found) => found,
            Err(_) => panic!("in vain: {what}; {:?}", self.network.counters().all()),
        }
    }

    /// Waits until a peer has proved to be somebody.
    async fn meets(&mut self, peer: PeerId, as_whom: fn(&Who) -> bool) -> Who {
        self.until("a proof", |event| match event {
            Event::Proved { peer: other, who, control_only, .. } if other == peer && as_whom(&who) => {
                assert_eq!(control_only, who.control_only());
                Some(who)
            }
            _ => None,
        })
        .await
    }

    async fn meets_member(&mut self, peer: PeerId) {
        self.meets(peer, |who| matches!(who, Who::Member { .. })).await;
    }

    async fn loses(&mut self, peer: PeerId) {
        self.until("a farewell", |event| {
            matches!(event, Event::Gone { peer: other } if other == peer).then_some(())
        })
        .await;
    }

    /// Publishes until somebody is listening: a subscription may arrive a moment after a proof.
    async fn publish(&mut self, bytes: &Bytes) {
        if let Published::Sent { peers } = self.network.publish(bytes.clone()).await.unwrap() {
            assert!(peers > 0);
            return;
        }
        self.until("a subscription", |event| matches!(event, Event::Subscribed { .. }).then_some(())).await;
        assert!(matches!(self.network.publish(bytes.clone()).await.unwrap(), Published::Sent { peers: 1.. }));
    }

    async fn hears(&mut self, expected: &Bytes) {
        self.until("a gossip", |event| match event {
            Event::Gossip { bytes, ticket, .. } => {
                ticket.answer(Verdict::Accept);
                (bytes == *expected).then_some(())
            }
            _ => None,
        })
        .await;
    }

    /// Waits until the peers shown are as wanted.
    async fn sees(&self, wanted: impl Fn(&BTreeMap<PeerId, Peer>) -> bool) {
        let mut peers = self.network.peers.clone();
        let seen = tokio::time::timeout(DEADLINE, peers.wait_for(|peers| wanted(peers))).await;
        assert!(seen.is_ok(), "in vain; {:?}", self.network.counters().all());
    }

    /// Waits until the book has a certain record of somebody.
    async fn learns(&self, whom: &Person, wanted: impl Fn(&AddressRecord) -> bool) {
        let mut book = self.network.book.clone();
        let learnt = book.wait_for(|book| book.record(&whom.key(), &whom.log).is_some_and(&wanted));
        let learnt = tokio::time::timeout(DEADLINE, learnt).await;
        assert!(learnt.is_ok_and(|book| book.is_ok()), "in vain; {:?}", self.network.counters().all());
    }

    /// Waits until a counter has come so far. Counters make no events, so this looks again and again.
    async fn counts(&self, counter: fn(&Counters) -> &AtomicU64, least: u64) {
        let reached = async {
            let mut looks = tokio::time::interval(Duration::from_millis(5));
            while counter(self.network.counters()).load(Ordering::Relaxed) < least {
                looks.tick().await;
            }
        };
        let reached = tokio::time::timeout(DEADLINE, reached).await;
        assert!(reached.is_ok(), "in vain; {:?}", self.network.counters().all());
    }

    fn change(&self, change: impl FnOnce(&mut Roster)) {
        self.roster.send_modify(|roster| change(Arc::make_mut(roster)));
    }
}

/// Two members who have met.
async fn two() -> (Person, Person, Node, Node) {
    let (ana, ben) = (Person::new(1), Person::new(2));
    let mut a = Node::start(ana.roster(&[&ana, &ben]));
    let mut b = Node::start(ben.roster(&[&ana, &ben]));
    a.dial(&b).await;
    a.meets_member(b.id()).await;
    b.meets_member(a.id()).await;
    (ana, ben, a, b)
}
