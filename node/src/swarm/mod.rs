//! The network of one cell: one group, one swarm, one PeerId.
//!
//! Guarantees:
//! - Nothing of the group (envelopes, topics, addresses, streams) reaches a peer before it has proved, over
//!   both PeerIds and fresh nonces, that it holds a member's key and the group's secret, or a live invite.
//!   Connections that prove nothing are closed after [`PROVE_WITHIN`].
//! - Of several connections between the same two devices one stays.
//! - Members who met keep each other's addresses, signed by whom they belong to, and pass on those of third
//!   members; known addresses are dialled, with growing pauses, until the member behind them is connected.
//! - With a proxy that is the only way ([`Proxy::only`]) nothing leaves this machine but to the proxy: no UDP, no lookup of
//!   names, and nobody is told an address other than an onion service's. Without the proxy nothing leaves at all.
//! - No peer has more than its share of streams and bytes ([`NetworkError::Busy`]); a member's device that breaks rules is
//!   left alone for a while that grows, and ends.
//! - Nodes that routers keep apart meet through a relay of their own group, and connect directly where the routers can
//!   be talked into it.
//! - One task owns the swarm and never waits for the cell: gossip and streams the cell has no room for are
//!   dropped and counted, and the cell is told that it is [`Event::Dirty`].
//!
//! Refuses to say anything about content: bytes go in and out as they are, and every gossip waits for the
//! cell's verdict before it is passed on.

mod address;
mod bans;
mod behaviour;
mod book;
mod budget;
mod config;
mod counters;
mod dial;
mod event;
mod exchange;
mod found;
pub(crate) mod gate;
mod gossip;
mod keepers;
mod lan;
pub(crate) mod listen;
mod live;
mod meet;
pub(crate) mod names;
mod next;
mod outbox;
mod peers;
mod proof;
mod proxy;
pub(crate) mod reach;
mod roster;
mod socks;
mod stream;
pub(crate) mod streams;
mod talk;
mod tap;
mod task;
#[cfg(test)]
pub(crate) mod tests;
mod transport;

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use kith_protocol::address::AddressRecord;
use kith_protocol::id::{LogId, MemberKey, PlaceId};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use self::bans::Bans;
use self::budget::Budgets;
use self::dial::Dialer;
use self::live::Live;
use self::names::Names;
use self::outbox::Outbox;
use self::peers::Peers;
use self::reach::Reach;
use self::task::{Command, Inlets, Task};

pub(crate) use self::address::{Out, at_home, bare, host, is_near, is_onion};
pub(crate) use self::behaviour::{ABOUT, keypair};
pub use self::book::Book;
pub use self::config::{Config, Port};
pub use self::counters::Counters;
pub(crate) use self::counters::counters;
pub use self::event::{Direction, Event, Refusal, Ticket, Verdict, Who};
pub use self::live::Frames;
pub use self::next::Next;
pub(crate) use self::proxy::Way;
pub use self::proxy::{Proxy, ProxyState};
pub use self::reach::{How, Reachability, Reachable, Relaying};
pub use self::roster::{Invited, Keeper, Me, PlaceKey, Roster};
pub use self::stream::{Kind, Stream};
pub(crate) use self::stream::{Slots, read_frame, write_frame};
#[cfg(not(feature = "lab"))]
pub(crate) use self::tap::Tap;
#[cfg(feature = "lab")]
pub use self::tap::{Seen, Tap};
pub(crate) use self::transport::without_circuits;
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

/// Draws a port that nobody holds on these addresses now, other than some. None: every one that was tried is held.
pub(crate) fn free_port(listen: &[IpAddr], not: impl Fn(u16) -> bool) -> Option<u16> {
    listen::draw(listen, not)
}

/// Whether nobody holds a port on these addresses now.
pub(crate) fn is_free(listen: &[IpAddr], port: u16) -> bool {
    listen::all_free(listen, port)
}

/// The PeerId behind a secret.
///
/// # Errors
/// [`NetworkError::Setup`] if it is none.
pub(crate) fn peer_of(secret: &[u8; 32]) -> Result<PeerId, NetworkError> {
    Ok(behaviour::keypair(secret)?.public().to_peer_id())
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
    /// Enough such streams are open with that peer, or its share of bytes for them is used up.
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
    proxy: Option<(Proxy, watch::Receiver<ProxyState>)>,
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
        let (out, way) = (Out::of(config.proxy), config.proxy.map(Way::new));
        let here = !config.listen.is_empty() && config.listen.iter().all(IpAddr::is_loopback);
        let keys = behaviour::keypair(&config.secret)?;
        let mut swarm = behaviour::swarm(&keys, way.as_ref(), config.lan, config.upnp && !here)?;
        let port = listen::listen(&mut swarm, &config.listen, config.port, out)?;
        let outside = |address: &&Multiaddr| out.tells(address) && address::parts(address).is_some();
        for address in config.announce.iter().filter(outside) {
            swarm.add_external_address(address.clone());
        }
        let proxy = way.as_ref().map(|way| (way.proxy, way.state()));
        let book = Arc::new(config.book);
        let (commands, commands_in) = mpsc::channel(COMMANDS);
        let (answers, answers_in) = mpsc::channel(TICKETS);
        let (shown_peers, peers) = watch::channel(Arc::default());
        let (shown_book, shown) = watch::channel(book.clone());
        let (shown_reach, reach) = watch::channel(Reachability::default());
        let counters = config.counters;
        let mut roster = roster;
        let task = Task {
            me: *swarm.local_peer_id(),
            swarm,
            group: config.group,
            port,
            next: config.next,
            leaving: None,
            clock: config.clock,
            listen: config.listen,
            announce: config.announce,
            out,
            way,
            listening: false,
            told: Vec::new(),
            known_as: 0,
            look_at: None,
            #[cfg(feature = "lab")]
            tap: config.tap,
            #[cfg(not(feature = "lab"))]
            tap: tap::Tap,
            roster: roster.borrow_and_update().clone(),
            keepers_at: BTreeMap::new(),
            peers: Peers::default(),
            dialer: Dialer::new(out),
            names: Names::default(),
            links: Vec::new(),
            bans: Bans::default(),
            budgets: Budgets::default(),
            reach: Reach::new(if out == Out::Proxied { Relaying::Never } else { config.relaying }, here),
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
        Ok(Network { commands, peers, book: shown, reach, counters, proxy, me, port })
    }

    /// This node's PeerId.
    pub fn peer_id(&self) -> PeerId {
        self.me
    }

    /// The port it listens on, UDP and TCP.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The proxy it goes through, if it has one, and whether that is there.
    pub fn proxy(&self) -> Option<(Proxy, ProxyState)> {
        self.proxy.as_ref().map(|(proxy, state)| (*proxy, *state.borrow()))
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
        Ok(Stream::new(stream, opening.tap, opening.slot, Some(opening.meter)))
    }

    /// Dials the addresses that an invite link gives, one list for each node it names, until a member is
    /// connected. Addresses to which no way leads from here are left out.
    ///
    /// # Errors
    /// [`NetworkError::Closed`].
    pub async fn add_addresses(&self, nodes: Vec<Vec<Multiaddr>>) -> Result<(), NetworkError> {
        self.send(Command::Dial(nodes)).await
    }

    /// Hears where a keeper says to be now: it is looked for there too.
    ///
    /// # Errors
    /// [`NetworkError::Closed`].
    pub(crate) async fn keeper_is_at(
        &self,
        place: PlaceId,
        addresses: Vec<Multiaddr>,
    ) -> Result<(), NetworkError> {
        self.send(Command::KeeperAt { place, addresses }).await
    }

    /// Takes signed address records that came by another way than a peer's telling, such as from a keeper. Those that are not
    /// genuine, of nobody in the group, or not new are dropped.
    ///
    /// # Errors
    /// [`NetworkError::Closed`].
    pub async fn hear(&self, records: Vec<Bytes>) -> Result<(), NetworkError> {
        self.send(Command::Hear(records)).await
    }

    /// The signed record that says where this node is, as `me`; none before it listens.
    pub fn record(&self, me: (MemberKey, LogId)) -> Option<Bytes> {
        self.book().signed(&me).map(|(_, signed)| signed.clone())
    }

    /// Leaves a peer that broke the rules of a stream alone for a while, which grows if it does so again.
    ///
    /// # Errors
    /// [`NetworkError::Closed`].
    pub async fn blame(&self, peer: PeerId) -> Result<(), NetworkError> {
        self.send(Command::Blame(peer)).await
    }

    /// Tells others that this node will be elsewhere next, instead of what they were told before.
    ///
    /// # Errors
    /// [`NetworkError::Closed`].
    pub async fn foretell(&self, next: Next) -> Result<(), NetworkError> {
        self.send(Command::Foretell(next)).await
    }

    /// Waits until this node's record, as members get it, names the place where it is.
    ///
    /// # Errors
    /// [`NetworkError::Closed`].
    pub async fn settled(&self, me: (MemberKey, LogId)) -> Result<(), NetworkError> {
        let here = |text: &String| text.parse().ok().and_then(|at| address::port(&at)) == Some(self.port);
        let names = |record: &AddressRecord| record.addresses.iter().any(here);
        let mut book = self.book.clone();
        let found = book.wait_for(|book| book.signed(&me).is_some_and(|(record, _)| names(record))).await;
        found.map(drop).map_err(|_| NetworkError::Closed)
    }

    /// Tells everybody connected that this node, as `me`, has moved to where `there` is; returns when they know. From
    /// here on this network begins nothing more.
    ///
    /// # Errors
    /// [`NetworkError::Closed`].
    pub async fn leave(&self, there: &Network, me: (MemberKey, LogId)) -> Result<(), NetworkError> {
        let book = there.book();
        let Some((record, signed)) = book.signed(&me) else { return Ok(()) };
        let (done, told) = oneshot::channel();
        self.send(Command::Leave { record: record.clone(), signed: signed.clone(), done }).await?;
        told.await.map_err(|_| NetworkError::Closed)
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
