//! With which relays to hold a place, and when to ask again.
//!
//! A place is a reservation with a relay: a listener of libp2p's, which renews it by itself but does not recover from a
//! relay that restarts or a path that breaks; all that is heard then is that the listener closed. A closed one is asked
//! for anew, after a pause that doubles from [`PAUSE_LEAST`] to [`PAUSE_MOST`], with whichever relays are connected.
//!
//! Pure: the time and a random number come in.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use libp2p::core::transport::ListenerId;
use libp2p::{Multiaddr, PeerId};

use super::super::address::{Circuit, circuit};

/// Relays to hold a place with: if one goes, the other is there.
pub(in super::super) const RELAYS: usize = 2;
/// Addresses told of one relay.
const ADDRESSES: usize = 2;
/// A relay that has not answered by then is asked no longer.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// The first pause before a relay is asked again, and the longest.
const PAUSE_LEAST: Duration = Duration::from_secs(1);
const PAUSE_MOST: Duration = Duration::from_secs(120);
/// A place held for so long was no failure.
const HELD: Duration = Duration::from_secs(60);

/// A place asked for or held.
#[derive(Debug)]
struct Place {
    relay: PeerId,
    listener: ListenerId,
    asked: Instant,
    /// Where we are to be found through it; none before it has answered.
    addresses: Vec<Multiaddr>,
}

/// Places with relays.
#[derive(Debug, Default)]
pub(in super::super) struct Relays {
    places: Vec<Place>,
    /// How often each failed in a row, and when it may be asked again.
    pauses: BTreeMap<PeerId, (u32, Instant)>,
}

impl Relays {
    /// The relay to ask for a place now, of those that are there, the best first.
    pub fn next(&self, there: &[PeerId], now: Instant) -> Option<PeerId> {
        if self.places.len() >= RELAYS {
            return None;
        }
        there.iter().find(|relay| !self.has(relay) && self.due(relay).is_none_or(|due| due <= now)).copied()
    }

    /// When to ask [`Relays::next`] and [`Relays::late`] again, if nothing happens before.
    pub fn wake(&self, there: &[PeerId]) -> Option<Instant> {
        let open = if self.places.len() < RELAYS { there } else { &[] };
        let again = open.iter().filter(|relay| !self.has(relay)).filter_map(|relay| self.due(relay)).min();
        let unanswered = self.places.iter().filter(|place| place.addresses.is_empty());
        again.into_iter().chain(unanswered.map(|place| place.asked + ANSWER_WITHIN)).min()
    }

    /// A relay was asked.
    pub fn asked(&mut self, relay: PeerId, listener: ListenerId, now: Instant) {
        self.places.push(Place { relay, listener, asked: now, addresses: Vec::new() });
    }

    /// A relay could not be asked, or does not answer any more.
    pub fn failed(&mut self, relay: PeerId, chance: f64, now: Instant) {
        let failures = self.pauses.get(&relay).map_or(0, |(failures, _)| *failures);
        let full = PAUSE_LEAST.saturating_mul(1 << failures.min(16)).min(PAUSE_MOST);
        let pause = full.mul_f64(0.75 + 0.5 * chance.clamp(0.0, 1.0));
        // Peers come and go under ever new names; a pause forgotten is a question too many, no more.
        self.pauses.retain(|_, (_, due)| *due + PAUSE_MOST > now);
        self.pauses.insert(relay, (failures.saturating_add(1), now + pause));
    }

    /// Listeners whose relay has not answered in time. They are to be closed.
    pub fn late(&self, now: Instant) -> Vec<ListenerId> {
        let late = |place: &&Place| place.addresses.is_empty() && place.asked + ANSWER_WITHIN <= now;
        self.places.iter().filter(late).map(|place| place.listener).collect()
    }

    /// All listeners, as after a sleep, in which a relay may have given our place away.
    pub fn all(&mut self) -> Vec<ListenerId> {
        self.hurry();
        self.places.iter().map(|place| place.listener).collect()
    }

    /// A listener has an address; says whether it is one of a relay's.
    pub fn listening(&mut self, listener: ListenerId, address: &Multiaddr) -> bool {
        let Some(place) = self.places.iter_mut().find(|place| place.listener == listener) else {
            return false;
        };
        let theirs = circuit(address).is_some_and(|Circuit { relay, .. }| relay == place.relay);
        if theirs && !place.addresses.contains(address) {
            place.addresses.push(address.clone());
        }
        true
    }

    /// A listener is no more; says whether it was a relay's.
    pub fn closed(&mut self, listener: ListenerId, chance: f64, now: Instant) -> bool {
        let Some(at) = self.places.iter().position(|place| place.listener == listener) else { return false };
        let place = self.places.remove(at);
        if !place.addresses.is_empty() && place.asked + HELD <= now {
            self.pauses.remove(&place.relay);
        }
        self.failed(place.relay, chance, now);
        true
    }

    /// Our own place changed: no pause counts any more.
    pub fn hurry(&mut self) {
        self.pauses.clear();
    }

    /// Relays that hold a place for us.
    pub fn held(&self) -> impl Iterator<Item = PeerId> {
        self.places.iter().filter(|place| !place.addresses.is_empty()).map(|place| place.relay)
    }

    /// Where we are to be found through relays: of each, one address a transport, QUIC first.
    pub fn addresses(&self) -> Vec<Multiaddr> {
        let mut all = Vec::new();
        for place in &self.places {
            let mut told: Vec<(bool, &Multiaddr)> = Vec::new();
            for address in &place.addresses {
                let Some(Circuit { tcp, .. }) = circuit(address) else { continue };
                if told.iter().all(|(other, _)| *other != tcp) {
                    told.push((tcp, address));
                }
            }
            told.sort_by_key(|(tcp, _)| *tcp);
            all.extend(told.into_iter().take(ADDRESSES).map(|(_, address)| address.clone()));
        }
        all
    }

    fn has(&self, relay: &PeerId) -> bool {
        self.places.iter().any(|place| place.relay == *relay)
    }

    fn due(&self, relay: &PeerId) -> Option<Instant> {
        self.pauses.get(relay).map(|(_, due)| *due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(relay: PeerId, transport: &str) -> Multiaddr {
        format!("/ip4/192.0.2.1/{transport}/p2p/{relay}/p2p-circuit/p2p/{relay}").parse().unwrap()
    }

    #[test]
    fn two_places_are_held_and_no_more() {
        let now = Instant::now();
        let mut relays = Relays::default();
        let there: Vec<PeerId> = (0..3).map(|_| PeerId::random()).collect();
        for relay in &there[..2] {
            assert_eq!(relays.next(&there, now), Some(*relay));
            let listener = ListenerId::next();
            relays.asked(*relay, listener, now);
            for transport in ["tcp/9", "udp/9/quic-v1", "tcp/10"] {
                assert!(relays.listening(listener, &through(*relay, transport)));
            }
        }
        assert_eq!(relays.next(&there, now), None);
        assert_eq!(relays.held().collect::<Vec<_>>(), there[..2]);
        let told = [(0, "udp/9/quic-v1"), (0, "tcp/9"), (1, "udp/9/quic-v1"), (1, "tcp/9")];
        assert_eq!(relays.addresses(), told.map(|(at, transport)| through(there[at], transport)));
        assert!(!relays.listening(ListenerId::next(), &through(there[0], "tcp/9")), "not one of ours");
    }

    #[test]
    fn a_lost_place_is_asked_for_again_with_growing_pauses() {
        let mut now = Instant::now();
        let mut relays = Relays::default();
        let relay = PeerId::random();
        let mut pauses = Vec::new();
        for _ in 0..9 {
            assert_eq!(relays.next(&[relay], now), Some(relay));
            let listener = ListenerId::next();
            relays.asked(relay, listener, now);
            assert!(relays.closed(listener, 0.5, now));
            assert_eq!(relays.next(&[relay], now), None);
            let wake = relays.wake(&[relay]).unwrap();
            pauses.push((wake - now).as_secs());
            now = wake;
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 120, 120]);
        relays.hurry();
        assert_eq!(relays.next(&[relay], now), Some(relay), "the network changed");
        let listener = ListenerId::next();
        relays.asked(relay, listener, now);
        relays.listening(listener, &through(relay, "tcp/9"));
        relays.closed(listener, 0.5, now + HELD);
        assert_eq!(relays.wake(&[relay]), Some(now + HELD + PAUSE_LEAST), "it had held");
    }

    #[test]
    fn whoever_does_not_answer_is_let_go() {
        let now = Instant::now();
        let mut relays = Relays::default();
        let listener = ListenerId::next();
        relays.asked(PeerId::random(), listener, now);
        assert!(relays.late(now).is_empty());
        assert_eq!(relays.wake(&[]), Some(now + ANSWER_WITHIN));
        assert_eq!(relays.late(now + ANSWER_WITHIN), [listener]);
    }
}
