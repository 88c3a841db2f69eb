//! A keeper's part of a home: a folder of its own, so that a node and a keeper can live in one home and know nothing of
//! each other.
//!
//! ```text
//! keeper/config.toml  key  port  lock  api.sock  db/
//! ```

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use zeroize::Zeroizing;

use super::{ConfigError, HomeError, Paths, at, close_to_others, lock, make_private};
use crate::disk::{RealDisk, write_atomic};

/// Where the things of a keeper are. Touches nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeeperPaths {
    dir: PathBuf,
}

impl KeeperPaths {
    /// Those in a home.
    pub fn of(home: &Paths) -> KeeperPaths {
        KeeperPaths { dir: home.dir().join("keeper") }
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The settings.
    pub fn config(&self) -> PathBuf {
        self.dir.join("config.toml")
    }

    /// The key that is its name.
    pub fn key(&self) -> PathBuf {
        self.dir.join("key")
    }

    /// The port of last time.
    pub fn port(&self) -> PathBuf {
        self.dir.join("port")
    }

    /// The operator's socket.
    pub fn socket(&self) -> PathBuf {
        self.dir.join("api.sock")
    }

    /// The database's directory.
    pub fn db(&self) -> PathBuf {
        self.dir.join("db")
    }
}

/// What can be set in a keeper's `config.toml`. Everything has a default; a name that is not here is refused.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeeperConfig {
    /// The port, UDP and TCP; none: a random one, kept from run to run.
    pub port: Option<u16>,
    /// Addresses to listen on (IP); none: all interfaces.
    pub listen: Vec<String>,
    /// Addresses that links name, such as `keeper.example:4001`.
    pub announce: Vec<String>,
    /// What a place may hold if nothing else is said, in MiB: 1 to 1048576.
    pub quota_mib: u64,
    /// Memory for the database, in MiB: 8 to 16384.
    pub cache_mib: u64,
    /// Connections at one time: 1 to 1000000.
    pub connections: u32,
    /// Memory of the whole process beyond which nobody new is let in, in MiB: 64 to 1048576.
    pub memory_mib: usize,
    /// The DHT, of which every keeper is a server.
    pub dht: KeeperDht,
}

/// What can be set of a keeper's part in the DHT.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeeperDht {
    /// Other servers of it, such as `keeper.example:4001`; none: it waits for others to come.
    pub nodes: Vec<String>,
}

impl Default for KeeperConfig {
    fn default() -> KeeperConfig {
        KeeperConfig {
            port: None,
            listen: Vec::new(),
            announce: Vec::new(),
            quota_mib: 1024,
            cache_mib: 128,
            connections: 24_000,
            memory_mib: 4096,
            dht: KeeperDht::default(),
        }
    }
}

/// A keeper's part of a home, which this process has open and nobody else.
#[derive(Debug)]
pub struct KeeperHome {
    paths: KeeperPaths,
    /// Held open for its lock.
    _lock: File,
}

impl KeeperHome {
    /// Opens it, making it first if it is not there.
    ///
    /// Also sets the process's umask to 077, since the database makes files of its own.
    ///
    /// # Errors
    /// [`HomeError`], but for its configuration, which is not looked at.
    pub fn open(home: &Paths) -> Result<KeeperHome, HomeError> {
        #[cfg(unix)]
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
        let paths = KeeperPaths::of(home);
        make_private(paths.dir())?;
        let lock = lock(paths.dir())?;
        for secret in [paths.config(), paths.key()] {
            close_to_others(&secret, 0o600)?;
        }
        Ok(KeeperHome { paths, _lock: lock })
    }

    /// Where everything is.
    pub fn paths(&self) -> &KeeperPaths {
        &self.paths
    }

    /// Reads the configuration; without a file, the defaults.
    ///
    /// # Errors
    /// [`HomeError::Config`] for a file that cannot be used, [`HomeError::Io`] for one that cannot be read.
    pub fn config(&self) -> Result<KeeperConfig, HomeError> {
        let path = self.paths.config();
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(KeeperConfig::default()),
            other => other.map_err(at(&path))?,
        };
        parse(&text).map_err(|message| ConfigError { path, message }.into())
    }

    /// The secret behind its name, drawn when it is first asked for. Whoever loses it has another keeper.
    ///
    /// # Errors
    /// [`HomeError::Io`]; of a kind of [`io::ErrorKind::InvalidData`] if what lies there is no key.
    pub fn key(&self) -> Result<Zeroizing<[u8; 32]>, HomeError> {
        let path = self.paths.key();
        match fs::read(&path).map(Zeroizing::new) {
            Ok(bytes) => {
                let key = bytes.as_slice().try_into().map(Zeroizing::new);
                key.map_err(|_| at(&path)(io::ErrorKind::InvalidData.into()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key: Zeroizing<[u8; 32]> = Zeroizing::new(rand::random());
                write_atomic(&RealDisk, &path, key.as_slice()).map_err(at(&path))?;
                Ok(key)
            }
            Err(error) => Err(at(&path)(error)),
        }
    }

    /// The port of last time.
    pub fn port(&self) -> Option<u16> {
        fs::read_to_string(self.paths.port()).ok()?.trim().parse().ok()
    }

    /// Keeps the port for next time.
    ///
    /// # Errors
    /// [`HomeError::Io`].
    pub fn keep_port(&self, port: u16) -> Result<(), HomeError> {
        let path = self.paths.port();
        write_atomic(&RealDisk, &path, format!("{port}\n").as_bytes()).map_err(at(&path))
    }
}

fn parse(text: &str) -> Result<KeeperConfig, String> {
    let config: KeeperConfig = toml::from_str(text).map_err(|error| error.to_string())?;
    let memory = u64::try_from(config.memory_mib).unwrap_or(u64::MAX);
    for (name, value, least, most) in [
        ("quota_mib", config.quota_mib, 1, 1 << 20),
        ("cache_mib", config.cache_mib, 8, 16_384),
        ("connections", u64::from(config.connections), 1, 1_000_000),
        ("memory_mib", memory, 64, 1 << 20),
    ] {
        if !(least..=most).contains(&value) {
            return Err(format!("{name} is {value}: it must be {least} to {most}"));
        }
    }
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keeper_has_one_name_and_one_process() {
        let dir = tempfile::tempdir().unwrap();
        let home = Paths::at(dir.path());
        let keeper = KeeperHome::open(&home).unwrap();
        let key = keeper.key().unwrap();
        assert_eq!(keeper.key().unwrap(), key);
        assert_eq!(keeper.port(), None);
        keeper.keep_port(4001).unwrap();
        assert_eq!(keeper.port(), Some(4001));
        assert!(matches!(KeeperHome::open(&home), Err(HomeError::InUse { .. })));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&keeper.paths().key()), 0o600);
            assert_eq!(mode(keeper.paths().dir()), 0o700);
        }
        drop(keeper);
        let keeper = KeeperHome::open(&home).unwrap();
        assert_eq!(keeper.key().unwrap(), key);
        fs::write(keeper.paths().key(), [1; 31]).unwrap();
        assert!(keeper.key().is_err(), "a key that is none is not written over");
    }

    #[test]
    fn settings_are_read_and_what_is_wrong_is_named() {
        let config = parse("port = 4001\nquota_mib = 10\n").unwrap();
        assert_eq!((config.port, config.quota_mib, config.connections), (Some(4001), 10, 24_000));
        for (text, named) in [("prot = 1", "prot"), ("quota_mib = 0", "quota_mib"), ("port = 70000", "port")]
        {
            assert!(parse(text).unwrap_err().contains(named), "{text}");
        }
    }
}
