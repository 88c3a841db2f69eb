//! Which attachment is fetched from whom, and how much a member's node is served.
//!
//! Guarantees: one stream for one attachment at a time, [`AT_ONCE`] in all; a peer that has nothing, breaks off or
//! lies is left alone for a while, and another is tried meanwhile; a member is served [`SHARE`] within [`WITHIN`].

use std::collections::BTreeMap;
use std::time::Duration;

use kith_protocol::id::MemberKey;
use tokio::time::Instant;

use super::attached::Name;
use super::chunks::{Fetched, QUESTION};
use crate::swarm::PeerId;

/// Attachments fetched at once.
const AT_ONCE: usize = 2;
/// Bytes that one member's nodes are served within [`WITHIN`]. Beyond it they are to ask later, or others.
const SHARE: u64 = 512 << 20;
const WITHIN: Duration = Duration::from_secs(3600);
/// Streams served at once, to all members' nodes together. More are not answered, and asked again later.
const SERVED_AT_ONCE: usize = 16;
/// Pauses that are remembered. Of more, the earliest to end goes.
const PAUSES: usize = 4096;

/// What is under way.
#[derive(Debug, Default)]
pub(super) struct Fetching {
    under_way: BTreeMap<Name, PeerId>,
    /// Until when not to ask a peer for an attachment.
    pauses: BTreeMap<(Name, PeerId), Instant>,
    /// Since when, and how many bytes, members were served.
    served: BTreeMap<MemberKey, (Instant, u64)>,
    serving: usize,
}

impl Fetching {
    /// Chooses what to fetch now, from whom, of what is wished for.
    pub(super) fn choose(&mut self, wishes: &[Name], peers: &[PeerId], now: Instant) -> Vec<(Name, PeerId)> {
        self.pauses.retain(|_, until| *until > now);
        let mut chosen = Vec::new();
        for name in wishes {
            if self.under_way.len() >= AT_ONCE {
                break;
            }
            if self.under_way.contains_key(name) {
                continue;
            }
            let busy = |peer: &PeerId| self.under_way.values().filter(|other| *other == peer).count();
            let ready = peers.iter().filter(|peer| !self.pauses.contains_key(&(*name, **peer)));
            if let Some(peer) = ready.min_by_key(|peer| busy(peer)).copied() {
                self.under_way.insert(*name, peer);
                chosen.push((*name, peer));
            }
        }
        chosen
    }

    /// Takes note of how it ended.
    pub(super) fn ended(&mut self, name: Name, peer: PeerId, how: Fetched, now: Instant) {
        self.under_way.remove(&name);
        let pause = match how {
            Fetched::Whole => return,
            Fetched::Broken => Duration::from_secs(3),
            Fetched::Part | Fetched::Full => Duration::from_secs(120),
            Fetched::Wrong => Duration::from_secs(3600),
        };
        if self.pauses.len() >= PAUSES
            && let Some(first) = self.pauses.iter().min_by_key(|(_, until)| **until).map(|(of, _)| *of)
        {
            self.pauses.remove(&first);
        }
        self.pauses.insert((name, peer), now + pause);
    }

    /// Somebody asks for it once more: whoever was left alone is asked again.
    pub(super) fn again(&mut self, name: &Name) {
        self.pauses.retain(|(of, _), _| of != name);
    }

    /// A peer that comes anew may have more than before.
    pub(super) fn came(&mut self, peer: &PeerId) {
        self.pauses.retain(|(_, of), _| of != peer);
    }

    /// How many bytes a member's node may be served now; none if it has had its share, or too many are served.
    pub(super) fn allow(&mut self, member: MemberKey, now: Instant) -> Option<u64> {
        self.served.retain(|_, (since, _)| now.saturating_duration_since(*since) < WITHIN);
        let had = self.served.get(&member).map_or(0, |(_, bytes)| *bytes);
        let left = SHARE.checked_sub(had).filter(|left| *left > QUESTION);
        let left = left.filter(|_| self.serving < SERVED_AT_ONCE)?;
        self.serving += 1;
        Some(left)
    }

    /// Takes note of how much a member's node was served.
    pub(super) fn served(&mut self, member: MemberKey, bytes: u64, now: Instant) {
        self.serving = self.serving.saturating_sub(1);
        let (_, had) = self.served.entry(member).or_insert((now, 0));
        *had = had.saturating_add(bytes);
    }
}

#[cfg(test)]
mod tests {
    use kith_protocol::id::{AttachmentId, EntryId};

    use super::*;

    const ANA: MemberKey = MemberKey([1; 32]);

    fn name(number: u8) -> Name {
        (AttachmentId([number; 32]), EntryId([number; 32]))
    }

    #[test]
    fn each_is_fetched_once_and_few_at_a_time() {
        let (mut fetching, now) = (Fetching::default(), Instant::now());
        let (ana, ben) = (PeerId::random(), PeerId::random());
        assert!(fetching.choose(&[name(1)], &[], now).is_empty(), "nobody to ask");
        let wishes = [name(1), name(2), name(3)];
        let chosen = fetching.choose(&wishes, &[ana, ben], now);
        assert_eq!(chosen, [(name(1), ana), (name(2), ben)]);
        assert!(fetching.choose(&wishes, &[ana, ben], now).is_empty());
        fetching.ended(name(1), ana, Fetched::Whole, now);
        assert_eq!(fetching.choose(&wishes[1..], &[ana, ben], now), [(name(3), ana)]);
    }

    #[test]
    fn who_has_nothing_or_lies_is_left_alone_for_a_while() {
        let (mut fetching, now) = (Fetching::default(), Instant::now());
        let (ana, ben) = (PeerId::random(), PeerId::random());
        for (how, later) in [(Fetched::Wrong, 3601), (Fetched::Part, 121), (Fetched::Broken, 4)] {
            let first = fetching.choose(&[name(1)], &[ana, ben], now)[0].1;
            fetching.ended(name(1), first, how, now);
            let second = fetching.choose(&[name(1)], &[ana, ben], now)[0].1;
            assert_ne!(first, second);
            fetching.ended(name(1), second, how, now);
            assert!(fetching.choose(&[name(1)], &[ana, ben], now).is_empty());
            let later = now + Duration::from_secs(later);
            assert_eq!(fetching.choose(&[name(1)], &[ana, ben], later).len(), 1);
            fetching.ended(name(1), ana, Fetched::Whole, later);
        }
        let peer = fetching.choose(&[name(2)], &[ana], now)[0].1;
        fetching.ended(name(2), peer, Fetched::Part, now);
        fetching.came(&ana);
        fetching.again(&name(9));
        assert_eq!(fetching.choose(&[name(2)], &[ana], now), [(name(2), ana)]);
    }

    #[test]
    fn a_member_is_served_a_share_and_no_more() {
        let (mut fetching, now) = (Fetching::default(), Instant::now());
        assert_eq!(fetching.allow(ANA, now), Some(SHARE));
        fetching.served(ANA, SHARE - QUESTION - 1, now);
        assert_eq!(fetching.allow(ANA, now), Some(QUESTION + 1));
        fetching.served(ANA, QUESTION, now);
        assert_eq!(fetching.allow(ANA, now), None);
        assert!(fetching.allow(MemberKey([2; 32]), now).is_some());
        assert!(fetching.allow(ANA, now + WITHIN).is_some());
        while fetching.allow(MemberKey([3; 32]), now).is_some() {}
        assert_eq!(fetching.serving, SERVED_AT_ONCE);
    }
}
