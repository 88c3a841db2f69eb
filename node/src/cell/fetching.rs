//! Which attachment is fetched from whom, and how much a member's node is served.
//!
//! Guarantees: one stream for one attachment at a time, [`AT_ONCE`] in all; a peer that has nothing, breaks off or
//! lies is left alone for a while, and another is tried meanwhile; a member is served [`SHARE`] within [`WITHIN`].

use std::collections::BTreeMap;
use std::time::Duration;

use kith_protocol::id::MemberKey;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::attached::Name;
use super::chunks::{Fetched, QUESTION, fetch, serve};
use super::engine::Engine;
use super::thread::EngineHandle;
use crate::swarm::{Network, PeerId, Stream};

/// Attachments fetched at once.
const AT_ONCE: usize = 2;
/// Bytes that one member's nodes are served within [`WITHIN`]. Beyond it they are to ask later, or others.
const SHARE: u64 = 512 << 20;
const WITHIN: Duration = Duration::from_secs(3600);
/// Streams served at once, to all members' nodes together. More are not answered, and asked again later.
const SERVED_AT_ONCE: usize = 16;
/// Pauses that are remembered. Of more, the earliest to end goes.
const PAUSES: usize = 4096;

/// What ended.
pub(super) enum Ended {
    /// An attachment was fetched from somebody, or not.
    Fetched(Name, PeerId, Fetched),
    /// A member's node was served so many bytes.
    Served(MemberKey, u64),
}

/// Fetching and serving, in tasks of their own.
pub(super) struct Fetching {
    engine: EngineHandle,
    network: Network,
    turns: Turns,
    tasks: JoinSet<Ended>,
}

impl Fetching {
    pub(super) fn new(engine: EngineHandle, network: Network) -> Fetching {
        Fetching { engine, network, turns: Turns::default(), tasks: JoinSet::new() }
    }

    /// Begins to fetch what is wished for, from members' nodes that are connected.
    pub(super) async fn begin(&mut self, peers: &[PeerId]) {
        if peers.is_empty() {
            return;
        }
        let Ok(wishes) = self.engine.read(|engine| Ok(engine.wishes())).await else { return };
        let now = Instant::now();
        for (name, peer) in self.turns.choose(&wishes, peers, now) {
            match self.engine.read(move |engine| engine.wished(&name)).await {
                Ok(Some(wish)) => {
                    let (engine, network) = (self.engine.clone(), self.network.clone());
                    self.tasks.spawn(async move {
                        Ended::Fetched(name, peer, fetch(engine, network, peer, name, wish).await)
                    });
                }
                _ => self.turns.ended(name, peer, Fetched::Part, now),
            }
        }
    }

    /// Serves a member's node, unless it had its share.
    pub(super) fn serve(&mut self, stream: Stream, member: MemberKey) {
        if let Some(most) = self.turns.allow(member, Instant::now()) {
            let engine = self.engine.clone();
            self.tasks.spawn(async move { Ended::Served(member, serve(engine, stream, member, most).await) });
        }
    }

    /// Waits for the next to end; none while nothing is under way.
    pub(super) async fn next(&mut self) -> Option<Ended> {
        self.tasks.join_next().await?.ok()
    }

    /// Takes note of how one ended.
    pub(super) async fn ended(&mut self, ended: Ended) {
        match ended {
            Ended::Fetched(name, peer, how) => {
                self.turns.ended(name, peer, how, Instant::now());
                let note = move |engine: &mut Engine| {
                    engine.fetch_ended(&name, how);
                    Ok(())
                };
                // If the note is lost, it is looked at again when it is next fetched.
                let _ = self.engine.write(note).await;
            }
            Ended::Served(member, bytes) => self.turns.served(member, bytes, Instant::now()),
        }
    }

    /// Somebody asks for it once more: whoever was left alone is asked again.
    pub(super) fn again(&mut self, name: &Name) {
        self.turns.again(name);
    }

    /// A peer that comes anew may have more than before.
    pub(super) fn came(&mut self, peer: &PeerId) {
        self.turns.came(peer);
    }
}

/// Whose turn it is.
#[derive(Debug, Default)]
struct Turns {
    under_way: BTreeMap<Name, PeerId>,
    /// Until when not to ask a peer for an attachment.
    pauses: BTreeMap<(Name, PeerId), Instant>,
    /// Since when, and how many bytes, members were served.
    served: BTreeMap<MemberKey, (Instant, u64)>,
    serving: usize,
}

impl Turns {
    /// Chooses what to fetch now, from whom, of what is wished for.
    fn choose(&mut self, wishes: &[Name], peers: &[PeerId], now: Instant) -> Vec<(Name, PeerId)> {
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
    fn ended(&mut self, name: Name, peer: PeerId, how: Fetched, now: Instant) {
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
    fn again(&mut self, name: &Name) {
        self.pauses.retain(|(of, _), _| of != name);
    }

    /// A peer that comes anew may have more than before.
    fn came(&mut self, peer: &PeerId) {
        self.pauses.retain(|(_, of), _| of != peer);
    }

    /// How many bytes a member's node may be served now; none if it has had its share, or too many are served.
    fn allow(&mut self, member: MemberKey, now: Instant) -> Option<u64> {
        self.served.retain(|_, (since, _)| now.saturating_duration_since(*since) < WITHIN);
        let had = self.served.get(&member).map_or(0, |(_, bytes)| *bytes);
        let left = SHARE.checked_sub(had).filter(|left| *left > QUESTION);
        let left = left.filter(|_| self.serving < SERVED_AT_ONCE)?;
        self.serving += 1;
        Some(left)
    }

    /// Takes note of how much a member's node was served.
    fn served(&mut self, member: MemberKey, bytes: u64, now: Instant) {
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
        let (mut turns, now) = (Turns::default(), Instant::now());
        let (ana, ben) = (PeerId::random(), PeerId::random());
        assert!(turns.choose(&[name(1)], &[], now).is_empty(), "nobody to ask");
        let wishes = [name(1), name(2), name(3)];
        let chosen = turns.choose(&wishes, &[ana, ben], now);
        assert_eq!(chosen, [(name(1), ana), (name(2), ben)]);
        assert!(turns.choose(&wishes, &[ana, ben], now).is_empty());
        turns.ended(name(1), ana, Fetched::Whole, now);
        assert_eq!(turns.choose(&wishes[1..], &[ana, ben], now), [(name(3), ana)]);
    }

    #[test]
    fn who_has_nothing_or_lies_is_left_alone_for_a_while() {
        let (mut turns, now) = (Turns::default(), Instant::now());
        let (ana, ben) = (PeerId::random(), PeerId::random());
        for (how, later) in [(Fetched::Wrong, 3601), (Fetched::Part, 121), (Fetched::Broken, 4)] {
            let first = turns.choose(&[name(1)], &[ana, ben], now)[0].1;
            turns.ended(name(1), first, how, now);
            let second = turns.choose(&[name(1)], &[ana, ben], now)[0].1;
            assert_ne!(first, second);
            turns.ended(name(1), second, how, now);
            assert!(turns.choose(&[name(1)], &[ana, ben], now).is_empty());
            let later = now + Duration::from_secs(later);
            assert_eq!(turns.choose(&[name(1)], &[ana, ben], later).len(), 1);
            turns.ended(name(1), ana, Fetched::Whole, later);
        }
        let peer = turns.choose(&[name(2)], &[ana], now)[0].1;
        turns.ended(name(2), peer, Fetched::Part, now);
        turns.came(&ana);
        turns.again(&name(9));
        assert_eq!(turns.choose(&[name(2)], &[ana], now), [(name(2), ana)]);
    }

    #[test]
    fn a_member_is_served_a_share_and_no_more() {
        let (mut turns, now) = (Turns::default(), Instant::now());
        assert_eq!(turns.allow(ANA, now), Some(SHARE));
        turns.served(ANA, SHARE - QUESTION - 1, now);
        assert_eq!(turns.allow(ANA, now), Some(QUESTION + 1));
        turns.served(ANA, QUESTION, now);
        assert_eq!(turns.allow(ANA, now), None);
        assert!(turns.allow(MemberKey([2; 32]), now).is_some());
        assert!(turns.allow(ANA, now + WITHIN).is_some());
        while turns.allow(MemberKey([3; 32]), now).is_some() {}
        assert_eq!(turns.serving, SERVED_AT_ONCE);
    }
}
