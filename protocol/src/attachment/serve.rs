//! Serving what is held of an attachment, to one peer.

use super::{AttachmentError, Manifest, Offer, Want};

/// One stream towards a peer that asked for an attachment.
#[derive(Clone, Debug)]
pub struct Serve {
    /// Chunks that may still be asked for.
    left: Vec<bool>,
}

impl Serve {
    /// What to answer, and what may then be asked for. `held` has a mark for each chunk.
    pub fn offer(manifest: &Manifest, held: Vec<bool>, with_manifest: bool) -> (Serve, Offer) {
        let offered = held.iter().any(|held| *held);
        let offer = Offer {
            held: if offered { Offer::bits(&held) } else { Vec::new() },
            manifest: if offered && with_manifest { manifest.encode() } else { Vec::new() },
        };
        (Serve { left: held }, offer)
    }

    /// Reads which chunks to send: each once in a stream, so that a stream ends.
    ///
    /// # Errors
    /// [`AttachmentError::Want`] for none, for what was not offered, and for what was asked for before.
    pub fn want(&mut self, bytes: &[u8]) -> Result<Vec<usize>, AttachmentError> {
        let want = Want::decode(bytes)?;
        if want.chunks.is_empty() {
            return Err(AttachmentError::Want);
        }
        let mut chunks = Vec::with_capacity(want.chunks.len());
        for index in want.chunks {
            let left = self.left.get_mut(usize::from(index)).filter(|left| **left);
            *left.ok_or(AttachmentError::Want)? = false;
            chunks.push(usize::from(index));
        }
        Ok(chunks)
    }
}
