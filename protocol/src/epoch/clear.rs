//! The clear part of a [`Mint`](crate::body::Mint) or [`Wrap`](crate::body::Wrap) envelope: what must be
//! readable by somebody who does not hold the epoch's key yet.
//!
//! Guarantees: wraps ascend by tag and links by epoch, each once, so that the order tells nothing about who
//! came when, and nothing is said twice. A [`Clear`] that was made or decoded is within its limits.

use minicbor::{Decode, Encode};

use crate::body::{BackLink, WrapKey};
use crate::codec::{self, CodecError, at_most};
use crate::envelope::clear_hash;
use crate::id::EpochId;
use crate::limits;

/// An epoch's name, its key wrapped for logs, and the keys of earlier epochs sealed under it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Clear {
    #[n(0)]
    epoch: EpochId,
    #[n(1)]
    wraps: Vec<WrapKey>,
    #[n(2)]
    links: Vec<BackLink>,
}

impl Clear {
    /// Puts a clear part together. Of several wraps with one tag (two logs that claim one sealing key), and of
    /// several links of one kind to one epoch, the first stays.
    ///
    /// # Errors
    /// [`CodecError::TooLarge`] beyond [`limits::WRAPS`] or [`limits::CLEAR_LINKS`].
    pub fn new(epoch: EpochId, wraps: Vec<WrapKey>, links: Vec<BackLink>) -> Result<Clear, CodecError> {
        let (mut wraps, mut links) = (wraps, links);
        wraps.sort_by_key(|wrap| wrap.tag);
        wraps.dedup_by_key(|wrap| wrap.tag);
        links.sort_by_key(|link| (link.epoch, link.whole));
        links.dedup_by_key(|link| (link.epoch, link.whole));
        let clear = Clear { epoch, wraps, links };
        clear.check()?;
        Ok(clear)
    }

    /// Its bytes.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// The hash of its bytes: what the entry it goes with commits to.
    pub fn hash(&self) -> [u8; 32] {
        clear_hash(&self.encode())
    }

    /// Reads a clear part that fills `bytes`.
    ///
    /// # Errors
    /// [`CodecError`], also for wraps or links out of order.
    pub fn decode(bytes: &[u8]) -> Result<Clear, CodecError> {
        at_most(bytes.len(), limits::CLEAR, "clear part")?;
        let clear: Clear = codec::decode(bytes)?;
        clear.check()?;
        Ok(clear)
    }

    /// Which epoch's key is wrapped here, and is what links are sealed under.
    pub fn epoch(&self) -> EpochId {
        self.epoch
    }

    /// The epoch's key, wrapped: ascending by tag.
    pub fn wraps(&self) -> &[WrapKey] {
        &self.wraps
    }

    /// Keys of earlier epochs: ascending by epoch, the control link before the whole one.
    pub fn links(&self) -> &[BackLink] {
        &self.links
    }

    fn check(&self) -> Result<(), CodecError> {
        at_most(self.wraps.len(), limits::WRAPS, "list of wraps")?;
        at_most(self.links.len(), limits::CLEAR_LINKS, "list of back-links")?;
        let wraps = self.wraps.iter().map(|wrap| wrap.tag);
        let links = self.links.iter().map(|link| (link.epoch, link.whole));
        if wraps.is_sorted_by(|a, b| a < b) && links.is_sorted_by(|a, b| a < b) {
            Ok(())
        } else {
            Err(CodecError::NotCanonical("wraps and links must ascend"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrap(tag: u8) -> WrapKey {
        WrapKey { tag: [tag; 8], encapped: [2; 32], sealed: [3; 48] }
    }

    fn link(epoch: u8, whole: bool) -> BackLink {
        BackLink { epoch: EpochId([epoch; 32]), whole, sealed: [4; 48] }
    }

    #[test]
    fn order_and_repetition_are_taken_out() {
        let epoch = EpochId([9; 32]);
        let one = Clear::new(epoch, vec![wrap(2), wrap(1), wrap(2)], vec![link(1, true), link(1, false)]);
        let other = Clear::new(epoch, vec![wrap(1), wrap(2)], vec![link(1, false), link(1, true)]);
        assert_eq!(one, other);
        let clear = one.unwrap();
        assert_eq!(Clear::decode(&clear.encode()), Ok(clear));
    }

    #[test]
    fn a_clear_part_out_of_order_is_refused() {
        for (wraps, links) in [
            (vec![wrap(2), wrap(1)], vec![]),
            (vec![wrap(1), wrap(1)], vec![]),
            (vec![], vec![link(1, true), link(1, false)]),
            (vec![], vec![link(2, false), link(1, false)]),
        ] {
            let bytes = codec::encode(&Clear { epoch: EpochId([9; 32]), wraps, links });
            assert_eq!(Clear::decode(&bytes), Err(CodecError::NotCanonical("wraps and links must ascend")));
        }
    }

    #[test]
    fn the_largest_clear_part_fits_an_envelope() {
        let wraps = (0..limits::WRAPS as u64)
            .map(|n| WrapKey { tag: n.to_be_bytes(), encapped: [2; 32], sealed: [3; 48] })
            .collect();
        let links = (0..limits::CLEAR_LINKS).map(|n| link(n as u8, true)).collect();
        let clear = Clear::new(EpochId([9; 32]), wraps, links).unwrap();
        assert!(clear.encode().len() <= limits::CLEAR);
        let too_many = vec![link(1, true); 1];
        let wraps = (0..=limits::WRAPS as u64)
            .map(|n| WrapKey { tag: n.to_be_bytes(), encapped: [2; 32], sealed: [3; 48] })
            .collect();
        assert!(Clear::new(EpochId([9; 32]), wraps, too_many).is_err());
    }
}
