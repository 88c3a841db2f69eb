//! What a person chose of how the app looks and when it locks: a file in the clear, since it must hold while everything
//! is locked. It says nothing about anybody.

use std::io;
use std::path::Path;
use std::sync::Arc;

use kith_node::disk::{RealDisk, write_atomic};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// Where *Leave quickly* leads, if nobody chose.
pub const NEUTRAL_PAGE: &str = "https://www.wikipedia.org/";
/// After how many minutes without a key or a pointer the app locks, if nobody chose.
pub const LOCK_AFTER: u32 = 15;
/// The longest of the texts, in bytes.
pub const TEXT_MOST: usize = 200;

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the device has it.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// What was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Face {
    /// The language; none: as the browser wishes.
    pub language: Option<String>,
    /// Light or dark.
    pub theme: Theme,
    /// Discreet: what every page is called, in place of what it is.
    pub discreet: Option<String>,
    /// Where *Leave quickly* leads.
    pub neutral_page: String,
    /// Whether pressing Shift three times leaves.
    pub shift: bool,
    /// After how many minutes without a key or a pointer the app locks; 0: never by itself.
    pub lock_after: u32,
    /// Whether it then also closes the groups, so that the node holds and passes on nothing until it is unlocked.
    pub lock_node: bool,
}

impl Default for Face {
    fn default() -> Face {
        Face {
            language: None,
            theme: Theme::Auto,
            discreet: None,
            neutral_page: NEUTRAL_PAGE.to_owned(),
            shift: true,
            lock_after: LOCK_AFTER,
            lock_node: false,
        }
    }
}

impl Face {
    /// Reads the file; the usual if there is none, or none that can be read.
    pub fn read(path: &Path) -> Face {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(%error, "how the app looks could not be read");
                }
                return Face::default();
            }
        };
        let face: Face = toml::from_str(&text).unwrap_or_else(|_| {
            tracing::warn!("how the app looks could not be understood");
            Face::default()
        });
        face.bounded()
    }

    /// Keeps it.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let text = toml::to_string(self).map_err(io::Error::other)?;
        write_atomic(&RealDisk, path, text.as_bytes())
    }

    /// With what may stand there: an address of the web to leave for, and texts that are not too long.
    pub fn bounded(mut self) -> Face {
        let address = self.neutral_page.trim();
        let fits = address.starts_with("https://") || address.starts_with("http://");
        let plain = !address.contains(|letter: char| letter.is_whitespace() || letter.is_control());
        if !fits || !plain || address.len() > TEXT_MOST {
            self.neutral_page = NEUTRAL_PAGE.to_owned();
        }
        self.discreet = self.discreet.map(|title| title.trim().to_owned());
        self.discreet = self.discreet.filter(|title| !title.is_empty() && title.len() <= TEXT_MOST);
        self.lock_after = self.lock_after.min(24 * 60);
        self
    }
}

/// The face as it is now, for every request.
pub type Shown = watch::Sender<Arc<Face>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_comes_back_and_nonsense_is_the_usual() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("face.toml");
        assert_eq!(Face::read(&path), Face::default());
        let chosen = Face { discreet: Some("Notes".into()), theme: Theme::Dark, ..Face::default() };
        chosen.write(&path).unwrap();
        assert_eq!(Face::read(&path), chosen);
        std::fs::write(&path, "theme = [").unwrap();
        assert_eq!(Face::read(&path), Face::default());
    }

    #[test]
    fn only_an_address_of_the_web_is_left_for() {
        for address in ["javascript:alert(1)", "file:///etc", "https://a b", "", "//x"] {
            let face = Face { neutral_page: address.into(), ..Face::default() }.bounded();
            assert_eq!(face.neutral_page, NEUTRAL_PAGE, "{address}");
        }
    }
}
