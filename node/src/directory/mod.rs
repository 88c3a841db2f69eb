//! Directories that this person reads: files of listings ([`kith_protocol::directory`]), fetched whole, kept sealed, and
//! looked through here.
//!
//! ```text
//! home/mine             one record a directory: its name, where it comes from, the key of its file  (see `mine`)
//! home/directories/…    one file a directory: what was in it, sealed under that key
//! ```
//!
//! Guarantees: what a directory's server learns is that somebody at this address fetched all of it ([`mod@fetch`]); what is
//! looked for is sent nowhere and written nowhere. Nothing is fetched more than once a day unless the person asks, and
//! then at a random hour. An older listing never takes the place of a newer one. A link is followed only to where its
//! directory may lead ([`place`]). Taking a directory off destroys the key of its file.
//!
//! One task owns it all ([`Directories`]); a fetch runs beside it. Bounded: [`MOST`] directories, one fetch of each at a
//! time, and what [`kith_protocol::limits`] says of a file.

mod collate;
mod error;
mod fetch;
mod find;
mod held;
mod place;
mod reader;
mod source;
mod topics;

pub use collate::{Collated, collate};
pub(crate) use error::DirectoryError;
pub use fetch::{FetchError, fetch};
pub use find::{Wanted, found};
pub use held::Held;
pub use place::{Place, reachable};
pub(crate) use reader::{Directories, Reading, Shown};
pub use source::{Source, SourceError};

/// Directories that one person can read. Adding one more is refused.
pub const MOST: usize = 8;
/// The name of a directory, in bytes.
pub const NAME: usize = 64;

#[cfg(test)]
mod tests;
