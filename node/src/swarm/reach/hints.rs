//! What was found out about our own place, for how long that counts, and what a change of it means.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

use libp2p::Multiaddr;
use libp2p::autonat::v2::client;

use super::super::address::{parts, private};
use super::super::counters::Counters;
use super::super::peers::Known;
use super::super::task::Task;
use super::without_peer;

/// How long it counts that somebody from outside could reach us, or could not.
pub(super) const AGE: Duration = Duration::from_secs(24 * 60 * 60);
/// Hints kept; more, and all are forgotten.
const HINTS: usize = 64;

/// What somebody from outside found.
#[derive(Clone, Copy, Debug)]
struct Hint {
    good: bool,
    at: Instant,
}

/// What was found, by address.
#[derive(Debug, Default)]
pub(super) struct Hints(BTreeMap<Multiaddr, Hint>);

impl Hints {
    /// Takes note of what somebody found.
    pub fn note(&mut self, address: Multiaddr, good: bool, at: Instant) {
        if self.0.len() >= HINTS {
            self.0.clear();
        }
        self.0.insert(address, Hint { good, at });
    }

    /// Whether somebody reached us at an address, not too long ago.
    pub fn good(&self, address: &Multiaddr, now: Instant) -> bool {
        self.0.get(address).is_some_and(|hint| hint.good && hint.at + AGE > now)
    }

    /// Whether somebody could not reach us.
    pub fn turned_away(&self) -> bool {
        self.0.values().any(|hint| !hint.good)
    }

    /// Forgets what is too old, and says what.
    fn old(&mut self, now: Instant) -> Vec<Multiaddr> {
        let old = |(address, hint): (&Multiaddr, &Hint)| (hint.at + AGE <= now).then(|| address.clone());
        let old: Vec<Multiaddr> = self.0.iter().filter_map(old).collect();
        self.0.retain(|_, hint| hint.at + AGE > now);
        old
    }

    /// We are elsewhere: nothing counts now. What was good is remembered for when others see us there again.
    fn elsewhere(&mut self) -> Vec<Multiaddr> {
        let all = self.0.keys().cloned().collect();
        self.0.retain(|_, hint| hint.good);
        all
    }
}

impl Task {
    /// A peer tried to call us, at an address at which others see us.
    pub(in super::super) fn called_back(&mut self, event: &client::Event) {
        let good = event.result.is_ok();
        // Whoever is behind the same router can say nothing of those beyond it.
        let inside = |known: &Known| {
            known
                .connections
                .values()
                .any(|one| parts(&without_peer(&one.address)).is_some_and(|(ip, _)| private(&ip)))
        };
        let inside = self.peers.0.get(&event.server).is_none_or(inside);
        let counts = parts(&event.tested_addr).is_some_and(|(ip, _)| !private(&ip)) && !inside;
        if !counts {
            if good && !self.announce.contains(&event.tested_addr) {
                self.swarm.remove_external_address(&event.tested_addr);
            }
            return;
        }
        Counters::add(if good { &self.counters.called_back } else { &self.counters.not_called_back });
        self.reach.hints.note(event.tested_addr.clone(), good, Instant::now());
        self.moved();
    }

    /// Notices other interfaces.
    pub(in super::super) fn look_at_interfaces(&mut self, now: Instant) {
        let hosts = self.swarm.listeners().filter_map(|address| parts(address).map(|(ip, _)| ip));
        if self.reach.change.interfaces(hosts.collect::<Vec<_>>()) {
            self.shaken(now);
        }
    }

    /// Notices a sleep, and what has become too old.
    pub(super) fn look_at_clocks(&mut self, now: Instant) {
        for address in self.reach.hints.old(now) {
            self.forget_outside(&address);
        }
        if self.reach.change.slept(now, SystemTime::now()) {
            for listener in self.reach.relays.all() {
                self.swarm.remove_listener(listener);
            }
            self.shaken(now);
        }
    }

    /// Nothing that was known of our own place counts any more, and every connection may be dead.
    fn shaken(&mut self, now: Instant) {
        tracing::debug!("the network changed");
        Counters::add(&self.counters.network_changes);
        for address in self.reach.hints.elsewhere() {
            self.forget_outside(&address);
        }
        self.reach.relays.hurry();
        self.dialer.hurry(now);
        self.names.hurry();
        for one in self.peers.0.values_mut().flat_map(|known| known.connections.values_mut()) {
            one.doubt(now);
        }
    }

    fn forget_outside(&mut self, address: &Multiaddr) {
        if !self.announce.contains(address) {
            self.swarm.remove_external_address(address);
            self.moved();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_counts_for_a_day_and_at_one_place() {
        let now = Instant::now();
        let [good, bad]: [Multiaddr; 2] =
            ["/ip4/203.0.113.1/tcp/9", "/ip4/203.0.113.2/tcp/9"].map(|text| text.parse().unwrap());
        let mut hints = Hints::default();
        hints.note(good.clone(), true, now);
        hints.note(bad.clone(), false, now);
        assert!(hints.good(&good, now) && !hints.good(&bad, now) && hints.turned_away());
        assert_eq!(hints.elsewhere(), [good.clone(), bad]);
        assert!(hints.good(&good, now) && !hints.turned_away(), "back where it was good");
        assert!(!hints.good(&good, now + AGE));
        assert!(hints.old(now).is_empty());
        assert_eq!(hints.old(now + AGE), [good]);
    }
}
