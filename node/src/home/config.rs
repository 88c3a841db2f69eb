use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::Deserialize;
use thiserror::Error;

use super::{HomeError, at};

/// What can be set in `config.toml`. Everything has a default; a name that is not here is refused.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Addresses to listen on (IP, IP:port or multiaddr); none: all interfaces, at a random port a cell.
    pub listen: Vec<String>,
    /// Addresses to tell others, beside those found out.
    pub announce: Vec<String>,
    /// A SOCKS5 proxy to reach others through, such as Tor's: `socks5://127.0.0.1:9050`. None: straight.
    pub proxy: Option<String>,
    /// Whether nothing leaves but through the proxy; else it is for onion services alone, and the rest goes straight.
    pub proxy_only: bool,
    /// Whether to look for members' nodes on the same local network, and to be found there.
    pub lan: bool,
    /// What is set for single groups, by the name of the group's folder in `cells`.
    pub cell: BTreeMap<String, CellConfig>,
    /// The DHT.
    pub dht: DhtConfig,
    /// Whether to ask the router to let other nodes through to this one (UPnP).
    pub upnp: bool,
    /// Memory for the databases of all cells together, in MiB: 8 to 4096.
    pub cache_mib: u64,
    /// Memory that searching one group may take, in MiB: 1 to 4096. Where there is more to search, the oldest is left out.
    pub search_mib: usize,
    /// Memory to stretch a new passphrase with, in MiB: 64 to 1024. Less is quicker on a small device, and
    /// quicker to guess.
    pub passphrase_mib: u32,
    /// How many posts, replies and changes this node takes from its person in one group and hour. What is beyond 120, others'
    /// nodes fold.
    pub posts_an_hour: u32,
}

/// What can be set for one group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CellConfig {
    /// The port it listens on; none: the one of last time, or a random one.
    pub port: Option<u16>,
    /// Addresses to tell its members.
    pub announce: Vec<String>,
}

/// What can be set of the DHT.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DhtConfig {
    /// Servers to begin with, beside the keepers of each group: `keeper.example:4001`, or multiaddress.
    pub nodes: Vec<String>,
    /// The port, UDP and TCP, at which to be a server oneself; none: not to be one.
    pub serve: Option<u16>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            listen: Vec::new(),
            announce: Vec::new(),
            proxy: None,
            proxy_only: true,
            lan: false,
            cell: BTreeMap::new(),
            dht: DhtConfig::default(),
            upnp: true,
            cache_mib: 64,
            search_mib: 128,
            passphrase_mib: 256,
            posts_an_hour: crate::cell::POSTS_AN_HOUR,
        }
    }
}

/// Why `config.toml` cannot be used.
#[derive(Debug, Error)]
#[error("{}: {message}", .path.display())]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong, with the setting's name and where it stands.
    pub message: String,
}

impl Config {
    /// Reads a file; the defaults if there is none.
    pub(super) fn read(path: &Path) -> Result<Config, HomeError> {
        let refuse = |message: String| ConfigError { path: path.to_owned(), message };
        let text = match fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Config::default()),
            other => other.map_err(at(path))?,
        };
        let text = String::from_utf8(text).map_err(|_| refuse("not UTF-8 text".into()))?;
        let config = Config::parse(&text).map_err(refuse)?;
        Ok(config)
    }

    fn parse(text: &str) -> Result<Config, String> {
        let config: Config = toml::from_str(text).map_err(|error| error.to_string())?;
        if !(8..=4096).contains(&config.cache_mib) {
            return Err(format!("cache_mib is {}: it must be 8 to 4096", config.cache_mib));
        }
        if !(1..=4096).contains(&config.search_mib) {
            return Err(format!("search_mib is {}: it must be 1 to 4096", config.search_mib));
        }
        if !(64..=1024).contains(&config.passphrase_mib) {
            return Err(format!("passphrase_mib is {}: it must be 64 to 1024", config.passphrase_mib));
        }
        if let Some((cell, _)) = config.cell.iter().find(|(_, cell)| cell.port == Some(0)) {
            return Err(format!("the port of cell.{cell} is 0: it must be 1 to 65535"));
        }
        if config.dht.serve == Some(0) {
            return Err("serve, of dht, is 0: it must be 1 to 65535".into());
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_the_rest_has_defaults() {
        let config = Config::parse("listen = [\"127.0.0.1\"]\ncache_mib = 16\n").unwrap();
        assert_eq!(config.listen, ["127.0.0.1"]);
        assert_eq!((config.cache_mib, config.passphrase_mib), (16, 256));
        assert_eq!(Config::parse("").unwrap(), Config::default());
        let text = "proxy = \"socks5://127.0.0.1:9050\"\n[cell.0123456789abcdef]\nport = 4101\n";
        let config = Config::parse(text).unwrap();
        assert!(config.proxy_only && !config.lan, "a proxy is the only way unless said otherwise");
        assert_eq!(config.cell["0123456789abcdef"], CellConfig { port: Some(4101), announce: Vec::new() });
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, named) in [
            ("lisen = []", "lisen"),
            ("cache_mib = \"much\"", "cache_mib"),
            ("cache_mib = 1", "cache_mib"),
            ("search_mib = 0", "search_mib"),
            ("passphrase_mib = 5000", "passphrase_mib"),
            ("listen = [", "line 1"),
            ("[cell.0123456789abcdef]\nport = 0", "0123456789abcdef"),
            ("[cell.0123456789abcdef]\npot = 4101", "pot"),
            ("[dht]\nserve = 0", "serve"),
            ("[dht]\nnode = []", "node"),
        ] {
            let error = Config::parse(text).unwrap_err();
            assert!(error.contains(named), "{text}: {error}");
        }
    }
}
