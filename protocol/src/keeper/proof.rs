//! How a member's node shows a keeper that it is of a place's group: the MAC of a gate key, over both ends of the
//! connection and fresh nonces.
//!
//! ```text
//! member                                   keeper
//! Hello { nonce }                    ───▶
//!                                    ◀───  Hello { nonce }
//! PlaceProof                         ───▶
//!                                    ◀───  PlaceAnswer
//! ```
//!
//! The keeper has shown who it is before that: it is dialled by its PeerId, whose key stands in the entry that names it.

use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};
use thiserror::Error;

use crate::codec::{self, CodecError, at_most};
use crate::epoch::GateKey;
use crate::id::{GateName, PlaceId, hash, keyed_hash, truncate};
use crate::limits;
use crate::proof::Nonce;
use crate::secret::same;

/// What one proof is about: the place, and both ends of the connection as the transport has authenticated them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceTranscript([u8; 32]);

impl PlaceTranscript {
    /// Both sides make the same one.
    pub fn new(place: &PlaceId, member: (&[u8], &Nonce), keeper: (&[u8], &Nonce)) -> PlaceTranscript {
        let peer = |bytes: &[u8]| hash("kith/1/proof-peer", &[bytes]);
        let (from, to) = (peer(member.0), peer(keeper.0));
        PlaceTranscript(hash("kith/1/proof-place", &[place.as_ref(), &from, &member.1.0, &to, &keeper.1.0]))
    }

    fn mac(&self, gate: &GateKey) -> [u8; 16] {
        truncate(&keyed_hash(gate.expose(), "kith/1/proof-gate", &[&self.0]))
    }
}

/// The member's second message.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum PlaceProof {
    /// That it knows a gate key of the place.
    #[n(0)]
    Gate {
        /// Which place.
        #[n(0)]
        place: PlaceId,
        /// Which gate key.
        #[n(1)]
        gate: GateName,
        /// Made with it.
        #[n(2)]
        mac: ByteArray<16>,
    },
    /// A grant, by whoever knows no gate key that the place does: the first of a place, or one that comes after others
    /// have granted what this member has not read yet.
    #[n(1)]
    Grant(#[n(0)] ByteVec),
}

impl PlaceProof {
    /// Proves a gate key.
    pub fn gate(place: PlaceId, transcript: &PlaceTranscript, gate: &GateKey) -> PlaceProof {
        PlaceProof::Gate { place, gate: gate.name(), mac: transcript.mac(gate).into() }
    }

    /// Whether it proves this gate key.
    pub fn proves(&self, transcript: &PlaceTranscript, gate: &GateKey) -> bool {
        match self {
            PlaceProof::Gate { mac, .. } => same(mac.as_slice(), &transcript.mac(gate)),
            PlaceProof::Grant(_) => false,
        }
    }

    fn check(&self) -> Result<(), CodecError> {
        match self {
            PlaceProof::Gate { .. } => Ok(()),
            PlaceProof::Grant(grant) => at_most(grant.len(), limits::PLACE_GRANT, "grant"),
        }
    }
}

/// What somebody may do at a place, by the gate key they proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Standing {
    /// By the key of now: fetch and leave everything, within the place's quota.
    #[n(0)]
    Member,
    /// By a key that was of now until lately: fetch control envelopes, leave a little.
    #[n(1)]
    Past,
    /// By the key of an open door: fetch control envelopes, leave one's join.
    #[n(2)]
    Porch,
}

/// What a place tells whoever has proved something there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Told {
    /// What they may do.
    #[n(0)]
    pub standing: Standing,
    /// The number of the grant that holds.
    #[n(1)]
    pub number: u64,
    /// What it says: [`super::Grant::substance`].
    #[n(2)]
    pub substance: ByteArray<32>,
    /// Bytes held for the group.
    #[n(3)]
    pub used: u64,
    /// Bytes that may be held for it.
    #[n(4)]
    pub quota: u64,
}

/// The keeper's second message.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum PlaceAnswer {
    /// The proof holds.
    #[n(0)]
    Welcome(#[n(0)] Told),
    /// No. The connection ends.
    #[n(1)]
    Refused(#[n(0)] PlaceRefused),
}

/// Why a keeper will not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Error)]
#[cbor(index_only)]
#[non_exhaustive]
pub enum PlaceRefused {
    /// There is no such place, or the proof does not hold: which of the two is not said.
    #[n(0)]
    #[error("the keeper knows no such place, or not this key")]
    Unknown,
    /// The grant is by nobody who may write it, or not the next one.
    #[n(1)]
    #[error("the keeper holds a later word of the group's facilitators")]
    Stale,
    /// The keeper has enough connections.
    #[n(2)]
    #[error("the keeper is busy")]
    Busy,
}

impl PlaceProof {
    /// Its bytes.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads one that fills `bytes`.
    ///
    /// # Errors
    /// [`CodecError`]; the peer is disconnected.
    pub fn decode(bytes: &[u8]) -> Result<PlaceProof, CodecError> {
        at_most(bytes.len(), limits::PLACE_PROOF, "message")?;
        let proof: PlaceProof = codec::decode(bytes)?;
        proof.check()?;
        Ok(proof)
    }
}

impl PlaceAnswer {
    /// Its bytes.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads one that fills `bytes`.
    ///
    /// # Errors
    /// [`CodecError`]; the peer is disconnected.
    pub fn decode(bytes: &[u8]) -> Result<PlaceAnswer, CodecError> {
        at_most(bytes.len(), limits::PROOF, "message")?;
        codec::decode(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::epoch::EpochKey;

    fn gate(n: u8) -> GateKey {
        EpochKey::from_bytes([n; 32]).control().gate()
    }

    #[test]
    fn a_proof_holds_for_one_place_one_key_and_one_connection() {
        let (a, b) = (Nonce([1; 32]), Nonce([2; 32]));
        let place = PlaceId([1; 16]);
        let transcript = PlaceTranscript::new(&place, (b"ana", &a), (b"keeper", &b));
        let proof = PlaceProof::gate(place, &transcript, &gate(1));
        assert!(proof.proves(&transcript, &gate(1)));
        assert!(!proof.proves(&transcript, &gate(2)));
        for other in [
            PlaceTranscript::new(&PlaceId([2; 16]), (b"ana", &a), (b"keeper", &b)),
            PlaceTranscript::new(&place, (b"ben", &a), (b"keeper", &b)),
            PlaceTranscript::new(&place, (b"ana", &b), (b"keeper", &b)),
            PlaceTranscript::new(&place, (b"ana", &a), (b"other", &b)),
            PlaceTranscript::new(&place, (b"ana", &a), (b"keeper", &a)),
            PlaceTranscript::new(&place, (b"keeper", &b), (b"ana", &a)),
        ] {
            assert!(!proof.proves(&other, &gate(1)), "nothing is passed on, replayed or thrown back");
        }
        assert_eq!(PlaceProof::decode(&proof.encode()), Ok(proof));
    }

    #[test]
    fn messages_are_bounded() {
        let long = PlaceProof::Grant(vec![0; limits::PLACE_GRANT + 1].into());
        assert!(PlaceProof::decode(&long.encode()).is_err());
        let most = PlaceProof::Grant(vec![0; limits::PLACE_GRANT].into());
        assert_eq!(PlaceProof::decode(&most.encode()), Ok(most));
    }
}
