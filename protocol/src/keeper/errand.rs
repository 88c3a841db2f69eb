//! What is asked of a keeper over a connection that has proved a gate key, a question and its answer at a time.

use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};

use super::proof::{PlaceRefused, Told};
use crate::codec::{self, CodecError, at_most};
use crate::envelope::{Header, drop_mark};
use crate::id::{DropMark, EnvelopeId};
use crate::limits;

/// A payload that its author took back, and what shows it: the secret behind the mark on its envelope.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Dropped {
    /// Which envelope.
    #[n(0)]
    pub envelope: EnvelopeId,
    /// The secret, which only the author could derive.
    #[n(1)]
    secret: ByteArray<32>,
}

impl Dropped {
    /// Shows the secret of one envelope.
    pub fn new(envelope: EnvelopeId, secret: [u8; 32]) -> Dropped {
        Dropped { envelope, secret: secret.into() }
    }

    /// Whether it shows what an envelope's header was marked with. Nothing shows an envelope without a mark.
    pub fn shows(&self, header: &Header) -> bool {
        header.drop != DropMark([0; 16]) && drop_mark(&self.secret) == header.drop
    }
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Errand {
    /// Takes this grant for the one it replaces. Answered with [`Reply::Told`].
    #[n(0)]
    Grant(#[n(0)] ByteVec),
    /// Keeps no payload of these any longer, at most [`limits::WITHDRAWN`]. Answered with [`Reply::Done`].
    #[n(1)]
    Drop(#[n(0)] Vec<Dropped>),
    /// Keeps this meeting point ([`super::meeting()`]) as long as the connection lasts and a while after it, in place of
    /// the one before, and gives those of others. Answered with [`Reply::Met`].
    #[n(2)]
    Meet(#[n(0)] Option<ByteVec>),
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Reply {
    /// How things stand now.
    #[n(0)]
    Told(#[n(0)] Told),
    /// It is done, as far as there was something to do.
    #[n(1)]
    Done,
    /// Meeting points, the newest first, at most [`limits::MEETINGS`].
    #[n(2)]
    Met(#[n(0)] Vec<ByteVec>),
    /// No.
    #[n(3)]
    Refused(#[n(0)] PlaceRefused),
}

impl Errand {
    /// Its bytes.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads one that fills `bytes`.
    ///
    /// # Errors
    /// [`CodecError`]; the peer is disconnected.
    pub fn decode(bytes: &[u8]) -> Result<Errand, CodecError> {
        at_most(bytes.len(), limits::ERRAND, "errand")?;
        let errand: Errand = codec::decode(bytes)?;
        match &errand {
            Errand::Grant(grant) => at_most(grant.len(), limits::PLACE_GRANT, "grant")?,
            Errand::Drop(dropped) => at_most(dropped.len(), limits::WITHDRAWN, "list of envelopes")?,
            Errand::Meet(Some(point)) if point.len() != limits::MEETING => {
                return Err(CodecError::Mismatch("a meeting point of another length".into()));
            }
            Errand::Meet(_) => {}
        }
        Ok(errand)
    }
}

impl Reply {
    /// Its bytes.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads one that fills `bytes`.
    ///
    /// # Errors
    /// [`CodecError`]; the keeper is disconnected.
    pub fn decode(bytes: &[u8]) -> Result<Reply, CodecError> {
        at_most(bytes.len(), limits::ERRAND_REPLY, "answer")?;
        let reply: Reply = codec::decode(bytes)?;
        if let Reply::Met(points) = &reply {
            at_most(points.len(), limits::MEETINGS, "list of meeting points")?;
        }
        Ok(reply)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::EpochTag;
    use crate::time::Hour;

    fn header(drop: DropMark) -> Header {
        Header {
            control: false,
            epoch: EpochTag([1; 8]),
            hour: Hour(1),
            clear_length: 0,
            payload_length: 296,
            drop,
        }
    }

    #[test]
    fn a_payload_goes_for_its_authors_secret_alone() {
        let shown = Dropped::new(EnvelopeId([1; 32]), [5; 32]);
        assert!(shown.shows(&header(drop_mark(&[5; 32]))));
        assert!(!shown.shows(&header(drop_mark(&[6; 32]))));
        assert!(!shown.shows(&header(DropMark([0; 16]))));
    }

    #[test]
    fn errands_are_bounded() {
        let fine = [
            Errand::Grant(vec![0; limits::PLACE_GRANT].into()),
            Errand::Drop(vec![Dropped::new(EnvelopeId([1; 32]), [5; 32]); limits::WITHDRAWN]),
            Errand::Meet(None),
            Errand::Meet(Some(vec![0; limits::MEETING].into())),
        ];
        for errand in fine {
            assert_eq!(Errand::decode(&errand.encode()), Ok(errand));
        }
        let beyond = [
            Errand::Grant(vec![0; limits::PLACE_GRANT + 1].into()),
            Errand::Drop(vec![Dropped::new(EnvelopeId([1; 32]), [5; 32]); limits::WITHDRAWN + 1]),
            Errand::Meet(Some(vec![0; limits::MEETING + 1].into())),
            Errand::Meet(Some(vec![0; 1].into())),
        ];
        for errand in beyond {
            assert!(Errand::decode(&errand.encode()).is_err(), "{errand:?}");
        }
        let met = |count| Reply::Met(vec![vec![0; limits::MEETING].into(); count]);
        assert_eq!(Reply::decode(&met(limits::MEETINGS).encode()), Ok(met(limits::MEETINGS)));
        assert!(Reply::decode(&met(limits::MEETINGS + 1).encode()).is_err());
    }
}
