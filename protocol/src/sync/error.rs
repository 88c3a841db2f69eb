//! Why a session ends early.

use thiserror::Error;

use crate::codec::CodecError;

/// Why a session cannot go on. Whatever a peer caused is a reason to disconnect it: an honest one never does.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SyncError {
    /// A frame that is no message.
    #[error("the peer sent a frame that is no message: {0}")]
    Codec(#[from] CodecError),
    /// The peer speaks another version of reconciliation.
    #[error("the peer speaks version {0} of reconciliation")]
    Version(u8),
    /// A message that has no place where the session stands.
    #[error("the peer sent {0} out of turn")]
    OutOfPhase(&'static str),
    /// A bound of [`crate::limits`] was passed.
    #[error("the peer went beyond the limit of {0}")]
    TooMuch(&'static str),
    /// An envelope that nobody asked for, or bytes that are no envelope.
    #[error("the peer sent an envelope that was not asked for")]
    NotAsked,
    /// A request for an envelope, or a set, that was never announced.
    #[error("the peer asked for what was not announced")]
    NotOffered,
    /// A statement that contradicts what the peer said before.
    #[error("the peer contradicted itself about {0}")]
    Contradiction(&'static str),
    /// The range reconciliation of a set is malformed.
    #[error("the peer's ranges make no sense: {0}")]
    Ranges(String),
    /// This side's driver answered a question that was not open, or did not answer one: a mistake of ours.
    #[error("the session was driven wrongly: {0}")]
    Misuse(&'static str),
}
