//! Finding each other on one local network, without anything beyond it: mDNS, where the person asked for it.
//!
//! Guarantees: nothing of the group is in what is said there; that is the PeerId of this swarm, its addresses on that
//! network, and a random name (the same for every program that uses libp2p). Whoever is heard of is dialled by the one schedule and
//! proves itself like anybody else. What is no longer announced is dialled no more, and stays connected if it is.
//!
//! Whoever is on the network sees that this machine speaks so, once for each group.

use std::time::Instant;

use libp2p::multiaddr::Protocol;
use libp2p::swarm::behaviour::toggle::Toggle;
use libp2p::{Multiaddr, PeerId, mdns};

use super::NetworkError;
use super::address::{is_near, parts};
use super::task::Task;

/// The part of the swarm, if there is one.
pub(super) type Lan = Toggle<mdns::tokio::Behaviour>;

/// Begins to listen and to ask, if it is `wanted`.
///
/// # Errors
/// [`NetworkError::Setup`].
pub(super) fn behaviour(wanted: bool, me: PeerId) -> Result<Lan, NetworkError> {
    let make = || mdns::tokio::Behaviour::new(mdns::Config::default(), me);
    let made = wanted.then(make).transpose();
    made.map(Toggle::from).map_err(|error| NetworkError::Setup(error.to_string()))
}

impl Task {
    /// Somebody was heard of on the local network, or is no longer.
    pub(super) fn on_the_lan(&mut self, event: mdns::Event) {
        let now = Instant::now();
        match event {
            mdns::Event::Discovered(found) => {
                for (peer, address) in found {
                    if let Some(address) = near(address) {
                        self.dialer.near(peer, address, self.peers.0.contains_key(&peer), now);
                    }
                }
            }
            mdns::Event::Expired(gone) => {
                for (peer, address) in gone {
                    if let Some(address) = near(address) {
                        self.dialer.not_near(peer, &address);
                    }
                }
            }
        }
    }
}

/// An address without the PeerId behind it, if it is on one network with this machine: what others say there must not have
/// us call somebody elsewhere.
fn near(mut address: Multiaddr) -> Option<Multiaddr> {
    if matches!(address.iter().last(), Some(Protocol::P2p(_))) {
        address.pop();
    }
    parts(&address).is_some_and(|(ip, _)| is_near(ip)).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_on_this_network_is_called() {
        let peer = PeerId::random();
        let plain =
            |text: &str| near(format!("{text}/p2p/{peer}").parse().unwrap()).map(|near| near.to_string());
        for text in ["/ip4/192.168.1.7/udp/9/quic-v1", "/ip4/10.1.2.3/tcp/9", "/ip4/169.254.9.9/tcp/9"] {
            assert_eq!(plain(text).as_deref(), Some(text));
        }
        for text in [
            "/ip4/203.0.113.7/udp/9/quic-v1",
            "/ip4/127.0.0.1/tcp/9",
            "/ip4/224.0.0.251/udp/5353/quic-v1",
            "/dns/home.example/tcp/9",
            "/ip4/192.168.1.7/tcp/9/ws",
        ] {
            assert_eq!(plain(text), None, "{text}");
        }
    }
}
