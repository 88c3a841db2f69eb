//! One act: something is left in the DHT, or looked for, by a swarm that lives no longer than that and whose PeerId nothing
//! else ever had. It listens nowhere.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::future::join_all;
use kith_protocol::dht::{self, Name};
use libp2p::connection_limits::{self, ConnectionLimits};
use libp2p::identity::Keypair;
use libp2p::kad::{self, GetRecordOk, PutRecordError, QueryId, QueryResult, Quorum, Record, RecordKey};
use libp2p::swarm::dial_opts::DialOpts;
use libp2p::swarm::{self, ConnectionId, NetworkBehaviour, SwarmEvent};
use libp2p::{Swarm, memory_connection_limits};
use tokio::time::timeout;

use super::part::Waits;
use super::{DhtError, Node, Part, PartEvent};
use crate::swarm::{Out, Proxy, Way, bare, without_circuits};

/// How long to wait: straight, and through a proxy that has to find ways first.
const STRAIGHT: Times = Times {
    whole: Duration::from_secs(30),
    settle: Duration::from_millis(700),
    waits: Waits { answer: Duration::from_secs(8), question: Duration::from_secs(20) },
};
const PROXIED: Times = Times {
    whole: Duration::from_secs(150),
    settle: Duration::from_secs(10),
    waits: Waits { answer: Duration::from_secs(30), question: Duration::from_secs(120) },
};
/// Places to begin with that are called: of more, any.
const CALLED: usize = 6;
/// Questions under way at one time.
const QUESTIONS: usize = 4;
/// Connections at one time, and being set up.
const CONNECTIONS: u32 = 24;
const PENDING: u32 = 8;
/// Resident memory of the whole process, in bytes, beyond which no new connection is made.
const MEMORY: usize = 2 << 30;
/// A connection without a stream is closed after this.
const IDLE: Duration = Duration::from_secs(5);
/// Different records of one name that are kept: there is one if nobody meddles.
const OF_A_NAME: usize = 4;

#[derive(Clone, Copy)]
struct Times {
    /// For all of it.
    whole: Duration,
    /// For further places to answer, once one has.
    settle: Duration,
    waits: Waits,
}

/// What an act begins with.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    /// Servers to begin with.
    pub nodes: Vec<Node>,
    /// A proxy to reach them through.
    pub proxy: Option<Proxy>,
}

/// What came of looking.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Records by name, as they were written; not opened yet.
    pub records: BTreeMap<Name, Vec<Vec<u8>>>,
    /// How many answers were no records of the name.
    pub junk: u64,
}

enum Wish {
    Put(Name, Vec<u8>),
    Get(Name),
}

#[derive(NetworkBehaviour)]
struct Behaviour {
    limits: connection_limits::Behaviour,
    memory: memory_connection_limits::Behaviour,
    part: Part,
}

struct Acting {
    swarm: Swarm<Behaviour>,
    times: Times,
    /// Dials of places to begin with.
    calls: BTreeSet<ConnectionId>,
    reached: bool,
    begins: Instant,
    wishes: VecDeque<Wish>,
    under_way: HashMap<QueryId, Name>,
    /// How many records somebody took.
    left: usize,
    found: Found,
}

impl Act {
    /// Leaves records; says how many of them somebody took.
    ///
    /// # Errors
    /// [`DhtError`].
    pub async fn leave(self, records: Vec<(Name, Vec<u8>)>) -> Result<usize, DhtError> {
        let wishes = records.into_iter().map(|(name, record)| Wish::Put(name, record)).collect();
        Ok(self.run(wishes).await?.left)
    }

    /// Looks for the records of names.
    ///
    /// # Errors
    /// [`DhtError`].
    pub async fn find(self, names: Vec<Name>) -> Result<Found, DhtError> {
        Ok(self.run(names.into_iter().map(Wish::Get).collect()).await?.found)
    }

    async fn run(self, wishes: VecDeque<Wish>) -> Result<Acting, DhtError> {
        let (out, way) = (Out::of(self.proxy), self.proxy.map(Way::new));
        let times = if out == Out::Proxied { PROXIED } else { STRAIGHT };
        let home = self.nodes.iter().any(Node::is_at_home);
        let keys = Keypair::generate_ed25519();
        let me = keys.public().to_peer_id();
        let limits = ConnectionLimits::default()
            .with_max_established_incoming(Some(0))
            .with_max_pending_outgoing(Some(PENDING))
            .with_max_established(Some(CONNECTIONS))
            .with_max_established_per_peer(Some(1));
        let behaviour = Behaviour {
            limits: connection_limits::Behaviour::new(limits),
            memory: memory_connection_limits::Behaviour::with_max_bytes(MEMORY),
            part: Part::client(me, out, home, times.waits),
        };
        let config = swarm::Config::with_tokio_executor().with_idle_connection_timeout(IDLE);
        let swarm = Swarm::new(without_circuits(&keys, way.as_ref())?, behaviour, me, config);
        let mut nodes = self.nodes;
        nodes.sort_by_cached_key(|_| rand::random::<u64>());
        nodes.truncate(CALLED);
        let mut acting = Acting {
            swarm,
            times,
            calls: BTreeSet::new(),
            reached: false,
            begins: Instant::now() + times.whole,
            wishes,
            under_way: HashMap::new(),
            left: 0,
            found: Found::default(),
        };
        let whole = async {
            for node in join_all(nodes.into_iter().map(|node| node.found(out))).await {
                acting.call(node);
            }
            while acting.goes_on() {
                acting.step().await;
            }
        };
        // What was found by then is something too.
        let _ = timeout(times.whole, whole).await;
        if acting.reached { Ok(acting) } else { Err(DhtError::Unreached) }
    }
}

impl Acting {
    fn call(&mut self, node: Node) {
        let dials: Vec<DialOpts> = match node.peer {
            Some(peer) => vec![DialOpts::peer_id(peer).addresses(node.addresses).build()],
            None => {
                let each = node.addresses.into_iter();
                each.map(|address| DialOpts::unknown_peer_id().address(address).build()).collect()
            }
        };
        for dial in dials {
            let call = dial.connection_id();
            if self.swarm.dial(dial).is_ok() {
                self.calls.insert(call);
            }
        }
    }

    fn goes_on(&self) -> bool {
        let begins = self.reached || !self.calls.is_empty();
        begins && !(self.wishes.is_empty() && self.under_way.is_empty())
    }

    async fn step(&mut self) {
        let ready = self.calls.is_empty() || self.begins <= Instant::now();
        while ready
            && self.under_way.len() < QUESTIONS
            && let Some(wish) = self.wishes.pop_front()
        {
            self.begin(wish);
        }
        tokio::select! {
            event = self.swarm.select_next_some() => self.hear(event),
            () = tokio::time::sleep_until(self.begins.into()), if !ready => {}
        }
    }

    fn begin(&mut self, wish: Wish) {
        let kad = &mut self.swarm.behaviour_mut().part.kad;
        match wish {
            Wish::Put(name, value) => {
                let record = Record { key: RecordKey::new(&name), value, publisher: None, expires: None };
                // It cannot be too long for our own store, which is empty.
                if let Ok(id) = kad.put_record(record, Quorum::All) {
                    self.under_way.insert(id, name);
                }
            }
            Wish::Get(name) => {
                let id = kad.get_record(RecordKey::new(&name));
                self.under_way.insert(id, name);
            }
        }
    }

    fn hear(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. }
                if self.calls.remove(&connection_id) =>
            {
                let address = bare(endpoint.get_remote_address());
                self.swarm.behaviour_mut().part.kad.add_address(&peer_id, address);
                if !std::mem::replace(&mut self.reached, true) {
                    self.begins = Instant::now() + self.times.settle;
                }
            }
            SwarmEvent::OutgoingConnectionError { connection_id, .. } => {
                self.calls.remove(&connection_id);
            }
            SwarmEvent::Behaviour(BehaviourEvent::Part(PartEvent::Kad(event))) => {
                if let kad::Event::OutboundQueryProgressed { id, result, step, .. } = *event {
                    self.progress(id, result, step.last);
                }
            }
            _ => {}
        }
    }

    fn progress(&mut self, id: QueryId, result: QueryResult, last: bool) {
        let Some(name) = self.under_way.get(&id).copied() else { return };
        match result {
            QueryResult::GetRecord(Ok(GetRecordOk::FoundRecord(found))) => {
                self.take(name, found.record.value);
            }
            QueryResult::PutRecord(put) => {
                let took = match put {
                    Ok(_) => true,
                    Err(
                        PutRecordError::QuorumFailed { success, .. }
                        | PutRecordError::Timeout { success, .. },
                    ) => !success.is_empty(),
                };
                self.left = self.left.saturating_add(usize::from(took));
            }
            _ => {}
        }
        if last {
            self.under_way.remove(&id);
        }
    }

    fn take(&mut self, name: Name, record: Vec<u8>) {
        if dht::judge(&name, &record).is_err() {
            self.found.junk = self.found.junk.saturating_add(1);
            return;
        }
        let records = self.found.records.entry(name).or_default();
        if records.len() < OF_A_NAME && !records.contains(&record) {
            records.push(record);
        }
    }
}
