//! What the network has to know about the group: a snapshot that the cell replaces as its state moves on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use ed25519_dalek::SigningKey;
use kith_protocol::id::{EntryId, LogId, MemberKey};
use zeroize::Zeroizing;

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
        /// The key whose secret is in the link.
        signing: Arc<SigningKey>,
    },
}

/// A snapshot of the group's state, as far as it decides whom the network talks to and where.
///
/// The cell sends a new one through a `watch` channel whenever any of it changes. Connections survive a
/// change unless the person behind one is no longer welcome.
#[derive(Clone)]
pub struct Roster {
    /// Who we are.
    pub me: Me,
    /// What every member can derive and nobody else; none while joining, and then nobody is proved a member
    /// to us by more than a signature, and we can prove no more than our invite.
    pub secret: Option<Zeroizing<[u8; 32]>>,
    /// Current members.
    pub members: BTreeSet<MemberKey>,
    /// People removed, each with the envelopes that show it to them (the removal and what it needs).
    pub removed: BTreeMap<MemberKey, Vec<Bytes>>,
    /// Live invites: verifying key to entry.
    pub invites: BTreeMap<[u8; 32], EntryId>,
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
            topics: BTreeSet::new(),
            publish: None,
        }
    }
}
