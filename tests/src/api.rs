//! Asking a node over its local API without a process for each question: for much, and for what no good
//! program would send.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::wait;

/// A connection to a node's socket, kept open from question to question.
#[derive(Debug)]
pub struct Api {
    socket: PathBuf,
    stream: BufReader<UnixStream>,
}

/// What a node answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body; null if it is no JSON.
    pub body: Value,
}

impl Api {
    /// Connects.
    #[track_caller]
    pub fn connect(socket: &Path) -> Api {
        let stream =
            UnixStream::connect(socket).unwrap_or_else(|error| panic!("{}: {error}", socket.display()));
        stream.set_read_timeout(Some(wait::ANSWER)).expect("a limit can be set");
        stream.set_write_timeout(Some(wait::ANSWER)).expect("a limit can be set");
        Api { socket: socket.to_owned(), stream: BufReader::new(stream) }
    }

    /// Asks for something.
    #[track_caller]
    pub fn get(&mut self, route: &str) -> Value {
        self.done("GET", route, "text/plain", b"")
    }

    /// Writes a post, and gives its id.
    #[track_caller]
    pub fn post(&mut self, group: &str, text: &str) -> String {
        let written = self.done("POST", &format!("groups/{group}/posts"), "text/plain", text.as_bytes());
        written["post"].as_str().unwrap_or_else(|| panic!("no post in {written}")).to_owned()
    }

    #[track_caller]
    fn done(&mut self, method: &str, route: &str, kind: &str, body: &[u8]) -> Value {
        let answer = self.ask(method, route, kind, body);
        assert!((200..300).contains(&answer.status), "{method} {route}: {answer:?}");
        answer.body
    }

    /// Sends a request, and gives whatever the answer is.
    #[track_caller]
    pub fn ask(&mut self, method: &str, route: &str, kind: &str, body: &[u8]) -> Answer {
        let head = format!(
            "{method} /api/v1/{route} HTTP/1.1\r\nHost: kith\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let request = [head.as_bytes(), body].concat();
        match self.exchange(&request) {
            Ok(answer) => answer,
            Err(error) => panic!("{method} {route} on {}: {error}", self.socket.display()),
        }
    }

    /// Sends bytes that may or may not be a request, and gives the answer if there is one.
    ///
    /// # Errors
    /// If the node closed the connection, or answered nothing in time.
    pub fn exchange(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.get_mut().write_all(request)?;
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| io::Error::new(ErrorKind::UnexpectedEof, "no status line"))?;
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let header = line.trim_end();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(Answer { status, body: serde_json::from_slice(&body).unwrap_or(Value::Null) })
    }
}
