//! Sealed chunks of attachments: a file each, beside the database.
//!
//! A file begins with the list of its chunks ([`Manifest`]), so that whatever is in it can be checked: nothing is believed
//! that does not fit, and a file that was being written when the power went is as good as its right chunks. Its
//! name is a keyed hash. The chunks are sealed as they travel, under a key that only the entry names.
//!
//! It does not know which of them are wanted: the cell does, and takes away the others ([`ChunkFiles::keep_only`]).

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kith_protocol::attachment::{Manifest, Sealed};
use kith_protocol::id::{AttachmentId, keyed_hash};
use kith_protocol::limits;

use super::DataKeys;
use crate::disk::{Disk, RealDisk, private_file};
use crate::secret::Secret;

/// Bytes that say how long the list of chunks is.
const PREFIX: usize = 4;
/// The longest list of chunks, in bytes.
const MANIFEST: usize = 16 + 32 * limits::CHUNKS;

/// The files of one cell: a cheap handle. Its methods wait for the disk.
#[derive(Clone, Debug)]
pub struct ChunkFiles {
    dir: PathBuf,
    names: Arc<Secret>,
}

impl ChunkFiles {
    /// The files in a folder, which is made when it is needed.
    pub fn new(dir: &Path, keys: &DataKeys) -> ChunkFiles {
        ChunkFiles {
            dir: dir.to_owned(),
            names: Arc::new(Secret::new(keys.mark("kith/1/store/chunks", &[]))),
        }
    }

    /// Whether there is a file of this attachment.
    pub fn has(&self, id: &AttachmentId) -> bool {
        self.path(id).exists()
    }

    /// Keeps a whole attachment, and returns when it is durable.
    ///
    /// # Errors
    /// Of the system; nothing is left then.
    pub fn put(&self, sealed: &Sealed) -> io::Result<()> {
        let id = sealed.manifest.id();
        let write = || {
            self.begin(&sealed.manifest)?;
            for (index, chunk) in sealed.chunks.iter().enumerate() {
                self.write(&sealed.manifest, index, chunk)?;
            }
            self.sync(&id)
        };
        write().inspect_err(|_| self.remove(&id))
    }

    /// Begins the file of an attachment, in place of one there was.
    ///
    /// # Errors
    /// Of the system.
    pub fn begin(&self, manifest: &Manifest) -> io::Result<()> {
        let mut folder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        folder.recursive(true).create(&self.dir)?;
        let list = manifest.encode();
        let length = u32::try_from(list.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        let mut file = RealDisk.create(&self.path(&manifest.id()))?;
        file.write_all(&[length.to_be_bytes().as_slice(), &list].concat())
    }

    /// Writes a chunk into its place. It is durable after [`ChunkFiles::sync`].
    ///
    /// # Errors
    /// Of the system; [`io::ErrorKind::NotFound`] if the file was taken away.
    pub fn write(&self, manifest: &Manifest, index: usize, chunk: &[u8]) -> io::Result<()> {
        let mut file = private_file().write(true).open(self.path(&manifest.id()))?;
        file.seek(SeekFrom::Start(place(manifest, index)))?;
        file.write_all(chunk)
    }

    /// Returns when what was written is on the disk.
    ///
    /// # Errors
    /// Of the system.
    pub fn sync(&self, id: &AttachmentId) -> io::Result<()> {
        File::open(self.path(id))?.sync_all()?;
        RealDisk.sync_dir(&self.dir)?;
        RealDisk.sync_dir(self.dir.parent().unwrap_or(Path::new(".")))
    }

    /// The list of chunks of an attachment, if its file is there and begins as it must.
    ///
    /// # Errors
    /// Of the system.
    pub fn manifest(&self, id: &AttachmentId) -> io::Result<Option<Manifest>> {
        match File::open(self.path(id)) {
            Ok(file) => Ok(manifest(file)?.filter(|manifest| manifest.id() == *id)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// As [`ChunkFiles::manifest`], and which chunks are there: each is read and checked.
    ///
    /// # Errors
    /// Of the system.
    pub fn look(&self, id: &AttachmentId) -> io::Result<Option<(Manifest, Vec<bool>)>> {
        let Some(manifest) = self.manifest(id)? else { return Ok(None) };
        let mut held = Vec::with_capacity(manifest.len());
        for index in 0..manifest.len() {
            held.push(self.read(&manifest, index)?.is_some());
        }
        Ok(Some((manifest, held)))
    }

    /// A chunk, if it is there and right.
    ///
    /// # Errors
    /// Of the system.
    pub fn read(&self, manifest: &Manifest, index: usize) -> io::Result<Option<Vec<u8>>> {
        let mut file = match File::open(self.path(&manifest.id())) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        file.seek(SeekFrom::Start(place(manifest, index)))?;
        let mut chunk = Vec::new();
        file.take(limits::CHUNK as u64).read_to_end(&mut chunk)?;
        Ok(Some(chunk).filter(|chunk| manifest.holds(index, chunk)))
    }

    /// Takes an attachment away. One that is not there is gone as well.
    pub fn remove(&self, id: &AttachmentId) {
        remove(&self.path(id));
    }

    /// Takes away all files but those of these attachments.
    pub fn keep_only<'a>(&self, ids: impl IntoIterator<Item = &'a AttachmentId>) {
        let kept: BTreeSet<PathBuf> = ids.into_iter().map(|id| self.path(id)).collect();
        let Ok(files) = fs::read_dir(&self.dir) else { return };
        for path in files.flatten().map(|file| file.path()).filter(|path| !kept.contains(path)) {
            remove(&path);
        }
    }

    /// Bytes that the disk has left for this user; none if that cannot be told.
    pub fn free(&self) -> Option<u64> {
        let folder = self.dir.parent().filter(|_| !self.dir.exists()).unwrap_or(&self.dir);
        #[cfg(unix)]
        let free = rustix::fs::statvfs(folder).ok().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
        #[cfg(not(unix))]
        let free = Some(u64::MAX).filter(|_| folder.exists());
        free
    }

    fn path(&self, id: &AttachmentId) -> PathBuf {
        self.dir.join(hex::encode(keyed_hash(self.names.bytes(), "kith/1/store/chunks", &[id.as_ref()])))
    }
}

fn manifest(file: File) -> io::Result<Option<Manifest>> {
    let mut begin = Vec::new();
    file.take((PREFIX + MANIFEST) as u64).read_to_end(&mut begin)?;
    let list = begin
        .split_first_chunk::<PREFIX>()
        .and_then(|(length, rest)| rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?));
    Ok(list.and_then(|list| Manifest::decode(list).ok()))
}

/// Where a chunk is in the file.
fn place(manifest: &Manifest, index: usize) -> u64 {
    let list = 16_usize.saturating_add(manifest.len().saturating_mul(32));
    let at = index.saturating_mul(limits::CHUNK).saturating_add(PREFIX).saturating_add(list);
    u64::try_from(at).unwrap_or(u64::MAX)
}

/// What stays for whatever reason is noise without the entry's key, and is tried again when the cell is next opened.
fn remove(path: &Path) {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, "the chunks of an attachment could not be taken away");
        }
        _ => {}
    }
}
