//! What is left for somebody who is not in.

use minicbor::{Decode, Encode};

use crate::codec::{CodecError, at_most};
use crate::limits;

/// A sealed word for somebody outside: see [`crate::knock`]. Members' nodes keep it, and hand it to whoever asks for
/// its tag.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Doorstep {
    /// By what it is asked for.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub tag: [u8; 16],
    /// The word: at most [`limits::DOORSTEP`] bytes.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
}

impl Doorstep {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        at_most(self.sealed.len(), limits::DOORSTEP, "word")
    }
}
