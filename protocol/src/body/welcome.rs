//! Welcoming newcomers.

use minicbor::{Decode, Encode};

use crate::id::{MemberKey, ShortId};

/// Somebody has greeted a newcomer, so that not all do. By the newcomer themselves: that they are not to be shown as new here
/// any more.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Welcome {
    /// The newcomer.
    #[n(0)]
    pub member: MemberKey,
    /// The post in which they are greeted, by the same author, if there is one. It waits for no answer.
    #[n(1)]
    pub post: Option<ShortId>,
}
