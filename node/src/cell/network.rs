//! The cell's side of its network: what comes in goes to the engine, what the engine has written goes out,
//! and reconciliation runs when there is reason to.
//!
//! One task; it waits for the engine (that is the back-pressure on the network) and for nothing else.
//! Sessions and newcomers' questions run in tasks of their own, bounded in number, and end with it.

mod receipts;
mod visits;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use kith_protocol::id::MemberKey;
use kith_protocol::keeper::Told;
use kith_protocol::limits;
use kith_protocol::sync::Role;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use self::receipts::Owed;
use super::engine::{Engine, Notice};
use super::fetching::Fetching;
use super::handle::StateSender;
use super::intake::Taken;
use super::sessions::{SessionError, Synced, hand_over, let_in, reconcile, take_letters};
use super::thread::EngineHandle;
use super::views::count;
use crate::secret::Secret;
use crate::swarm::{
    Counters, Event, Kind, Multiaddr, Network, PeerId, Published, Refusal, Stream, Ticket, Verdict, Who,
};

/// How often the cell looks at what it owes others, and at whom it has not reconciled with.
const TICK: Duration = Duration::from_secs(1);
/// Gossips taken in as one batch.
const GOSSIP_BATCH: usize = 128;
/// Closing waits at most this long for others to have what was written last.
const GOODBYE_WITHIN: Duration = Duration::from_secs(2);
/// With how many nodes to reconcile before closing.
const LEAVE_OF: usize = 4;
/// Newcomers served at once, and remembered as let in. More are turned away until some are done.
const NEWCOMERS: usize = 64;

/// What a task ends with.
enum Done {
    /// A reconciliation that this side began.
    Synced(PeerId, Synced),
    /// A reconciliation that the other side began.
    Served(PeerId, Synced),
    /// A question to be let in was answered, or not.
    Asked(PeerId),
    /// Somebody inside has been asked, and is asked again after a pause.
    Knocked(PeerId, Duration),
    /// Somebody was let in.
    LetIn(PeerId),
    /// A keeper was told what it is to know; how things stand there.
    Ran(PeerId, Result<Told, SessionError>),
    /// A receipt has arrived, or not.
    Receipt(PeerId, bool),
    Other,
}

struct Proved {
    who: Who,
    /// Whether something may have been missed since the last session that ended well.
    dirty: bool,
    /// Whether a session that this side began is running.
    busy: bool,
    /// Whether the next is to begin when it ends, since it began with somebody who had proved less.
    again: bool,
    /// Not before this.
    rest: Instant,
    /// At the latest at this.
    due: Instant,
    /// What of theirs is held here, and they have not been told yet.
    owed: Owed,
}

impl Proved {
    fn is_keeper(&self) -> bool {
        matches!(self.who, Who::Keeper { .. })
    }
}
/// What it listens to and speaks through of the cell.
pub(super) type Ears = (EngineHandle, broadcast::Receiver<Notice>, StateSender);

/// The task's state.
pub(super) struct NetworkTask {
    engine: EngineHandle,
    /// The key of the place it is for.
    place: Secret,
    network: Network,
    events: mpsc::Receiver<Event>,
    notices: broadcast::Receiver<Notice>,
    state: StateSender,
    stop: CancellationToken,
    peers: BTreeMap<PeerId, Proved>,
    /// Peers that proved an invite and were let in: they may reconcile the control set, which they need before
    /// they can prove that they are members.
    let_in: BTreeSet<PeerId>,
    fetching: Fetching,
    tasks: JoinSet<Done>,
}

impl NetworkTask {
    /// One for a network at a place, whose key is given.
    pub(super) fn new(
        (engine, notices, state): Ears,
        place: Secret,
        network: Network,
        events: mpsc::Receiver<Event>,
        stop: CancellationToken,
    ) -> NetworkTask {
        let (peers, let_in, tasks) = (BTreeMap::new(), BTreeSet::new(), JoinSet::new());
        let fetching = Fetching::new(engine.clone(), network.clone());
        NetworkTask { engine, place, network, events, notices, state, stop, peers, let_in, fetching, tasks }
    }

    /// Runs until it is stopped, then shuts the network down.
    pub(super) async fn run(mut self) {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let stop = self.stop.clone();
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                notice = self.notices.recv() => match notice {
                    Ok(notice) => self.tell(notice).await,
                    Err(RecvError::Lagged(_)) => self.mark_all_dirty(),
                    Err(RecvError::Closed) => break,
                },
                Some(done) = self.tasks.join_next() => self.finished(done.unwrap_or(Done::Other)).await,
                Some(ended) = self.fetching.next() => {
                    self.fetching.ended(ended).await;
                    self.fetch().await;
                }
                event = self.events.recv() => match event {
                    Some(event) => self.meet(event).await,
                    None => break,
                },
                _ = tick.tick() => self.look_after().await,
            }
        }
        // What was acknowledged in the last moment is passed on before the goodbye.
        if tokio::time::timeout(GOODBYE_WITHIN, self.take_leave()).await.is_err() {
            tracing::debug!("some were not told before this node closed");
        }
        self.tasks.abort_all();
        self.network.shutdown().await;
    }

    /// Reconciles once more with keepers and members' nodes that are connected.
    async fn take_leave(&self) {
        let keepers = self.peers.iter().filter(|(_, proved)| proved.is_keeper());
        let members = self.peers.iter().filter(|(_, proved)| matches!(proved.who, Who::Member { .. }));
        let mut leaving = JoinSet::new();
        for (peer, proved) in keepers.chain(members).take(LEAVE_OF) {
            let (engine, network, state) = (self.engine.clone(), self.network.clone(), self.state.clone());
            let (peer, who) = (*peer, proved.who);
            leaving.spawn(async move {
                if let Ok(stream) = network.open(peer, Kind::Sync).await {
                    reconcile(engine, stream, peer, who, Role::Initiator, state).await;
                }
            });
        }
        while leaving.join_next().await.is_some() {}
    }

    /// Passes on what the engine tells.
    async fn tell(&mut self, notice: Notice) {
        let (entry, bytes) = match notice {
            Notice::Publish { entry, bytes } => (entry, bytes),
            Notice::HandOver { to, letters } => return self.hand_over(&to, &letters),
            Notice::Wished(name) => {
                self.fetching.again(&name);
                return self.fetch().await;
            }
            _ => return,
        };
        if bytes.len() > limits::GOSSIP {
            return self.mark_all_dirty();
        }
        match self.network.publish(Bytes::from(bytes)).await {
            Ok(Published::Sent { peers }) => {
                // It takes no part in gossip.
                self.peers
                    .values_mut()
                    .filter(|proved| proved.is_keeper())
                    .for_each(|proved| proved.dirty = true);
                // For display only: a cell that is closing needs it no more.
                let passed = count(peers);
                let note = move |engine: &mut Engine| {
                    engine.passed(&entry, passed);
                    Ok(())
                };
                let _ = self.engine.write(note).await;
            }
            Ok(Published::NoPeers | Published::Congested) | Err(_) => self.mark_all_dirty(),
        }
    }

    /// Hands letters to the devices of a member that are connected. What does not arrive comes by the others.
    fn hand_over(&mut self, to: &MemberKey, letters: &[Vec<u8>]) {
        let theirs = |who: &Who| matches!(who, Who::Member { key, .. } if key == to);
        let connected: Vec<PeerId> =
            self.peers.iter().filter(|(_, proved)| theirs(&proved.who)).map(|(peer, _)| *peer).collect();
        for peer in connected {
            let (network, letters) = (self.network.clone(), letters.to_vec());
            self.tasks.spawn(async move {
                if let Err(error) = hand_over(network, peer, letters).await {
                    tracing::debug!(%error, "letters were not handed over");
                }
                Done::Other
            });
        }
    }

    async fn meet(&mut self, event: Event) {
        match event {
            Event::Proved { peer, who, direction, .. } => {
                if let Who::Keeper { place, told } = who {
                    let _ = self.engine.write(move |engine| engine.let_in_by_keeper(&place, told)).await;
                }
                self.proved(peer, who, direction);
            }
            Event::Gone { peer } => {
                self.peers.remove(&peer);
                self.let_in.remove(&peer);
                self.state.send_modify(|_| {});
            }
            Event::Subscribed { peer } => self.mark_dirty(peer),
            Event::Gossip { bytes, source, ticket } => self.gossip(bytes, source, ticket).await,
            Event::Stream { peer, who, kind, stream } => self.serve(peer, who, kind, stream),
            Event::Listening { port, addresses, next } => {
                let texts = |all: Vec<Multiaddr>| all.iter().map(ToString::to_string).collect();
                let place = self.place.clone();
                // Kept before it is shown: an address that is in a link must stay good.
                let _ = self.engine.write(move |engine| engine.keep_port(&place, port)).await;
                // They tell the others where this node is.
                self.peers
                    .values_mut()
                    .filter(|proved| proved.is_keeper())
                    .for_each(|proved| proved.dirty = true);
                self.state.send_modify(|state| {
                    (state.addresses, state.next) = (Some(texts(addresses)), texts(next))
                });
            }
            Event::Book => {
                let (place, book) = (self.place.clone(), self.network.book().encode());
                let _ = self.engine.write(move |engine| engine.keep_book(&place, book)).await;
            }
            Event::Refused { peer, why } => self.refused(peer, why).await,
            Event::Dirty => self.mark_all_dirty(),
        }
    }

    fn serve(&mut self, peer: PeerId, who: Who, kind: Kind, stream: Stream) {
        let (engine, state) = (self.engine.clone(), self.state.clone());
        match (kind, who) {
            (Kind::Sync, Who::Invite { .. }) if !self.let_in.contains(&peer) => {}
            (Kind::Sync, _) => {
                if let Some(proved) = self.peers.get_mut(&peer) {
                    proved.dirty = false;
                }
                self.tasks.spawn(async move {
                    Done::Served(peer, reconcile(engine, stream, peer, who, Role::Responder, state).await)
                });
            }
            (Kind::Join, _) if self.tasks.len() >= NEWCOMERS => {}
            (Kind::Join, who) => {
                let invite = match who {
                    Who::Invite { entry, .. } => Some(entry),
                    _ => None,
                };
                self.tasks.spawn(async move {
                    match let_in(&engine, stream, invite).await {
                        Ok(true) => Done::LetIn(peer),
                        Ok(false) => Done::Other,
                        Err(error) => {
                            tracing::debug!(%error, "a newcomer went away");
                            Done::Other
                        }
                    }
                });
            }
            (Kind::Receipt, Who::Member { key, .. }) => {
                self.tasks.spawn(async move {
                    if let Err(error) = receipts::take(&engine, stream, key).await {
                        tracing::debug!(%error, "a receipt was not taken");
                    }
                    Done::Other
                });
            }
            (Kind::Letter, Who::Member { key, .. }) => {
                self.tasks.spawn(async move {
                    if let Ok(letters) = take_letters(stream).await {
                        let _ = engine.write(move |engine| engine.was_handed(&key, &letters)).await;
                    }
                    Done::Other
                });
            }
            (Kind::Chunks, Who::Member { key, .. }) => self.fetching.serve(stream, key),
            (Kind::Receipt | Kind::Letter | Kind::Chunks | Kind::Errand, _) => {}
        }
    }

    /// Takes in a gossip together with those that wait behind it, answers for each, and tells the authors
    /// who are connected that their entries are held.
    async fn gossip(&mut self, bytes: Bytes, source: PeerId, ticket: Ticket) {
        let mut batch = vec![(bytes, ticket)];
        let mut rest = Vec::new();
        while batch.len() < GOSSIP_BATCH {
            match self.events.try_recv() {
                Ok(Event::Gossip { bytes, ticket, .. }) => batch.push((bytes, ticket)),
                Ok(other) => {
                    rest.push(other);
                    break;
                }
                Err(_) => break,
            }
        }
        let (offered, tickets): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|(bytes, ticket)| (bytes.to_vec(), ticket)).unzip();
        let from = source_number(&source);
        let taken = self
            .engine
            .write(move |engine| {
                let taken = engine.take_gossip(offered, from);
                // Passing on need not wait for the disk; whoever gets it stores it for themselves.
                for (ticket, taken) in tickets.into_iter().zip(&taken) {
                    ticket.answer(match taken {
                        Taken::Held => Verdict::Accept,
                        Taken::Refused => Verdict::Reject,
                        Taken::Quiet | Taken::Known | Taken::Waiting | Taken::Passed => Verdict::Ignore,
                    });
                }
                Ok((taken, engine.owed_receipts()))
            })
            .await;
        if let Ok((taken, receipts)) = taken {
            for _ in taken.iter().filter(|taken| **taken == Taken::Quiet) {
                Counters::add(&self.network.counters().gossip_held_back);
            }
            if taken.iter().any(|taken| matches!(taken, Taken::Waiting | Taken::Passed)) {
                self.mark_dirty(source);
            }
            self.send_receipts(&receipts);
        }
        for event in rest {
            Box::pin(self.meet(event)).await;
        }
    }

    async fn refused(&self, peer: PeerId, why: Refusal) {
        match why {
            Refusal::Removed(envelopes) => {
                let offered = envelopes.into_iter().map(|bytes| bytes.to_vec()).collect();
                let _ = self.engine.write(move |engine| Ok(engine.take_in(offered, 0))).await;
            }
            Refusal::Place(_) => {
                let _ = self.engine.write(move |engine| engine.turned_away(&peer)).await;
            }
            why => {
                let word = format!("{why:?}");
                tracing::debug!(%word, "a node would not have us");
            }
        }
    }

    /// Fetches what is wished for, from members' nodes that are connected.
    async fn fetch(&mut self) {
        let member = |proved: &Proved| matches!(proved.who, Who::Member { .. });
        let peers = self.peers.iter().filter(|(_, proved)| member(proved));
        let peers: Vec<PeerId> = peers.map(|(peer, _)| *peer).collect();
        self.fetching.begin(&peers).await;
    }
}

/// One number for one peer, for the waiting room's fairness.
pub(super) fn source_number(peer: &PeerId) -> u64 {
    let digest = blake3::hash(&peer.to_bytes());
    digest.as_bytes().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}
