//! Logs whose history split: two entries by one member at one place of one log, both signed, and so a proof.
//!
//! Mostly a backup was restored, or a machine set back to an earlier state, and written on. Nothing that is in such a log
//! is refused or void; people are told, and the device whose log it is goes on in a new one.

use std::collections::HashMap;

use kith_protocol::admit::Verified;
use kith_protocol::group::Group;
use kith_protocol::id::{EntryId, LogId, MemberKey};
use kith_protocol::time::Millis;
use minicbor::{Decode, Encode};

use super::CellError;
use super::engine::Engine;
use crate::api::types;
use crate::store::Store;

/// Split logs remembered of one member. One is enough to be told; more say nothing new.
const OF_ONE: usize = 4;
/// Split logs remembered in all. Further ones are held like everything, and not told of.
const MOST: usize = 2048;
const NOTE: &str = "splits";

/// One split: where the two histories part, as far as is known.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
struct Split {
    #[n(0)]
    member: MemberKey,
    #[n(1)]
    log: LogId,
    #[n(2)]
    seq: u64,
    #[n(3)]
    one: EntryId,
    #[n(4)]
    other: EntryId,
    #[n(5)]
    noticed: Millis,
}

/// The splits this node has met.
#[derive(Default)]
pub(super) struct Splits {
    known: Vec<Split>,
    /// What was met while the store is read again.
    replayed: HashMap<(MemberKey, LogId, u64), EntryId>,
}

impl Splits {
    /// Reads what was noted.
    pub(super) fn of(store: &dyn Store) -> Result<Splits, CellError> {
        let noted = store.note(NOTE)?;
        let known = noted.and_then(|bytes| minicbor::decode(&bytes).ok()).unwrap_or_default();
        Ok(Splits { known, replayed: HashMap::new() })
    }

    /// Whether this log is known to have split.
    pub(super) fn has(&self, member: &MemberKey, log: &LogId) -> bool {
        self.known.iter().any(|split| split.member == *member && split.log == *log)
    }

    /// The splits of a member's logs, as people are told.
    pub(super) fn view(&self, member: &MemberKey, group: &Group) -> Vec<types::Split> {
        let live = |log: &LogId| {
            let logs = group.member(member).map(|member| member.logs.as_slice()).unwrap_or_default();
            logs.iter().any(|one| one.id == *log && one.live)
        };
        self.known
            .iter()
            .filter(|split| split.member == *member)
            .map(|split| types::Split {
                log: split.log.to_string(),
                seq: split.seq,
                entries: vec![split.one.to_string(), split.other.to_string()],
                noticed: split.noticed.to_string(),
                ended: !live(&split.log),
            })
            .collect()
    }

    fn add(&mut self, split: Split) -> bool {
        let of_one = self.known.iter().filter(|known| known.member == split.member).count();
        let room = of_one < OF_ONE && self.known.len() < MOST && !self.has(&split.member, &split.log);
        if room {
            self.known.push(split);
        }
        room
    }

    /// All of the store was read again.
    pub(super) fn replay_ended(&mut self) {
        self.replayed = HashMap::new();
    }
}

impl Engine {
    /// Looks at an entry that was let in for another one in its place.
    pub(super) fn notice_split(&mut self, verified: &Verified) {
        let Some(other) = verified.split().copied() else { return };
        let (author, entry) = (*verified.author(), verified.entry());
        if self.splits.has(&author, &entry.log) {
            return;
        }
        if self.staged.at(&author, &entry.log, entry.seq) == Some(other) || self.wrote(&author, &other) {
            self.remember_split(verified, other);
        }
    }

    /// The same for a control entry that the store held.
    pub(super) fn replay_split(&mut self, verified: &Verified) {
        let entry = verified.entry();
        let place = (*verified.author(), entry.log, entry.seq);
        let first = *self.splits.replayed.entry(place).or_insert(*verified.entry_id());
        if first != *verified.entry_id() {
            self.remember_split(verified, first);
        }
    }

    fn remember_split(&mut self, verified: &Verified, other: EntryId) {
        let (member, entry) = (*verified.author(), verified.entry());
        if member == self.me() {
            self.own.split(&entry.log);
        }
        let (log, seq, noticed) = (entry.log, entry.seq, self.now());
        let one = *verified.entry_id();
        if self.splits.add(Split { member, log, seq, one, other, noticed }) {
            tracing::info!("the history of a device's log split");
            self.staged.note(NOTE, minicbor::to_vec(&self.splits.known).unwrap_or_default());
            self.changed = true;
        }
    }

    /// Whether an entry that the store holds is by this member. Eight bytes of a key, by which the store finds it, may be
    /// those of two members.
    fn wrote(&self, author: &MemberKey, id: &EntryId) -> bool {
        if let Some(control) = self.group.as_ref().and_then(|group| group.entry(id)) {
            return control.author == *author;
        }
        let Ok(Some(held)) = self.store.entry(&id.short()) else { return false };
        match self.read_held(&held) {
            Some((_, by)) => by == *author,
            None => self.taken_back.is_by(&held.id, author),
        }
    }
}
