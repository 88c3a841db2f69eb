//! A node's home: the directory that holds all it keeps, for one person and one process at a time.
//!
//! ```text
//! config.toml  vault  key  lock  api.sock  mine  country  face.toml  open.html
//! cells/<16 hex digits>/db/  own.log
//! ```
//!
//! Guarantees: an open [`Home`] is locked against other processes until dropped (or killed: the system frees
//! the lock); its directories are made for their owner alone (0700), files as well (0600). A home that others
//! of the machine could enter is closed to them when opened, and so are the files with secrets in it; where
//! that is not allowed, because it is another user's, the home is refused.
//!
//! ```no_run
//! use kith_node::home::{Home, Paths};
//!
//! # fn main() -> Result<(), kith_node::home::HomeError> {
//! let paths = Paths::find(None)?;          // for a client: nothing is touched
//! let home = Home::open(paths)?;           // for a node: made, closed to others, locked
//! let config = home.config()?;
//! println!("{} MiB of cache", config.cache_mib);
//! # Ok(()) }
//! ```

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::disk::{Trouble, private_file};

mod config;
mod keeper;
mod paths;

pub use config::{CellConfig, Config, ConfigError};
pub use keeper::{KeeperConfig, KeeperHome, KeeperPaths};
pub use paths::{CellPaths, Paths};

/// Why a home cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum HomeError {
    /// The system names no place for a person's data: no home directory is known.
    #[error("no place for the data is known: give one with --home, or set KITH_HOME")]
    Nowhere,
    /// Another process has it open.
    #[error("{} is in use{}", .path.display(), .pid.map(|pid| format!(" by process {pid}")).unwrap_or_default())]
    InUse {
        /// The home.
        path: PathBuf,
        /// The process, if it can be told.
        pid: Option<u32>,
    },
    /// Others on this machine can enter it, and this process may not change that.
    #[error("{} can be entered by others and belongs to another user", .path.display())]
    NotPrivate {
        /// The home.
        path: PathBuf,
    },
    /// Something other than a directory stands in its place.
    #[error("{} is not a directory", .path.display())]
    NotADirectory {
        /// The home.
        path: PathBuf,
    },
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The disk refused; [`HomeError::trouble`] tells a full disk and a read-only one apart.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl HomeError {
    /// What a person could do about a failing disk; none for errors of another kind.
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            HomeError::Io { source, .. } => Some(Trouble::of(source)),
            _ => None,
        }
    }
}

/// A home that this process has open and nobody else.
#[derive(Debug)]
pub struct Home {
    paths: Paths,
    /// Held open for its lock.
    _lock: File,
}

impl Home {
    /// Opens a home, making it first if it is not there.
    ///
    /// Also sets the process's umask to 077, since the database makes files of its own.
    ///
    /// # Errors
    /// [`HomeError`], but for its configuration, which is not looked at.
    pub fn open(paths: Paths) -> Result<Home, HomeError> {
        #[cfg(unix)]
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
        make_private(paths.dir())?;
        let lock = lock(paths.dir())?;
        make_private(&paths.cells())?;
        for secret in [paths.config(), paths.vault(), paths.key(), paths.mine()] {
            close_to_others(&secret, 0o600)?;
        }
        Ok(Home { paths, _lock: lock })
    }

    /// Where everything is.
    pub fn paths(&self) -> &Paths {
        &self.paths
    }

    /// Reads the configuration; without a file, the defaults.
    ///
    /// # Errors
    /// [`HomeError::Config`] for a file that cannot be used, [`HomeError::Io`] for one that cannot be read.
    pub fn config(&self) -> Result<Config, HomeError> {
        Config::read(&self.paths.config())
    }

    /// Makes the directory of a new cell under a random name.
    ///
    /// # Errors
    /// [`HomeError::Io`].
    pub fn new_cell(&self) -> Result<CellPaths, HomeError> {
        let cell = self.paths.cell(&hex::encode(rand::random::<[u8; 8]>()));
        make_private(cell.dir())?;
        Ok(cell)
    }

    /// Deletes what there is of a cell.
    ///
    /// # Errors
    /// [`HomeError::Io`].
    pub fn remove_cell(&self, name: &str) -> Result<(), HomeError> {
        let cell = self.paths.cell(name);
        match fs::remove_dir_all(cell.dir()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(cell.dir())(error)),
            _ => Ok(()),
        }
    }
}

/// Says where an error of the system happened.
fn at(path: &Path) -> impl FnOnce(io::Error) -> HomeError {
    let path = path.to_owned();
    move |source| HomeError::Io { path, source }
}

/// Makes a directory, and those above it, for their owner alone; one that is there is closed to others.
fn make_private(dir: &Path) -> Result<(), HomeError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(dir) {
        Err(error) if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory) => {
            return Err(HomeError::NotADirectory { path: dir.to_owned() });
        }
        other => other.map_err(at(dir))?,
    }
    close_to_others(dir, 0o700)
}

/// Takes away what others may do with a file or directory, if it is there.
#[cfg(unix)]
fn close_to_others(path: &Path, mode: u32) -> Result<(), HomeError> {
    use std::os::unix::fs::PermissionsExt;
    let found = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(at(path))?,
    };
    if found.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    tracing::warn!(path = %path.display(), "others on this machine could read this; closing it to them");
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => HomeError::NotPrivate { path: path.to_owned() },
        _ => at(path)(error),
    })
}

#[cfg(not(unix))]
fn close_to_others(_: &Path, _: u32) -> Result<(), HomeError> {
    // A person's profile directory is closed to others by the system's own rules.
    Ok(())
}

/// Takes the lock of a home's folder and leaves this process's number in it for whoever comes second.
fn lock(dir: &Path) -> Result<File, HomeError> {
    let path = dir.join("lock");
    let mut file =
        private_file().read(true).write(true).create(true).truncate(false).open(&path).map_err(at(&path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            let pid = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
            return Err(HomeError::InUse { path: dir.to_owned(), pid });
        }
        Err(TryLockError::Error(error)) => return Err(at(&path)(error)),
    }
    let write = |file: &mut File| {
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "{}", std::process::id())
    };
    write(&mut file).map_err(at(&path))?;
    Ok(file)
}

#[cfg(test)]
mod tests;
