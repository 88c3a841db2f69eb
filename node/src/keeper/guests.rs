//! Who is connected to a keeper, what each has proved, and how much each may ask for.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kith_protocol::id::GateName;
use kith_protocol::keeper::Standing;
use kith_protocol::limits;
use libp2p::PeerId;
use libp2p::swarm::ConnectionId;

use super::place::{Number, Pass};
use super::sessions::Refusals;
use crate::bucket::Bucket;
use crate::swarm::{PROVE_WITHIN, Slots};

/// Proofs one peer may have under way; reconciliations that it began; streams of errands.
pub(super) const PROOFS: usize = 2;
pub(super) const SYNCS: usize = 2;
pub(super) const ERRANDS: usize = 2;
/// Peers that have proved nothing yet. Of more, those go who have taken longest.
const STRANGERS: usize = 1024;
/// Peers of one place that proved the key of now: 500 members with some devices each.
const MEMBERS: usize = 1500;
/// Peers of one place that proved keys of the past, or of porches.
const OTHERS: usize = 64;
/// How soon after something was brought the others are told.
pub(super) const SOON: Duration = Duration::from_millis(300);

/// One connected peer.
pub(super) struct Guest {
    /// Its connections, the newest last, and how many pings in a row each has left unanswered.
    pub connections: Vec<(ConnectionId, u32)>,
    pub pass: Option<Pass>,
    /// Until when it may be connected without having proved anything.
    until: Instant,
    pub proofs: Slots,
    pub syncs: Slots,
    pub errands: Slots,
    pub tells: Slots,
    /// What it brought and was refused.
    pub refusals: Arc<Refusals>,
    /// Proofs that were refused since the last good one.
    refused: u32,
    /// Things it should not have done.
    offences: Bucket,
    /// Streams it began.
    streams: Bucket,
    /// When it is to be told of news.
    pub due: Option<Instant>,
    pub telling: bool,
    /// It does not take reconciliations that begin here.
    pub deaf: bool,
}

impl Guest {
    fn new(now: Instant) -> Guest {
        Guest {
            connections: Vec::new(),
            pass: None,
            until: now + PROVE_WITHIN,
            proofs: Slots::default(),
            syncs: Slots::default(),
            errands: Slots::default(),
            tells: Slots::default(),
            refusals: Arc::default(),
            refused: 0,
            offences: Bucket::new(32, Duration::from_secs(2), now),
            streams: Bucket::new(60, Duration::from_secs(2), now),
            due: None,
            telling: false,
            deaf: false,
        }
    }

    /// Counts a proof that was refused; says whether that was one too many.
    pub fn tries(&mut self) -> bool {
        self.refused = self.refused.saturating_add(1);
        self.refused >= limits::PLACE_TRIES
    }

    /// Counts something it should not have done; says whether that was too often.
    pub fn offends(&mut self, now: Instant) -> bool {
        !self.offences.take(now)
    }

    /// Counts a stream that it began; false if that was too often.
    pub fn begins(&mut self, now: Instant) -> bool {
        self.streams.take(now)
    }
}

/// The table of connected peers.
#[derive(Default)]
pub(super) struct Guests {
    pub all: BTreeMap<PeerId, Guest>,
    /// By place, and what each could do there when it proved so.
    by_place: BTreeMap<Number, BTreeMap<PeerId, Standing>>,
    /// Peers that have proved nothing yet, in the order in which they came, and until when they may wait. May hold some that
    /// have proved something or gone since.
    strangers: VecDeque<(Instant, PeerId)>,
    due: BTreeSet<(Instant, PeerId)>,
    /// Places that were given a grant of late: the gate key of now, and until when it is to be proved.
    renewing: BTreeMap<Number, (GateName, Instant)>,
}

impl Guests {
    /// Takes note of a connection.
    pub fn connected(&mut self, peer: PeerId, connection: ConnectionId, now: Instant) {
        let strangers = &mut self.strangers;
        let guest = self.all.entry(peer).or_insert_with(|| {
            strangers.push_back((now + PROVE_WITHIN, peer));
            Guest::new(now)
        });
        guest.connections.push((connection, 0));
    }

    /// Takes note of the end of one; gives back the peer if it was the last.
    pub fn closed(&mut self, peer: &PeerId, connection: ConnectionId) -> Option<Guest> {
        let guest = self.all.get_mut(peer)?;
        guest.connections.retain(|(id, _)| *id != connection);
        if !guest.connections.is_empty() {
            return None;
        }
        let guest = self.all.remove(peer)?;
        if let Some(due) = guest.due {
            self.due.remove(&(due, *peer));
        }
        if let Some(pass) = guest.pass {
            self.leave(pass.place, peer);
        }
        Some(guest)
    }

    fn leave(&mut self, place: Number, peer: &PeerId) {
        if let Some(peers) = self.by_place.get_mut(&place) {
            peers.remove(peer);
            if peers.is_empty() {
                self.by_place.remove(&place);
            }
        }
    }

    /// Peers to send away: they proved nothing in time, or others wait.
    pub fn late(&mut self, now: Instant) -> Vec<PeerId> {
        let mut late = Vec::new();
        while let Some((until, peer)) = self.strangers.front().copied() {
            // One that went and came again waits anew.
            let waits = |guest: &Guest| guest.pass.is_none() && guest.until == until;
            let settled = !self.all.get(&peer).is_some_and(waits);
            if !settled && until > now && self.strangers.len() <= STRANGERS {
                break;
            }
            self.strangers.pop_front();
            if !settled {
                late.push(peer);
            }
        }
        late
    }

    /// Whether one more may prove to be of a place, by their standing there.
    pub fn has_room(&self, place: Number, standing: Standing, peer: &PeerId) -> bool {
        let Some(peers) = self.by_place.get(&place) else { return true };
        let is_member = standing == Standing::Member;
        let alike = peers.values().filter(|other| (**other == Standing::Member) == is_member).count();
        peers.contains_key(peer) || alike < if is_member { MEMBERS } else { OTHERS }
    }

    /// Notes what a peer has proved. One that had proved to be of another place does not change it.
    pub fn settle(&mut self, peer: &PeerId, pass: Pass, standing: Standing) -> bool {
        let Some(guest) = self.all.get_mut(peer) else { return false };
        if guest.pass.is_some_and(|before| before.place != pass.place) {
            return false;
        }
        guest.pass = Some(pass);
        guest.refusals = Arc::default();
        guest.refused = 0;
        self.by_place.entry(pass.place).or_default().insert(*peer, standing);
        true
    }

    /// Notes that a gate key is the one of now at a place, which its members are to prove by some moment. Further grants
    /// do not put that off.
    pub fn renews(&mut self, pass: Pass, by: Instant) {
        self.renewing.entry(pass.place).or_insert((pass.gate, by)).0 = pass.gate;
    }

    /// Peers to send away: they proved the key of now while it was that, and have not proved its successor in time. What was
    /// opened for them as members stays open while they are connected.
    pub fn outdated(&mut self, now: Instant) -> Vec<PeerId> {
        let mut outdated = Vec::new();
        let over = |renewing: &BTreeMap<Number, (GateName, Instant)>| {
            renewing.iter().find(|(_, (_, by))| *by <= now).map(|(place, (gate, _))| (*place, *gate))
        };
        while let Some((place, gate)) = over(&self.renewing) {
            self.renewing.remove(&place);
            let members = self.by_place.get(&place).into_iter().flatten();
            let members =
                members.filter(|(_, standing)| **standing == Standing::Member).map(|(peer, _)| peer);
            let past = |peer: &&PeerId| {
                self.all.get(peer).and_then(|guest| guest.pass).is_some_and(|pass| pass.gate != gate)
            };
            outdated.extend(members.filter(past));
        }
        outdated
    }

    /// Peers of a place, and what each could do there when it proved so.
    pub fn of(&self, place: Number) -> Vec<(PeerId, Standing)> {
        let peers = self.by_place.get(&place);
        peers.map(|peers| peers.iter().map(|(peer, may)| (*peer, *may)).collect()).unwrap_or_default()
    }

    /// Notes that a peer is to be told of news at some moment, unless it is already.
    pub fn is_behind(&mut self, peer: &PeerId, at: Instant) {
        if let Some(guest) = self.all.get_mut(peer).filter(|guest| guest.due.is_none() && !guest.deaf) {
            guest.due = Some(at);
            self.due.insert((at, *peer));
        }
    }

    /// A peer that is to be told of news now, and is not being told already.
    pub fn next_due(&mut self, now: Instant) -> Option<PeerId> {
        loop {
            let (at, peer) = self.due.first().copied().filter(|(at, _)| *at <= now)?;
            self.due.pop_first();
            let Some(guest) = self.all.get_mut(&peer) else { continue };
            guest.due = None;
            if guest.telling {
                // It is told again when this has ended.
                self.is_behind(&peer, at + SOON);
                continue;
            }
            return Some(peer);
        }
    }

    /// When something is due next: a stranger's end, or that of who proved what is past, or, if there is room for that, telling
    /// somebody of news.
    pub fn wake(&self, may_tell: bool) -> Option<Instant> {
        let stranger = self.strangers.front().map(|(until, _)| *until);
        let due = self.due.first().map(|(at, _)| *at).filter(|_| may_tell);
        let renewed = self.renewing.values().map(|(_, by)| *by).min();
        [stranger, due, renewed].into_iter().flatten().min()
    }

    /// How many have proved something.
    pub fn proved(&self) -> usize {
        self.by_place.values().map(BTreeMap::len).sum()
    }
}
