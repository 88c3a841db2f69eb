//! A whole node, from an opened identity to its orderly end.

mod address;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use self::address::{AddressError, Announce, Listen};
use crate::api::socket::Socket;
use crate::api::types::{Code, Id};
use crate::api::{self, serve};
use crate::clock::Clock;
use crate::home::Home;
use crate::mine::MineHandle;
use crate::service::{Node, Service, ServiceError, Stretching, chosen};
use crate::supervisor::{Cells, Settings, SupervisorHandle};
use crate::vault::{Unlocked, VaultHandle};

/// An orderly end takes at most this long; what is not done by then is cut off, which loses nothing that was
/// acknowledged.
pub const END_WITHIN: Duration = Duration::from_secs(9);

/// What a node starts with.
pub struct RunConfig {
    /// Its home, held by this process.
    pub home: Home,
    /// Its identity, open.
    pub vault: Unlocked,
    /// Where to listen; none: as the settings say, else everywhere.
    pub listen: Vec<Listen>,
    /// Addresses to tell others; none: as the settings say.
    pub announce: Vec<Announce>,
    /// What tells the time.
    pub clock: Clock,
    /// Sees what passes between the node and libp2p.
    #[cfg(feature = "lab")]
    pub tap: crate::swarm::Tap,
}

/// What is known once the node serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// Where the local API is.
    pub socket: PathBuf,
    /// The groups it has opened.
    pub groups: Vec<Id>,
}

/// Runs a node until `shutdown` is there or somebody asks it to stop, and ends it in order.
///
/// Calls `ready` once, when the API serves and all groups are open.
///
/// # Errors
/// [`Code::BadSetting`], [`Code::PortTaken`], [`Code::HomeInUse`] or [`Code::DiskFull`] if it cannot start.
pub async fn run(
    config: RunConfig,
    ready: impl FnOnce(Ready) + Send,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServiceError> {
    let closing = CancellationToken::new();
    let socket = Socket::bind(&config.home.paths().socket())?;
    let (service, supervisor, cells) = open(config, socket.path(), &closing).await?;
    let ready_as = Ready { socket: socket.path().to_owned(), groups: groups(&cells) };
    let router = api::router(service, closing.clone());
    let serving = tokio::spawn(serve::serve(socket, router, closing.clone()));
    ready(ready_as);
    tokio::select! {
        () = shutdown => closing.cancel(),
        () = closing.cancelled() => {}
    }
    let ending = async {
        supervisor.close().await;
        serving.await
    };
    match tokio::time::timeout(END_WITHIN, ending).await {
        Ok(Err(_)) => Err(Code::Internal.into()),
        Ok(Ok(())) | Err(_) => Ok(()),
    }
}

/// Opens the node's groups, and the service that speaks for them.
async fn open(
    config: RunConfig,
    socket: &Path,
    closing: &CancellationToken,
) -> Result<(Service, SupervisorHandle, watch::Receiver<Cells>), ServiceError> {
    let saved = config.home.config()?;
    let listen = if config.listen.is_empty() { parsed(&saved.listen)? } else { config.listen };
    let announce: Vec<Announce> =
        if config.announce.is_empty() { parsed(&saved.announce)? } else { config.announce };
    let clock = config.clock;
    let (paths, started) = (config.home.paths().clone(), clock.now());
    let vault = VaultHandle::start(config.vault).map_err(|_| ServiceError::of(Code::Internal))?;
    let mine =
        MineHandle::start(vault.clone(), paths.clone()).map_err(|_| ServiceError::of(Code::Internal))?;
    let (choices, chosen) = watch::channel(chosen(&vault, &mine).await);
    let settings = Settings {
        home: config.home,
        vault,
        clock: clock.clone(),
        port: listen.iter().find_map(|listen| listen.port),
        listen: listen.iter().map(|listen| listen.ip).collect(),
        announce: announce.iter().flat_map(|announce| announce.addresses().to_vec()).collect(),
        #[cfg(feature = "lab")]
        tap: config.tap,
        cache: saved.cache_mib.saturating_mul(1 << 20),
        choices: chosen,
        posts_an_hour: saved.posts_an_hour,
        search: saved.search_mib.saturating_mul(1 << 20),
    };
    let (supervisor, cells) = SupervisorHandle::start(settings).await?;
    let node = Node {
        supervisor: supervisor.clone(),
        cells: cells.clone(),
        clock,
        started,
        paths,
        socket: socket.to_owned(),
        stretching: Stretching::default(),
        mine,
        choices,
    };
    Ok((Service::open(closing.clone(), node), supervisor, cells))
}

fn groups(cells: &watch::Receiver<Cells>) -> Vec<Id> {
    cells.borrow().keys().map(ToString::to_string).collect()
}

/// Addresses as the settings have them.
fn parsed<T: FromStr<Err = AddressError>>(texts: &[String]) -> Result<Vec<T>, ServiceError> {
    let parse = |text: &String| {
        text.parse().map_err(|error: AddressError| {
            let (_, hint) = Code::BadSetting.words();
            let message = format!("The settings name \"{text}\", which is no address: {error}.");
            ServiceError::new(Code::BadSetting, message, hint)
        })
    };
    texts.iter().map(parse).collect()
}
