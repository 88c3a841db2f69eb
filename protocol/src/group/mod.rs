//! Who belongs to a group and who may do what in it: a fold over the *set* of its control entries.
//!
//! Guarantees: the same set gives the same answers, in whatever order its entries came; no clock and no
//! claimed time has a say; there is always a seat; and, while fewer than half of the seats were hostile at
//! every point of the group's history at which something was done (of two, while the senior was honest), no
//! honest facilitator is lost, and nothing that a removed person issues after their removal changes
//! anything, however it is dated.
//!
//! Two questions are asked of every entry.
//!
//! 1. *Was it right in its own causal past?* (`judge`) The past is fixed by the hashes the entry cites, so
//!    the answer never changes. Signatures of several seats are found here: those who wrote the same act.
//! 2. *Does it count in the whole set?* (`fold`) Only if the right it was done by rests on entries that
//!    count themselves (`walk`), and no removal cuts it off (`removal`). A join may need more than its
//!    invite to count (`joins`).
//!
//! An entry that is not right, or does not count, is kept and has no effect; an honest node does not cite
//! it, but nothing here rests on that. Two entries of one author with one number (a split log) are simply two
//! entries here.
//!
//! Folding one more entry does not fold the rest again in the common case (`adding`), and neither does judging it:
//! the folds of some sets are remembered (`memory`), and that of its own past is a few steps from one of them.

mod adding;
mod amending;
mod cause;
mod contested;
mod crossing;
mod effect;
mod elections;
mod fold;
mod joins;
mod judge;
mod judging;
mod keeping;
mod listings;
mod measures;
mod memory;
mod past;
mod quorum;
mod record;
mod removal;
mod right;
mod shared;
mod summary;
mod view;
mod walk;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use thiserror::Error;

pub use listings::ListingState;
pub use right::Right;
pub use view::{
    Effect, Ended, InviteState, Kept, Log, Member, Moderated, Once, Proposal, Proposed, Removal, Standing,
};

use crate::body::{Body, Genesis, Role};
use crate::charter::Charter;
use crate::entry::Entry;
use crate::id::{AuthorId, EntryId, GroupId, LogId, MemberKey, ShortId};
use crate::limits;
use crate::time::Millis;
use amending::charter;
use elections::unasked;
use fold::State;
use memory::Memory;
use past::{At, Past};
use record::{Act, Record, Verdict, Who, deps};
use summary::{Teller, Told};

/// A verified control entry: its signature is its author's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// The entry's id.
    pub id: EntryId,
    /// Who signed it.
    pub author: MemberKey,
    /// What was signed.
    pub entry: Entry,
}

/// Why an entry cannot be taken in.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GroupError {
    /// It cites entries that are not held: it must wait for them.
    #[error("{} cited entries are missing", .0.len())]
    Missing(Vec<EntryId>),
    /// It is not a control entry.
    #[error("not a control entry")]
    NotControl,
    /// It is no genesis, or not one that a group can begin with.
    #[error("not the beginning of a group: {0}")]
    NotGenesis(&'static str),
}

/// What inserting an entry did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inserted {
    /// Whether it is new (an entry held already changes nothing).
    pub fresh: bool,
    /// Whether its author had the right in the entry's own causal past: fixed for ever.
    pub right: Result<(), Right>,
}

/// One group's control entries and what follows from them.
#[derive(Debug)]
pub struct Group {
    id: GroupId,
    genesis: Genesis,
    record: Record,
    keys: BTreeMap<AuthorId, Vec<MemberKey>>,
    memory: Memory,
    /// The fold of everything; empty while something came in that could not simply be added.
    whole: OnceLock<Arc<State>>,
    told: Told,
}

impl Group {
    /// Begins a group with its genesis.
    ///
    /// # Errors
    /// [`GroupError::NotGenesis`] if it is none, not signed by its first founder, names a founder twice, or
    /// has more than [`limits::SHARED_POWER_MEMBERS`] where everybody has a seat.
    pub fn begin(genesis: Control) -> Result<Group, GroupError> {
        let Body::Genesis(body) = genesis.entry.body.clone() else {
            return Err(GroupError::NotGenesis("another kind of entry"));
        };
        if deps(&genesis).is_none_or(|deps| !deps.is_empty()) {
            return Err(GroupError::NotGenesis("it cites something"));
        }
        let founders = &body.founders;
        if founders.first() != Some(&genesis.author) {
            return Err(GroupError::NotGenesis("not signed by its first founder"));
        }
        if (1..).zip(founders).any(|(next, founder)| founders.iter().skip(next).any(|key| key == founder)) {
            return Err(GroupError::NotGenesis("a founder named twice"));
        }
        if body.charter.shared_power && founders.len() > limits::SHARED_POWER_MEMBERS {
            return Err(GroupError::NotGenesis("too many founders to share power"));
        }
        let mut group = Group {
            id: body.group_id(),
            record: Record::new(body.group_id(), body.charter.clone(), founders),
            genesis: body,
            keys: BTreeMap::new(),
            memory: Memory::default(),
            whole: OnceLock::new(),
            told: Told::default(),
        };
        let founders = group.genesis.founders.clone();
        founders.iter().for_each(|founder| group.learn(founder));
        let verdict = Verdict { right: Ok(()), needs: Role::Member, over: Role::Member, call: None };
        group.record.push(genesis, Act::Genesis, Past::default(), verdict);
        Ok(group)
    }

    /// The group's id.
    pub fn id(&self) -> GroupId {
        self.id
    }

    /// The random bytes from which members' keys are derived.
    pub fn salt(&self) -> &[u8; 32] {
        &self.genesis.salt
    }

    /// The words by which two people can tell that they mean the same group: of its id and who founded it.
    pub fn key_words(&self) -> String {
        crate::phrase::key_words(&self.id, &self.genesis.founders)
    }

    /// What the group is called.
    pub fn title(&self) -> &str {
        &self.genesis.title
    }

    /// What the group is for and how it lives, as amended.
    pub fn charter(&self) -> &Charter {
        self.told.charter.get_or_init(|| self.teller().charter())
    }

    /// The charter as the author of an entry knew it: what an invite offers, what a rule named in an act said.
    pub fn charter_of(&self, id: &EntryId) -> Option<Charter> {
        let node = self.record.node(*self.record.at.get(id)?)?;
        let state = if self.record.amendments.is_empty() { Arc::default() } else { self.state(&node.past) };
        Some(charter(&self.record, &state.stands, &node.past).into_owned())
    }

    /// Whether a member accepted the charter in what it asks of members ([`Charter::terms`]): by joining under
    /// it, by signing the change to it, or since. Nobody loses a right by not having done so.
    pub fn accepted(&self, member: &MemberKey) -> bool {
        let terms = self.charter().terms();
        self.consents(member).any(|charter| charter.terms() == terms)
    }

    /// The charters that a member accepted, the last first.
    pub fn consents(&self, member: &MemberKey) -> impl Iterator<Item = Charter> {
        let who = self.record.who(member).and_then(|who| self.record.person(who));
        let founder = who.is_some_and(|person| person.founder.is_some());
        let wrote = who.map(|person| person.wrote.as_slice()).unwrap_or_default();
        let accepts = |at: &At| {
            let node = self.record.node(*at).filter(|node| self.whole().counts(*at, node))?;
            let then = || self.charter_of(&node.control.id);
            match &node.control.entry.body {
                Body::Accept(_) | Body::Join(_) => then(),
                Body::Amend(amend) => Some(amend.changes.over(then()?)),
                _ => None,
            }
        };
        wrote.iter().rev().filter_map(accepts).chain(founder.then(|| self.genesis.charter.clone()))
    }

    /// Takes in one verified control entry, whether its author may say it or not.
    ///
    /// # Errors
    /// [`GroupError::Missing`] names the cited entries that must come first; [`GroupError::NotControl`].
    pub fn insert(&mut self, control: Control) -> Result<Inserted, GroupError> {
        if let Some(node) = self.record.at.get(&control.id).and_then(|at| self.record.node(*at)) {
            return Ok(Inserted { fresh: false, right: node.verdict.right });
        }
        let deps = deps(&control).ok_or(GroupError::NotControl)?;
        let missing: Vec<EntryId> = deps.iter().filter(|id| !self.holds(id)).copied().collect();
        if !missing.is_empty() {
            return Err(GroupError::Missing(missing));
        }
        let past = self.record.past(deps);
        let state = self.state(&past);
        let (act, verdict) = self.weighed(&control, &past, &state);
        self.memory.keep(state);
        let right = verdict.right;
        if matches!(&control.entry.body, Body::Join(join) if join.member == control.author) {
            self.learn(&control.author);
        }
        let at = self.record.push(control, act, past, verdict);
        let record = &self.record;
        let added = self.whole.get_mut().is_some_and(|whole| Arc::make_mut(whole).add(record, at));
        if !added {
            self.whole = OnceLock::new();
        }
        // What ended an election that gives no seat may be anything beside it.
        let plain = record.node(at).is_some_and(|node| node.verdict.right.is_err() || node.act == Act::Plain);
        self.told.forget(added && plain && record.elections.is_empty());
        Ok(Inserted { fresh: true, right })
    }

    /// Whether an entry is here.
    pub fn holds(&self, id: &EntryId) -> bool {
        self.record.at.contains_key(id)
    }

    /// The entry whose id begins like this (of several, the lowest).
    pub fn resolve(&self, id: &ShortId) -> Option<EntryId> {
        let mut from = [0; EntryId::LEN];
        from.iter_mut().zip(id.0).for_each(|(to, byte)| *to = byte);
        let (found, _) = self.record.at.range(EntryId(from)..).next()?;
        (found.short() == *id).then_some(*found)
    }

    /// One entry.
    pub fn entry(&self, id: &EntryId) -> Option<&Control> {
        Some(&self.record.node(*self.record.at.get(id)?)?.control)
    }

    /// Every entry that counts in the whole set, in the order of arrival.
    pub fn counting(&self) -> impl Iterator<Item = &Control> {
        let whole = self.whole();
        let nodes = self.record.nodes.iter().enumerate();
        nodes.filter(|(place, node)| whole.counts(At(*place), node)).map(|(_, node)| &node.control)
    }

    /// What became of an entry that counts; `None` of one that does not, or is not here.
    pub fn effect(&self, id: &EntryId) -> Option<Effect> {
        let at = *self.record.at.get(id)?;
        let node = self.record.node(at).filter(|node| self.whole().counts(at, node))?;
        Some(self.teller().effect(at, node, self.open()))
    }

    /// Whether an entry counts in the whole set.
    pub fn counts(&self, id: &EntryId) -> bool {
        let Some(at) = self.record.at.get(id).copied() else { return false };
        self.record.node(at).is_some_and(|node| self.whole().counts(at, node))
    }

    /// Whether `a` is in the strict causal past of `b`.
    pub fn precedes(&self, a: &EntryId, b: &EntryId) -> bool {
        match (self.record.at.get(a), self.record.at.get(b)) {
            (Some(a), Some(b)) => self.record.precedes(*a, *b),
            _ => false,
        }
    }

    /// What an entry written now cites: heads among the entries that count, at most [`limits::DEPS`].
    pub fn heads(&self) -> Vec<EntryId> {
        self.told.heads.get_or_init(|| self.teller().heads()).clone()
    }

    /// The keys a signature by this author may be of; former members' too.
    pub fn keys(&self, author: &AuthorId) -> &[MemberKey] {
        self.keys.get(author).map_or(&[], Vec::as_slice)
    }

    /// Everybody who is or was a member, by key.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.people().values()
    }

    /// One of [`Self::members`].
    pub fn member(&self, key: &MemberKey) -> Option<&Member> {
        self.people().get(key)
    }

    /// Every invite that its author had the right to make, by id.
    pub fn invites(&self) -> impl Iterator<Item = &InviteState> {
        self.doors().values()
    }

    /// One of [`Self::invites`].
    pub fn invite(&self, id: &EntryId) -> Option<&InviteState> {
        self.doors().get(id)
    }

    /// Acts that wait for more facilitators to sign the same.
    pub fn proposals(&self) -> impl Iterator<Item = &Proposal> {
        self.open().iter()
    }

    /// The keepers that the group has, in the order in which they were named.
    pub fn keepers(&self) -> &[Kept] {
        self.told.kept.get_or_init(|| self.teller().kept())
    }

    /// What holds for an entry of somebody's, or for all they write: folded, held, or posting paused. Display
    /// only; a pause is over when its time has come by the reader's clock.
    pub fn moderated(&self, member: &MemberKey, entry: Option<&EntryId>) -> Option<Moderated> {
        self.measures().get(&(*member, entry.copied())).copied()
    }

    /// Everybody and every invite that was let in once and is not current, with what ended it.
    pub fn ended(&self) -> Vec<Ended> {
        self.told.ended.get_or_init(|| self.teller().ended(self.doors())).clone()
    }

    /// The facilitators, by seniority. Never empty.
    pub fn seats(&self) -> Vec<MemberKey> {
        let seats = self.whole().seats.iter();
        seats.filter_map(|who| Some(self.record.person(*who)?.key)).collect()
    }

    /// The newest time that an entry of a current facilitator claims, other than `but`'s: a sign that one of them was
    /// there. For display and advice alone.
    pub fn heard(&self, but: Option<&MemberKey>) -> Option<Millis> {
        let whole = self.whole();
        let seated = |who: &&Who| whole.role(&self.record, **who) == Some(Role::Seat);
        let seats = whole.seats.iter().filter(seated).filter_map(|who| self.record.person(*who));
        let others = seats.filter(|person| Some(&person.key) != but);
        let wrote = others.flat_map(|person| &person.wrote).filter_map(|at| self.record.node(*at));
        wrote.map(|node| node.control.entry.time).max()
    }

    /// When an entry of this member was last written, as it claims.
    pub fn last_wrote(&self, member: &MemberKey) -> Option<Millis> {
        let wrote = &self.record.person(self.record.who(member)?)?.wrote;
        wrote.iter().filter_map(|at| self.record.node(*at)).map(|node| node.control.entry.time).max()
    }

    /// What a facilitator cites who was not asked about an election that gives a seat: everything but the election
    /// and what rests on it. None if there is no such election.
    pub fn objection(&self, facilitator: &MemberKey) -> Option<Vec<EntryId>> {
        let who = self.record.who(facilitator)?;
        let rest = unasked(&self.record, &self.record.all, self.whole(), who)?;
        let mut covered = Past::default();
        let mut heads = Vec::new();
        for (place, node) in self.record.nodes.iter().enumerate().rev() {
            let at = At(place);
            if rest.has(at) && self.whole().counts(at, node) && !covered.has(at) {
                covered.join(&node.past);
                heads.push(node.control.id);
            }
        }
        heads.truncate(limits::DEPS);
        Some(heads)
    }

    /// Whether content of this place in this log is shown: what a removed person wrote beyond what their
    /// removers had is not, and neither is anything by somebody who was never let in.
    pub fn shows(&self, author: &MemberKey, log: &LogId, seq: u64) -> bool {
        match self.member(author).map(|member| member.standing) {
            Some(Standing::Member | Standing::Left) => true,
            Some(Standing::Removed) => {
                let shown = self.told.shown.get_or_init(|| self.teller().shown());
                shown.get(&(*author, *log)).is_some_and(|last| seq <= *last)
            }
            Some(Standing::Waiting) | None => false,
        }
    }

    /// A hash of everything the fold says: the same set gives the same hash, in whatever order it came.
    pub fn state_hash(&self) -> [u8; 32] {
        *self.told.hash.get_or_init(|| self.teller().hash(self.people(), self.doors(), self.measures()))
    }

    fn whole(&self) -> &State {
        self.whole.get_or_init(|| self.memory.fold(&self.record, &self.record.all))
    }

    fn teller(&self) -> Teller<'_> {
        Teller { record: &self.record, state: self.whole() }
    }

    fn people(&self) -> &BTreeMap<MemberKey, Member> {
        self.told.members.get_or_init(|| self.teller().members())
    }

    fn open(&self) -> &[Proposal] {
        self.told.proposals.get_or_init(|| self.teller().proposals())
    }

    fn measures(&self) -> &BTreeMap<(MemberKey, Option<EntryId>), Moderated> {
        self.told.measures.get_or_init(|| self.teller().measures())
    }

    fn doors(&self) -> &BTreeMap<EntryId, InviteState> {
        self.told.invites.get_or_init(|| self.teller().invites())
    }

    /// The fold of a causal past.
    fn state(&self, past: &Past) -> Arc<State> {
        let whole = self.whole.get().filter(|whole| whole.set.within(past));
        whole.map_or_else(|| self.memory.fold(&self.record, past), Arc::clone)
    }

    fn learn(&mut self, key: &MemberKey) {
        let keys = self.keys.entry(key.author()).or_default();
        if !keys.contains(key) {
            keys.push(*key);
        }
    }
}

#[cfg(test)]
mod tests;
