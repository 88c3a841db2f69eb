//! What two nodes do over a stream for chunks: one asks for those of an attachment that it lacks, the other sends them.

use std::io;
use std::time::Duration;

use futures::{AsyncRead, AsyncWrite, AsyncWriteExt};
use kith_protocol::attachment::{Ask, AttachmentError, Fetch, Manifest, Offer, Serve};
use kith_protocol::id::{AttachmentId, MemberKey};
use kith_protocol::limits;
use thiserror::Error;
use tokio::time::timeout;

use super::CellError;
use super::attached::{Name, Wish};
use super::engine::Engine;
use super::thread::EngineHandle;
use crate::disk::Trouble;
use crate::store::chunks::ChunkFiles;
use crate::swarm::{Kind, Network, NetworkError, PeerId, Stream, read_frame, write_frame};

/// One message or chunk takes at most this long, either way: 64 KiB in it is as slow as a network can be to be of use.
const FRAME_WITHIN: Duration = Duration::from_secs(20);
/// What answering a question costs of a member's allowance beside the chunks, in bytes.
pub(super) const QUESTION: u64 = limits::CHUNK as u64;

/// Why a stream for chunks broke off.
#[derive(Debug, Error)]
pub(super) enum ChunksError {
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error(transparent)]
    Stream(io::Error),
    #[error("the other side fell silent")]
    Silent,
    #[error("the other side ended the stream")]
    Ended,
    #[error(transparent)]
    Wrong(#[from] AttachmentError),
    #[error("on this disk: {0}")]
    Disk(io::Error),
    #[error(transparent)]
    Cell(#[from] CellError),
    #[error("a member's node had its share for now")]
    Enough,
}

/// How fetching from one peer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fetched {
    /// All is here.
    Whole,
    /// Some came, or nothing; what the peer has is here.
    Part,
    /// The stream broke off: the same peer may go on with it.
    Broken,
    /// The peer sent what it should not have.
    Wrong,
    /// The disk of this device is full.
    Full,
}

/// Fetches what one peer has of an attachment.
pub(super) async fn fetch(
    engine: EngineHandle,
    network: Network,
    peer: PeerId,
    name: Name,
    wish: Wish,
) -> Fetched {
    match fetch_from(&engine, &network, peer, name, wish).await {
        Ok(true) => Fetched::Whole,
        Ok(false) => Fetched::Part,
        Err(error) => {
            tracing::debug!(%error, "fetching an attachment broke off");
            match error {
                ChunksError::Wrong(_) => Fetched::Wrong,
                ChunksError::Disk(error) if Trouble::of(&error) == Trouble::Full => Fetched::Full,
                ChunksError::Disk(_) => Fetched::Part,
                _ => Fetched::Broken,
            }
        }
    }
}

async fn fetch_from(
    engine: &EngineHandle,
    network: &Network,
    peer: PeerId,
    name: Name,
    wish: Wish,
) -> Result<bool, ChunksError> {
    let files = wish.files.clone();
    let (mut fetch, manifest) = begun(name.0, &wish).await?;
    if !fetch.is_whole() {
        let mut stream = network.open(peer, Kind::Chunks).await?;
        let arrived = |count| {
            let engine = engine.clone();
            async move {
                Ok(engine.read(move |engine: &mut Engine| Ok(engine.chunks_arrived(&name, count))).await?)
            }
        };
        ask(&mut stream, &mut fetch, manifest, &files, arrived).await?;
        // What goes wrong here harms nobody: all is said.
        let _ = timeout(FRAME_WITHIN, stream.close()).await;
    }
    if fetch.is_whole() {
        on_disk(&files, move |files| files.sync(&name.0)).await?;
    }
    Ok(fetch.is_whole())
}

/// Goes on with what is on the disk. A file that fits nothing is begun anew.
async fn begun(id: AttachmentId, wish: &Wish) -> Result<(Fetch, Option<Manifest>), ChunksError> {
    let kept = on_disk(&wish.files, move |files| files.look(&id)).await?;
    let resumed = kept.and_then(|(manifest, held)| {
        let fetch = Fetch::resume(wish.attachment.clone(), wish.author, manifest.clone(), &held).ok()?;
        Some((fetch, Some(manifest)))
    });
    Ok(resumed.unwrap_or_else(|| (Fetch::new(wish.attachment.clone(), wish.author), None)))
}

/// Asks a peer for everything that it has and this node lacks. `arrived` is told how many chunks are here, and says whether
/// to go on.
async fn ask<F: Future<Output = Result<bool, ChunksError>>>(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    fetch: &mut Fetch,
    mut manifest: Option<Manifest>,
    files: &ChunkFiles,
    arrived: impl Fn(usize) -> F,
) -> Result<(), ChunksError> {
    say(stream, &fetch.ask().encode()).await?;
    let offer = hear(stream, limits::CHUNKS_MESSAGE).await?;
    if let Some(list) = fetch.offered(&offer)? {
        let list = list.clone();
        manifest = Some(list.clone());
        on_disk(files, move |files| files.begin(&list)).await?;
    }
    let Some(manifest) = manifest else { return Ok(()) };
    while let Some(want) = fetch.want() {
        say(stream, &want.encode()).await?;
        while fetch.is_owed() {
            let chunk = hear(stream, limits::CHUNK).await?;
            let Some(index) = fetch.take(&chunk)? else { continue };
            let manifest = manifest.clone();
            on_disk(files, move |files| files.write(&manifest, index, &chunk)).await?;
            if !arrived(fetch.arrived()).await? {
                return Ok(()); // Nobody wishes for it any more.
            }
        }
    }
    Ok(())
}

/// Serves a member's node what is here of an attachment, at most so many bytes. Gives how many it was.
pub(super) async fn serve(engine: EngineHandle, mut stream: Stream, member: MemberKey, most: u64) -> u64 {
    let mut served = QUESTION;
    let place = |id| {
        let engine = engine.clone();
        async move { Ok(engine.read(move |engine: &mut Engine| engine.serves(&id, &member)).await?) }
    };
    if let Err(error) = answer(&mut stream, place, most, &mut served).await {
        tracing::debug!(%error, "serving an attachment broke off");
    }
    served
}

/// Answers whoever asks for chunks. `place` says where they are, if they are to have them, and whether all are here.
async fn answer<F: Future<Output = Result<Option<(ChunkFiles, bool)>, ChunksError>>>(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    place: impl Fn(AttachmentId) -> F,
    most: u64,
    served: &mut u64,
) -> Result<(), ChunksError> {
    let asked = hear(stream, limits::CHUNKS_MESSAGE).await?;
    let ask = Ask::decode(&asked).map_err(AttachmentError::from)?;
    let found = match place(ask.id).await? {
        // Of what is whole each chunk is checked when it is read.
        Some((files, true)) => {
            let manifest = on_disk(&files, move |files| files.manifest(&ask.id)).await?;
            manifest.map(|manifest| (files, vec![true; manifest.len()], manifest))
        }
        Some((files, false)) => {
            let found = on_disk(&files, move |files| files.look(&ask.id)).await?;
            found.map(|(manifest, held)| (files, held, manifest))
        }
        None => None,
    };
    let Some((files, held, manifest)) = found else {
        return say(stream, &Offer::default().encode()).await;
    };
    let (mut serving, offer) = Serve::offer(&manifest, held, ask.manifest);
    say(stream, &offer.encode()).await?;
    loop {
        let frame = timeout(FRAME_WITHIN, read_frame(stream, limits::CHUNKS_MESSAGE)).await;
        let Some(want) = frame.map_err(|_| ChunksError::Silent)?.map_err(ChunksError::Stream)? else {
            return Ok(());
        };
        for index in serving.want(&want)? {
            let manifest = manifest.clone();
            let chunk = on_disk(&files, move |files| files.read(&manifest, index)).await?.unwrap_or_default();
            *served = served.saturating_add(chunk.len() as u64);
            if *served > most {
                return Err(ChunksError::Enough);
            }
            say(stream, &chunk).await?;
        }
        // It may have been taken back meanwhile.
        if place(ask.id).await?.is_none() {
            return Err(ChunksError::Ended);
        }
    }
}

async fn say(stream: &mut (impl AsyncWrite + Unpin), frame: &[u8]) -> Result<(), ChunksError> {
    let said = timeout(FRAME_WITHIN, write_frame(stream, frame)).await;
    said.map_err(|_| ChunksError::Silent)?.map_err(ChunksError::Stream)
}

async fn hear(stream: &mut (impl AsyncRead + Unpin), most: usize) -> Result<Vec<u8>, ChunksError> {
    let heard = timeout(FRAME_WITHIN, read_frame(stream, most)).await;
    heard.map_err(|_| ChunksError::Silent)?.map_err(ChunksError::Stream)?.ok_or(ChunksError::Ended)
}

/// Does something that waits for the disk.
async fn on_disk<T: Send + 'static>(
    files: &ChunkFiles,
    work: impl FnOnce(&ChunkFiles) -> io::Result<T> + Send + 'static,
) -> Result<T, ChunksError> {
    let files = files.clone();
    let done = tokio::task::spawn_blocking(move || work(&files)).await;
    done.map_err(|error| ChunksError::Disk(io::Error::other(error)))?.map_err(ChunksError::Disk)
}

#[cfg(test)]
mod tests;
