//! The proof of a gate key over a stream, from the keeper's side.
//!
//! It stops once for the task to act: a peer is let in *before* it is told so ([`Judged::answer`]), so that it cannot be
//! early. Nothing here has a timeout of its own; callers bound every step.

use std::io;

use futures::AsyncWriteExt as _;
use kith_protocol::codec::CodecError;
use kith_protocol::keeper::{PlaceAnswer, PlaceProof, PlaceRefused, PlaceTranscript, Told};
use kith_protocol::limits;
use kith_protocol::proof::{Hello, Nonce};
use libp2p::PeerId;
use thiserror::Error;

use super::KeeperError;
use super::place::Pass;
use super::thread::PlacesHandle;
use crate::swarm::{Stream, read_frame, write_frame};

/// Why a proof came to nothing.
#[derive(Debug, Error)]
pub(super) enum Failure {
    #[error("the stream ended or broke: {0}")]
    Io(#[from] io::Error),
    #[error("a message was malformed: {0}")]
    Form(#[from] CodecError),
    #[error(transparent)]
    Keeper(#[from] KeeperError),
    #[error("{0}")]
    Refused(#[from] PlaceRefused),
    #[error("it took too long")]
    TimedOut(#[from] tokio::time::error::Elapsed),
}

/// What a proof was found to be.
pub(super) struct Judged {
    /// What it proved, and how things stand for it; or why not.
    pub found: Result<(Pass, Told), PlaceRefused>,
    /// Whether it was proved by a grant, which holds from now on.
    pub by_grant: bool,
    stream: Stream,
}

/// Hears a proof of a peer that has proved so much.
pub(super) async fn judge(
    mut stream: Stream,
    me: PeerId,
    (peer, pass): (PeerId, Option<Pass>),
    places: &PlacesHandle,
) -> Result<Judged, Failure> {
    let theirs = Hello::decode(&frame(&mut stream, limits::PROOF).await?)?.nonce;
    let ours = Nonce::generate(&mut rand::rng());
    write_frame(&mut stream, &Hello { nonce: ours, known: None }.encode()).await?;
    let proof = PlaceProof::decode(&frame(&mut stream, limits::PLACE_PROOF).await?)?;
    let by_grant = matches!(proof, PlaceProof::Grant(_));
    let (member, keeper) = (peer.to_bytes(), me.to_bytes());
    let judge = move |places: &mut super::places::Places| {
        let about = |place: &_| PlaceTranscript::new(place, (&member, &theirs), (&keeper, &ours));
        Ok(places.prove(pass.as_ref(), &proof, about))
    };
    // Only a grant changes anything; reading waits for nothing to be written.
    let found = if by_grant { places.write(judge).await? } else { places.read(judge).await? };
    Ok(Judged { found, by_grant, stream })
}

impl Judged {
    /// Tells the peer what became of its proof. To be called once it has been let in, or will not be.
    pub async fn answer(mut self, answer: Result<Told, PlaceRefused>) -> Result<(), Failure> {
        match answer {
            Ok(told) => write_frame(&mut self.stream, &PlaceAnswer::Welcome(told).encode()).await?,
            Err(why) => write_frame(&mut self.stream, &PlaceAnswer::Refused(why).encode()).await?,
        }
        self.stream.close().await?;
        // Whoever closes the connection before may cut off what was said last.
        while let Ok(Some(_)) = read_frame(&mut self.stream, limits::PROOF).await {}
        Ok(answer.map(|_| ())?)
    }
}

async fn frame(stream: &mut Stream, most: usize) -> Result<Vec<u8>, Failure> {
    read_frame(stream, most).await?.ok_or_else(|| Failure::Io(io::ErrorKind::UnexpectedEof.into()))
}
