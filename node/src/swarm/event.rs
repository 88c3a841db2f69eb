//! What the network tells the cell, and the ticket with which the cell answers a gossip.

use bytes::Bytes;
use kith_protocol::id::{EntryId, LogId, MemberKey, PlaceId};
use kith_protocol::keeper::{PlaceRefused, Standing, Told};
use kith_protocol::proof::Refused;
use libp2p::gossipsub::MessageId;
use libp2p::{Multiaddr, PeerId};
use tokio::sync::mpsc::OwnedPermit;

use super::stream::{Kind, Stream};

/// Whom a peer has proved to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// A current member, on one device.
    Member {
        /// The member.
        key: MemberKey,
        /// The device.
        log: LogId,
    },
    /// Somebody who holds a live invite.
    Invite {
        /// The invite's entry.
        entry: EntryId,
        /// The invite's verifying key.
        key: [u8; 32],
    },
    /// A keeper of the group, by its PeerId, to which we proved a key of the place it gives us.
    Keeper {
        /// The place.
        place: PlaceId,
        /// What it said of it then.
        told: Told,
    },
    /// Somebody who holds the group's secret, with a key that is no member's as far as this node knows: a
    /// member newer than our state, or one who left. While we are joining, every member is one to us.
    Unknown {
        /// The key.
        key: MemberKey,
        /// The device.
        log: LogId,
    },
}

impl Who {
    /// The member's key and device, known to us or not.
    pub fn device(&self) -> Option<(MemberKey, LogId)> {
        match self {
            Who::Member { key, log } | Who::Unknown { key, log } => Some((*key, *log)),
            Who::Invite { .. } | Who::Keeper { .. } => None,
        }
    }

    /// Whether it is a keeper that takes what is brought: not one that knows this node by a key of the past alone.
    pub fn keeps(&self) -> bool {
        matches!(self, Who::Keeper { told, .. } if told.standing != Standing::Past)
    }

    /// Whether such a stream is open to it, whichever side begins.
    pub fn may(&self, kind: Kind) -> bool {
        match kind {
            Kind::Sync => true,
            // Of those who proved an invite, the cell serves the ones it has let in.
            Kind::Join => !matches!(self, Who::Keeper { .. }),
            Kind::Errand => matches!(self, Who::Keeper { .. }),
            Kind::Receipt | Kind::Letter | Kind::Chunks => matches!(self, Who::Member { .. }),
        }
    }

    /// Whether streams with this peer may carry control entries only.
    pub fn control_only(&self) -> bool {
        match self {
            Who::Member { .. } => false,
            Who::Keeper { told, .. } => told.standing != Standing::Member,
            Who::Invite { .. } | Who::Unknown { .. } => true,
        }
    }
}

/// Which side opened the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// They dialled us.
    Inbound,
    /// We dialled them.
    Outbound,
}

/// Why the other side would not have us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// We were removed; the envelopes say by whom and why (unchecked: admit them like any others).
    Removed(Vec<Bytes>),
    /// That node does not let us in, or not now.
    Refused(Refused),
    /// That keeper knows nothing of what we can prove.
    Place(PlaceRefused),
}

/// What the network tells the cell.
///
/// Only [`Event::Gossip`] and [`Event::Stream`] may be dropped when the cell is slow (each is counted; a
/// dropped gossip makes a [`Event::Dirty`]). Of the others the newest state always arrives.
#[derive(Debug)]
pub enum Event {
    /// The addresses this node can be reached at changed: announced ones first, then those of interfaces.
    Listening {
        /// The port of all of them, UDP and TCP, to be kept for the next start.
        port: u16,
        /// Addresses to put into invites.
        addresses: Vec<Multiaddr>,
        /// Where it will be next, for invites too.
        next: Vec<Multiaddr>,
    },
    /// A peer proved who it is, or (again, for the same peer) who it has become.
    Proved {
        /// The peer.
        peer: PeerId,
        /// Whom it proved to be.
        who: Who,
        /// Which side dialled.
        direction: Direction,
        /// Whether streams with it may carry control entries only.
        control_only: bool,
    },
    /// A proved peer is connected no more.
    Gone {
        /// The peer.
        peer: PeerId,
    },
    /// A proved member listens to the topic we publish on: a good moment for a sync.
    Subscribed {
        /// The peer.
        peer: PeerId,
    },
    /// An envelope by gossip, from a proved member. To be answered by its ticket.
    Gossip {
        /// The envelope's bytes, unchecked.
        bytes: Bytes,
        /// Who passed it to us (not who wrote it).
        source: PeerId,
        /// The answer owed.
        ticket: Ticket,
    },
    /// A proved peer opened a stream that its proof allows.
    Stream {
        /// The peer.
        peer: PeerId,
        /// Whom it proved to be.
        who: Who,
        /// What the stream is for.
        kind: Kind,
        /// The stream. Reads and writes need a timeout.
        stream: Stream,
    },
    /// The address book changed: worth keeping ([`super::Network::book`]).
    Book,
    /// A peer we proved ourselves to would not have us.
    Refused {
        /// The peer.
        peer: PeerId,
        /// Why.
        why: Refusal,
    },
    /// Something was dropped on the way in or out, so only a sync can tell what is missing.
    Dirty,
}

/// What became of a gossip, for the peers it came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Admitted: pass it on.
    Accept,
    /// Neither passed on nor held against anybody: known already, waiting, or not for now.
    Ignore,
    /// No honest node passes this on.
    Reject,
}

/// An answer owed for one gossip. Dropping it answers [`Verdict::Ignore`], so that every message is answered.
///
/// It holds its own place in the queue of answers: answering never waits and never fails, from any thread.
#[derive(Debug)]
pub struct Ticket {
    pub(super) answer: Option<OwnedPermit<Answer>>,
    pub(super) id: MessageId,
    pub(super) source: PeerId,
}

/// An answer on its way back to the swarm.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) id: MessageId,
    pub(super) source: PeerId,
    pub(super) verdict: Verdict,
}

impl Ticket {
    /// Answers.
    pub fn answer(mut self, verdict: Verdict) {
        self.send(verdict);
    }

    fn send(&mut self, verdict: Verdict) {
        if let Some(answer) = self.answer.take() {
            answer.send(Answer { id: self.id.clone(), source: self.source, verdict });
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.send(Verdict::Ignore);
    }
}
