//! Which addresses can be dialled, and in which order.

use std::collections::BTreeSet;
use std::net::IpAddr;

use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;

/// Addresses tried of one node; the rest is left out.
const ADDRESSES: usize = 16;

/// Addresses that can be dialled, QUIC first, each once, otherwise in the order given.
pub(super) fn ordered(addresses: Vec<Multiaddr>) -> Vec<Multiaddr> {
    let mut seen = BTreeSet::new();
    let mut fine: Vec<(bool, Multiaddr)> = addresses
        .into_iter()
        .filter_map(|address| {
            let (ip, tcp) = parts(&address)?;
            let fits = !ip.is_unspecified() && !ip.is_multicast() && seen.insert(address.clone());
            fits.then_some((tcp, address))
        })
        .collect();
    fine.sort_by_key(|(tcp, _)| *tcp);
    fine.into_iter().map(|(_, address)| address).take(ADDRESSES).collect()
}

/// The host of a plain QUIC or TCP address, and whether it is TCP; none for any other address.
pub(super) fn parts(address: &Multiaddr) -> Option<(IpAddr, bool)> {
    let mut parts = address.iter();
    let ip = match parts.next()? {
        Protocol::Ip4(ip) => IpAddr::V4(ip),
        Protocol::Ip6(ip) => IpAddr::V6(ip),
        _ => return None,
    };
    let tcp = match (parts.next()?, parts.next()) {
        (Protocol::Udp(port), Some(Protocol::QuicV1)) if port != 0 => false,
        (Protocol::Tcp(port), None) if port != 0 => true,
        _ => return None,
    };
    parts.next().is_none().then_some((ip, tcp))
}

/// The port of a plain QUIC or TCP address; none for any other address.
pub(super) fn port(address: &Multiaddr) -> Option<u16> {
    parts(address)?;
    address.iter().find_map(|part| match part {
        Protocol::Udp(port) | Protocol::Tcp(port) => Some(port),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quic(host: u8) -> Multiaddr {
        format!("/ip4/192.0.2.{host}/udp/9/quic-v1").parse().unwrap()
    }

    #[test]
    fn only_plain_addresses_are_dialled() {
        for bad in [
            "/ip4/0.0.0.0/tcp/9",
            "/ip4/192.0.2.1/tcp/0",
            "/ip4/224.0.0.1/udp/9/quic-v1",
            "/ip4/192.0.2.1/udp/9",
            "/ip4/192.0.2.1/tcp/9/ws",
            "/dns4/example.org/tcp/9",
            "/memory/9",
        ] {
            assert!(ordered(vec![bad.parse().unwrap()]).is_empty(), "{bad}");
        }
        assert_eq!(ordered((0..100).map(quic).collect()).len(), ADDRESSES);
    }
}
