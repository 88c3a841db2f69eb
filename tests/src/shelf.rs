//! A web server as anybody has one: it gives one file to whoever asks, and writes down what it was asked.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

/// A server on loopback. It ends with the test.
#[derive(Clone, Debug)]
pub struct Shelf {
    address: SocketAddr,
    inside: Arc<Mutex<Inside>>,
}

#[derive(Debug, Default)]
struct Inside {
    file: Vec<u8>,
    asked: Vec<String>,
}

impl Shelf {
    /// A server with this file.
    pub fn with(file: Vec<u8>) -> Shelf {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let inside = Arc::new(Mutex::new(Inside { file, asked: Vec::new() }));
        let served = Arc::clone(&inside);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let (mut request, mut chunk) = (Vec::new(), [0; 4096]);
                while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                    match stream.read(&mut chunk) {
                        Ok(length) if length > 0 => request.extend_from_slice(&chunk[..length]),
                        _ => break,
                    }
                }
                let file = {
                    let mut inside = served.lock().expect("nobody panics with it");
                    inside.asked.push(String::from_utf8_lossy(&request).into_owned());
                    inside.file.clone()
                };
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", file.len());
                // Whoever hangs up has had enough.
                let _ = stream.write_all(&[head.as_bytes(), &file].concat());
            }
        });
        Shelf { address, inside }
    }

    /// Where the file is.
    pub fn url(&self) -> String {
        format!("http://{}/kith.bin", self.address)
    }

    /// Puts another file in its place.
    pub fn has_now(&self, file: Vec<u8>) {
        self.inside.lock().expect("nobody panics with it").file = file;
    }

    /// Everything that was asked so far.
    pub fn asked(&self) -> Vec<String> {
        self.inside.lock().expect("nobody panics with it").asked.clone()
    }
}
