//! What the network has to know about the group: a snapshot that the cell replaces as its state moves on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use ed25519_dalek::SigningKey;
use kith_protocol::epoch::{GateKey, GroupSecret};
use kith_protocol::id::{EntryId, LogId, MemberKey, PlaceId};
use kith_protocol::invite::InviteSecret;
use kith_protocol::proof::Refused;
use libp2p::{Multiaddr, PeerId};

use super::event::Who;

/// Who this node is to the others of its group.
#[derive(Clone)]
pub enum Me {
    /// A member, on one device.
    Member {
        /// The member's public key.
        key: MemberKey,
        /// Its secret half.
        signing: Arc<SigningKey>,
        /// This device's log.
        log: LogId,
    },
    /// Somebody with an invite who is not in yet (or who comes back by their recovery words and any link).
    Invite {
        /// The invite's entry, as the link names it.
        entry: EntryId,
        /// The secret in the link.
        secret: InviteSecret,
    },
}

/// An invite as this node knows it.
#[derive(Clone, Debug)]
pub struct Invited {
    /// The verifying key its entry names.
    pub key: [u8; 32],
    /// Why nobody comes in on it now; none if it is live.
    pub ended: Option<Refused>,
}

/// A keeper of the group, as this node knows it.
#[derive(Clone, Debug)]
pub struct Keeper {
    /// Its node.
    pub peer: PeerId,
    /// Where it is.
    pub addresses: Vec<Multiaddr>,
    /// What we can prove there, the best first.
    pub keys: Vec<PlaceKey>,
}

/// What can be proved at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceKey {
    /// A gate key.
    Gate(GateKey),
    /// A signed grant: the first one, by the place's link.
    Grant(Vec<u8>),
}

/// A snapshot of the group's state, as far as it decides whom the network talks to and where.
///
/// The cell sends a new one through a `watch` channel whenever any of it changes. Connections survive a
/// change unless the person behind one is no longer welcome.
#[derive(Clone)]
pub struct Roster {
    /// Who we are.
    pub me: Me,
    /// What every member can derive and nobody else; none while joining: then we can prove no more than our
    /// invite, and know others only as holders of what members know of it ([`Who::Unknown`]).
    pub secret: Option<GroupSecret>,
    /// Current members.
    pub members: BTreeSet<MemberKey>,
    /// People removed, each with the envelopes that show it to them (the removal and what it needs).
    pub removed: BTreeMap<MemberKey, Vec<Bytes>>,
    /// Invites, the ended ones too, so that their holders are told why.
    pub invites: BTreeMap<EntryId, Invited>,
    /// The group's keepers, by place.
    pub keepers: BTreeMap<PlaceId, Keeper>,
    /// Names of the topics to be subscribed to.
    pub topics: BTreeSet<String>,
    /// The topic to publish on; usually one of `topics`.
    pub publish: Option<String>,
}

impl Roster {
    /// A roster of somebody who knows nobody yet.
    pub fn new(me: Me) -> Roster {
        Roster {
            me,
            secret: None,
            members: BTreeSet::new(),
            removed: BTreeMap::new(),
            invites: BTreeMap::new(),
            keepers: BTreeMap::new(),
            topics: BTreeSet::new(),
            publish: None,
        }
    }
}

impl Roster {
    /// Who the holder of a key is to us now; none for somebody removed.
    pub(super) fn judge(&self, key: MemberKey, log: LogId) -> Option<Who> {
        if self.members.contains(&key) {
            Some(Who::Member { key, log })
        } else if self.removed.contains_key(&key) {
            None
        } else {
            Some(Who::Unknown { key, log })
        }
    }

    /// The place that a keeper's node gives the group.
    pub(super) fn place(&self, peer: &PeerId) -> Option<PlaceId> {
        self.keepers.iter().find(|(_, keeper)| keeper.peer == *peer).map(|(place, _)| *place)
    }

    /// Our own device, once we are a member.
    pub(super) fn device(&self) -> Option<(MemberKey, LogId)> {
        match &self.me {
            Me::Member { key, log, .. } => Some((*key, *log)),
            Me::Invite { .. } => None,
        }
    }

    /// Whether we can prove to be a member.
    pub(super) fn is_member(&self) -> bool {
        self.secret.is_some() && self.device().is_some()
    }

    /// Whether somebody's addresses are worth keeping. A roster that knows nobody else yet (a group being
    /// refilled from its peers) has no say in it.
    pub(super) fn knows(&self, key: &MemberKey) -> bool {
        !self.removed.contains_key(key) && (self.members.contains(key) || self.members.len() <= 1)
    }
}
