//! From a connection to somebody known: proofs, what follows from them, and which connections stay.

use std::time::{Duration, Instant};

use kith_protocol::proof::Refused;
use libp2p::core::{ConnectedPoint, Endpoint};
use libp2p::swarm::ConnectionId;
use libp2p::{PeerId, StreamProtocol};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::behaviour::PROOF;
use super::counters::Counters;
use super::dial::Target;
use super::event::{Direction, Event, Who};
use super::keepers::Attempt;
use super::peers::{Connection, Settled};
use super::proof::{self, Ends, Failure};
use super::reach::How;
use super::roster::Roster;
use super::stream::{Slots, Stream};
use super::tap::Seen;
use super::task::{Done, Task};
use super::{OPEN_WITHIN, PROVE_WITHIN};

/// How often to look again at connections too many while it is unclear which of them live.
const TIDY: Duration = Duration::from_secs(1);
/// A connection so old is doubted when its peer makes another.
const COMES_AGAIN: Duration = Duration::from_secs(1);

impl Task {
    pub(super) fn connected(&mut self, peer: PeerId, connection: ConnectionId, end: &ConnectedPoint) {
        let (now, chance) = (Instant::now(), rand::random());
        self.tap.see(Seen::Neighbour(&format!("{peer} {}", end.get_remote_address())));
        let direction = direction(end);
        let how = self.how(&peer, connection, end);
        let one = Connection::new(end.get_remote_address().clone(), direction, how, now);
        // Whoever comes again may have lost the connection that we still believe in.
        for other in self.peers.0.get_mut(&peer).iter_mut().flat_map(|known| known.connections.values_mut()) {
            if other.since + COMES_AGAIN <= now {
                other.doubt(now);
            }
        }
        let known = self.peers.connected(peer, connection, one);
        let (settled, proving) = (known.settled, known.proving);
        self.peers_changed = true;
        self.dialer.is_here(peer, None, chance, now);
        if direction == Direction::Outbound {
            self.dialer.established(connection, now);
            match settled {
                Some(settled) => self.reached(&peer, &settled.who, [connection], chance, now),
                None if proving.is_none() => self.initiate(peer, connection),
                None => {}
            }
        }
    }

    /// How a new connection came about.
    fn how(&self, peer: &PeerId, connection: ConnectionId, end: &ConnectedPoint) -> How {
        let introduced = self
            .peers
            .0
            .get(peer)
            .is_some_and(|known| known.connections.values().any(|one| one.how != How::Direct));
        if end.is_relayed() {
            How::Relayed
        } else if introduced && !self.dialer.made(connection) {
            How::Punched
        } else {
            How::Direct
        }
    }

    pub(super) fn closed(&mut self, peer: PeerId, connection: ConnectionId) {
        let (now, chance) = (Instant::now(), rand::random());
        self.peers_changed = true;
        self.dialer.failed(connection, chance, now);
        if let Some(known) = self.peers.closed(&peer, connection) {
            let since = known.settled.map_or(now, |settled| settled.since);
            self.dialer.is_here(peer, Some(now.saturating_duration_since(since)), chance, now);
            let Some(settled) = known.settled else { return };
            self.note(&settled.who, known.foretold);
            self.outbox.peer(peer, Event::Gone { peer });
            let target = match settled.who {
                Who::Keeper { place, .. } => Some(Target::Keeper(place)),
                who => who.device().filter(|_| self.peers.twin(&peer, &who).is_none()).map(Target::Device),
            };
            if let Some(target) = target {
                self.dialer.gone(target, now.saturating_duration_since(settled.since), chance, now);
            }
            return;
        }
        let Some(known) = self.peers.0.get_mut(&peer) else { return };
        if known.proving == Some(connection) {
            known.proving = None;
            if let (None, Some(other)) = (known.settled, known.dialled()) {
                self.initiate(peer, other);
            }
        }
    }

    /// Begins to prove ourselves to a peer.
    pub(super) fn initiate(&mut self, peer: PeerId, connection: ConnectionId) {
        if let Some(place) = self.roster.place(&peer) {
            return self.prove_place(Attempt { peer, connection, place, number: 0 });
        }
        let as_member = self.roster.is_member();
        if !as_member && self.roster.device().is_some() {
            return; // A member without the secret has nothing to show yet.
        }
        let Some(known) = self.peers.0.get_mut(&peer) else { return };
        known.proving = Some(connection);
        let opening = self.open_on(peer, connection, PROOF);
        let ends = self.ends(peer);
        self.jobs.spawn(async move {
            let proof = async { proof::initiate(opening.await?, ends).await };
            let result = timeout(PROVE_WITHIN, proof).await.unwrap_or_else(|_| Err(late()));
            Done::Initiated { peer, connection, as_member, result }
        });
    }

    /// Hears a peer prove itself.
    pub(super) fn respond(&mut self, peer: PeerId, connection: ConnectionId, stream: Stream) {
        let ends = self.ends(peer);
        self.jobs.spawn(async move {
            let result =
                timeout(PROVE_WITHIN, proof::respond(stream, ends)).await.unwrap_or_else(|_| Err(late()));
            Done::Judged { peer, connection, result }
        });
    }

    fn ends(&self, peer: PeerId) -> Ends {
        Ends { group: self.group, me: self.me, peer, roster: self.roster.clone() }
    }

    /// Opens a stream of our own use.
    pub(super) fn open_on(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        protocol: StreamProtocol,
    ) -> impl Future<Output = std::io::Result<Stream>> + Send + 'static + use<> {
        let (reply, stream) = oneshot::channel();
        self.swarm.behaviour_mut().streams.open(peer, connection, protocol, reply);
        let (tap, slot) = (self.tap.clone(), Slots::default().take(1));
        async move {
            let gone = || std::io::Error::from(std::io::ErrorKind::NotConnected);
            let stream = timeout(OPEN_WITHIN, stream).await.map_err(|_| std::io::ErrorKind::TimedOut)?;
            Ok(Stream::new(stream.map_err(|_| gone())??, tap, slot.ok_or_else(gone)?, None))
        }
    }

    pub(super) fn done(&mut self, done: Done) {
        match done {
            Done::Initiated { peer, connection, as_member, result } => {
                let Some(known) = self.peers.0.get_mut(&peer) else { return };
                if known.proving == Some(connection) {
                    known.proving = None;
                }
                match result {
                    Ok(answered) => {
                        if self.settle(peer, answered.who, as_member, true) {
                            self.jobs.spawn(async move {
                                let _ = timeout(PROVE_WITHIN, answered.content()).await;
                                Done::Nothing
                            });
                        }
                    }
                    Err(failure) => self.unproved(peer, connection, failure),
                }
            }
            Done::Judged { peer, connection, result } => match result {
                Ok(judged) => {
                    if self.settle(peer, judged.who, true, false) {
                        self.jobs.spawn(async move {
                            let result =
                                timeout(PROVE_WITHIN, judged.answer()).await.unwrap_or_else(|_| Err(late()));
                            Done::Answered { peer, connection, result }
                        });
                    }
                }
                Err(failure) => self.unproved(peer, connection, failure),
            },
            Done::Answered { peer, connection, result } => match result {
                Ok(()) => self.confirm(peer),
                Err(failure) => self.unproved(peer, connection, failure),
            },
            Done::Placed { attempt, result } => self.placed(attempt, result),
            Done::Told { peer, stamp, result } => self.told(peer, stamp, &result),
            Done::Heard { peer, result } => self.heard(peer, result),
            Done::LookedUp { name, hosts } => self.looked_up(name, hosts),
            Done::Sifted(heard) => {
                self.learn(heard);
            }
            Done::ProxyBack => {
                self.dialer.hurry(Instant::now());
                self.wait_for_proxy();
            }
            Done::Probed { peer, connection, alive } => self.probed(peer, connection, alive),
            Done::Nothing => {}
        }
    }

    /// A peer proved who it is; says whether it is let in. From here on it may do what its proof allows.
    pub(super) fn settle(&mut self, peer: PeerId, who: Who, as_member: bool, mutual: bool) -> bool {
        let (now, chance) = (Instant::now(), rand::random());
        // The roster may have moved on since the proof was judged.
        let who = match who.device() {
            Some((key, log)) => self.roster.judge(key, log),
            None => Some(who),
        };
        let Some(known) = self.peers.0.get(&peer) else { return false };
        let before = known.settled;
        let Some(who) = who else {
            Counters::add(&self.counters.proofs_refused);
            self.disconnect(&peer);
            return false;
        };
        if who.device().is_some_and(|device| self.bans.holds(&device, now)) {
            Counters::add(&self.counters.banned_refused);
            self.disconnect(&peer);
            return false;
        }
        if before.is_none() && !self.outbox.has_room() {
            Counters::add(&self.counters.events_full);
            self.disconnect(&peer);
            return false;
        }
        Counters::add(&self.counters.proofs_good);
        // One device, two PeerIds: it began anew, and the older one is what it was before.
        if let Some(twin) = self.peers.twin(&peer, &who) {
            Counters::add(&self.counters.duplicates_closed);
            self.disconnect(&twin);
        }
        let mutual = mutual || before.is_some_and(|before| before.mutual);
        let as_member = as_member || before.is_some_and(|before| before.as_member);
        let announced = before.and_then(|before| before.announced);
        let since = before.map_or(now, |before| before.since);
        self.peers.settle(&peer, Settled { who, as_member, mutual, announced, since }, now);
        let connections: Vec<ConnectionId> = self
            .peers
            .0
            .get(&peer)
            .map(|known| known.connections.keys().copied().collect())
            .unwrap_or_default();
        match who {
            Who::Keeper { place, .. } => self.dialer.welcomed(place, &connections),
            _ => self.reached(&peer, &who, connections, chance, now),
        }
        self.welcome(peer, &who);
        if matches!(who, Who::Member { .. }) {
            self.swarm.behaviour_mut().gossip.open(peer);
        }
        if mutual {
            self.announce(peer);
        }
        self.prove_membership(peer);
        true
    }

    /// The other side has said, or shown by what it does, that it lets us in.
    pub(super) fn confirm(&mut self, peer: PeerId) {
        let settled = self.peers.0.get_mut(&peer).and_then(|known| known.settled.as_mut());
        if let Some(settled) = settled.filter(|settled| !settled.mutual) {
            settled.mutual = true;
            self.wake = None;
            self.announce(peer);
        }
    }

    /// Tells the cell who a peer is, unless it has been told just that.
    fn announce(&mut self, peer: PeerId) {
        self.peers_changed = true;
        let Some(known) = self.peers.0.get_mut(&peer) else { return };
        let direction = known
            .best(&self.me, &peer)
            .and_then(|best| known.connections.get(&best))
            .map_or(Direction::Inbound, |one| one.direction);
        let Some(settled) = &mut known.settled else { return };
        let who = settled.who;
        if settled.announced.replace(who) != Some(who) {
            self.outbox.peer(peer, Event::Proved { peer, who, direction, control_only: who.control_only() });
        }
    }

    /// If we have become a member since we proved our invite to a peer, proves the rest.
    fn prove_membership(&mut self, peer: PeerId) {
        let Some(known) = self.peers.0.get(&peer) else { return };
        let owed = known.settled.is_some_and(|settled| !settled.as_member) && known.proving.is_none();
        if let Some(connection) = known.best(&self.me, &peer).filter(|_| owed && self.roster.is_member()) {
            self.initiate(peer, connection);
        }
    }

    /// A proof came to nothing: ours, theirs, or what should have followed it.
    pub(super) fn unproved(&mut self, peer: PeerId, connection: ConnectionId, failure: Failure) {
        let Some(known) = self.peers.0.get(&peer) else { return };
        let mutual = known.settled.is_some_and(|settled| settled.mutual);
        match failure {
            Failure::Refused(why) => {
                tracing::debug!("a peer does not let us in");
                if self.outbox.has_room() {
                    self.outbox.peer(peer, Event::Refused { peer, why });
                }
            }
            Failure::Myself => self.dialer.ourselves(connection, rand::random(), Instant::now()),
            Failure::Turned => Counters::add(&self.counters.proofs_refused),
            // The connection may just have ended, which says nothing about the peer.
            Failure::Io(_) if mutual => return,
            Failure::Io(_) if !known.connections.contains_key(&connection) => return,
            failure => {
                tracing::debug!("a proof failed: {failure}");
                Counters::add(&self.counters.proofs_failed);
            }
        }
        self.disconnect(&peer);
    }

    /// Ends what has proved nothing in time, and connections too many.
    pub(super) fn expire(&mut self, now: Instant) {
        let mut late = Vec::new();
        let mut surplus = Vec::new();
        for (peer, known) in &mut self.peers.0 {
            if known.settled.is_none() && known.deadline <= now {
                known.deadline = now + PROVE_WITHIN;
                late.push(*peer);
            }
            if known.tidy_at.is_some_and(|at| at <= now) {
                if known.settled.is_some_and(|settled| settled.mutual) {
                    surplus.extend(known.surplus(&self.me, peer));
                }
                known.tidy_at = (known.connections.len() > 1).then_some(now + TIDY);
            }
        }
        for peer in late {
            Counters::add(&self.counters.unproved_closed);
            self.disconnect(&peer);
        }
        for connection in surplus {
            Counters::add(&self.counters.duplicates_closed);
            self.swarm.close_connection(connection);
        }
    }

    /// Takes up a new roster, or the first.
    pub(super) fn enrol(&mut self, before: Option<&Roster>) {
        let (now, chance) = (Instant::now(), rand::random());
        let roster = self.roster.clone();
        if before.is_none_or(|before| before.topics != roster.topics) {
            self.listen_to_topics();
        }
        self.book_changed |= self.book.retain(|member| roster.knows(member));
        self.sign();
        self.seek(now);
        self.seek_keepers(before, now);

        let mut unwelcome = Vec::new();
        let mut changed = Vec::new();
        for (peer, known) in &mut self.peers.0 {
            let Some(settled) = &mut known.settled else { continue };
            match (settled.who, settled.who.device()) {
                (Who::Invite { entry, .. }, _) => {
                    // Whoever has just used the last place is still being let in.
                    let over = roster.invites.get(&entry).is_none_or(|invited| {
                        matches!(invited.ended, Some(Refused::Revoked | Refused::Expired))
                    });
                    if over {
                        unwelcome.push(*peer);
                    }
                }
                (was, Some((key, log))) => match roster.judge(key, log) {
                    Some(who) if who == was => {}
                    Some(who @ Who::Member { .. }) => {
                        settled.who = who;
                        changed.push((
                            *peer,
                            who,
                            settled.mutual,
                            known.connections.keys().copied().collect(),
                        ));
                    }
                    Some(_) | None => unwelcome.push(*peer),
                },
                (Who::Keeper { place, .. }, _) => {
                    if roster.place(peer) != Some(place) {
                        unwelcome.push(*peer);
                    }
                }
                (_, None) => {}
            }
        }
        for peer in unwelcome {
            self.disconnect(&peer);
        }
        for (peer, who, mutual, connections) in changed {
            let connections: Vec<ConnectionId> = connections;
            self.reached(&peer, &who, connections, chance, now);
            self.swarm.behaviour_mut().gossip.open(peer);
            if mutual {
                self.announce(peer);
            }
        }
        let settled: Vec<PeerId> = self.peers.0.keys().copied().collect();
        for peer in settled {
            self.prove_membership(peer);
        }
    }
}

/// Which side dialled. Of two that dial at once through their routers, one plays the side that was dialled.
fn direction(end: &ConnectedPoint) -> Direction {
    match end {
        ConnectedPoint::Dialer { role_override: Endpoint::Dialer, .. } => Direction::Outbound,
        ConnectedPoint::Dialer { .. } | ConnectedPoint::Listener { .. } => Direction::Inbound,
    }
}

fn late() -> Failure {
    Failure::Io(std::io::ErrorKind::TimedOut.into())
}
