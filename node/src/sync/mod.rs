//! Reconciliation over a stream: runs a [`Session`](kith_protocol::sync::Session) between a peer and a
//! [`Replica`], with a deadline on everything.
//!
//! Guarantees: one session never holds more than a few windows (and the ids announced in it) of envelopes in memory, whatever the peer
//! does; a peer that is silent or crawls ends it after [`Timeouts::idle`], a peer that breaks a rule at once.
//! A session that breaks off leaves what it had admitted, and the next one goes on from there.

mod drive;
mod frame;
mod replica;
#[cfg(test)]
mod tests;

use std::time::Duration;

use futures::{AsyncRead, AsyncWrite};
use kith_protocol::sync::{Role, Scope, SyncError, Terms};
use thiserror::Error;

pub use replica::{Replica, ReplicaError};

/// How a session is run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Which side of the stream this is.
    pub role: Role,
    /// How much the peer is served.
    pub scope: Scope,
    /// Whether ids are compared under a salt (once a week; costs hashing every id).
    pub salted: bool,
    /// When to give up.
    pub timeouts: Timeouts,
}

/// When a session gives up.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Without progress on the stream: a whole frame, or 16 KiB of one.
    pub idle: Duration,
    /// In all.
    pub whole: Duration,
    /// After all is said, for the peer to close its half; running out of it is no failure.
    pub goodbye: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Timeouts {
            idle: Duration::from_secs(30),
            whole: Duration::from_secs(3600),
            goodbye: Duration::from_secs(5),
        }
    }
}

/// How far the catching up has come: for a display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Envelopes that arrived and were admitted or refused.
    pub received: u64,
    /// Envelopes known to be missing, arrived ones included; grows while the comparison goes on.
    pub of: u64,
}

/// What a finished session did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Whether everything that differed was compared. If not, run another session: it goes on from here.
    pub complete: bool,
    /// Envelopes that arrived.
    pub received: u64,
    /// Envelopes sent.
    pub sent: u64,
    /// Bytes read from the stream.
    pub bytes_in: u64,
    /// Bytes written to the stream.
    pub bytes_out: u64,
}

/// Why a session broke off.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SyncFailure {
    /// The peer broke a rule: disconnect it.
    #[error(transparent)]
    Peer(#[from] SyncError),
    /// The peer did not get on: silent, crawling, or the session took longer than it may.
    #[error("the peer made no progress in time")]
    TimedOut,
    /// The stream ended in the middle.
    #[error("the stream ended before the session did")]
    Closed,
    /// The stream failed.
    #[error("the stream failed: {0}")]
    Stream(#[from] std::io::Error),
    /// This side's store could not go on.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
}

/// Runs one session to its end and closes the stream.
///
/// `progress` is called whenever envelopes have been admitted; it must not block.
///
/// # Errors
/// [`SyncFailure`]; whatever was admitted before stays.
pub async fn run<S, R>(
    stream: S,
    options: Options,
    replica: &R,
    progress: impl FnMut(Progress) + Send,
) -> Result<Outcome, SyncFailure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    R: Replica,
{
    let terms = Terms {
        role: options.role,
        scope: options.scope,
        since: replica.since().await?,
        salted: options.salted,
        nonce: rand::random(),
        identify: R::identify,
    };
    let (drive, first) = drive::Drive::new(stream, options, terms, replica, progress);
    drive.run(first).await
}
