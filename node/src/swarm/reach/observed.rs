//! Where others see us: identify, whose word about that is passed on as it came.
//!
//! identify itself rewrites the port it hears of to one that we listen on. Behind a router that gives ports of its own,
//! that throws away the only address at which a hole can be punched. Here its guesses are dropped, and what was observed
//! is a candidate as it stands, if it was observed on a direct connection that we dialled from the port we listen on:
//! only then does the router's mapping lead back to that port.
//!
//! Nor does it hear of addresses at which we can be reached from outside: it would tell every stranger.

use std::collections::{BTreeMap, VecDeque};
use std::task::{Context, Poll};

use libp2p::core::Endpoint;
use libp2p::core::transport::PortUse;
use libp2p::swarm::{
    ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent,
    ToSwarm,
};
use libp2p::{Multiaddr, PeerId, identify};

use super::super::address::parts;

/// identify, with raw candidates.
pub(crate) struct Observed {
    inner: identify::Behaviour,
    /// Direct connections that we dialled from our own port, and what was last observed on each.
    dialled: BTreeMap<ConnectionId, Option<Multiaddr>>,
    candidates: VecDeque<Multiaddr>,
}

impl Observed {
    pub fn new(inner: identify::Behaviour) -> Observed {
        Observed { inner, dialled: BTreeMap::new(), candidates: VecDeque::new() }
    }

    /// Whether what is observed on a connection leads back to us.
    pub fn leads_back(&self, connection: ConnectionId) -> bool {
        self.dialled.contains_key(&connection)
    }

    fn hear(&mut self, connection: ConnectionId, observed: &Multiaddr) {
        let Some(before) = self.dialled.get_mut(&connection) else { return };
        if before.as_ref() == Some(observed) || !usable(observed) {
            return;
        }
        *before = Some(observed.clone());
        self.candidates.push_back(observed.clone());
    }
}

/// A plain address of another machine's sight; relayed ones and names of peers are none.
fn usable(observed: &Multiaddr) -> bool {
    parts(observed).is_some_and(|(ip, _)| !ip.is_loopback() && !ip.is_unspecified() && !ip.is_multicast())
}

impl NetworkBehaviour for Observed {
    type ConnectionHandler = THandler<identify::Behaviour>;
    type ToSwarm = identify::Event;

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.inner.handle_established_inbound_connection(connection, peer, local, remote)
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        role: Endpoint,
        port: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        let handler =
            self.inner.handle_established_outbound_connection(connection, peer, address, role, port)?;
        let direct = parts(&without_peer(address)).is_some();
        if direct && role == Endpoint::Dialer && port == PortUse::Reuse {
            self.dialled.insert(connection, None);
        }
        Ok(handler)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match &event {
            FromSwarm::ConnectionClosed(closed) => {
                self.dialled.remove(&closed.connection_id);
            }
            // It would tell them to everybody, relays and all: where we are is for the group alone.
            FromSwarm::ExternalAddrConfirmed(_) | FromSwarm::ExternalAddrExpired(_) => return,
            _ => {}
        }
        self.inner.on_swarm_event(event);
    }

    fn on_connection_handler_event(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        event: THandlerOutEvent<Self>,
    ) {
        self.inner.on_connection_handler_event(peer, connection, event);
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        loop {
            if let Some(candidate) = self.candidates.pop_front() {
                return Poll::Ready(ToSwarm::NewExternalAddrCandidate(candidate));
            }
            match self.inner.poll(cx) {
                Poll::Ready(ToSwarm::NewExternalAddrCandidate(_)) => {}
                Poll::Ready(out) => {
                    if let ToSwarm::GenerateEvent(identify::Event::Received { connection_id, info, .. }) =
                        &out
                    {
                        self.hear(*connection_id, &info.observed_addr);
                    }
                    return Poll::Ready(out);
                }
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn handle_pending_inbound_connection(
        &mut self,
        connection: ConnectionId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        self.inner.handle_pending_inbound_connection(connection, local, remote)
    }

    fn handle_pending_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: Option<PeerId>,
        addresses: &[Multiaddr],
        role: Endpoint,
    ) -> Result<Vec<Multiaddr>, ConnectionDenied> {
        self.inner.handle_pending_outbound_connection(connection, peer, addresses, role)
    }
}

/// An address without the PeerId that may stand at its end.
pub(in super::super) fn without_peer(address: &Multiaddr) -> Multiaddr {
    let mut address = address.clone();
    if matches!(address.iter().last(), Some(libp2p::multiaddr::Protocol::P2p(_))) {
        address.pop();
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_others_could_dial_is_a_candidate() {
        for (text, fine) in [
            ("/ip4/203.0.113.7/udp/14001/quic-v1", true),
            ("/ip6/2001:db8::7/tcp/14001", true),
            ("/ip4/127.0.0.1/tcp/14001", false),
            ("/ip4/203.0.113.7/udp/14001/quic-v1/p2p-circuit", false),
            ("/p2p/12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo", false),
        ] {
            assert_eq!(usable(&text.parse().unwrap()), fine, "{text}");
        }
    }
}
