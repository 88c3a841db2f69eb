//! Members' devices that broke the rules, and for how long each is left alone.
//!
//! A ban grows with each further one, has an end, and is forgotten in time: what misbehaves is mostly a fault that
//! somebody will have mended, and a group of two has nobody else. Who has proved nothing has no name to be held
//! against; against those there are limits on connections.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::book::Device;

/// The first ban; each further one takes four times as long, up to [`MOST`].
const LEAST: Duration = if cfg!(test) { Duration::from_secs(2) } else { Duration::from_secs(60) };
const MOST: Duration = Duration::from_secs(6 * 3600);
/// After so long without another, one ban less counts.
const FORGIVE: Duration = Duration::from_secs(24 * 3600);
/// Devices remembered; of more, the one whose ban ends first is forgotten.
const DEVICES: usize = 256;

/// Who is left alone.
#[derive(Debug, Default)]
pub(super) struct Bans(BTreeMap<Device, Ban>);

#[derive(Debug)]
struct Ban {
    until: Instant,
    times: u32,
    since: Instant,
}

impl Bans {
    /// Leaves a device alone for a while; says how long.
    pub fn add(&mut self, device: Device, now: Instant) -> Duration {
        let before = self.0.get(&device).map_or(0, |ban| ban.counts(now));
        let length = LEAST.saturating_mul(4_u32.saturating_pow(before)).min(MOST);
        self.0.insert(device, Ban { until: now + length, times: before.saturating_add(1), since: now });
        if self.0.len() > DEVICES {
            let first = self.0.iter().min_by_key(|(_, ban)| ban.until).map(|(device, _)| *device);
            self.0.retain(|device, _| Some(*device) != first);
        }
        length
    }

    /// Whether a device is left alone now.
    pub fn holds(&self, device: &Device, now: Instant) -> bool {
        self.0.get(device).is_some_and(|ban| now < ban.until)
    }
}

impl Ban {
    /// How many bans count against it by now.
    fn counts(&self, now: Instant) -> u32 {
        let days = now.saturating_duration_since(self.since).as_secs() / FORGIVE.as_secs();
        self.times.saturating_sub(u32::try_from(days).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use kith_protocol::id::{LogId, MemberKey};

    use super::*;

    fn device(number: u16) -> Device {
        let [high, low] = number.to_be_bytes();
        let mut key = [0; 32];
        (key[0], key[1]) = (high, low);
        (MemberKey(key), LogId([1; 8]))
    }

    #[test]
    fn bans_grow_and_end_and_are_forgotten() {
        let (ben, mut bans, mut now) = (device(2), Bans::default(), Instant::now());
        assert!(!bans.holds(&ben, now));
        let mut lengths = Vec::new();
        for _ in 0..12 {
            let length = bans.add(ben, now);
            assert!(bans.holds(&ben, now) && !bans.holds(&device(3), now));
            now += length;
            assert!(!bans.holds(&ben, now), "every ban has an end");
            lengths.push(length);
        }
        assert_eq!(lengths[..3], [LEAST, 4 * LEAST, 16 * LEAST]);
        assert_eq!(lengths.last(), Some(&MOST));
        now += FORGIVE * 12;
        assert_eq!(bans.add(ben, now), LEAST, "a fault that was mended is forgotten");
    }

    #[test]
    fn few_are_remembered() {
        let (mut bans, now) = (Bans::default(), Instant::now());
        for number in 0..1000 {
            bans.add(device(number), now + Duration::from_millis(number.into()));
        }
        assert_eq!(bans.0.len(), DEVICES);
        assert!(bans.0.contains_key(&device(999)));
    }
}
