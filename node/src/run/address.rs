//! Addresses as people write them.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;
use thiserror::Error;

/// Where to listen: an IP address, with or without a port, or the same as a multiaddress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The interface's address; unspecified (`0.0.0.0`, `::`) is every interface of that family.
    pub ip: IpAddr,
    /// The port, UDP and TCP alike; none: one that is free, kept from run to run.
    pub port: Option<u16>,
}

/// Where others can reach this node, such as a forwarded port of the router.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announce(Vec<Multiaddr>);

/// Where a SOCKS5 proxy is: `socks5://127.0.0.1:9050`, or the address alone. Not a name: looking it up would tell somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProxyAt(pub SocketAddr);

/// Not an address as it is needed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AddressError {
    /// Of one to listen on.
    #[error("write an address such as 127.0.0.1 or 0.0.0.0:4001")]
    Listen,
    /// Of one to tell others.
    #[error("write an address such as 203.0.113.7:4001 or home.example:4001")]
    Announce,
    /// Of a proxy.
    #[error("write an address such as socks5://127.0.0.1:9050")]
    Proxy,
}

impl Announce {
    /// What to tell others: over both transports, where the person named none.
    pub fn addresses(&self) -> &[Multiaddr] {
        &self.0
    }
}

impl FromStr for Listen {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Listen, AddressError> {
        let text = text.trim();
        if let Ok(ip) = text.trim_start_matches('[').trim_end_matches(']').parse() {
            return Ok(Listen { ip, port: None });
        }
        if let Ok(address) = text.parse::<SocketAddr>() {
            // Port 0 asks for any.
            return Ok(Listen { ip: address.ip(), port: Some(address.port()).filter(|port| *port != 0) });
        }
        let address: Multiaddr = text.parse().map_err(|_| AddressError::Listen)?;
        let mut listen = None;
        for part in &address {
            match (part, &mut listen) {
                (Protocol::Ip4(ip), None) => listen = Some(Listen { ip: ip.into(), port: None }),
                (Protocol::Ip6(ip), None) => listen = Some(Listen { ip: ip.into(), port: None }),
                (Protocol::Udp(port) | Protocol::Tcp(port), Some(listen)) if listen.port.is_none() => {
                    listen.port = Some(port).filter(|port| *port != 0);
                }
                (Protocol::QuicV1, Some(_)) => {}
                _ => return Err(AddressError::Listen),
            }
        }
        listen.ok_or(AddressError::Listen)
    }
}

impl FromStr for ProxyAt {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<ProxyAt, AddressError> {
        let text = text.trim().trim_end_matches('/');
        let bare = ["socks5h://", "socks5://"].iter().find_map(|scheme| text.strip_prefix(scheme));
        let bare = bare.unwrap_or(text).replace("localhost:", "127.0.0.1:");
        let at = bare.parse::<SocketAddr>().ok().filter(|at| at.port() != 0 && !at.ip().is_unspecified());
        at.map(ProxyAt).ok_or(AddressError::Proxy)
    }
}

impl FromStr for Announce {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Announce, AddressError> {
        let text = text.trim();
        if text.starts_with('/') {
            return Ok(Announce(vec![text.parse().map_err(|_| AddressError::Announce)?]));
        }
        let (host, port) = match text.parse::<SocketAddr>() {
            Ok(address) => (Protocol::from(address.ip()), address.port()),
            Err(_) => {
                let (name, port) = text.rsplit_once(':').ok_or(AddressError::Announce)?;
                let port = port.parse().map_err(|_| AddressError::Announce)?;
                if let Some(onion) = name.to_ascii_lowercase().strip_suffix(".onion") {
                    let onion = format!("/onion3/{onion}:{port}").parse();
                    return Ok(Announce(vec![onion.map_err(|_| AddressError::Announce)?]));
                }
                if !is_name(name) {
                    return Err(AddressError::Announce);
                }
                (Protocol::Dns(name.into()), port)
            }
        };
        if port == 0 {
            return Err(AddressError::Announce);
        }
        let host = Multiaddr::from(host);
        let quic = host.clone().with(Protocol::Udp(port)).with(Protocol::QuicV1);
        Ok(Announce(vec![quic, host.with(Protocol::Tcp(port))]))
    }
}

/// Whether this can be a host's name: labels of letters, digits and hyphens, and not a mistyped number.
fn is_name(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    name.len() <= 253 && name.split('.').all(label) && !last.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_to_listen() {
        let listen = |text: &str| text.parse::<Listen>().map(|it| (it.ip.to_string(), it.port));
        assert_eq!(listen("127.0.0.1"), Ok(("127.0.0.1".into(), None)));
        assert_eq!(listen("0.0.0.0:4001"), Ok(("0.0.0.0".into(), Some(4001))));
        assert_eq!(listen("::1"), Ok(("::1".into(), None)));
        assert_eq!(listen("[::]:4001"), Ok(("::".into(), Some(4001))));
        assert_eq!(listen("127.0.0.1:0"), Ok(("127.0.0.1".into(), None)));
        assert_eq!(listen("/ip4/127.0.0.1/udp/4001/quic-v1"), Ok(("127.0.0.1".into(), Some(4001))));
        assert_eq!(listen("/ip6/::1/tcp/0"), Ok(("::1".into(), None)));
        for text in
            ["", "localhost", "4001", "127.0.0.1:99999", "/dns/a.example/tcp/1", "/ip4/1.2.3.4/tcp/1/tcp/2"]
        {
            assert_eq!(listen(text), Err(AddressError::Listen), "{text}");
        }
    }

    #[test]
    fn places_of_proxies() {
        for text in
            ["socks5://127.0.0.1:9050", "socks5h://127.0.0.1:9050/", "127.0.0.1:9050", "localhost:9050"]
        {
            assert_eq!(text.parse(), Ok(ProxyAt(([127, 0, 0, 1], 9050).into())), "{text}");
        }
        assert_eq!("[::1]:9050".parse(), Ok(ProxyAt("[::1]:9050".parse().unwrap())));
        for text in
            ["", "127.0.0.1", "127.0.0.1:0", "0.0.0.0:9050", "http://127.0.0.1:9050", "tor.example:9050"]
        {
            assert_eq!(text.parse::<ProxyAt>(), Err(AddressError::Proxy), "{text}");
        }
    }

    #[test]
    fn places_to_announce() {
        let announce = |text: &str| {
            let parsed = text.parse::<Announce>();
            parsed.map(|it| it.addresses().iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        assert_eq!(
            announce("203.0.113.7:4001").unwrap(),
            ["/ip4/203.0.113.7/udp/4001/quic-v1", "/ip4/203.0.113.7/tcp/4001"]
        );
        assert_eq!(announce("home.example:1").unwrap().len(), 2);
        let onion = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd";
        assert_eq!(announce(&format!("{onion}.onion:4001")).unwrap(), [format!("/onion3/{onion}:4001")]);
        assert_eq!(announce("short.onion:4001"), Err(AddressError::Announce));
        assert_eq!(announce("/ip4/203.0.113.7/tcp/4001").unwrap(), ["/ip4/203.0.113.7/tcp/4001"]);
        for text in ["", "203.0.113.7", "home.example", "203.0.113.7:0", "203.0.113:4001", "a b:1", "-a.b:1"]
        {
            assert_eq!(announce(text), Err(AddressError::Announce), "{text}");
        }
    }
}
