//! Whether our own place in the network changed: other interfaces, or a sleep.
//!
//! Pure: addresses and clocks come in.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::{Duration, Instant, SystemTime};

use super::super::address::local;

/// The clock on the wall runs this much ahead of the one that stands still in a sleep before it counts as one.
const SLEPT: Duration = Duration::from_secs(5);

/// What was seen last.
#[derive(Debug, Default)]
pub(in super::super) struct Change {
    interfaces: Option<BTreeSet<IpAddr>>,
    clocks: Option<(Instant, SystemTime)>,
}

impl Change {
    /// Takes the addresses of our interfaces; says whether they are others than before.
    pub fn interfaces(&mut self, addresses: impl IntoIterator<Item = IpAddr>) -> bool {
        let addresses: BTreeSet<IpAddr> = addresses.into_iter().filter(|ip| !local(ip)).collect();
        let before = self.interfaces.replace(addresses);
        before.is_some() && before != self.interfaces
    }

    /// Takes both clocks; says whether the machine slept since they were taken last.
    pub fn slept(&mut self, now: Instant, wall: SystemTime) -> bool {
        let Some((then, wall_then)) = self.clocks.replace((now, wall)) else { return false };
        let passed = now.saturating_duration_since(then);
        wall.duration_since(wall_then).is_ok_and(|wall| wall > passed.saturating_add(SLEPT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_interfaces_are_a_change_and_the_first_are_none() {
        let ips = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<IpAddr>>();
        let mut change = Change::default();
        assert!(!change.interfaces(ips(&["127.0.0.1", "192.0.2.1"])));
        assert!(
            !change.interfaces(ips(&["192.0.2.1", "fe80::1"])),
            "those for this machine and link come and go"
        );
        assert!(change.interfaces(ips(&["192.0.2.2"])));
        assert!(change.interfaces(ips(&[])), "the cable was pulled");
        assert!(change.interfaces(ips(&["192.0.2.2"])));
        assert!(!change.interfaces(ips(&["192.0.2.2"])));
    }

    #[test]
    fn a_sleep_is_seen_by_the_clocks() {
        let (now, wall) = (Instant::now(), SystemTime::now());
        let minute = Duration::from_secs(60);
        let mut change = Change::default();
        assert!(!change.slept(now, wall));
        assert!(!change.slept(now + minute, wall + minute));
        assert!(change.slept(now + minute, wall + 10 * minute));
        assert!(!change.slept(now + minute, wall), "a clock set back is none");
    }
}
