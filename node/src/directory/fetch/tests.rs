//! Servers that mean harm, or are just odd.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::*;
use crate::directory::Source;

const SOON: Duration = Duration::from_secs(20);

/// A server that answers everybody with these bytes, then does `more`; gives its address and what it was asked.
async fn serves(answers: Vec<Vec<u8>>, endless: bool) -> (Web, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).await.unwrap();
            asked.push(String::from_utf8_lossy(&request[..length]).into_owned());
            // A reader that has seen enough hangs up.
            let _ = stream.write_all(&answer).await;
            while endless && stream.write_all(&[b'x'; 65_536]).await.is_ok() {}
        }
        asked
    });
    (web(&format!("http://{address}/dir/kith.bin")), serving)
}

fn web(text: &str) -> Web {
    match Source::parse(text) {
        Ok(Source::Web(web)) => web,
        other => panic!("{other:?}"),
    }
}

async fn of(answer: &[u8]) -> Result<(Vec<u8>, Place), FetchError> {
    let (web, serving) = serves(vec![answer.to_vec()], false).await;
    let fetched = fetch(&web, SOON).await;
    serving.abort();
    fetched
}

#[tokio::test]
async fn everybody_asks_the_same() {
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc".to_vec();
    let (at, serving) = serves(vec![answer], false).await;
    assert_eq!(fetch(&at, SOON).await, Ok((b"abc".to_vec(), Place::Device)));
    let expected = format!(
        "GET /dir/kith.bin HTTP/1.1\r\nhost: {}\r\nuser-agent: kith\r\naccept: */*\r\naccept-encoding: identity\r\n\
         connection: close\r\n\r\n",
        at.authority
    );
    assert_eq!(serving.await.unwrap(), [expected]);
}

#[tokio::test]
async fn answers_that_are_none_are_told_apart() {
    let packed = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc";
    assert_eq!(of(packed).await, Err(FetchError::Packed));
    assert_eq!(
        of(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await,
        Err(FetchError::Status(404))
    );
    assert_eq!(of(b"HTTP/1.1 206 Partial\r\ncontent-length: 0\r\n\r\n").await, Err(FetchError::Status(206)));
    assert_eq!(of(b"SSH-2.0-OpenSSH_9\r\n").await, Err(FetchError::Broken));
    assert_eq!(of(b"").await, Err(FetchError::Broken));
    assert_eq!(of(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc").await, Err(FetchError::Broken));
    let large = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", limits::DIRECTORY + 1);
    assert_eq!(of(large.as_bytes()).await, Err(FetchError::TooLarge));
    let head = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(1 << 20));
    assert_eq!(of(head.as_bytes()).await, Err(FetchError::Broken));
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(fetch(&web(&format!("http://{closed}/")), SOON).await, Err(FetchError::Unreachable));
    let onion = format!("http://{}.onion/", "a".repeat(56));
    assert_eq!(fetch(&web(&onion), SOON).await, Err(FetchError::Onion));
}

#[tokio::test]
async fn an_answer_without_an_end_is_cut_off() {
    let (at, serving) = serves(vec![b"HTTP/1.1 200 OK\r\n\r\n".to_vec()], true).await;
    assert_eq!(fetch(&at, SOON).await, Err(FetchError::TooLarge));
    serving.abort();
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = web(&format!("http://{}/", listener.local_addr().unwrap()));
    assert_eq!(fetch(&at, Duration::from_millis(50)).await, Err(FetchError::Slow));
}

#[tokio::test]
async fn nobody_is_sent_to_another_host_nor_round_in_circles() {
    let on =
        |to: &str| format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").into_bytes();
    assert_eq!(of(&on("http://192.0.2.1/x")).await, Err(FetchError::Elsewhere));
    assert_eq!(of(&on("http://localhost/x")).await, Err(FetchError::Elsewhere));
    assert_eq!(of(b"HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n").await, Err(FetchError::Broken));
    let whole = b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx".to_vec();
    let (at, serving) = serves(vec![on("/elsewhere"), whole], false).await;
    assert_eq!(fetch(&at, SOON).await.map(|(bytes, _)| bytes), Ok(b"x".to_vec()));
    assert!(serving.await.unwrap()[1].starts_with("GET /elsewhere "));
    let (at, serving) = serves(vec![on("/a"); 8], false).await;
    assert_eq!(fetch(&at, SOON).await, Err(FetchError::Elsewhere));
    serving.abort();
}

#[tokio::test]
async fn a_server_whose_certificate_nobody_vouches_for_is_refused() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.key_pair.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = web(&format!("https://localhost:{}/", listener.local_addr().unwrap().port()));
    let serving = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        TlsAcceptor::from(Arc::new(config)).accept(stream).await.is_ok()
    });
    assert_eq!(fetch(&at, SOON).await, Err(FetchError::NotTrusted));
    assert!(!serving.await.unwrap(), "no request went over it");
}
