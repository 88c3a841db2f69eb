//! Streams between two proved nodes: what they are for, and the wrapper that counts them.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use kith_protocol::frame;
use libp2p::StreamProtocol;

use super::budget::Meter;
use super::tap::{Seen, Tap};

/// What a stream is for, as far as the cell is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Reconciliation (`node::sync`).
    Sync,
    /// A joiner's signed entries, and what they are given in return.
    Join,
    /// Word to an author that what they wrote is held.
    Receipt,
    /// A letter handed over in person, before it comes by way of the others.
    Letter,
    /// Sealed chunks of attachments, from whoever has them.
    Chunks,
    /// What is asked of a keeper.
    Errand,
}

impl Kind {
    /// Those that a member's node takes part in when others open them.
    pub const SERVED: [Kind; 5] = [Kind::Sync, Kind::Join, Kind::Receipt, Kind::Letter, Kind::Chunks];

    /// The protocol's name on the wire: the same for every group.
    pub fn protocol(self) -> StreamProtocol {
        match self {
            Kind::Sync => StreamProtocol::new("/kith/sync/1"),
            Kind::Join => StreamProtocol::new("/kith/join/1"),
            Kind::Receipt => StreamProtocol::new("/kith/receipt/1"),
            Kind::Letter => StreamProtocol::new("/kith/letter/1"),
            Kind::Chunks => StreamProtocol::new("/kith/chunks/1"),
            Kind::Errand => StreamProtocol::new("/kith/errand/1"),
        }
    }
}

/// A stream with a peer, encrypted and authenticated by the connection it is on.
///
/// Reads and writes have no timeout of their own. Dropping it resets the stream; to end it in order,
/// close the writing side first.
#[derive(Debug)]
pub struct Stream {
    inner: libp2p::Stream,
    tap: Tap,
    /// What bytes are taken from; the handshake has none.
    meter: Option<Meter>,
    _slot: Slot,
}

impl Stream {
    pub(crate) fn new(inner: libp2p::Stream, tap: Tap, slot: Slot, meter: Option<Meter>) -> Stream {
        Stream { inner, tap, meter, _slot: slot }
    }

    /// Takes bytes that passed from the peer's share.
    fn spend(&self, bytes: usize) -> io::Result<()> {
        match &self.meter {
            Some(meter) if !meter.take(bytes) => Err(io::ErrorKind::QuotaExceeded.into()),
            _ => Ok(()),
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let read = Pin::new(&mut self.inner).poll_read(cx, buffer);
        if let Poll::Ready(Ok(length)) = &read {
            self.tap.see(Seen::Received(buffer.get(..*length).unwrap_or_default()));
            self.spend(*length)?;
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, bytes);
        if let Poll::Ready(Ok(length)) = &written {
            self.tap.see(Seen::Sent(bytes.get(..*length).unwrap_or_default()));
            self.spend(*length)?;
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_close(cx)
    }
}

/// Writes one frame ([`kith_protocol::frame`]), and sends it off.
pub(crate) async fn write_frame(stream: &mut (impl AsyncWrite + Unpin), content: &[u8]) -> io::Result<()> {
    stream.write_all(&frame::encode(content).ok_or(io::ErrorKind::InvalidInput)?).await?;
    stream.flush().await
}

/// Reads one frame with at most `most` bytes of content; none if the stream ends in order before it begins.
pub(crate) async fn read_frame(
    stream: &mut (impl AsyncRead + Unpin),
    most: usize,
) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    if stream.read(&mut length[..1]).await? == 0 {
        return Ok(None);
    }
    stream.read_exact(&mut length[1..]).await?;
    let length = usize::try_from(u32::from_be_bytes(length)).map_err(|_| io::ErrorKind::InvalidData)?;
    if length > most {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut content = vec![0; frame::on_wire(length).saturating_sub(frame::PREFIX)];
    stream.read_exact(&mut content).await?;
    if content.drain(length..).any(|byte| byte != 0) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(Some(content))
}

/// How many streams of one sort are open; a [`Slot`] is one of them and gives itself back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slots(Arc<AtomicUsize>);

#[derive(Debug)]
pub(crate) struct Slot(Arc<AtomicUsize>);

impl Slots {
    /// Takes a slot unless `most` are taken.
    pub fn take(&self, most: usize) -> Option<Slot> {
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| (taken < most).then(|| taken + 1))
            .ok()
            .map(|_| Slot(self.0.clone()))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
