//! How envelopes travel: asked for in windows, sent in order, closed by a receipt.
//!
//! [`Pull`] is the side that lacks them, [`Serve`] the side that has them; both run at once in a session, one
//! for each direction. A window is asked for only while fewer than [`limits::SYNC_AHEAD`] are not yet stored,
//! which bounds what either side holds in memory.

use std::collections::{BTreeSet, VecDeque};

use minicbor::bytes::ByteVec;

use crate::id::EnvelopeId;
use crate::limits;
use crate::sync::SyncError;
use crate::sync::message::{Ids, Message};
use crate::sync::session::Output;
use crate::sync::set::Salt;

/// What the frame of a message of envelopes may need beside them.
const ROOM: usize = 64;
/// What an envelope needs beside its bytes.
const PER_ENVELOPE: usize = 5;

/// A window this side asked for.
#[derive(Debug, Default)]
struct Window {
    /// What was asked for, in order.
    ids: Vec<EnvelopeId>,
    /// How many of them are behind us, sent or skipped.
    at: usize,
    bytes: usize,
    /// What came, by true id, and whether it is held.
    came: Vec<(EnvelopeId, bool)>,
    /// Batches of it that are being admitted.
    admitting: usize,
    ended: bool,
}

/// The side of a transfer that lacks envelopes.
#[derive(Debug, Default)]
pub(crate) struct Pull {
    /// If the ids asked for are salted, the salt.
    salt: Option<Salt>,
    queue: VecDeque<EnvelopeId>,
    windows: VecDeque<Window>,
    /// How many envelopes each batch has that is being admitted, the oldest first.
    batches: VecDeque<usize>,
    /// Everything the other side has announced and this one does not hold.
    lacking: BTreeSet<EnvelopeId>,
    announced: usize,
    received: u64,
    wanted: u64,
}

impl Pull {
    /// A transfer that counts on from where the one before ended.
    pub(crate) fn new(salt: Option<Salt>, received: u64) -> Pull {
        Pull { salt, received, wanted: received, ..Pull::default() }
    }

    /// Notes ids the other side has; gives back those that were news.
    pub(crate) fn announce(&mut self, mut ids: Vec<EnvelopeId>) -> Vec<EnvelopeId> {
        self.announced = self.announced.saturating_add(ids.len());
        ids.retain(|id| self.lacking.insert(*id));
        ids
    }

    /// How many more ids the other side may announce.
    pub(crate) fn room(&self) -> usize {
        limits::SYNC_IDS.saturating_sub(self.announced)
    }

    /// Wants some of what was announced.
    pub(crate) fn want(&mut self, ids: Vec<EnvelopeId>, out: &mut Vec<Output>) {
        self.wanted = self.wanted.saturating_add(ids.len() as u64);
        self.queue.extend(ids);
        self.ask(out);
    }

    fn ask(&mut self, out: &mut Vec<Output>) {
        while self.windows.len() < limits::SYNC_AHEAD && !self.queue.is_empty() {
            let many = self.queue.len().min(limits::SYNC_WINDOW);
            let ids: Vec<_> = self.queue.drain(..many).collect();
            out.push(Output::Send(Message::Want(Ids(ids.clone()))));
            self.windows.push_back(Window { ids, ..Window::default() });
        }
    }

    /// Takes envelopes of the oldest window that has not ended.
    pub(crate) fn envelopes(
        &mut self,
        envelopes: Vec<ByteVec>,
        through: u32,
        identify: fn(&[u8]) -> Option<EnvelopeId>,
        out: &mut Vec<Output>,
    ) -> Result<(), SyncError> {
        let window = self.windows.iter_mut().find(|window| !window.ended).ok_or(SyncError::NotAsked)?;
        if envelopes.is_empty() && through == 0 {
            return Err(SyncError::OutOfPhase("nothing"));
        }
        let mut batch = Vec::with_capacity(envelopes.len());
        for envelope in envelopes {
            let bytes = Vec::from(envelope);
            window.bytes = window.bytes.saturating_add(bytes.len());
            if bytes.len() > limits::ENVELOPE
                || window.bytes > limits::SYNC_WINDOW_BYTES.saturating_add(limits::ENVELOPE)
            {
                return Err(SyncError::TooMuch("bytes in a window"));
            }
            let id = identify(&bytes).ok_or(SyncError::NotAsked)?;
            let name = self.salt.map_or(id, |salt| salt.apply(&id));
            let ahead = window.ids.get(window.at..).unwrap_or_default();
            let skipped = ahead.iter().position(|asked| *asked == name).ok_or(SyncError::NotAsked)?;
            window.at = window.at.saturating_add(skipped).saturating_add(1);
            window.came.push((id, false));
            batch.push((id, bytes));
        }
        if through > 0 {
            let through = through as usize;
            if through < window.at || through > window.ids.len() {
                return Err(SyncError::Contradiction("how much it sent"));
            }
            window.ended = true;
            for id in window.ids.drain(through..).rev() {
                self.queue.push_front(id);
            }
        }
        if batch.is_empty() {
            self.close(out);
        } else {
            window.admitting = window.admitting.saturating_add(1);
            self.batches.push_back(batch.len());
            out.push(Output::Admit(batch));
        }
        Ok(())
    }

    /// Takes what has become of the oldest batch.
    pub(crate) fn admitted(&mut self, held: &[EnvelopeId], out: &mut Vec<Output>) -> Result<(), SyncError> {
        let window = self.windows.iter_mut().find(|window| window.admitting > 0);
        let (Some(window), Some(batch)) = (window, self.batches.pop_front()) else {
            return Err(SyncError::Misuse("nothing was to be admitted"));
        };
        window.admitting = window.admitting.saturating_sub(1);
        self.received = self.received.saturating_add(batch as u64);
        let held: BTreeSet<_> = held.iter().collect();
        for (id, kept) in &mut window.came {
            if held.contains(id) {
                *kept = true;
                self.lacking.remove(&self.salt.map_or(*id, |salt| salt.apply(id)));
            }
        }
        self.close(out);
        out.push(Output::Progress { received: self.received, of: self.wanted.max(self.received) });
        Ok(())
    }

    /// Sends the receipts that are due, and asks for what comes next.
    fn close(&mut self, out: &mut Vec<Output>) {
        while self.windows.front().is_some_and(|window| window.ended && window.admitting == 0) {
            let Some(window) = self.windows.pop_front() else { break };
            let bits = window.came.chunks(8).map(|eight| {
                eight
                    .iter()
                    .zip(0_u32..)
                    .fold(0, |byte, ((_, held), place)| byte | (u8::from(*held) << 7 >> place))
            });
            out.push(Output::Send(Message::Held(bits.collect())));
        }
        self.ask(out);
    }

    /// How many envelopes have come, those of earlier phases included.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Whether nothing is under way.
    pub(crate) fn idle(&self) -> bool {
        self.windows.is_empty() && self.queue.is_empty()
    }

    /// What the other side has and this one does not hold, and whether that is all of it.
    pub(crate) fn lacking(&self) -> (Vec<EnvelopeId>, bool) {
        let whole = self.lacking.len() <= limits::SYNC_LACKING;
        (self.lacking.iter().filter(|_| whole).copied().collect(), whole)
    }
}

/// A window the other side asked for.
#[derive(Debug)]
enum Asked {
    Waiting(Vec<EnvelopeId>),
    Loading(Vec<EnvelopeId>),
    Sent(Vec<EnvelopeId>),
}

/// The side of a transfer that has envelopes.
#[derive(Debug)]
pub(crate) struct Serve {
    windows: VecDeque<Asked>,
    /// How many more ids may be asked for: each once.
    left: usize,
}

impl Serve {
    /// Serves from sets of so many envelopes.
    pub(crate) fn new(size: usize) -> Serve {
        Serve { windows: VecDeque::new(), left: size }
    }

    /// Takes a request, by true ids.
    pub(crate) fn asked(&mut self, ids: Vec<EnvelopeId>, out: &mut Vec<Output>) -> Result<(), SyncError> {
        if ids.is_empty() {
            return Err(SyncError::OutOfPhase("nothing"));
        }
        if self.windows.len() >= limits::SYNC_AHEAD {
            return Err(SyncError::TooMuch("windows at once"));
        }
        self.left = self.left.checked_sub(ids.len()).ok_or(SyncError::TooMuch("envelopes asked for"))?;
        self.windows.push_back(Asked::Waiting(ids));
        self.load(out);
        Ok(())
    }

    fn load(&mut self, out: &mut Vec<Output>) {
        if self.windows.iter().any(|window| matches!(window, Asked::Loading(_))) {
            return;
        }
        let next = self.windows.iter_mut().find_map(|window| match window {
            Asked::Waiting(ids) => Some(std::mem::take(ids)).map(|ids| (window, ids)),
            _ => None,
        });
        if let Some((window, ids)) = next {
            out.push(Output::Load(ids.clone()));
            *window = Asked::Loading(ids);
        }
    }

    /// Sends what was loaded for the window that waits for it.
    pub(crate) fn loaded(
        &mut self,
        envelopes: Vec<(EnvelopeId, Vec<u8>)>,
        through: usize,
        out: &mut Vec<Output>,
    ) -> Result<(), SyncError> {
        let (window, asked) = self
            .windows
            .iter_mut()
            .find_map(|window| match window {
                Asked::Loading(ids) => Some(ids.len()).map(|asked| (window, asked)),
                _ => None,
            })
            .ok_or(SyncError::Misuse("nothing was to be loaded"))?;
        let beyond = asked.checked_sub(through).filter(|beyond| *beyond < asked);
        let beyond = beyond.ok_or(SyncError::Misuse("loaded none or more than was asked for"))?;
        self.left = self.left.saturating_add(beyond);
        *window = Asked::Sent(envelopes.iter().map(|(id, _)| *id).collect());
        let (mut batch, mut size) = (Vec::new(), ROOM);
        for (_, bytes) in envelopes {
            let more = bytes.len().saturating_add(PER_ENVELOPE);
            if size.saturating_add(more) > limits::SYNC_FRAME && !batch.is_empty() {
                let envelopes = std::mem::take(&mut batch);
                out.push(Output::Send(Message::Envelopes { envelopes, through: 0 }));
                size = ROOM;
            }
            size = size.saturating_add(more);
            batch.push(ByteVec::from(bytes));
        }
        let through = u32::try_from(through).unwrap_or(u32::MAX);
        out.push(Output::Send(Message::Envelopes { envelopes: batch, through }));
        self.load(out);
        Ok(())
    }

    /// Takes the receipt of the oldest window.
    pub(crate) fn held(&mut self, bits: &[u8], out: &mut Vec<Output>) -> Result<(), SyncError> {
        let sent = match self.windows.pop_front() {
            Some(Asked::Sent(sent)) => sent,
            _ => return Err(SyncError::OutOfPhase("a receipt")),
        };
        if bits.len() != sent.len().div_ceil(8) {
            return Err(SyncError::Contradiction("what it received"));
        }
        let flags = bits.iter().flat_map(|byte| (0..8_u32).map(move |place| byte << place & 0x80 != 0));
        let held: Vec<_> = sent.into_iter().zip(flags).filter(|(_, held)| *held).map(|(id, _)| id).collect();
        if !held.is_empty() {
            out.push(Output::Held(held));
        }
        Ok(())
    }

    /// Whether every window has its receipt.
    pub(crate) fn idle(&self) -> bool {
        self.windows.is_empty()
    }
}
