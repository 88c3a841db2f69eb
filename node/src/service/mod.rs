//! What people can do with a node. Every face (the local API, the web app) calls this and nothing else.
//!
//! Guarantees: what a method has answered with success is durable. A method may be dropped at any await
//! point; it then either happened wholly or not at all, and can be asked again. Groups, posts, invites and
//! members are named as [`crate::api::types`] says; [`resolve`] finds them.
//!
//! Refuses: everything a member's role does not allow, before anything is written; and everything at all
//! while the node is not open ([`Code::Locked`], [`Code::NoIdentity`], [`Code::NotOpen`]).

mod answering;
mod attachments;
mod calendar;
mod circles;
pub mod coach;
mod contacts;
mod directory;
mod doors;
mod drafts;
mod feed;
mod governing;
mod groups;
mod hearing;
mod intros;
mod invites;
mod keepers;
mod knocks;
mod letters;
mod library;
mod may;
mod members;
mod milestones;
pub mod mine;
mod moderation;
mod moment;
mod node;
mod notes;
mod place;
mod problem;
pub mod resolve;
mod rota;
mod search;
mod sharing;
mod standing;
mod talk;
pub mod templates;
pub mod text;
mod welcome;

pub(crate) use doors::Stretching;
pub(crate) use notes::chosen;
pub use search::{FOUND, FOUND_MOST, Search};
pub use standing::Pages;
pub use talk::LOOKED_THROUGH;

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use futures::Stream;
use kith_protocol::id::EntryId;
use kith_protocol::time::Millis;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use self::resolve::Thing;
use crate::api::types::{Code, Problem};
use crate::cell::{Cell, Choices};
use crate::clock::Clock;
use crate::directory::Directories;
use crate::home::Paths;
use crate::latch::Latch;
use crate::mine::MineHandle;
use crate::supervisor::{Cells, SupervisorHandle};

/// Why a wish was not granted: a code, what happened, and what the person can do.
pub type ServiceError = Problem;

/// Items as they come; ends when the node closes. An error item is the last one.
pub type Feed<T> = Pin<Box<dyn Stream<Item = Result<T, ServiceError>> + Send>>;

/// How many posts [`Service::read`] gives if nobody says.
pub const PAGE: usize = 50;
/// How many posts [`Service::read`] gives at most at once.
pub const PAGE_MOST: usize = 500;

/// What people can do with a node: a cheap handle.
#[derive(Clone)]
pub struct Service {
    closing: CancellationToken,
    latch: Option<Latch>,
    pages: Arc<OnceLock<Pages>>,
}

/// An open node.
pub(crate) struct Node {
    pub(crate) supervisor: SupervisorHandle,
    pub(crate) cells: watch::Receiver<Cells>,
    pub(crate) clock: Clock,
    pub(crate) started: Millis,
    pub(crate) paths: Paths,
    pub(crate) socket: PathBuf,
    pub(crate) stretching: Stretching,
    pub(crate) mine: MineHandle,
    pub(crate) directories: Directories,
    pub(crate) choices: watch::Sender<Choices>,
    /// Cancelled when the node is locked, or ends.
    pub(crate) closing: CancellationToken,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}

impl Service {
    /// A service without a home: every method but [`Service::stop`] answers [`Code::NotOpen`].
    /// Stopping cancels `closing`.
    pub fn unopened(closing: CancellationToken) -> Service {
        Service { closing, latch: None, pages: Arc::default() }
    }

    /// The service of a home, whether it is open or locked.
    pub(crate) fn of(latch: Latch, closing: CancellationToken) -> Service {
        Service { closing, latch: Some(latch), pages: Arc::default() }
    }

    fn latch(&self) -> Result<&Latch, ServiceError> {
        self.latch.as_ref().filter(|_| !self.closing.is_cancelled()).ok_or(Code::NotOpen.into())
    }

    fn node(&self) -> Result<Arc<Node>, ServiceError> {
        self.latch()?.node()
    }

    fn cells(&self) -> Result<Cells, ServiceError> {
        Ok(self.node()?.cells.borrow().clone())
    }

    /// The group that `given` names.
    async fn cell(&self, given: &str) -> Result<Cell, ServiceError> {
        let mut candidates = Vec::new();
        for cell in self.cells()?.values() {
            let title = cell.engine.read(|engine| Ok(engine.summary().title)).await?;
            candidates.push((cell.id.to_string(), title, cell.clone()));
        }
        let named = candidates.iter().map(|(id, title, cell)| (id.clone(), title.as_deref(), cell.clone()));
        resolve::one(Thing::Group, given, named)
    }

    /// The groups to look in: the one named, or all.
    async fn within(&self, group: Option<&str>) -> Result<Vec<Cell>, ServiceError> {
        match group {
            Some(group) => Ok(vec![self.cell(group).await?]),
            None => Ok(self.cells()?.values().cloned().collect()),
        }
    }

    /// The post or reply that `given` names, and its group.
    async fn find_post(&self, given: &str) -> Result<(Cell, EntryId), ServiceError> {
        let Some(prefix) = resolve::prefix(given) else { return Err(Thing::Post.unknown(given)) };
        let mut found = Vec::new();
        for cell in self.cells()?.values() {
            let prefix = prefix.clone();
            let posts = cell.engine.read(move |engine| engine.find_posts(&prefix)).await?;
            found.extend(posts.into_iter().map(|post| (post.to_string(), None, (cell.clone(), post))));
        }
        resolve::one(Thing::Post, given, found)
    }
}
