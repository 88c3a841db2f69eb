//! A home folder of one node, gone when the test is over.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{Call, Node};

/// A home folder that is not there yet, in a temporary folder that is.
#[derive(Debug)]
pub struct Home {
    around: TempDir,
}

impl Default for Home {
    fn default() -> Self {
        Home::new()
    }
}

impl Home {
    /// A home for a node: the folder itself is left for the program to make.
    pub fn new() -> Home {
        // Not the system's folder for temporary files if that is long: a socket's path has 108 bytes.
        let around = tempfile::Builder::new().prefix("kith-").tempdir().expect("a temporary folder");
        Home { around }
    }

    /// The home with an identity without passphrase, and its twelve words.
    pub fn with_identity() -> (Home, String) {
        let home = Home::new();
        let made = home.kith(["init", "--no-passphrase"]).ok();
        let words = made["words"].as_str().map(str::to_owned);
        (home, words.unwrap_or_else(|| panic!("init gave no words: {made}")))
    }

    /// As [`Home::with_identity`], behind a passphrase that takes little time to try.
    pub fn with_passphrase(passphrase: &str) -> (Home, String) {
        let home = Home::new();
        fs::create_dir_all(home.path()).expect("a folder of the test");
        fs::write(home.path().join("config.toml"), "passphrase_mib = 64\n").expect("a writable home");
        let file = home.write_beside("passphrase", passphrase);
        let made = home.kith(["init".as_ref(), "--passphrase-file".as_ref(), file.as_os_str()]).ok();
        let words = made["words"].as_str().map(str::to_owned);
        (home, words.unwrap_or_else(|| panic!("init gave no words: {made}")))
    }

    /// Sets the node to take as many posts in an hour as its person likes.
    pub fn writes_as_much_as_they_like(&self) {
        fs::write(self.path().join("config.toml"), "posts_an_hour = 1000000\n").expect("a writable home");
    }

    /// The home folder.
    pub fn path(&self) -> PathBuf {
        self.around.path().join("home")
    }

    /// A place beside the home for a file of the test, gone with it.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.around.path().join(name)
    }

    /// Writes a file beside the home.
    pub fn write_beside(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.beside(name);
        fs::write(&path, bytes).expect("a file of the test can be written");
        path
    }

    /// A command in this home, as a script would give it.
    pub fn kith<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Call {
        Call::new(&self.path(), arguments)
    }

    /// A node in this home, once it serves.
    pub fn node(&self) -> Node {
        Node::start(self, &[])
    }

    /// The folders of the groups' cells.
    pub fn cells(&self) -> Vec<PathBuf> {
        let Ok(folders) = fs::read_dir(self.path().join("cells")) else { return Vec::new() };
        let mut cells: Vec<PathBuf> = folders
            .map(|folder| folder.expect("a readable folder").path())
            .filter(|path| path.is_dir())
            .collect();
        cells.sort();
        cells
    }

    /// Every file of the home, with its place in it.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        gather(&self.path(), &mut files);
        files.sort();
        files
    }

    /// Takes the home away, as a lost device would.
    pub fn lose(&self) {
        fs::remove_dir_all(self.path()).expect("the home can be deleted");
    }
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for item in fs::read_dir(folder).expect("a readable folder") {
        let item = item.expect("a readable folder");
        let kind = item.file_type().expect("a readable folder");
        if kind.is_dir() {
            gather(&item.path(), files);
        } else if kind.is_file() {
            files.push(item.path());
        }
    }
}
