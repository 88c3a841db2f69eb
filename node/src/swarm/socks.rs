//! Asking a SOCKS5 proxy for a way to somebody (RFC 1928), under a name and password of its own (RFC 1929).
//!
//! Guarantees: names are resolved by the proxy, never here. Only the method with a name and password is offered: a
//! proxy that keeps streams with different ones apart, as Tor does, is told which belong together, and one that
//! would ignore them is not used.

use std::io;
use std::net::IpAddr;

use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

const VERSION: u8 = 5;
/// The method with a name and a password, and the version of what follows.
const PASSWORD: u8 = 2;
const PASSWORD_VERSION: u8 = 1;
const CONNECT: u8 = 1;
const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;

/// Why there is no way through the proxy.
#[derive(Debug, Error)]
pub(super) enum SocksError {
    /// It does not speak SOCKS5 with a name and password.
    #[error("the proxy does not speak SOCKS5 with a user name and password")]
    Unfit,
    /// It knows no way to the target; its own number for why.
    #[error("the proxy found no way there ({0})")]
    NoWay(u8),
    /// It hung up.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Whom to reach through the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub host: Host,
    pub port: u16,
}

/// A host as the proxy is given it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    Ip(IpAddr),
    /// A name of DNS, which the proxy resolves.
    Name(String),
    /// The name of an onion service, `.onion` included.
    Onion(String),
}

impl Target {
    /// Where a multiaddr leads by TCP; none if not by plain TCP.
    pub fn of(address: &Multiaddr) -> Option<Target> {
        let mut parts = address.iter();
        let host = match parts.next()? {
            Protocol::Ip4(ip) => Host::Ip(ip.into()),
            Protocol::Ip6(ip) => Host::Ip(ip.into()),
            Protocol::Dns(name) | Protocol::Dns4(name) | Protocol::Dns6(name) => {
                Host::Name(name.into_owned())
            }
            onion @ Protocol::Onion3(_) => {
                let (name, port) = onion_of(&onion)?;
                return parts.next().is_none().then_some(Target { host: Host::Onion(name), port });
            }
            _ => return None,
        };
        let Protocol::Tcp(port) = parts.next()? else { return None };
        (port != 0 && parts.next().is_none()).then_some(Target { host, port })
    }
}

/// The name and port of an onion service of version 3.
fn onion_of(part: &Protocol<'_>) -> Option<(String, u16)> {
    let Protocol::Onion3(onion) = part else { return None };
    let version = onion.hash().last().copied();
    // `/onion3/<56 letters>:<port>`
    let text = part.to_string();
    let (name, _) = text.strip_prefix("/onion3/")?.split_once(':')?;
    (version == Some(3) && onion.port() != 0).then(|| (format!("{name}.onion"), onion.port()))
}

/// Begins: says hello, and a name and password.
///
/// # Errors
/// [`SocksError::Unfit`], [`SocksError::Io`].
pub(super) async fn greet<S: AsyncRead + AsyncWrite + Unpin>(
    proxy: &mut S,
    name: &[u8; 32],
    password: &[u8; 32],
) -> Result<(), SocksError> {
    proxy.write_all(&[VERSION, 1, PASSWORD]).await?;
    if answer(proxy).await? != [VERSION, PASSWORD] {
        return Err(SocksError::Unfit);
    }
    let said = [&[PASSWORD_VERSION, 32], name.as_slice(), &[32], password].concat();
    proxy.write_all(&said).await?;
    match answer(proxy).await? {
        [PASSWORD_VERSION, 0] => Ok(()),
        _ => Err(SocksError::Unfit),
    }
}

/// Asks for a way, after [`greet`]; from then on `proxy` is the connection with the target.
///
/// # Errors
/// [`SocksError`].
pub(super) async fn connect<S: AsyncRead + AsyncWrite + Unpin>(
    proxy: &mut S,
    target: &Target,
) -> Result<(), SocksError> {
    let mut asked = vec![VERSION, CONNECT, 0];
    match &target.host {
        Host::Ip(IpAddr::V4(ip)) => {
            asked.push(IPV4);
            asked.extend(ip.octets());
        }
        Host::Ip(IpAddr::V6(ip)) => {
            asked.push(IPV6);
            asked.extend(ip.octets());
        }
        Host::Name(name) | Host::Onion(name) => {
            let length =
                u8::try_from(name.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
            asked.extend([NAME, length]);
            asked.extend(name.as_bytes());
        }
    }
    asked.extend(target.port.to_be_bytes());
    proxy.write_all(&asked).await?;
    let mut head = [0; 4];
    proxy.read_exact(&mut head).await?;
    let kind = match head {
        [VERSION, 0, _, kind] => kind,
        [VERSION, why, _, _] => return Err(SocksError::NoWay(why)),
        _ => return Err(SocksError::Unfit),
    };
    // Where the proxy speaks from: of no use, but it stands before what follows.
    let length = match kind {
        IPV4 => 4,
        IPV6 => 16,
        NAME => usize::from(proxy.read_u8().await?),
        _ => return Err(SocksError::Unfit),
    };
    let mut rest = vec![0; length.saturating_add(2)];
    proxy.read_exact(&mut rest).await?;
    Ok(())
}

async fn answer<S: AsyncRead + Unpin>(proxy: &mut S) -> Result<[u8; 2], SocksError> {
    let mut answer = [0; 2];
    proxy.read_exact(&mut answer).await?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use tokio::io::duplex;

    use super::*;

    const ONION: &str = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd";

    fn target(text: &str) -> Option<Target> {
        Target::of(&text.parse().unwrap())
    }

    /// What a proxy that answers so is asked for, and what comes of it.
    async fn asked(target: &str, answers: &[u8]) -> (Vec<u8>, Result<(), SocksError>) {
        let (mut here, mut there) = duplex(4096);
        there.write_all(answers).await.unwrap();
        let target = Target::of(&target.parse().unwrap()).unwrap();
        let came = async {
            greet(&mut here, b"0123456789abcdef0123456789abcdef", &[b'p'; 32]).await?;
            connect(&mut here, &target).await
        };
        let came = came.await;
        drop(here);
        let mut asked = Vec::new();
        there.read_to_end(&mut asked).await.unwrap();
        (asked, came)
    }

    const FINE: &[u8] = &[5, 2, 1, 0, 5, 0, 0, 1, 127, 0, 0, 1, 0, 80];

    #[test]
    fn what_can_be_asked_for() {
        for (text, host) in [
            ("/ip4/198.51.100.7/tcp/9", Host::Ip("198.51.100.7".parse().unwrap())),
            ("/ip6/2001:db8::7/tcp/9", Host::Ip("2001:db8::7".parse().unwrap())),
            ("/dns/home.example/tcp/9", Host::Name("home.example".into())),
            ("/dns4/home.example/tcp/9", Host::Name("home.example".into())),
            (&format!("/onion3/{ONION}:9"), Host::Onion(format!("{ONION}.onion"))),
        ] {
            assert_eq!(target(text), Some(Target { host, port: 9 }), "{text}");
        }
        for text in [
            "/ip4/198.51.100.7/udp/9/quic-v1",
            "/ip4/198.51.100.7/tcp/0",
            "/ip4/198.51.100.7/tcp/9/ws",
            "/dnsaddr/home.example/tcp/9",
            "/memory/9",
            // Not version 3.
            &format!("/onion3/{}:9", ONION.replace("scryd", "scrya")),
            &format!("/onion3/{ONION}:9/tcp/9"),
        ] {
            assert_eq!(target(text), None, "{text}");
        }
    }

    #[tokio::test]
    async fn a_name_goes_to_the_proxy_as_it_is() {
        let (said, came) = asked(&format!("/onion3/{ONION}:4001"), FINE).await;
        came.unwrap();
        let hello: &[u8] = &[5, 1, 2, 1, 32];
        let mut expected = hello.to_vec();
        expected.extend(b"0123456789abcdef0123456789abcdef");
        expected.push(32);
        expected.extend([b'p'; 32]);
        expected.extend([5, 1, 0, 3, 62]);
        expected.extend(format!("{ONION}.onion").as_bytes());
        expected.extend(4001_u16.to_be_bytes());
        assert_eq!(said, expected);
    }

    #[tokio::test]
    async fn a_proxy_that_would_not_keep_streams_apart_is_not_used() {
        for answers in [&[5_u8, 0][..], &[5, 0xff], &[4, 2], &[5, 2, 1, 1], &[0x48, 0x54]] {
            let (said, came) = asked("/ip4/198.51.100.7/tcp/9", answers).await;
            assert!(matches!(came, Err(SocksError::Unfit)), "{came:?}");
            let where_to = [198, 51, 100, 7];
            assert!(!said.windows(4).any(|part| part == where_to), "it learns nothing: {said:?}");
        }
    }

    #[tokio::test]
    async fn whatever_a_proxy_answers_comes_to_an_end() {
        let refused = [FINE[..4].to_vec(), vec![5, 4, 0, 1]].concat();
        let (_, came) = asked("/dns/home.example/tcp/9", &refused).await;
        assert!(matches!(came, Err(SocksError::NoWay(4))), "{came:?}");
        for cut in 0..FINE.len() {
            let (here, mut there) = duplex(4096);
            let mut here = here;
            there.write_all(&FINE[..cut]).await.unwrap();
            drop(there);
            let target = target("/dns/home.example/tcp/9").unwrap();
            let came = async {
                greet(&mut here, &[b'n'; 32], &[b'p'; 32]).await?;
                connect(&mut here, &target).await
            };
            assert!(came.await.is_err(), "{cut}");
        }
    }
}
