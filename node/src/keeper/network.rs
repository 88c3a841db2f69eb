//! Starting a keeper, and the handle to it while it runs.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use ed25519_dalek::SigningKey;
use kith_protocol::id::{KeeperKey, PlaceId};
use kith_protocol::keeper::{ClaimSecret, PlaceLink};
use libp2p::Multiaddr;
use rand::Rng as _;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use zeroize::Zeroizing;

use super::KeeperError;
use super::behaviour::{self, Bounds};
use super::counters::Counters;
use super::guests::Guests;
use super::meetings::Meetings;
use super::operator::{Enrolled, Shown, Status};
use super::place::Number;
use super::places::{Line, Opens, Places};
use super::task::{Command, Gauges, Inlets, Task};
use super::telling::Telling;
use super::thread::PlacesHandle;
use crate::clock::Clock;
use crate::dht::{self, Node, Server};
use crate::swarm::{Out, Port, Tap, at_home, host, keypair, listen};
use crate::sync::Timeouts;

/// Commands waiting for the swarm's task; whoever sends more waits.
const COMMANDS: usize = 64;
/// What jobs say to the task and it has not heard; a job with more to say waits.
const NOTICES: usize = 256;
/// Reconciliations at one time. More wait for their turn, and give up after a while.
const SESSIONS: usize = 128;

/// What a keeper starts with.
pub(super) struct Config {
    /// The Ed25519 secret behind its PeerId, which is its name.
    pub secret: Zeroizing<[u8; 32]>,
    /// The directory of its database.
    pub db: PathBuf,
    /// Memory for the database, in bytes.
    pub cache: u64,
    pub listen: Vec<IpAddr>,
    pub port: Port,
    /// Addresses that links name first.
    pub announce: Vec<Multiaddr>,
    /// Servers of the DHT to begin with.
    pub dht: Vec<Node>,
    pub bounds: Bounds,
    pub timeouts: Timeouts,
    pub clock: Clock,
    /// Where it says what its operator may want to read.
    pub lines: mpsc::Sender<Line>,
    pub tap: Tap,
    /// What it does wrong.
    #[cfg(feature = "lab")]
    pub tempered: super::temper::Tempered,
}

/// A running keeper. Cheap to clone; the last one dropped shuts it down.
#[derive(Clone)]
pub(super) struct Keeper {
    key: KeeperKey,
    port: u16,
    places: PlacesHandle,
    commands: mpsc::Sender<Command>,
    addresses: watch::Receiver<Vec<Multiaddr>>,
    counters: Arc<Counters>,
    dht: Arc<dht::Counters>,
    gauges: Arc<Gauges>,
    lost: bool,
}

impl Keeper {
    /// Opens its places, and starts to listen.
    pub async fn start(config: Config) -> Result<Keeper, KeeperError> {
        let keys = keypair(&config.secret)?;
        let public = keys.public().try_into_ed25519();
        let public = public.map_err(|error| KeeperError::Network(error.to_string()))?;
        let key = KeeperKey(public.to_bytes());
        let hosts = config.listen.iter().copied().chain(config.announce.iter().filter_map(host));
        let home = hosts.into_iter().any(at_home);
        let me = keys.public().to_peer_id();
        let (server, part) = Server::new(me, config.dht.clone(), home, config.clock.clone());
        let mut swarm = behaviour::swarm(keys, config.bounds, part)?;
        let port = listen::listen(&mut swarm, &config.listen, config.port, Out::Straight)?;
        let opens = Opens {
            dir: config.db,
            cache: config.cache,
            keeper: key,
            clock: config.clock.clone(),
            lines: config.lines,
        };
        let (places, lost) = PlacesHandle::start(opens).await?;
        let (commands, commands_in) = mpsc::channel(COMMANDS);
        let (notices, notices_in) = mpsc::channel(NOTICES);
        let (shown, addresses) = watch::channel(Vec::new());
        let (counters, gauges) = (Arc::new(Counters::default()), Arc::new(Gauges::default()));
        let dht = server.counters();
        if !config.dht.is_empty() {
            let telling = Telling {
                places: places.clone(),
                addresses: addresses.clone(),
                key: SigningKey::from_bytes(&config.secret),
                nodes: config.dht,
                clock: config.clock.clone(),
                counters: counters.clone(),
            };
            tokio::spawn(telling.run());
        }
        let task = Task {
            swarm,
            port,
            listen: config.listen,
            announce: config.announce,
            places: places.clone(),
            clock: config.clock,
            timeouts: config.timeouts,
            renew: config.bounds.renew,
            guests: Guests::default(),
            meetings: Meetings::default(),
            server,
            counters: counters.clone(),
            gauges: gauges.clone(),
            addresses: shown,
            notices,
            room: Arc::new(Semaphore::new(SESSIONS)),
            telling: 0,
            tap: config.tap,
            #[cfg(feature = "lab")]
            tempered: config.tempered,
        };
        tokio::spawn(task.run(Inlets { commands: commands_in, notices: notices_in }));
        Ok(Keeper { key, port, places, commands, addresses, counters, dht, gauges, lost })
    }

    /// The port it listens on, UDP and TCP.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether its database could not be read and was set aside: it has begun with nothing.
    pub fn lost(&self) -> bool {
        self.lost
    }

    /// Makes a place, and the link that claims it.
    pub async fn enrol(&self, quota: u64) -> Result<Enrolled, KeeperError> {
        let mut id = [0; PlaceId::LEN];
        rand::rng().fill_bytes(&mut id);
        let (id, claim) = (PlaceId(id), ClaimSecret::generate(&mut rand::rng()));
        let mut addresses = self.addresses.clone();
        // Listening begins a moment after the start.
        let told =
            tokio::time::timeout(crate::swarm::OPEN_WITHIN, addresses.wait_for(|told| !told.is_empty()));
        let addresses: Vec<String> = match told.await {
            Ok(Ok(told)) => told.iter().map(ToString::to_string).collect(),
            _ => return Err(KeeperError::Network("this keeper listens nowhere yet".into())),
        };
        let steward = claim.steward();
        let link = PlaceLink { keeper: self.key, addresses: addresses.clone(), place: id, claim };
        let link = link.to_text().map_err(|error| KeeperError::Network(error.to_string()))?;
        let number = self.places.write(move |places| places.enrol(id, steward, quota)).await?;
        let place = self.place(number).await?;
        Ok(Enrolled { place, addresses, link })
    }

    /// All places.
    pub async fn shown(&self) -> Result<Vec<Shown>, KeeperError> {
        self.places.read(|places| Ok(places.shown())).await
    }

    async fn place(&self, number: Number) -> Result<Shown, KeeperError> {
        let shown = self.shown().await?;
        shown.into_iter().find(|place| place.number == number.0).ok_or(KeeperError::NoPlace)
    }

    /// Sets a place's quota.
    pub async fn set_quota(&self, number: u32, quota: u64) -> Result<Shown, KeeperError> {
        self.places.write(move |places: &mut Places| places.set_quota(Number(number), quota)).await
    }

    /// Deletes a place, and sends away whoever is connected for it.
    pub async fn forget(&self, number: u32) -> Result<(), KeeperError> {
        let number = Number(number);
        self.places.write(move |places: &mut Places| places.forget(number)).await?;
        // A task that has ended has nobody connected.
        let _ = self.commands.send(Command::Forget(number)).await;
        Ok(())
    }

    /// Totals.
    pub async fn status(&self) -> Result<Status, KeeperError> {
        let (shown, disk) = self.places.read(|places| Ok((places.shown(), places.size()))).await?;
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let sum = |of: fn(&Shown) -> u64| shown.iter().map(of).fold(0, u64::saturating_add);
        let counted = self.counters.all().into_iter().chain(self.dht.all());
        Ok(Status {
            places: count(shown.len()),
            claimed: count(shown.iter().filter(|place| place.claimed).count()),
            used: sum(|place| place.used),
            quota: sum(|place| place.quota),
            disk,
            port: self.port,
            connections: self.gauges.connections.load(Ordering::Relaxed),
            proved: self.gauges.proved.load(Ordering::Relaxed),
            counters: counted.map(|(name, count)| (name.to_owned(), count)).collect(),
        })
    }

    /// Says goodbye to everybody, and closes the database.
    pub async fn shutdown(&self) {
        let (done, finished) = oneshot::channel();
        if self.commands.send(Command::Shutdown(done)).await.is_ok() {
            let _ = finished.await;
        }
        self.places.stop().await;
    }
}

#[cfg(test)]
impl Keeper {
    pub fn key(&self) -> KeeperKey {
        self.key
    }

    pub fn counters(&self) -> &Counters {
        &self.counters
    }
}
