//! Whether the node is open.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How the node stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// There is no identity yet.
    NoIdentity,
    /// No group is open, and no key is in memory.
    Locked,
    /// It is about to be open.
    Opening,
    /// It serves.
    Open,
}

/// How the node stands, and what opens it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LatchState {
    /// How it stands.
    pub standing: Standing,
    /// Whether it takes a passphrase to open.
    pub passphrase: bool,
}

/// A wish to have the node opened, or to see what only its owner may see.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Unlock {
    /// The passphrase; none where the identity has none.
    #[serde(default)]
    pub passphrase: Option<String>,
}

/// An identity to be made, or to be brought back.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Begin {
    /// What is to open it from now on; without one, whoever can read this device's disk can open it.
    #[serde(default)]
    pub passphrase: Option<String>,
    /// The recovery words of an identity that is to come back; none for a new one.
    #[serde(default)]
    pub words: Option<String>,
}

/// Recovery words.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WithWords {
    /// Twelve words, with a space between each two.
    pub words: String,
}

/// A page that lets a browser in, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignInPage {
    /// The file, which only its owner can read.
    pub path: String,
}

impl std::fmt::Debug for Unlock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unlock(…)")
    }
}

impl std::fmt::Debug for Begin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Begin(…)")
    }
}

impl std::fmt::Debug for WithWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WithWords(…)")
    }
}
