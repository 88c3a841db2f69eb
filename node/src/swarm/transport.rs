//! How connections are made: straight over QUIC and TCP, or through a proxy.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use libp2p::core::muxing::StreamMuxerBox;
use libp2p::core::transport::timeout::TransportTimeout;
use libp2p::core::transport::{Boxed, DialOpts, ListenerId, TransportError, TransportEvent};
use libp2p::core::upgrade::Version;
use libp2p::identity::Keypair;
use libp2p::tcp::tokio::TcpStream;
use libp2p::{Multiaddr, PeerId, Transport as _, noise, quic, relay, tcp, yamux};

use super::NetworkError;
use super::address::{bare, parts};
use super::proxy::Way;
use super::socks::Target;

/// Setting up a connection takes at most this long, whoever begins it.
const SET_UP: Duration = Duration::from_secs(10);
/// Through a proxy, which has to find a way first, it may take this long.
const SET_UP_PROXIED: Duration = Duration::from_secs(80);
/// Streams on one connection.
pub(super) const STREAMS: usize = 64;

/// QUIC says so often that it is there, and takes a connection for dead on which nothing was heard for so many
/// milliseconds. A path that has come back must not wait longer for whoever only listens.
const KEEP_ALIVE: Duration = Duration::from_millis(2500);
const DEAD_AFTER: u32 = 6500;

/// What connections come from.
pub(crate) type Transport = Boxed<(PeerId, StreamMuxerBox)>;

/// The transports of one swarm, and the part of its behaviour that makes circuits through relays. With a way through a proxy
/// that is the only one, no other leaves this machine: UDP is not spoken, names are not resolved, TCP is listened on only
/// where this machine alone can reach, and there are no circuits.
///
/// # Errors
/// [`NetworkError::Setup`].
pub(super) fn transport(
    keys: &Keypair,
    way: Option<&Way>,
) -> Result<(Transport, Option<relay::client::Behaviour>), NetworkError> {
    if let Some(only) = way.filter(|way| way.proxy.only) {
        return Ok((through(keys, only)?, None));
    }
    let (circuits, behaviour) = relay::client::new(keys.public().to_peer_id());
    let circuits = circuits
        .upgrade(Version::V1Lazy)
        .authenticate(authentication(keys)?)
        .multiplex(multiplexer())
        .map(|(peer, muxer), _| (peer, StreamMuxerBox::new(muxer)));
    let all = circuits.or_transport(direct(keys)?).map(|either, _| either.into_inner());
    let all = TransportTimeout::new(all, SET_UP).boxed();
    Ok((with(way, keys, all)?, Some(behaviour)))
}

/// The same without circuits.
///
/// # Errors
/// [`NetworkError::Setup`].
pub(crate) fn without_circuits(keys: &Keypair, way: Option<&Way>) -> Result<Transport, NetworkError> {
    match way.filter(|way| way.proxy.only) {
        Some(only) => through(keys, only),
        None => with(way, keys, TransportTimeout::new(direct(keys)?, SET_UP).boxed()),
    }
}

/// A transport, and before it the way through a proxy if there is one.
fn with(way: Option<&Way>, keys: &Keypair, other: Transport) -> Result<Transport, NetworkError> {
    let Some(way) = way else { return Ok(other) };
    Ok(through(keys, way)?.or_transport(other).map(|either, _| either.into_inner()).boxed())
}

/// The way through a proxy.
fn through(keys: &Keypair, way: &Way) -> Result<Transport, NetworkError> {
    let listens = way.proxy.only.then(|| tcp::tokio::Transport::new(tcp_config()));
    let proxied = Through { way: way.clone(), listens }
        .upgrade(Version::V1Lazy)
        .authenticate(authentication(keys)?)
        .multiplex(multiplexer())
        .map(|(peer, muxer), _| (peer, StreamMuxerBox::new(muxer)));
    let proxied = TransportTimeout::with_outgoing_timeout(proxied, SET_UP_PROXIED);
    Ok(TransportTimeout::with_ingoing_timeout(proxied, SET_UP).boxed())
}

fn direct(keys: &Keypair) -> Result<Transport, NetworkError> {
    let tcp = tcp::tokio::Transport::new(tcp_config())
        .upgrade(Version::V1Lazy)
        .authenticate(authentication(keys)?)
        .multiplex(multiplexer())
        .map(|(peer, muxer), _| (peer, StreamMuxerBox::new(muxer)));
    let mut config = quic::Config::new(keys);
    config.max_concurrent_stream_limit = u32::try_from(STREAMS).unwrap_or(u32::MAX);
    config.keep_alive_interval = KEEP_ALIVE;
    config.max_idle_timeout = DEAD_AFTER;
    let quic = quic::tokio::Transport::new(config).map(|(peer, muxer), _| (peer, StreamMuxerBox::new(muxer)));
    Ok(tcp.or_transport(quic).map(|either, _| either.into_inner()).boxed())
}

fn tcp_config() -> tcp::Config {
    tcp::Config::default().nodelay(true)
}

fn authentication(keys: &Keypair) -> Result<noise::Config, NetworkError> {
    noise::Config::new(keys).map_err(|error| NetworkError::Setup(error.to_string()))
}

fn multiplexer() -> yamux::Config {
    let mut config = yamux::Config::default();
    config.set_max_num_streams(STREAMS);
    config
}

/// TCP through a proxy, and, if nothing may go beside it, from this machine itself.
struct Through {
    way: Way,
    listens: Option<tcp::tokio::Transport>,
}

impl libp2p::Transport for Through {
    type Output = TcpStream;
    type Error = io::Error;
    type ListenerUpgrade = <tcp::tokio::Transport as libp2p::Transport>::ListenerUpgrade;
    type Dial = BoxFuture<'static, Result<TcpStream, io::Error>>;

    fn listen_on(&mut self, id: ListenerId, address: Multiaddr) -> Result<(), TransportError<io::Error>> {
        match &mut self.listens {
            Some(tcp) if parts(&address).is_none_or(|(ip, _)| ip.is_loopback()) => tcp.listen_on(id, address),
            _ => Err(TransportError::MultiaddrNotSupported(address)),
        }
    }

    fn remove_listener(&mut self, id: ListenerId) -> bool {
        self.listens.as_mut().is_some_and(|tcp| tcp.remove_listener(id))
    }

    fn dial(&mut self, address: Multiaddr, _: DialOpts) -> Result<Self::Dial, TransportError<io::Error>> {
        // Whether it is who was meant is seen when the connection stands.
        match Target::of(&bare(&address)).filter(|target| self.way.leads_to(target)) {
            Some(target) => {
                Ok(self.way.clone().to(target).map(|way| way.map(TcpStream).map_err(failed)).boxed())
            }
            None => Err(TransportError::MultiaddrNotSupported(address)),
        }
    }

    fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<TransportEvent<Self::ListenerUpgrade, io::Error>> {
        match &mut self.listens {
            Some(tcp) => Pin::new(tcp).poll(cx),
            None => Poll::Pending,
        }
    }
}

fn failed(error: super::socks::SocksError) -> io::Error {
    match error {
        super::socks::SocksError::Io(error) => error,
        other => io::Error::other(other),
    }
}
