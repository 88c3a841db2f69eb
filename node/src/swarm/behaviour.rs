//! What one swarm is made of, and the bounds each part has.

use std::time::Duration;

use libp2p::connection_limits::{self, ConnectionLimits};
use libp2p::identity::Keypair;
use libp2p::swarm::behaviour::toggle::Toggle;
use libp2p::swarm::{self, NetworkBehaviour};
use libp2p::{
    PeerId, StreamProtocol, Swarm, autonat, dcutr, identify, memory_connection_limits, ping, relay, upnp,
};

use super::gate::Gate;
use super::gossip::{self, Gossip};
use super::lan::Lan;
use super::proxy::Way;
use super::reach::{self, Observed};
use super::stream::Kind;
use super::{NetworkError, streams, transport};

/// The handshake, the only thing that is served before it has succeeded.
pub(super) const PROOF: StreamProtocol = StreamProtocol::new("/kith/proof/1");
/// Members' signed addresses, one way.
pub(super) const ADDRESSES: StreamProtocol = StreamProtocol::new("/kith/addresses/1");

/// The proof of a gate key, which keepers alone serve.
pub(super) const PLACE: StreamProtocol = StreamProtocol::new("/kith/place/1");

/// What identify says of every node; it names neither the group nor the version of the program.
pub(crate) const ABOUT: &str = "/kith/1";

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
/// Streams on one connection whose protocol is being agreed on.
const NEGOTIATING: usize = 16;
/// A connection without a stream, and with nobody proved behind it, is closed after this.
const IDLE: Duration = Duration::from_secs(60);
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
    lan: Lan,
    circuits: Toggle<relay::client::Behaviour>,
    pub relay: Gate<relay::Behaviour>,
    pub punch: Gate<dcutr::Behaviour>,
    call_back: Toggle<autonat::v2::client::Behaviour>,
    pub dial_back: Gate<autonat::v2::server::Behaviour>,
    upnp: Toggle<upnp::tokio::Behaviour>,
}

/// The key pair behind a PeerId.
pub(crate) fn keypair(secret: &[u8; 32]) -> Result<Keypair, NetworkError> {
    Keypair::ed25519_from_bytes(*secret).map_err(|error| NetworkError::Setup(error.to_string()))
}

/// Makes a swarm that neither listens nor dials yet, with a way through a proxy if there is one.
///
/// `lan` says whether to look for others on the local network. With `upnp` it asks the router, if there is one that
/// listens to such wishes, to let others through to it. Neither is done, nor anything relayed, beside a proxy that is the
/// only way.
pub(super) fn swarm(
    keys: &Keypair,
    way: Option<&Way>,
    lan: bool,
    upnp: bool,
) -> Result<Swarm<Behaviour>, NetworkError> {
    let me = keys.public().to_peer_id();
    let straight = !way.is_some_and(|way| way.proxy.only);
    let (transport, circuits) = transport::transport(keys, way)?;
    let behaviour = Behaviour {
        limits: connection_limits::Behaviour::new(
            ConnectionLimits::default()
                .with_max_pending_incoming(Some(PENDING_IN))
                .with_max_pending_outgoing(Some(PENDING_OUT))
                .with_max_established(Some(CONNECTIONS))
                .with_max_established_incoming(Some(CONNECTIONS_IN))
                .with_max_established_per_peer(Some(CONNECTIONS_PER_PEER)),
        ),
        memory: memory_connection_limits::Behaviour::with_max_bytes(MEMORY),
        gossip: Gate::new(gossip::behaviour()?),
        identify: Observed::new(identify::Behaviour::new(
            identify::Config::new(ABOUT.into(), keys.public())
                .with_agent_version(ABOUT.into())
                .with_hide_listen_addrs(true)
                .with_cache_size(0),
        )),
        ping: ping::Behaviour::new(ping::Config::new().with_interval(PING_EVERY)),
        streams: streams::Behaviour::new(
            [PROOF, ADDRESSES].into_iter().chain(Kind::SERVED.map(Kind::protocol)).collect(),
        ),
        lan: Lan::new(lan && straight, me)?,
        circuits: circuits.into(),
        relay: Gate::hidden(reach::relay(me, reach::Room::GROUP)),
        punch: Gate::new(dcutr::Behaviour::new(me)),
        call_back: straight.then(autonat::v2::client::Behaviour::default).into(),
        dial_back: Gate::hidden(autonat::v2::server::Behaviour::default()),
        upnp: (upnp && straight).then(upnp::tokio::Behaviour::default).into(),
    };
    let config = swarm::Config::with_tokio_executor()
        .with_idle_connection_timeout(IDLE)
        .with_max_negotiating_inbound_streams(NEGOTIATING);
    Ok(Swarm::new(transport, behaviour, me, config))
}

/// A peer's id, as the handshake binds it.
pub(super) fn name(peer: &PeerId) -> Vec<u8> {
    peer.to_bytes()
}
