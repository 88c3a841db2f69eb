//! Through a proxy and by no other way: a SOCKS5 proxy of the test's own knows names, and writes down what it is asked for.

use std::net::{SocketAddr, TcpListener as StdListener, UdpSocket};
use std::sync::Mutex;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const BENS: &str = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd";
const ANAS: &str = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid";

/// What a proxy was asked for: under which name and password, and for whom.
pub(crate) type Asked = (Vec<u8>, Vec<u8>, String);

/// A proxy that knows some names.
#[derive(Clone, Default)]
pub(crate) struct Socks {
    asked: Arc<Mutex<Vec<Asked>>>,
    names: Arc<Mutex<BTreeMap<String, u16>>>,
}

impl Socks {
    pub(crate) async fn start(self) -> (Socks, Proxy) {
        let listener = TcpListener::bind((HERE, 0)).await.unwrap();
        let at = listener.local_addr().unwrap();
        (self.serve(listener), Proxy { at, only: true })
    }

    fn serve(self, listener: TcpListener) -> Socks {
        let proxy = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let proxy = proxy.clone();
                // Whoever hangs up has what they wanted.
                tokio::spawn(async move { drop(proxy.connect(stream).await) });
            }
        });
        self
    }

    fn knows(&self, onion: &str, node: &Node) {
        self.names(format!("{onion}.onion"), node.network.port());
    }

    pub(crate) fn names(&self, name: String, port: u16) {
        self.names.lock().unwrap().insert(name, port);
    }

    async fn connect(self, mut stream: TcpStream) -> io::Result<()> {
        let mut three = [0; 3];
        stream.read_exact(&mut three).await?;
        assert_eq!(three, [5, 1, 2], "only with a name and a password");
        stream.write_all(&[5, 2]).await?;
        assert_eq!(stream.read_u8().await?, 1);
        let name = text(&mut stream).await?;
        let password = text(&mut stream).await?;
        stream.write_all(&[1, 0]).await?;
        stream.read_exact(&mut three).await?;
        let host = match stream.read_u8().await? {
            1 => IpAddr::from(stream.read_u32().await?.to_be_bytes()).to_string(),
            4 => IpAddr::from(stream.read_u128().await?.to_be_bytes()).to_string(),
            _ => String::from_utf8(text(&mut stream).await?).unwrap(),
        };
        let port = stream.read_u16().await?;
        self.asked.lock().unwrap().push((name, password, format!("{host}:{port}")));
        let known = self.names.lock().unwrap().get(&host).copied();
        let Some(known) = known else { return stream.write_all(&[5, 4, 0, 1, 0, 0, 0, 0, 0, 0]).await };
        let mut there = TcpStream::connect((HERE, known)).await?;
        stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
        copy_bidirectional(&mut stream, &mut there).await?;
        Ok(())
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn text(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::from(stream.read_u8().await?)];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

fn onion(name: &str) -> Multiaddr {
    format!("/onion3/{name}:4001").parse().unwrap()
}

fn proxied(proxy: Proxy, announce: &[Multiaddr]) -> Start {
    Start { proxy: Some(proxy), announce: announce.to_vec(), ..Start::default() }
}

#[tokio::test]
async fn two_meet_through_their_onion_services_and_tell_nothing_else() {
    let (ana, ben) = (Person::new(1), Person::new(2));
    let (socks, proxy) = Socks::default().start().await;
    let clearnet = "/ip4/198.51.100.7/tcp/9".parse().unwrap();
    let mut a = proxied(proxy, &[onion(ANAS), clearnet]).node(ana.roster(&[&ana, &ben]));
    let mut b = proxied(proxy, &[onion(BENS)]).node(ben.roster(&[&ana, &ben]));
    socks.knows(ANAS, &a);
    socks.knows(BENS, &b);
    let udp = UdpSocket::bind((HERE, a.network.port()));
    assert!(udp.is_ok(), "it listens with TCP alone");
    a.network.add_addresses(vec![vec![onion(BENS)]]).await.unwrap();
    a.meets_member(b.id()).await;
    b.meets_member(a.id()).await;
    let told = |name: &str| vec![onion(name).to_string()];
    a.learns(&ben, |record| record.addresses == told(BENS)).await;
    b.learns(&ana, |record| record.addresses == told(ANAS)).await;
    let here = Bytes::from_static(b"are you there?");
    a.publish(&here).await;
    b.hears(&here).await;
    assert_eq!(a.network.proxy().map(|(_, state)| state), Some(ProxyState::Here));
    let whom: Vec<String> = socks.asked().into_iter().map(|(.., whom)| whom).collect();
    assert!(whom.iter().all(|whom| whom.ends_with(".onion:4001")), "{whom:?}");
    // Ben's node comes back alone from its book.
    let (port, book) = (b.network.port(), Book::decode(&b.network.book().encode(), &GROUP));
    b.network.shutdown().await;
    a.loses(b.id()).await;
    let again = Start { port: Port::Kept(port), book, ..proxied(proxy, &[onion(BENS)]) };
    let mut b = again.node(ben.roster(&[&ana, &ben]));
    b.meets_member(a.id()).await;
}

#[tokio::test]
async fn no_two_groups_and_no_two_people_share_a_way() {
    let (ana, ben) = (Person::new(1), Person::new(2));
    let (socks, proxy) = Socks::default().start().await;
    // The node of one person in two groups looks for the same two people in each.
    let nodes = [(); 2].map(|()| proxied(proxy, &[]).node(ana.roster(&[&ana, &ben])));
    for node in &nodes {
        node.network.add_addresses(vec![vec![onion(BENS)], vec![onion(ANAS)]]).await.unwrap();
    }
    for node in &nodes {
        node.counts(|counters| &counters.dials_failed, 3).await;
    }
    let mut ways: Vec<Asked> = socks.asked();
    ways.sort();
    ways.dedup();
    let pairs: std::collections::BTreeSet<_> = ways.iter().map(|(name, word, _)| (name, word)).collect();
    let names: std::collections::BTreeSet<_> = ways.iter().map(|(name, ..)| name).collect();
    assert_eq!((ways.len(), pairs.len(), names.len()), (4, 4, 2), "{ways:?}");
}

#[tokio::test]
async fn a_link_and_a_book_full_of_other_addresses_lead_nobody_beside_the_proxy() {
    let (ana, ben, mal) = (Person::new(1), Person::new(2), Person::new(3));
    let (socks, proxy) = Socks::default().start().await;
    let all = [&ana, &ben, &mal];
    let b = proxied(proxy, &[onion(BENS)]).node(ben.roster(&all));
    socks.knows(BENS, &b);
    // Whoever connects here, or sends anything, has gone beside the proxy.
    let (tcp, udp) = (StdListener::bind((HERE, 0)).unwrap(), UdpSocket::bind((HERE, 0)).unwrap());
    tcp.set_nonblocking(true).unwrap();
    udp.set_nonblocking(true).unwrap();
    let port = |address: SocketAddr| address.port();
    let traps = [
        format!("/ip4/127.0.0.1/tcp/{}", port(tcp.local_addr().unwrap())),
        format!("/ip4/127.0.0.1/udp/{}/quic-v1", port(udp.local_addr().unwrap())),
        format!("/dns/localhost/tcp/{}", port(tcp.local_addr().unwrap())),
        format!("/ip6/::ffff:127.0.0.1/tcp/{}", port(tcp.local_addr().unwrap())),
        "/ip4/224.0.0.251/udp/5353".into(),
        "/ip4/10.0.0.1/tcp/9".into(),
        "/dns4/printer.local/tcp/9".into(),
        "/dnsaddr/home.example".into(),
    ];
    let elsewhere = "/dns/home.example/tcp/9".to_owned();
    let mut book = Book::default();
    let record = AddressRecord {
        member: mal.key(),
        log: mal.log,
        addresses: traps.iter().take(7).chain([&elsewhere]).cloned().collect(),
        time: kith_protocol::time::Millis(1),
        sequence: 1,
    };
    let signed = record.sign(&GROUP, &mal.signing);
    book.insert(record, signed.into());
    let mut a = Start { book, ..proxied(proxy, &[]) }.node(ana.roster(&all));
    let parsed = traps.iter().map(|text| text.parse().unwrap());
    a.network.add_addresses(vec![parsed.chain([onion(BENS)]).collect()]).await.unwrap();
    a.meets_member(b.id()).await;
    a.counts(|counters| &counters.dials_failed, 1).await;
    let whom: std::collections::BTreeSet<String> = socks.asked().into_iter().map(|(.., whom)| whom).collect();
    let fine = ["home.example:9".to_owned(), format!("{BENS}.onion:4001")];
    assert_eq!(whom, fine.into(), "what is elsewhere is asked for by its name, and nothing else");
    assert_eq!(tcp.accept().unwrap_err().kind(), io::ErrorKind::WouldBlock);
    assert_eq!(udp.recv_from(&mut [0; 9]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn without_the_proxy_nothing_leaves_and_it_goes_on_when_it_is_back() {
    let (ana, ben) = (Person::new(1), Person::new(2));
    let held = StdListener::bind((HERE, 0)).unwrap();
    let at = held.local_addr().unwrap();
    drop(held);
    let proxy = Proxy { at, only: true };
    let mut a = proxied(proxy, &[]).node(ana.roster(&[&ana, &ben]));
    let b = Node::start(ben.roster(&[&ana, &ben]));
    a.network.add_addresses(vec![vec![b.tcp(), b.quic(), onion(BENS)]]).await.unwrap();
    let mut state = a.network.proxy.clone().unwrap().1;
    let missing = state.wait_for(|state| *state == ProxyState::Missing);
    tokio::time::timeout(DEADLINE, missing).await.unwrap().unwrap();
    assert!(b.network.peers().is_empty(), "it never falls back");
    let socks = Socks::default();
    socks.knows(BENS, &b);
    socks.serve(TcpListener::bind(at).await.unwrap());
    a.meets_member(b.id()).await;
    assert_eq!(a.network.proxy().map(|(_, state)| state), Some(ProxyState::Here));
}

#[tokio::test]
async fn what_is_no_proxy_is_said_to_be_none() {
    let ana = Person::new(1);
    let listener = TcpListener::bind((HERE, 0)).await.unwrap();
    let proxy = Proxy { at: listener.local_addr().unwrap(), only: true };
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let a = proxied(proxy, &[]).node(ana.roster(&[&ana]));
    let mut state = a.network.proxy.clone().unwrap().1;
    let unfit = state.wait_for(|state| *state == ProxyState::Unfit);
    tokio::time::timeout(DEADLINE, unfit).await.unwrap().unwrap();
}

#[tokio::test]
async fn where_one_was_before_is_withdrawn() {
    let (ana, ben) = (Person::new(1), Person::new(2));
    let (socks, proxy) = Socks::default().start().await;
    let mut a = Node::start(ana.roster(&[&ana, &ben]));
    let b = proxied(proxy, &[onion(BENS)]).node(ben.roster(&[&ana, &ben]));
    socks.knows(BENS, &b);
    let before = a.quic().to_string();
    // Ana was not behind the proxy, and says in her book where she was.
    let listening = a.until("an address", |event| matches!(event, Event::Book).then_some(())).await;
    let () = listening;
    let book = Book::decode(&a.network.book().encode(), &GROUP);
    assert!(book.record(&ana.key(), &ana.log).unwrap().addresses.contains(&before));
    a.network.shutdown().await;
    let a = Start { book, ..proxied(proxy, &[]) }.node(ana.roster(&[&ana, &ben]));
    a.network.add_addresses(vec![vec![onion(BENS)]]).await.unwrap();
    b.learns(&ana, |record| record.addresses.is_empty() && record.sequence == 2).await;
}

#[tokio::test]
async fn a_proxy_for_onions_alone_changes_nothing_else() {
    let (ana, ben, chi) = (Person::new(1), Person::new(2), Person::new(3));
    let all = [&ana, &ben, &chi];
    let (socks, proxy) = Socks::default().start().await;
    let b = proxied(proxy, &[onion(BENS)]).node(ben.roster(&all));
    socks.knows(BENS, &b);
    let c = Node::start(chi.roster(&all));
    let mut a = proxied(Proxy { only: false, ..proxy }, &[]).node(ana.roster(&all));
    a.network.add_addresses(vec![vec![c.quic(), c.tcp()]]).await.unwrap();
    a.meets_member(c.id()).await;
    a.sees(|peers| peers.values().any(|peer| peer.transport == Transport::Quic)).await;
    let a = proxied(Proxy { only: false, ..proxy }, &[]).node(ana.roster(&all));
    a.network.add_addresses(vec![vec![onion(BENS)]]).await.unwrap();
    a.sees(|peers| peers.contains_key(&b.id())).await;
    assert!(socks.asked().iter().all(|(.., whom)| whom.starts_with(BENS)));
}
