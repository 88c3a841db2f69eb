//! Making sure that what was taken back is not left, sealed, in the files of the database.
//!
//! A withdrawal takes the payload out of its record; but the database keeps what it wrote before until the space is used
//! anew. So the node remembers that something went, and copies the database: when the cell is next opened, and while it
//! runs, at most once a day. A copy that breaks off leaves the old database or the new one, whole ([`copying`]), and the
//! remembering goes only after it.

use kith_protocol::time::Millis;

use super::CellError;
use super::engine::Engine;
#[cfg(doc)]
use crate::store::copying;
use crate::store::{Change, Store};

/// What goes within this long is copied away together, in milliseconds: a minute.
const TOGETHER: u64 = 60_000;
/// While the cell is open it is tried at most so often, in milliseconds: once a day.
const AT_MOST_EVERY: u64 = 24 * 3_600_000;
/// Since when a payload is gone whose old bytes may be in the files.
const GONE: &str = "compacting/gone";
/// When the database was last copied for that, or could not be.
const TRIED: &str = "compacting/tried";

impl Engine {
    /// Takes note that a payload was taken out of a record.
    pub(super) fn payload_went(&mut self) -> Result<(), CellError> {
        if self.noted::<Millis>(GONE)?.is_none() {
            let now = self.now();
            self.staged.note(GONE, minicbor::to_vec(now).unwrap_or_default());
        }
        Ok(())
    }

    /// Whether old bytes of something taken back may be in the files.
    pub(super) fn has_remains(&self) -> Result<bool, CellError> {
        Ok(self.noted::<Millis>(GONE)?.is_some())
    }

    /// Whether it is time to open the cell again for that.
    pub(super) fn compaction_due(&self, now: Millis) -> Result<bool, CellError> {
        let Some(gone) = self.noted::<Millis>(GONE)? else { return Ok(false) };
        let tried = self.noted::<Millis>(TRIED)?;
        let rested = tried.is_none_or(|tried| now.since(tried) >= AT_MOST_EVERY || tried > now);
        // A clock that was set back is no reason to wait for years.
        Ok(rested && (now.since(gone) >= TOGETHER || gone > now))
    }
}

/// Notes in a database that it was copied, or could not be.
pub(super) fn tried(store: &mut dyn Store, now: Millis, copied: bool) -> Result<(), CellError> {
    let bytes = Some(minicbor::to_vec(now).unwrap_or_default());
    let mut changes = vec![Change::Note { name: TRIED.into(), bytes }];
    if copied {
        changes.push(Change::Note { name: GONE.into(), bytes: None });
    }
    Ok(store.commit(changes)?)
}
