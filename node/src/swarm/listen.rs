//! Where a node listens, and which addresses it tells others.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener, UdpSocket};

use kith_protocol::limits;
use libp2p::core::transport::{ListenerId, TransportError};
use libp2p::multiaddr::Protocol;
use libp2p::swarm::NetworkBehaviour;
use libp2p::{Multiaddr, Swarm};
use rand::RngExt;

use super::address::{Out, local, parts};
use super::{NetworkError, Port};

/// Random ports are drawn from here: above what needs privileges, below what systems give to outgoing
/// connections.
const PORTS: std::ops::Range<u16> = 10_000..32_000;
/// Addresses through relays that others are told, at most.
const CIRCUITS: usize = 4;
/// Random ports tried before giving up.
const TRIES: usize = 64;

/// Listens with QUIC and TCP on one port of every address; says which port. Where everything goes through a proxy, it is
/// TCP on this machine alone, for an onion service.
pub(crate) fn listen<B: NetworkBehaviour>(
    swarm: &mut Swarm<B>,
    listen: &[IpAddr],
    port: Port,
    out: Out,
) -> Result<u16, NetworkError> {
    match port {
        Port::Fixed(port) if port != 0 => {
            return match try_port(swarm, listen, port, out) {
                Ok(()) => Ok(port),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(NetworkError::PortTaken(port)),
                Err(error) => Err(NetworkError::Listen(error)),
            };
        }
        Port::Kept(port) if port != 0 => match try_port(swarm, listen, port, out) {
            Ok(()) => return Ok(port),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(NetworkError::Listen(error)),
        },
        _ => {}
    }
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..TRIES {
        let port = rand::rng().random_range(PORTS);
        match try_port(swarm, listen, port, out) {
            Ok(()) => return Ok(port),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => last = error,
            Err(error) => return Err(NetworkError::Listen(error)),
        }
    }
    Err(NetworkError::Listen(last))
}

/// Draws a random port that nobody holds, and that is not one of those left out.
pub(super) fn draw(listen: &[IpAddr], not: impl Fn(u16) -> bool) -> Option<u16> {
    let drawn = (0..TRIES).map(|_| rand::rng().random_range(PORTS));
    drawn.filter(|port| !not(*port)).find(|port| all_free(listen, *port))
}

/// Whether nobody holds a port on any of these addresses.
pub(super) fn all_free(listen: &[IpAddr], port: u16) -> bool {
    const EVERYWHERE: [IpAddr; 1] = [IpAddr::V4(Ipv4Addr::UNSPECIFIED)];
    let hosts = if listen.is_empty() { &EVERYWHERE[..] } else { listen };
    hosts.iter().all(|host| free(*host, port).is_ok())
}

/// All addresses or none. Without a list every interface is meant, and then IPv6 may be missing.
fn try_port<B: NetworkBehaviour>(
    swarm: &mut Swarm<B>,
    listen: &[IpAddr],
    port: u16,
    out: Out,
) -> io::Result<()> {
    const EVERYWHERE: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)];
    const HERE: [IpAddr; 1] = [IpAddr::V4(Ipv4Addr::LOCALHOST)];
    let listen = if listen.is_empty() && out == Out::Proxied { &HERE } else { listen };
    let (hosts, needed) = if listen.is_empty() { (&EVERYWHERE[..], 1) } else { (listen, listen.len()) };
    let missing =
        |index: usize, error: &io::Error| index >= needed && error.kind() != io::ErrorKind::AddrInUse;
    // All are looked at before the first is taken: seen from IPv6, our own IPv4 socket has the port.
    for (index, host) in hosts.iter().enumerate() {
        free(*host, port).or_else(|error| if missing(index, &error) { Ok(()) } else { Err(error) })?;
    }
    let mut listeners = Vec::new();
    for (index, host) in hosts.iter().enumerate() {
        match both(swarm, *host, port, out, &mut listeners) {
            Ok(()) => {}
            Err(error) if missing(index, &error) => tracing::info!("no IPv6 here: {error}"),
            Err(error) => {
                for listener in listeners {
                    swarm.remove_listener(listener);
                }
                return Err(error);
            }
        }
    }
    Ok(())
}

/// Whether nobody holds a port. Asked because libp2p shares TCP ports between its own sockets, and would
/// share it with another node of the same user just as well.
pub(crate) fn free(host: IpAddr, port: u16) -> io::Result<()> {
    UdpSocket::bind((host, port))?;
    TcpListener::bind((host, port))?;
    Ok(())
}

fn both<B: NetworkBehaviour>(
    swarm: &mut Swarm<B>,
    host: IpAddr,
    port: u16,
    out: Out,
    listeners: &mut Vec<ListenerId>,
) -> io::Result<()> {
    let host = Multiaddr::from(host);
    let quic = host.clone().with(Protocol::Udp(port)).with(Protocol::QuicV1);
    let quic = Some(quic).filter(|_| out != Out::Proxied);
    for address in quic.into_iter().chain([host.with(Protocol::Tcp(port))]) {
        listeners.push(swarm.listen_on(address).map_err(|error| match error {
            TransportError::Other(error) => error,
            TransportError::MultiaddrNotSupported(_) => io::ErrorKind::Unsupported.into(),
        })?);
    }
    Ok(())
}

/// The addresses others are told: those found to be reachable from outside, then those of interfaces, then those through
/// relays, as many as a record holds. Of the last, there is always room for [`CIRCUITS`].
///
/// Loopback is left out unless there is nothing else, which is so exactly when we listen only there;
/// link-local IPv6 means nothing without the interface. Where everything goes through a proxy, only onion services are told.
pub(crate) fn told(
    outside: &[Multiaddr],
    listening: &[&Multiaddr],
    circuits: &[Multiaddr],
    out: Out,
) -> Vec<Multiaddr> {
    let any = |wanted: fn(&IpAddr) -> bool| {
        listening.iter().filter(move |address| parts(address).is_some_and(|(ip, _)| wanted(&ip)))
    };
    let mut addresses: Vec<Multiaddr> = outside.to_vec();
    let outward = any(|ip| !local(ip)).next().is_some();
    let here = if outward { any(|ip| !local(ip)) } else { any(IpAddr::is_loopback) };
    for address in here {
        if !addresses.contains(address) {
            addresses.push((*address).clone());
        }
    }
    let fits = |address: &Multiaddr| out.tells(address) && address.to_string().len() <= limits::ADDRESS;
    let circuits: Vec<&Multiaddr> = circuits.iter().filter(|address| fits(address)).take(CIRCUITS).collect();
    addresses.retain(fits);
    addresses.truncate(limits::NODE_ADDRESSES.saturating_sub(circuits.len()));
    addresses.extend(circuits.into_iter().cloned());
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(texts: &[&str]) -> Vec<Multiaddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn others_are_told_what_they_can_reach() {
        let announce = all(&["/ip4/198.51.100.1/udp/4001/quic-v1"]);
        let listening = all(&[
            "/ip4/127.0.0.1/tcp/9",
            "/ip6/fe80::1/tcp/9",
            "/ip4/192.0.2.3/tcp/9",
            "/ip4/198.51.100.1/udp/4001/quic-v1",
        ]);
        assert_eq!(
            told(&announce, &listening.iter().collect::<Vec<_>>(), &[], Out::Straight),
            all(&["/ip4/198.51.100.1/udp/4001/quic-v1", "/ip4/192.0.2.3/tcp/9"])
        );
    }

    #[test]
    fn relays_have_their_place_among_many_interfaces() {
        let listening: Vec<Multiaddr> =
            (0..20).map(|host| format!("/ip4/192.0.2.{host}/tcp/9").parse().unwrap()).collect();
        let relayed: Vec<Multiaddr> =
            (0..6).map(|host| format!("/ip4/198.51.100.{host}/tcp/9/p2p-circuit").parse().unwrap()).collect();
        let told = told(&[], &listening.iter().collect::<Vec<_>>(), &relayed, Out::Straight);
        assert_eq!(told.len(), limits::NODE_ADDRESSES);
        assert_eq!(told[limits::NODE_ADDRESSES - CIRCUITS..], relayed[..CIRCUITS]);
    }

    #[test]
    fn loopback_is_told_when_there_is_nothing_else() {
        let listening = all(&["/ip4/127.0.0.1/udp/9/quic-v1", "/ip4/127.0.0.1/tcp/9"]);
        assert_eq!(told(&[], &listening.iter().collect::<Vec<_>>(), &[], Out::Straight), listening);
        assert_eq!(told(&[], &[], &[], Out::Straight), []);
    }

    #[test]
    fn through_a_proxy_nobody_is_told_where_this_machine_is() {
        let onion = all(&["/onion3/pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd:9"]);
        let announce = [onion.clone(), all(&["/ip4/198.51.100.1/tcp/9", "/dns/home.example/tcp/9"])].concat();
        let listening = all(&["/ip4/127.0.0.1/tcp/9", "/ip4/192.0.2.3/tcp/9"]);
        let listening: Vec<_> = listening.iter().collect();
        assert_eq!(told(&announce, &listening, &[], Out::Proxied), onion);
        assert_eq!(told(&[], &listening, &[], Out::Proxied), []);
    }

    #[test]
    fn a_port_is_free_until_somebody_has_it() {
        let host = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let held = TcpListener::bind((host, 0)).unwrap();
        let port = held.local_addr().unwrap().port();
        assert_eq!(free(host, port).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        let held = UdpSocket::bind((host, 0)).unwrap();
        let port = held.local_addr().unwrap().port();
        assert_eq!(free(host, port).unwrap_err().kind(), io::ErrorKind::AddrInUse);
    }
}
