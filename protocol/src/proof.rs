//! The proof handshake: two nodes on an encrypted connection show each other that they belong to one group,
//! before either is served anything.
//!
//! ```text
//! initiator                                responder
//! Hello { nonce }                    ───▶
//!                                    ◀───  Hello { nonce, known }
//! Proof (member or invite)           ───▶
//!                                    ◀───  Answer (member proof, or why not)
//! ```
//!
//! Both sides make one [`Transcript`] of the group, both nonces and both ends of the connection (libp2p's
//! PeerIds, as byte strings); everything shown is bound to it and to the side that shows it, so nothing can be
//! passed on to a third node, replayed, or thrown back.
//!
//! * A [`MemberProof`] is a signature of the member's key and a MAC under something only the group has: a
//!   stranger cannot ask "is this key a member here?" and learn anything from the answer.
//! * `known`, in the responder's hello, is such a MAC too. The initiator shows its member key only to a node
//!   that knows the group's secret, so a stranger who has come by an old address learns no pseudonym.
//! * An [`InviteProof`] is a signature of the invite's key. Somebody who is only invited cannot check a MAC
//!   under the group's secret, so the answer to an invite is MACed with what a member knows of that invite.
//!
//! A good MAC alone shows a member *or a former one*: who is served is for the group's fold to say.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use thiserror::Error;

use crate::codec::{self, CodecError, at_most};
use crate::epoch::GroupSecret;
use crate::id::{EntryId, GroupId, MemberKey, hash, keyed_hash, truncate};
use crate::invite::InviteSecret;
use crate::limits;
use crate::secret::{same, secret};

/// The two ends of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Opened the stream, and proves first.
    Initiator,
    /// Answers.
    Responder,
}

impl Side {
    fn byte(self) -> [u8; 1] {
        match self {
            Side::Initiator => [0],
            Side::Responder => [1],
        }
    }
}

/// Thirty-two random bytes, drawn afresh for every connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Nonce(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

impl Nonce {
    /// Draws a new one.
    pub fn generate(rng: &mut impl CryptoRng) -> Nonce {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Nonce(bytes)
    }
}

/// What one handshake is about: everything proved in it is bound to this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transcript([u8; 32]);

impl Transcript {
    /// Both sides make the same one, each from what it knows itself: the peers as the transport has
    /// authenticated them, never as a message names them.
    pub fn new(group: &GroupId, initiator: (&[u8], &Nonce), responder: (&[u8], &Nonce)) -> Transcript {
        let peer = |bytes: &[u8]| hash("kith/1/proof-peer", &[bytes]);
        let (from, to) = (peer(initiator.0), peer(responder.0));
        Transcript(hash("kith/1/proof", &[group.as_ref(), &from, &initiator.1.0, &to, &responder.1.0]))
    }

    /// What a responder puts into its hello to show that it knows the group's secret.
    pub fn known(&self, secret: &GroupSecret) -> [u8; 16] {
        truncate(&keyed_hash(secret.expose(), "kith/1/proof-known", &[&self.0]))
    }

    /// Whether the responder's hello shows that. If not, an initiator that is a member hangs up, unproved.
    pub fn recognises(&self, secret: &GroupSecret, hello: &Hello) -> bool {
        hello.known.as_ref().is_some_and(|known| same(known.as_slice(), &self.known(secret)))
    }

    fn signed(&self, domain: &str, side: Side) -> Vec<u8> {
        [domain.as_bytes(), &[0], &side.byte(), &self.0].concat()
    }
}

secret!(
    /// What both sides of a member proof must know, besides the member's key: the MAC's key.
    Shared
);

impl Shared {
    /// Between members: the group's secret.
    pub fn group(secret: &GroupSecret) -> Shared {
        Shared(keyed_hash(secret.expose(), "kith/1/proof-group", &[]))
    }

    /// Between a member and somebody invited: the invite's verifying key, which only members and the link's
    /// holder know.
    pub fn invite(group: &GroupId, invite: &EntryId, key: &[u8; 32]) -> Shared {
        Shared(hash("kith/1/proof-invite-key", &[group.as_ref(), invite.as_ref(), key]))
    }
}

/// Why a proof does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProofError {
    /// Made by somebody who does not know what members know.
    #[error("not made by anybody of this group")]
    Mac,
    /// Not signed with the key it names, for this connection and this side.
    #[error("not signed with the key it names")]
    Signature,
}

/// Shows that this side is a certain member, or was.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MemberProof {
    #[n(0)]
    member: MemberKey,
    #[n(1)]
    signature: ByteArray<64>,
    #[n(2)]
    mac: ByteArray<32>,
}

impl MemberProof {
    const DOMAIN: &str = "kith/1/proof-member";

    /// Proves `key` from `side`.
    pub fn new(transcript: &Transcript, side: Side, key: &SigningKey, shared: &Shared) -> MemberProof {
        let member = MemberKey(key.verifying_key().to_bytes());
        let signature = key.sign(&transcript.signed(Self::DOMAIN, side)).to_bytes();
        let mac = mac(transcript, side, &member, shared);
        MemberProof { member, signature: signature.into(), mac: mac.into() }
    }

    /// Checks a proof that the other side, being `side`, has sent, and says whose it is.
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn verify(
        &self,
        transcript: &Transcript,
        side: Side,
        shared: &Shared,
    ) -> Result<MemberKey, ProofError> {
        if !same(self.mac.as_slice(), &mac(transcript, side, &self.member, shared)) {
            return Err(ProofError::Mac);
        }
        verify(&self.member.0, &transcript.signed(Self::DOMAIN, side), &self.signature)?;
        Ok(self.member)
    }
}

/// Shows that the initiator holds an invite.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct InviteProof {
    #[n(0)]
    invite: EntryId,
    #[n(1)]
    signature: ByteArray<64>,
}

impl InviteProof {
    const DOMAIN: &str = "kith/1/proof-invite";

    /// Proves an invite, as the initiator: nobody is invited to answer.
    pub fn new(transcript: &Transcript, invite: EntryId, secret: &InviteSecret) -> InviteProof {
        let signed = transcript.signed(Self::DOMAIN, Side::Initiator);
        InviteProof { invite, signature: secret.signing().sign(&signed).to_bytes().into() }
    }

    /// Which invite it is said to be: the responder looks up its key.
    pub fn invite(&self) -> EntryId {
        self.invite
    }

    /// Checks it against the key that the invite's entry names.
    ///
    /// # Errors
    /// [`ProofError::Signature`].
    pub fn verify(&self, transcript: &Transcript, key: &[u8; 32]) -> Result<(), ProofError> {
        verify(key, &transcript.signed(Self::DOMAIN, Side::Initiator), &self.signature)
    }
}

/// The first message of either side.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Hello {
    /// This side's nonce.
    #[n(0)]
    pub nonce: Nonce,
    /// From the responder: that it knows the group's secret ([`Transcript::known`]). From the initiator: none.
    #[n(1)]
    pub known: Option<ByteArray<16>>,
}

/// The initiator's second message.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Proof {
    /// It is a member.
    #[n(0)]
    Member(#[n(0)] MemberProof),
    /// It is invited.
    #[n(1)]
    Invite(#[n(0)] InviteProof),
}

/// The responder's second message.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Answer {
    /// The responder's own proof: MACed with [`Shared::group`] in answer to a member, with [`Shared::invite`]
    /// in answer to an invite.
    #[n(0)]
    Proved(#[n(0)] MemberProof),
    /// The initiator was removed: the envelopes that say so, at most [`limits::PROOF_ENVELOPES`]. The
    /// connection ends.
    #[n(1)]
    Removed(#[n(0)] Vec<ByteVec>),
    /// No. The connection ends.
    #[n(2)]
    Refused(#[n(0)] Refused),
}

/// Why a responder does not let somebody in. What concerns an invite is told only to who has proved its key:
/// all others hear [`Refused::Unproved`] or [`Refused::UnknownInvite`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Error)]
#[cbor(index_only)]
#[non_exhaustive]
pub enum Refused {
    /// The proof does not hold.
    #[n(0)]
    #[error("the proof does not hold")]
    Unproved,
    /// This node has no such invite, or not yet.
    #[n(1)]
    #[error("this member does not know the invite yet")]
    UnknownInvite,
    /// The invite has expired by this node's clock.
    #[n(2)]
    #[error("the invite has expired")]
    Expired,
    /// The invite was revoked.
    #[n(3)]
    #[error("the invite was withdrawn")]
    Revoked,
    /// All its uses are taken.
    #[n(4)]
    #[error("the invite has been used")]
    Used,
    /// The group has as many members as its charter allows.
    #[n(5)]
    #[error("the group is full")]
    Full,
    /// This node has enough connections; another may have room.
    #[n(6)]
    #[error("this member's node is busy")]
    Busy,
}

macro_rules! message {
    ($name:ident, $most:expr) => {
        impl $name {
            /// Its bytes.
            pub fn encode(&self) -> Vec<u8> {
                codec::encode(self)
            }

            /// Reads a message that fills `bytes`.
            ///
            /// # Errors
            /// [`CodecError`]; the peer is disconnected.
            pub fn decode(bytes: &[u8]) -> Result<$name, CodecError> {
                at_most(bytes.len(), $most, "message")?;
                let message: $name = codec::decode(bytes)?;
                message.check()?;
                Ok(message)
            }
        }
    };
}

message!(Hello, limits::PROOF);
message!(Proof, limits::PROOF);
message!(Answer, limits::PROOF_ANSWER);

impl Hello {
    fn check(&self) -> Result<(), CodecError> {
        Ok(())
    }
}

impl Proof {
    fn check(&self) -> Result<(), CodecError> {
        Ok(())
    }
}

impl Answer {
    fn check(&self) -> Result<(), CodecError> {
        match self {
            Answer::Removed(envelopes) => {
                at_most(envelopes.len(), limits::PROOF_ENVELOPES, "list of envelopes")
            }
            Answer::Proved(_) | Answer::Refused(_) => Ok(()),
        }
    }
}

fn mac(transcript: &Transcript, side: Side, member: &MemberKey, shared: &Shared) -> [u8; 32] {
    keyed_hash(&shared.0, "kith/1/proof-mac", &[&side.byte(), &transcript.0, member.as_ref()])
}

fn verify(key: &[u8; 32], signed: &[u8], signature: &[u8; 64]) -> Result<(), ProofError> {
    VerifyingKey::from_bytes(key)
        .and_then(|key| key.verify_strict(signed, &Signature::from_bytes(signature)))
        .map_err(|_| ProofError::Signature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::epoch::EpochKey;

    const GROUP: GroupId = GroupId([8; 32]);
    const ALICE: &[u8] = b"peer id of alice";
    const BOB: &[u8] = b"peer id of bob";

    fn secret(byte: u8) -> GroupSecret {
        EpochKey::from_bytes([byte; 32]).control().group_secret()
    }

    fn shared() -> Shared {
        Shared::group(&secret(1))
    }

    fn key(byte: u8) -> SigningKey {
        SigningKey::from_bytes(&[byte; 32])
    }

    fn transcript() -> Transcript {
        Transcript::new(&GROUP, (ALICE, &Nonce([1; 32])), (BOB, &Nonce([2; 32])))
    }

    #[test]
    fn members_know_each_other() {
        let proof = MemberProof::new(&transcript(), Side::Initiator, &key(1), &shared());
        let member = MemberKey(key(1).verifying_key().to_bytes());
        assert_eq!(proof.verify(&transcript(), Side::Initiator, &shared()), Ok(member));
    }

    #[test]
    fn a_proof_is_good_for_one_connection_one_side_and_one_group() {
        let proof = MemberProof::new(&transcript(), Side::Initiator, &key(1), &shared());
        assert_eq!(proof.verify(&transcript(), Side::Responder, &shared()), Err(ProofError::Mac));
        let (one, two) = (Nonce([1; 32]), Nonce([2; 32]));
        for other in [
            Transcript::new(&GROUP, (ALICE, &one), (b"mallory", &two)),
            Transcript::new(&GROUP, (b"mallory", &one), (BOB, &two)),
            Transcript::new(&GROUP, (BOB, &one), (ALICE, &two)),
            Transcript::new(&GROUP, (ALICE, &two), (BOB, &one)),
            Transcript::new(&GroupId([9; 32]), (ALICE, &one), (BOB, &two)),
        ] {
            assert_eq!(proof.verify(&other, Side::Initiator, &shared()), Err(ProofError::Mac));
        }
        let stranger = Shared::group(&secret(2));
        assert_eq!(proof.verify(&transcript(), Side::Initiator, &stranger), Err(ProofError::Mac));
    }

    #[test]
    fn knowing_the_secret_is_not_enough_to_be_somebody() {
        let mut proof = MemberProof::new(&transcript(), Side::Initiator, &key(1), &shared());
        let alice = MemberProof::new(&transcript(), Side::Initiator, &key(2), &shared());
        proof.member = alice.member;
        proof.mac = alice.mac;
        assert_eq!(proof.verify(&transcript(), Side::Initiator, &shared()), Err(ProofError::Signature));
        // The signature of the other side, thrown back with a MAC for this one.
        let mut back = MemberProof::new(&transcript(), Side::Responder, &key(2), &shared());
        back.mac = alice.mac;
        assert_eq!(back.verify(&transcript(), Side::Initiator, &shared()), Err(ProofError::Signature));
    }

    #[test]
    fn an_invite_is_proved_and_answered() {
        let invite = EntryId([7; 32]);
        let holder = InviteSecret::from_bytes([3; 32]);
        let proof = InviteProof::new(&transcript(), invite, &holder);
        assert_eq!(proof.verify(&transcript(), &holder.key()), Ok(()));
        let other = InviteSecret::from_bytes([4; 32]);
        assert_eq!(proof.verify(&transcript(), &other.key()), Err(ProofError::Signature));
        let elsewhere = Transcript::new(&GROUP, (ALICE, &Nonce([1; 32])), (BOB, &Nonce([3; 32])));
        assert_eq!(proof.verify(&elsewhere, &holder.key()), Err(ProofError::Signature));

        let shared = Shared::invite(&GROUP, &invite, &holder.key());
        let answer = MemberProof::new(&transcript(), Side::Responder, &key(1), &shared);
        assert!(answer.verify(&transcript(), Side::Responder, &shared).is_ok());
        let imagined = Shared::invite(&GROUP, &invite, &other.key());
        assert_eq!(answer.verify(&transcript(), Side::Responder, &imagined), Err(ProofError::Mac));
    }

    #[test]
    fn a_member_shows_its_key_only_to_who_knows_the_secret() {
        let transcript = transcript();
        let hello = |known| Hello { nonce: Nonce([2; 32]), known };
        assert!(transcript.recognises(&secret(1), &hello(Some(transcript.known(&secret(1)).into()))));
        assert!(!transcript.recognises(&secret(1), &hello(Some(transcript.known(&secret(2)).into()))));
        assert!(!transcript.recognises(&secret(1), &hello(None)));
    }

    #[test]
    fn messages_read_back_and_are_bounded() {
        let member = MemberProof::new(&transcript(), Side::Initiator, &key(1), &shared());
        let invite = InviteProof::new(&transcript(), EntryId([7; 32]), &InviteSecret::from_bytes([3; 32]));
        for hello in [
            Hello { nonce: Nonce([1; 32]), known: None },
            Hello { nonce: Nonce([1; 32]), known: Some([2; 16].into()) },
        ] {
            assert_eq!(Hello::decode(&hello.encode()), Ok(hello));
        }
        for proof in [Proof::Member(member.clone()), Proof::Invite(invite)] {
            assert_eq!(Proof::decode(&proof.encode()), Ok(proof));
        }
        for answer in [
            Answer::Proved(member),
            Answer::Removed(vec![vec![1; 700].into()]),
            Answer::Refused(Refused::Busy),
        ] {
            assert_eq!(Answer::decode(&answer.encode()), Ok(answer));
        }
        let many = Answer::Removed(vec![vec![].into(); limits::PROOF_ENVELOPES + 1]);
        assert_eq!(Answer::decode(&many.encode()), Err(CodecError::TooLarge("list of envelopes")));
        let large = Answer::Removed(vec![vec![0; limits::PROOF_ANSWER].into()]);
        assert_eq!(Answer::decode(&large.encode()), Err(CodecError::TooLarge("message")));
    }
}
