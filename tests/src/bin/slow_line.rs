//! A line that takes its time: `slow-line ONE OTHER PORT MILLISECONDS` passes on every datagram that comes to PORT from the
//! address ONE to that port of OTHER, and the other way round, so many milliseconds later.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// Datagrams on their way. More are lost, as on any line.
const ON_THE_WAY: usize = 4096;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [one, other, port, milliseconds] = words.as_slice() else { panic!("ONE OTHER PORT MILLISECONDS") };
    let [one, other]: [IpAddr; 2] = [one, other].map(|word| word.parse().expect("an address"));
    let port: u16 = port.parse().expect("a port");
    let delay = Duration::from_millis(milliseconds.parse().expect("milliseconds"));
    let socket = UdpSocket::bind(("0.0.0.0", port)).await.expect("a port of the line");
    let (line, mut end) = mpsc::channel::<(Instant, SocketAddr, Vec<u8>)>(ON_THE_WAY);
    let arrive = async {
        while let Some((at, to, bytes)) = end.recv().await {
            sleep_until(at).await;
            // Nobody is told that a line lost something.
            let _ = socket.send_to(&bytes, to).await;
        }
    };
    let leave = async {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let Ok((length, from)) = socket.recv_from(&mut buffer).await else { continue };
            let to = if from.ip() == one { other } else { one };
            let _ = line.try_send((Instant::now() + delay, (to, port).into(), buffer[..length].to_vec()));
        }
    };
    tokio::join!(arrive, leave);
}
