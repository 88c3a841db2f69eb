//! The network of one cell: one group, one swarm, one PeerId.
//!
//! Guarantees:
//! - Nothing of the group (envelopes, topics, addresses, streams) reaches a peer before it has proved, over
//!   both PeerIds and fresh nonces, that it holds a member's key and the group's secret, or a live invite.
//!   Connections that prove nothing are closed after [`PROVE_WITHIN`].
//! - Of several connections between the same two devices one stays.
//! - Members who met keep each other's addresses, signed by whom they belong to, and pass on those of third
//!   members; known addresses are dialled, with growing pauses, until the member behind them is connected.
//! - One task owns the swarm and never waits for the cell: gossip and streams the cell has no room for are
//!   dropped and counted, and the cell is told that it is [`Event::Dirty`].
//!
//! Refuses to say anything about content: bytes go in and out as they are, and every gossip waits for the
//! cell's verdict before it is passed on.

mod counters;
mod event;
mod roster;
mod stream;
mod tap;

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use kith_protocol::id::GroupId;
use libp2p_stream::Control;
use thiserror::Error;
use tokio::sync::{mpsc, oneshot, watch};
use zeroize::Zeroizing;

pub use self::counters::Counters;
pub use self::event::{Direction, Event, Refusal, Ticket, Verdict, Who};
pub use self::roster::{Me, Roster};
pub use self::stream::{Kind, Stream};
#[cfg(feature = "lab")]
pub use self::tap::Tap;
pub use libp2p::{Multiaddr, PeerId};

/// A connection that has not proved anything by then is closed.
pub const PROVE_WITHIN: Duration = Duration::from_secs(10);
/// Opening a stream takes at most this long.
pub const OPEN_WITHIN: Duration = Duration::from_secs(10);
/// [`Network::shutdown`] takes at most this long.
pub const SHUT_WITHIN: Duration = Duration::from_secs(5);

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
    /// The address book as last kept.
    pub book: Book,
    /// Sees what goes out.
    #[cfg(feature = "lab")]
    pub tap: Tap,
}

/// Members' addresses as they signed them.
#[derive(Clone, Debug, Default)]
pub struct Book {}

impl Book {
    /// Bytes for the cell to keep (sealed: they say who talks to whom).
    pub fn encode(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Reads what [`Book::encode`] wrote; what is damaged or not genuine is left out.
    pub fn decode(_bytes: &[u8], _group: &GroupId) -> Book {
        Book {}
    }
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
    counters: Arc<Counters>,
    streams: Control,
}

enum Command {
    Publish { bytes: Bytes, reply: oneshot::Sender<Result<Published, NetworkError>> },
    AddAddresses(Vec<Multiaddr>),
    Shutdown { done: oneshot::Sender<()> },
}

impl Network {
    /// Starts to listen and to dial. Runs on the current tokio runtime.
    ///
    /// # Errors
    /// [`NetworkError::PortTaken`] if a fixed port is in use, [`NetworkError::Listen`] if no address works,
    /// [`NetworkError::Setup`] if the transports cannot be made.
    pub fn start(
        _config: Config,
        _roster: watch::Receiver<Arc<Roster>>,
        _events: mpsc::Sender<Event>,
    ) -> Result<Network, NetworkError> {
        Err(NetworkError::Closed)
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

    /// Opens a stream with a connected peer that has proved enough for it.
    ///
    /// # Errors
    /// [`NetworkError::NotConnected`], [`NetworkError::Stream`].
    pub async fn open(&self, _peer: PeerId, _kind: Kind) -> Result<Stream, NetworkError> {
        self.commands.reserve().await.map_err(|_| NetworkError::Closed)?;
        Err(NetworkError::NotConnected)
    }

    /// Dials addresses that came with an invite link, until each has answered once or a member is connected.
    ///
    /// # Errors
    /// [`NetworkError::Closed`].
    pub async fn add_addresses(&self, addresses: Vec<Multiaddr>) -> Result<(), NetworkError> {
        self.send(Command::AddAddresses(addresses)).await
    }

    /// Proved peers, now.
    pub fn peers(&self) -> Arc<BTreeMap<PeerId, Peer>> {
        self.peers.borrow().clone()
    }

    /// The address book, now.
    pub fn book(&self) -> Arc<Book> {
        self.book.borrow().clone()
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
