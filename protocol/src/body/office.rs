//! Who holds an office, beside promotions: stepping back, demotion, election; and the sign that somebody still does.

use minicbor::{Decode, Encode};

use super::Role;
use crate::codec::CodecError;
use crate::id::MemberKey;
use crate::limits;

/// A facilitator or helper who goes back to being a member, at once and without a reason.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct StepBack {}

/// A facilitator or helper set back by others: a helper by one facilitator, a facilitator by a quorum.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Demote {
    /// Whom.
    #[n(0)]
    pub member: MemberKey,
    /// To what: member, or of a facilitator also deputy.
    #[n(1)]
    pub role: Role,
    /// Why, in words that everybody reads: 1 to [`limits::REASON`] bytes.
    #[n(2)]
    pub reason: String,
}

/// A vote for a member to become a facilitator, where the facilitators are silent.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Elect {
    /// Whom.
    #[n(0)]
    pub member: MemberKey,
}

/// A sign that a facilitator's node is there. Whoever has seen none for long may be out of date, and an election
/// that one of them did not know of seats nobody.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Pulse {}

impl Demote {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        super::words(&self.reason, limits::REASON, "reason")?;
        if self.role == Role::Seat {
            Err(CodecError::Mismatch("a demotion to a seat".into()))
        } else {
            Ok(())
        }
    }
}
