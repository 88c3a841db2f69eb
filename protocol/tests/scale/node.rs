//! One node: what it holds, and to whom it is connected.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use kith_protocol::sync::Prepared;

use super::session::{hour, identify};

/// Microseconds.
pub type Time = u64;
pub const SECOND: Time = 1_000_000;

/// One end of a connection.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Whether this side dialled.
    pub dialled: bool,
    /// Whether something may have been missed since the last session.
    pub dirty: bool,
    /// Whether a session that this side began is running.
    pub busy: bool,
    pub rest: Time,
    pub due: Time,
    /// Until when it is not asked into the mesh again.
    pub backoff: Time,
}

/// Somebody who is not connected, as the dialler knows them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Absent {
    pub failures: u32,
    pub due: Time,
}

#[derive(Default)]
pub struct Node {
    pub online: bool,
    /// When it came or went last.
    pub since: Time,
    /// Goes up with each coming and going: what was meant for an earlier life is lost.
    pub life: u64,
    pub peers: BTreeMap<usize, Peer>,
    pub absent: BTreeMap<usize, Absent>,
    pub mesh: BTreeSet<usize>,
    /// Posts heard of by gossip: not passed on twice.
    pub seen: BTreeSet<u32>,
    /// Posts of the last heartbeats, the newest first.
    pub history: VecDeque<Vec<u32>>,
    /// Who passed on a post before it was looked at.
    pub origins: BTreeMap<u32, BTreeSet<usize>>,
    /// When the way out is free again.
    pub free: Time,
    pub held: BTreeSet<u32>,
    prepared: Option<Arc<Prepared>>,
    fresh: Vec<u32>,
}

impl Node {
    /// Takes a post; says whether it was new.
    pub fn hold(&mut self, post: u32) -> bool {
        let new = self.held.insert(post);
        if new {
            self.fresh.push(post);
        }
        new
    }

    /// Its content as a set to be compared.
    pub fn content(&mut self) -> Arc<Prepared> {
        let more = std::mem::take(&mut self.fresh);
        let set = match self.prepared.take() {
            Some(set) if more.is_empty() => set,
            before => {
                let items = more
                    .iter()
                    .filter_map(|post| identify(&super::session::envelope(*post)).map(|id| (hour(), id)));
                let before = before.unwrap_or_else(|| Arc::new(Prepared::new([])));
                Arc::new(before.with(items))
            }
        };
        self.prepared = Some(set.clone());
        set
    }
}
