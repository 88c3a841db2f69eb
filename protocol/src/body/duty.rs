//! Who is there for the group, and when.

use minicbor::{Decode, Encode};

use crate::codec::CodecError;
use crate::limits;
use crate::time::Millis;

/// What somebody is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Task {
    /// Looks after the group: posts that nobody answers, reports.
    #[n(0)]
    OnDuty,
    /// Welcomes newcomers.
    #[n(1)]
    Greeter,
}

/// A facilitator's or helper's word that they will be there. The last word of one member about one task holds; by
/// anybody else it says nothing. By each reader's clock.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Duty {
    /// For what.
    #[n(0)]
    pub task: Task,
    /// From when.
    #[n(1)]
    pub from: Millis,
    /// Until when: at most [`limits::DUTY`] later; not later at all to take an earlier word back.
    #[n(2)]
    pub until: Millis,
}

impl Duty {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        let fits = self.until.since(self.from) <= limits::DUTY;
        if fits { Ok(()) } else { Err(CodecError::TooLarge("duty")) }
    }
}
