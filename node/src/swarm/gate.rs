//! A door around a behaviour: until a peer has proved who it is, the behaviour inside neither hears it nor
//! says anything to it.
//!
//! Gossipsub announces its topics to every peer as soon as it is connected. Behind this gate the announcement
//! waits in gossipsub's queue for that peer, and a stream that the peer opens is held, unread, until the gate
//! opens for it; refusing the stream instead would make the other side's gossipsub give us up for good,
//! since the two sides never finish a proof at the same instant. A peer that never proves anything sees
//! nothing, whatever it sends.
//!
//! A [`Gate::hidden`] one does not even say what is behind it: its protocols are spoken, and told by identify, only on
//! connections for which it is open.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::task::{Context, Poll};

use either::Either;
use futures::future;
use libp2p::core::Endpoint;

use libp2p::core::transport::PortUse;
use libp2p::core::upgrade::DeniedUpgrade;
use libp2p::swarm::handler::{ConnectionEvent, FullyNegotiatedInbound, ListenUpgradeError, SendWrapper};
use libp2p::swarm::{
    ConnectionDenied, ConnectionHandler, ConnectionHandlerEvent, ConnectionId, FromSwarm, NetworkBehaviour,
    NotifyHandler, SubstreamProtocol, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
};
use libp2p::{Multiaddr, PeerId};

/// `inner`, behind a gate that is opened peer by peer.
pub(crate) struct Gate<B> {
    pub inner: B,
    hidden: bool,
    open: BTreeSet<PeerId>,
    connections: BTreeMap<PeerId, BTreeSet<ConnectionId>>,
    opening: VecDeque<(PeerId, ConnectionId)>,
}

impl<B> Gate<B> {
    /// A gate before which streams wait.
    pub fn new(inner: B) -> Gate<B> {
        Gate {
            inner,
            hidden: false,
            open: BTreeSet::new(),
            connections: BTreeMap::new(),
            opening: VecDeque::new(),
        }
    }

    /// A gate that nobody sees while it is closed.
    pub fn hidden(inner: B) -> Gate<B> {
        Gate { hidden: true, ..Gate::new(inner) }
    }

    /// Lets a connected peer through, on all its connections, until the last of them has closed.
    pub fn open(&mut self, peer: PeerId) {
        let Some(connections) = self.connections.get(&peer) else { return };
        if self.open.insert(peer) {
            self.opening.extend(connections.iter().map(|connection| (peer, *connection)));
        }
    }

    fn handler<H: ConnectionHandler>(&self, peer: &PeerId, inner: H) -> Handler<H> {
        Handler { inner, hidden: self.hidden, open: self.open.contains(peer), held: None }
    }
}

impl<B: NetworkBehaviour> NetworkBehaviour for Gate<B> {
    type ConnectionHandler = Handler<THandler<B>>;
    type ToSwarm = B::ToSwarm;

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        let inner = self.inner.handle_established_inbound_connection(connection, peer, local, remote)?;
        Ok(self.handler(&peer, inner))
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        role: Endpoint,
        port: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        let inner =
            self.inner.handle_established_outbound_connection(connection, peer, address, role, port)?;
        Ok(self.handler(&peer, inner))
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match &event {
            FromSwarm::ConnectionEstablished(established) => {
                let peer = established.peer_id;
                self.connections.entry(peer).or_default().insert(established.connection_id);
                // The gate may have opened between the making of the handler and now.
                if self.open.contains(&peer) {
                    self.opening.push_back((peer, established.connection_id));
                }
            }
            FromSwarm::ConnectionClosed(closed) => {
                if let Some(connections) = self.connections.get_mut(&closed.peer_id) {
                    connections.remove(&closed.connection_id);
                    if connections.is_empty() {
                        self.connections.remove(&closed.peer_id);
                        self.open.remove(&closed.peer_id);
                    }
                }
            }
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
        if let Some((peer_id, connection)) = self.opening.pop_front() {
            return Poll::Ready(ToSwarm::NotifyHandler {
                peer_id,
                handler: NotifyHandler::One(connection),
                event: In::Open,
            });
        }
        self.inner.poll(cx).map(|out| out.map_in(In::Inner))
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

/// What the gate says to one connection.
#[derive(Debug)]
pub(crate) enum In<T> {
    Open,
    Inner(T),
}

/// One connection's side of the gate.
pub(crate) struct Handler<H: ConnectionHandler> {
    inner: H,
    hidden: bool,
    open: bool,
    /// The last stream the peer opened before the gate did. Earlier ones are dropped.
    held: Option<FullyNegotiatedInbound<H::InboundProtocol, H::InboundOpenInfo>>,
}

impl<H: ConnectionHandler> ConnectionHandler for Handler<H> {
    type FromBehaviour = In<H::FromBehaviour>;
    type ToBehaviour = H::ToBehaviour;
    type InboundProtocol = Either<SendWrapper<H::InboundProtocol>, SendWrapper<DeniedUpgrade>>;
    type OutboundProtocol = H::OutboundProtocol;
    type InboundOpenInfo = H::InboundOpenInfo;
    type OutboundOpenInfo = H::OutboundOpenInfo;

    fn listen_protocol(&self) -> SubstreamProtocol<Self::InboundProtocol, Self::InboundOpenInfo> {
        let inner = self.inner.listen_protocol();
        let timeout = *inner.timeout();
        let (upgrade, info) = inner.into_upgrade();
        let upgrade = if self.open || !self.hidden {
            Either::Left(SendWrapper(upgrade))
        } else {
            Either::Right(SendWrapper(DeniedUpgrade))
        };
        SubstreamProtocol::new(upgrade, info).with_timeout(timeout)
    }

    /// A connection with somebody proved stays, in the mesh or not.
    fn connection_keep_alive(&self) -> bool {
        self.open
    }

    fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<ConnectionHandlerEvent<Self::OutboundProtocol, Self::OutboundOpenInfo, Self::ToBehaviour>> {
        // A connection polls its handler again after every event it hands to it, so none is missed here.
        if self.open { self.inner.poll(cx) } else { Poll::Pending }
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Option<Self::ToBehaviour>> {
        self.inner.poll_close(cx)
    }

    fn on_behaviour_event(&mut self, event: Self::FromBehaviour) {
        match event {
            In::Open => {
                self.open = true;
                if let Some(held) = self.held.take() {
                    self.inner.on_connection_event(ConnectionEvent::FullyNegotiatedInbound(held));
                }
            }
            In::Inner(event) => self.inner.on_behaviour_event(event),
        }
    }

    fn on_connection_event(
        &mut self,
        event: ConnectionEvent<
            '_,
            Self::InboundProtocol,
            Self::OutboundProtocol,
            Self::InboundOpenInfo,
            Self::OutboundOpenInfo,
        >,
    ) {
        let event = match event {
            ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound { protocol, info }) => {
                // Nothing comes out of the upgrade that is denied.
                let future::Either::Left(protocol) = protocol;
                let stream = FullyNegotiatedInbound { protocol, info };
                if !self.open {
                    self.held = Some(stream);
                    return;
                }
                ConnectionEvent::FullyNegotiatedInbound(stream)
            }
            ConnectionEvent::ListenUpgradeError(ListenUpgradeError { info, error }) => {
                let Either::Left(error) = error;
                ConnectionEvent::ListenUpgradeError(ListenUpgradeError { info, error })
            }
            ConnectionEvent::FullyNegotiatedOutbound(stream) => {
                ConnectionEvent::FullyNegotiatedOutbound(stream)
            }
            ConnectionEvent::DialUpgradeError(error) => ConnectionEvent::DialUpgradeError(error),
            ConnectionEvent::AddressChange(change) => ConnectionEvent::AddressChange(change),
            ConnectionEvent::LocalProtocolsChange(change) => ConnectionEvent::LocalProtocolsChange(change),
            ConnectionEvent::RemoteProtocolsChange(change) => ConnectionEvent::RemoteProtocolsChange(change),
            // None that there is today.
            _ => return,
        };
        self.inner.on_connection_event(event);
    }
}
