//! What is left of an envelope whose payload was withdrawn: enough to give it its name.

use super::{Envelope, EnvelopeError, GATE, GateTag, Header, clear_hash, envelope_id, payload_hash, take};
use crate::id::EnvelopeId;

/// The flag of a stub, which no envelope has.
const STUB: u8 = 4;

/// An envelope without its payload, of which the hash is kept.
///
/// Anybody can make one of any content envelope. It stands for that envelope only where a withdrawal by its author
/// is held; without one, what it names is missing and asked for elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stub {
    header: Header,
    gate: GateTag,
    payload: [u8; 32],
    id: EnvelopeId,
}

impl Stub {
    /// Length in bytes.
    pub const LEN: usize = Header::LEN + GATE + 32;

    /// What is left of a content envelope; `None` of a control envelope, which keeps its payload.
    pub fn of(envelope: &Envelope) -> Option<Stub> {
        let header = *envelope.header();
        let payload = payload_hash(envelope.payload());
        (!header.control).then(|| Stub { header, gate: *envelope.gate(), payload, id: envelope.id() })
    }

    /// Reads one: as the envelope's header with one more flag, gate tag, and hash of the payload.
    ///
    /// # Errors
    /// [`EnvelopeError`].
    pub fn decode(bytes: &[u8]) -> Result<Stub, EnvelopeError> {
        let mut front: [u8; Header::LEN] = take(bytes)?.0;
        let [_, flags, ..] = &mut front;
        if *flags != STUB {
            return Err(EnvelopeError::Flags(*flags));
        }
        *flags = 0;
        let (header, _) = Header::decode(&front)?;
        let rest = bytes.get(Header::LEN..).unwrap_or_default();
        let (gate, rest) = take::<GATE>(rest)?;
        let payload: [u8; 32] = rest.try_into().map_err(|_| EnvelopeError::Length)?;
        let id = envelope_id(&header, &clear_hash(&[]), &payload);
        Ok(Stub { header, gate: GateTag(gate), payload, id })
    }

    /// Its bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut front = self.header.encode();
        let [_, flags, ..] = &mut front;
        *flags = STUB;
        [front.as_slice(), &self.gate.0, &self.payload].concat()
    }

    /// The name of the envelope it is left of.
    pub fn id(&self) -> EnvelopeId {
        self.id
    }

    /// That envelope's header.
    pub fn header(&self) -> &Header {
        &self.header
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{DropMark, EpochTag};
    use crate::time::Hour;

    fn envelope(control: bool) -> Envelope {
        let header = Header {
            control,
            epoch: EpochTag([1; 8]),
            hour: Hour(7),
            clear_length: 0,
            payload_length: 256 + 40,
            drop: DropMark(if control { [0; 16] } else { [9; 16] }),
        };
        let bytes = [header.encode().as_slice(), &[3; 16], &[5; 256 + 40]].concat();
        Envelope::decode(&bytes).unwrap()
    }

    #[test]
    fn a_stub_keeps_the_name_and_nothing_else() {
        let envelope = envelope(false);
        let stub = Stub::of(&envelope).unwrap();
        assert_eq!((stub.id(), stub.header()), (envelope.id(), envelope.header()));
        let bytes = stub.encode();
        assert_eq!(bytes.len(), Stub::LEN);
        assert_eq!(Stub::decode(&bytes), Ok(stub));
        assert!(Envelope::decode(&bytes).is_err());
        assert!(Stub::decode(&envelope.encode()).is_err());
        assert!(Stub::decode(&bytes[1..]).is_err() && Stub::decode(&[&bytes[..], &[0]].concat()).is_err());
    }

    #[test]
    fn another_hash_is_another_name() {
        let stub = Stub::of(&envelope(false)).unwrap();
        for at in [3, 12, 25, Stub::LEN - 1] {
            let mut bytes = stub.encode();
            bytes[at] ^= 1;
            assert!(Stub::decode(&bytes).is_err() || Stub::decode(&bytes).unwrap().id() != stub.id(), "{at}");
        }
        assert_eq!(Stub::of(&envelope(true)), None);
    }
}
