//! Which addresses can be dialled, and in which order.

use std::collections::BTreeSet;
use std::net::IpAddr;

use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};

use super::proxy::Proxy;
use super::socks::{Host, Target};

/// Addresses tried of one node; the rest is left out.
const ADDRESSES: usize = 16;

/// Which ways lead out of this machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Out {
    /// Straight, over QUIC and TCP.
    #[default]
    Straight,
    /// Straight, and to onion services through a proxy.
    Onions,
    /// Through a proxy, and by no other way.
    Proxied,
}

impl Out {
    /// With this proxy, or none.
    pub fn of(proxy: Option<Proxy>) -> Out {
        match proxy {
            None => Out::Straight,
            Some(Proxy { only: false, .. }) => Out::Onions,
            Some(Proxy { only: true, .. }) => Out::Proxied,
        }
    }

    /// Addresses that can be dialled, each once: the quickest way first, otherwise in the order given.
    pub fn ordered(self, addresses: Vec<Multiaddr>) -> Vec<Multiaddr> {
        let mut seen = BTreeSet::new();
        let mut fine: Vec<(u8, Multiaddr)> = addresses
            .into_iter()
            .filter_map(|address| {
                let rank = self.rank(&address)?;
                seen.insert(address.clone()).then_some((rank, address))
            })
            .collect();
        fine.sort_by_key(|(rank, _)| *rank);
        fine.into_iter().map(|(_, address)| address).take(ADDRESSES).collect()
    }

    /// Whether an address is dialled through the proxy, which takes its time.
    pub fn proxies(self, address: &Multiaddr) -> bool {
        match self {
            Out::Straight => false,
            Out::Onions => is_onion(address),
            Out::Proxied => true,
        }
    }

    /// Whether an address that others name is dialled: straight, or through the proxy, by no relay, and to whoever is
    /// elsewhere, but for those who have their network at `home`.
    pub fn leads(self, address: &Multiaddr, home: bool) -> bool {
        let address = bare(address);
        let proxied = Target::of(&address).is_some_and(|target| self.asks_for(&target));
        let straight = |(ip, _)| !at_home(ip) || (home && private(&ip) && !ip.is_unspecified());
        proxied || (self != Out::Proxied && parts(&address).is_some_and(straight))
    }

    /// Whether others may be told of an address of ours.
    pub fn tells(self, address: &Multiaddr) -> bool {
        self != Out::Proxied || is_onion(address)
    }

    /// Whether a proxy is asked for a way to somebody: with one that everything goes through, to whoever is elsewhere.
    pub(super) fn asks_for(self, target: &Target) -> bool {
        match &target.host {
            Host::Onion(_) => self != Out::Straight,
            Host::Ip(ip) => self == Out::Proxied && !at_home(*ip),
            Host::Name(name) => self == Out::Proxied && is_public(name),
        }
    }

    /// Lower is tried earlier; none is not dialled at all.
    fn rank(self, address: &Multiaddr) -> Option<u8> {
        if let Some(target) = Target::of(address).filter(|target| self.asks_for(target)) {
            // In a network of onions they are near; else they are the last resort, after relays.
            let near = self == Out::Proxied && matches!(target.host, Host::Onion(_));
            return Some(if near { 0 } else { 4 });
        }
        let (relayed, ip, tcp) = match parts(address) {
            Some((ip, tcp)) => (false, ip, tcp),
            None => circuit(address)
                .filter(|circuit| circuit.peer.is_some_and(|peer| peer != circuit.relay))
                .map(|circuit| (true, circuit.ip, circuit.tcp))?,
        };
        let straight = self != Out::Proxied && !ip.is_unspecified() && !ip.is_multicast();
        straight.then_some(2 * u8::from(relayed) + u8::from(tcp))
    }
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

/// An address without the PeerId behind it.
pub(crate) fn bare(address: &Multiaddr) -> Multiaddr {
    let mut bare = address.clone();
    if matches!(bare.iter().last(), Some(Protocol::P2p(_))) {
        bare.pop();
    }
    bare
}

/// The host of a plain QUIC or TCP address; none for any other.
pub(crate) fn host(address: &Multiaddr) -> Option<IpAddr> {
    parts(&bare(address)).map(|(ip, _)| ip)
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

/// Whether an address is an onion service's.
pub(crate) fn is_onion(address: &Multiaddr) -> bool {
    matches!(Target::of(address), Some(Target { host: Host::Onion(_), .. }))
}

/// Whether a plain address is on one network with this machine.
pub(crate) fn is_near(address: &Multiaddr) -> bool {
    parts(address).is_some_and(|(ip, _)| near(ip))
}

/// Whether an address is on one network with this machine, if it is anywhere: private, or of the link.
fn near(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
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

/// Whether an address is of the form that only the machines of one network can reach.
pub(super) fn private(ip: &IpAddr) -> bool {
    // What providers give to customers who share a router (RFC 6598).
    let shared = |ip: &IpAddr| matches!(ip, IpAddr::V4(ip) if matches!(ip.octets(), [100, second, ..] if second & 0xc0 == 64));
    local(ip) || near(*ip) || shared(ip)
}

/// Whether an address means something on this machine or its network only, or nothing at all: to a proxy it would name
/// the proxy's own neighbours.
pub(crate) fn at_home(ip: IpAddr) -> bool {
    let nowhere = match ip {
        IpAddr::V4(ip) => ip.is_broadcast() || ip.octets().first() == Some(&0),
        IpAddr::V6(ip) => ip.to_ipv4().map(IpAddr::V4).is_some_and(at_home),
    };
    private(&ip) || ip.is_multicast() || nowhere
}

/// Whether a name can be one of the public DNS: with a dot in it, and not of those that stay at home.
fn is_public(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let last = name.rsplit('.').next().unwrap_or_default();
    let home = ["arpa", "home", "internal", "invalid", "lan", "local", "localhost", "onion"];
    let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    let number = last.bytes().all(|byte| byte.is_ascii_digit());
    name.contains('.') && letters && name.len() <= 253 && !number && !home.contains(&last)
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

    const ONION: &str = "/onion3/pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd:9";

    fn quic(host: u8) -> Multiaddr {
        format!("/ip4/192.0.2.{host}/udp/9/quic-v1").parse().unwrap()
    }

    fn ordered(out: Out, texts: &[&str]) -> Vec<String> {
        let all = texts.iter().map(|text| text.parse().unwrap()).collect();
        out.ordered(all).iter().map(ToString::to_string).collect()
    }

    /// What nobody dials.
    const BAD: &[&str] = &[
        "/ip4/0.0.0.0/tcp/9",
        "/ip4/192.0.2.1/tcp/0",
        "/ip4/224.0.0.1/udp/9/quic-v1",
        "/ip4/192.0.2.1/udp/9",
        "/ip4/192.0.2.1/tcp/9/ws",
        "/memory/9",
        "/ip4/192.0.2.1/tcp/9/p2p-circuit",
        "/p2p/12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo/p2p-circuit",
    ];

    #[test]
    fn only_plain_addresses_are_dialled() {
        for bad in BAD.iter().chain(&["/dns4/example.org/tcp/9", ONION]) {
            assert!(ordered(Out::Straight, &[bad]).is_empty(), "{bad}");
        }
        assert_eq!(Out::Straight.ordered((0..100).map(quic).collect()).len(), ADDRESSES);
    }

    #[test]
    fn a_proxy_for_onions_comes_last() {
        let (quic, tcp) = ("/ip4/192.0.2.1/udp/9/quic-v1", "/ip4/192.0.2.1/tcp/9");
        assert_eq!(ordered(Out::Onions, &[ONION, tcp, quic]), [quic, tcp, ONION]);
        assert!(ordered(Out::Onions, &["/dns4/example.org/tcp/9"]).is_empty());
    }

    #[test]
    fn through_a_proxy_only_what_is_elsewhere_is_dialled() {
        let (name, tcp, tcp6) =
            ("/dns/home.example/tcp/9", "/ip4/198.51.100.1/tcp/9", "/ip6/2001:db8::1/tcp/9");
        assert_eq!(ordered(Out::Proxied, &[name, tcp, ONION, tcp6, name]), [ONION, name, tcp, tcp6]);
        let home = [
            "/ip4/198.51.100.1/udp/9/quic-v1",
            "/ip4/127.0.0.1/tcp/9",
            "/ip4/10.0.0.1/tcp/9",
            "/ip4/100.64.0.1/tcp/9",
            "/ip4/169.254.1.1/tcp/9",
            "/ip4/192.168.1.1/tcp/9",
            "/ip4/255.255.255.255/tcp/9",
            "/ip4/0.1.2.3/tcp/9",
            "/ip6/::1/tcp/9",
            "/ip6/fe80::1/tcp/9",
            "/ip6/fd00::1/tcp/9",
            "/ip6/::ffff:127.0.0.1/tcp/9",
            "/dns/localhost/tcp/9",
            "/dns/router/tcp/9",
            "/dns/printer.local/tcp/9",
            "/dns/127.0.0.1/tcp/9",
            "/dns/pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion/tcp/9",
            "/dnsaddr/home.example/tcp/9",
        ];
        for bad in BAD.iter().chain(&home) {
            assert!(ordered(Out::Proxied, &[bad]).is_empty(), "{bad}");
        }
    }

    #[test]
    fn through_a_proxy_only_onions_are_told() {
        for (text, told) in
            [(ONION, true), ("/ip4/198.51.100.1/tcp/9", false), ("/dns/home.example/tcp/9", false)]
        {
            let address = text.parse().unwrap();
            assert_eq!(Out::Proxied.tells(&address), told, "{text}");
            assert!(Out::Straight.tells(&address) && Out::Onions.tells(&address));
        }
    }

    #[test]
    fn what_strangers_name_leads_elsewhere() {
        let peer = PeerId::random();
        let leads = |out: Out, text: &str, home: bool| out.leads(&text.parse().unwrap(), home);
        let far = ["/ip4/198.51.100.1/udp/9/quic-v1", "/ip4/198.51.100.1/tcp/9", "/ip6/2001:db8::1/tcp/9"];
        for text in far {
            assert!(leads(Out::Straight, text, false) && leads(Out::Onions, text, true), "{text}");
            assert!(leads(Out::Straight, &format!("{text}/p2p/{peer}"), false), "{text}");
        }
        let near = ["/ip4/127.0.0.1/tcp/9", "/ip4/192.168.1.1/udp/9/quic-v1", "/ip6/fd00::1/tcp/9"];
        for text in near {
            assert!(!leads(Out::Straight, text, false) && leads(Out::Straight, text, true), "{text}");
            assert!(!leads(Out::Proxied, text, false) && !leads(Out::Proxied, text, true), "{text}");
        }
        let never = ["/ip4/0.0.0.0/tcp/9", "/ip4/224.0.0.1/tcp/9", "/ip4/255.255.255.255/tcp/9", "/memory/9"];
        for text in never.into_iter().chain(["/ip6/::ffff:10.0.0.1/tcp/9"]) {
            assert!(!leads(Out::Straight, text, true) && !leads(Out::Straight, text, false), "{text}");
        }
        let circuit = format!("/ip4/198.51.100.1/tcp/9/p2p/{peer}/p2p-circuit/p2p/{peer}");
        assert!(!leads(Out::Straight, &circuit, true) && !leads(Out::Straight, ONION, true));
        assert!(leads(Out::Onions, ONION, false) && leads(Out::Proxied, ONION, false));
        assert!(leads(Out::Proxied, "/ip4/198.51.100.1/tcp/9", false));
    }

    #[test]
    fn circuits_are_read_and_come_last() {
        let (relay, peer) = (PeerId::random(), PeerId::random());
        let text = format!("{}/p2p/{relay}/p2p-circuit/p2p/{peer}", quic(1));
        let through: Multiaddr = text.parse().unwrap();
        let ip = IpAddr::from([192, 0, 2, 1]);
        assert_eq!(circuit(&through), Some(Circuit { relay, ip, tcp: false, peer: Some(peer) }));
        let tcp = "/ip4/192.0.2.2/tcp/9";
        let direct = quic(3).to_string();
        assert_eq!(
            ordered(Out::Onions, &[ONION, &text, tcp, &direct]),
            [&direct, tcp, &text, ONION],
            "direct ones first"
        );
        assert!(ordered(Out::Proxied, &[&text]).is_empty());
        for bad in
            [format!("{text}/p2p/{peer}"), format!("{text}/tcp/9"), format!("/p2p/{relay}/p2p-circuit")]
        {
            assert_eq!(circuit(&bad.parse().unwrap()), None, "{bad}");
        }
        let itself = format!("{}/p2p/{relay}/p2p-circuit/p2p/{relay}", quic(1));
        assert!(ordered(Out::Straight, &[&itself]).is_empty());
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
