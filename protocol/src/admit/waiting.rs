//! The waiting room: envelopes that came before what they need.
//!
//! Guarantees: it holds at most [`limits::WAITING`] envelopes and [`limits::WAITING_BYTES`] bytes. At a bound
//! somebody loses one: whoever has most waiting, and of theirs the one that came last, so that no member and
//! no peer can push out another's. "Whoever" is the author where a known key signed it, else the source it
//! came from. What is lost, or never taken, is still at others' nodes and comes again by sync: the caller
//! marks the set it belongs to.
//!
//! An envelope waits under one thing at a time. When that arrives, it is handed back and goes through the
//! door again from the beginning; it may then wait for the next thing.

use std::collections::{BTreeMap, BTreeSet};

use super::refusal::Wait;
use crate::id::{AuthorId, EpochTag, MemberKey, ShortId, hash};
use crate::limits;

/// Who is charged for the room something takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The known member whose signature is on it.
    Author(MemberKey),
    /// Where it came from, if nobody's signature could be checked: a number the node gives each peer.
    Source(u64),
}

/// What something waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Awaited {
    /// A key of an epoch with this tag.
    Key(EpochTag),
    /// The first entry of somebody with this short name.
    Author(AuthorId),
    /// A control entry.
    Control(ShortId),
    /// The group's genesis.
    Genesis,
}

/// One envelope that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiter {
    /// Who is charged for it.
    pub owner: Owner,
    /// The envelope as it came.
    pub bytes: Vec<u8>,
}

/// What became of an envelope offered to the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Whether it is in the room now.
    pub kept: bool,
    /// What had to go, the one offered included: to be marked for sync.
    pub evicted: Vec<Waiter>,
}

#[derive(Debug)]
struct Item {
    name: [u8; 32],
    awaited: Awaited,
    waiter: Waiter,
}

#[derive(Debug, Default)]
struct Share {
    tickets: BTreeSet<u64>,
    bytes: usize,
}

/// The waiting room.
#[derive(Debug)]
pub struct Waiting {
    most: usize,
    most_bytes: usize,
    bytes: usize,
    next: u64,
    items: BTreeMap<u64, Item>,
    names: BTreeSet<[u8; 32]>,
    awaited: BTreeMap<Awaited, BTreeSet<u64>>,
    shares: BTreeMap<Owner, Share>,
}

impl Default for Waiting {
    fn default() -> Self {
        Waiting::with_room_for(limits::WAITING, limits::WAITING_BYTES)
    }
}

impl Awaited {
    /// What in this room a refusal waits for; none if the room does not take it (a wrong clock, a number too
    /// far ahead, an unreadable ledger: those come again by sync). Of several control entries the first: when
    /// that has come, the next is waited for.
    pub fn of(wait: &Wait) -> Option<Awaited> {
        match wait {
            Wait::Key(tag) => Some(Awaited::Key(*tag)),
            Wait::Content(epoch) => Some(Awaited::Key(epoch.tag())),
            Wait::Genesis => Some(Awaited::Genesis),
            Wait::Author(author) => Some(Awaited::Author(*author)),
            Wait::Control(missing) => missing.first().copied().map(Awaited::Control),
            Wait::Clock { .. } | Wait::Lamport | Wait::Ledger => None,
        }
    }
}

impl Waiting {
    /// A room with other bounds than the protocol's.
    pub fn with_room_for(envelopes: usize, bytes: usize) -> Waiting {
        Waiting {
            most: envelopes,
            most_bytes: bytes,
            bytes: 0,
            next: 0,
            items: BTreeMap::new(),
            names: BTreeSet::new(),
            awaited: BTreeMap::new(),
            shares: BTreeMap::new(),
        }
    }

    /// Takes in an envelope that was refused with `wait`. One that is in the room already is not taken twice.
    pub fn keep(&mut self, wait: &Wait, owner: Owner, bytes: Vec<u8>) -> Kept {
        let waiter = Waiter { owner, bytes };
        let Some(awaited) = Awaited::of(wait) else {
            return Kept { kept: false, evicted: vec![waiter] };
        };
        let name = hash("kith/1/waiting", &[&waiter.bytes]);
        if !self.names.insert(name) {
            return Kept { kept: true, evicted: Vec::new() };
        }
        let ticket = self.next;
        self.next = self.next.wrapping_add(1);
        let share = self.shares.entry(owner).or_default();
        share.tickets.insert(ticket);
        share.bytes = share.bytes.saturating_add(waiter.bytes.len());
        self.bytes = self.bytes.saturating_add(waiter.bytes.len());
        self.awaited.entry(awaited).or_default().insert(ticket);
        self.items.insert(ticket, Item { name, awaited, waiter });
        let evicted = self.shrink();
        Kept { kept: self.items.contains_key(&ticket), evicted }
    }

    /// Hands back everything that waits for `awaited`, in the order it came.
    pub fn arrived(&mut self, awaited: &Awaited) -> Vec<Waiter> {
        let tickets = self.awaited.remove(awaited).unwrap_or_default();
        tickets.into_iter().filter_map(|ticket| self.take(ticket)).collect()
    }

    /// How many envelopes wait.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    fn shrink(&mut self) -> Vec<Waiter> {
        let mut evicted = Vec::new();
        while self.items.len() > self.most || self.bytes > self.most_bytes {
            let by_count = self.items.len() > self.most;
            let heaviest = self
                .shares
                .values()
                .max_by_key(|share| if by_count { share.tickets.len() } else { share.bytes })
                .and_then(|share| share.tickets.last().copied());
            let Some(waiter) = heaviest.and_then(|ticket| self.take(ticket)) else { break };
            evicted.push(waiter);
        }
        evicted
    }

    fn take(&mut self, ticket: u64) -> Option<Waiter> {
        let Item { name, awaited, waiter } = self.items.remove(&ticket)?;
        self.names.remove(&name);
        self.bytes = self.bytes.saturating_sub(waiter.bytes.len());
        if let Some(tickets) = self.awaited.get_mut(&awaited) {
            tickets.remove(&ticket);
            if tickets.is_empty() {
                self.awaited.remove(&awaited);
            }
        }
        if let Some(share) = self.shares.get_mut(&waiter.owner) {
            share.tickets.remove(&ticket);
            share.bytes = share.bytes.saturating_sub(waiter.bytes.len());
            if share.tickets.is_empty() {
                self.shares.remove(&waiter.owner);
            }
        }
        Some(waiter)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn author(n: u8) -> Owner {
        Owner::Author(MemberKey([n; 32]))
    }

    fn for_key(n: u8) -> Wait {
        Wait::Key(EpochTag([n; 8]))
    }

    #[test]
    fn what_waits_comes_back_once_and_in_order() {
        let mut room = Waiting::default();
        for n in 0..3 {
            assert!(room.keep(&for_key(1), author(n), vec![n]).kept);
        }
        assert!(room.keep(&for_key(2), author(0), vec![9]).kept);
        assert!(room.arrived(&Awaited::Key(EpochTag([3; 8]))).is_empty());
        let back = room.arrived(&Awaited::Key(EpochTag([1; 8])));
        assert_eq!(back.iter().map(|waiter| waiter.bytes[0]).collect::<Vec<_>>(), [0, 1, 2]);
        assert!(room.arrived(&Awaited::Key(EpochTag([1; 8]))).is_empty());
        assert_eq!((room.len(), room.bytes()), (1, 1));
    }

    #[test]
    fn the_same_envelope_waits_once() {
        let mut room = Waiting::default();
        room.keep(&for_key(1), Owner::Source(1), vec![7; 100]);
        assert!(room.keep(&for_key(1), Owner::Source(2), vec![7; 100]).kept);
        assert_eq!((room.len(), room.bytes()), (1, 100));
    }

    #[test]
    fn a_flood_pushes_out_only_its_own() {
        let mut room = Waiting::with_room_for(10, 10_000);
        room.keep(&for_key(1), author(1), vec![1]);
        room.keep(&for_key(1), author(2), vec![2]);
        let mut lost = Vec::new();
        for n in 0..100_u8 {
            lost.extend(room.keep(&for_key(1), author(3), vec![3, n]).evicted);
        }
        assert_eq!(lost.len(), 92);
        assert!(lost.iter().all(|waiter| waiter.owner == author(3)));
        let back = room.arrived(&Awaited::Key(EpochTag([1; 8])));
        assert_eq!(back.len(), 10);
        assert_eq!(back[0].bytes, [1]);
        assert_eq!(back[2].bytes, [3, 0]); // the last to come goes, so that chains resolve from their roots
    }

    #[test]
    fn bytes_are_bounded_too() {
        let mut room = Waiting::with_room_for(1000, 1000);
        room.keep(&for_key(1), author(1), vec![1; 400]);
        let kept = room.keep(&for_key(1), author(2), vec![2; 700]);
        assert!(!kept.kept);
        assert_eq!(kept.evicted.len(), 1);
        assert_eq!(kept.evicted[0].owner, author(2));
        assert_eq!(room.bytes(), 400);
    }

    #[test]
    fn what_the_room_is_not_for_is_given_back() {
        let mut room = Waiting::default();
        for wait in [Wait::Clock { hours: 3 }, Wait::Lamport, Wait::Ledger] {
            let kept = room.keep(&wait, author(1), vec![1]);
            assert!(!kept.kept && kept.evicted.len() == 1);
        }
        assert!(room.is_empty());
    }

    proptest! {
        #[test]
        fn counts_and_bounds_hold_whatever_comes(
            steps in proptest::collection::vec((0_u8..6, 0_u8..5, 0_usize..300, any::<bool>()), 0..200)
        ) {
            let mut room = Waiting::with_room_for(20, 2000);
            for (n, (who, what, size, wake)) in steps.into_iter().enumerate() {
                if wake {
                    room.arrived(&Awaited::Key(EpochTag([what; 8])));
                } else {
                    let mut bytes = vec![0; size];
                    bytes.extend_from_slice(&n.to_be_bytes());
                    room.keep(&for_key(what), author(who), bytes);
                }
                prop_assert!(room.len() <= 20 && room.bytes() <= 2000);
                prop_assert_eq!(room.bytes(), room.items.values().map(|i| i.waiter.bytes.len()).sum::<usize>());
                prop_assert_eq!(room.len(), room.names.len());
                prop_assert_eq!(room.len(), room.awaited.values().map(BTreeSet::len).sum::<usize>());
                prop_assert_eq!(room.len(), room.shares.values().map(|s| s.tickets.len()).sum::<usize>());
            }
        }
    }
}
