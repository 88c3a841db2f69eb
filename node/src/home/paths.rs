use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::HomeError;

/// Where the things of a home are. Touches nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    dir: PathBuf,
}

impl Paths {
    /// Finds the home: the directory given, else `KITH_HOME`, else `kith` in the place where the system wants
    /// a person's data (on Linux `$XDG_DATA_HOME`, else `~/.local/share`).
    ///
    /// # Errors
    /// [`HomeError::Nowhere`].
    pub fn find(given: Option<&Path>) -> Result<Paths, HomeError> {
        let variable = std::env::var_os("KITH_HOME").filter(|value| !value.is_empty());
        let dir = match given.map(Path::to_owned).or_else(|| variable.map(PathBuf::from)) {
            Some(dir) => dir,
            None => {
                let places = etcetera::base_strategy::choose_native_strategy();
                places.map_err(|_| HomeError::Nowhere)?.data_dir().join("kith")
            }
        };
        Ok(Paths::at(&dir))
    }

    /// The home in this directory, made absolute so that it stays the same one when the process moves.
    pub fn at(dir: &Path) -> Paths {
        Paths { dir: std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned()) }
    }

    /// The home itself.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The settings.
    pub fn config(&self) -> PathBuf {
        self.dir.join("config.toml")
    }

    /// The identity and all keys, sealed.
    pub fn vault(&self) -> PathBuf {
        self.dir.join("vault")
    }

    /// What opens the vault where there is no passphrase.
    pub fn key(&self) -> PathBuf {
        self.dir.join("key")
    }

    /// Locked by the node that runs; holds its process number.
    pub fn lock(&self) -> PathBuf {
        self.dir.join("lock")
    }

    /// The socket of the local API.
    pub fn socket(&self) -> PathBuf {
        self.dir.join("api.sock")
    }

    /// What the person keeps for themselves alone, sealed.
    pub fn mine(&self) -> PathBuf {
        self.dir.join("mine")
    }

    /// The folder of directories, each a sealed file.
    pub fn directories(&self) -> PathBuf {
        self.dir.join("directories")
    }

    /// Whose help numbers to show: not sealed, so that they show while everything is locked.
    pub fn country(&self) -> PathBuf {
        self.dir.join("country")
    }

    /// How the web app looks: not sealed, so that it holds while everything is locked.
    pub fn face(&self) -> PathBuf {
        self.dir.join("face.toml")
    }

    /// The page that lets a browser in, once.
    pub fn page(&self) -> PathBuf {
        self.dir.join("open.html")
    }

    /// The directory of all cells.
    pub fn cells(&self) -> PathBuf {
        self.dir.join("cells")
    }

    /// The cell whose directory has this name.
    pub fn cell(&self, name: &str) -> CellPaths {
        CellPaths { dir: self.cells().join(name), name: name.to_owned() }
    }
}

/// Where the things of one cell are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellPaths {
    dir: PathBuf,
    name: String,
}

impl CellPaths {
    /// The cell's directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The directory's name, which says nothing about the group.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The database's directory.
    pub fn db(&self) -> PathBuf {
        self.dir.join("db")
    }

    /// The folder of attachments, in sealed chunks.
    pub fn files(&self) -> PathBuf {
        self.dir.join("files")
    }

    /// The own log.
    pub fn own_log(&self) -> PathBuf {
        self.dir.join("own.log")
    }
}
