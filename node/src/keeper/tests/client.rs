//! The member's side, as small as it can be.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::StreamExt as _;
use kith_protocol::envelope::{Envelope, Stub};
use kith_protocol::epoch::GateKey;
use kith_protocol::id::{EnvelopeId, KeeperKey, PlaceId};
use kith_protocol::keeper::{Errand, PlaceAnswer, PlaceProof, PlaceRefused, PlaceTranscript, Reply, Told};
use kith_protocol::limits;
use kith_protocol::proof::{Hello, Nonce};
use kith_protocol::sync::{Prepared, Role, Scope, SetName, Sum};
use kith_protocol::time::{Hour, Month};
use libp2p::multiaddr::Protocol;
use libp2p::swarm::dial_opts::DialOpts;
use libp2p::swarm::{NetworkBehaviour, SwarmEvent};
use libp2p::{Multiaddr, PeerId, StreamProtocol, SwarmBuilder, noise, ping, tcp, yamux};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use super::super::admit::set_of;
use super::super::behaviour::{ERRAND, PLACE};
use super::super::kit::SINCE;
use super::{DEADLINE, Kept};
use crate::swarm::streams::{self, Inbound};
use crate::swarm::{Kind, Slots, Stream, read_frame, write_frame};
use crate::sync::{self, Options, Outcome, Replica, ReplicaError, SyncFailure, Timeouts};

/// A connection stays while nothing is said, as a member's does.
const IDLE: Duration = Duration::from_secs(3600);

#[derive(NetworkBehaviour)]
struct Parts {
    streams: streams::Behaviour,
    ping: ping::Behaviour,
}

/// A member's node: a PeerId of its own, connected to a keeper.
pub(super) struct Member {
    pub me: PeerId,
    keeper: PeerId,
    opens: mpsc::Sender<(StreamProtocol, oneshot::Sender<std::io::Result<libp2p::Stream>>)>,
    news: tokio::sync::Mutex<mpsc::Receiver<libp2p::Stream>>,
    connected: watch::Receiver<bool>,
}

fn stream(stream: libp2p::Stream) -> Stream {
    Stream::new(stream, super::tap(), Slots::default().take(1).unwrap(), None)
}

impl Member {
    pub async fn connect(kept: &Kept) -> Member {
        Member::over(kept, false).await
    }

    pub async fn over(kept: &Kept, by_tcp: bool) -> Member {
        Member::to(kept.keeper.key(), kept.keeper.port(), by_tcp).await
    }

    pub async fn to(key: KeeperKey, port: u16, by_tcp: bool) -> Member {
        let host = Multiaddr::from(std::net::Ipv4Addr::LOCALHOST);
        let address = match by_tcp {
            false => host.with(Protocol::Udp(port)).with(Protocol::QuicV1),
            true => host.with(Protocol::Tcp(port)),
        };
        let public = libp2p::identity::ed25519::PublicKey::try_from_bytes(&key.0).unwrap();
        let keeper = PeerId::from_public_key(&public.into());
        let mut swarm = SwarmBuilder::with_new_identity()
            .with_tokio()
            .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)
            .unwrap()
            .with_quic()
            .with_behaviour(|_| Parts {
                streams: streams::Behaviour::new(vec![Kind::Sync.protocol()]),
                ping: ping::Behaviour::default(),
            })
            .unwrap()
            .with_swarm_config(|config| config.with_idle_connection_timeout(IDLE))
            .build();
        swarm.dial(DialOpts::peer_id(keeper).addresses(vec![address]).build()).unwrap();
        let connection = async {
            loop {
                match swarm.select_next_some().await {
                    SwarmEvent::ConnectionEstablished { connection_id, .. } => return connection_id,
                    SwarmEvent::OutgoingConnectionError { error, .. } => panic!("{error}"),
                    _ => {}
                }
            }
        };
        let connection = timeout(DEADLINE, connection).await.unwrap();
        let (opens, mut asked) = mpsc::channel(8);
        let (bring, news) = mpsc::channel(8);
        let (shown, connected) = watch::channel(true);
        let me = *swarm.local_peer_id();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    open = asked.recv() => match open {
                        Some((protocol, reply)) => {
                            swarm.behaviour_mut().streams.open(keeper, connection, protocol, reply);
                        }
                        None => return,
                    },
                    event = swarm.select_next_some() => match event {
                        SwarmEvent::Behaviour(PartsEvent::Streams(Inbound { stream, .. })) => {
                            let _ = bring.try_send(stream);
                        }
                        SwarmEvent::ConnectionClosed { .. } => {
                            shown.send_replace(false);
                        }
                        _ => {}
                    },
                }
            }
        });
        Member { me, keeper, opens, news: tokio::sync::Mutex::new(news), connected }
    }

    /// Opens a stream; none if the keeper has hung up.
    pub async fn open(&self, protocol: StreamProtocol) -> Option<Stream> {
        let (reply, opened) = oneshot::channel();
        self.opens.send((protocol, reply)).await.unwrap();
        Some(stream(timeout(DEADLINE, opened).await.unwrap().ok()?.ok()?))
    }

    pub async fn outlasts(&self) {
        let mut connected = self.connected.clone();
        let gone = timeout(DEADLINE, connected.wait_for(|connected| !connected)).await;
        gone.expect("the keeper hangs up").unwrap();
    }

    pub fn is_connected(&self) -> bool {
        *self.connected.borrow()
    }

    /// Greets, and gives what is to be proved.
    pub async fn greet(&self, place: &PlaceId, ours: Nonce) -> Option<(Stream, PlaceTranscript)> {
        let mut stream = self.open(PLACE).await?;
        write_frame(&mut stream, &Hello { nonce: ours, known: None }.encode()).await.ok()?;
        let theirs = Hello::decode(&read_frame(&mut stream, limits::PROOF).await.ok()??).unwrap().nonce;
        let (me, keeper) = (self.me.to_bytes(), self.keeper.to_bytes());
        Some((stream, PlaceTranscript::new(place, (&me, &ours), (&keeper, &theirs))))
    }

    pub async fn says(&self, mut stream: Stream, proof: &PlaceProof) -> Option<Result<Told, PlaceRefused>> {
        write_frame(&mut stream, &proof.encode()).await.ok()?;
        let answer = read_frame(&mut stream, limits::PROOF).await.ok()??;
        Some(match PlaceAnswer::decode(&answer).unwrap() {
            PlaceAnswer::Welcome(told) => Ok(told),
            PlaceAnswer::Refused(why) => Err(why),
        })
    }

    pub async fn proves(&self, place: &PlaceId, gate: &GateKey) -> Result<Told, PlaceRefused> {
        let nonce = Nonce::generate(&mut rand::rng());
        let (stream, transcript) = self.greet(place, nonce).await.unwrap();
        self.says(stream, &PlaceProof::gate(*place, &transcript, gate)).await.unwrap()
    }

    /// Proves by a grant.
    pub async fn grants(&self, grant: &[u8]) -> Result<Told, PlaceRefused> {
        let nonce = Nonce::generate(&mut rand::rng());
        let (stream, _) = self.greet(&PlaceId([0; 16]), nonce).await.unwrap();
        self.says(stream, &PlaceProof::Grant(grant.to_vec().into())).await.unwrap()
    }

    pub async fn asks(&self, errand: &Errand) -> Option<Reply> {
        let mut stream = self.open(ERRAND).await?;
        write_frame(&mut stream, &errand.encode()).await.ok()?;
        let reply = timeout(DEADLINE, read_frame(&mut stream, limits::ERRAND_REPLY)).await.unwrap();
        Some(Reply::decode(&reply.ok()??).unwrap())
    }

    /// Reconciles everything, or control envelopes alone.
    pub async fn syncs(&self, bag: &Bag, scope: Scope) -> Result<Outcome, SyncFailure> {
        let stream = self.open(Kind::Sync.protocol()).await.ok_or(SyncFailure::Closed)?;
        reconcile(stream, bag, Role::Initiator, scope).await
    }

    /// Waits until the keeper begins a reconciliation, and takes part in it.
    pub async fn is_told(&self, bag: &Bag) -> Outcome {
        let news = timeout(DEADLINE, async { self.news.lock().await.recv().await }).await;
        let news = news.expect("the keeper tells").unwrap();
        reconcile(stream(news), bag, Role::Responder, Scope::All).await.unwrap()
    }
}

async fn reconcile(mut stream: Stream, bag: &Bag, role: Role, scope: Scope) -> Result<Outcome, SyncFailure> {
    write_frame(&mut stream, &super::START.0.to_be_bytes()).await?;
    read_frame(&mut stream, 8).await?;
    let options = Options { role, scope, salted: false, timeouts: Timeouts::default() };
    timeout(DEADLINE, sync::run(stream, options, bag, |_| {})).await.unwrap()
}

/// What a member holds.
#[derive(Clone, Default)]
pub(super) struct Bag(Arc<Mutex<Inside>>);

#[derive(Default)]
struct Inside {
    envelopes: BTreeMap<EnvelopeId, (SetName, Hour, Vec<u8>)>,
    acknowledged: Vec<EnvelopeId>,
}

impl Bag {
    pub fn of<'e>(envelopes: impl IntoIterator<Item = &'e Envelope>) -> Bag {
        let bag = Bag::default();
        envelopes.into_iter().for_each(|envelope| bag.put(&envelope.encode()));
        bag
    }

    fn put(&self, bytes: &[u8]) {
        let (id, header) = match Envelope::decode(bytes) {
            Ok(envelope) => (envelope.id(), *envelope.header()),
            Err(_) => Stub::decode(bytes).map(|stub| (stub.id(), *stub.header())).unwrap(),
        };
        let set = set_of(header.control, header.hour);
        self.0.lock().unwrap().envelopes.insert(id, (set, header.hour, bytes.to_vec()));
    }

    pub fn len(&self) -> usize {
        self.0.lock().unwrap().envelopes.len()
    }

    pub fn get(&self, id: &EnvelopeId) -> Option<Vec<u8>> {
        self.0.lock().unwrap().envelopes.get(id).map(|(.., bytes)| bytes.clone())
    }

    /// What the keeper said it holds durably.
    pub fn acknowledged(&self) -> Vec<EnvelopeId> {
        self.0.lock().unwrap().acknowledged.clone()
    }

    fn prepared(&self, name: SetName) -> Prepared {
        let inside = self.0.lock().unwrap();
        let items = inside.envelopes.iter().filter(|(_, (set, ..))| *set == name);
        Prepared::new(items.map(|(id, (_, hour, _))| (*hour, *id)))
    }
}

impl Replica for Bag {
    fn identify(bytes: &[u8]) -> Option<EnvelopeId> {
        let stub = || Stub::decode(bytes).map(|stub| stub.id());
        Envelope::decode(bytes).map(|envelope| envelope.id()).or_else(|_| stub()).ok()
    }

    async fn since(&self) -> Result<Month, ReplicaError> {
        Ok(SINCE)
    }

    async fn sums(&self, since: Option<Month>) -> Result<Vec<(SetName, Sum)>, ReplicaError> {
        let names: std::collections::BTreeSet<SetName> =
            self.0.lock().unwrap().envelopes.values().map(|(set, ..)| *set).collect();
        let asked = names.into_iter().filter(|name| match (since, name) {
            (None, SetName::Control) => true,
            (Some(since), SetName::Month(month)) => *month >= since,
            _ => false,
        });
        Ok(asked.map(|name| (name, self.prepared(name).sum())).collect())
    }

    async fn set(&self, name: SetName) -> Result<Arc<Prepared>, ReplicaError> {
        Ok(Arc::new(self.prepared(name)))
    }

    async fn wanted(&self, mut ids: Vec<EnvelopeId>) -> Result<Vec<EnvelopeId>, ReplicaError> {
        ids.retain(|id| self.get(id).is_none());
        Ok(ids)
    }

    async fn envelopes(
        &self,
        ids: Vec<EnvelopeId>,
        most: usize,
    ) -> Result<(Vec<(EnvelopeId, Vec<u8>)>, usize), ReplicaError> {
        let (mut out, mut bytes, mut done) = (Vec::new(), 0, 0);
        for id in ids {
            if let Some(envelope) = self.get(&id) {
                bytes += envelope.len();
                if bytes > most && !out.is_empty() {
                    break;
                }
                out.push((id, envelope));
            }
            done += 1;
        }
        Ok((out, done))
    }

    async fn admit(&self, envelopes: Vec<(EnvelopeId, Vec<u8>)>) -> Result<Vec<EnvelopeId>, ReplicaError> {
        envelopes.iter().for_each(|(_, bytes)| self.put(bytes));
        Ok(envelopes.into_iter().map(|(id, _)| id).collect())
    }

    async fn held(&self, ids: Vec<EnvelopeId>) -> Result<(), ReplicaError> {
        self.0.lock().unwrap().acknowledged.extend(ids);
        Ok(())
    }

    async fn in_step(&self, _: Vec<(SetName, Sum)>, _: Vec<EnvelopeId>) -> Result<(), ReplicaError> {
        Ok(())
    }
}
