//! A server beside a node whose person chose to have one: a swarm of its own, under a PeerId that is new at every start and
//! tells nothing of any group.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use libp2p::connection_limits::{self, ConnectionLimits};
use libp2p::identity::Keypair;
use libp2p::swarm::{self, NetworkBehaviour, SwarmEvent};
use libp2p::{Swarm, identify, memory_connection_limits, ping};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Beginnings, Counters, DhtError, Node, Part, Server};
use crate::clock::Clock;
use crate::swarm::{ABOUT, Multiaddr, Out, Port, at_home, host, listen, without_circuits};

/// Connections at one time, to one peer, and being set up from outside and from here.
const CONNECTIONS: u32 = 512;
const CONNECTIONS_PER_PEER: u32 = 2;
const PENDING_IN: u32 = 32;
const PENDING_OUT: u32 = 8;
/// Resident memory of the whole process, in bytes, beyond which no new connection is taken.
const MEMORY: usize = 2 << 30;
/// Streams on one connection whose protocol is being agreed on.
const NEGOTIATING: usize = 16;
/// A connection without a stream is closed after this.
const IDLE: Duration = Duration::from_secs(20);

#[derive(NetworkBehaviour)]
struct Behaviour {
    limits: connection_limits::Behaviour,
    memory: memory_connection_limits::Behaviour,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
    part: Part,
}

/// A running server.
#[derive(Clone)]
pub(crate) struct Serving {
    port: u16,
    counters: Arc<Counters>,
}

/// What one starts with.
pub(crate) struct Serves {
    pub listen: Vec<IpAddr>,
    pub port: Port,
    /// Addresses that others are told, beside those found out.
    pub announce: Vec<Multiaddr>,
    /// Other servers to begin with.
    pub nodes: Vec<Node>,
    pub clock: Clock,
    /// It runs until this is cancelled.
    pub stop: CancellationToken,
}

impl Serving {
    /// Starts to listen and to serve.
    ///
    /// # Errors
    /// [`DhtError::Network`].
    pub fn start(serves: Serves) -> Result<Serving, DhtError> {
        let keys = Keypair::generate_ed25519();
        let me = keys.public().to_peer_id();
        let home = serves.listen.iter().copied().chain(serves.announce.iter().filter_map(host)).any(at_home);
        let (server, part) = Server::new(me, serves.nodes, home, serves.clock);
        let limits = ConnectionLimits::default()
            .with_max_pending_incoming(Some(PENDING_IN))
            .with_max_pending_outgoing(Some(PENDING_OUT))
            .with_max_established(Some(CONNECTIONS))
            .with_max_established_per_peer(Some(CONNECTIONS_PER_PEER));
        let about = identify::Config::new(ABOUT.into(), keys.public())
            .with_agent_version(ABOUT.into())
            .with_hide_listen_addrs(true)
            .with_cache_size(0);
        let behaviour = Behaviour {
            limits: connection_limits::Behaviour::new(limits),
            memory: memory_connection_limits::Behaviour::with_max_bytes(MEMORY),
            identify: identify::Behaviour::new(about),
            ping: ping::Behaviour::default(),
            part,
        };
        let config = swarm::Config::with_tokio_executor()
            .with_idle_connection_timeout(IDLE)
            .with_max_negotiating_inbound_streams(NEGOTIATING);
        let mut swarm = Swarm::new(without_circuits(&keys, None)?, behaviour, me, config);
        let port = listen::listen(&mut swarm, &serves.listen, serves.port, Out::Straight)?;
        for address in serves.announce {
            swarm.add_external_address(address);
        }
        let serving = Serving { port, counters: server.counters() };
        tokio::spawn(run(swarm, server, serves.stop));
        Ok(serving)
    }

    /// The port, UDP and TCP.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What was taken and refused.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }
}

async fn run(mut swarm: Swarm<Behaviour>, mut server: Server, stop: CancellationToken) {
    let mut looking: JoinSet<Beginnings> = JoinSet::new();
    loop {
        let now = Instant::now();
        if let Some(calls) = server.calls(&mut swarm.behaviour_mut().part, now) {
            looking.spawn(calls);
        }
        tokio::select! {
            () = stop.cancelled() => return,
            Some(found) = looking.join_next() => {
                for dial in Server::dials(found.unwrap_or_default()) {
                    // One that cannot even begin is as one that fails.
                    let _ = swarm.dial(dial);
                }
            }
            event = swarm.select_next_some() => hear(&mut swarm, &mut server, event),
            () = tokio::time::sleep_until(server.wake().into()) => {}
        }
    }
}

fn hear(swarm: &mut Swarm<Behaviour>, server: &mut Server, event: SwarmEvent<BehaviourEvent>) {
    match event {
        SwarmEvent::Behaviour(BehaviourEvent::Part(event)) => {
            server.hear(&mut swarm.behaviour_mut().part, event);
        }
        SwarmEvent::Behaviour(BehaviourEvent::Identify(identify::Event::Received {
            connection_id,
            peer_id,
            info,
        })) => server.identified(&mut swarm.behaviour_mut().part, peer_id, connection_id, &info),
        SwarmEvent::ConnectionEstablished { connection_id, endpoint, .. } => {
            server.connected(connection_id, endpoint.get_remote_address());
        }
        SwarmEvent::ConnectionClosed { connection_id, .. } => server.closed(connection_id),
        SwarmEvent::NewListenAddr { address, .. } if swarm.behaviour().part.leads(&address) => {
            swarm.add_external_address(address);
        }
        SwarmEvent::ExpiredListenAddr { address, .. } => swarm.remove_external_address(&address),
        _ => {}
    }
}
