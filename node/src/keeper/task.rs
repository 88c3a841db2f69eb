//! The one task that owns the keeper's swarm: who comes and goes, what they ask, and who is told of news.
//!
//! It never waits. Anything that takes more than one message with a peer runs beside it as a job, with a timeout, and
//! comes back as a [`Done`]; what a job needs of the task in between is a [`Notice`].

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::StreamExt as _;
use kith_protocol::keeper::{PlaceRefused, Standing};
use kith_protocol::sync::Role;
use libp2p::swarm::{ConnectionId, ListenError, SwarmEvent};
use libp2p::{Multiaddr, PeerId, Swarm, identify};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::KeeperError;
use super::behaviour::{Behaviour, BehaviourEvent, ERRAND, PINGS, PLACE};
use super::counters::Counters;
use super::door::{self, Failure, Judged};
use super::errands::Errands;
use super::guests::{ERRANDS, Guest, Guests, PROOFS, SOON, SYNCS};
use super::meetings::Meetings;
use super::place::{Number, Pass};
use super::sessions::{Broken, Session};
use super::thread::PlacesHandle;
use crate::clock::Clock;
use crate::dht::{Beginnings, Server};
use crate::swarm::streams::Inbound;
use crate::swarm::{Kind, OPEN_WITHIN, Out, PROVE_WITHIN, SHUT_WITHIN, Stream, Tap, listen};
use crate::sync::{Outcome, SyncFailure, Timeouts};

/// Reconciliations that are begun here at one time; more peers wait for their turn to be told.
const TELLS: usize = 64;
/// How often what is old is deleted.
const TIDY: Duration = Duration::from_secs(24 * 3600);
/// How long the task sleeps at most: then it looks for meeting points to forget.
const IDLE: Duration = Duration::from_secs(600);
/// Time for the network to finish an orderly end, within [`SHUT_WITHIN`].
const GOODBYE: Duration = Duration::from_secs(3);

/// What is asked through the handle.
pub(super) enum Command {
    /// A place is gone: so are those who are connected for it.
    Forget(Number),
    Shutdown(oneshot::Sender<()>),
}

/// What a job says while it runs.
pub(super) enum Notice {
    /// Somebody brought something new to a place.
    Brought { place: Number, by: PeerId, control: bool },
    /// Somebody wrote a grant, and has its gate key.
    Granted { peer: PeerId, pass: Pass },
    /// Somebody leaves a meeting point, or asks for those of others.
    Meet { peer: PeerId, place: Number, point: Option<Bytes>, reply: oneshot::Sender<Vec<Bytes>> },
}

/// What came of a job.
pub(super) enum Done {
    Judged { peer: PeerId, result: Result<Box<Judged>, Failure> },
    Answered { peer: PeerId, result: Result<(), Failure> },
    Errands { peer: PeerId, result: Result<(), Failure> },
    Synced { peer: PeerId, told: bool, result: Result<Outcome, Broken> },
    NotTold { peer: PeerId, deaf: bool },
    Tidied(Result<(), KeeperError>),
    Looked(Beginnings),
}

/// How many are connected now.
#[derive(Debug, Default)]
pub(super) struct Gauges {
    pub connections: AtomicU64,
    pub proved: AtomicU64,
}

/// The task's state.
pub(super) struct Task {
    pub swarm: Swarm<Behaviour>,
    pub port: u16,
    pub listen: Vec<IpAddr>,
    pub announce: Vec<Multiaddr>,
    pub places: PlacesHandle,
    pub clock: Clock,
    pub timeouts: Timeouts,
    /// See [`super::Bounds::renew`].
    pub renew: Duration,
    pub guests: Guests,
    pub meetings: Meetings,
    /// Its side as a server of the DHT.
    pub server: Server,
    pub counters: Arc<Counters>,
    pub gauges: Arc<Gauges>,
    pub addresses: watch::Sender<Vec<Multiaddr>>,
    pub notices: mpsc::Sender<Notice>,
    /// Sessions at one time, whoever began them.
    pub room: Arc<Semaphore>,
    /// How many of them tell somebody of news.
    pub telling: usize,
    pub tap: Tap,
    /// What it does wrong.
    #[cfg(feature = "lab")]
    pub tempered: super::temper::Tempered,
}

/// The ends of the task's channels that it reads.
pub(super) struct Inlets {
    pub commands: mpsc::Receiver<Command>,
    pub notices: mpsc::Receiver<Notice>,
}

impl Task {
    /// Runs until it is asked to end, or nobody holds its handle any more.
    pub async fn run(mut self, mut inlets: Inlets) {
        let mut jobs = JoinSet::new();
        let mut tidy_at = Instant::now() + TIDY;
        let done = loop {
            let now = Instant::now();
            self.catch_up(now, &mut jobs);
            if tidy_at <= now {
                tidy_at = now + TIDY;
                let places = self.places.clone();
                jobs.spawn(async move { Done::Tidied(places.write(|places| places.tidy()).await) });
            }
            let wake = self.wake(now).min(tidy_at);
            tokio::select! {
                biased;
                command = inlets.commands.recv() => match command {
                    None => break None,
                    Some(Command::Shutdown(done)) => break Some(done),
                    Some(Command::Forget(place)) => self.forget(place),
                },
                Some(notice) = inlets.notices.recv() => self.notice(notice),
                Some(done) = jobs.join_next() => match done {
                    Ok(done) => self.done(done, &mut jobs),
                    Err(error) => tracing::error!("a part of the keeper failed: {error}"),
                },
                event = self.swarm.select_next_some() => self.network(event, &mut jobs),
                () = tokio::time::sleep_until(wake.into()) => {}
            }
        };
        jobs.abort_all();
        self.end().await;
        if let Some(done) = done {
            let _ = done.send(());
        }
    }

    fn wake(&self, now: Instant) -> Instant {
        // With as many under way as there may be, the end of one wakes the task.
        let due = self.guests.wake(self.telling < TELLS);
        due.unwrap_or(now + IDLE).min(now + IDLE).min(self.server.wake())
    }

    /// Does what is due.
    fn catch_up(&mut self, now: Instant, jobs: &mut JoinSet<Done>) {
        for peer in self.guests.late(now) {
            Counters::add(&self.counters.unproved_closed);
            self.disconnect(&peer);
        }
        for peer in self.guests.outdated(now) {
            Counters::add(&self.counters.outdated_closed);
            self.disconnect(&peer);
        }
        while self.telling < TELLS
            && let Some(peer) = self.guests.next_due(now)
        {
            self.tell(peer, jobs);
        }
        self.meetings.expire(now);
        if let Some(calls) = self.server.calls(&mut self.swarm.behaviour_mut().part, now) {
            jobs.spawn(async move { Done::Looked(calls.await) });
        }
        self.gauges.proved.store(self.guests.proved() as u64, Ordering::Relaxed);
    }

    fn network(&mut self, event: SwarmEvent<BehaviourEvent>, jobs: &mut JoinSet<Done>) {
        match event {
            SwarmEvent::Behaviour(BehaviourEvent::Streams(inbound)) => self.inbound(inbound, jobs),
            SwarmEvent::Behaviour(BehaviourEvent::Ping(event)) => {
                let answered = event.result.is_ok();
                let guest = self.guests.all.get_mut(&event.peer);
                let one = guest.and_then(|guest| {
                    guest.connections.iter_mut().find(|(connection, _)| *connection == event.connection)
                });
                let Some((_, unanswered)) = one else { return };
                *unanswered = if answered { 0 } else { unanswered.saturating_add(1) };
                if *unanswered >= PINGS {
                    Counters::add(&self.counters.pings_failed);
                    self.swarm.close_connection(event.connection);
                }
            }
            SwarmEvent::Behaviour(BehaviourEvent::Part(event)) => {
                self.server.hear(&mut self.swarm.behaviour_mut().part, event);
            }
            SwarmEvent::Behaviour(BehaviourEvent::Identify(identify::Event::Received {
                connection_id,
                peer_id,
                info,
            })) => {
                self.server.identified(&mut self.swarm.behaviour_mut().part, peer_id, connection_id, &info)
            }
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                self.server.connected(connection_id, endpoint.get_remote_address());
                self.gauges.connections.fetch_add(1, Ordering::Relaxed);
                self.guests.connected(peer_id, connection_id, Instant::now());
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, .. } => {
                self.gauges.connections.fetch_sub(1, Ordering::Relaxed);
                self.server.closed(connection_id);
                self.closed(&peer_id, connection_id);
            }
            SwarmEvent::IncomingConnectionError { error: ListenError::Denied { .. }, .. } => {
                Counters::add(&self.counters.connections_denied);
            }
            SwarmEvent::NewListenAddr { .. }
            | SwarmEvent::ExpiredListenAddr { .. }
            | SwarmEvent::ListenerClosed { .. } => self.moved(),
            SwarmEvent::ListenerError { error, .. } => tracing::warn!("listening: {error}"),
            _ => {}
        }
    }

    fn moved(&mut self) {
        let told =
            listen::told(&self.announce, &self.swarm.listeners().collect::<Vec<_>>(), &[], Out::Straight);
        let gone: Vec<Multiaddr> =
            self.swarm.external_addresses().filter(|address| !told.contains(address)).cloned().collect();
        for address in gone {
            self.swarm.remove_external_address(&address);
        }
        // Whoever holds a place with the relay is told that it leads there.
        for address in &told {
            self.swarm.add_external_address(address.clone());
        }
        self.addresses.send_replace(told);
    }

    fn closed(&mut self, peer: &PeerId, connection: ConnectionId) {
        let Some(guest) = self.guests.closed(peer, connection) else { return };
        if let Some(pass) = guest.pass {
            self.meetings.gone(pass.place, peer, Instant::now());
        }
    }

    /// A peer opened a stream.
    fn inbound(&mut self, inbound: Inbound, jobs: &mut JoinSet<Done>) {
        let Inbound { peer, protocol, stream, .. } = inbound;
        let Some(guest) = self.guests.all.get_mut(&peer) else { return };
        if !guest.begins(Instant::now()) {
            return self.offence(&peer, |counters| &counters.streams_over_limit);
        }
        let slot = if protocol == PLACE {
            guest.proofs.take(PROOFS)
        } else if guest.pass.is_none() {
            return self.offence(&peer, |counters| &counters.streams_unproved);
        } else if protocol == ERRAND {
            guest.errands.take(ERRANDS)
        } else {
            guest.syncs.take(SYNCS)
        };
        let Some(slot) = slot else {
            return self.offence(&peer, |counters| &counters.streams_over_limit);
        };
        let stream = Stream::new(stream, self.tap.clone(), slot, None);
        let pass = guest.pass;
        if protocol == PLACE {
            let (me, places) = (*self.swarm.local_peer_id(), self.places.clone());
            jobs.spawn(async move {
                let judging = timeout(PROVE_WITHIN, door::judge(stream, me, (peer, pass), &places));
                let result = judging.await.unwrap_or_else(|late| Err(late.into()));
                Done::Judged { peer, result: result.map(Box::new) }
            });
        } else if let Some(pass) = pass {
            if protocol == ERRAND {
                let (places, notices) = (self.places.clone(), self.notices.clone());
                let errands = Errands { peer, pass, places, notices, counters: self.counters.clone() };
                jobs.spawn(async move { Done::Errands { peer, result: errands.serve(stream).await } });
            } else if let Some(session) = self.session(&peer, Role::Responder) {
                jobs.spawn(
                    async move { Done::Synced { peer, told: false, result: session.run(stream).await } },
                );
            }
        }
    }

    fn session(&self, peer: &PeerId, role: Role) -> Option<Session> {
        let guest = self.guests.all.get(peer)?;
        Some(Session {
            peer: *peer,
            pass: guest.pass?,
            role,
            places: self.places.clone(),
            refusals: guest.refusals.clone(),
            notices: self.notices.clone(),
            counters: self.counters.clone(),
            clock: self.clock.clone(),
            timeouts: self.timeouts,
            room: self.room.clone(),
            #[cfg(feature = "lab")]
            tempered: self.tempered.clone(),
        })
    }

    /// Begins a reconciliation with a peer that others brought something for.
    fn tell(&mut self, peer: PeerId, jobs: &mut JoinSet<Done>) {
        let Some(session) = self.session(&peer, Role::Initiator) else { return };
        let Some(guest) = self.guests.all.get_mut(&peer) else { return };
        let Some((connection, _)) = guest.connections.last().copied() else { return };
        let Some(slot) = guest.tells.take(1) else { return };
        guest.telling = true;
        self.telling = self.telling.saturating_add(1);
        let (reply, opened) = oneshot::channel();
        self.swarm.behaviour_mut().streams.open(peer, connection, Kind::Sync.protocol(), reply);
        let tap = self.tap.clone();
        jobs.spawn(async move {
            match timeout(OPEN_WITHIN, opened).await {
                Ok(Ok(Ok(stream))) => {
                    let result = session.run(Stream::new(stream, tap, slot, None)).await;
                    Done::Synced { peer, told: true, result }
                }
                Ok(Ok(Err(error))) => {
                    Done::NotTold { peer, deaf: error.kind() == std::io::ErrorKind::Unsupported }
                }
                Ok(Err(_)) | Err(_) => Done::NotTold { peer, deaf: false },
            }
        });
    }

    fn told(&mut self, peer: &PeerId, deaf: bool) {
        self.telling = self.telling.saturating_sub(1);
        if let Some(guest) = self.guests.all.get_mut(peer) {
            guest.telling = false;
            guest.deaf |= deaf;
        }
    }

    fn notice(&mut self, notice: Notice) {
        match notice {
            Notice::Brought { place, by, control } => self.brought(place, Some(by), control),
            Notice::Granted { peer, pass } => {
                self.guests.settle(&peer, pass, Standing::Member);
                self.granted(pass);
            }
            Notice::Meet { peer, place, point, reply } => {
                let connected = self.guests.all.contains_key(&peer);
                let others = self.meetings.meet(place, peer, point.filter(|_| connected), Instant::now());
                let _ = reply.send(others);
            }
        }
    }

    /// Others at a place are to be told soon; who sees control envelopes alone, if there are new ones of those.
    fn brought(&mut self, place: Number, by: Option<PeerId>, control: bool) {
        let at = Instant::now() + SOON;
        for (peer, standing) in self.guests.of(place) {
            if Some(peer) != by && (control || standing == Standing::Member) {
                self.guests.is_behind(&peer, at);
            }
        }
    }

    /// A new grant holds at a place: what was refused may be wanted now.
    pub(super) fn granted(&mut self, pass: Pass) {
        self.guests.renews(pass, Instant::now() + self.renew);
        for (peer, _) in self.guests.of(pass.place) {
            if let Some(guest) = self.guests.all.get_mut(&peer) {
                guest.refusals = Arc::default();
            }
        }
        self.brought(pass.place, None, true);
    }

    fn done(&mut self, done: Done, jobs: &mut JoinSet<Done>) {
        match done {
            Done::Judged { peer, result } => self.judged(peer, result, jobs),
            Done::Answered { peer, result } => match result {
                Ok(()) => Counters::add(&self.counters.proofs_good),
                Err(Failure::Refused(PlaceRefused::Unknown | PlaceRefused::Stale)) => self.refused(&peer),
                Err(error) => self.failed(&peer, &error),
            },
            Done::Errands { peer, result } => {
                if let Err(error) = result {
                    tracing::debug!(%error, "errands broke off");
                    match error {
                        Failure::Form(_) => self.send_away(&peer),
                        Failure::TimedOut(_) => self.offence(&peer, |counters| &counters.sessions_failed),
                        _ => {}
                    }
                }
            }
            Done::Synced { peer, told, result } => {
                if told {
                    self.told(&peer, false);
                }
                if let Err(error) = result {
                    Counters::add(&self.counters.sessions_failed);
                    tracing::debug!(%error, "a reconciliation broke off");
                    match error {
                        // What it proved is good for nothing any more. It may have something else to prove.
                        Broken::Keeper(KeeperError::Ended) => self.disconnect(&peer),
                        Broken::Sync(SyncFailure::Peer(_)) => self.send_away(&peer),
                        Broken::Sync(SyncFailure::Replica(_) | SyncFailure::TimedOut)
                        | Broken::TimedOut(_) => {
                            self.offence(&peer, |counters| &counters.sessions_failed);
                        }
                        _ => {}
                    }
                }
            }
            Done::NotTold { peer, deaf } => self.told(&peer, deaf),
            Done::Looked(found) => {
                for dial in Server::dials(found) {
                    // One that cannot even begin is as one that fails.
                    let _ = self.swarm.dial(dial);
                }
            }
            Done::Tidied(result) => {
                if let Err(error) = result {
                    tracing::warn!(%error, "what is old was not deleted");
                }
            }
        }
    }

    fn forget(&mut self, place: Number) {
        self.meetings.forget(place);
        for (peer, _) in self.guests.of(place) {
            self.disconnect(&peer);
        }
    }

    /// Something that a peer should not have done: counted, and too much of it ends the connection.
    fn offence(&mut self, peer: &PeerId, counter: fn(&Counters) -> &AtomicU64) {
        Counters::add(counter(&self.counters));
        let guest = self.guests.all.get_mut(peer);
        if guest.is_some_and(|guest: &mut Guest| guest.offends(Instant::now())) {
            self.send_away(peer);
        }
    }

    fn send_away(&mut self, peer: &PeerId) {
        Counters::add(&self.counters.offenders);
        self.disconnect(peer);
    }

    pub(super) fn disconnect(&mut self, peer: &PeerId) {
        // An error says that it is not connected, which is what is wanted.
        let _ = self.swarm.disconnect_peer_id(*peer);
    }

    /// Says goodbye to everybody, closes the sockets, and waits until the port is free again.
    async fn end(mut self) {
        let deadline = Instant::now() + SHUT_WITHIN;
        let peers: Vec<PeerId> = self.swarm.connected_peers().copied().collect();
        for peer in peers {
            self.disconnect(&peer);
        }
        let drained = async {
            while self.swarm.network_info().num_peers() > 0 {
                self.swarm.select_next_some().await;
            }
        };
        if timeout(GOODBYE, drained).await.is_err() {
            tracing::info!("some connections did not end in time");
        }
        let (port, mut hosts) = (self.port, self.listen.clone());
        if hosts.is_empty() {
            hosts.push(Ipv4Addr::UNSPECIFIED.into());
        }
        drop(self.swarm);
        // QUIC's socket is closed by a task of its own, a moment later.
        while hosts.iter().any(|host| listen::free(*host, port).is_err()) && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
