//! Copying what is to be kept into a new database: how a store forgets, and how its files shrink.
//!
//! sled keeps what it wrote before as garbage, and cannot take a month out. So what stays is copied beside, and put
//! in place of the old files when it is whole and durable. Guarantees: whenever it breaks off, [`settle`] finds either
//! the old database or the new one, whole.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use kith_protocol::time::Month;

use super::pack::room;
use super::pages::Writes;
use super::{Arrival, Bucket, Change, DataKeys, Held, Put, SledStore, Store, StoreError};
use crate::disk::{Disk, RealDisk};

/// Envelopes copied at a time.
const PAGE: usize = 500;
/// Memory for reading, in bytes.
const CACHE: u64 = 16 << 20;

/// Copies everything but content of months before `since` into a new database, and puts that in place of the one in
/// `dir`, which must not be open.
///
/// # Errors
/// [`StoreError`]; the old database is then still in its place.
pub fn copy(dir: &Path, keys: &DataKeys, since: Month) -> Result<(), StoreError> {
    let new = beside(dir, "new");
    remove(&new)?;
    {
        let old = SledStore::open(dir, keys.clone(), CACHE)?;
        let mut target = SledStore::open(&new, keys.clone(), CACHE)?;
        let mut after = Arrival(0);
        loop {
            let page = old.control(after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = last.arrival;
            target.commit(page.into_iter().map(put).collect())?;
        }
        for month in old.months()?.into_iter().filter(|month| *month >= since) {
            for ids in old.items(Bucket::Month(month))?.chunks(PAGE) {
                let mut page = Vec::with_capacity(ids.len());
                for (_, id) in ids {
                    page.extend(old.envelope(id)?.map(put));
                }
                target.commit(page)?;
            }
        }
        // Sealed under the same keys for the same places; what is not content outlives the months.
        let mut writes = Writes::default();
        for kept in [room::NOTE, room::HEAD] {
            for pair in old.pages.scan(&[kept]) {
                let (place, sealed) = pair?;
                writes.put(place, sealed);
            }
        }
        target.pages.apply(writes)?;
        target.tally.lamport = target.tally.lamport.max(old.tally.lamport);
        target.commit(vec![Change::Note { name: "copied".into(), bytes: Some(Vec::new()) }])?;
    }
    let aside = beside(dir, "old");
    let parent = dir.parent().unwrap_or(Path::new("."));
    fs::rename(dir, &aside)?;
    fs::rename(&new, dir)?;
    RealDisk.sync_dir(parent)?;
    remove(&aside)?;
    Ok(())
}

/// Ends or undoes a copy that broke off. To be called before the database in `dir` is opened.
///
/// # Errors
/// Of the system.
pub fn settle(dir: &Path) -> io::Result<()> {
    let (new, aside) = (beside(dir, "new"), beside(dir, "old"));
    if !dir.exists() && new.exists() && aside.exists() {
        // The new one was whole before the old one was set aside.
        fs::rename(&new, dir)?;
        RealDisk.sync_dir(dir.parent().unwrap_or(Path::new(".")))?;
    }
    remove(&new)?;
    remove(&aside)
}

/// Bytes of all files in a database's folder.
pub fn size(dir: &Path) -> u64 {
    let Ok(items) = fs::read_dir(dir) else { return 0 };
    let sizes = items.flatten().filter_map(|item| {
        let data = item.metadata().ok()?;
        Some(if data.is_dir() { size(&item.path()) } else { data.len() })
    });
    sizes.fold(0, u64::saturating_add)
}

fn put(held: Held) -> Change {
    let Held { id, hour, control, bytes, placed, .. } = held;
    Change::Put(Put { id, hour, control, bytes, placed })
}

fn beside(dir: &Path, end: &str) -> PathBuf {
    dir.with_file_name(
        [dir.file_name().unwrap_or(OsStr::new("db")), OsStr::new("."), OsStr::new(end)].iter().fold(
            std::ffi::OsString::new(),
            |mut name, part| {
                name.push(part);
                name
            },
        ),
    )
}

fn remove(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
