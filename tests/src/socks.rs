//! A SOCKS5 proxy that knows a few names, and writes down what it is asked for.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// The name it was asked under.
    pub name: Vec<u8>,
    /// The password.
    pub password: Vec<u8>,
    /// For whom: host and port.
    pub whom: String,
}

/// A proxy, for as long as the test runs.
#[derive(Clone, Debug)]
pub struct Socks {
    at: SocketAddr,
    book: Arc<Mutex<Book>>,
}

#[derive(Debug, Default)]
struct Book {
    names: BTreeMap<String, SocketAddr>,
    asked: Vec<Asked>,
}

impl Socks {
    /// Starts one on every interface of this machine.
    pub fn start() -> Socks {
        let listener = TcpListener::bind("0.0.0.0:0").expect("a free port");
        let at = SocketAddr::from(([127, 0, 0, 1], listener.local_addr().expect("bound").port()));
        let socks = Socks { at, book: Arc::default() };
        let serving = socks.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let socks = serving.clone();
                // Whoever hangs up has what they wanted.
                thread::spawn(move || drop(socks.serve(stream)));
            }
        });
        socks
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.at.port()
    }

    /// From now on leads who asks for `host` to a port of this machine.
    pub fn knows(&self, host: &str, port: u16) {
        let at = SocketAddr::from(([127, 0, 0, 1], port));
        self.book.lock().expect("no holder panics").names.insert(host.to_owned(), at);
    }

    /// What it was asked for so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.book.lock().expect("no holder panics").asked.clone()
    }

    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        let [_, methods] = read(&mut stream)?;
        let mut offered = vec![0; usize::from(methods)];
        stream.read_exact(&mut offered)?;
        stream.write_all(&[5, if offered == [2] { 2 } else { 0xff }])?;
        let [_] = read(&mut stream)?;
        let (name, password) = (text(&mut stream)?, text(&mut stream)?);
        stream.write_all(&[1, 0])?;
        let [_, _, _, kind] = read(&mut stream)?;
        let host = match kind {
            1 => IpAddr::from(read::<4>(&mut stream)?).to_string(),
            4 => IpAddr::from(read::<16>(&mut stream)?).to_string(),
            _ => String::from_utf8_lossy(&text(&mut stream)?).into_owned(),
        };
        let port = u16::from_be_bytes(read(&mut stream)?);
        let known = {
            let mut book = self.book.lock().expect("no holder panics");
            book.asked.push(Asked { name, password, whom: format!("{host}:{port}") });
            book.names.get(&host).copied()
        };
        let Some(known) = known else { return stream.write_all(&[5, 4, 0, 1, 0, 0, 0, 0, 0, 0]) };
        let there = TcpStream::connect(known)?;
        stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])?;
        let (back, forth) = ((there.try_clone()?, stream.try_clone()?), (stream, there));
        let back = thread::spawn(move || pass(back));
        pass(forth);
        let _ = back.join();
        Ok(())
    }
}

/// Passes on what comes until it ends, and then says so.
fn pass((mut from, mut to): (TcpStream, TcpStream)) {
    // Either end may break off at any time.
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}

fn read<const N: usize>(stream: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn text(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let [length] = read(stream)?;
    let mut bytes = vec![0; usize::from(length)];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}
