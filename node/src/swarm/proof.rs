//! The proof handshake over a stream: who may speak, in which order, and when each side counts it as done.
//!
//! The messages are those of [`kith_protocol::proof`], one a frame; after a member's proof comes one more
//! frame with the eight bytes of its log, so that two connections of one device can be told. When the
//! initiator has been answered and is content, it sends an empty frame; if it finds that it removed the
//! responder, an [`Answer`] that says so.
//!
//! The handshake stops in two places for the swarm to act before the other side may rely on it: the responder
//! lets the initiator in *before* it answers ([`Judged::answer`]), and the initiator lets the responder in
//! *before* it says that it is content ([`Answered::content`]). So neither side can be early.
//!
//! Nothing here has a timeout of its own; callers bound every step.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures::AsyncWriteExt as _;
use kith_protocol::codec::CodecError;
use kith_protocol::id::{GroupId, LogId, MemberKey};
use kith_protocol::limits;
use kith_protocol::proof::{
    Answer, Hello, InviteProof, MemberProof, Nonce, Proof, ProofError, Refused, Shared, Side, Transcript,
};
use libp2p::PeerId;
use thiserror::Error;

use super::behaviour::name;
use super::event::{Refusal, Who};
use super::roster::{Me, Roster};
use super::stream::{Stream, read_frame, write_frame};

/// Why a handshake did not succeed.
#[derive(Debug, Error)]
pub(super) enum Failure {
    #[error("the stream ended or broke: {0}")]
    Io(#[from] io::Error),
    #[error("a message was malformed: {0}")]
    Form(#[from] CodecError),
    #[error("{0}")]
    False(#[from] ProofError),
    #[error("the other side is not of this group")]
    Stranger,
    #[error("this node cannot prove anything now")]
    Unready,
    #[error("the other side is this very device")]
    Myself,
    #[error("the other side is not let in")]
    Turned,
    #[error("the other side does not let us in")]
    Refused(Refusal),
}

/// What a handshake is about.
#[derive(Clone)]
pub(super) struct Ends {
    pub group: GroupId,
    pub me: PeerId,
    pub peer: PeerId,
    pub roster: Arc<Roster>,
}

/// The initiator's side, answered.
pub(super) struct Answered {
    pub who: Who,
    stream: Stream,
}

/// The responder's side, with the initiator's proof found good.
pub(super) struct Judged {
    pub who: Who,
    stream: Stream,
    transcript: Transcript,
    shared: Shared,
    roster: Arc<Roster>,
}

/// Proves who we are to the other side, then learns who it is.
pub(super) async fn initiate(mut stream: Stream, ends: Ends) -> Result<Answered, Failure> {
    let nonce = Nonce::generate(&mut rand::rng());
    write_frame(&mut stream, &Hello { nonce, known: None }.encode()).await?;
    let hello = Hello::decode(&frame(&mut stream, limits::PROOF).await?)?;
    let (me, peer) = (name(&ends.me), name(&ends.peer));
    let transcript = Transcript::new(&ends.group, (&me, &nonce), (&peer, &hello.nonce));

    let shared = match &ends.roster.me {
        Me::Member { signing, log, .. } => {
            let secret = ends.roster.secret.as_ref().ok_or(Failure::Unready)?;
            if !transcript.recognises(secret, &hello) {
                return Err(Failure::Stranger);
            }
            let shared = Shared::group(secret);
            let proof = MemberProof::new(&transcript, Side::Initiator, signing, &shared);
            write_frame(&mut stream, &Proof::Member(proof).encode()).await?;
            write_frame(&mut stream, log.as_ref()).await?;
            shared
        }
        Me::Invite { entry, secret } => {
            let proof = InviteProof::new(&transcript, *entry, secret);
            write_frame(&mut stream, &Proof::Invite(proof).encode()).await?;
            Shared::invite(&ends.group, entry, &secret.key())
        }
    };

    match Answer::decode(&frame(&mut stream, limits::PROOF_ANSWER).await?)? {
        Answer::Proved(proof) => {
            let key = proof.verify(&transcript, Side::Responder, &shared)?;
            let who = admit(&mut stream, &ends.roster, key).await?;
            Ok(Answered { who, stream })
        }
        Answer::Removed(envelopes) => Err(Failure::Refused(removed(envelopes))),
        Answer::Refused(why) => Err(Failure::Refused(Refusal::Refused(why))),
    }
}

impl Answered {
    /// Tells the responder that all is well. To be called once it has been let in.
    pub async fn content(mut self) -> Result<(), Failure> {
        write_frame(&mut self.stream, &[]).await?;
        Ok(self.stream.close().await?)
    }
}

/// Hears who the other side is, as far as that can be judged before it is answered.
pub(super) async fn respond(mut stream: Stream, ends: Ends) -> Result<Judged, Failure> {
    let hello = Hello::decode(&frame(&mut stream, limits::PROOF).await?)?;
    let nonce = Nonce::generate(&mut rand::rng());
    let (me, peer) = (name(&ends.me), name(&ends.peer));
    let transcript = Transcript::new(&ends.group, (&peer, &hello.nonce), (&me, &nonce));
    let known = ends.roster.secret.as_ref().map(|secret| transcript.known(secret).into());
    write_frame(&mut stream, &Hello { nonce, known }.encode()).await?;

    let proof = Proof::decode(&frame(&mut stream, limits::PROOF).await?)?;
    let roster = ends.roster;
    if !roster.is_member() {
        return refuse(&mut stream, Refused::Busy).await;
    }
    let (who, shared) = match proof {
        Proof::Member(proof) => {
            let shared = Shared::group(roster.secret.as_ref().ok_or(Failure::Unready)?);
            let key = proof.verify(&transcript, Side::Initiator, &shared)?;
            match admit(&mut stream, &roster, key).await {
                Ok(who) => (who, shared),
                Err(Failure::Myself) => {
                    // So that it learns the same, and dials this address no more.
                    prove(&mut stream, &transcript, &shared, &roster).await?;
                    hang_up(&mut stream).await?;
                    return Err(Failure::Myself);
                }
                Err(failure) => return Err(failure),
            }
        }
        Proof::Invite(proof) => {
            let entry = proof.invite();
            let Some(invited) = roster.invites.get(&entry) else {
                return refuse(&mut stream, Refused::UnknownInvite).await;
            };
            proof.verify(&transcript, &invited.key)?;
            if let Some(why) = invited.ended {
                return refuse(&mut stream, why).await;
            }
            (Who::Invite { entry, key: invited.key }, Shared::invite(&ends.group, &entry, &invited.key))
        }
    };
    Ok(Judged { who, stream, transcript, shared, roster })
}

impl Judged {
    /// Proves who we are in return, and waits until the other side is content. To be called once it has been
    /// let in.
    pub async fn answer(mut self) -> Result<(), Failure> {
        prove(&mut self.stream, &self.transcript, &self.shared, &self.roster).await?;
        let last = frame(&mut self.stream, limits::PROOF_ANSWER).await?;
        if last.is_empty() {
            return Ok(());
        }
        match Answer::decode(&last)? {
            Answer::Removed(envelopes) => Err(Failure::Refused(removed(envelopes))),
            Answer::Refused(why) => Err(Failure::Refused(Refusal::Refused(why))),
            Answer::Proved(_) => Err(Failure::Form(CodecError::Mismatch("a second proof".into()))),
        }
    }
}

/// Proves who we are, as the responder.
async fn prove(
    stream: &mut Stream,
    transcript: &Transcript,
    shared: &Shared,
    roster: &Roster,
) -> Result<(), Failure> {
    let Me::Member { signing, log, .. } = &roster.me else { return Err(Failure::Unready) };
    let proof = MemberProof::new(transcript, Side::Responder, signing, shared);
    write_frame(stream, &Answer::Proved(proof).encode()).await?;
    Ok(write_frame(stream, log.as_ref()).await?)
}

/// Hears which device it is and decides about its holder, telling somebody removed that they were.
async fn admit(stream: &mut Stream, roster: &Roster, key: MemberKey) -> Result<Who, Failure> {
    let log = frame(stream, LogId::LEN).await?;
    let log = LogId::try_from(log.as_slice()).map_err(|_| CodecError::Truncated)?;
    if roster.device() == Some((key, log)) {
        return Err(Failure::Myself);
    }
    let Some(who) = roster.judge(key, log) else {
        let envelopes = roster.removed.get(&key).map(Vec::as_slice).unwrap_or_default();
        last_word(stream, &Answer::Removed(fitting(envelopes))).await?;
        return Err(Failure::Turned);
    };
    Ok(who)
}

async fn refuse<T>(stream: &mut Stream, why: Refused) -> Result<T, Failure> {
    last_word(stream, &Answer::Refused(why)).await?;
    Err(Failure::Turned)
}

/// Sends an answer that ends the handshake.
async fn last_word(stream: &mut Stream, answer: &Answer) -> Result<(), Failure> {
    write_frame(stream, &answer.encode()).await?;
    hang_up(stream).await
}

/// Says no more, and waits until the other side has hung up: whoever closes the connection before may cut off
/// what was said last.
async fn hang_up(stream: &mut Stream) -> Result<(), Failure> {
    stream.close().await?;
    while let Ok(Some(_)) = read_frame(stream, limits::PROOF).await {}
    Ok(())
}

async fn frame(stream: &mut Stream, most: usize) -> Result<Vec<u8>, Failure> {
    read_frame(stream, most).await?.ok_or_else(|| Failure::Io(io::ErrorKind::UnexpectedEof.into()))
}

/// As many of the envelopes as one answer holds.
fn fitting(envelopes: &[Bytes]) -> Vec<minicbor::bytes::ByteVec> {
    const OVERHEAD: usize = 16;
    let mut room = limits::PROOF_ANSWER.saturating_sub(OVERHEAD);
    envelopes
        .iter()
        .take(limits::PROOF_ENVELOPES)
        .take_while(|envelope| {
            let taken = envelope.len().saturating_add(OVERHEAD);
            let fits = taken <= room;
            room = room.saturating_sub(taken);
            fits
        })
        .map(|envelope| envelope.to_vec().into())
        .collect()
}

fn removed(envelopes: Vec<minicbor::bytes::ByteVec>) -> Refusal {
    Refusal::Removed(envelopes.into_iter().map(|envelope| Bytes::from(Vec::from(envelope))).collect())
}
