//! Asking the node over its Unix socket: one connection for each question.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::{Method, Request, Response, header};
use hyper_util::rt::TokioIo;
use kith_node::api::BASE;
use kith_node::api::types::{Code, Problem};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::UnixStream;

use crate::events::Reader;

/// How long the node may take to begin its answer: a little longer than it allows itself.
const ANSWER_WITHIN: Duration = Duration::from_secs(75);
/// The largest answer, in bytes: a page of the longest texts, with every byte escaped.
const ANSWER_MOST: usize = 64 << 20;
/// The longest id or title that is asked for, in bytes. Nothing goes by a longer one.
const NAME_MOST: usize = 1024;

/// A way to the node of a home.
#[derive(Debug)]
pub struct Client {
    socket: PathBuf,
}

impl Client {
    /// A client of the node that listens at `socket`, if one does.
    pub fn new(socket: PathBuf) -> Client {
        Client { socket }
    }

    /// Where it looks for the node.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Asks for something.
    ///
    /// # Errors
    /// [`Code::NotRunning`], [`Code::TookTooLong`], and what the node answers.
    pub async fn get<T: DeserializeOwned>(&self, route: Route) -> Result<T, Problem> {
        self.whole(request(Method::GET, &route.0, None, Bytes::new())?).await
    }

    /// Sends something as JSON.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn post<T: DeserializeOwned>(&self, route: Route, body: &impl Serialize) -> Result<T, Problem> {
        let body = serde_json::to_vec(body).map_err(|_| Problem::of(Code::Internal))?;
        self.whole(request(Method::POST, &route.0, Some("application/json"), body.into())?).await
    }

    /// Sends a text as it is.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn text<T: DeserializeOwned>(&self, route: Route, text: Vec<u8>) -> Result<T, Problem> {
        self.whole(request(Method::POST, &route.0, Some("text/plain"), text.into())?).await
    }

    /// Sends a file as it is.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn bytes<T: DeserializeOwned>(&self, route: Route, file: Vec<u8>) -> Result<T, Problem> {
        self.whole(request(Method::POST, &route.0, Some("application/octet-stream"), file.into())?).await
    }

    /// Asks for bytes as they are.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn content(&self, route: Route) -> Result<Bytes, Problem> {
        let response = self.begin(request(Method::GET, &route.0, None, Bytes::new())?).await?;
        let succeeded = response.status().is_success();
        let bytes = body(response).await?;
        if succeeded { Ok(bytes) } else { Err(failure(&bytes)) }
    }

    /// As [`Client::content`], of something that is made for it.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn made(&self, route: Route) -> Result<Bytes, Problem> {
        let response = self.begin(request(Method::POST, &route.0, None, Bytes::new())?).await?;
        let succeeded = response.status().is_success();
        let bytes = body(response).await?;
        if succeeded { Ok(bytes) } else { Err(failure(&bytes)) }
    }

    /// Ends something.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn delete<T: DeserializeOwned>(&self, route: Route) -> Result<T, Problem> {
        self.whole(request(Method::DELETE, &route.0, None, Bytes::new())?).await
    }

    /// Listens to a stream of events, which has begun when this returns.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn listen(&self, route: Route) -> Result<Stream, Problem> {
        let response = self.begin(request(Method::GET, &route.0, None, Bytes::new())?).await?;
        if !response.status().is_success() {
            return Err(failure(&body(response).await?));
        }
        Ok(Stream { body: response.into_body(), reader: Reader::default() })
    }

    async fn whole<T: DeserializeOwned>(&self, request: Request<Full<Bytes>>) -> Result<T, Problem> {
        let response = self.begin(request).await?;
        let succeeded = response.status().is_success();
        let bytes = body(response).await?;
        if succeeded { serde_json::from_slice(&bytes).map_err(|_| strange()) } else { Err(failure(&bytes)) }
    }

    async fn begin(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, Problem> {
        let stream = UnixStream::connect(&self.socket).await.map_err(|error| unreachable(&error))?;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|_| Problem::of(Code::NotRunning))?;
        // It ends with the answer, or with the runtime of this command.
        tokio::spawn(connection);
        match tokio::time::timeout(ANSWER_WITHIN, sender.send_request(request)).await {
            Err(_) => Err(Code::TookTooLong.into()),
            Ok(Err(_)) => Err(broke_off()),
            Ok(Ok(response)) => Ok(response),
        }
    }
}

/// Events from the node.
#[derive(Debug)]
pub struct Stream {
    body: Incoming,
    reader: Reader,
}

impl Stream {
    /// The next one; none when the node has closed the stream, as it does when it stops.
    ///
    /// # Errors
    /// What the node says in an event named `problem`, or that its answer makes no sense.
    pub async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Problem> {
        loop {
            if let Some(event) = self.reader.next().map_err(|_| strange())? {
                if event.name == "problem" {
                    return Err(failure(event.data.as_bytes()));
                }
                return serde_json::from_str(&event.data).map(Some).map_err(|_| strange());
            }
            match self.body.frame().await {
                None => return Ok(None),
                Some(Err(_)) => return Err(broke_off()),
                Some(Ok(frame)) => {
                    if let Some(bytes) = frame.data_ref() {
                        self.reader.push(bytes);
                    }
                }
            }
        }
    }
}

/// A place in the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route(String);

impl Route {
    /// The route with these segments, which may hold anything.
    ///
    /// # Errors
    /// [`Code::UnknownId`] if one is longer than any id or title.
    pub fn new(segments: &[&str]) -> Result<Route, Problem> {
        let mut path = BASE.to_owned();
        for segment in segments {
            if segment.len() > NAME_MOST {
                return Err(Code::UnknownId.into());
            }
            path.push('/');
            encode(segment, &mut path);
        }
        Ok(Route(path))
    }

    /// The route with a query.
    pub fn with(mut self, name: &str, value: Option<&str>) -> Route {
        if let Some(value) = value {
            self.0.push(if self.0.contains('?') { '&' } else { '?' });
            encode(name, &mut self.0);
            self.0.push('=');
            encode(value, &mut self.0);
        }
        self
    }
}

/// Percent-encodes everything but unreserved characters (RFC 3986, 2.3).
fn encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(into, "%{byte:02X}");
        }
    }
}

fn request(
    method: Method,
    path: &str,
    content_type: Option<&str>,
    body: Bytes,
) -> Result<Request<Full<Bytes>>, Problem> {
    let request = Request::builder().method(method).uri(path).header(header::HOST, "kith");
    let request = match content_type {
        Some(content_type) => request.header(header::CONTENT_TYPE, content_type),
        None => request,
    };
    request.body(Full::new(body)).map_err(|_| Code::BadRequest.into())
}

async fn body(response: Response<Incoming>) -> Result<Bytes, Problem> {
    let body = Limited::new(response.into_body(), ANSWER_MOST).collect();
    match tokio::time::timeout(ANSWER_WITHIN, body).await {
        Err(_) => Err(Code::TookTooLong.into()),
        Ok(Err(_)) => Err(broke_off()),
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
    }
}

fn failure(bytes: &[u8]) -> Problem {
    serde_json::from_slice(bytes).unwrap_or_else(|_| strange())
}

fn strange() -> Problem {
    Problem::new(
        Code::Internal,
        "The node answered in a way that this program does not understand.",
        "They may differ in version. Stop the node with \"kith stop\", then start it again with \"kith run\".",
    )
}

fn broke_off() -> Problem {
    Problem::new(
        Code::NotRunning,
        "The node went away before it had answered.",
        "Start it again with \"kith run\", and look whether what you wanted has been done.",
    )
}

fn unreachable(error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Problem::new(
            Code::HomeReadOnly,
            "This home folder belongs to somebody else on this device.",
            "Choose your own with --home.",
        ),
        io::ErrorKind::InvalidInput => Problem::new(
            Code::BadSetting,
            "The path of this home folder is too long for a node to be reached in it.",
            "Choose one with a shorter path, with --home.",
        ),
        _ => Code::NotRunning.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_group_is_called_stays_one_segment() {
        let route = Route::new(&["groups", "a/b?c=d #%\u{e9}..", "posts"]).unwrap();
        assert_eq!(route.0, "/api/v1/groups/a%2Fb%3Fc%3Dd%20%23%25%C3%A9%2E%2E/posts");
        let route = route.with("limit", Some("5")).with("before", None).with("before", Some("x&y"));
        assert!(route.0.ends_with("/posts?limit=5&before=x%26y"));
        assert_eq!(Route::new(&[&"x".repeat(2000)]).unwrap_err().code, Code::UnknownId);
    }

    #[tokio::test]
    async fn no_node_is_said_with_what_to_do() {
        let home = tempfile::tempdir().unwrap();
        let client = Client::new(home.path().join("api.sock"));
        let problem = client.get::<()>(Route::new(&["status"]).unwrap()).await.unwrap_err();
        assert_eq!(problem.code, Code::NotRunning);
        assert!(problem.hint.contains("kith run"));
        drop(std::os::unix::net::UnixListener::bind(client.socket()).unwrap());
        let problem = client.get::<()>(Route::new(&["status"]).unwrap()).await.unwrap_err();
        assert_eq!(problem.code, Code::NotRunning, "a dead node's socket is no node");
    }
}
