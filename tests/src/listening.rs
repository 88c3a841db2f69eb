//! A page that listens: the stream of hints, as a browser that runs scripts holds it open.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::visitor::{Page, Visitor};
use crate::wait;

/// An open stream of hints. Closed when let go of.
#[derive(Debug)]
pub struct Listening {
    stream: TcpStream,
    said: String,
}

impl Listening {
    /// Listens to what a page wishes to be told of.
    #[track_caller]
    pub fn from(visitor: &Visitor, page: &Page) -> Listening {
        let (_, rest) = page.html.split_once("data-events=\"").expect("the page listens");
        let path = rest.split('"').next().unwrap_or_default().replace("&#38;", "&");
        Listening::to(visitor, &path, None)
    }

    /// Listens at a path, or goes on there after the hint of this number.
    #[track_caller]
    pub fn to(visitor: &Visitor, path: &str, after: Option<u64>) -> Listening {
        let port = visitor.authority().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the app listens");
        stream.set_read_timeout(Some(wait::ANSWER)).expect("a limit can be set");
        let after = after.map(|number| format!("Last-Event-ID: {number}\r\n")).unwrap_or_default();
        let (host, cookie) = (visitor.authority(), visitor.cookie().expect("let in"));
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n{after}\r\n");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut listening = Listening { stream, said: String::new() };
        listening.hears("text/event-stream");
        listening
    }

    /// Reads on until something was said. Gives all that was since the last time.
    #[track_caller]
    pub fn hears(&mut self, words: &str) -> String {
        let mut bytes = [0; 4096];
        loop {
            if let Some(at) = self.said.find(words) {
                let rest = self.said.split_off(at + words.len());
                return std::mem::replace(&mut self.said, rest);
            }
            let count = self.stream.read(&mut bytes).expect("the stream goes on");
            assert!(count > 0, "the stream ended: {}", self.said);
            self.said.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
    }
}
