//! The open vault of a running node: one thread that changes it and saves it, for all cells.

use std::sync::mpsc::{SyncSender, sync_channel};

use kith_protocol::time::Month;

use super::{CellKeys, Unlocked, VaultError};
use crate::secret::Secret;

/// Changes that may wait. Whoever asks beyond it waits.
const QUEUE: usize = 64;

type Change = Box<dyn FnOnce(&mut Unlocked) + Send>;

/// A handle to the open vault. The thread ends, and the keys in memory are wiped, with the last one.
#[derive(Clone, Debug)]
pub struct VaultHandle(SyncSender<Change>);

impl VaultHandle {
    /// Hands the vault to its thread.
    ///
    /// # Errors
    /// The system's, if no thread can be started.
    pub fn start(mut vault: Unlocked) -> std::io::Result<VaultHandle> {
        let (changes, inbox) = sync_channel::<Change>(QUEUE);
        std::thread::Builder::new().name("vault".into()).spawn(move || {
            for change in inbox {
                change(&mut vault);
            }
        })?;
        Ok(VaultHandle(changes))
    }

    /// Looks at the vault. Blocks for as long as the changes before it take: milliseconds.
    ///
    /// # Errors
    /// [`VaultError::Closed`].
    pub fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Unlocked) -> T + Send + 'static,
    ) -> Result<T, VaultError> {
        self.ask(move |vault| look(vault))
    }

    /// Changes the cells and saves. Nothing has changed if saving fails.
    ///
    /// # Errors
    /// [`VaultError::Io`], [`VaultError::Closed`].
    pub fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Vec<CellKeys>) -> T + Send + 'static,
    ) -> Result<T, VaultError> {
        self.ask(move |vault| {
            let before = vault.cells.clone();
            let done = change(&mut vault.cells);
            if vault.cells != before
                && let Err(error) = vault.save()
            {
                vault.cells = before;
                return Err(error);
            }
            Ok(done)
        })?
    }

    /// Changes one cell and saves; a cell that is not there any more stays so.
    ///
    /// # Errors
    /// As [`VaultHandle::change`].
    pub fn change_cell(
        &self,
        dir: &str,
        change: impl FnOnce(&mut CellKeys) + Send + 'static,
    ) -> Result<(), VaultError> {
        let dir = dir.to_owned();
        self.change(move |cells| {
            if let Some(cell) = cells.iter_mut().find(|cell| cell.dir == dir) {
                change(cell);
            }
        })
    }

    /// Keeps the key of what the person keeps for themselves, and saves. Nothing has changed if saving fails.
    ///
    /// # Errors
    /// As [`VaultHandle::change`].
    pub fn keep_mine(&self, key: Secret) -> Result<(), VaultError> {
        self.ask(move |vault| {
            let before = vault.mine.replace(key);
            let saved = vault.save();
            if saved.is_err() {
                vault.mine = before;
            }
            saved
        })?
    }

    /// The key that seals a month of one cell's content; drawn and saved if there is none yet.
    ///
    /// # Errors
    /// As [`VaultHandle::change`].
    pub fn month_key(&self, dir: &str, month: Month) -> Result<[u8; 32], VaultError> {
        let dir = dir.to_owned();
        self.change(move |cells| {
            let cell = cells.iter_mut().find(|cell| cell.dir == dir);
            let key = cell.map(|cell| cell.months.entry(month).or_insert_with(Secret::random));
            key.map(|key| *key.bytes())
        })?
        .ok_or(VaultError::Closed)
    }

    fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&mut Unlocked) -> T + Send + 'static,
    ) -> Result<T, VaultError> {
        let (answer, answered) = sync_channel(1);
        let change: Change = Box::new(move |vault| {
            // Whoever asked and went away needs no answer.
            let _ = answer.send(ask(vault));
        });
        self.0.send(change).map_err(|_| VaultError::Closed)?;
        answered.recv().map_err(|_| VaultError::Closed)
    }
}
