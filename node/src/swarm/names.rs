//! Addresses by name (`/dns/…`): looked up where nothing is between us and the others. Where everything goes through a proxy,
//! nothing is looked up: the proxy does that.
//!
//! What a name stands for counts for [`AGE`] and is then looked up again; until the answer is there, the last one counts on.
//! Names beyond [`NAMES`], and addresses of a name beyond [`OF_A_NAME`], are left out.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;
use tokio::net::lookup_host;
use tokio::time::timeout;

use super::address::Out;
use super::task::{Done, Task};

/// Names known at one time.
const NAMES: usize = 64;
/// Addresses that one name stands for, at most.
const OF_A_NAME: usize = 4;
/// How long an answer counts.
const AGE: Duration = Duration::from_secs(600);
/// Looking up one name takes at most this long.
const LOOK_UP: Duration = Duration::from_secs(5);

/// What is known of one name.
#[derive(Debug, Default)]
struct Known {
    hosts: Vec<IpAddr>,
    looked: Option<Instant>,
    asking: bool,
}

/// What names stand for, as far as is known.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, Known>);

impl Names {
    /// These addresses, with those that a name stands for in its place.
    pub fn replace(&mut self, addresses: impl IntoIterator<Item = Multiaddr>) -> Vec<Multiaddr> {
        let mut all = Vec::new();
        for address in addresses {
            let Some(name) = name(&address) else {
                all.push(address);
                continue;
            };
            if self.0.len() < NAMES || self.0.contains_key(&name) {
                let known = self.0.entry(name).or_default();
                all.extend(known.hosts.iter().map(|host| at(*host, &address)));
            }
        }
        all
    }

    /// Names to look up now. They must be followed by [`Names::found`].
    pub fn due(&mut self, now: Instant) -> Vec<String> {
        let due = |known: &Known| !known.asking && known.looked.is_none_or(|looked| looked + AGE <= now);
        let due: Vec<String> =
            self.0.iter().filter(|(_, known)| due(known)).map(|(name, _)| name.clone()).collect();
        for name in &due {
            self.0.entry(name.clone()).or_default().asking = true;
        }
        due
    }

    /// Takes what a name was found to stand for; says whether that is something new.
    pub fn found(&mut self, name: String, hosts: Vec<IpAddr>, now: Instant) -> bool {
        let known = self.0.entry(name).or_default();
        (known.asking, known.looked) = (false, Some(now));
        // A resolver that does not answer has not moved anybody.
        let new = !hosts.is_empty() && hosts != known.hosts;
        if new {
            known.hosts = hosts;
        }
        new
    }

    /// We are elsewhere, where another resolver may say something else.
    pub fn hurry(&mut self) {
        self.0.values_mut().for_each(|known| known.looked = None);
    }
}

/// The addresses a name stands for; none if nobody says in time.
pub(crate) async fn look_up(name: &str) -> Vec<IpAddr> {
    let looked = timeout(LOOK_UP, lookup_host((name, 0))).await;
    let mut hosts: Vec<IpAddr> = Vec::new();
    for host in looked.ok().and_then(Result::ok).into_iter().flatten().map(|at| at.ip()) {
        if !hosts.contains(&host) && hosts.len() < OF_A_NAME {
            hosts.push(host);
        }
    }
    hosts
}

/// The name that an address begins with.
pub(crate) fn name(address: &Multiaddr) -> Option<String> {
    match address.iter().next()? {
        Protocol::Dns(name) | Protocol::Dns4(name) | Protocol::Dns6(name) => Some(name.into_owned()),
        _ => None,
    }
}

/// An address by name, at a host.
pub(crate) fn at(host: IpAddr, address: &Multiaddr) -> Multiaddr {
    Multiaddr::from(host).into_iter().chain(address.iter().skip(1)).collect()
}

impl Task {
    /// These addresses, with those that names stand for.
    pub(super) fn by_name(&mut self, addresses: Vec<Multiaddr>) -> Vec<Multiaddr> {
        if self.out == Out::Proxied { addresses } else { self.names.replace(addresses) }
    }

    /// Looks up the names that are due.
    pub(super) fn look_up(&mut self, now: Instant) {
        for name in self.names.due(now) {
            self.jobs.spawn(async move {
                let hosts = look_up(&name).await;
                Done::LookedUp { name, hosts }
            });
        }
    }

    /// A name was looked up.
    pub(super) fn looked_up(&mut self, name: String, hosts: Vec<IpAddr>) {
        let now = Instant::now();
        if self.names.found(name, hosts, now) {
            self.seek(now);
            self.dial_keepers(now);
            for link in std::mem::take(&mut self.links) {
                self.link(link, now);
            }
        }
    }

    /// Takes the addresses that a link gives for one node.
    pub(super) fn link(&mut self, addresses: Vec<Multiaddr>, now: Instant) {
        if self.out != Out::Proxied
            && addresses.iter().any(|address| name(address).is_some())
            && self.links.len() < NAMES
            && !self.links.contains(&addresses)
        {
            self.links.push(addresses.clone());
        }
        let addresses = self.by_name(addresses);
        self.dialer.link(addresses, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_what_it_was_found_to() {
        let now = Instant::now();
        let named: Multiaddr = "/dns/keeper.example/udp/4001/quic-v1".parse().unwrap();
        let plain: Multiaddr = "/ip4/192.0.2.9/tcp/9".parse().unwrap();
        let mut names = Names::default();
        assert_eq!(
            names.replace([named.clone(), plain.clone()]),
            std::slice::from_ref(&plain),
            "not known yet"
        );
        assert_eq!(names.due(now), ["keeper.example"]);
        assert!(names.due(now).is_empty(), "it is asked already");
        let host = IpAddr::from([192, 0, 2, 1]);
        assert!(names.found("keeper.example".into(), vec![host], now));
        let there: Multiaddr = "/ip4/192.0.2.1/udp/4001/quic-v1".parse().unwrap();
        assert_eq!(names.replace([named.clone()]), std::slice::from_ref(&there));
        assert!(names.due(now).is_empty());
        assert_eq!(names.due(now + AGE), ["keeper.example"]);
        assert!(!names.found("keeper.example".into(), Vec::new(), now + AGE), "nobody answers");
        assert_eq!(names.replace([named]), [there], "and it stays");
        names.hurry();
        assert_eq!(names.due(now + AGE), ["keeper.example"]);
    }

    #[test]
    fn few_names_are_known() {
        let mut names = Names::default();
        for number in 0..1000 {
            names.replace([format!("/dns/host{number}.example/tcp/9").parse().unwrap()]);
        }
        assert_eq!(names.due(Instant::now()).len(), NAMES);
    }

    #[tokio::test]
    async fn a_name_is_looked_up() {
        assert!(look_up("localhost").await.contains(&IpAddr::from([127, 0, 0, 1])));
        assert!(look_up("nobody.invalid").await.is_empty());
    }
}
