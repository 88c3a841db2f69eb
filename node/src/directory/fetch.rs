//! Fetching a directory: the same request from everybody, and an answer within bounds.
//!
//! The request says nothing but the address: no cookie, no date of what is here already, no version. What comes is never
//! unpacked, so a small answer cannot become a large one.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper::{Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use kith_protocol::limits;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

use super::place::Place;
use super::source::Web;

/// How long a whole fetch may take. Later: given up.
pub const WITHIN: Duration = Duration::from_secs(45);
/// How long reaching the server may take.
const REACH_WITHIN: Duration = Duration::from_secs(15);
/// How often a server may send a reader on, on its own host.
const HOPS: usize = 3;
/// The head of an answer, in bytes.
const HEAD: usize = 16 << 10;

/// Why nothing was fetched.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FetchError {
    /// Nobody answers there.
    #[error("nobody answers at this address")]
    Unreachable,
    /// It is not shown to be the host that it is called.
    #[error("the server could not show that it is the one it is called")]
    NotTrusted,
    /// It took too long.
    #[error("the server took too long")]
    Slow,
    /// Larger than a directory may be.
    #[error("what is there is larger than a directory may be")]
    TooLarge,
    /// Packed, though it was asked not to be.
    #[error("the server sent it packed, though it was asked not to")]
    Packed,
    /// The server sends readers to another host.
    #[error("the server sends readers on to another place")]
    Elsewhere,
    /// The server answered something else.
    #[error("the server answered with the number {0}")]
    Status(u16),
    /// It is reached over Tor alone.
    #[error("this address is reached over Tor alone, and this node does not use Tor")]
    Onion,
    /// The answer makes no sense, or broke off.
    #[error("the answer broke off, or makes no sense")]
    Broken,
}

/// Fetches what is at an address, within so much time, and says where its server lies.
///
/// # Errors
/// [`FetchError`].
pub async fn fetch(from: &Web, within: Duration) -> Result<(Vec<u8>, Place), FetchError> {
    let following = async {
        let mut at = from.clone();
        for _ in 0..=HOPS {
            match once(&at).await? {
                Answer::Whole(bytes, place) => return Ok((bytes, place)),
                Answer::GoOn(location) => at = at.led_to(&location).ok_or(FetchError::Elsewhere)?,
            }
        }
        Err(FetchError::Elsewhere)
    };
    tokio::time::timeout(within, following).await.unwrap_or(Err(FetchError::Slow))
}

enum Answer {
    Whole(Vec<u8>, Place),
    GoOn(String),
}

async fn once(at: &Web) -> Result<Answer, FetchError> {
    if at.is_onion() {
        return Err(FetchError::Onion);
    }
    let reached = tokio::time::timeout(REACH_WITHIN, reach(&at.host, at.port)).await;
    let (stream, place) = reached.map_err(|_| FetchError::Slow)??;
    let response = if at.tls {
        let name = ServerName::try_from(at.host.clone()).map_err(|_| FetchError::NotTrusted)?;
        let stream = TlsConnector::from(trust()?).connect(name, stream).await;
        ask(at, stream.map_err(|_| FetchError::NotTrusted)?).await?
    } else {
        ask(at, stream).await?
    };
    if response.status().is_redirection() {
        let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        return location.map(|location| Answer::GoOn(location.to_owned())).ok_or(FetchError::Broken);
    }
    if response.status() != StatusCode::OK {
        return Err(FetchError::Status(response.status().as_u16()));
    }
    let packed = response.headers().get(header::CONTENT_ENCODING);
    if packed.is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(FetchError::Packed);
    }
    let most = u64::try_from(limits::DIRECTORY).unwrap_or(u64::MAX);
    if response.body().size_hint().lower() > most {
        return Err(FetchError::TooLarge);
    }
    match Limited::new(response.into_body(), limits::DIRECTORY).collect().await {
        Ok(whole) => Ok(Answer::Whole(whole.to_bytes().to_vec(), place)),
        Err(error) if error.is::<LengthLimitError>() => Err(FetchError::TooLarge),
        Err(_) => Err(FetchError::Broken),
    }
}

/// Reaches a server, and says where it lies. The one place through which a directory is reached: what goes over a proxy
/// goes from here.
async fn reach(host: &str, port: u16) -> Result<(TcpStream, Place), FetchError> {
    let stream = TcpStream::connect((host, port)).await.map_err(|_| FetchError::Unreachable)?;
    let place = stream.peer_addr().map(|peer| Place::of(peer.ip())).map_err(|_| FetchError::Unreachable)?;
    Ok((stream, place))
}

/// Trusts the authorities that come with this program, and not those that somebody put on this device.
fn trust() -> Result<Arc<ClientConfig>, FetchError> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().map_err(|_| FetchError::NotTrusted)?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// Sends the one request there is.
async fn ask(
    at: &Web,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) -> Result<Response<Incoming>, FetchError> {
    let handshake = http1::Builder::new().max_buf_size(HEAD).handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|_| FetchError::Broken)?;
    let request = Request::get(at.path.as_str())
        .header(header::HOST, at.authority.as_str())
        .header(header::USER_AGENT, "kith")
        .header(header::ACCEPT, "*/*")
        .header(header::ACCEPT_ENCODING, "identity")
        .header(header::CONNECTION, "close")
        .body(Empty::<Bytes>::new());
    let request = request.map_err(|_| FetchError::Broken)?;
    // It ends with the answer, or when that is let go.
    tokio::spawn(connection);
    sender.send_request(request).await.map_err(|_| FetchError::Broken)
}

#[cfg(test)]
mod tests;
