//! Frames on a stream: a length of four bytes, most significant first, then so many bytes, and no padding.
//!
//! Both halves do one read or write at a time, so that either may be given up half way and taken up again
//! without losing a byte.

use std::collections::VecDeque;
use std::io;

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use kith_protocol::limits;
use kith_protocol::sync::SyncError;

/// What one read takes at most.
const CHUNK: usize = 64 * 1024;
const PREFIX: usize = 4;

/// The reading half.
pub(super) struct Incoming<R> {
    stream: R,
    chunk: Vec<u8>,
    buffer: Vec<u8>,
    /// Where in the buffer the next frame begins.
    at: usize,
    pub(super) bytes: u64,
}

impl<R: AsyncRead + Unpin> Incoming<R> {
    pub(super) fn new(stream: R) -> Self {
        Incoming { stream, chunk: vec![0; CHUNK], buffer: Vec::new(), at: 0, bytes: 0 }
    }

    /// Reads once. False: the stream has ended.
    pub(super) async fn fill(&mut self) -> io::Result<bool> {
        let read = self.stream.read(&mut self.chunk).await?;
        self.buffer.drain(..self.at);
        self.at = 0;
        self.buffer.extend_from_slice(self.chunk.get(..read).unwrap_or_default());
        self.bytes = self.bytes.saturating_add(read as u64);
        Ok(read > 0)
    }

    /// Reads once and drops what came. False: the stream has ended.
    pub(super) async fn skip(&mut self) -> io::Result<bool> {
        let read = self.stream.read(&mut self.chunk).await?;
        self.bytes = self.bytes.saturating_add(read as u64);
        Ok(read > 0)
    }

    /// Takes a frame out of what was read, if a whole one is there.
    pub(super) fn frame(&mut self) -> Result<Option<&[u8]>, SyncError> {
        let rest = self.buffer.get(self.at..).unwrap_or_default();
        let Some((prefix, rest)) = rest.split_first_chunk::<PREFIX>() else { return Ok(None) };
        let length = u32::from_be_bytes(*prefix) as usize;
        if length > limits::SYNC_FRAME {
            return Err(SyncError::TooMuch("bytes in a frame"));
        }
        let frame = rest.get(..length);
        if frame.is_some() {
            self.at = self.at.saturating_add(PREFIX).saturating_add(length);
        }
        Ok(frame)
    }
}

/// The writing half, with what waits to be written.
pub(super) struct Outgoing<W> {
    stream: W,
    frames: VecDeque<Vec<u8>>,
    /// How much of the first frame is written.
    at: usize,
    waiting: usize,
    flushed: bool,
    pub(super) bytes: u64,
}

impl<W: AsyncWrite + Unpin> Outgoing<W> {
    pub(super) fn new(stream: W) -> Self {
        Outgoing { stream, frames: VecDeque::new(), at: 0, waiting: 0, flushed: true, bytes: 0 }
    }

    /// Puts a frame behind what waits.
    pub(super) fn push(&mut self, message: &[u8]) {
        let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
        self.waiting = self.waiting.saturating_add(message.len()).saturating_add(PREFIX);
        self.frames.push_back([&length.to_be_bytes(), message].concat());
    }

    /// How many bytes wait to be written.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// Whether all is written and flushed.
    pub(super) fn is_done(&self) -> bool {
        self.flushed && self.frames.is_empty()
    }

    /// Writes once, or flushes once if all is written.
    pub(super) async fn write(&mut self) -> io::Result<()> {
        let Some(frame) = self.frames.front() else {
            self.stream.flush().await?;
            self.flushed = true;
            return Ok(());
        };
        let written = self.stream.write(frame.get(self.at..).unwrap_or_default()).await?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.flushed = false;
        self.at = self.at.saturating_add(written);
        self.waiting = self.waiting.saturating_sub(written);
        self.bytes = self.bytes.saturating_add(written as u64);
        if self.at >= frame.len() {
            self.frames.pop_front();
            self.at = 0;
        }
        Ok(())
    }

    /// Ends the stream towards the peer.
    pub(super) async fn close(&mut self) -> io::Result<()> {
        self.stream.close().await
    }
}
