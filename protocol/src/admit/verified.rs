//! The part of the door that asks what is held, and its proof.

use thiserror::Error;

use super::open::Opened;
use super::refusal::{Refusal, Wait, Why};
use super::statement::{Statement, missing};
use super::waiting::Awaited;
use crate::body::{Body, Kind};
use crate::entry::{Entry, SignedEntry};
use crate::envelope::Envelope;
use crate::epoch::Clear;
use crate::group::{Control, Group};
use crate::id::{EntryId, EnvelopeId, EpochId, LogId, MemberKey};
use crate::limits;

/// What is held could not be read. Nothing is admitted then; it comes again by sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("what is held could not be read")]
pub struct Unreadable;

/// The few questions admission asks of what a node holds.
///
/// Answers must be of one state: nothing may be added between the answer and the use of the [`Verified`] that
/// came of it (one thread owns both).
pub trait Ledger {
    /// Whether this envelope is held.
    ///
    /// # Errors
    /// [`Unreadable`].
    fn holds(&self, envelope: &EnvelopeId) -> Result<bool, Unreadable>;

    /// In how many envelopes this entry is held: of content, one at most.
    ///
    /// # Errors
    /// [`Unreadable`].
    fn copies(&self, entry: &EntryId) -> Result<usize, Unreadable>;

    /// An entry held with this author, log and number; of several the one with the lowest id.
    ///
    /// # Errors
    /// [`Unreadable`].
    fn slot(&self, author: &MemberKey, log: &LogId, seq: u64) -> Result<Option<EntryId>, Unreadable>;

    /// The highest lamport number held, of any entry; zero if nothing is.
    ///
    /// # Errors
    /// [`Unreadable`].
    fn lamport(&self) -> Result<u64, Unreadable>;
}

/// The ledger of a node that reads its own store again, to rebuild group and keyring: nothing is held yet, and
/// everything was admitted once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Replay;

impl Ledger for Replay {
    fn holds(&self, _: &EnvelopeId) -> Result<bool, Unreadable> {
        Ok(false)
    }

    fn copies(&self, _: &EntryId) -> Result<usize, Unreadable> {
        Ok(0)
    }

    fn slot(&self, _: &MemberKey, _: &LogId, _: u64) -> Result<Option<EntryId>, Unreadable> {
        Ok(None)
    }

    fn lamport(&self) -> Result<u64, Unreadable> {
        Ok(u64::MAX)
    }
}

/// An entry in its envelope that went through the door: what a store takes, and nothing else.
#[derive(Clone, Debug)]
pub struct Verified {
    opened: Opened,
    split: Option<EntryId>,
    copy: bool,
}

impl Verified {
    /// The envelope: what is stored and passed on.
    pub fn envelope(&self) -> &Envelope {
        &self.opened.envelope
    }

    /// The envelope's name.
    pub fn envelope_id(&self) -> &EnvelopeId {
        &self.opened.id
    }

    /// The epoch it is sealed under.
    pub fn epoch(&self) -> &EpochId {
        &self.opened.epoch
    }

    /// The wraps and back-links of a mint or a wrap.
    pub fn clear(&self) -> Option<&Clear> {
        self.opened.clear.as_ref()
    }

    /// The entry's name.
    pub fn entry_id(&self) -> &EntryId {
        self.statement().id()
    }

    /// Who signed it.
    pub fn author(&self) -> &MemberKey {
        self.statement().author()
    }

    /// The entry.
    pub fn entry(&self) -> &Entry {
        self.statement().entry()
    }

    /// The entry's bytes and signature.
    pub fn signed(&self) -> &SignedEntry {
        self.statement().signed()
    }

    /// Another entry in the same place of the same log: with this one it proves that the log's history split.
    pub fn split(&self) -> Option<&EntryId> {
        self.split.as_ref()
    }

    /// Whether the entry is held already, sealed under another epoch (control entries only).
    pub fn is_copy(&self) -> bool {
        self.copy
    }

    /// What the fold takes, if this is a control entry.
    pub fn control(&self) -> Option<Control> {
        let entry = self.entry();
        entry.body.kind().is_control().then(|| Control {
            id: *self.entry_id(),
            author: *self.author(),
            entry: entry.clone(),
        })
    }

    /// What may have waited for it: to be asked of the waiting room once the fold has it.
    pub fn awaited(&self) -> Vec<Awaited> {
        let entry = self.entry();
        let kind = entry.body.kind();
        let control = kind.is_control().then(|| Awaited::Control(self.entry_id().short()));
        let author = kind.opens_log().then_some(Awaited::Author(entry.author));
        let genesis = (kind == Kind::GENESIS).then_some(Awaited::Genesis);
        [genesis, control, author].into_iter().flatten().collect()
    }

    fn statement(&self) -> &Statement {
        &self.opened.statement
    }
}

/// Lets in what opened, if it is new here and what it cites is held. `group` is none only until the genesis
/// has come.
///
/// # Errors
/// [`Refusal::Ignore`] for what is held and for a second genesis, [`Refusal::Wait`] for what comes
/// too early.
pub fn admit(opened: Opened, ledger: &impl Ledger, group: Option<&Group>) -> Result<Verified, Refusal> {
    let (entry, id) = (opened.entry(), opened.entry_id());
    if ledger.holds(&opened.id)? {
        return Err(Refusal::Ignore(Why::Held));
    }
    match (group, &entry.body) {
        (None, Body::Genesis(_)) => {}
        (None, _) => return Err(Refusal::Wait(Wait::Genesis)),
        (Some(group), Body::Genesis(_)) if !group.holds(id) => {
            return Err(Refusal::Ignore(Why::OtherGroup));
        }
        (Some(group), _) => {
            let missing = missing(entry, group);
            if !missing.is_empty() {
                return Err(Refusal::Wait(Wait::Control(missing)));
            }
        }
    }
    if entry.lamport > ledger.lamport()?.saturating_add(limits::LAMPORT_STEP) {
        return Err(Refusal::Wait(Wait::Lamport));
    }
    let split = ledger.slot(opened.author(), &entry.log, entry.seq)?.filter(|other| other != id);
    let copy = ledger.copies(id)? > 0;
    Ok(Verified { split, copy, opened })
}

impl From<Unreadable> for Refusal {
    fn from(_: Unreadable) -> Refusal {
        Refusal::Wait(Wait::Ledger)
    }
}
