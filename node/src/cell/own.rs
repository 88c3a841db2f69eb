//! The log that this device writes in one group.
//!
//! Guarantees: an entry written here is on the disk before anybody hears of it; two entries of this log never
//! get the same place. When that can no longer be shown (a restored backup, a moved folder, peers who know a
//! later entry of this log), the log is [`Own::stale`], and the cell opens another.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use kith_protocol::admit::Verified;
use kith_protocol::id::{EntryId, LogId};

use super::CellError;
use crate::disk::RealDisk;
use crate::own_log::{Form, OwnLog, Record};
use crate::secret::Secret;

/// This device's log.
pub(super) struct Own {
    path: PathBuf,
    key: Secret,
    log: LogId,
    /// None if it cannot be continued.
    file: Option<OwnLog>,
    next: u64,
    prev: Option<EntryId>,
    last_control: Option<(u64, EntryId)>,
    pending: Vec<Record>,
    stale: bool,
    /// What is to be left in the file of entries that were taken back.
    left: BTreeMap<u64, Vec<u8>>,
    /// Entries in the file that others must seal.
    signed: BTreeSet<u64>,
    /// Entries in the file that other members' nodes hold.
    elsewhere: BTreeSet<u64>,
}

/// The file is trimmed when it has grown to this: bytes.
const TRIM_FROM: u64 = 1 << 20;

/// How much room to find before trying again after a failed write, in bytes.
const ROOM: usize = 1 << 18;

impl Own {
    /// A log, with its file if it can be continued.
    pub(super) fn new(path: PathBuf, key: Secret, log: LogId, file: Option<OwnLog>) -> Own {
        let (next, stale) = (file.as_ref().map_or(0, OwnLog::next_seq), file.is_none());
        let prev = file.as_ref().and_then(OwnLog::head).map(|head| head.entry);
        let pending = Vec::new();
        let (signed, elsewhere, left) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
        Own { path, key, log, file, next, prev, last_control: None, pending, stale, left, signed, elsewhere }
    }

    /// Begins another log in place of this one, whose entries are all in the store.
    pub(super) fn replace(&mut self, log: LogId) -> Result<(), CellError> {
        self.sync()?;
        let file = OwnLog::create(RealDisk, &self.path, self.key.bytes(), log)?;
        *self = Own::new(self.path.clone(), self.key.clone(), log, Some(file));
        Ok(())
    }

    /// Takes note of a control entry of mine that the store held.
    pub(super) fn restored(&mut self, verified: &Verified) {
        let entry = verified.entry();
        if entry.log == self.log && self.last_control.is_none_or(|(seq, _)| seq < entry.seq) {
            self.last_control = Some((entry.seq, *verified.entry_id()));
        }
    }

    pub(super) fn log(&self) -> LogId {
        self.log
    }

    /// The place of the next entry.
    pub(super) fn next_seq(&self) -> u64 {
        self.next
    }

    /// The last entry, written or about to be.
    pub(super) fn prev(&self) -> Option<EntryId> {
        self.prev
    }

    pub(super) fn last_control(&self) -> Option<EntryId> {
        self.last_control.map(|(_, id)| id)
    }

    /// Whether another log must be opened before anything is written.
    pub(super) fn stale(&self) -> bool {
        self.stale
    }

    /// Takes an entry of mine that went through the door; on the disk after [`Own::sync`].
    pub(super) fn append(&mut self, verified: &Verified) {
        self.push(Record {
            seq: verified.entry().seq,
            entry: *verified.entry_id(),
            form: Form::Envelope,
            bytes: verified.envelope().encode(),
        });
        if verified.entry().body.kind().is_control() {
            self.last_control = Some((verified.entry().seq, *verified.entry_id()));
        }
    }

    fn push(&mut self, record: Record) {
        self.next = record.seq.saturating_add(1);
        self.prev = Some(record.entry);
        self.pending.push(record);
    }

    /// Brings everything appended to the disk.
    pub(super) fn sync(&mut self) -> Result<(), CellError> {
        if !self.pending.is_empty() {
            let pending = std::mem::take(&mut self.pending);
            let file = self.file.as_mut().ok_or(CellError::Broken)?;
            file.append(&pending)?;
        }
        Ok(())
    }

    /// Takes note that of an entry of mine only this is to be kept.
    pub(super) fn forget_payload(&mut self, log: &LogId, seq: u64, left: Vec<u8>) {
        if *log == self.log {
            self.left.insert(seq, left);
        }
    }

    /// Takes the payloads out of the file that are to be forgotten.
    pub(super) fn shrink(&mut self) -> Result<(), CellError> {
        if !self.left.is_empty()
            && let Some(file) = self.file.as_mut()
        {
            file.shrink(&self.left)?;
            self.left.clear();
        }
        Ok(())
    }

    /// Whether the disk takes something.
    pub(super) fn has_room(&self) -> bool {
        let probe = self.path.with_extension("probe");
        let written = std::fs::write(&probe, [0; ROOM]).is_ok();
        // A probe that could not be written may be there in part.
        std::fs::remove_file(&probe).is_ok() && written
    }

    /// Looks at an entry of mine that is in, from wherever it came.
    pub(super) fn met(&mut self, verified: &Verified) {
        let entry = verified.entry();
        if entry.log == self.log && entry.seq >= self.next {
            tracing::warn!("others know later entries of this device's log; it goes on in a new one");
            self.stale = true;
        }
        if entry.log == self.log && self.signed.contains(&entry.seq) {
            // Somebody else sealed it, and has it.
            self.elsewhere.insert(entry.seq);
        }
    }

    /// Takes note that the history of a log of mine split.
    pub(super) fn split(&mut self, log: &LogId) {
        if *log == self.log && !self.stale {
            tracing::warn!("the history of this device's log split; it goes on in a new one");
            self.stale = true;
        }
    }

    /// Takes note that the file has an entry which this device could not seal itself.
    pub(super) fn unsealed(&mut self, seq: u64) {
        self.signed.insert(seq);
    }

    /// Another member's node holds an entry of a log of mine.
    pub(super) fn held(&mut self, log: &LogId, seq: u64) {
        if *log == self.log {
            self.elsewhere.insert(seq);
        }
    }

    /// Drops from the beginning of the file what others hold, when that makes it half as long or less.
    pub(super) fn trim(&mut self) -> Result<(), CellError> {
        let Some(file) = self.file.as_mut().filter(|file| file.size() >= TRIM_FROM) else { return Ok(()) };
        let kept = file.kept() as u64;
        let first = file.next_seq().saturating_sub(kept);
        let held =
            (first..).zip(self.elsewhere.range(first..)).take_while(|(seq, held)| seq == *held).count();
        let held = held as u64;
        if held > 0 && held >= kept / 2 {
            let rest = first.saturating_add(held);
            file.trim(rest.saturating_sub(1))?;
            self.elsewhere = self.elsewhere.split_off(&rest);
            self.signed = self.signed.split_off(&rest);
        }
        Ok(())
    }
}
