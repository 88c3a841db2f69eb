//! What travels: one message a frame, in the deterministic encoding of [`crate::codec`].

use std::fmt;

use minicbor::{Decode, Encode};

use crate::codec;
use crate::id::EnvelopeId;
use crate::limits;
use crate::sync::SyncError;
use crate::sync::set::{SetName, Sum};
use crate::sync::sketch::CELL;
use crate::time::Month;

/// The version of reconciliation this crate speaks.
pub const VERSION: u8 = 1;

/// How much one side serves the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Scope {
    /// Nothing: it takes control envelopes that are offered and shows an empty set of its own. For a peer
    /// that is not known to be a member yet, and may turn out to be one by what it offers.
    #[n(0)]
    Nothing,
    /// Control envelopes, and no content, either way.
    #[n(1)]
    ControlOnly,
    /// Everything.
    #[n(2)]
    All,
}

/// The first message of each side; the initiator's opens the session.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Hello {
    /// [`VERSION`] of the side that speaks.
    #[n(0)]
    pub version: u8,
    /// How much it serves.
    #[n(1)]
    pub scope: Scope,
    /// The first month whose content it keeps. The later of both sides' is where comparing begins.
    #[n(2)]
    pub since: Month,
    /// Random; both sides' together salt a salted session.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub nonce: [u8; 16],
    /// Whether it wants ids compared under a salt. One side's wish is enough.
    #[n(4)]
    pub salted: bool,
}

/// Envelope ids, as one string of bytes.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Ids(pub Vec<EnvelopeId>);

/// A message of a session. `docs/protocol.md` tells who may send which when; [`crate::sync::Session`]
/// enforces it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Message {
    /// Who speaks, and on what terms.
    #[n(0)]
    Hello(#[n(0)] Hello),
    /// What stands for each set of the phase that begins: the control set, or every month of content that is
    /// kept from the agreed one on and has anything in it.
    #[n(1)]
    Sums(#[n(0)] Vec<(SetName, Sum)>),
    /// Responder: cells of the sketch of all sets that differ.
    #[n(2)]
    Cells {
        /// The cells, 38 bytes each (id, check number, count), going on where the last message ended.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        cells: Vec<u8>,
        /// What stands for the union of the sets that differ, as the responder has them.
        #[n(1)]
        sum: Sum,
    },
    /// Initiator: the sketch is too short, go on with it.
    #[n(3)]
    More,
    /// A step of the range reconciliation of one set.
    #[n(4)]
    Ranges {
        /// Which set.
        #[n(0)]
        set: SetName,
        /// A negentropy message.
        #[n(1)]
        #[cbor(with = "minicbor::bytes")]
        step: Vec<u8>,
    },
    /// Initiator: envelopes the responder lacks, by their true ids.
    #[n(5)]
    Offer {
        /// Which.
        #[n(0)]
        ids: Ids,
        /// Whether this ends the comparison of this phase.
        #[n(1)]
        last: bool,
    },
    /// Asks for envelopes, and thereby opens a window. In a salted session the initiator knows no others than
    /// salted ids, and asks by those.
    #[n(6)]
    Want(#[n(0)] Ids),
    /// Envelopes of the oldest open window, in the order they were asked for, without those that are gone.
    #[n(7)]
    Envelopes {
        /// The envelopes.
        #[n(0)]
        envelopes: Vec<minicbor::bytes::ByteVec>,
        /// On the last message of a window: how many of the ids asked for it has dealt with. What is beyond
        /// did not fit and may be asked for again. Zero: the window goes on.
        #[n(1)]
        through: u32,
    },
    /// Closes the oldest window: its envelopes are admitted, and what was accepted is durable.
    #[n(8)]
    Held(
        /// One bit for each envelope sent in the window, in order, the first in the highest bit of the first
        /// byte: whether it is held durably.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        Vec<u8>,
    ),
    /// This side asks for nothing more in this phase. When both have said so the phase ends.
    #[n(9)]
    Done {
        /// What the other side has and this one does not hold, at most [`limits::SYNC_LACKING`], under the
        /// ids this side knows.
        #[n(0)]
        lacking: Ids,
        /// Whether all of it is named, so that the other side may conclude the rest is held here.
        #[n(1)]
        whole: bool,
    },
}

impl Message {
    /// Encodes the message, without the frame's length prefix.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads a message that fills `bytes`.
    ///
    /// # Errors
    /// [`SyncError::Codec`] for bytes that are no message, [`SyncError::TooMuch`] for more than
    /// [`limits::SYNC_FRAME`] of them.
    pub fn decode(bytes: &[u8]) -> Result<Message, SyncError> {
        if bytes.len() > limits::SYNC_FRAME {
            return Err(SyncError::TooMuch("bytes in a frame"));
        }
        let message: Message = codec::decode(bytes)?;
        match &message {
            Message::Sums(sums) if sums.len() > limits::SYNC_MONTHS => {
                Err(SyncError::TooMuch("months in a session"))
            }
            Message::Cells { cells, .. }
                if cells.len() % CELL != 0 || cells.len() > limits::SYNC_CELLS.saturating_mul(CELL) =>
            {
                Err(SyncError::TooMuch("cells of a sketch"))
            }
            Message::Want(ids) if ids.0.len() > limits::SYNC_WINDOW => {
                Err(SyncError::TooMuch("envelopes in a window"))
            }
            Message::Done { lacking, .. } if lacking.0.len() > limits::SYNC_LACKING => {
                Err(SyncError::TooMuch("envelopes lacking"))
            }
            _ => Ok(message),
        }
    }

    /// What it is called in an error.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Message::Hello(_) => "a hello",
            Message::Sums(_) => "sums",
            Message::Cells { .. } => "cells",
            Message::More => "a request for cells",
            Message::Ranges { .. } => "ranges",
            Message::Offer { .. } => "an offer",
            Message::Want(_) => "a request",
            Message::Envelopes { .. } => "envelopes",
            Message::Held(_) => "a receipt",
            Message::Done { .. } => "the end of a phase",
        }
    }
}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ids", self.0.len())
    }
}

impl<C> Encode<C> for Ids {
    fn encode<W: minicbor::encode::Write>(
        &self,
        out: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let bytes: Vec<u8> = self.0.iter().flat_map(|id| id.0).collect();
        out.bytes(&bytes)?;
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Ids {
    fn decode(reader: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let (ids, rest) = reader.bytes()?.as_chunks::<{ EnvelopeId::LEN }>();
        if rest.is_empty() {
            Ok(Ids(ids.iter().map(|id| EnvelopeId(*id)).collect()))
        } else {
            Err(minicbor::decode::Error::message("ids of a wrong length"))
        }
    }
}
