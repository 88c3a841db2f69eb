//! Finding each other on one local network, without anything beyond it: mDNS, where the person asked for it.
//!
//! Guarantees: nothing of the group is in what is said there; that is the PeerId of this swarm, its addresses on that
//! network, and a random name, under the service that all programs of libp2p share. It ends with the swarm. Whoever is
//! heard of is dialled by the one schedule and proves itself like anybody else. What is no longer announced is dialled no
//! more, and stays connected if it is. Where more is announced than a network of people has ([`HEARD`]), no more is listened to.
//!
//! Whoever is on the network sees that this machine speaks so, once for each group.

use std::task::{Context, Poll};
use std::time::Instant;

use libp2p::core::Endpoint;
use libp2p::core::transport::PortUse;
use libp2p::swarm::{
    ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent,
    ToSwarm, dummy,
};
use libp2p::{Multiaddr, PeerId, mdns};
use tokio::runtime::{Builder, Runtime};

use super::NetworkError;
use super::address::{bare, is_near};
use super::task::Task;

/// Addresses remembered of what is announced.
const HEARD: usize = 1024;

/// The part of the swarm.
pub(super) struct Lan(Option<Speaking>);

/// While it speaks.
///
/// libp2p's tasks, one an interface, do not end with it: they would answer for a PeerId that is gone, beside the one that
/// followed it. So they have a runtime of their own, which does.
struct Speaking {
    mdns: mdns::tokio::Behaviour,
    runtime: Option<Runtime>,
}

impl Lan {
    /// Begins to listen and to ask, if it is `wanted`.
    ///
    /// # Errors
    /// [`NetworkError::Setup`].
    pub fn new(wanted: bool, me: PeerId) -> Result<Lan, NetworkError> {
        let make = || {
            let runtime =
                Builder::new_multi_thread().worker_threads(1).thread_name("lan").enable_all().build()?;
            let mdns = mdns::tokio::Behaviour::new(mdns::Config::default(), me)?;
            Ok(Speaking { mdns, runtime: Some(runtime) })
        };
        let speaking = wanted.then(make).transpose();
        speaking.map(Lan).map_err(|error: std::io::Error| NetworkError::Setup(error.to_string()))
    }
}

impl Drop for Speaking {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl NetworkBehaviour for Lan {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = mdns::Event;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(dummy::ConnectionHandler)
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(dummy::ConnectionHandler)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        if let Some(speaking) = &mut self.0 {
            speaking.mdns.on_swarm_event(event);
        }
    }

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {}
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        if self.0.as_ref().is_some_and(|speaking| speaking.mdns.discovered_nodes().len() > HEARD) {
            tracing::warn!("too much is announced on the local network: nobody is looked for there any more");
            self.0 = None;
        }
        let Some(speaking) = &mut self.0 else { return Poll::Pending };
        let _inside = speaking.runtime.as_ref().map(Runtime::enter);
        speaking.mdns.poll(cx)
    }
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

/// An address without the PeerId behind it, if it is on one network with this machine: what others say there must not
/// have us call somebody elsewhere.
fn near(address: Multiaddr) -> Option<Multiaddr> {
    let address = bare(&address);
    is_near(&address).then_some(address)
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
