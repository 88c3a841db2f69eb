//! Whether the node is open: locking and unlocking it, its first identity, and the page that lets a browser in.

use std::path::PathBuf;

use tokio::sync::watch;
use zeroize::Zeroizing;

use super::{Service, ServiceError};
use crate::api::types::{Begin, Code, LatchState, SignInPage, Standing, Unlock, WithWords};
use crate::home::Paths;
use crate::identity;
use crate::vault::Protection;

/// Makes a page that lets a browser in, and gives the path of its file.
pub type Pages = Box<dyn Fn() -> Result<PathBuf, ServiceError> + Send + Sync>;

impl Service {
    /// How the node stands: without an identity, locked, or open.
    ///
    /// # Errors
    /// [`Code::NotOpen`].
    #[allow(clippy::unused_async, reason = "as every method of the service")]
    pub async fn latch_state(&self) -> Result<LatchState, ServiceError> {
        let latch = self.latch()?;
        Ok(LatchState { standing: latch.standing(), passphrase: !latch.paths().key().exists() })
    }

    /// Opens the node with its passphrase, or without one if the identity has none.
    ///
    /// # Errors
    /// [`Code::NoIdentity`], [`Code::WrongPassphrase`], [`Code::PassphraseNeeded`], [`Code::HomeDamaged`],
    /// [`Code::PortTaken`].
    pub async fn unlock(&self, wish: Unlock) -> Result<LatchState, ServiceError> {
        let latch = self.latch()?;
        let protection = latch.protection(wish.passphrase.map(Zeroizing::new));
        if matches!(protection, Protection::KeyFile(_)) && latch.paths().vault().exists() {
            let key = latch.paths().key();
            key.try_exists().ok().filter(|there| *there).ok_or(ServiceError::of(Code::PassphraseNeeded))?;
        }
        latch.open(protection).await?;
        self.latch_state().await
    }

    /// Closes all groups and forgets all keys until the node is unlocked. What was written is saved.
    ///
    /// # Errors
    /// [`Code::NotOpen`].
    pub async fn lock(&self) -> Result<LatchState, ServiceError> {
        self.latch()?.lock().await;
        self.latch_state().await
    }

    /// Makes an identity, or brings one back by its recovery words, in a home that has none; and opens the node.
    ///
    /// # Errors
    /// [`Code::IdentityExists`], [`Code::BadRecoveryWords`], [`Code::PortTaken`].
    pub async fn begin(&self, wish: Begin) -> Result<LatchState, ServiceError> {
        let latch = self.latch()?;
        let protection = latch.protection(wish.passphrase.map(Zeroizing::new));
        latch.begin(wish.words.map(Zeroizing::new), protection).await?;
        self.latch_state().await
    }

    /// The recovery words of the identity, for whoever opens it once more to see them.
    ///
    /// # Errors
    /// As [`Service::unlock`].
    pub async fn recovery_words(&self, wish: Unlock) -> Result<WithWords, ServiceError> {
        let latch = self.latch()?;
        let protection = latch.protection(wish.passphrase.map(Zeroizing::new));
        let words = latch.read(move |home| Ok(identity::words(&identity::open(home, &protection)?))).await?;
        Ok(WithWords { words: words.to_string() })
    }

    /// A new page that lets a browser in, once. The one before lets nobody in any more.
    ///
    /// # Errors
    /// [`Code::NoPages`] if this node serves none.
    #[allow(clippy::unused_async, reason = "as every method of the service")]
    pub async fn page(&self) -> Result<SignInPage, ServiceError> {
        self.latch()?;
        let make = self.pages.get().ok_or(ServiceError::of(Code::NoPages))?;
        Ok(SignInPage { path: make()?.display().to_string() })
    }

    /// Has [`Service::page`] make its pages so. The first to say it is heard.
    pub(crate) fn pages_by(&self, make: Pages) {
        let _ = self.pages.set(make);
    }

    /// How often the node was locked since the program started: who was let in before a lock is out after it.
    pub fn locks(&self) -> u64 {
        self.latch.as_ref().map_or(0, crate::latch::Latch::locks)
    }

    /// How the node stands, now and whenever it changes.
    pub fn standing(&self) -> Standing {
        self.latch().map_or(Standing::Locked, crate::latch::Latch::standing)
    }

    /// Told whenever the node opens, is locked, or ends.
    ///
    /// # Errors
    /// [`Code::NotOpen`].
    pub fn opened_or_locked(&self) -> Result<watch::Receiver<bool>, ServiceError> {
        let mut node = self.latch()?.changes();
        let (told, heard) = watch::channel(node.borrow_and_update().is_some());
        tokio::spawn(async move {
            while node.changed().await.is_ok() {
                if told.send(node.borrow_and_update().is_some()).is_err() {
                    return;
                }
            }
        });
        Ok(heard)
    }

    /// Where the files of its home are.
    ///
    /// # Errors
    /// [`Code::NotOpen`].
    pub fn home(&self) -> Result<&Paths, ServiceError> {
        Ok(self.latch()?.paths())
    }

    /// What time it is on this device, as the node sees it.
    ///
    /// # Errors
    /// [`Code::NotOpen`].
    pub fn now(&self) -> Result<kith_protocol::time::Millis, ServiceError> {
        Ok(self.latch()?.clock().now())
    }
}
