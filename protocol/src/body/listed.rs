//! Being found: that a group is listed in public, in which words, and that it is not any more.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::codec::{CodecError, at_most};
use crate::directory::{ListingKey, Portrait};
use crate::id::EntryId;
use crate::limits;

/// A facilitator lists the group: every member reads what strangers read. See [`crate::directory`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Listed {
    /// What the listing is known by.
    #[n(0)]
    pub key: ListingKey,
    /// What its author derives the secret of that key from: random.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub salt: [u8; 16],
    /// What strangers read.
    #[n(2)]
    pub portrait: Portrait,
    /// The invite that its link is of.
    #[n(3)]
    pub invite: EntryId,
    /// The signed end of everything that this key lists: so whoever is in the group can hand it to a directory, and the
    /// listing does not hang on one person.
    #[n(4)]
    pub end: ByteVec,
}

/// A facilitator or helper ends a listing.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Unlisted {
    /// The [`Listed`] entry.
    #[n(0)]
    pub listed: EntryId,
}

impl Listed {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        self.portrait.check()?;
        at_most(self.end.len(), limits::LISTING, "end of a listing")?;
        if self.key.is_withdrawn_by(&self.end) {
            Ok(())
        } else {
            Err(CodecError::Mismatch("the end of another listing".into()))
        }
    }
}
