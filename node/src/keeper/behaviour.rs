//! What a keeper's swarm is made of, and the bounds each part has. It dials other servers of the DHT, and where somebody who
//! proved to be a member asks whether they can be called there.

use std::time::Duration;

use libp2p::connection_limits::{self, ConnectionLimits};
use libp2p::identity::Keypair;
use libp2p::swarm::NetworkBehaviour;
use libp2p::{
    PeerId, StreamProtocol, Swarm, SwarmBuilder, autonat, identify, memory_connection_limits, noise, ping,
    relay, tcp, yamux,
};

use super::KeeperError;
use crate::dht::Part;
use crate::swarm::gate::Gate;
use crate::swarm::reach::{self, Observed, Room};
use crate::swarm::{ABOUT, Kind, streams};

/// The proof of a gate key, the only thing that is served before it has succeeded.
pub(super) const PLACE: StreamProtocol = StreamProtocol::new("/kith/place/1");
/// Grants, drops and meeting points.
pub(super) const ERRAND: StreamProtocol = StreamProtocol::new("/kith/errand/1");

/// Connections to one peer: over two transports, or the second while the first is dying.
const CONNECTIONS_PER_PEER: u32 = 3;
/// Connections being set up.
const PENDING_IN: u32 = 256;
/// Connections being set up from here: to call members back, and to other servers of the DHT.
const PENDING_OUT: u32 = 16;
/// What is relayed at one time, for all places.
const RELAYS: Room = Room { reservations: 24_000, circuits: 1024 };
/// Streams on one connection.
const STREAMS: usize = 16;
/// Streams on one connection whose protocol is being agreed on.
const NEGOTIATING: usize = 8;
/// What one connection buffers of what it receives, in bytes, for all its streams and for each.
const RECEIVES: u32 = 1 << 20;
const RECEIVES_EACH: u32 = 512 << 10;
/// Who is connected stays: whoever proves nothing is closed by the task, and whoever is gone by pings.
const IDLE: Duration = Duration::from_secs(365 * 24 * 3600);
/// Pings: how often, and how long to wait for an answer. Over QUIC the members' side asks more often by itself.
const PING_EVERY: Duration = Duration::from_secs(60);
const PING_WITHIN: Duration = Duration::from_secs(20);
/// How many pings in a row may go unanswered before a connection is closed.
pub(super) const PINGS: u32 = 3;
/// How often QUIC asks whether the other side is there, if that does not ask before.
const QUIC_EVERY: Duration = Duration::from_secs(25);

/// How much a keeper carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Connections at one time.
    pub connections: u32,
    /// Resident memory of the whole process, in bytes, beyond which no new connection is taken.
    pub memory: usize,
    /// How long whoever proved a gate key may stay connected after a grant has replaced it, without proving the one of now.
    pub renew: Duration,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { connections: 24_000, memory: 4 << 30, renew: Duration::from_secs(600) }
    }
}

/// The parts. Limits come first: a part that has heard of a connection is not told that a later one denied it.
#[derive(NetworkBehaviour)]
pub(super) struct Behaviour {
    limits: connection_limits::Behaviour,
    memory: memory_connection_limits::Behaviour,
    identify: Observed,
    ping: ping::Behaviour,
    pub streams: streams::Behaviour,
    pub relay: Gate<relay::Behaviour>,
    pub dial_back: Gate<autonat::v2::server::Behaviour>,
    pub part: Part,
}

/// A relay for those for whom its gate is opened.
fn relays(me: PeerId) -> relay::Behaviour {
    let mut relay = reach::relay(me, RELAYS);
    relay.set_status(Some(relay::Status::Enable));
    relay
}

/// Makes a swarm that does not listen yet.
pub(super) fn swarm(keys: Keypair, bounds: Bounds, part: Part) -> Result<Swarm<Behaviour>, KeeperError> {
    let setup = |error: &dyn std::fmt::Display| KeeperError::Network(error.to_string());
    let behaviour = move |keys: &Keypair| Behaviour {
        limits: connection_limits::Behaviour::new(
            ConnectionLimits::default()
                .with_max_pending_incoming(Some(PENDING_IN))
                .with_max_pending_outgoing(Some(PENDING_OUT))
                .with_max_established(Some(bounds.connections))
                .with_max_established_per_peer(Some(CONNECTIONS_PER_PEER)),
        ),
        memory: memory_connection_limits::Behaviour::with_max_bytes(bounds.memory),
        identify: Observed::new(identify::Behaviour::new(
            identify::Config::new(ABOUT.into(), keys.public())
                .with_agent_version(ABOUT.into())
                .with_hide_listen_addrs(true)
                .with_cache_size(0),
        )),
        ping: ping::Behaviour::new(ping::Config::new().with_interval(PING_EVERY).with_timeout(PING_WITHIN)),
        streams: streams::Behaviour::new(vec![PLACE, ERRAND, Kind::Sync.protocol()]),
        relay: Gate::hidden(relays(keys.public().to_peer_id())),
        dial_back: Gate::hidden(autonat::v2::server::Behaviour::default()),
        part,
    };
    let multiplexer = || {
        let mut config = yamux::Config::default();
        config.set_max_num_streams(STREAMS);
        config
    };
    Ok(SwarmBuilder::with_existing_identity(keys)
        .with_tokio()
        .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, multiplexer)
        .map_err(|error| setup(&error))?
        .with_quic_config(|mut config| {
            config.max_concurrent_stream_limit = u32::try_from(STREAMS).unwrap_or(u32::MAX);
            config.max_connection_data = RECEIVES;
            config.max_stream_data = RECEIVES_EACH;
            config.keep_alive_interval = QUIC_EVERY;
            config
        })
        .with_behaviour(behaviour)
        .map_err(|error| setup(&error))?
        .with_swarm_config(|config| {
            config.with_idle_connection_timeout(IDLE).with_max_negotiating_inbound_streams(NEGOTIATING)
        })
        .build())
}
