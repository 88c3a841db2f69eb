//! Servers and acts on loopback, with real sockets. Every wait is for an event, with a deadline.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use kith_protocol::dht::{Name, Spot};
use kith_protocol::epoch::EpochKey;
use kith_protocol::id::{LogId, MemberKey};
use kith_protocol::limits;
use kith_protocol::time::{Millis, Week};
use libp2p::identity::Keypair;
use libp2p::kad::store::{MemoryStore, MemoryStoreConfig, RecordStore as _};
use libp2p::kad::{self, InboundRequest, Mode, Quorum, Record, RecordKey, StoreInserts};
use libp2p::swarm::{NetworkBehaviour, SwarmEvent};
use libp2p::{Multiaddr, PeerId, StreamProtocol, Swarm, identify, swarm};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::clock::Clock;
use crate::swarm::tests::proxied::Socks;
use crate::swarm::{Out, Port, without_circuits};

const DEADLINE: Duration = Duration::from_secs(40);
const NOW: Millis = Millis(1_795_305_600_000);
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn at(port: u16) -> Vec<Multiaddr> {
    vec![
        format!("/ip4/127.0.0.1/udp/{port}/quic-v1").parse().unwrap(),
        format!("/ip4/127.0.0.1/tcp/{port}").parse().unwrap(),
    ]
}

fn node(port: u16) -> Node {
    Node { peer: None, addresses: at(port) }
}

fn server(nodes: Vec<Node>, stop: &CancellationToken) -> Serving {
    let serves = Serves {
        listen: vec![HERE],
        port: Port::Any,
        announce: Vec::new(),
        nodes,
        clock: Clock::from_fn(|| NOW),
        stop: stop.clone(),
    };
    Serving::start(serves).unwrap()
}

fn act(nodes: Vec<Node>) -> Act {
    Act { nodes, proxy: None }
}

fn spot(group: u8, member: u8) -> Spot {
    let discovery = EpochKey::from_bytes([group; 32]).control().discovery();
    Spot::of_device(&discovery, &MemberKey([member; 32]), &LogId([1; 8]), Week(2968))
}

fn record(spot: &Spot, bytes: &[u8]) -> (Name, Vec<u8>) {
    (spot.name(), spot.write(bytes, NOW.hour(), &mut rand::rng()).unwrap())
}

fn count(serving: &Serving, name: &str) -> u64 {
    serving.counters().all().into_iter().find(|(counter, _)| *counter == name).unwrap().1
}

/// Leaves it until so many of the servers have taken it: they come to know each other in a moment.
async fn leaves(servers: &[Serving], begins: &Node, record: (Name, Vec<u8>), copies: usize) {
    let leaving = async {
        loop {
            assert_eq!(act(vec![begins.clone()]).leave(vec![record.clone()]).await.unwrap(), 1);
            let took = servers.iter().filter(|server| count(server, "dht_taken") > 0).count();
            if took >= copies {
                return;
            }
        }
    };
    timeout(DEADLINE, leaving).await.expect("the servers know each other");
}

#[tokio::test]
async fn what_is_left_with_one_is_found_from_another_and_a_dead_one_delays_nobody() {
    let stop = CancellationToken::new();
    let first = server(Vec::new(), &stop);
    let mut servers = vec![first.clone()];
    servers.extend((1..8).map(|_| server(vec![node(first.port())], &stop)));
    let here = spot(1, 1);
    leaves(&servers, &node(servers[3].port()), record(&here, b"at home"), 8).await;
    // It takes connections and says nothing.
    let dead = TcpListener::bind((HERE, 0)).unwrap();
    let silent = Node { peer: None, addresses: at(dead.local_addr().unwrap().port()) };
    let began = Instant::now();
    let begins = vec![silent, node(servers[6].port())];
    let found = act(begins).find(vec![here.name(), spot(1, 2).name()]).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    assert_eq!(found.records.len(), 1);
    assert_eq!(here.read(&found.records[&here.name()][0]).unwrap(), b"at home");
    assert_eq!(found.junk, 0);
    stop.cancel();
    let nobody = act(vec![Node { peer: None, addresses: at(dead.local_addr().unwrap().port()) }]);
    drop(dead);
    assert!(matches!(nobody.find(vec![here.name()]).await, Err(DhtError::Unreached)));
}

/// Somebody who speaks Kademlia as it comes, not as servers do here.
#[derive(NetworkBehaviour)]
struct Plain {
    kad: kad::Behaviour<MemoryStore>,
    identify: identify::Behaviour,
}

fn plain(protocol: StreamProtocol, mode: Mode) -> Swarm<Plain> {
    let keys = Keypair::generate_ed25519();
    let me = keys.public().to_peer_id();
    let mut config = kad::Config::new(protocol);
    config.set_record_filtering(StoreInserts::FilterBoth).set_query_timeout(Duration::from_secs(5));
    config.set_replication_factor(NonZeroUsize::new(2).unwrap());
    let bounds = MemoryStoreConfig { max_records: 100_000, ..MemoryStoreConfig::default() };
    let mut kad = kad::Behaviour::with_config(me, MemoryStore::with_config(me, bounds), config);
    kad.set_mode(Some(mode));
    let about = identify::Config::new("/kith/1".into(), keys.public());
    let transport = without_circuits(&keys, None).unwrap();
    let config = swarm::Config::with_tokio_executor().with_idle_connection_timeout(DEADLINE);
    let mut swarm =
        Swarm::new(transport, Plain { kad, identify: identify::Behaviour::new(about) }, me, config);
    if mode == Mode::Server {
        swarm.listen_on("/ip4/127.0.0.1/tcp/0".parse().unwrap()).unwrap();
    }
    swarm
}

/// What a server that keeps its eyes open sees.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<View>>);

/// Who connected, and who left something under which name.
type View = (BTreeSet<PeerId>, BTreeSet<(PeerId, Vec<u8>)>);

/// Runs a server of another sort; says where it is.
async fn runs(mut swarm: Swarm<Plain>, seen: Seen) -> Node {
    let (told, mut port) = watch::channel(0);
    tokio::spawn(async move {
        loop {
            match swarm.select_next_some().await {
                SwarmEvent::NewListenAddr { address, .. } => {
                    let port = address.to_string().rsplit('/').next().unwrap().parse().unwrap();
                    told.send_replace(port);
                }
                SwarmEvent::ConnectionEstablished { peer_id, .. } => {
                    seen.0.lock().unwrap().0.insert(peer_id);
                }
                SwarmEvent::Behaviour(PlainEvent::Kad(kad::Event::InboundRequest {
                    request: InboundRequest::PutRecord { source, record: Some(record), .. },
                })) => {
                    seen.0.lock().unwrap().1.insert((source, record.key.to_vec()));
                }
                _ => {}
            }
        }
    });
    let port = *timeout(DEADLINE, port.wait_for(|port| *port != 0)).await.unwrap().unwrap();
    node(port)
}

#[tokio::test]
async fn junk_and_what_is_old_does_not_pass_for_what_was_left() {
    let stop = CancellationToken::new();
    let honest = server(Vec::new(), &stop);
    let here = spot(1, 1);
    let mut hostile = plain(PROTOCOL, Mode::Server);
    let junk = Record::new(RecordKey::new(&here.name()), vec![7; limits::DHT_RECORD]);
    hostile.behaviour_mut().kad.store_mut().put(junk).unwrap();
    let other = spot(1, 2);
    let swapped = Record::new(RecordKey::new(&other.name()), record(&here, b"at home").1);
    hostile.behaviour_mut().kad.store_mut().put(swapped).unwrap();
    let hostile = runs(hostile, Seen::default()).await;
    let left = act(vec![node(honest.port())]).leave(vec![record(&here, b"at home")]).await.unwrap();
    assert_eq!(left, 1);
    let both = vec![hostile.clone(), node(honest.port())];
    let found = act(both).find(vec![here.name(), other.name()]).await.unwrap();
    assert_eq!(here.read(&found.records[&here.name()][0]).unwrap(), b"at home");
    assert_eq!((found.records.len(), found.junk), (1, 2));
    let alone = act(vec![hostile]).find(vec![here.name()]).await.unwrap();
    assert!(alone.records.is_empty() && alone.junk > 0);
    stop.cancel();
}

#[tokio::test]
async fn a_flood_is_dropped_counted_and_cut_off() {
    let stop = CancellationToken::new();
    let serving = server(Vec::new(), &stop);
    let mut flood = plain(PROTOCOL, Mode::Client);
    flood.dial(at(serving.port())[1].clone()).unwrap();
    let flooding = async {
        let mut sent = 0_u32;
        loop {
            match flood.select_next_some().await {
                SwarmEvent::ConnectionEstablished { peer_id, endpoint, .. } => {
                    let kad = &mut flood.behaviour_mut().kad;
                    kad.add_address(&peer_id, endpoint.get_remote_address().clone());
                    for n in 0..400_u32 {
                        let key = [n.to_be_bytes().as_slice(), &[1; 28]].concat();
                        let value = vec![7; limits::DHT_RECORD];
                        kad.put_record(Record::new(RecordKey::new(&key), value), Quorum::One).unwrap();
                        kad.start_providing(RecordKey::new(&key)).unwrap();
                        sent += 1;
                    }
                }
                SwarmEvent::ConnectionClosed { .. } if sent > 0 => return,
                _ => {}
            }
        }
    };
    timeout(DEADLINE, flooding).await.expect("the server hangs up");
    assert!(count(&serving, "dht_floods") >= 1);
    assert_eq!(count(&serving, "dht_taken"), 0);
    let here = spot(1, 1);
    // Others are served all the same.
    assert_eq!(act(vec![node(serving.port())]).leave(vec![record(&here, b"at home")]).await.unwrap(), 1);
    let found = act(vec![node(serving.port())]).find(vec![here.name()]).await.unwrap();
    assert_eq!(found.records.len(), 1);
    stop.cancel();
}

#[tokio::test]
async fn other_networks_are_not_spoken_with() {
    let stop = CancellationToken::new();
    let serving = server(Vec::new(), &stop);
    let mut foreign = plain(kad::PROTOCOL_NAME, Mode::Client);
    foreign.dial(at(serving.port())[1].clone()).unwrap();
    let asking = async {
        loop {
            match foreign.select_next_some().await {
                SwarmEvent::ConnectionEstablished { peer_id, endpoint, .. } => {
                    let kad = &mut foreign.behaviour_mut().kad;
                    kad.add_address(&peer_id, endpoint.get_remote_address().clone());
                    kad.get_record(RecordKey::new(&spot(1, 1).name()));
                }
                SwarmEvent::Behaviour(PlainEvent::Identify(identify::Event::Received { info, .. })) => {
                    assert!(info.protocols.contains(&PROTOCOL), "{:?}", info.protocols);
                    assert!(!info.protocols.contains(&kad::PROTOCOL_NAME));
                }
                SwarmEvent::Behaviour(PlainEvent::Kad(kad::Event::OutboundQueryProgressed {
                    result: kad::QueryResult::GetRecord(got),
                    ..
                })) => return got,
                _ => {}
            }
        }
    };
    let got = timeout(DEADLINE, asking).await.expect("an end of the question");
    assert!(got.is_err(), "{got:?}");
    // Nor is somebody asked who speaks something else alone.
    let other = runs(plain(kad::PROTOCOL_NAME, Mode::Server), Seen::default()).await;
    let found = act(vec![other]).find(vec![spot(1, 1).name()]).await.unwrap();
    assert!(found.records.is_empty());
    stop.cancel();
}

#[tokio::test]
async fn two_groups_of_one_person_have_nothing_in_common() {
    let seen = Seen::default();
    let watches = runs(plain(PROTOCOL, Mode::Server), seen.clone()).await;
    let groups = [spot(1, 1), spot(2, 1)];
    let mut views = Vec::new();
    for spot in &groups {
        act(vec![watches.clone()]).leave(vec![record(spot, b"at home")]).await.unwrap();
        act(vec![watches.clone()]).find(vec![spot.name()]).await.unwrap();
        views.push(std::mem::take(&mut *seen.0.lock().unwrap()));
    }
    let [one, other] = views.try_into().unwrap();
    assert_eq!((one.0.len(), other.0.len()), (2, 2), "a PeerId of its own for each act");
    assert!(one.0.is_disjoint(&other.0));
    let names = |left: &BTreeSet<(PeerId, Vec<u8>)>| -> BTreeSet<Vec<u8>> {
        left.iter().map(|(_, name)| name.clone()).collect()
    };
    assert_eq!(names(&one.1), BTreeSet::from([groups[0].name().to_vec()]));
    assert!(names(&one.1).is_disjoint(&names(&other.1)));
}

#[tokio::test]
async fn nobody_is_called_at_home_because_a_stranger_says_so() {
    let called = TcpListener::bind((HERE, 0)).unwrap();
    called.set_nonblocking(true).unwrap();
    let victim = at(called.local_addr().unwrap().port())[1].clone();
    for home in [false, true] {
        let keys = Keypair::generate_ed25519();
        let me = keys.public().to_peer_id();
        let waits = part::Waits { answer: Duration::from_secs(1), question: Duration::from_secs(1) };
        let mut named = Part::client(me, Out::Straight, home, waits);
        named.kad.add_address(&PeerId::random(), victim.clone());
        named.kad.get_record(RecordKey::new(&spot(1, 1).name()));
        let transport = without_circuits(&keys, None).unwrap();
        let config = swarm::Config::with_tokio_executor();
        let mut swarm = Swarm::new(transport, named, me, config);
        let ends = async {
            loop {
                let event = swarm.select_next_some().await;
                if let SwarmEvent::Behaviour(PartEvent::Kad(event)) = event
                    && let kad::Event::OutboundQueryProgressed {
                        result: kad::QueryResult::GetRecord(_), ..
                    } = *event
                {
                    return;
                }
            }
        };
        timeout(DEADLINE, ends).await.unwrap();
        assert_eq!(called.accept().is_ok(), home);
    }
}

#[tokio::test]
async fn through_a_proxy_each_act_goes_under_a_name_of_its_own_and_by_no_other_way() {
    let stop = CancellationToken::new();
    let serving = server(Vec::new(), &stop);
    let (socks, proxy) = Socks::default().start().await;
    socks.names("server.example".into(), serving.port());
    let through = |peer, text: &str| Act {
        nodes: vec![Node { peer, addresses: vec![text.parse().unwrap()] }, node(serving.port())],
        proxy: Some(proxy),
    };
    let by_name = || through(None, "/dns/server.example/tcp/4001");
    let here = spot(1, 1);
    assert_eq!(by_name().leave(vec![record(&here, b"at home")]).await.unwrap(), 1);
    assert_eq!(by_name().find(vec![here.name()]).await.unwrap().records.len(), 1);
    let asked = socks.asked();
    let names: BTreeSet<&Vec<u8>> = asked.iter().map(|(name, ..)| name).collect();
    assert_eq!(names.len(), 2, "one an act");
    assert!(asked.iter().all(|(.., target)| target == "server.example:4001"), "{asked:?}");
    // A keeper is known by its PeerId too, and nobody else is taken for it.
    let known = plain(PROTOCOL, Mode::Server);
    let peer = *known.local_peer_id();
    let watches = runs(known, Seen::default()).await;
    let port = watches.addresses[1].to_string().rsplit('/').next().unwrap().parse().unwrap();
    socks.names("keeper.example".into(), port);
    let keeper = "/dns/keeper.example/tcp/4001";
    assert!(through(Some(peer), keeper).find(vec![here.name()]).await.is_ok());
    let other = through(Some(PeerId::random()), keeper).find(vec![here.name()]).await;
    assert!(matches!(other, Err(DhtError::Unreached)));
    stop.cancel();
}
