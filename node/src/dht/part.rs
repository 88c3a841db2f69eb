//! Kademlia as a part of a swarm, with its bounds: which addresses it dials, and how much it listens to of one connection.

use std::collections::{BTreeMap, VecDeque};
use std::num::NonZeroUsize;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use kith_protocol::limits;
use libp2p::core::Endpoint;
use libp2p::core::transport::PortUse;
use libp2p::kad::store::{MemoryStore, MemoryStoreConfig};
use libp2p::kad::{self, Caching, Mode, StoreInserts};
use libp2p::swarm::{
    CloseConnection, ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent,
    THandlerOutEvent, ToSwarm,
};
use libp2p::{Multiaddr, PeerId};

use super::PROTOCOL;
use crate::bucket::Bucket;
use crate::swarm::Out;

/// Records that a server holds: 43 MB of them.
pub(super) const RECORDS: usize = 16_384;
/// With how many servers a record is left.
const COPIES: NonZeroUsize = NonZeroUsize::new(8).unwrap();
/// Messages listened to of one connection: so many at once, and one more after each pause.
const MESSAGES: u32 = 96;
const MESSAGE_EACH: Duration = Duration::from_millis(250);
/// Addresses of one peer that are dialled at a time.
const ADDRESSES: usize = 4;

/// How long to wait for whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waits {
    /// For an answer.
    pub answer: Duration,
    /// For all that belongs to one question.
    pub question: Duration,
}

/// Kademlia within its bounds.
pub(crate) struct Part {
    pub kad: kad::Behaviour<MemoryStore>,
    out: Out,
    home: bool,
    meters: BTreeMap<ConnectionId, Bucket>,
    floods: VecDeque<ToSwarm<PartEvent, THandlerInEvent<kad::Behaviour<MemoryStore>>>>,
}

/// What it tells.
#[derive(Debug)]
pub(crate) enum PartEvent {
    Kad(Box<kad::Event>),
    /// A connection was closed over which too much came.
    Flooded,
}

impl Part {
    /// A server's. `home` says whether others at home are dialled.
    pub fn server(me: PeerId, out: Out, home: bool, waits: Waits) -> Part {
        Part::new(me, out, home, config(waits), Mode::Server)
    }

    /// That of somebody who leaves or looks for something, and is gone.
    pub fn client(me: PeerId, out: Out, home: bool, waits: Waits) -> Part {
        Part::new(me, out, home, config(waits), Mode::Client)
    }

    fn new(me: PeerId, out: Out, home: bool, config: kad::Config, mode: Mode) -> Part {
        let bounds = MemoryStoreConfig {
            max_records: RECORDS,
            max_value_bytes: limits::DHT_RECORD.saturating_add(1),
            max_providers_per_key: 0,
            max_provided_keys: 0,
        };
        let store = MemoryStore::with_config(me, bounds);
        let mut kad = kad::Behaviour::with_config(me, store, config);
        kad.set_mode(Some(mode));
        Part { kad, out, home, meters: BTreeMap::new(), floods: VecDeque::new() }
    }

    /// Whether an address that others name is dialled.
    pub fn leads(&self, address: &Multiaddr) -> bool {
        self.out.leads(address, self.home)
    }
}

fn config(waits: Waits) -> kad::Config {
    let mut config = kad::Config::new(PROTOCOL);
    config
        .set_query_timeout(waits.question)
        .set_substreams_timeout(waits.answer)
        .set_replication_factor(COPIES)
        .disjoint_query_paths(true)
        .set_record_ttl(Some(Duration::from_millis(limits::DHT_KEPT)))
        .set_record_filtering(StoreInserts::FilterBoth)
        .set_periodic_bootstrap_interval(None)
        .set_replication_interval(None)
        .set_publication_interval(None)
        .set_provider_publication_interval(None)
        .set_caching(Caching::Disabled);
    config
}

impl NetworkBehaviour for Part {
    type ConnectionHandler = THandler<kad::Behaviour<MemoryStore>>;
    type ToSwarm = PartEvent;

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.kad.handle_established_inbound_connection(connection, peer, local, remote)
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        role: Endpoint,
        port: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.kad.handle_established_outbound_connection(connection, peer, address, role, port)
    }

    fn handle_pending_inbound_connection(
        &mut self,
        connection: ConnectionId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        self.kad.handle_pending_inbound_connection(connection, local, remote)
    }

    /// Where Kademlia would dial somebody, as far as that leads anywhere that a stranger may send us to.
    fn handle_pending_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: Option<PeerId>,
        addresses: &[Multiaddr],
        role: Endpoint,
    ) -> Result<Vec<Multiaddr>, ConnectionDenied> {
        let named = self.kad.handle_pending_outbound_connection(connection, peer, addresses, role)?;
        Ok(named.into_iter().filter(|address| self.leads(address)).take(ADDRESSES).collect())
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        if let FromSwarm::ConnectionClosed(closed) = &event {
            self.meters.remove(&closed.connection_id);
        }
        self.kad.on_swarm_event(event);
    }

    fn on_connection_handler_event(
        &mut self,
        peer_id: PeerId,
        connection: ConnectionId,
        event: THandlerOutEvent<Self>,
    ) {
        let now = Instant::now();
        let meter = self.meters.entry(connection);
        if !meter.or_insert_with(|| Bucket::new(MESSAGES, MESSAGE_EACH, now)).take(now) {
            let connection = CloseConnection::One(connection);
            self.floods.push_back(ToSwarm::CloseConnection { peer_id, connection });
            self.floods.push_back(ToSwarm::GenerateEvent(PartEvent::Flooded));
            return;
        }
        self.kad.on_connection_handler_event(peer_id, connection, event);
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        if let Some(flood) = self.floods.pop_front() {
            return Poll::Ready(flood);
        }
        self.kad.poll(cx).map(|out| out.map_out(|event| PartEvent::Kad(Box::new(event))))
    }
}
