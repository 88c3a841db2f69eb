//! A whole node, from its home to its orderly end.

mod address;
mod reach;

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use self::address::{AddressError, Announce, Listen, ProxyAt};
pub(crate) use self::reach::{Reach, dht_nodes, parsed};
use crate::api::socket::Socket;
use crate::api::types::{Code, Id, Standing};
use crate::api::{self, serve};
use crate::clock::Clock;
use crate::dht::{DhtError, Serving};
use crate::home::Home;
use crate::latch::{Latch, Opens};
use crate::service::{Pages, Service, ServiceError};
use crate::supervisor::Cells;
use crate::swarm::NetworkError;
use crate::vault::Unlocked;

/// An orderly end takes at most this long; what is not done by then is cut off, which loses nothing that was
/// acknowledged.
pub const END_WITHIN: Duration = Duration::from_secs(9);

/// What serves people's browsers: made from the service, once it stands.
pub type MakeFront = Box<dyn FnOnce(Service, CancellationToken) -> Result<Front, ServiceError> + Send>;

/// What serves people's browsers.
pub struct Front {
    /// Makes pages that let a browser in.
    pub pages: Pages,
    /// Serves until the node closes.
    pub serving: BoxFuture<'static, ()>,
}

/// What a node starts with.
pub struct RunConfig {
    /// Its home, held by this process.
    pub home: Home,
    /// Its identity, open; without one the node waits, locked, for somebody to open it.
    pub vault: Option<Unlocked>,
    /// Where to listen; none: as the settings say, else everywhere.
    pub listen: Vec<Listen>,
    /// Addresses to tell others; none: as the settings say.
    pub announce: Vec<Announce>,
    /// A proxy to reach others through; none: as the settings say.
    pub proxy: Option<ProxyAt>,
    /// Whether to look for others on the local network; if not, as the settings say.
    pub lan: bool,
    /// What serves people's browsers, if anything.
    pub front: Option<MakeFront>,
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
    /// Whether it is open, or waits for somebody.
    pub standing: Standing,
    /// The groups it has opened.
    pub groups: Vec<Id>,
    /// The page that lets a browser in, if there is one.
    pub page: Option<String>,
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
    let saved = config.home.config()?;
    let reach = Reach::of(&saved, config.listen, config.announce, config.proxy, config.lan)?;
    let serves = reach.serves(&config.clock, closing.child_token());
    let dht = serves.map(Serving::start).transpose().map_err(|error| match error {
        DhtError::Network(NetworkError::PortTaken(_)) => ServiceError::of(Code::PortTaken),
        _ => ServiceError::of(Code::Internal),
    })?;
    let opens = Opens {
        home: config.home,
        socket: socket.path().to_owned(),
        clock: config.clock,
        reach,
        dht,
        #[cfg(feature = "lab")]
        tap: config.tap,
    };
    let latch = Latch::new(opens, closing.clone());
    if let Some(vault) = config.vault {
        latch.enter(vault).await?;
    }
    let service = Service::of(latch.clone(), closing.clone());
    let mut serving = JoinSet::new();
    if let Some(make) = config.front {
        let front = make(service.clone(), closing.clone())?;
        service.pages_by(front.pages);
        serving.spawn(front.serving);
    }
    let page = service.page().await.ok().map(|page| page.path);
    let groups = latch.node().map_or_else(|_| Vec::new(), |node| groups(&node.cells));
    let ready_as = Ready { socket: socket.path().to_owned(), standing: latch.standing(), groups, page };
    serving.spawn(serve::serve(socket, api::router(service, closing.clone()), closing.clone()));
    ready(ready_as);
    tokio::select! {
        () = shutdown => closing.cancel(),
        () = closing.cancelled() => {}
    }
    let ending = async {
        latch.lock().await;
        serving.join_all().await
    };
    // What takes longer is cut off.
    let _ = tokio::time::timeout(END_WITHIN, ending).await;
    Ok(())
}

fn groups(cells: &watch::Receiver<Cells>) -> Vec<Id> {
    cells.borrow().keys().map(ToString::to_string).collect()
}
