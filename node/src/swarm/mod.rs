//! The network of one cell: one group, one swarm, one PeerId.
//!
//! Guarantees:
//! - Nothing of the group (envelopes, topics, addresses, streams) reaches a peer before it has proved, over
//!   both PeerIds and fresh nonces, that it holds a member's key and the group's secret, or a live invite.
//!   Connections that prove nothing are closed after [`PROVE_WITHIN`].
//! - Of several connections between the same two devices one stays.
//! - Members who met keep each other's addresses, signed by whom they belong to, and pass on those of third
//!   members; known addresses are dialled, with growing pauses, until the member behind them is connected.
//! - Nodes that routers keep apart meet through a relay of their own group, and connect directly where the routers can
//!   be talked into it.
//! - One task owns the swarm and never waits for the cell: gossip and streams the cell has no room for are
//!   dropped and counted, and the cell is told that it is [`Event::Dirty`].
//!
//! Refuses to say anything about content: bytes go in and out as they are, and every gossip waits for the
//! cell's verdict before it is passed on.

mod address;
mod behaviour;
mod book;
mod counters;
mod dial;
mod event;
mod exchange;
mod found;
mod gate;
mod gossip;
mod listen;
mod live;
mod meet;
mod outbox;
mod peers;
mod proof;
pub(crate) mod reach;
mod roster;
mod stream;
mod streams;
mod tap;
mod task;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use kith_protocol::id::GroupId;
use thiserror::Error;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use self::dial::Dialer;
use self::live::Live;
use self::outbox::Outbox;
use self::peers::Peers;
use self::reach::Reach;
use self::task::{Command, Inlets, Task};

pub use self::book::Book;
pub use self::counters::Counters;
pub use self::event::{Direction, Event, Refusal, Ticket, Verdict, Who};
pub use self::live::Frames;
pub use self::reach::{How, Reachability, Reachable, Relaying};
pub use self::roster::{Invited, Me, Roster};
pub use self::stream::{Kind, Stream};
pub(crate) use self::stream::{read_frame, write_frame};
#[cfg(feature = "lab")]
pub use self::tap::{Seen, Tap};
pub use libp2p::{Multiaddr, PeerId};

/// A connection that has not proved anything by then is closed.
pub const PROVE_WITHIN: Duration = Duration::from_secs(10);
/// Opening a stream takes at most this long.
pub const OPEN_WITHIN: Duration = Duration::from_secs(10);
/// [`Network::shutdown`] takes at most this long.
pub const SHUT_WITHIN: Duration = Duration::from_secs(5);

/// Commands waiting for the swarm's task; whoever sends more waits.
const COMMANDS: usize = 64;
/// Gossip that the cell has not answered yet; more is dropped and healed by sync.
const TICKETS: usize = 1024;

/// Which port to listen on, UDP and TCP alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// A random one.
    Any,
    /// The one of last time if it is free, else a random one.
    Kept(u16),
    /// This one or none: the person chose it.
    Fixed(u16),
}

/// What a network starts with.
pub struct Config {
    /// The group.
    pub group: GroupId,
    /// The Ed25519 secret behind the PeerId; unrelated to any other key.
    pub secret: Zeroizing<[u8; 32]>,
    /// Where to listen; empty means every interface, IPv4 and IPv6.
    pub listen: Vec<IpAddr>,
    /// Which port to listen on.
    pub port: Port,
    /// Addresses others are told first, such as a forwarded port's.
    pub announce: Vec<Multiaddr>,
    /// Whether to ask the router to let others through. It is not asked while listening on this machine alone.
    pub upnp: bool,
    /// Whether to relay for others of the group.
    pub relaying: Relaying,
    /// The address book as last kept.
    pub book: Book,
    /// Sees what goes out and comes in.
    #[cfg(feature = "lab")]
    pub tap: Tap,
}

/// Which transport a connection uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// QUIC over UDP.
    Quic,
    /// TCP with Noise and Yamux.
    Tcp,
}

/// A proved peer.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Whom it proved to be.
    pub who: Who,
    /// Where it is connected from or to.
    pub address: Multiaddr,
    /// Over what.
    pub transport: Transport,
    /// By which way.
    pub how: How,
    /// Which side dialled.
    pub direction: Direction,
    /// Since when it is connected.
    pub since: Instant,
}

/// What became of a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// It is on its way to so many peers.
    Sent {
        /// Connected members' nodes that listen to the topic.
        peers: usize,
    },
    /// Nobody listens now. Publishing again later is allowed; a sync does it anyway.
    NoPeers,
    /// Every queue is full; it must not be published again, a sync brings it.
    Congested,
}

/// Why the network would not.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// The port the person chose is in use.
    #[error("port {0} is in use by another program: choose another one, or stop that program")]
    PortTaken(u16),
    /// No address could be listened on.
    #[error("cannot listen on any address: {0}")]
    Listen(#[source] io::Error),
    /// The transport could not be set up.
    #[error("the network could not be set up: {0}")]
    Setup(String),
    /// The network has been shut down.
    #[error("the network has been shut down")]
    Closed,
    /// Larger than what may be gossiped.
    #[error("too large to be gossiped")]
    TooLarge,
    /// The peer is not connected, or has not proved enough for such a stream.
    #[error("that node is not connected")]
    NotConnected,
    /// Enough such streams are open with that peer.
    #[error("too much is under way with that node")]
    Busy,
    /// The peer did not open the stream in time, or refused it.
    #[error("that node did not open the stream: {0}")]
    Stream(#[source] io::Error),
}

/// A handle to the running network: cheap to clone. The last one dropped shuts it down.
#[derive(Clone)]
pub struct Network {
    commands: mpsc::Sender<Command>,
    peers: watch::Receiver<Arc<BTreeMap<PeerId, Peer>>>,
    book: watch::Receiver<Arc<Book>>,
    reach: watch::Receiver<Reachability>,
    counters: Arc<Counters>,
    me: PeerId,
    port: u16,
}

impl Network {
    /// Starts to listen and to dial. Runs on the current tokio runtime, without which it panics.
    ///
    /// # Errors
    /// [`NetworkError::PortTaken`] if a fixed port is in use, [`NetworkError::Listen`] if no address works,
    /// [`NetworkError::Setup`] if the transports cannot be made.
    pub fn start(
        config: Config,
        roster: watch::Receiver<Arc<Roster>>,
        events: mpsc::Sender<Event>,
    ) -> Result<Network, NetworkError> {
        let here = !config.listen.is_empty() && config.listen.iter().all(IpAddr::is_loopback);
        let mut swarm = behaviour::swarm(behaviour::keypair(&config.secret)?, config.upnp && !here)?;
        let port = listen::listen(&mut swarm, &config.listen, config.port)?;
        for address in config.announce.iter().filter(|address| address::parts(address).is_some()) {
            swarm.add_external_address(address.clone());
        }
        let book = Arc::new(config.book);
        let (commands, commands_in) = mpsc::channel(COMMANDS);
        let (answers, answers_in) = mpsc::channel(TICKETS);
        let (shown_peers, peers) = watch::channel(Arc::default());
        let (shown_book, shown) = watch::channel(book.clone());
        let (shown_reach, reach) = watch::channel(Reachability::default());
        let counters = Arc::new(Counters::default());
        let mut roster = roster;
        let task = Task {
            me: *swarm.local_peer_id(),
            swarm,
            group: config.group,
            port,
            listen: config.listen,
            announce: config.announce,
            told: Vec::new(),
            known_as: 0,
            look_at: None,
            #[cfg(feature = "lab")]
            tap: config.tap,
            #[cfg(not(feature = "lab"))]
            tap: tap::Tap,
            roster: roster.borrow_and_update().clone(),
            peers: Peers::default(),
            dialer: Dialer::default(),
            reach: Reach::new(config.relaying),
            live: Live::default(),
            book: (*book).clone(),
            outbox: Outbox::new(events.clone()),
            jobs: JoinSet::new(),
            counters: counters.clone(),
            answers,
            shown_peers,
            shown_book,
            shown_reach,
            wake: None,
            peers_changed: false,
            book_changed: false,
        };
        let me = task.me;
        tokio::spawn(task.run(Inlets { commands: commands_in, roster, answers: answers_in, events }));
        Ok(Network { commands, peers, book: shown, reach, counters, me, port })
    }

    /// This node's PeerId.
    pub fn peer_id(&self) -> PeerId {
        self.me
    }

    /// The port it listens on, UDP and TCP.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Sends an envelope to everybody connected who listens to the current topic.
    ///
    /// # Errors
    /// [`NetworkError::TooLarge`], [`NetworkError::Closed`].
    pub async fn publish(&self, bytes: Bytes) -> Result<Published, NetworkError> {
        let (reply, answer) = oneshot::channel();
        self.send(Command::Publish { bytes, reply }).await?;
        answer.await.map_err(|_| NetworkError::Closed)?
    }

    /// Begins to listen to the topic of a live session; none if this node takes part in too many of them. What is heard
    /// is kept nowhere; once the receiver is dropped nobody listens.
    ///
    /// # Errors
    /// [`NetworkError::Closed`].
    pub async fn enter(&self, topic: &str) -> Result<Option<Frames>, NetworkError> {
        let (reply, answer) = oneshot::channel();
        self.send(Command::Enter { topic: topic.to_owned(), reply }).await?;
        answer.await.map_err(|_| NetworkError::Closed)
    }

    /// Sends a frame to everybody connected who listens to the topic of a live session.
    ///
    /// # Errors
    /// [`NetworkError::Closed`].
    pub async fn say(&self, topic: &str, frame: Vec<u8>) -> Result<(), NetworkError> {
        self.send(Command::Say { topic: topic.to_owned(), frame }).await
    }

    /// Ends to listen to the topic of a live session.
    ///
    /// # Errors
    /// [`NetworkError::Closed`].
    pub async fn part(&self, topic: &str) -> Result<(), NetworkError> {
        self.send(Command::Part { topic: topic.to_owned() }).await
    }

    /// Opens a stream with a connected peer that has proved enough for it.
    ///
    /// # Errors
    /// [`NetworkError::NotConnected`], [`NetworkError::Busy`], [`NetworkError::Stream`].
    pub async fn open(&self, peer: PeerId, kind: Kind) -> Result<Stream, NetworkError> {
        let (reply, answer) = oneshot::channel();
        self.send(Command::Open { peer, kind, reply }).await?;
        let opening = answer.await.map_err(|_| NetworkError::Closed)??;
        let stream = tokio::time::timeout(OPEN_WITHIN, opening.stream)
            .await
            .map_err(|_| NetworkError::Stream(io::ErrorKind::TimedOut.into()))?
            .map_err(|_| NetworkError::NotConnected)?
            .map_err(NetworkError::Stream)?;
        Ok(Stream::new(stream, opening.tap, opening.slot))
    }

    /// Dials the addresses that an invite link gives, one list for each node it names, until a member is
    /// connected. Addresses other than plain QUIC and TCP, and such through a relay, are left out.
    ///
    /// # Errors
    /// [`NetworkError::Closed`].
    pub async fn add_addresses(&self, nodes: Vec<Vec<Multiaddr>>) -> Result<(), NetworkError> {
        self.send(Command::Dial(nodes)).await
    }

    /// Proved peers, now.
    pub fn peers(&self) -> Arc<BTreeMap<PeerId, Peer>> {
        self.peers.borrow().clone()
    }

    /// The address book, now.
    pub fn book(&self) -> Arc<Book> {
        self.book.borrow().clone()
    }

    /// What is known of our own place, now.
    pub fn reachability(&self) -> Reachability {
        *self.reach.borrow()
    }

    /// What was dropped, refused and closed so far.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Says goodbye to everybody and stops listening; returns when the sockets are closed, within
    /// [`SHUT_WITHIN`].
    pub async fn shutdown(&self) {
        let (done, finished) = oneshot::channel();
        if self.send(Command::Shutdown { done }).await.is_ok() {
            let _ = finished.await;
        }
    }

    async fn send(&self, command: Command) -> Result<(), NetworkError> {
        self.commands.send(command).await.map_err(|_| NetworkError::Closed)
    }
}
