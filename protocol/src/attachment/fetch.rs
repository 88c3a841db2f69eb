//! Fetching an attachment, from one peer after another, whatever each of them has.

use std::collections::VecDeque;

use super::{Ask, AttachmentError, Manifest, Offer, Want, chunk_length};
use crate::body::Attachment;
use crate::id::MemberKey;
use crate::limits;

/// One attachment being fetched: what is held of it, and what was asked for.
///
/// For each peer: [`Fetch::ask`], then [`Fetch::offered`], then [`Fetch::want`] and [`Fetch::take`] until nothing is wanted
/// any more. What comes out of [`Fetch::take`] is right, and to be kept.
#[derive(Clone, Debug)]
pub struct Fetch {
    attachment: Attachment,
    author: MemberKey,
    manifest: Option<Manifest>,
    held: Vec<bool>,
    /// What the present peer has, and was not asked for yet.
    offered: VecDeque<u16>,
    /// What the present peer was asked for, and has not sent yet.
    asked: VecDeque<u16>,
}

impl Fetch {
    /// Begins with nothing.
    pub fn new(attachment: Attachment, author: MemberKey) -> Fetch {
        let held = vec![false; super::chunks(attachment.size)];
        Fetch { attachment, author, manifest: None, held, offered: VecDeque::new(), asked: VecDeque::new() }
    }

    /// Goes on with what was kept: the list of chunks, and those held, which were looked at against it.
    ///
    /// # Errors
    /// [`AttachmentError::Manifest`] if it is the list of something else.
    pub fn resume(
        attachment: Attachment,
        author: MemberKey,
        manifest: Manifest,
        held: &[bool],
    ) -> Result<Fetch, AttachmentError> {
        manifest.belongs_to(&attachment, &author)?;
        let mut fetch = Fetch::new(attachment, author);
        for (to, from) in fetch.held.iter_mut().zip(held) {
            *to = *from;
        }
        fetch.manifest = Some(manifest);
        Ok(fetch)
    }

    /// The first thing to say to a peer; what another was asked for is forgotten.
    pub fn ask(&mut self) -> Ask {
        self.offered.clear();
        self.asked.clear();
        Ask { id: self.attachment.id, manifest: self.manifest.is_none() }
    }

    /// Reads what the peer has. Gives the list of chunks, to be kept, if this brought it.
    ///
    /// # Errors
    /// [`AttachmentError::Manifest`] for another list than the entry's, [`AttachmentError::Codec`].
    pub fn offered(&mut self, bytes: &[u8]) -> Result<Option<&Manifest>, AttachmentError> {
        let offer = Offer::decode(bytes)?;
        if offer.held.iter().all(|eight| *eight == 0) {
            return Ok(None);
        }
        let new = self.manifest.is_none();
        if new {
            let manifest = Manifest::decode(&offer.manifest)?;
            manifest.belongs_to(&self.attachment, &self.author)?;
            self.manifest = Some(manifest);
        }
        let lacking = (0..).zip(&self.held).filter(|(index, held)| !**held && offer.has(usize::from(*index)));
        self.offered = lacking.map(|(index, _)| index).collect();
        Ok(self.manifest.as_ref().filter(|_| new))
    }

    /// What to ask the peer for next; none if it has nothing more that is lacking.
    pub fn want(&mut self) -> Option<Want> {
        let some = self.offered.len().min(limits::CHUNKS_WANTED);
        let chunks: Vec<u16> = self.offered.drain(..some).collect();
        self.asked.extend(&chunks);
        (!chunks.is_empty()).then_some(Want { chunks })
    }

    /// Whether the peer owes chunks.
    pub fn is_owed(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Takes a chunk, the next of those asked for: gives its number. An empty frame says that the peer has it no more.
    ///
    /// # Errors
    /// [`AttachmentError::Chunk`] for anything else than what was asked for.
    pub fn take(&mut self, frame: &[u8]) -> Result<Option<usize>, AttachmentError> {
        let index = usize::from(self.asked.pop_front().ok_or(AttachmentError::Chunk)?);
        if frame.is_empty() {
            return Ok(None);
        }
        let right = chunk_length(self.attachment.size, index) == Some(frame.len())
            && self.manifest.as_ref().is_some_and(|manifest| manifest.holds(index, frame));
        let held = self.held.get_mut(index).filter(|held| right && !**held).ok_or(AttachmentError::Chunk)?;
        *held = true;
        Ok(Some(index))
    }

    /// How many chunks are held.
    pub fn arrived(&self) -> usize {
        self.held.iter().filter(|held| **held).count()
    }

    /// Whether all chunks are held.
    pub fn is_whole(&self) -> bool {
        self.held.iter().all(|held| *held)
    }
}
