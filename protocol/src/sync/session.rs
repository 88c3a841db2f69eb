//! One session, as a state machine.

use std::sync::Arc;

use crate::id::EnvelopeId;
use crate::sync::SyncError;
use crate::sync::message::{Message, Scope};
use crate::sync::set::{Prepared, SetName, Sum};
use crate::time::Month;

/// Which side opened the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Opened it, speaks first, and drives the comparison.
    Initiator,
    /// Answers.
    Responder,
}

/// What one side brings to a session.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Which side it is.
    pub role: Role,
    /// How much it serves the other.
    pub scope: Scope,
    /// The first month whose content it keeps.
    pub since: Month,
    /// Whether ids are to be compared under a salt.
    pub salted: bool,
    /// 16 random bytes, new for each session.
    pub nonce: [u8; 16],
    /// Tells an envelope's id from its bytes; none for bytes that are no envelope.
    pub identify: fn(&[u8]) -> Option<EnvelopeId>,
}

/// What goes into a session. Questions ([`Output::Sums`], [`Output::Sets`], [`Output::Wanted`]) must be
/// answered, in order, before the next message goes in; [`Output::Load`] and [`Output::Admit`] may take their
/// time, and are answered in the order they came out, each kind by itself.
#[derive(Clone, Debug)]
pub enum Input {
    /// The other side said something.
    Message(Message),
    /// Answers [`Output::Sums`].
    Sums(Vec<(SetName, Sum)>),
    /// Answers [`Output::Sets`], in the order asked.
    Sets(Vec<Arc<Prepared>>),
    /// Answers [`Output::Wanted`]: those of the ids that are neither held nor refused before.
    Wanted(Vec<EnvelopeId>),
    /// Answers [`Output::Load`].
    Loaded {
        /// Envelopes, in the order asked, without those that are no longer held.
        envelopes: Vec<(EnvelopeId, Vec<u8>)>,
        /// How many of the ids asked for this deals with (at least one): what lies beyond did not fit into
        /// [`crate::limits::SYNC_WINDOW_BYTES`].
        through: usize,
    },
    /// Answers [`Output::Admit`]: those held durably now, whether they came by this or otherwise.
    Admitted(Vec<EnvelopeId>),
}

/// What a session asks its driver to do, in this order.
#[derive(Clone, Debug)]
pub enum Output {
    /// Send this to the other side.
    Send(Message),
    /// Question: what stands for the control set, or (given a month) for each month of content from it on
    /// that is not empty?
    Sums(Option<Month>),
    /// Question: these sets, prepared; an empty one for a month of which nothing is held.
    Sets(Vec<SetName>),
    /// Question: which of these are wanted?
    Wanted(Vec<EnvelopeId>),
    /// Fetch these from the store, to be served.
    Load(Vec<EnvelopeId>),
    /// Admit these and store what is accepted.
    Admit(Vec<(EnvelopeId, Vec<u8>)>),
    /// The other side says it holds these durably.
    Held(Vec<EnvelopeId>),
    /// The other side holds all that these sets had when their sums were as said here, but for some ids.
    InStep {
        /// The sets.
        sets: Vec<(SetName, Sum)>,
        /// What it does not hold of them.
        lacking: Vec<EnvelopeId>,
    },
    /// So many envelopes have come, of so many known to be missing here.
    Progress {
        /// Arrived and admitted or refused.
        received: u64,
        /// Known so far; grows while the comparison goes on.
        of: u64,
    },
    /// The session is over once what is to be sent is sent.
    Finished {
        /// Whether everything that differed was compared; if not, another session goes on from here.
        complete: bool,
    },
}

/// One session.
#[derive(Debug)]
pub struct Session {
    terms: Terms,
}

impl Session {
    /// Begins a session, with what is to be done first.
    pub fn start(terms: Terms) -> (Session, Vec<Output>) {
        (Session { terms }, Vec::new())
    }

    /// Takes one step.
    ///
    /// # Errors
    /// [`SyncError`]; the session is over then, and the peer to be disconnected unless it is
    /// [`SyncError::Misuse`].
    pub fn handle(&mut self, _input: Input) -> Result<Vec<Output>, SyncError> {
        let _ = self.terms;
        Err(SyncError::Misuse("not built yet"))
    }
}
