//! How a node is reached and reaches others, as its person chose it: by the command, else by the settings.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::str::FromStr;

use libp2p::multiaddr::Protocol;
use tokio_util::sync::CancellationToken;

use super::address::{AddressError, Announce, Listen, ProxyAt};
use crate::api::types::Code;
use crate::clock::Clock;
use crate::dht::{Node, Serves};
use crate::home::Config;
use crate::service::ServiceError;
use crate::swarm::{Multiaddr, Port, Proxy};

/// What was chosen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reach {
    /// Where to listen; empty: everywhere.
    pub(crate) listen: Vec<IpAddr>,
    /// Addresses to tell the members of the group.
    announce: Vec<Multiaddr>,
    /// The port.
    port: Option<u16>,
    /// A proxy to reach others through.
    pub(crate) proxy: Option<Proxy>,
    /// Whether to look for others on the local network, and to be found there.
    pub(crate) lan: bool,
    /// Whether to ask the router to let other nodes through.
    pub(crate) upnp: bool,
    /// Servers of the DHT to begin with.
    pub(crate) dht: Vec<Node>,
    /// The port at which to be a server of it.
    pub(crate) dht_serve: Option<u16>,
    /// What holds for single groups, by the names of their folders.
    places: BTreeMap<String, Place>,
}

/// Where one group is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The port it listens on, if one was chosen.
    pub(crate) port: Option<u16>,
    /// Addresses to tell its members.
    pub(crate) announce: Vec<Multiaddr>,
}

impl Reach {
    /// Puts together what the command says and, where it says nothing, what the settings say.
    ///
    /// # Errors
    /// [`Code::BadSetting`] for what is no address, and for choices that exclude each other.
    pub(crate) fn of(
        saved: &Config,
        listen: Vec<Listen>,
        announce: Vec<Announce>,
        proxy: Option<ProxyAt>,
        lan: bool,
    ) -> Result<Reach, ServiceError> {
        let listen = if listen.is_empty() { parsed(&saved.listen)? } else { listen };
        let announce = if announce.is_empty() { parsed(&saved.announce)? } else { announce };
        let proxy = match proxy {
            None => parsed(saved.proxy.as_slice())?.pop(),
            said => said,
        };
        let place = |(name, cell): (&String, &crate::home::CellConfig)| {
            let announce = flat(parsed(&cell.announce)?);
            Ok((name.clone(), Place { port: cell.port, announce }))
        };
        let reach = Reach {
            port: listen.iter().find_map(|listen| listen.port),
            listen: listen.iter().map(|listen| listen.ip).collect(),
            announce: flat(announce),
            proxy: proxy.map(|ProxyAt(at)| Proxy { at, only: saved.proxy_only }),
            lan: lan || saved.lan,
            upnp: saved.upnp,
            dht: dht_nodes(&saved.dht.nodes)?,
            dht_serve: saved.dht.serve,
            places: saved.cell.iter().map(place).collect::<Result<_, ServiceError>>()?,
        };
        match reach.contradiction() {
            None => Ok(reach),
            Some(message) => Err(ServiceError::new(
                Code::BadSetting,
                message,
                "Take out one of the two, in the command or in config.toml. With \"proxy_only = false\" the proxy is for onion \
                 addresses alone, and everything else goes straight.",
            )),
        }
    }

    /// Where a group is found. What is chosen for the node as a whole leads to its first group: in the links of two it would
    /// tell that one person is in both.
    pub(crate) fn place(&self, folder: &str, first: bool) -> Place {
        match self.places.get(folder) {
            Some(place) => place.clone(),
            None if first => Place { port: self.port, announce: self.announce.clone() },
            None => Place::default(),
        }
    }

    /// The port that must be free for the node to start.
    pub(crate) fn port(&self) -> Option<u16> {
        self.port
    }

    /// What cannot be kept if nothing is to leave but through the proxy.
    fn contradiction(&self) -> Option<&'static str> {
        self.proxy.filter(|proxy| proxy.only)?;
        let told = self.places.values().flat_map(|place| &place.announce).chain(&self.announce);
        if self.dht_serve.is_some() {
            Some("Serving the DHT would tell others where this machine is, beside the proxy.")
        } else if self.lan {
            Some("Looking for others on the local network would go beside the proxy.")
        } else if !self.listen.iter().all(IpAddr::is_loopback) {
            Some(
                "With a proxy, this node can listen on this machine alone (127.0.0.1): anything else would go beside it.",
            )
        } else if !told.clone().all(crate::swarm::is_onion) {
            Some(
                "With a proxy, only onion addresses can be announced: any other would tell where this machine is.",
            )
        } else {
            None
        }
    }
}

/// Servers of the DHT as settings name them.
pub(crate) fn dht_nodes(texts: &[String]) -> Result<Vec<Node>, ServiceError> {
    let named: Vec<Announce> = parsed(texts)?;
    Ok(named.iter().map(|named| Node::at(named.addresses())).collect())
}

/// What starts a server of the DHT at a port of this node.
impl Reach {
    pub(crate) fn serves(&self, clock: &Clock, stop: CancellationToken) -> Option<Serves> {
        let port = self.dht_serve?;
        // A host that the person announces is this machine's; at which port the groups are found is nobody's business.
        let announce = self.announce.iter().filter_map(|address| at_port(address, port)).collect();
        Some(Serves {
            listen: self.listen.clone(),
            port: Port::Fixed(port),
            announce,
            nodes: self.dht.clone(),
            clock: clock.clone(),
            stop,
        })
    }
}

/// An address with another port, if it is one over QUIC or TCP.
fn at_port(address: &Multiaddr, port: u16) -> Option<Multiaddr> {
    let host = crate::swarm::host(address)?;
    let host = Multiaddr::from(host);
    Some(match address.iter().any(|part| part == Protocol::QuicV1) {
        true => host.with(Protocol::Udp(port)).with(Protocol::QuicV1),
        false => host.with(Protocol::Tcp(port)),
    })
}

fn flat(announce: Vec<Announce>) -> Vec<Multiaddr> {
    announce.iter().flat_map(|announce| announce.addresses().to_vec()).collect()
}

/// Addresses as the settings have them.
pub(crate) fn parsed<T: FromStr<Err = AddressError>>(texts: &[String]) -> Result<Vec<T>, ServiceError> {
    let parse = |text: &String| {
        text.parse().map_err(|error: AddressError| {
            let (_, hint) = Code::BadSetting.words();
            let message = format!("The settings name \"{text}\", which is no address: {error}.");
            ServiceError::new(Code::BadSetting, message, hint)
        })
    };
    texts.iter().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONION: &str = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion:4001";

    fn reach(change: impl FnOnce(&mut Config)) -> Result<Reach, ServiceError> {
        let mut saved = Config { proxy: Some("socks5://127.0.0.1:9050".into()), ..Config::default() };
        change(&mut saved);
        Reach::of(&saved, Vec::new(), Vec::new(), None, false)
    }

    #[test]
    fn what_would_go_beside_the_proxy_is_refused() {
        assert!(reach(|_| {}).unwrap().proxy.is_some_and(|proxy| proxy.only));
        let for_onions = reach(|saved| {
            (saved.proxy_only, saved.lan, saved.listen) = (false, true, vec!["0.0.0.0:4001".into()]);
        });
        assert!(for_onions.is_ok(), "beside a proxy for onions everything goes straight");
        let wrong: [fn(&mut Config); 7] = [
            |saved| saved.dht.serve = Some(4100),
            |saved| saved.dht.nodes = vec!["keeper.example".into()],
            |saved| saved.lan = true,
            |saved| saved.listen = vec!["0.0.0.0:4001".into()],
            |saved| saved.announce = vec!["home.example:4001".into()],
            |saved| {
                let announce = vec![ONION.into(), "203.0.113.7:4001".into()];
                saved.cell.insert("ab".into(), crate::home::CellConfig { port: None, announce });
            },
            |saved| saved.proxy = Some("tor.example:9050".into()),
        ];
        for wrong in wrong {
            assert_eq!(reach(wrong).unwrap_err().code, Code::BadSetting);
        }
    }

    #[test]
    fn each_group_has_a_place_of_its_own() {
        let reach = reach(|saved| {
            saved.listen = vec!["127.0.0.1:4001".into()];
            saved.announce = vec![ONION.into()];
            saved
                .cell
                .insert("ab".into(), crate::home::CellConfig { port: Some(4002), announce: Vec::new() });
        });
        let reach = reach.unwrap();
        assert_eq!(reach.place("cd", true).port, Some(4001));
        assert_eq!(reach.place("cd", true).announce.len(), 1);
        assert_eq!(reach.place("ef", false), Place::default());
        assert_eq!(reach.place("ab", true), Place { port: Some(4002), announce: Vec::new() });
    }
}
