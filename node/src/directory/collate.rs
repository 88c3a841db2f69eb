//! Making a directory of files of listings: for whoever puts one on a web server. It needs no node and no identity.

use kith_protocol::directory::{self, DirectoryError, Known, Taken};
use kith_protocol::time::Millis;

/// A directory made of several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collated {
    /// The directory.
    pub file: Vec<u8>,
    /// How many listings are in it.
    pub listings: usize,
    /// How many ends of listings are in it.
    pub withdrawn: usize,
    /// How many were left out because they had ended, or a newer one or an end of the same key was there.
    pub ended: usize,
    /// How many were left out because they are damaged, forged, beyond a bound, or of a newer version.
    pub refused: usize,
}

/// Puts files of listings together: of one key the last, and nothing that has ended.
///
/// # Errors
/// The place of a file that is none, and why; or that they are too much for one.
pub fn collate(files: &[Vec<u8>], now: Millis) -> Result<Collated, (Option<usize>, DirectoryError)> {
    let mut known = Known::default();
    let (mut given, mut refused) = (0_usize, 0_usize);
    for (place, file) in files.iter().enumerate() {
        let read = directory::read(file).map_err(|why| (Some(place), why))?;
        given = given.saturating_add(read.items.len());
        refused = refused.saturating_add(read.refused.len());
        for item in read.items {
            if known.take(item, now) == Taken::Full {
                return Err((None, DirectoryError::TooLarge));
            }
        }
    }
    let listings = known.listings().count();
    let kept = known.items().count();
    let file = directory::write(known.items()).map_err(|why| (None, why))?;
    Ok(Collated {
        file,
        listings,
        withdrawn: kept.saturating_sub(listings),
        ended: given.saturating_sub(kept),
        refused,
    })
}
