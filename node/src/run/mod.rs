//! A whole node, from an opened identity to its orderly end.

mod address;

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

pub use self::address::{AddressError, Announce, Listen};
use crate::api::socket::Socket;
use crate::api::types::{Code, Id};
use crate::api::{self, serve};
use crate::home::Home;
use crate::service::{Service, ServiceError};
use crate::vault::Unlocked;

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
    let service = Service::unopened(closing.clone());
    let socket = Socket::bind(&config.home.paths().socket())?;
    let path = socket.path().to_owned();
    let router = api::router(service, closing.clone());
    let serving = tokio::spawn(serve::serve(socket, router, closing.clone()));
    ready(Ready { socket: path, groups: Vec::new() });
    tokio::select! {
        () = shutdown => closing.cancel(),
        () = closing.cancelled() => {}
    }
    match tokio::time::timeout(END_WITHIN, serving).await {
        Ok(Err(_)) => Err(Code::Internal.into()),
        _ => Ok(()),
    }
}
