//! The one task that owns a cell's swarm: what is asked of it, what the network does, and what is due.
//!
//! It never waits for the cell. Anything that takes more than one message with a peer (handshakes, address
//! exchanges) runs beside it, with a timeout, and comes back as a [`Done`].

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::{FutureExt as _, StreamExt as _};
use kith_protocol::address::AddressRecord;
use kith_protocol::id::{GroupId, PlaceId};
use kith_protocol::keeper::Told;
use libp2p::swarm::{ConnectionId, DialError, ListenError, SwarmEvent};
use libp2p::{Multiaddr, PeerId, Swarm};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use super::address::Out;
use super::bans::Bans;
use super::behaviour::{ADDRESSES, Behaviour, BehaviourEvent, PROOF};
use super::book::Book;
use super::budget::{Budgets, Meter};
use super::counters::Counters;
use super::dial::Dialer;
use super::event::{Answer, Event};
use super::exchange::Heard;
use super::keepers::{Attempt, Unplaced};
use super::live::{self, Frames, Live};
use super::names::Names;
use super::next::Next;
use super::outbox::Outbox;
use super::peers::Peers;
use super::proof::{Answered, Failure, Judged};
use super::proxy::Way;
use super::reach::{Reach, Reachability};
use super::roster::Roster;
use super::stream::{Kind, Slot, Stream};
use super::streams::Inbound;
use super::tap::{Seen, Tap};
use super::{NetworkError, Peer, Published, SHUT_WITHIN, listen};
use crate::clock::Clock;

/// Things handled in a row before the swarm gets a turn whatever else there is.
const TURNS: u32 = 32;
/// Time for the network to finish an orderly end, within [`SHUT_WITHIN`].
const GOODBYE: Duration = Duration::from_secs(3);

/// What is asked through the handle.
pub(super) enum Command {
    Publish { bytes: Bytes, reply: oneshot::Sender<Result<Published, NetworkError>> },
    Open { peer: PeerId, kind: Kind, reply: oneshot::Sender<Result<Opening, NetworkError>> },
    Enter { topic: String, reply: oneshot::Sender<Option<Frames>> },
    Say { topic: String, frame: Vec<u8> },
    Part { topic: String },
    Dial(Vec<Vec<Multiaddr>>),
    Hear(Vec<Bytes>),
    KeeperAt { place: PlaceId, addresses: Vec<Multiaddr> },
    Blame(PeerId),
    Foretell(Next),
    Leave { record: AddressRecord, signed: Bytes, done: oneshot::Sender<()> },
    Shutdown { done: oneshot::Sender<()> },
}

/// A stream that is being opened.
pub(super) struct Opening {
    pub stream: oneshot::Receiver<io::Result<libp2p::Stream>>,
    pub slot: Slot,
    pub meter: Meter,
    pub tap: Tap,
}

/// What came of something that ran beside the task.
pub(super) enum Done {
    Initiated { peer: PeerId, connection: ConnectionId, as_member: bool, result: Result<Answered, Failure> },
    Judged { peer: PeerId, connection: ConnectionId, result: Result<Judged, Failure> },
    Answered { peer: PeerId, connection: ConnectionId, result: Result<(), Failure> },
    Placed { attempt: Attempt, result: Result<Told, Unplaced> },
    Told { peer: PeerId, stamp: u64, result: io::Result<()> },
    Heard { peer: PeerId, result: io::Result<Heard> },
    Sifted(Heard),
    LookedUp { name: String, hosts: Vec<IpAddr> },
    ProxyBack,
    Probed { peer: PeerId, connection: ConnectionId, alive: bool },
    Nothing,
}

/// The task's state.
pub(super) struct Task {
    pub swarm: Swarm<Behaviour>,
    pub me: PeerId,
    pub group: GroupId,
    pub port: u16,
    /// Where we will be next, if that is known.
    pub next: Option<Next>,
    /// Whether we have moved elsewhere, and whom to tell when everybody knows.
    pub leaving: Option<Option<oneshot::Sender<()>>>,
    pub clock: Clock,
    pub listen: Vec<std::net::IpAddr>,
    pub announce: Vec<Multiaddr>,
    /// Which ways lead out, and the one through a proxy if there is one.
    pub out: Out,
    pub way: Option<Way>,
    /// Whether the cell has been told where this node listens.
    pub listening: bool,
    /// What others were last told of where we are.
    pub told: Vec<Multiaddr>,
    /// The highest number of a record of ours that others know.
    pub known_as: u64,
    /// When to look again at where we are: addresses come in bursts.
    pub look_at: Option<Instant>,
    pub tap: Tap,
    pub roster: Arc<Roster>,
    /// Where keepers of the roster say to be now, beside where the group knows them.
    pub keepers_at: BTreeMap<PlaceId, Vec<Multiaddr>>,
    pub peers: Peers,
    pub bans: Bans,
    pub budgets: Budgets,
    pub dialer: Dialer,
    pub names: Names,
    /// Of links, nodes with names among their addresses.
    pub links: Vec<Vec<Multiaddr>>,
    pub reach: Reach,
    pub live: Live,
    pub book: Book,
    pub outbox: Outbox,
    pub jobs: JoinSet<Done>,
    pub counters: Arc<Counters>,
    pub answers: mpsc::Sender<Answer>,
    pub shown_peers: watch::Sender<Arc<BTreeMap<PeerId, Peer>>>,
    pub shown_book: watch::Sender<Arc<Book>>,
    pub shown_reach: watch::Sender<Reachability>,
    /// When [`Task::catch_up`] has something to do next; none as soon as something may have changed that.
    pub wake: Option<Instant>,
    /// Whether what is shown has to be renewed.
    pub peers_changed: bool,
    pub book_changed: bool,
}

/// The ends of the task's channels that it reads.
pub(super) struct Inlets {
    pub commands: mpsc::Receiver<Command>,
    pub roster: watch::Receiver<Arc<Roster>>,
    pub answers: mpsc::Receiver<Answer>,
    pub events: mpsc::Sender<Event>,
}

impl Task {
    /// Runs until it is asked to end, or nobody holds the other ends of its channels any more.
    pub async fn run(mut self, mut inlets: Inlets) {
        self.enrol(None);
        self.wait_for_proxy();
        let mut turns = 0;
        let mut roster_ended = false;
        let done = loop {
            let wake = self.catch_up();
            tokio::select! {
                biased;
                // Before commands: what is published after a change of topics belongs to the new ones.
                changed = inlets.roster.changed(), if !roster_ended => match changed {
                    Ok(()) => {
                        let roster = inlets.roster.borrow_and_update().clone();
                        let before = std::mem::replace(&mut self.roster, roster);
                        self.wake = None;
                        self.enrol(Some(&before));
                    }
                    Err(_) => roster_ended = true,
                },
                command = inlets.commands.recv() => match command {
                    None => break None,
                    Some(Command::Shutdown { done }) => break Some(done),
                    Some(command) => self.command(command),
                },
                Some(answer) = inlets.answers.recv() => self.answer(answer),
                Some(done) = self.jobs.join_next() => match done {
                    Ok(done) => {
                        self.wake = None;
                        self.done(done);
                    }
                    Err(error) => tracing::error!("a part of the network failed: {error}"),
                },
                room = inlets.events.reserve(), if !self.outbox.is_empty() => match room {
                    Ok(room) => {
                        drop(room);
                        self.outbox.flush();
                    }
                    Err(_) => break None,
                },
                () = inlets.events.closed() => break None,
                () = tokio::time::sleep_until(wake.into()) => {}
                event = self.swarm.select_next_some() => {
                    turns = 0;
                    self.network(event);
                }
            }
            turns += 1;
            if turns >= TURNS {
                turns = 0;
                if let Some(event) = self.swarm.select_next_some().now_or_never() {
                    self.network(event);
                }
            }
        };
        self.end().await;
        if let Some(done) = done {
            let _ = done.send(());
        }
    }

    /// Says goodbye to everybody, closes the sockets, and waits until the port is free again.
    async fn end(mut self) {
        let deadline = Instant::now() + SHUT_WITHIN;
        self.jobs.abort_all();
        let peers: Vec<PeerId> = self.swarm.connected_peers().copied().collect();
        for peer in peers {
            self.disconnect(&peer);
        }
        let drained = async {
            while self.swarm.network_info().num_peers() > 0 {
                self.swarm.select_next_some().await;
            }
        };
        if tokio::time::timeout(GOODBYE, drained).await.is_err() {
            tracing::info!("some connections did not end in time");
        }
        let (port, mut hosts) = (self.port, self.listen.clone());
        if hosts.is_empty() {
            hosts.push(std::net::Ipv4Addr::UNSPECIFIED.into());
        }
        drop(self.swarm);
        // QUIC's socket is closed by a task of its own, a moment later.
        while hosts.iter().any(|host| listen::free(*host, port).is_err()) && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Does what is due, then shows what has changed; says when something is due next.
    ///
    /// Gossip and what is published change nothing here, so that their cost does not grow with the group.
    fn catch_up(&mut self) -> Instant {
        let now = Instant::now();
        let wake = match self.wake {
            Some(wake) if now < wake => wake,
            _ => {
                self.expire(now);
                self.look_around(now);
                self.tell(now);
                self.dial(now);
                self.farewell();
                let reach = self.reach_out(now);
                let shown = self.reachability();
                self.shown_reach.send_if_modified(|old| std::mem::replace(old, shown) != shown);
                let dial = self.dialer.wake(self.peers.anybody()).filter(|_| self.leaving.is_none());
                let all = [self.look_at, dial, self.peers.wake(self.book.stamp())];
                all.into_iter().flatten().fold(reach, Instant::min)
            }
        };
        self.wake = Some(wake);
        if std::mem::take(&mut self.book_changed) {
            self.shown_book.send_replace(Arc::new(self.book.clone()));
            self.outbox.book();
        }
        if std::mem::take(&mut self.peers_changed) {
            self.shown_peers.send_replace(Arc::new(self.peers.shown(&self.me)));
        }
        wake
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Publish { bytes, reply } => {
                let _ = reply.send(self.publish(&bytes));
            }
            Command::Open { peer, kind, reply } => {
                let _ = reply.send(self.open(peer, kind));
            }
            Command::Enter { topic, reply } => {
                let frames = self.live.enter(&topic);
                self.listen_to_topics();
                let _ = reply.send(frames);
            }
            Command::Say { topic, frame } => {
                let gossip = &mut self.swarm.behaviour_mut().gossip.inner;
                let message = live::say(gossip, &topic, &frame);
                self.tap.see(Seen::Sent(&message));
            }
            Command::Part { topic } => {
                self.live.part(&topic);
                self.listen_to_topics();
            }
            Command::Dial(nodes) => {
                let now = Instant::now();
                self.wake = None;
                for addresses in nodes {
                    self.link(addresses, now);
                }
            }
            Command::Hear(records) => self.sift(records),
            Command::KeeperAt { place, addresses } => {
                self.wake = None;
                self.keeper_is_at(place, addresses);
            }
            Command::Blame(peer) => self.ban(&peer),
            Command::Foretell(next) => {
                self.wake = None;
                self.foretell(next);
            }
            Command::Leave { record, signed, done } => {
                self.wake = None;
                self.leave(record, signed, done);
            }
            // Taken by the loop before it comes here.
            Command::Shutdown { done } => drop(done),
        }
    }

    fn open(&mut self, peer: PeerId, kind: Kind) -> Result<Opening, NetworkError> {
        let known = self.peers.0.get(&peer).ok_or(NetworkError::NotConnected)?;
        let settled = known.settled.filter(|settled| settled.mutual && settled.who.may(kind));
        let who = settled.ok_or(NetworkError::NotConnected)?.who;
        let connection = known.best(&self.me, &peer).ok_or(NetworkError::NotConnected)?;
        let slot = known.outgoing(kind).ok_or(NetworkError::Busy)?;
        let meter = self.budgets.meter((peer, who), Some(kind), &self.counters, Instant::now());
        let meter = meter.ok_or(NetworkError::Busy)?;
        let (reply, stream) = oneshot::channel();
        self.swarm.behaviour_mut().streams.open(peer, connection, kind.protocol(), reply);
        Ok(Opening { stream, slot, meter, tap: self.tap.clone() })
    }

    fn network(&mut self, event: SwarmEvent<BehaviourEvent>) {
        if !matches!(event, SwarmEvent::Behaviour(BehaviourEvent::Gossip(_))) {
            self.wake = None;
        }
        match event {
            SwarmEvent::Behaviour(BehaviourEvent::Gossip(event)) => self.gossip(event),
            SwarmEvent::Behaviour(BehaviourEvent::Streams(inbound)) => self.inbound(inbound),
            SwarmEvent::Behaviour(BehaviourEvent::Identify(event)) => self.identified(event),
            SwarmEvent::Behaviour(BehaviourEvent::CallBack(event)) => self.called_back(&event),
            SwarmEvent::Behaviour(BehaviourEvent::Punch(event)) => self.punched(&event),
            SwarmEvent::Behaviour(BehaviourEvent::Relay(event)) => self.relayed(&event),
            SwarmEvent::Behaviour(BehaviourEvent::Lan(event)) => self.on_the_lan(event),
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                self.connected(peer_id, connection_id, &endpoint);
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, .. } => {
                self.closed(peer_id, connection_id);
            }
            SwarmEvent::OutgoingConnectionError { connection_id, error, .. } => {
                Counters::add(&self.counters.dials_failed);
                let (chance, now) = (rand::random(), Instant::now());
                match error {
                    DialError::LocalPeerId { .. } => self.dialer.ourselves(connection_id, chance, now),
                    DialError::Denied { .. } => {
                        Counters::add(&self.counters.connections_denied);
                        self.dialer.failed(connection_id, chance, now);
                    }
                    _ => self.dialer.failed(connection_id, chance, now),
                }
            }
            SwarmEvent::IncomingConnectionError { error: ListenError::Denied { .. }, .. } => {
                Counters::add(&self.counters.connections_denied);
            }
            SwarmEvent::NewListenAddr { listener_id, address } => self.listening(listener_id, &address),
            SwarmEvent::ListenerClosed { listener_id, .. } => self.listened(listener_id),
            SwarmEvent::ExpiredListenAddr { .. }
            | SwarmEvent::ExternalAddrConfirmed { .. }
            | SwarmEvent::ExternalAddrExpired { .. } => self.moved(),
            SwarmEvent::ListenerError { error, .. } => tracing::warn!("listening: {error}"),
            _ => {}
        }
    }

    /// A peer opened a stream.
    fn inbound(&mut self, Inbound { peer, connection, protocol, stream }: Inbound) {
        let Some(known) = self.peers.0.get(&peer) else { return };
        self.tap.see(Seen::Opened(&format!("{peer} {protocol}")));
        if protocol == PROOF {
            match known.handshake() {
                Some(slot) => {
                    let stream = Stream::new(stream, self.tap.clone(), slot, None);
                    self.respond(peer, connection, stream);
                }
                None => self.offence(&peer, |counters| &counters.streams_over_limit),
            }
            return;
        }
        let kind = Kind::SERVED.into_iter().find(|kind| kind.protocol() == protocol);
        let who = known.who().filter(|who| kind.map_or(known.is_member(), |kind| who.may(kind)));
        let Some(who) = who else {
            return self.offence(&peer, |counters| &counters.streams_unproved);
        };
        let slot = kind.map_or_else(|| known.exchange(), |kind| known.incoming(kind));
        let Some(slot) = slot else {
            return self.offence(&peer, |counters| &counters.streams_over_limit);
        };
        self.confirm(peer);
        let Some(meter) = self.budgets.meter((peer, who), kind, &self.counters, Instant::now()) else {
            return;
        };
        let stream = Stream::new(stream, self.tap.clone(), slot, Some(meter));
        let Some(kind) = kind else {
            debug_assert_eq!(protocol, ADDRESSES);
            return self.hear(peer, stream);
        };
        self.has_news(peer);
        match self.outbox.offer(Event::Stream { peer, who, kind, stream }) {
            Ok(()) => Counters::add(&self.counters.streams_in),
            Err(_) => Counters::add(&self.counters.streams_dropped),
        }
    }

    /// Something that a peer should not have done: counted, and too much of it ends the connection.
    pub fn offence(&mut self, peer: &PeerId, counter: fn(&Counters) -> &AtomicU64) {
        Counters::add(counter(&self.counters));
        if self.peers.0.get_mut(peer).is_some_and(|known| known.offends(Instant::now())) {
            self.ban(peer);
        }
    }

    /// Disconnects a peer, and leaves the device that it proved to be alone for a while.
    fn ban(&mut self, peer: &PeerId) {
        let device = self.peers.0.get(peer).and_then(|known| known.who()?.device());
        if let Some(device) = device {
            let length = self.bans.add(device, Instant::now());
            Counters::add(&self.counters.bans);
            tracing::info!(
                seconds = length.as_secs(),
                "a member's node broke rules and is left alone for a while"
            );
        }
        self.disconnect(peer);
    }

    /// Begins to close all connections with a peer.
    pub fn disconnect(&mut self, peer: &PeerId) {
        // An error says that it is not connected, which is what is wanted.
        let _ = self.swarm.disconnect_peer_id(*peer);
    }
}
