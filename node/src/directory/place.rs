//! How far inside an address lies: so that what comes from the internet leads nobody's node to their own device or home.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use minicbor::{Decode, Encode};

/// Where an address lies, the innermost last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Place {
    /// Anywhere.
    #[n(0)]
    World,
    /// In a home network, or another that ends at a router.
    #[n(1)]
    Home,
    /// On this device.
    #[n(2)]
    Device,
}

impl Place {
    /// Where an IP address lies.
    pub fn of(ip: IpAddr) -> Place {
        match ip {
            IpAddr::V4(ip) => of_v4(ip),
            IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
                Some(ip) => of_v4(ip),
                None => of_v6(ip),
            },
        }
    }

    /// Where an address as links have them lies; none if that would have to be asked of somebody, as a name would.
    pub fn of_address(address: &str) -> Option<Place> {
        let mut parts = address.strip_prefix('/')?.split('/');
        match (parts.next()?, parts.next()?) {
            ("ip4", ip) => ip.parse().ok().map(|ip| Place::of(IpAddr::V4(ip))),
            ("ip6", ip) => ip.parse().ok().map(|ip| Place::of(IpAddr::V6(ip))),
            ("onion3", _) => Some(Place::World),
            _ => None,
        }
    }
}

fn of_v4(ip: Ipv4Addr) -> Place {
    let shared = matches!(ip.octets(), [100, 64..=127, ..]);
    let special = matches!(ip.octets(), [0, ..] | [192, 0, 0, _] | [198, 18 | 19, ..] | [240..=255, ..]);
    if ip.is_loopback() || ip.is_unspecified() {
        Place::Device
    } else if ip.is_private() || ip.is_link_local() || ip.is_multicast() || shared || special {
        Place::Home
    } else {
        Place::World
    }
}

fn of_v6(ip: Ipv6Addr) -> Place {
    if ip.is_loopback() || ip.is_unspecified() {
        Place::Device
    } else if ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_multicast() {
        Place::Home
    } else {
        // An address of the old internet may be wrapped in one of the new.
        match ip.segments() {
            [0x64, 0xff9b, 0, 0, 0, 0, high, low]
            | [0, 0, 0, 0, 0, 0, high, low]
            | [0x2002, high, low, ..] => {
                let [a, b] = high.to_be_bytes();
                let [c, d] = low.to_be_bytes();
                of_v4(Ipv4Addr::new(a, b, c, d))
            }
            _ => Place::World,
        }
    }
}

/// Of the addresses of a link those that a directory from `place` may lead to.
pub fn reachable(nodes: &[Vec<String>], place: Place) -> Vec<Vec<String>> {
    let may = |address: &&String| Place::of_address(address).is_some_and(|at| at <= place);
    let kept = nodes.iter().map(|node| node.iter().filter(may).cloned().collect::<Vec<_>>());
    kept.filter(|node| !node.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_where_they_are() {
        for (address, place) in [
            ("/ip4/203.0.114.7/udp/41000/quic-v1", Some(Place::World)),
            ("/ip4/127.0.0.1/tcp/80", Some(Place::Device)),
            ("/ip4/127.9.9.9/tcp/80", Some(Place::Device)),
            ("/ip4/0.0.0.0/tcp/80", Some(Place::Device)),
            ("/ip4/192.168.1.1/tcp/80", Some(Place::Home)),
            ("/ip4/10.0.0.1/tcp/80", Some(Place::Home)),
            ("/ip4/169.254.169.254/tcp/80", Some(Place::Home)),
            ("/ip4/100.100.0.1/tcp/80", Some(Place::Home)),
            ("/ip4/224.0.0.1/udp/1", Some(Place::Home)),
            ("/ip6/::1/tcp/80", Some(Place::Device)),
            ("/ip6/::/tcp/80", Some(Place::Device)),
            ("/ip6/::ffff:127.0.0.1/tcp/80", Some(Place::Device)),
            ("/ip6/::127.0.0.1/tcp/80", Some(Place::Device)),
            ("/ip6/64:ff9b::7f00:1/tcp/80", Some(Place::Device)),
            ("/ip6/2002:7f00:1::/tcp/80", Some(Place::Device)),
            ("/ip6/fe80::1/tcp/80", Some(Place::Home)),
            ("/ip6/fd00::1/tcp/80", Some(Place::Home)),
            ("/ip6/2a01:4f8::7/tcp/41001", Some(Place::World)),
            ("/onion3/abc:41000", Some(Place::World)),
            ("/dns4/localhost/tcp/80", None),
            ("/dns/example.org/tcp/80", None),
            ("/unix/tmp", None),
            ("127.0.0.1", None),
            ("", None),
        ] {
            assert_eq!(Place::of_address(address), place, "{address}");
        }
    }

    #[test]
    fn nothing_leads_further_inside_than_where_it_came_from() {
        let [world, home, device, name] =
            ["/ip4/8.8.8.8/tcp/1", "/ip4/10.0.0.1/tcp/1", "/ip4/127.0.0.1/tcp/1", "/dns4/x/tcp/1"]
                .map(str::to_owned);
        let nodes = vec![vec![device.clone(), world.clone()], vec![home.clone()], vec![name]];
        assert_eq!(reachable(&nodes, Place::World), [vec![world.clone()]]);
        assert_eq!(reachable(&nodes, Place::Home), [vec![world.clone()], vec![home.clone()]]);
        assert_eq!(reachable(&nodes, Place::Device), [vec![device, world], vec![home]]);
    }
}
