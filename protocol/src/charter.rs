//! The charter: what a group is for and how it lives, signed into its genesis and accepted by hash on joining.

use minicbor::{Decode, Encode};

use crate::codec::{self, CodecError, at_most};
use crate::id::hash;
use crate::limits;

/// What newcomers can read of the time before they came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum History {
    /// Nothing.
    #[n(0)]
    None,
    /// Everything the group still keeps.
    #[n(1)]
    All,
}

/// Who may invite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Inviters {
    /// Facilitators and helpers.
    #[n(0)]
    Facilitators,
    /// Every member.
    #[n(1)]
    Members,
}

/// What a group is for and how it lives.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Charter {
    /// What the group is for: at most [`limits::PURPOSE`] bytes.
    #[n(0)]
    pub purpose: String,
    /// What newcomers can read.
    #[n(1)]
    pub history: History,
    /// How many members there may be, judged by the node that admits; at most [`limits::MEMBERS`].
    #[n(2)]
    pub size: u32,
    /// Who may invite.
    #[n(3)]
    pub inviters: Inviters,
    /// Whether every member has a seat (at most [`limits::SHARED_POWER_MEMBERS`] members).
    #[n(4)]
    pub shared_power: bool,
}

impl Charter {
    /// What a joiner accepts: the hash of the charter's bytes.
    pub fn hash(&self) -> [u8; 32] {
        hash("kith/1/charter", &[&codec::encode(self)])
    }

    pub(crate) fn check(&self) -> Result<(), CodecError> {
        at_most(self.purpose.len(), limits::PURPOSE, "purpose")?;
        let most = if self.shared_power { limits::SHARED_POWER_MEMBERS } else { limits::MEMBERS };
        at_most(usize::try_from(self.size).unwrap_or(usize::MAX), most, "size of the group")
    }
}
