//! The latch of a home: whether its identity is there, locked, or open, and the way from one to the other.
//!
//! Guarantees: locked means that no group is open and no key is in memory, as soon as what is under way has ended;
//! everything that was asked of the open node afterwards is refused at once. One opening or closing happens at a time.
//! Stretching a passphrase blocks nobody else.
//!
//! Each lock is counted ([`Latch::locks`]), so that who was let in before it can be told from who came after.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use crate::api::types::{Code, Standing};
use crate::clock::Clock;
use crate::dht::Serving;
use crate::directory::Directories;
use crate::home::{Home, Paths};
use crate::identity;
use crate::mine::MineHandle;
use crate::run::Reach;
use crate::service::{Node, ServiceError, Stretching, chosen};
use crate::supervisor::{Settings, SupervisorHandle};
use crate::vault::{Protection, Unlocked, VaultHandle};

/// What a home opens with, each time.
pub(crate) struct Opens {
    pub(crate) home: Home,
    pub(crate) socket: PathBuf,
    pub(crate) clock: Clock,
    /// How it is reached, and reaches others.
    pub(crate) reach: Reach,
    /// The server of the DHT beside it, if its person chose to have one.
    pub(crate) dht: Option<Serving>,
    #[cfg(feature = "lab")]
    pub(crate) tap: crate::swarm::Tap,
}

/// The latch: a cheap handle.
#[derive(Clone)]
pub(crate) struct Latch(Arc<Inner>);

struct Inner {
    opens: Arc<Opens>,
    closing: CancellationToken,
    node: watch::Sender<Option<Arc<Node>>>,
    locks: AtomicU64,
    /// Whose turn it is to open or to close.
    turn: Semaphore,
}

impl Latch {
    /// A locked home. Nodes opened from it end when `closing` is cancelled.
    pub(crate) fn new(opens: Opens, closing: CancellationToken) -> Latch {
        let node = watch::Sender::new(None);
        let turn = Semaphore::new(1);
        Latch(Arc::new(Inner { opens: Arc::new(opens), closing, node, locks: AtomicU64::new(0), turn }))
    }

    /// The open node; else why there is none.
    pub(crate) fn node(&self) -> Result<Arc<Node>, ServiceError> {
        match self.0.node.borrow().clone() {
            Some(node) => Ok(node),
            None => Err(match self.standing() {
                Standing::NoIdentity => Code::NoIdentity.into(),
                _ => Code::Locked.into(),
            }),
        }
    }

    /// How it stands.
    pub(crate) fn standing(&self) -> Standing {
        let paths = self.paths();
        if self.0.node.borrow().is_some() {
            Standing::Open
        } else if !paths.vault().exists() {
            Standing::NoIdentity
        } else if self.0.turn.available_permits() == 0 {
            Standing::Opening
        } else {
            Standing::Locked
        }
    }

    /// How often it was locked since the program started.
    pub(crate) fn locks(&self) -> u64 {
        self.0.locks.load(Ordering::Acquire)
    }

    /// Told whenever a node opens or closes.
    pub(crate) fn changes(&self) -> watch::Receiver<Option<Arc<Node>>> {
        self.0.node.subscribe()
    }

    /// Where its files are.
    pub(crate) fn paths(&self) -> &Paths {
        self.0.opens.home.paths()
    }

    /// How it is reached, and reaches others.
    pub(crate) fn reach(&self) -> &Reach {
        &self.0.opens.reach
    }

    /// The server of the DHT beside it.
    pub(crate) fn dht(&self) -> Option<&Serving> {
        self.0.opens.dht.as_ref()
    }

    /// What tells the time.
    pub(crate) fn clock(&self) -> &Clock {
        &self.0.opens.clock
    }

    /// What an identity opens with: the passphrase if one is given, else the key file.
    pub(crate) fn protection(&self, passphrase: Option<Zeroizing<String>>) -> Protection {
        match passphrase.filter(|passphrase| !passphrase.is_empty()) {
            Some(passphrase) => Protection::Passphrase(passphrase),
            None => Protection::KeyFile(self.paths().key()),
        }
    }

    /// Opens the identity that is there. One that is open already stays so, if the protection fits.
    ///
    /// # Errors
    /// As [`identity::open`], and as [`SupervisorHandle::start`].
    pub(crate) async fn open(&self, protection: Protection) -> Result<(), ServiceError> {
        self.with(move |home| identity::open(home, &protection)).await
    }

    /// Makes an identity, or brings one back by its words, and opens it.
    ///
    /// # Errors
    /// As [`identity::create`] and [`identity::recover`], and as [`SupervisorHandle::start`].
    pub(crate) async fn begin(
        &self,
        words: Option<Zeroizing<String>>,
        protection: Protection,
    ) -> Result<(), ServiceError> {
        self.with(move |home| match words {
            Some(words) => identity::recover(home, &words, &protection),
            None => identity::create(home, &protection),
        })
        .await
    }

    /// Looks at the home where blocking is fine.
    ///
    /// # Errors
    /// What looking comes to.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Home) -> Result<T, ServiceError> + Send + 'static,
    ) -> Result<T, ServiceError> {
        let opens = Arc::clone(&self.0.opens);
        let read = tokio::task::spawn_blocking(move || look(&opens.home)).await;
        read.map_err(|_| ServiceError::of(Code::Internal))?
    }

    async fn with(
        &self,
        unlock: impl FnOnce(&Home) -> Result<Unlocked, ServiceError> + Send + 'static,
    ) -> Result<(), ServiceError> {
        let latch = self.clone();
        // In a task of its own: whoever asked and went away leaves no half of an opening behind.
        let opened = tokio::spawn(async move {
            let _turn = latch.0.turn.acquire().await.map_err(|_| ServiceError::of(Code::NotOpen))?;
            let unlocked = latch.read(unlock).await?;
            latch.start(unlocked).await
        });
        opened.await.map_err(|_| ServiceError::of(Code::Internal))?
    }

    /// Opens with an identity that is unlocked already.
    ///
    /// # Errors
    /// As [`SupervisorHandle::start`].
    pub(crate) async fn enter(&self, unlocked: Unlocked) -> Result<(), ServiceError> {
        let _turn = self.0.turn.acquire().await.map_err(|_| ServiceError::of(Code::NotOpen))?;
        self.start(unlocked).await
    }

    async fn start(&self, unlocked: Unlocked) -> Result<(), ServiceError> {
        if self.0.node.borrow().is_some() {
            return Ok(());
        }
        if self.0.closing.is_cancelled() {
            return Err(Code::NotOpen.into());
        }
        let opens = &self.0.opens;
        let saved = opens.home.config()?;
        let vault = VaultHandle::start(unlocked).map_err(|_| ServiceError::of(Code::Internal))?;
        let mine = MineHandle::start(vault.clone(), self.paths().clone());
        let mine = mine.map_err(|_| ServiceError::of(Code::Internal))?;
        let closing = self.0.closing.child_token();
        let directories = Directories::start(
            vault.clone(),
            mine.clone(),
            self.paths(),
            opens.clock.clone(),
            closing.clone(),
        );
        let (choices, chosen) = watch::channel(chosen(&vault, &mine).await);
        let settings = Settings {
            opens: Arc::clone(opens),
            vault,
            cache: saved.cache_mib.saturating_mul(1 << 20),
            choices: chosen,
            posts_an_hour: saved.posts_an_hour,
            search: saved.search_mib.saturating_mul(1 << 20),
        };
        let (supervisor, cells) = SupervisorHandle::start(settings).await?;
        self.0.node.send_replace(Some(Arc::new(Node {
            supervisor,
            cells,
            clock: opens.clock.clone(),
            started: opens.clock.now(),
            paths: self.paths().clone(),
            socket: opens.socket.clone(),
            stretching: Stretching::default(),
            mine,
            directories,
            choices,
            closing,
        })));
        Ok(())
    }

    /// Closes the node, if one is open: from here on nothing is answered, and when this returns its groups are closed.
    pub(crate) async fn lock(&self) {
        let latch = self.clone();
        let locked = tokio::spawn(async move {
            let Ok(_turn) = latch.0.turn.acquire().await else { return };
            latch.0.locks.fetch_add(1, Ordering::AcqRel);
            let Some(node) = latch.0.node.send_replace(None) else { return };
            node.closing.cancel();
            node.supervisor.close().await;
        });
        if locked.await.is_err() {
            tracing::error!("closing the groups broke off");
        }
    }
}
