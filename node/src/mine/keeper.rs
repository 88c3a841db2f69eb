//! The open shelf of a running node: one thread that reads and changes it.

use std::fs;
use std::path::Path;

use tokio::sync::{mpsc, oneshot};

use crate::disk::RealDisk;
use crate::home::Paths;
use crate::secret::Secret;
use crate::vault::VaultHandle;

use super::{MineError, Shelf};

/// Wishes that may wait. Whoever asks beyond it waits.
const QUEUE: usize = 16;

type Wish = Box<dyn FnOnce(&mut Open) + Send>;

/// What the thread has: the shelf, or nothing because it did not open.
struct Open(Option<Shelf>);

/// A handle to what a person keeps for themselves. The thread ends with the last one.
#[derive(Clone, Debug)]
pub struct MineHandle(mpsc::Sender<Wish>);

impl MineHandle {
    /// Starts the thread, which opens the file at the first wish. A file that does not open is no reason not to
    /// start: every wish then says so, and is tried again.
    ///
    /// # Errors
    /// The system's, if no thread can be started.
    pub fn start(vault: VaultHandle, paths: Paths) -> std::io::Result<MineHandle> {
        let (wishes, mut inbox) = mpsc::channel::<Wish>(QUEUE);
        std::thread::Builder::new().name("mine".into()).spawn(move || {
            let mut open = Open(None);
            while let Some(wish) = inbox.blocking_recv() {
                if open.0.is_none() {
                    match open_or_begin(&vault, &paths) {
                        Ok(shelf) => open.0 = Some(shelf),
                        Err(error) => {
                            tracing::error!(%error, "what the person keeps for themselves did not open")
                        }
                    }
                }
                wish(&mut open);
            }
        })?;
        Ok(MineHandle(wishes))
    }

    /// Does something with the shelf.
    ///
    /// # Errors
    /// What `wish` comes to; [`MineError::Damaged`] if the file did not open, [`MineError::Closed`].
    pub async fn ask<T: Send + 'static>(
        &self,
        wish: impl FnOnce(&mut Shelf) -> Result<T, MineError> + Send + 'static,
    ) -> Result<T, MineError> {
        let (answer, answered) = oneshot::channel();
        let wish: Wish = Box::new(move |open| {
            let done = match &mut open.0 {
                Some(shelf) => wish(shelf),
                None => Err(MineError::Damaged("it did not open")),
            };
            // Whoever asked and went away needs no answer.
            let _ = answer.send(done);
        });
        self.0.send(wish).await.map_err(|_| MineError::Closed)?;
        answered.await.map_err(|_| MineError::Closed)?
    }
}

/// Opens the file, or begins one where there never was one: the file first, then its key in the vault, so that a key
/// in the vault means that there was a file.
fn open_or_begin(vault: &VaultHandle, paths: &Paths) -> Result<Shelf, MineError> {
    let path = paths.mine();
    if let Some(key) = vault.read(|vault| vault.mine.clone())? {
        return Shelf::open(RealDisk, &path, key);
    }
    set_aside(&path)?;
    let key = Secret::random();
    let shelf = Shelf::create(RealDisk, &path, key.clone())?;
    vault.keep_mine(key)?;
    Ok(shelf)
}

/// A file whose key this vault does not hold may be another identity's: it is kept under another name.
fn set_aside(path: &Path) -> Result<(), MineError> {
    if !path.try_exists()? {
        return Ok(());
    }
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", hex::encode(rand::random::<[u8; 4]>())));
    Ok(fs::rename(path, name)?)
}
