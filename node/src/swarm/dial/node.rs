//! A node to dial: which of its addresses comes next, and when.

use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use libp2p::Multiaddr;
use libp2p::swarm::ConnectionId;

use super::super::address::circuit;
use super::{HEAD_START, HELD, PAUSE_LEAST, PAUSE_MOST, Target};

#[derive(Debug)]
pub(super) struct Node {
    pub addresses: Vec<Multiaddr>,
    /// What is left of the round under way, and when it began.
    pub round: VecDeque<Multiaddr>,
    pub begun: Instant,
    /// Dials and connections of it that have not proved to be anybody yet.
    pub open: BTreeSet<ConnectionId>,
    pub connected: bool,
    /// Whether it is connected through a relay only: then the round under way goes on with what is direct.
    pub relayed: bool,
    /// When it was connected last.
    pub met: Option<Instant>,
    pub failures: u32,
    /// When to begin the next round, or take its next step.
    pub due: Instant,
}

impl Node {
    pub fn new(addresses: Vec<Multiaddr>, now: Instant) -> Node {
        Node {
            addresses,
            round: VecDeque::new(),
            begun: now,
            open: BTreeSet::new(),
            connected: false,
            relayed: false,
            met: None,
            failures: 0,
            due: now,
        }
    }

    /// Its last connection ended after it had `held` so long.
    pub fn ends(&mut self, held: Duration, chance: f64, now: Instant) {
        self.connected = false;
        self.relayed = false;
        self.met = Some(now);
        self.failures = if held >= HELD { 0 } else { self.failures };
        self.due = now + pause(self.failures, chance);
        self.failures = self.failures.saturating_add(1);
    }

    pub fn wants(&self, target: Target, anybody: bool, keepers_only: bool) -> bool {
        let pointless = anybody && matches!(target, Target::Link(_))
            || keepers_only && !matches!(target, Target::Keeper(_));
        let more = !self.connected || self.relayed;
        more && !self.addresses.is_empty() && !pointless
    }

    /// What to do next in the round under way.
    pub fn step(&mut self, now: Instant) -> Step {
        let relayed = self.round.iter().position(|address| !direct(address));
        let late = now >= self.begun + HEAD_START;
        // Relays wait for the direct ones, but not for all of them.
        let at = match relayed {
            Some(at) if late => at,
            Some(0) if !self.open.is_empty() => return Step::Wait(self.begun + HEAD_START),
            _ => 0,
        };
        self.round.remove(at).map_or(Step::Nothing, Step::Dial)
    }
}

/// What to do next of a round.
pub(super) enum Step {
    Dial(Multiaddr),
    Wait(Instant),
    Nothing,
}

/// Whether an address goes through no relay.
pub(super) fn direct(address: &Multiaddr) -> bool {
    circuit(address).is_none()
}

/// The pause after so many failures, three quarters to five quarters of it.
pub(super) fn pause(failures: u32, chance: f64) -> Duration {
    let full = PAUSE_LEAST.saturating_mul(1 << failures.min(16)).min(PAUSE_MOST);
    full.mul_f64(0.75 + 0.5 * chance.clamp(0.0, 1.0))
}
