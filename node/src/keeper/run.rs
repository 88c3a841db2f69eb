//! A whole keeper, from its folder to its orderly end.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::behaviour::Bounds;
use super::network::{Config, Keeper};
use super::operator::{self, Operator};
use super::page::{self, Loopback};
use super::places::Line;
use crate::api::serve;
use crate::api::socket::Socket;
use crate::api::types::{Code, Problem};
use crate::clock::Clock;
use crate::home::KeeperHome;
use crate::run::{Announce, Listen};
use crate::swarm::{Port, Tap};
use crate::sync::Timeouts;

/// An orderly end takes at most this long; what is not done by then is cut off, which loses nothing that was
/// acknowledged.
const END_WITHIN: Duration = Duration::from_secs(9);
/// Lines that wait to be said. More are not said.
const LINES: usize = 64;
const MIB: u64 = 1 << 20;

/// What a keeper starts with.
pub struct RunConfig {
    /// Its folder, held by this process.
    pub home: KeeperHome,
    /// Where to listen; none: as the settings say, else everywhere.
    pub listen: Vec<Listen>,
    /// Which port; none: as the settings say, else the one of last time, else a random one.
    pub port: Option<u16>,
    /// Addresses that links name; none: as the settings say.
    pub announce: Vec<Announce>,
    /// On which port of 127.0.0.1 the page with totals is served, if at all; 0: any.
    pub page: Option<u16>,
    /// What tells the time.
    pub clock: Clock,
    /// Sees what passes between the keeper and libp2p.
    #[cfg(feature = "lab")]
    pub tap: Tap,
    /// What it does wrong.
    #[cfg(feature = "lab")]
    pub temper: Option<super::Temper>,
}

/// What is known once the keeper serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// Where the operator's API is.
    pub socket: PathBuf,
    /// The port, UDP and TCP.
    pub port: u16,
    /// How many places there are.
    pub places: u64,
    /// Where the page with totals is.
    pub page: Option<SocketAddr>,
    /// Whether a database that could not be read was set aside: there is nothing of before.
    pub lost: bool,
}

/// Runs a keeper until `shutdown` is there or its operator asks it to stop, and ends it in order. Calls `ready` once, and
/// `say` for whatever an operator may want to read.
///
/// # Errors
/// [`Code::BadSetting`], [`Code::PortTaken`], [`Code::HomeInUse`], [`Code::StorageFailed`] if it cannot start.
pub async fn run(
    config: RunConfig,
    ready: impl FnOnce(&Ready),
    mut say: impl FnMut(Line),
    shutdown: impl Future<Output = ()>,
) -> Result<(), Problem> {
    let home = config.home;
    let settings = home.config()?;
    let socket = Socket::bind(&home.paths().socket())?;
    let listen = if config.listen.is_empty() { crate::run::parsed(&settings.listen)? } else { config.listen };
    let announce: Vec<Announce> =
        if config.announce.is_empty() { crate::run::parsed(&settings.announce)? } else { config.announce };
    let chosen = config.port.or(settings.port).or_else(|| listen.iter().find_map(|listen| listen.port));
    let port = match (chosen, home.port()) {
        (Some(port), _) => Port::Fixed(port),
        (None, Some(kept)) => Port::Kept(kept),
        (None, None) => Port::Any,
    };
    let (lines, mut said) = mpsc::channel(LINES);
    let started = Config {
        secret: home.key()?,
        db: home.paths().db(),
        cache: settings.cache_mib.saturating_mul(MIB),
        listen: listen.iter().map(|listen| listen.ip).collect(),
        port,
        announce: announce.iter().flat_map(|announce| announce.addresses().to_vec()).collect(),
        dht: crate::run::dht_nodes(&settings.dht.nodes)?,
        bounds: Bounds {
            connections: settings.connections,
            memory: settings.memory_mib << 20,
            ..Bounds::default()
        },
        timeouts: Timeouts::default(),
        clock: config.clock,
        lines,
        #[cfg(feature = "lab")]
        tap: config.tap,
        #[cfg(not(feature = "lab"))]
        tap: Tap,
        #[cfg(feature = "lab")]
        tempered: super::temper::Tempered::new(config.temper),
    };
    let keeper = Keeper::start(started).await?;
    home.keep_port(keeper.port())?;
    let closing = CancellationToken::new();
    let mut serving = JoinSet::new();
    let page = match config.page {
        None => None,
        Some(port) => {
            let taken = |_| Problem::from(super::KeeperError::PortTaken(port));
            let listener = Loopback::bind(port).await.map_err(taken)?;
            let address = listener.address().map_err(|_| Problem::of(Code::Internal))?;
            let router = page::router(keeper.clone(), address);
            serving.spawn(serve::serve(listener, router, closing.clone()));
            Some(address)
        }
    };
    let status = keeper.status().await?;
    let is_ready = Ready {
        socket: socket.path().to_owned(),
        port: keeper.port(),
        places: status.places,
        page,
        lost: keeper.lost(),
    };
    let usual = settings.quota_mib.saturating_mul(MIB);
    let router = operator::router(Operator { keeper: keeper.clone(), usual, closing: closing.clone() });
    serving.spawn(serve::serve(socket, router, closing.clone()));
    ready(&is_ready);
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            // In this order: what was asked to end it is not to be asked again once it has said so.
            biased;
            () = closing.cancelled() => break,
            () = &mut shutdown => closing.cancel(),
            Some(line) = said.recv() => say(line),
        }
    }
    let ending = async {
        keeper.shutdown().await;
        serving.join_all().await
    };
    // What takes longer is cut off.
    let _ = tokio::time::timeout(END_WITHIN, ending).await;
    Ok(())
}
