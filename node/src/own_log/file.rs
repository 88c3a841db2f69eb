use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use kith_protocol::id::LogId;

use crate::disk::{Disk, DiskFile, RealDisk, beside};
use crate::secret::Secret;

use super::frame::{FRONT, Front, Header, Sealer};
use super::scan::{Scanned, scan};
use super::{Form, Head, Opened, OwnLogError, Record, Retire, Verdict};

/// An own log that may be written to.
pub struct OwnLog<D: Disk = RealDisk> {
    disk: D,
    path: PathBuf,
    sealer: Sealer,
    header: Header,
    file: D::File,
    /// Where each record after the header starts.
    starts: Vec<u64>,
    /// Where the next one goes.
    end: u64,
    head: Option<Head>,
    broken: bool,
}

impl<D: Disk> std::fmt::Debug for OwnLog<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnLog")
            .field("log", &self.header.log)
            .field("head", &self.head())
            .finish_non_exhaustive()
    }
}

impl<D: Disk> OwnLog<D> {
    /// Starts the file of a new log, in place of one that is there.
    ///
    /// Whoever replaces a retired log has first replayed its records into the store.
    ///
    /// # Errors
    /// [`OwnLogError::Io`]; a file that was there is then as it was.
    pub fn create(disk: D, path: &Path, key: &[u8; 32], log: LogId) -> Result<Self, OwnLogError> {
        Self::write_new(disk, path, Secret::new(*key), log, None, &[])
    }

    /// Opens the file of a log and says whether it may be continued. `known` is the last place of this log that
    /// the store holds (a store that holds it must hold all before it, or have them from this file).
    ///
    /// # Errors
    /// [`OwnLogError::Io`], which says nothing about the log: try again or tell the person.
    pub fn open(
        disk: D,
        path: &Path,
        key: &[u8; 32],
        log: LogId,
        known: Option<u64>,
    ) -> Result<Opened<Self>, OwnLogError> {
        let retire = |why, records| Ok(Opened { verdict: Verdict::Retire(why), records });
        let mut file = match disk.open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return retire(Retire::Missing, Vec::new());
            }
            other => other?,
        };
        let Some(Scanned { sealer, header, starts, end, head, records, damaged }) =
            scan(&mut file, &Secret::new(*key), known)?
        else {
            return retire(Retire::Damaged, Vec::new());
        };
        if header.log != log {
            return retire(Retire::OtherLog, records);
        }
        if header.file != file.whereabouts()? || header.dir != disk.whereabouts(parent(path))? {
            return retire(Retire::Moved, records);
        }
        if damaged {
            return retire(Retire::Damaged, records);
        }
        if head.map(|head| head.seq) < known {
            return retire(Retire::Behind, records);
        }
        // What is about to be replayed and shown to others must not vanish in a power cut: a record may have
        // been written, but not synced, when the process was killed.
        file.set_len(end)?;
        file.sync()?;
        let path = path.to_owned();
        let log = OwnLog { disk, path, sealer, header, file, starts, end, head, broken: false };
        Ok(Opened { verdict: Verdict::Continue(log), records })
    }

    /// Which log it is.
    pub fn log(&self) -> LogId {
        self.header.log
    }

    /// The last entry; none in a new log.
    pub fn head(&self) -> Option<Head> {
        self.head
    }

    /// The place of the next entry.
    pub fn next_seq(&self) -> u64 {
        after(self.head)
    }

    /// How many entries the file holds that were not trimmed.
    pub fn kept(&self) -> usize {
        self.starts.len()
    }

    /// How many bytes the file has: a cell trims when it is worth it.
    pub fn size(&self) -> u64 {
        self.end
    }

    /// Appends entries and returns when all of them are on the disk, after one sync.
    ///
    /// # Errors
    /// [`OwnLogError::Gap`] and [`OwnLogError::TooLarge`], before anything is written; [`OwnLogError::Io`], after
    /// which none of them is acknowledged. Where it is unknown what reached the disk, everything after that is
    /// [`OwnLogError::Broken`]: open the log again, which replays what is there.
    pub fn append(&mut self, records: &[Record]) -> Result<(), OwnLogError> {
        if self.broken {
            return Err(OwnLogError::Broken);
        }
        let mut next = self.next_seq();
        let mut bytes = Vec::new();
        let mut starts = Vec::with_capacity(records.len());
        let batch = (self.starts.len() as u64).saturating_add(1);
        for (number, record) in (batch..).zip(records) {
            if record.seq != next {
                return Err(OwnLogError::Gap { given: record.seq, next });
            }
            next = next.saturating_add(1);
            starts.push(self.end.saturating_add(bytes.len() as u64));
            bytes.extend(self.sealer.record(number, batch, record)?);
        }
        let Some(last) = records.last() else { return Ok(()) };
        let written = self.file.seek(SeekFrom::Start(self.end)).and_then(|_| self.file.write_all(&bytes));
        if let Err(error) = written {
            // Most often a full disk. If the beginning can be cut off again, all is as it was.
            self.broken = self.file.set_len(self.end).is_err();
            return Err(error.into());
        }
        if let Err(error) = self.file.sync() {
            self.broken = true;
            return Err(error.into());
        }
        self.end = self.end.saturating_add(bytes.len() as u64);
        self.starts.extend(starts);
        self.head = Some(Head { seq: last.seq, entry: last.entry });
        Ok(())
    }

    /// Drops the entries up to a place from the file, once others hold them. The head stays known.
    ///
    /// # Errors
    /// [`OwnLogError::Io`], [`OwnLogError::Damaged`] or [`OwnLogError::Broken`]; the file is then as it was.
    pub fn trim(&mut self, up_to: u64) -> Result<(), OwnLogError> {
        if self.broken {
            return Err(OwnLogError::Broken);
        }
        let first = after(self.header.base);
        let Some(dropped) = up_to.checked_sub(first) else { return Ok(()) };
        // Records that go are those with numbers 1 to `last`.
        let last = dropped.saturating_add(1).min(self.starts.len() as u64);
        if last == 0 {
            return Ok(());
        }
        let gone = self.read(last)?;
        let mut kept = Vec::new();
        for number in last.saturating_add(1)..=self.starts.len() as u64 {
            kept.push(self.read(number)?);
        }
        let base = Some(Head { seq: gone.seq, entry: gone.entry });
        let key = self.sealer.key.clone();
        *self = Self::write_new(self.disk.clone(), &self.path, key, self.header.log, base, &kept)?;
        Ok(())
    }

    /// Keeps other bytes of some records: what is left of entries that were withdrawn. What is not in the file any
    /// more is let be.
    ///
    /// # Errors
    /// [`OwnLogError`]; the file is then as it was.
    pub fn shrink(&mut self, left: &BTreeMap<u64, Vec<u8>>) -> Result<(), OwnLogError> {
        if self.broken {
            return Err(OwnLogError::Broken);
        }
        let mut kept = Vec::new();
        let mut changed = false;
        for number in 1..=self.starts.len() as u64 {
            let mut record = self.read(number)?;
            if let Some(bytes) = left.get(&record.seq).filter(|_| record.form == Form::Envelope) {
                changed |= record.bytes != *bytes;
                record.bytes.clone_from(bytes);
            }
            kept.push(record);
        }
        if changed {
            let (key, base) = (self.sealer.key.clone(), self.header.base);
            *self = Self::write_new(self.disk.clone(), &self.path, key, self.header.log, base, &kept)?;
        }
        Ok(())
    }

    #[cfg(test)]
    pub(super) fn starts_for_tests(&self) -> &[u64] {
        &self.starts
    }

    /// Reads one record.
    fn read(&mut self, number: u64) -> Result<Record, OwnLogError> {
        let index = usize::try_from(number.saturating_sub(1)).map_err(|_| OwnLogError::Damaged)?;
        let start = self.starts.get(index).ok_or(OwnLogError::Damaged)?;
        self.file.seek(SeekFrom::Start(*start))?;
        let mut front = [0; FRONT];
        self.file.read_exact(&mut front)?;
        let front = Front::parse(&front).ok_or(OwnLogError::Damaged)?;
        let mut sealed = vec![0; front.length];
        self.file.read_exact(&mut sealed)?;
        self.sealer.open_record(number, &sealed).map(|(record, _)| record).ok_or(OwnLogError::Damaged)
    }

    /// Writes a whole file beside the old one and puts it into its place.
    fn write_new(
        disk: D,
        path: &Path,
        key: Secret,
        log: LogId,
        base: Option<Head>,
        records: &[Record],
    ) -> Result<Self, OwnLogError> {
        let dir = disk.whereabouts(parent(path))?;
        let temporary = beside(path);
        let mut file = disk.create(&temporary)?;
        let header = Header { log, file: file.whereabouts()?, dir, base };
        let sealer = Sealer { key, file: rand::random() };
        let mut bytes = sealer.header(&header)?;
        let mut starts = Vec::with_capacity(records.len());
        for (number, record) in (1_u64..).zip(records) {
            starts.push(bytes.len() as u64);
            bytes.extend(sealer.record(number, 1, record)?);
        }
        file.write_all(&bytes)?;
        file.sync()?;
        disk.rename(&temporary, path)?;
        disk.sync_dir(parent(path))?;
        let head = records.last().map(|last| Head { seq: last.seq, entry: last.entry }).or(base);
        let (path, end) = (path.to_owned(), bytes.len() as u64);
        Ok(OwnLog { disk, path, sealer, header, file, starts, end, head, broken: false })
    }
}

/// The place after an entry.
fn after(head: Option<Head>) -> u64 {
    head.map_or(0, |head| head.seq.saturating_add(1))
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
