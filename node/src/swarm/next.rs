//! Where this node will be next: its coming port and PeerId, which those who hold its record know before it moves.

use kith_protocol::limits;
use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};

/// A place to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// The PeerId there.
    pub peer: PeerId,
    /// The port there, UDP and TCP alike.
    pub port: u16,
}

impl Next {
    /// The addresses there of a node that has these now, as `me` at `port`. What does not change with the place
    /// (a router's port, somebody else's) has no other form.
    pub(super) fn addresses(&self, now: &[Multiaddr], me: &PeerId, port: u16) -> Vec<Multiaddr> {
        now.iter().filter_map(|address| self.address(address, me, port)).collect()
    }

    fn address(&self, now: &Multiaddr, me: &PeerId, port: u16) -> Option<Multiaddr> {
        let mut moved = false;
        let circuit = now.iter().any(|part| part == Protocol::P2pCircuit);
        let there = now.iter().map(|part| match part {
            Protocol::Udp(own) if own == port && !circuit => {
                moved = true;
                Protocol::Udp(self.port)
            }
            Protocol::Tcp(own) if own == port && !circuit => {
                moved = true;
                Protocol::Tcp(self.port)
            }
            Protocol::P2p(own) if own == *me => {
                moved = true;
                Protocol::P2p(self.peer)
            }
            other => other,
        });
        let there = there.collect();
        moved.then_some(there)
    }
}

/// What a record tells: where a node is, then where it will be, as many as it holds, neither without some.
pub(super) fn both(now: &[Multiaddr], next: &[Multiaddr]) -> Vec<Multiaddr> {
    let most = limits::NODE_ADDRESSES;
    let later = next.len().min((most / 2).max(most.saturating_sub(now.len())));
    let here = most.saturating_sub(later);
    now.iter().take(here).chain(next.iter().take(later)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(texts: &[&str]) -> Vec<Multiaddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn what_is_ours_moves_and_what_is_not_stays() {
        let (me, relay) = (PeerId::random(), PeerId::random());
        let next = Next { peer: PeerId::random(), port: 9 };
        let circuit = |who: &PeerId| format!("/ip4/192.0.2.9/tcp/7/p2p/{relay}/p2p-circuit/p2p/{who}");
        let now = all(&[
            "/ip4/192.0.2.1/udp/7/quic-v1",
            "/ip4/192.0.2.1/tcp/7",
            "/ip4/198.51.100.7/tcp/4001",
            &circuit(&me),
        ]);
        assert_eq!(
            next.addresses(&now, &me, 7),
            all(&["/ip4/192.0.2.1/udp/9/quic-v1", "/ip4/192.0.2.1/tcp/9", &circuit(&next.peer)])
        );
    }

    #[test]
    fn a_record_tells_both_however_many_there_are() {
        let some = |count: u8| -> Vec<Multiaddr> {
            (0..count).map(|n| format!("/ip4/192.0.2.{n}/tcp/7").parse().unwrap()).collect()
        };
        for (now, next, told) in
            [(2, 2, (2, 2)), (8, 8, (4, 4)), (8, 0, (8, 0)), (6, 1, (6, 1)), (1, 8, (1, 7))]
        {
            let record = both(&some(now), &some(next));
            assert_eq!(record.len(), told.0 + told.1, "{now} {next}");
            assert_eq!(record.iter().take(told.0).cloned().collect::<Vec<_>>(), some(now)[..told.0]);
        }
    }
}
