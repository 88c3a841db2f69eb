//! The way out through a proxy, such as Tor's, and whether it is there.
//!
//! Guarantees: each swarm speaks to the proxy under a random name of its own, and of each host under a password of its
//! own, so that a proxy that keeps such streams apart (Tor does) never lets two groups, or two people of one group, share
//! a circuit. A proxy that is not there is asked again with growing pauses; nothing goes another way meanwhile.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::address::Out;
use super::socks::{self, Host, SocksError, Target};

/// Connecting with the proxy and greeting it takes at most this long.
const GREET: Duration = Duration::from_secs(10);
/// Finding a way through it takes at most this long: Tor may have to build circuits first.
const FIND: Duration = Duration::from_secs(60);
/// Pauses between two looks for a proxy that is not there.
const PAUSE_LEAST: Duration = Duration::from_secs(1);
const PAUSE_MOST: Duration = Duration::from_secs(30);

/// A SOCKS5 proxy to reach others through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// Where it listens.
    pub at: SocketAddr,
    /// Whether nothing leaves but through it; else it is for onion addresses alone.
    pub only: bool,
}

/// Whether the proxy is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyState {
    /// It was not asked yet.
    Unknown,
    /// It was, when it was asked last.
    Here,
    /// Nobody answers there.
    Missing,
    /// Somebody answers, but not as a SOCKS5 proxy that takes user names and passwords.
    Unfit,
}

/// One swarm's way through a proxy: a cheap handle.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub proxy: Proxy,
    name: [u8; 32],
    key: [u8; 32],
    state: Arc<watch::Sender<ProxyState>>,
}

impl Way {
    /// A way under a new random name.
    pub fn new(proxy: Proxy) -> Way {
        let (name, key) = (letters(&rand::random::<[u8; 16]>()), rand::random());
        Way { proxy, name, key, state: Arc::new(watch::Sender::new(ProxyState::Unknown)) }
    }

    /// Whether it is asked for a way to this target.
    pub(super) fn leads_to(&self, target: &Target) -> bool {
        Out::of(Some(self.proxy)).asks_for(target)
    }

    /// Whether the proxy is there, now and from now on.
    pub fn state(&self) -> watch::Receiver<ProxyState> {
        self.state.subscribe()
    }

    /// Whether it is known not to be there.
    pub fn missing(&self) -> bool {
        matches!(*self.state.borrow(), ProxyState::Missing | ProxyState::Unfit)
    }

    /// Opens a way to somebody.
    ///
    /// # Errors
    /// [`SocksError`].
    pub(super) async fn to(self, target: Target) -> Result<TcpStream, SocksError> {
        let mut stream = self.greet(&self.password(&target.host)).await?;
        timeout(FIND, socks::connect(&mut stream, &target)).await.map_err(|_| late())??;
        Ok(stream)
    }

    /// Returns when the proxy is there after it was not, or for the first time.
    pub async fn comes_back(self) {
        let mut state = self.state();
        // The sender lives as long as this does.
        let _ = state.wait_for(|state| *state != ProxyState::Here).await;
        let mut pause = PAUSE_LEAST;
        while self.greet(&letters(&rand::random())).await.is_err() {
            sleep(pause).await;
            pause = pause.saturating_mul(2).min(PAUSE_MOST);
        }
    }

    async fn greet(&self, password: &[u8; 32]) -> Result<TcpStream, SocksError> {
        let greeting = async {
            let mut stream = TcpStream::connect(self.proxy.at).await?;
            stream.set_nodelay(true)?;
            socks::greet(&mut stream, &self.name, password).await?;
            Ok(stream)
        };
        let greeted = timeout(GREET, greeting).await.unwrap_or_else(|_| Err(late().into()));
        let state = match &greeted {
            Ok(_) => ProxyState::Here,
            Err(SocksError::Unfit) => ProxyState::Unfit,
            Err(SocksError::NoWay(_) | SocksError::Io(_)) => ProxyState::Missing,
        };
        self.state.send_if_modified(|before| std::mem::replace(before, state) != state);
        greeted
    }

    /// The same for the same host, and for no other.
    fn password(&self, host: &Host) -> [u8; 32] {
        let host = match host {
            Host::Ip(ip) => ip.to_string(),
            Host::Name(name) | Host::Onion(name) => name.clone(),
        };
        let hash = blake3::keyed_hash(&self.key, host.as_bytes());
        let mut half = [0; 16];
        half.iter_mut().zip(hash.as_bytes()).for_each(|(to, from)| *to = *from);
        letters(&half)
    }
}

/// Hexadecimal digits.
fn letters(bytes: &[u8; 16]) -> [u8; 32] {
    let mut text = [0; 32];
    // It is as long as is needed.
    let _ = hex::encode_to_slice(bytes, &mut text);
    text
}

fn late() -> std::io::Error {
    std::io::ErrorKind::TimedOut.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_groups_and_no_two_hosts_share_a_name_and_password() {
        let proxy = Proxy { at: ([127, 0, 0, 1], 9050).into(), only: true };
        let (one, other) = (Way::new(proxy), Way::new(proxy));
        let hosts = [
            Host::Name("home.example".into()),
            Host::Onion("a.onion".into()),
            Host::Ip([192, 0, 2, 1].into()),
        ];
        let mut said: Vec<_> =
            hosts.iter().flat_map(|host| [&one, &other].map(|way| (way.name, way.password(host)))).collect();
        assert!(said.iter().all(|(name, password)| name.is_ascii() && password.is_ascii()));
        assert_eq!(one.password(&hosts[0]), one.password(&hosts[0]));
        assert_ne!(one.name, other.name);
        said.sort();
        said.dedup();
        assert_eq!(said.len(), 6);
    }
}
