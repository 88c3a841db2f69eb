//! Directories: how a group that wishes to be found is found by people it does not know.
//!
//! A *listing* is what strangers read of a group, with a link to knock by, signed by a key made for this listing and
//! for nothing else: it links to no member. A *directory* is a file of listings. It is fetched whole and looked
//! through by the reader's own node, so nobody is ever sent what somebody looks for.
//!
//! Guarantees: of one key the listing issued last holds ([`Known`]), for 30 days at most; a key that was withdrawn
//! never lists again; what is damaged, forged or out of bounds harms nothing beside it. Refuses text that looks
//! otherwise than it reads ([`Unfit`]).
//!
//! Anyone can write a listing. Its signature says only that the same people wrote it as last time.
//!
//! ```
//! use kith_protocol::directory::{self, Item, Known, ListingSecret};
//! use kith_protocol::time::Millis;
//!
//! let withdrawn = ListingSecret::from_bytes([7; 32]).withdrawal();
//! let file = directory::write([withdrawn.as_slice()])?;
//! let mut known = Known::default();
//! for item in directory::read(&file)?.items {
//!     known.take(item, Millis(0));
//! }
//! assert_eq!(known.listings().count(), 0);
//! # Ok::<(), directory::DirectoryError>(())
//! ```

mod file;
mod known;
mod listing;
mod portrait;
mod text;

pub use file::{DirectoryError, Read, read, write};
pub use known::{Kept, Known, Taken};
pub use listing::{Item, Listing, ListingError, ListingKey, ListingSecret};
pub use portrait::{Led, Portrait, Size, Topic, WayToMeet};
pub use text::Unfit;

#[cfg(test)]
mod tests;
