//! Keepers of the group: that it has one, and that it has it no longer.

use minicbor::{Decode, Encode};

use crate::codec::CodecError;
use crate::id::{KeeperKey, PlaceId, StewardKey};

/// A place that a keeper gives the group, named by a facilitator who is a steward there from now on. Other facilitators
/// name the same place to become stewards, too.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Keep {
    /// Which place.
    #[n(0)]
    pub place: PlaceId,
    /// Which keeper.
    #[n(1)]
    pub keeper: KeeperKey,
    /// Where it is: 1 to [`crate::limits::NODE_ADDRESSES`] texts of at most [`crate::limits::ADDRESS`] bytes.
    #[n(2)]
    pub addresses: Vec<String>,
    /// What the author signs its grants with.
    #[n(3)]
    pub steward: StewardKey,
}

/// The end of a place: nobody's node brings anything there any more.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Unkeep {
    /// Which place.
    #[n(0)]
    pub place: PlaceId,
}

impl Keep {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        if self.addresses.is_empty() {
            return Err(CodecError::Mismatch("a keeper without an address".into()));
        }
        crate::address::check(&self.addresses)
    }
}
