//! Which addresses can be dialled, and in which order.

use std::collections::BTreeSet;
use std::net::IpAddr;

use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};

/// Addresses tried of one node; the rest is left out.
const ADDRESSES: usize = 16;

/// Addresses that can be dialled, direct ones first and QUIC before TCP, each once, otherwise in the order given.
pub(super) fn ordered(addresses: Vec<Multiaddr>) -> Vec<Multiaddr> {
    let mut seen = BTreeSet::new();
    let mut fine: Vec<(bool, bool, Multiaddr)> = addresses
        .into_iter()
        .filter_map(|address| {
            let (relayed, ip, tcp) = match parts(&address) {
                Some((ip, tcp)) => (false, ip, tcp),
                None => circuit(&address)
                    .filter(|circuit| circuit.peer.is_some_and(|peer| peer != circuit.relay))
                    .map(|circuit| (true, circuit.ip, circuit.tcp))?,
            };
            let fits = !ip.is_unspecified() && !ip.is_multicast() && seen.insert(address.clone());
            fits.then_some((relayed, tcp, address))
        })
        .collect();
    fine.sort_by_key(|(relayed, tcp, _)| (*relayed, *tcp));
    fine.into_iter().map(|(.., address)| address).take(ADDRESSES).collect()
}

/// An address through a relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Circuit {
    /// The relay.
    pub relay: PeerId,
    /// Its host, and whether it is reached by TCP.
    pub ip: IpAddr,
    pub tcp: bool,
    /// Who is at the other end; none where that goes without saying.
    pub peer: Option<PeerId>,
}

/// Reads an address of the form `DIRECT/p2p/RELAY/p2p-circuit[/p2p/PEER]`; none for any other.
pub(super) fn circuit(address: &Multiaddr) -> Option<Circuit> {
    let mut parts_of = address.iter();
    let mut direct = Multiaddr::empty();
    let relay = loop {
        match parts_of.next()? {
            Protocol::P2p(relay) => break relay,
            part => direct.push(part),
        }
    };
    let (ip, tcp) = parts(&direct)?;
    if parts_of.next()? != Protocol::P2pCircuit {
        return None;
    }
    let peer = match parts_of.next() {
        None => None,
        Some(Protocol::P2p(peer)) => Some(peer),
        Some(_) => return None,
    };
    parts_of.next().is_none().then_some(Circuit { relay, ip, tcp, peer })
}

/// Whether an address is of the form that only the machines of one network can reach.
pub(super) fn private(ip: &IpAddr) -> bool {
    local(ip)
        || match ip {
            // The last is what providers give to customers who share a router.
            IpAddr::V4(ip) => {
                let [first, second, ..] = ip.octets();
                ip.is_private() || (first == 100 && second & 0xc0 == 64)
            }
            IpAddr::V6(ip) => ip.is_unique_local(),
        }
}

/// Whether an address means another machine, or none, to whoever reads it elsewhere.
pub(super) fn local(ip: &IpAddr) -> bool {
    let link_local = match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    };
    ip.is_loopback() || ip.is_unspecified() || link_local
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
            "/ip4/192.0.2.1/tcp/9/p2p-circuit",
            "/p2p/12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo/p2p-circuit",
        ] {
            assert!(ordered(vec![bad.parse().unwrap()]).is_empty(), "{bad}");
        }
        assert_eq!(ordered((0..100).map(quic).collect()).len(), ADDRESSES);
    }

    #[test]
    fn circuits_are_read_and_come_last() {
        let (relay, peer) = (PeerId::random(), PeerId::random());
        let text = format!("{}/p2p/{relay}/p2p-circuit/p2p/{peer}", quic(1));
        let through: Multiaddr = text.parse().unwrap();
        let ip = IpAddr::from([192, 0, 2, 1]);
        assert_eq!(circuit(&through), Some(Circuit { relay, ip, tcp: false, peer: Some(peer) }));
        let tcp: Multiaddr = "/ip4/192.0.2.2/tcp/9".parse().unwrap();
        assert_eq!(
            ordered(vec![through.clone(), tcp.clone(), quic(3)]),
            [quic(3), tcp, through.clone()],
            "direct ones first"
        );
        for bad in
            [format!("{text}/p2p/{peer}"), format!("{text}/tcp/9"), format!("/p2p/{relay}/p2p-circuit")]
        {
            assert_eq!(circuit(&bad.parse().unwrap()), None, "{bad}");
        }
        let itself = format!("{}/p2p/{relay}/p2p-circuit/p2p/{relay}", quic(1)).parse().unwrap();
        assert!(ordered(vec![itself]).is_empty());
    }

    #[test]
    fn what_one_network_alone_can_reach_is_private() {
        for (text, expected) in [
            ("192.168.1.4", true),
            ("100.64.0.1", true),
            ("100.128.0.1", false),
            ("203.0.113.1", false),
            ("fd00::1", true),
            ("2001:db8::1", false),
            ("::1", true),
        ] {
            assert_eq!(private(&text.parse().unwrap()), expected, "{text}");
        }
    }
}
