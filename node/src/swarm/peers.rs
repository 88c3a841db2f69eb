//! Who is connected, what each has proved, and which of several connections stays.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use libp2p::swarm::ConnectionId;
use libp2p::{Multiaddr, PeerId};

use super::address::{is_onion, parts};
use super::event::{Direction, Who};
use super::reach::{How, PROBE_EVERY, PROBE_QUIC_EVERY};
use super::stream::{Kind, Slot, Slots};
use super::{PROVE_WITHIN, Peer, Transport};

/// With so many members' nodes connected no more are dialled: gossip passes things on to a few, and everybody has
/// connections that others made beside these. By simulation a group of 200 in which all are
/// connected with all sends more than twice as much for a post, and nothing comes sooner (docs/reference/scale.md).
const ENOUGH: usize = 24;
/// Streams of one kind with one peer, at one time.
const STREAMS: usize = 4;
/// Handshakes and address exchanges one peer may have under way towards us.
const SERVICES: usize = 2;
/// Things a peer should not do (streams it may not open or has too many of, exchanges without news) before
/// it is disconnected, and how long it takes until one is forgotten.
const PATIENCE: u32 = 32;
const FORGIVE: Duration = Duration::from_secs(2);
/// After a proof both sides leave their connections alone for this long, so that neither cuts off the other's
/// last words.
const SETTLING: Duration = Duration::from_secs(1);
/// A connection is known to be alive if it answered a ping this long before the newest one was made, or later.
const ALIVE: Duration = Duration::from_secs(2);

/// One connection.
#[derive(Debug)]
pub(super) struct Connection {
    pub address: Multiaddr,
    pub direction: Direction,
    pub since: Instant,
    pub how: How,
    /// When it last answered that it lives.
    pub pinged: Option<Instant>,
    /// When to ask it again; none while it is being asked.
    pub probe_at: Option<Instant>,
    /// Whether there is reason to think that it is dead: then it gets no second chance.
    doubted: bool,
}

impl Connection {
    pub fn new(address: Multiaddr, direction: Direction, how: How, now: Instant) -> Connection {
        Connection { address, direction, since: now, how, pinged: None, probe_at: Some(now), doubted: false }
    }

    /// There is reason to ask at once whether it lives.
    pub fn doubt(&mut self, now: Instant) {
        self.doubted = true;
        self.probe_at = self.probe_at.map(|_| now);
    }

    /// It was asked and answered, or did not; says whether it may stay.
    pub fn answered(&mut self, alive: bool, now: Instant) -> bool {
        if alive {
            self.pinged = Some(now);
            self.doubted = false;
            let quic = self.how != How::Relayed && transport(&self.address) == Transport::Quic;
            self.probe_at = Some(now + if quic { PROBE_QUIC_EVERY } else { PROBE_EVERY });
            return true;
        }
        self.probe_at = Some(now);
        !std::mem::replace(&mut self.doubted, true)
    }
}

/// What a peer has proved.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settled {
    pub who: Who,
    /// Whether we proved a member's key to it, not just an invite.
    pub as_member: bool,
    /// Whether it has said, or shown, that it lets us in too; before, the cell is not told of it.
    pub mutual: bool,
    /// What the cell was told it is.
    pub announced: Option<Who>,
    pub since: Instant,
}

/// One connected peer.
#[derive(Debug)]
pub(super) struct Known {
    pub connections: BTreeMap<ConnectionId, Connection>,
    pub settled: Option<Settled>,
    /// Disconnected at this moment unless it has settled.
    pub deadline: Instant,
    /// Whether it says that it relays for us.
    pub relays: bool,
    /// The connection on which we are proving ourselves to it.
    pub proving: Option<ConnectionId>,
    /// Which of our keys it let us in by, as a keeper: 0 is the best.
    pub shown: usize,
    pub handshakes: Slots,
    pub exchanges: Slots,
    /// Streams by kind: those it opened, and those we did.
    theirs: BySort,
    ours: BySort,
    offences: u32,
    forgiven: Instant,
    /// How much of the book it has been told, and when it may be told more.
    pub told: u64,
    pub telling: bool,
    pub tell_at: Instant,
    /// Of which port to come of ours it was told.
    pub foretold: Option<u16>,
    /// When to look for connections too many.
    pub tidy_at: Option<Instant>,
}

/// Places for streams, a few of each sort.
#[derive(Debug, Default)]
struct BySort {
    sync: Slots,
    join: Slots,
    receipt: Slots,
    letter: Slots,
    chunks: Slots,
    errand: Slots,
}

impl BySort {
    fn of(&self, kind: Kind) -> &Slots {
        match kind {
            Kind::Sync => &self.sync,
            Kind::Join => &self.join,
            Kind::Receipt => &self.receipt,
            Kind::Letter => &self.letter,
            Kind::Chunks => &self.chunks,
            Kind::Errand => &self.errand,
        }
    }
}

impl Known {
    fn new(now: Instant) -> Known {
        Known {
            connections: BTreeMap::new(),
            settled: None,
            deadline: now + PROVE_WITHIN,
            relays: false,
            proving: None,
            shown: 0,
            handshakes: Slots::default(),
            exchanges: Slots::default(),
            theirs: BySort::default(),
            ours: BySort::default(),
            offences: 0,
            forgiven: now,
            told: 0,
            telling: false,
            tell_at: now,
            foretold: None,
            tidy_at: None,
        }
    }

    /// Whom it proved to be.
    pub fn who(&self) -> Option<Who> {
        self.settled.map(|settled| settled.who)
    }

    /// Whether it is a member who takes part in everything.
    pub fn is_member(&self) -> bool {
        matches!(self.who(), Some(Who::Member { .. }))
    }

    /// A place for one more stream of a kind that it opens.
    pub fn incoming(&self, kind: Kind) -> Option<Slot> {
        self.theirs.of(kind).take(STREAMS)
    }

    /// A place for one more stream of a kind that we open.
    pub fn outgoing(&self, kind: Kind) -> Option<Slot> {
        self.ours.of(kind).take(STREAMS)
    }

    /// A place for one more handshake that it begins.
    pub fn handshake(&self) -> Option<Slot> {
        self.handshakes.take(SERVICES)
    }

    /// A place for one more address exchange that it begins.
    pub fn exchange(&self) -> Option<Slot> {
        self.exchanges.take(SERVICES)
    }

    /// Counts something it should not have done; says whether that was too often.
    pub fn offends(&mut self, now: Instant) -> bool {
        while self.offences > 0 && self.forgiven + FORGIVE <= now {
            self.offences = self.offences.saturating_sub(1);
            self.forgiven += FORGIVE;
        }
        if self.offences == 0 {
            self.forgiven = now;
        }
        self.offences = self.offences.saturating_add(1);
        self.offences > PATIENCE
    }

    /// A connection that we dialled: on it, proving is up to us.
    pub fn dialled(&self) -> Option<ConnectionId> {
        self.connections.iter().find(|(_, one)| one.direction == Direction::Outbound).map(|(id, _)| *id)
    }

    /// The connection to open streams on: the one that stays if there are several.
    pub fn best(&self, me: &PeerId, peer: &PeerId) -> Option<ConnectionId> {
        self.connections.iter().min_by_key(|(id, one)| self.rank(me, peer, **id, one)).map(|(id, _)| *id)
    }

    /// A connection that needs no relay.
    pub fn direct(&self) -> Option<&Connection> {
        self.connections.values().find(|one| one.how != How::Relayed)
    }

    /// Connections to close, once it is certain that the one kept is alive. A relayed one gives way to any direct
    /// one. Of two that were made from both
    /// sides, both sides keep the one that the lower PeerId dialled; of several that one side dialled, that
    /// side alone decides, for QUIC and for the oldest.
    pub fn surplus(&self, me: &PeerId, peer: &PeerId) -> Vec<ConnectionId> {
        let newest = self.connections.values().map(|one| one.since).max();
        let alive = |one: &Connection| match (one.pinged, newest) {
            (Some(pinged), Some(newest)) => pinged + ALIVE >= newest,
            _ => false,
        };
        let Some(best) = self.best(me, peer) else { return Vec::new() };
        if self.connections.len() < 2 || !self.connections.values().all(alive) {
            return Vec::new();
        }
        let direct = self.direct().is_some();
        let gives_way = |one: &Connection| direct && one.how == How::Relayed;
        let mixed = [Direction::Inbound, Direction::Outbound]
            .iter()
            .all(|way| self.connections.values().any(|one| one.direction == *way && !gives_way(one)));
        let kept = if me < peer { Direction::Outbound } else { Direction::Inbound };
        self.connections
            .iter()
            .filter(|(id, one)| {
                let ours_to_close = one.direction == Direction::Outbound;
                **id != best && (gives_way(one) || ours_to_close || (mixed && one.direction != kept))
            })
            .map(|(id, _)| *id)
            .collect()
    }

    fn rank(&self, me: &PeerId, peer: &PeerId, id: ConnectionId, one: &Connection) -> impl Ord + use<> {
        let dialled_by_lower = (one.direction == Direction::Outbound) == (me < peer);
        (one.how == How::Relayed, !dialled_by_lower, transport(&one.address) == Transport::Tcp, one.since, id)
    }
}

/// The table of connected peers.
#[derive(Debug, Default)]
pub(super) struct Peers(pub BTreeMap<PeerId, Known>);

impl Peers {
    /// Takes note of a connection.
    pub fn connected(&mut self, peer: PeerId, id: ConnectionId, one: Connection) -> &mut Known {
        let now = one.since;
        let known = self.0.entry(peer).or_insert_with(|| Known::new(now));
        known.connections.insert(id, one);
        if known.connections.len() > 1 {
            known.tidy_at = Some(now + SETTLING);
        }
        known
    }

    /// Takes note of the end of one; gives back the peer if it was the last.
    pub fn closed(&mut self, peer: &PeerId, id: ConnectionId) -> Option<Known> {
        let known = self.0.get_mut(peer)?;
        known.connections.remove(&id);
        if known.connections.is_empty() { self.0.remove(peer) } else { None }
    }

    /// Notes what a peer proved.
    pub fn settle(&mut self, peer: &PeerId, settled: Settled, now: Instant) {
        if let Some(known) = self.0.get_mut(peer) {
            known.tidy_at = Some(now + SETTLING);
            known.settled = Some(settled);
        }
    }

    /// Another peer that proved to be the same device.
    pub fn twin(&self, peer: &PeerId, who: &Who) -> Option<PeerId> {
        let device = who.device()?;
        self.0
            .iter()
            .find(|(other, known)| *other != peer && known.who().and_then(|who| who.device()) == Some(device))
            .map(|(other, _)| *other)
    }

    /// Whether a member is connected.
    pub fn anybody(&self) -> bool {
        self.0.values().any(Known::is_member)
    }

    /// Whether so many members are connected that no more need to be dialled.
    pub fn enough(&self) -> bool {
        self.0.values().filter(|known| known.is_member()).count() >= ENOUGH
    }

    /// What the cell is shown.
    pub fn shown(&self, me: &PeerId) -> BTreeMap<PeerId, Peer> {
        self.0
            .iter()
            .filter_map(|(peer, known)| {
                let settled = known.settled.filter(|settled| settled.mutual)?;
                let one = known.best(me, peer).and_then(|id| known.connections.get(&id))?;
                let shown = Peer {
                    who: settled.who,
                    address: one.address.clone(),
                    transport: transport(&one.address),
                    how: one.how,
                    direction: one.direction,
                    since: one.since,
                };
                Some((*peer, shown))
            })
            .collect()
    }

    /// The next moment at which something is due, given how far the book has come.
    pub fn wake(&self, stamp: u64) -> Option<Instant> {
        self.0
            .values()
            .flat_map(|known| {
                let prove = known.settled.is_none().then_some(known.deadline);
                let tell = known.wants_news(stamp).then_some(known.tell_at);
                [prove, tell, known.tidy_at]
            })
            .flatten()
            .min()
    }
}

impl Known {
    /// Whether there is something to tell it, now or when its time comes.
    pub fn wants_news(&self, stamp: u64) -> bool {
        let mutual = self.settled.is_some_and(|settled| settled.mutual && settled.as_member);
        self.is_member() && mutual && !self.telling && self.told < stamp
    }
}

/// Which transport an address of a connection means.
pub(super) fn transport(address: &Multiaddr) -> Transport {
    match parts(address) {
        Some((_, true)) => Transport::Tcp,
        Some((_, false)) => Transport::Quic,
        None if address.to_string().contains("/tcp/") || is_onion(address) => Transport::Tcp,
        None => Transport::Quic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(direction: Direction, since: Instant, address: &str) -> Connection {
        let how = if address.contains("p2p-circuit") { How::Relayed } else { How::Direct };
        let mut one = Connection::new(address.parse().unwrap(), direction, how, since);
        one.pinged = Some(since);
        one
    }

    const QUIC: &str = "/ip4/192.0.2.1/udp/9/quic-v1";
    const TCP: &str = "/ip4/192.0.2.1/tcp/9";
    const RELAYED: &str = "/ip4/192.0.2.1/tcp/9/p2p-circuit";

    /// The same connections, seen from both sides: number, dialled by the lower side, age, address.
    fn both_sides(connections: &[(usize, bool, u64, &str)]) -> (Vec<usize>, Vec<usize>) {
        let (a, b) = (PeerId::random(), PeerId::random());
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        let now = Instant::now() + Duration::from_secs(100);
        let seen = |me: PeerId, peer: PeerId, lower: bool| {
            let mut known = Known::new(now);
            for (id, by_lower, age, address) in connections {
                let direction = if *by_lower == lower { Direction::Outbound } else { Direction::Inbound };
                let mut one = one(direction, now - Duration::from_millis(*age), address);
                one.pinged = Some(now);
                known.connections.insert(ConnectionId::new_unchecked(*id), one);
            }
            let gone: Vec<_> = known.surplus(&me, &peer);
            connections
                .iter()
                .map(|(id, ..)| *id)
                .filter(|id| gone.contains(&ConnectionId::new_unchecked(*id)))
                .collect()
        };
        (seen(low, high, true), seen(high, low, false))
    }

    #[test]
    fn both_sides_keep_the_same_connection() {
        for (connections, kept) in [
            (vec![(1, true, 5, QUIC), (2, false, 9, QUIC)], 1),
            (vec![(1, true, 5, TCP), (2, false, 9, QUIC)], 1),
            (vec![(1, true, 5, TCP), (2, true, 3, QUIC)], 2),
            (vec![(1, true, 5, QUIC), (2, true, 9, QUIC)], 2),
            (vec![(1, false, 5, QUIC), (2, false, 9, TCP)], 1),
            (vec![(1, false, 5, QUIC), (2, true, 9, TCP), (3, true, 1, QUIC), (4, false, 2, TCP)], 3),
            (vec![(1, true, 9, RELAYED), (2, false, 5, TCP)], 2),
            (vec![(1, false, 9, RELAYED), (2, true, 5, QUIC), (3, false, 4, QUIC)], 2),
            (vec![(1, true, 9, RELAYED), (2, false, 8, RELAYED)], 1),
        ] {
            let (low, high) = both_sides(&connections);
            let mut closed = [low, high].concat();
            closed.sort();
            closed.dedup();
            let left: Vec<_> =
                connections.iter().map(|(id, ..)| *id).filter(|id| !closed.contains(id)).collect();
            assert_eq!(left, [kept], "{connections:?}");
        }
    }

    #[test]
    fn a_connection_that_may_be_dead_wins_against_none() {
        let (me, peer) = (PeerId::random(), PeerId::random());
        let old = Instant::now();
        let new = old + Duration::from_secs(60);
        let mut known = Known::new(old);
        for (id, direction, since) in [(1, Direction::Inbound, old), (2, Direction::Outbound, new)] {
            known.connections.insert(ConnectionId::new_unchecked(id), one(direction, since, QUIC));
        }
        assert!(known.surplus(&me, &peer).is_empty(), "the old one answered no ping since");
        for one in known.connections.values_mut() {
            one.pinged = Some(new);
        }
        assert_eq!(known.surplus(&me, &peer).len(), 1);
    }

    #[test]
    fn what_does_not_answer_twice_is_dead_and_once_if_in_doubt() {
        let now = Instant::now();
        let mut one = one(Direction::Inbound, now, TCP);
        assert!(one.answered(false, now), "one answer may be late");
        assert!(!one.answered(false, now));
        assert!(one.answered(true, now));
        assert_eq!(one.probe_at, Some(now + PROBE_EVERY));
        one.doubt(now);
        assert_eq!(one.probe_at, Some(now));
        assert!(!one.answered(false, now));
    }

    #[test]
    fn patience_ends() {
        let now = Instant::now();
        let mut known = Known::new(now);
        assert!((0..PATIENCE).all(|_| !known.offends(now)));
        assert!(known.offends(now));
        assert!(!known.offends(now + 3 * FORGIVE), "and comes back");
        let held: Vec<_> = (0..STREAMS).filter_map(|_| known.incoming(Kind::Sync)).collect();
        assert_eq!(held.len(), STREAMS);
        assert!(known.incoming(Kind::Sync).is_none());
        drop(held);
        assert!(known.incoming(Kind::Sync).is_some());
    }
}
