//! Why something was not let in, and what to do about it.

use thiserror::Error;

use crate::codec::CodecError;
use crate::envelope::{EnvelopeError, OpenError, SealError};
use crate::id::{AuthorId, EpochId, EpochTag, ShortId};

/// The answer to something that is not let in, at least not now.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Nobody who keeps the rules made or forwarded this. Gossip: reject; a stream: disconnect.
    #[error(transparent)]
    Reject(Why),
    /// Nothing new, and nobody's fault. Gossip: ignore; a stream: go on.
    #[error("{0}")]
    Ignore(Why),
    /// Something else must come first. Gossip: ignore, and keep it in [`super::Waiting`] if that takes it;
    /// what it does not take comes again by sync.
    #[error(transparent)]
    Wait(Wait),
}

/// What is wrong with it, as a sentence for a log or a person.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Why {
    /// Larger than [`crate::limits::ENVELOPE`], or not in the form of an envelope.
    #[error("this is not an envelope: {0}")]
    Envelope(EnvelopeError),
    /// The gate tag was not made with the key of the epoch it names.
    #[error("the gate tag does not fit the envelope")]
    Gate,
    /// It does not open with the key of the epoch it names, or its outside does not fit what is inside.
    #[error("the envelope does not open with its epoch's key: {0}")]
    Sealed(OpenError),
    /// Something that came without an envelope is not an entry; or one to be written breaks a limit.
    #[error("this is not an entry: {0}")]
    Entry(CodecError),
    /// An entry to be written does not fit an envelope.
    #[error("this cannot be sealed: {0}")]
    Unsealable(SealError),
    /// A mint or a wrap that brings nobody a key, or other links than it says.
    #[error("the keys it brings do not fit what it says: {0}")]
    Keys(&'static str),
    /// The entry names another author than the key it brings, or cites what its kind may not.
    #[error("the entry contradicts itself: {0}")]
    Contradicts(&'static str),
    /// The genesis of another group (rejected), or a second one of this (ignored: no relay is to blame).
    #[error("this is not the beginning of this group")]
    OtherGroup,
    /// No key of its author signed it.
    #[error("the signature does not hold")]
    Signature,
    /// Under the porch of an invite there is something else than a join on it.
    #[error("only who comes in on an open door seals under its porch")]
    Porch,
    /// A signed entry that came without an envelope, of a kind that must have one.
    #[error("entries of this kind come in an envelope")]
    Bare,
    /// It is of a month that is not kept here any more.
    #[error("this has outlived its time here")]
    Outlived,
    /// The envelope is held.
    #[error("this is held already")]
    Held,
}

/// What must come first.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Wait {
    /// It is dated more than [`crate::limits::HOURS_AHEAD`] hours ahead of this clock: its author's clock is
    /// fast, or this one slow. It comes again by sync.
    #[error("it is dated {hours} hours ahead of this device's clock")]
    Clock {
        /// How many.
        hours: u32,
    },
    /// No key of the epoch is held.
    #[error("the key of epoch {0} is not here yet")]
    Key(EpochTag),
    /// It is content, and of its epoch only the control key is held. Whether the other half will come is
    /// the keyring's to say.
    #[error("the content key of epoch {0} is not here")]
    Content(EpochId),
    /// The genesis of the group is not known yet, and everything else needs it.
    #[error("the beginning of the group is not here yet")]
    Genesis,
    /// Nobody is known by whom it could be signed.
    #[error("its author {0} is not known yet")]
    Author(AuthorId),
    /// Control entries that it cites are not held.
    #[error("{} control entries that it cites are not here yet", .0.len())]
    Control(Vec<ShortId>),
    /// Its lamport number is more than [`crate::limits::LAMPORT_STEP`] beyond the highest held. It comes
    /// again by sync.
    #[error("its number runs too far ahead of what is here")]
    Lamport,
    /// The ledger could not be read. It comes again by sync.
    #[error("what is held could not be read")]
    Ledger,
}

impl Refusal {
    /// Whether whoever handed this over broke the rules.
    pub fn is_reject(&self) -> bool {
        matches!(self, Refusal::Reject(_))
    }
}
