//! A place to begin with: a server of the DHT as somebody named it.

use libp2p::PeerId;

use crate::swarm::names::{at, look_up, name};
use crate::swarm::{Multiaddr, Out, at_home, host};

/// A server, as the settings or a group name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// Who it is, if that is known.
    pub peer: Option<PeerId>,
    /// Where it is, over whatever transports.
    pub addresses: Vec<Multiaddr>,
}

impl Node {
    /// One of which no more is known than where it is.
    pub fn at(addresses: &[Multiaddr]) -> Node {
        Node { peer: None, addresses: addresses.to_vec() }
    }

    /// Whether it is on this machine or its network, and nowhere else.
    pub fn is_at_home(&self) -> bool {
        !self.addresses.is_empty() && self.addresses.iter().all(|address| host(address).is_some_and(at_home))
    }

    /// Its addresses that lead somewhere by these ways out, names looked up where no proxy does so.
    pub async fn found(mut self, out: Out) -> Node {
        let mut addresses = Vec::new();
        for address in self.addresses {
            match name(&address).filter(|_| out != Out::Proxied) {
                None => addresses.push(address),
                Some(name) => {
                    addresses.extend(look_up(&name).await.into_iter().map(|host| at(host, &address)));
                }
            }
        }
        self.addresses = out.ordered(addresses);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(text: &str) -> Node {
        Node { peer: None, addresses: vec![text.parse().unwrap()] }
    }

    #[tokio::test]
    async fn names_are_looked_up_where_no_proxy_does() {
        let named = node("/dns/localhost/udp/4001/quic-v1");
        let found = named.clone().found(Out::Straight).await.addresses;
        assert!(found.contains(&"/ip4/127.0.0.1/udp/4001/quic-v1".parse().unwrap()), "{found:?}");
        assert!(named.found(Out::Proxied).await.addresses.is_empty(), "UDP goes through no proxy");
        let elsewhere = node("/dns/home.example/tcp/4001");
        assert_eq!(elsewhere.clone().found(Out::Proxied).await, elsewhere);
    }

    #[test]
    fn home_is_told_from_elsewhere() {
        assert!(node("/ip4/127.0.0.1/tcp/9").is_at_home() && node("/ip4/10.0.0.1/tcp/9").is_at_home());
        let both = ["/ip4/10.0.0.1/tcp/9", "/ip4/198.51.100.1/tcp/9"];
        let both = both.map(|text| text.parse().unwrap()).to_vec();
        assert!(!Node { peer: None, addresses: both }.is_at_home());
        assert!(!node("/ip4/198.51.100.1/tcp/9").is_at_home() && !node("/dns/a.example/tcp/9").is_at_home());
    }
}
