//! Taking back, and changing, what one wrote.

use minicbor::{Decode, Encode};

use super::notes::ContentNotes;
use crate::codec::{CodecError, at_most};
use crate::envelope::{Header, drop_mark};
use crate::hearing::Intent;
use crate::id::{EntryId, EnvelopeId, LogId, ShortId};
use crate::limits;

/// Entries of one's own taken back: their payloads are dropped wherever this is heard of, and their names stay.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Withdraw {
    /// Which: 1 to [`limits::WITHDRAWN`].
    #[n(0)]
    pub entries: Vec<Withdrawn>,
}

/// One entry taken back.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Withdrawn {
    /// Its log.
    #[n(0)]
    pub log: LogId,
    /// Its place in the log.
    #[n(1)]
    pub seq: u64,
    /// Its lamport number.
    #[n(2)]
    pub lamport: u64,
    /// Its name.
    #[n(3)]
    pub entry: EntryId,
    /// The name of its envelope.
    #[n(4)]
    pub envelope: EnvelopeId,
    /// The secret of the drop mark in that envelope's header: nobody but the entry's author can show it.
    #[n(5)]
    #[cbor(with = "minicbor::bytes")]
    pub secret: [u8; 32],
}

/// What one wrote, in other words. Of several edits the last of the author's holds.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Edit {
    /// The post or reply, which must be of the same author.
    #[n(0)]
    pub post: ShortId,
    /// The whole text from now on: as in [`super::Post`].
    #[n(1)]
    pub text: String,
    /// What its author wishes for from now on; none: what they did before. Of a reply it says nothing.
    #[n(2)]
    pub intent: Option<Intent>,
    /// What it mentions from now on; none: what it did before.
    #[n(3)]
    pub notes: Option<ContentNotes>,
}

impl Withdrawn {
    /// Whether it takes back the envelope with this name and header.
    pub fn takes_back(&self, id: &EnvelopeId, header: &Header) -> bool {
        *id == self.envelope && !header.control && header.drop == drop_mark(&self.secret)
    }
}

impl Withdraw {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        if self.entries.is_empty() {
            return Err(CodecError::Mismatch("nothing taken back".into()));
        }
        at_most(self.entries.len(), limits::WITHDRAWN, "list of what is taken back")
    }
}

impl Edit {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        super::talk::text(&self.text)?;
        self.notes.as_ref().map_or(Ok(()), ContentNotes::check)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{DropMark, EpochTag};
    use crate::time::Hour;

    #[test]
    fn only_who_knows_the_secret_of_its_mark_takes_an_envelope_back() {
        let (secret, id) = ([7; 32], EnvelopeId([1; 32]));
        let header = Header {
            control: false,
            epoch: EpochTag([1; 8]),
            hour: Hour(7),
            clear_length: 0,
            payload_length: 296,
            drop: drop_mark(&secret),
        };
        let what = Withdrawn {
            log: LogId([2; 8]),
            seq: 3,
            lamport: 4,
            entry: EntryId([5; 32]),
            envelope: id,
            secret,
        };
        assert!(what.takes_back(&id, &header));
        assert!(!what.takes_back(&EnvelopeId([2; 32]), &header));
        assert!(!what.takes_back(&id, &Header { drop: DropMark([0; 16]), ..header }));
        assert!(!what.takes_back(&id, &Header { control: true, ..header }));
        assert!(!Withdrawn { secret: [8; 32], ..what }.takes_back(&id, &header));
        assert!(Withdraw { entries: vec![] }.check().is_err());
    }
}
