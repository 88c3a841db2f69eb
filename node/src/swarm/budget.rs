//! How many bytes may pass with one peer in an hour, by what its streams are for, both ways together.
//!
//! A share is what no honest node needs: a whole group's texts, or its attachments. Whoever has used it up is served
//! again as it fills, evenly, within the hour. It is kept by device, so that connecting anew gives no other.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use libp2p::PeerId;

use super::book::Device;
use super::counters::Counters;
use super::event::Who;
use super::stream::Kind;

/// In this time a share that was used up is whole again.
const HOUR: Duration = Duration::from_secs(3600);
/// Reconciliation with a member or a keeper, in bytes: half a million posts.
const SYNC: u64 = 512 << 20;
/// Attachments, in bytes.
const CHUNKS: u64 = 1 << 30;
/// Anything else, and reconciliation with who is not known to be either, in bytes.
const OTHER: u64 = 16 << 20;
/// Streams are opened while this part of a share is left.
const LEAST: u64 = 64;
/// Shares remembered. Of more, the one that was looked at longest ago is forgotten, and whole again.
const SHARES: usize = 2048;

/// Whose share it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    Device(Device),
    /// Somebody with an invite has no device yet.
    Peer(PeerId),
}

/// All shares.
#[derive(Debug, Default)]
pub(super) struct Budgets(BTreeMap<(Whose, Option<Kind>), Share>);

#[derive(Debug)]
struct Share {
    left: Arc<AtomicU64>,
    whole: u64,
    looked: Instant,
}

/// What is left of one share, for a stream to take from.
#[derive(Clone, Debug)]
pub(crate) struct Meter {
    left: Arc<AtomicU64>,
    counters: Arc<Counters>,
}

impl Budgets {
    /// The meter for a stream (of a kind, or for addresses) with a peer; none if its share is used up.
    pub fn meter(
        &mut self,
        (peer, who): (PeerId, Who),
        kind: Option<Kind>,
        counters: &Arc<Counters>,
        now: Instant,
    ) -> Option<Meter> {
        let whose = who.device().map_or(Whose::Peer(peer), Whose::Device);
        let whole = whole(kind, matches!(who, Who::Member { .. } | Who::Keeper { .. }));
        let new = || Share { left: Arc::new(AtomicU64::new(whole)), whole, looked: now };
        let share = self.0.entry((whose, kind)).or_insert_with(new);
        share.fill(whole, now);
        let left = share.left.clone();
        if self.0.len() > SHARES {
            let oldest = self.0.iter().min_by_key(|(_, share)| share.looked).map(|(key, _)| *key);
            self.0.retain(|key, _| Some(*key) != oldest);
        }
        if left.load(Ordering::Relaxed) < whole / LEAST {
            Counters::add(&counters.streams_over_budget);
            return None;
        }
        Some(Meter { left, counters: counters.clone() })
    }
}

impl Share {
    fn fill(&mut self, whole: u64, now: Instant) {
        let passed = now.saturating_duration_since(self.looked).as_millis();
        let more = u128::from(whole).saturating_mul(passed) / HOUR.as_millis();
        // Whoever has become a member has a member's share.
        let more = u64::try_from(more).unwrap_or(u64::MAX).saturating_add(whole.saturating_sub(self.whole));
        if more > 0 {
            (self.looked, self.whole) = (now, whole);
            let fill = |left: u64| Some(left.saturating_add(more).min(whole));
            // The closure always gives a value.
            let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fill);
        }
    }
}

impl Meter {
    /// Takes bytes that passed; false if there were not so many left.
    pub fn take(&self, bytes: usize) -> bool {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let take = |left: u64| Some(left.saturating_sub(bytes));
        let before = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).unwrap_or_default();
        let enough = before >= bytes;
        if !enough {
            Counters::add(&self.counters.streams_over_budget);
        }
        enough
    }
}

fn whole(kind: Option<Kind>, member: bool) -> u64 {
    match kind {
        Some(Kind::Sync) if member => SYNC,
        Some(Kind::Chunks) => CHUNKS,
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use kith_protocol::id::{LogId, MemberKey};

    use super::*;

    #[test]
    fn a_share_is_used_up_and_fills_again_whoever_asks() {
        let (mut budgets, counters, now) =
            (Budgets::default(), Arc::new(Counters::default()), Instant::now());
        let ben = Who::Member { key: MemberKey([1; 32]), log: LogId([1; 8]) };
        let mut meter = |who, now| budgets.meter((PeerId::random(), who), Some(Kind::Letter), &counters, now);
        let first = meter(ben, now).unwrap();
        let second = meter(ben, now).unwrap();
        assert!(
            first.take(usize::try_from(OTHER).unwrap() - 1) && !second.take(2),
            "one share for all streams"
        );
        assert!(meter(ben, now).is_none(), "under another PeerId, too");
        let chi = Who::Member { key: MemberKey([2; 32]), log: LogId([1; 8]) };
        assert!(meter(chi, now).is_some(), "others have their own");
        assert!(meter(ben, now + HOUR / 2).unwrap().take(usize::try_from(OTHER / 2).unwrap()));
        assert!(!meter(ben, now + HOUR / 2).is_some_and(|meter| meter.take(1 << 20)));
        assert_eq!(counters.streams_over_budget.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn few_shares_are_remembered_and_a_member_gets_more() {
        let (mut budgets, counters, now) =
            (Budgets::default(), Arc::new(Counters::default()), Instant::now());
        let peer = PeerId::random();
        let (key, log) = (MemberKey([1; 32]), LogId([1; 8]));
        let mut take = |who, bytes: u64| {
            let meter = budgets.meter((peer, who), Some(Kind::Sync), &counters, now);
            meter.is_some_and(|meter| meter.take(usize::try_from(bytes).unwrap()))
        };
        assert!(take(Who::Unknown { key, log }, OTHER));
        assert!(!take(Who::Unknown { key, log }, 1));
        assert!(take(Who::Member { key, log }, SYNC - OTHER));
        for number in 0..3 * u32::try_from(SHARES).unwrap() {
            let mut key = [0; 32];
            key[..4].copy_from_slice(&number.to_be_bytes());
            let who = Who::Member { key: MemberKey(key), log };
            budgets.meter((peer, who), None, &counters, now);
        }
        assert_eq!(budgets.0.len(), SHARES);
    }
}
