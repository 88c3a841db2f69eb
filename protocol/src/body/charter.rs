//! Changing the charter, and accepting it as changed.

use minicbor::{Decode, Encode};

use crate::charter::Changes;
use crate::codec::CodecError;
use crate::limits;

/// A change of the charter by a facilitator. One that changes what members agreed to
/// ([`Changes::is_material`]) is a proposal until a quorum of facilitators wrote the same changes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Amend {
    /// What is changed: at least one field.
    #[n(0)]
    pub changes: Changes,
    /// Why: 1 to [`limits::REASON`] bytes.
    #[n(1)]
    pub reason: String,
}

/// A member's consent to the charter as it is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Accept {
    /// [`crate::charter::Charter::terms`] of the charter as the author knew it.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub terms: [u8; 32],
}

impl Amend {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        super::words(&self.reason, limits::REASON, "reason")?;
        self.changes.check()
    }
}
