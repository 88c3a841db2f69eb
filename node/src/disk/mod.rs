//! The few things done to files directly, behind a trait, so that tests can put a model of power loss under
//! them.
//!
//! Guarantees of [`write_atomic`]: whoever reads the file, whatever happens meanwhile, finds the old bytes or
//! the new ones; after it returned, the new ones, power loss included. Files are made readable by their owner
//! alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use minicbor::{Decode, Encode};

#[cfg(test)]
pub(crate) mod model;

/// What a person can do about a disk that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// The disk, or the quota, is full.
    Full,
    /// The place cannot be written to: a read-only file system, or no permission.
    ReadOnly,
    /// Anything else.
    Other,
}

impl Trouble {
    /// Tells the kinds apart.
    pub fn of(error: &io::Error) -> Trouble {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Trouble::Full
            }
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Trouble::ReadOnly,
            _ => Trouble::Other,
        }
    }
}

/// Where a file or directory lies: copies and restored backups lie elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Whereabouts {
    /// The device's number.
    #[n(0)]
    pub device: u64,
    /// Its number on that device (where there is none, the time it was made).
    #[n(1)]
    pub inode: u64,
}

/// A file, opened for reading and writing.
pub trait DiskFile: Read + Write + Seek + Send {
    /// Returns when its bytes and its length are on the disk.
    ///
    /// # Errors
    /// Of the system. What was written since the last sync may then be lost, even if a later sync succeeds.
    fn sync(&mut self) -> io::Result<()>;

    /// Cuts it, or fills it up with zeros.
    ///
    /// # Errors
    /// Of the system.
    fn set_len(&mut self, len: u64) -> io::Result<()>;

    /// Where it lies.
    ///
    /// # Errors
    /// Of the system.
    fn whereabouts(&self) -> io::Result<Whereabouts>;
}

/// A file system.
pub trait Disk: Clone + Send {
    /// Its files.
    type File: DiskFile;

    /// Opens an existing file, at its beginning.
    ///
    /// # Errors
    /// Of the system; [`io::ErrorKind::NotFound`] if there is none.
    fn open(&self, path: &Path) -> io::Result<Self::File>;

    /// Makes an empty file for its owner alone, in place of one that is there.
    ///
    /// # Errors
    /// Of the system.
    fn create(&self, path: &Path) -> io::Result<Self::File>;

    /// Gives a file another name, in place of one that has it.
    ///
    /// # Errors
    /// Of the system.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Returns when the names in a directory are on the disk.
    ///
    /// # Errors
    /// Of the system.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;

    /// Where a directory lies.
    ///
    /// # Errors
    /// Of the system.
    fn whereabouts(&self, dir: &Path) -> io::Result<Whereabouts>;
}

/// The system's own files.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl DiskFile for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn set_len(&mut self, len: u64) -> io::Result<()> {
        File::set_len(self, len)
    }

    fn whereabouts(&self) -> io::Result<Whereabouts> {
        Ok(whereabouts(&self.metadata()?))
    }
}

impl Disk for RealDisk {
    type File = File;

    fn open(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).open(path)
    }

    fn create(&self, path: &Path) -> io::Result<File> {
        private_file().read(true).write(true).create(true).truncate(true).open(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        // Only Unix lets a directory be opened and synced; elsewhere a rename is as durable as it gets.
        if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
    }

    fn whereabouts(&self, dir: &Path) -> io::Result<Whereabouts> {
        Ok(whereabouts(&fs::metadata(dir)?))
    }
}

/// Options that make files for their owner alone.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn whereabouts(found: &fs::Metadata) -> Whereabouts {
    use std::os::unix::fs::MetadataExt;
    Whereabouts { device: found.dev(), inode: found.ino() }
}

#[cfg(not(unix))]
fn whereabouts(found: &fs::Metadata) -> Whereabouts {
    let made = found.created().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let nanos = made.map_or(0, |made| u64::try_from(made.as_nanos()).unwrap_or(u64::MAX));
    Whereabouts { device: 0, inode: nanos }
}

/// Writes a whole file: into a temporary one beside it, synced, then renamed, then the directory synced.
///
/// # Errors
/// Of the system; the file is then as it was.
pub fn write_atomic<D: Disk>(disk: &D, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = beside(path);
    let mut file = disk.create(&temporary)?;
    file.write_all(bytes)?;
    file.sync()?;
    drop(file);
    disk.rename(&temporary, path)?;
    disk.sync_dir(path.parent().unwrap_or(Path::new(".")))
}

/// The name under which a file is written before it takes its place. A leftover is written over.
pub(crate) fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::model::{ModelDisk, Unsynced};
    use super::*;

    #[test]
    fn an_atomic_write_leaves_the_old_or_the_new_at_every_power_cut() {
        let path = Path::new("/home/file");
        let disk = ModelDisk::default();
        write_atomic(&disk, path, b"old").unwrap();
        let mut seen_new = 0;
        for calls in 0..8 {
            for unsynced in [Unsynced::Lost, Unsynced::Kept, Unsynced::First(1), Unsynced::Zeroed(2)] {
                let disk = disk.after_power_cut(Unsynced::Lost);
                disk.lose_power_after(calls);
                let done = write_atomic(&disk, path, b"new one").is_ok();
                let found = disk.after_power_cut(unsynced).bytes(path);
                let expected: &[&[u8]] = if done { &[b"new one"] } else { &[b"old", b"new one"] };
                assert!(expected.contains(&found.as_slice()), "{calls} {unsynced:?}: {found:?}");
                seen_new += usize::from(done);
            }
        }
        assert!(seen_new > 0);
    }
}
