//! Where the app is: on loopback, at a port and under a host name that nobody can guess.
//!
//! The name is `<16 letters>.localhost`: browsers take such names for this device without asking anybody (RFC 6761,
//! section 6.3). It keeps the cookie apart from other programs of the device: cookies do not tell ports apart (RFC 6265,
//! section 8.5), but they tell names apart.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use kith_node::api::serve::Listens;
use rand::RngExt;
use tokio::net::{TcpListener, TcpStream};

/// Letters of the random name.
const LETTERS: usize = 16;

/// What the app is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    authority: String,
    origin: String,
}

impl Address {
    /// The name and port, as the `Host` header has them.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The origin, as the `Origin` header has it.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    fn at(port: u16) -> Address {
        let mut rng = rand::rng();
        let name: String = (0..LETTERS).map(|_| char::from(rng.random_range(b'a'..=b'z'))).collect();
        let authority = format!("{name}.localhost:{port}");
        Address { origin: format!("http://{authority}"), authority }
    }
}

/// Loopback, listened on.
#[derive(Debug)]
pub struct Loopback(TcpListener);

impl Loopback {
    /// Listens at a free port of loopback.
    ///
    /// # Errors
    /// The system's.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn listen() -> io::Result<(Loopback, Address)> {
        let listener = std::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        Ok((Loopback(TcpListener::from_std(listener)?), Address::at(port)))
    }
}

impl Listens for Loopback {
    type Stream = TcpStream;

    async fn accept(&self) -> io::Result<TcpStream> {
        let (stream, _) = self.0.accept().await?;
        // Pages are small and somebody waits for each.
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_guesses_the_name() {
        let (_listening, address) = Loopback::listen().unwrap();
        let (_other, another) = Loopback::listen().unwrap();
        let name = address.authority().split_once('.').unwrap().0;
        assert_eq!(name.len(), 16);
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase()));
        assert_ne!(name, another.authority().split_once('.').unwrap().0);
        assert_eq!(address.origin(), format!("http://{}", address.authority()));
    }
}
