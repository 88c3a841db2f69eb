//! How long what is written is kept, to all or to one alone: as the charter says, or shorter where this person wishes it.
//!
//! Content goes by whole months, with the month's key, once all of a month is older than it is to be kept. Both ends of
//! a reconciliation agree on the later of their first months, so that what one has let go is not missing there.

use std::path::Path;

use kith_protocol::time::{Millis, Month};

use super::CellError;
use super::compacting;
use super::engine::Engine;
use super::sets::Sets;
use crate::store::{DataKeys, MemoryStore, SledStore, copying};

const DAY: u64 = 24 * 3_600_000;
/// A database is copied when it is this many times as large as what is in it should take, in bytes an envelope.
const BLOATED: u64 = 3;
const ENVELOPE: u64 = 1500;
/// Smaller ones are let be, in bytes.
const SMALL: u64 = 64 << 20;

/// Where a cell's database is, and what opens it.
pub(super) struct Files<'a> {
    pub(super) db: &'a Path,
    pub(super) keys: DataKeys,
    pub(super) cache: u64,
}

impl Engine {
    /// The first month that is kept for its age; none if everything is.
    pub(super) fn kept_from(&self) -> Option<Month> {
        let charter = self.group.as_ref().map_or(0, |group| group.charter().retention_days);
        let days = [charter, self.keep_days].into_iter().filter(|days| *days > 0).min()?;
        let age = u64::from(days).saturating_mul(DAY);
        Some(Millis(self.now().0.saturating_sub(age)).month())
    }

    /// Whether a month has outlived its time.
    pub(crate) fn outlived(&self) -> Result<bool, CellError> {
        let Some(from) = self.kept_from() else { return Ok(false) };
        Ok(self.store.months()?.first().is_some_and(|first| *first < from))
    }

    /// Keeps what others write for so many days at most, whatever the charter says; 0: as the charter says.
    pub(crate) fn keep(&mut self, days: u32) -> Result<(), CellError> {
        self.vault.change_cell(&self.dir, move |cell| cell.keep_days = days)?;
        self.keep_days = days;
        self.tidy = self.outlived()?;
        Ok(())
    }

    /// For how many days at most this person keeps what others write; 0: as the charter says.
    pub(crate) fn keeps(&self) -> u32 {
        self.keep_days
    }

    /// Lets go what was said to this person alone, or by them to another, before the first month that is kept.
    pub(super) fn let_go_alone(&mut self) -> Result<(), CellError> {
        let Some(from) = self.kept_from() else { return Ok(()) };
        self.let_go_told()?;
        self.let_go_letters(from)?;
        self.let_go_between(from)
    }

    /// Lets go what has outlived its time, and makes the files small again, if there is reason to. When a cell is
    /// opened, before the own log is replayed.
    pub(super) fn prune(&mut self, files: Files<'_>) -> Result<(), CellError> {
        let from = self.kept_from().unwrap_or(Month(0));
        let live = self.store.counts()?.envelopes.saturating_mul(ENVELOPE);
        let size = copying::size(files.db);
        let bloated = size > SMALL && size > live.saturating_mul(BLOATED);
        let remains = self.has_remains()?;
        if !bloated && !remains && !self.outlived()? {
            return Ok(());
        }
        tracing::info!(size, "copying what is to be kept of a group");
        // Closed before it is copied: only one may have the files.
        self.store = Box::new(MemoryStore::new(files.keys.clone()));
        let copied = copying::copy(files.db, &files.keys, from);
        let done = copied.is_ok();
        match copied {
            Ok(()) => {
                self.vault
                    .change_cell(&self.dir, move |cell| cell.months.retain(|month, _| *month >= from))?;
            }
            // All is where it was; it is tried again when the cell is next opened.
            Err(error) => tracing::warn!(%error, "what is to be kept of a group could not be copied"),
        }
        let dir = self.dir.clone();
        let keys = self.vault.read(move |vault| vault.cell(&dir).map(|cell| cell.data_keys()))?;
        let keys = keys.ok_or(CellError::Closed)?;
        self.store = Box::new(SledStore::open(files.db, keys, files.cache)?);
        if remains {
            let now = self.now();
            compacting::tried(self.store.as_mut(), now, done)?;
        }
        self.sets = Sets::of(self.store.as_ref())?;
        Ok(())
    }
}
