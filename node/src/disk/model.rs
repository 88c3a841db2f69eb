//! A disk that can lose power: what was not synced is lost, or kept in part, or turned into something else.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use super::{Disk, DiskFile, Whereabouts};

#[derive(Clone, Default)]
pub(crate) struct ModelDisk(Arc<Mutex<State>>);

#[derive(Clone, Default)]
struct State {
    names: BTreeMap<PathBuf, u64>,
    synced_names: BTreeMap<PathBuf, u64>,
    files: BTreeMap<u64, Bytes>,
    device: u64,
    /// Calls that change something until the power goes; none: it stays.
    calls_left: Option<usize>,
    /// Bytes that still fit; none: as many as you like.
    space: Option<usize>,
    /// Whether syncing fails.
    sync_fails: bool,
}

#[derive(Clone, Default)]
struct Bytes {
    live: Vec<u8>,
    synced: Vec<u8>,
}

/// What becomes of bytes and names that were not synced when the power goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unsynced {
    Lost,
    Kept,
    /// This many of the bytes that differ are kept, in order.
    First(usize),
    /// The length is kept; the first so many new bytes are zeros.
    Zeroed(usize),
}

pub(crate) struct ModelFile {
    disk: ModelDisk,
    inode: u64,
    at: u64,
}

impl ModelDisk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// One call that changes something; the last one before the power goes is done in part, if it can be.
    fn spend(&self) -> io::Result<()> {
        let mut state = self.state();
        match state.calls_left {
            None => Ok(()),
            Some(0) => Err(io::Error::other("no power")),
            Some(left) => {
                state.calls_left = Some(left - 1);
                Ok(())
            }
        }
    }

    pub(crate) fn lose_power_after(&self, calls: usize) {
        self.state().calls_left = Some(calls);
    }

    pub(crate) fn set_space(&self, space: Option<usize>) {
        self.state().space = space;
    }

    pub(crate) fn set_sync_fails(&self, fails: bool) {
        self.state().sync_fails = fails;
    }

    /// Every disk looks like another device once it was copied.
    pub(crate) fn copied(&self) -> ModelDisk {
        let mut state = self.state().clone();
        state.device += 1;
        ModelDisk(Arc::new(Mutex::new(state)))
    }

    /// The disk as found when the power is back.
    pub(crate) fn after_power_cut(&self, unsynced: Unsynced) -> ModelDisk {
        let mut state = self.state().clone();
        state.calls_left = None;
        if matches!(unsynced, Unsynced::Kept) {
            state.synced_names = state.names.clone();
        }
        state.names = state.synced_names.clone();
        for bytes in state.files.values_mut() {
            let new = bytes.live.len().saturating_sub(bytes.synced.len());
            let common = bytes.synced.len().min(bytes.live.len());
            bytes.live = match unsynced {
                Unsynced::Lost => bytes.synced.clone(),
                Unsynced::Kept => bytes.live.clone(),
                Unsynced::First(kept) => bytes.live[..common + new.min(kept)].to_vec(),
                Unsynced::Zeroed(zeros) => {
                    let mut live = bytes.live.clone();
                    live[common..common + new.min(zeros)].fill(0);
                    live
                }
            };
            bytes.synced = bytes.live.clone();
        }
        ModelDisk(Arc::new(Mutex::new(state)))
    }

    pub(crate) fn bytes(&self, path: &Path) -> Vec<u8> {
        let state = self.state();
        state.files[&state.names[path]].live.clone()
    }

    pub(crate) fn set_bytes(&self, path: &Path, bytes: &[u8]) {
        let mut state = self.state();
        let inode = state.names[path];
        state.files.insert(inode, Bytes { live: bytes.to_vec(), synced: bytes.to_vec() });
    }

    pub(crate) fn exists(&self, path: &Path) -> bool {
        self.state().names.contains_key(path)
    }

    pub(crate) fn remove(&self, path: &Path) {
        self.state().names.remove(path);
    }
}

impl Disk for ModelDisk {
    type File = ModelFile;

    fn open(&self, path: &Path) -> io::Result<ModelFile> {
        let inode = self.state().names.get(path).copied().ok_or(io::ErrorKind::NotFound)?;
        Ok(ModelFile { disk: self.clone(), inode, at: 0 })
    }

    fn create(&self, path: &Path) -> io::Result<ModelFile> {
        self.spend()?;
        let mut state = self.state();
        let inode = state.files.keys().next_back().map_or(1, |last| last + 1);
        let inode = *state.names.entry(path.to_owned()).or_insert(inode);
        state.files.entry(inode).or_default().live.clear();
        drop(state);
        Ok(ModelFile { disk: self.clone(), inode, at: 0 })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.spend()?;
        let mut state = self.state();
        let inode = state.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        state.names.insert(to.to_owned(), inode);
        Ok(())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.spend()?;
        let mut state = self.state();
        let elsewhere = |names: &BTreeMap<PathBuf, u64>, within: bool| {
            let names = names.iter().filter(|(path, _)| (path.parent() == Some(dir)) == within);
            names.map(|(path, inode)| (path.clone(), *inode)).collect::<Vec<_>>()
        };
        let names = elsewhere(&state.names, true).into_iter().chain(elsewhere(&state.synced_names, false));
        state.synced_names = names.collect();
        Ok(())
    }

    fn whereabouts(&self, _: &Path) -> io::Result<Whereabouts> {
        Ok(Whereabouts { device: self.state().device, inode: 0 })
    }
}

impl DiskFile for ModelFile {
    fn sync(&mut self) -> io::Result<()> {
        self.disk.spend()?;
        let mut state = self.disk.state();
        if state.sync_fails {
            return Err(io::Error::other("the disk is failing"));
        }
        let bytes = state.files.get_mut(&self.inode).unwrap();
        bytes.synced = bytes.live.clone();
        Ok(())
    }

    fn set_len(&mut self, len: u64) -> io::Result<()> {
        self.disk.spend()?;
        self.disk.state().files.get_mut(&self.inode).unwrap().live.resize(len as usize, 0);
        Ok(())
    }

    fn whereabouts(&self) -> io::Result<Whereabouts> {
        Ok(Whereabouts { device: self.disk.state().device, inode: self.inode })
    }
}

impl Read for ModelFile {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let state = self.disk.state();
        let rest = state.files[&self.inode].live.get(self.at as usize..).unwrap_or_default();
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl Write for ModelFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let spent = self.disk.spend();
        let mut state = self.disk.state();
        // Without power, and on a full disk, a part of it was still written.
        let fits = match (&spent, state.space) {
            (Err(_), _) => bytes.len() / 2,
            (Ok(()), Some(space)) => space.min(bytes.len()),
            (Ok(()), None) => bytes.len(),
        };
        let live = &mut state.files.get_mut(&self.inode).unwrap().live;
        let start = self.at as usize;
        let end = start + fits;
        live.resize(live.len().max(end), 0);
        live[start..end].copy_from_slice(&bytes[..fits]);
        self.at = end as u64;
        spent?;
        if let Some(space) = &mut state.space {
            *space -= fits;
            if fits == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
        }
        Ok(fits)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for ModelFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let length = self.disk.state().files[&self.inode].live.len() as i64;
        let at = match to {
            SeekFrom::Start(at) => at as i64,
            SeekFrom::End(by) => length + by,
            SeekFrom::Current(by) => self.at as i64 + by,
        };
        self.at = u64::try_from(at).map_err(|_| io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
