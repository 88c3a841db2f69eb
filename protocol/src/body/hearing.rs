//! Signs for the group that somebody was heard, wishes to be, or is being answered. Who acknowledged what, and how, is
//! said to the author alone, in a letter ([`crate::letter::Message::Ack`]).

use minicbor::{Decode, Encode};

use crate::id::ShortId;

/// Somebody has heard this. Of the author themselves it says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Heard {
    /// The post.
    #[n(0)]
    pub post: ShortId,
}

/// The author still waits for an answer, whatever was marked or said before. Of anybody else it says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct StillNeed {
    /// The post.
    #[n(0)]
    pub post: ShortId,
}

/// Somebody is writing an answer: for [`crate::hearing::CLAIM`] by each reader's clock, and for display alone. The last
/// claim of a member holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Claim {
    /// The post; none: they do not after all.
    #[n(0)]
    pub post: Option<ShortId>,
}
