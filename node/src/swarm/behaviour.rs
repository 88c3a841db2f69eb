//! What one swarm is made of, and the bounds each part has.

use std::time::Duration;

use libp2p::connection_limits::{self, ConnectionLimits};
use libp2p::identity::Keypair;
use libp2p::swarm::NetworkBehaviour;
use libp2p::swarm::behaviour::toggle::Toggle;
use libp2p::{
    PeerId, StreamProtocol, Swarm, SwarmBuilder, autonat, dcutr, identify, memory_connection_limits, noise,
    ping, relay, tcp, upnp, yamux,
};

use super::gate::Gate;
use super::gossip::{self, Gossip};
use super::reach::{self, Observed};
use super::stream::Kind;
use super::{NetworkError, streams};

/// The handshake, the only thing that is served before it has succeeded.
pub(super) const PROOF: StreamProtocol = StreamProtocol::new("/kith/proof/1");
/// Members' signed addresses, one way.
pub(super) const ADDRESSES: StreamProtocol = StreamProtocol::new("/kith/addresses/1");

/// What identify says of every node; it names neither the group nor the version of the program.
const ABOUT: &str = "/kith/1";

/// Connections, of all kinds, at one time.
const CONNECTIONS: u32 = 256;
/// Of them, those that others dialled: strangers must not be able to keep us from dialling.
const CONNECTIONS_IN: u32 = 192;
/// Connections to one peer: both sides may dial at once, over two transports.
const CONNECTIONS_PER_PEER: u32 = 4;
/// Connections being set up from outside.
const PENDING_IN: u32 = 8;
/// Connections being set up by us.
const PENDING_OUT: u32 = 16;
/// Resident memory of the whole process, in bytes, beyond which no new connection is taken.
const MEMORY: usize = 2 << 30;
/// Streams on one connection.
const STREAMS: usize = 64;
/// Streams on one connection whose protocol is being agreed on.
const NEGOTIATING: usize = 16;
/// A connection without a stream, and with nobody proved behind it, is closed after this.
const IDLE: Duration = Duration::from_secs(60);
/// QUIC says so often that it is there, and takes a connection for dead on which nothing was heard for so many
/// milliseconds. A path that has come back must not wait longer for whoever only listens.
const KEEP_ALIVE: Duration = Duration::from_millis(2500);
const DEAD_AFTER: u32 = 6500;
/// libp2p's own pings only answer those of others: ours are asked for where they are needed (`reach`).
const PING_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// The parts. Limits come first: a part that has heard of a connection is not told that a later one denied it.
#[derive(NetworkBehaviour)]
pub(super) struct Behaviour {
    limits: connection_limits::Behaviour,
    memory: memory_connection_limits::Behaviour,
    pub gossip: Gate<Gossip>,
    pub identify: Observed,
    ping: ping::Behaviour,
    pub streams: streams::Behaviour,
    circuits: relay::client::Behaviour,
    pub relay: Gate<relay::Behaviour>,
    pub punch: Gate<dcutr::Behaviour>,
    call_back: autonat::v2::client::Behaviour,
    pub dial_back: Gate<autonat::v2::server::Behaviour>,
    upnp: Toggle<upnp::tokio::Behaviour>,
}

/// The key pair behind a PeerId.
pub(super) fn keypair(secret: &[u8; 32]) -> Result<Keypair, NetworkError> {
    Keypair::ed25519_from_bytes(*secret).map_err(|error| NetworkError::Setup(error.to_string()))
}

/// Makes a swarm that neither listens nor dials yet.
///
/// With `upnp` it asks the router, if there is one that listens to such wishes, to let others through to it.
pub(super) fn swarm(keys: Keypair, upnp: bool) -> Result<Swarm<Behaviour>, NetworkError> {
    let setup = |error: &dyn std::fmt::Display| NetworkError::Setup(error.to_string());
    let gossip = gossip::behaviour()?;
    let me = keys.public().to_peer_id();
    let behaviour = move |keys: &Keypair, circuits| Behaviour {
        limits: connection_limits::Behaviour::new(
            ConnectionLimits::default()
                .with_max_pending_incoming(Some(PENDING_IN))
                .with_max_pending_outgoing(Some(PENDING_OUT))
                .with_max_established(Some(CONNECTIONS))
                .with_max_established_incoming(Some(CONNECTIONS_IN))
                .with_max_established_per_peer(Some(CONNECTIONS_PER_PEER)),
        ),
        memory: memory_connection_limits::Behaviour::with_max_bytes(MEMORY),
        gossip: Gate::new(gossip),
        identify: Observed::new(identify::Behaviour::new(
            identify::Config::new(ABOUT.into(), keys.public())
                .with_agent_version(ABOUT.into())
                .with_hide_listen_addrs(true)
                .with_cache_size(0),
        )),
        ping: ping::Behaviour::new(ping::Config::new().with_interval(PING_EVERY)),
        streams: streams::Behaviour::new(
            [PROOF, ADDRESSES].into_iter().chain(Kind::ALL.map(Kind::protocol)).collect(),
        ),
        circuits,
        relay: Gate::hidden(reach::relay(me)),
        punch: Gate::new(dcutr::Behaviour::new(me)),
        call_back: autonat::v2::client::Behaviour::default(),
        dial_back: Gate::hidden(autonat::v2::server::Behaviour::default()),
        upnp: upnp.then(upnp::tokio::Behaviour::default).into(),
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
            config.keep_alive_interval = KEEP_ALIVE;
            config.max_idle_timeout = DEAD_AFTER;
            config
        })
        .with_relay_client(noise::Config::new, multiplexer)
        .map_err(|error| setup(&error))?
        .with_behaviour(behaviour)
        .map_err(|error| setup(&error))?
        .with_swarm_config(|config| {
            config.with_idle_connection_timeout(IDLE).with_max_negotiating_inbound_streams(NEGOTIATING)
        })
        .build())
}

/// A peer's id, as the handshake binds it.
pub(super) fn name(peer: &PeerId) -> Vec<u8> {
    peer.to_bytes()
}
