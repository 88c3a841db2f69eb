//! Which epoch to send under, and when to begin a new one.
//!
//! **The rule.** An epoch is *clean* for a node if the node holds it whole; one mint of it counts, and only
//! one; for everybody who was let in once and is no longer a member, and for every invite that was ended, the
//! entry that ended it precedes that mint; and every wrap of it the node knows of is for a log of a current
//! member. A node sends under the best clean epoch, wrapping it first for members' logs that lack it; if there
//! is none, it mints. So whoever was removed before a post was written, as far as its author knew, cannot open
//! it, however old the keys that stale members go on handing around: a mint that has a removal in its past was
//! made by somebody who knew whom not to wrap it for, and whoever wraps it later holds that mint, and with it
//! the removal. "Nobody removed holds it" is not a rule to go by, since a partial view cannot tell.
//!
//! Where newcomers get no history, a clean epoch serves only if every member who lacks it may have all of it
//! ([`Keyring::owed`]): somebody who came in after it began may not, and so the next to send mints. Nor does any
//! serve as long as a member was given none at its beginning: they are owed nothing, and could never read what says
//! that they are in, or anything else that somebody sealed under an epoch they lack. (One key they may well have, from
//! somebody hostile or from when newcomers got history.) The next mint leads them to all of it.
//!
//! **Best** is: minted by somebody who has a seat now, then the deepest, then the lowest id. Nodes that know
//! different things may choose differently for a while; nothing depends on their agreement.
//!
//! Invites that are live stand in nobody's way: one that admits on sight carries no key.
//!
//! A plain member's mint is meant to be valid only if no epoch was clean in its own past. That is not checked:
//! it would take the keyring of a past state. Its absence lets a member mint needlessly, which costs wraps and
//! gains nothing: any clean epoch of a facilitator is preferred to it, and it shuts nobody out.

use std::collections::BTreeSet;

use thiserror::Error;

use super::keys::EpochKeys;
use super::mint::{Plan, Recipient};
use super::ring::{Keyring, MintRecord, Tag};
use super::wrap;
use crate::body::{Body, Role};
use crate::charter::History;
use crate::group::{Ended, Group, Member, Standing};
use crate::id::{EntryId, EpochId, MemberKey};
use crate::limits;

/// What to send under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Send under this epoch, after wrapping it for these logs.
    Send {
        /// The epoch.
        epoch: EpochId,
        /// Logs of current members that nobody has wrapped it for yet. Without anything to send, they are
        /// wrapped for after a random delay up to 30 s, if this still says so then: whoever was vouched for
        /// late holds no key to ask with.
        wrap_to: Vec<Recipient>,
    },
    /// Begin a new epoch ([`Keyring::should_mint`] says when), and send under that.
    Mint(Plan),
    /// Epochs exist, and none of their keys is here: ask for them ([`Keyring::need`]). Until then nothing can
    /// be sent.
    Ask,
    /// This key is not of a current member.
    Out,
}

/// When a node should mint, if [`Keyring::best`] says that one must.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// In the same act: this person just removed, revoked or left out somebody, or began the group.
    Now,
    /// After a random delay up to 10 s, unless a clean epoch has come by then: facilitators.
    AfterDelay,
    /// Only when there is something to send, or somebody was just let in who has no key, and after waiting up
    /// to 10 s for a facilitator who is connected.
    OnlyToSend,
    /// Not at all.
    No,
}

/// Why an epoch is not clean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unclean {
    /// It is not held whole.
    #[error("its key is not held")]
    NotHeld,
    /// No mint of it counts.
    #[error("no mint of it counts")]
    NoMint,
    /// Two mints of it count.
    #[error("it was minted twice")]
    Twice,
    /// Somebody is out, or some invite ended, by an entry that does not precede its mint.
    #[error("it is older than a removal")]
    Ended,
    /// It was wrapped for a log of nobody who is a member now.
    #[error("somebody who is no member was given its key")]
    Stranger,
}

/// The order of preference: the greatest is best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    counts: bool,
    seat: bool,
    depth: u64,
    id: std::cmp::Reverse<EpochId>,
}

impl Keyring {
    /// What `me` should send under.
    pub fn best(&self, group: &Group, me: &MemberKey) -> Choice {
        if current(group, me).is_none() {
            return Choice::Out;
        }
        let ended = ended(group);
        let epochs = if self.all_given(group) { self.ranked(group) } else { Vec::new() };
        for epoch in epochs {
            let Ok(wrap_to) = self.sendable(&epoch, group, &ended) else { continue };
            return Choice::Send { epoch, wrap_to };
        }
        let others = members(group).any(|member| member.key != *me && member.logs.iter().any(|log| log.live));
        if others && !self.mints.is_empty() && self.kept().next().is_none() {
            return Choice::Ask;
        }
        Choice::Mint(self.plan(group))
    }

    /// When `me` should mint.
    pub fn should_mint(&self, group: &Group, me: &MemberKey) -> Timing {
        if !matches!(self.best(group, me), Choice::Mint(_)) {
            return Timing::No;
        }
        let by_me = |id: &EntryId| group.entry(id).is_some_and(|control| control.author == *me);
        let uncovered = |ended: &Ended| {
            let mut mints = self.mints.values().flatten().filter(|mint| group.counts(&mint.entry));
            !mints.any(|mint| covered(ended, mint, group))
        };
        let mine = ended(group).iter().any(|ended| ended.by.iter().any(by_me) && uncovered(ended));
        let seat = current(group, me).is_some_and(|member| member.role == Role::Seat);
        match (mine || (seat && self.mints.is_empty()), seat) {
            (true, _) => Timing::Now,
            (false, true) => Timing::AfterDelay,
            (false, false) => Timing::OnlyToSend,
        }
    }

    /// Whether an epoch is clean.
    ///
    /// # Errors
    /// [`Unclean`], naming the first reason why not.
    pub fn clean(&self, epoch: &EpochId, group: &Group) -> Result<(), Unclean> {
        self.clean_of(epoch, group, &ended(group))
    }

    fn clean_of(&self, epoch: &EpochId, group: &Group, ended: &[Ended]) -> Result<(), Unclean> {
        if !self.keys(epoch).is_some_and(EpochKeys::is_whole) {
            return Err(Unclean::NotHeld);
        }
        let mut mints = self.mints_that_count(epoch, group);
        let mint = mints.next().ok_or(Unclean::NoMint)?;
        if mints.next().is_some() {
            return Err(Unclean::Twice);
        }
        if !ended.iter().all(|ended| covered(ended, mint, group)) {
            return Err(Unclean::Ended);
        }
        let logs = members(group).flat_map(|member| &member.logs);
        let theirs: BTreeSet<Tag> = logs.map(|log| wrap::tag(epoch, &log.seal)).collect();
        if self.wrapped(epoch, group).is_subset(&theirs) { Ok(()) } else { Err(Unclean::Stranger) }
    }

    /// The epochs held that no other epoch held leads to by a mint that counts, the best first: what a new epoch goes on from, and
    /// under whose names a node can be found.
    pub fn heads(&self, group: &Group) -> Vec<EpochId> {
        let mut led_to = BTreeSet::new();
        let counts = |epoch: &EpochId| self.mints_that_count(epoch, group).next().is_some();
        for (later, links) in self.followed.iter().filter(|(later, _)| counts(later)) {
            for (earlier, whole) in links {
                let enough = *whole
                    || group.charter().history == History::None
                    || !self.keys(earlier).is_some_and(EpochKeys::is_whole);
                if enough && self.after(later, earlier, group) {
                    led_to.insert(*earlier);
                }
            }
        }
        let mut heads: Vec<_> = self.held.keys().filter(|epoch| !led_to.contains(epoch)).copied().collect();
        heads.sort_by_key(|epoch| std::cmp::Reverse(self.rank(epoch, group)));
        heads
    }

    /// The group's first epoch, whose control key every member reaches: minted by the first founder, going on
    /// from none.
    pub fn first(&self, group: &Group) -> Option<&EpochKeys> {
        let founder = group.members().find(|member| {
            group.entry(&member.joined).is_some_and(|control| {
                control.author == member.key && matches!(control.entry.body, Body::Genesis(_))
            })
        })?;
        let mints = self.mints.iter().flat_map(|(epoch, mints)| mints.iter().map(move |mint| (epoch, mint)));
        let firsts: Vec<_> = mints
            .filter(|(_, mint)| mint.depth == 1 && mint.author == founder.key && group.counts(&mint.entry))
            .collect();
        let preceded = |entry| firsts.iter().any(|(_, mint)| group.precedes(&mint.entry, entry));
        let first =
            firsts.iter().filter(|(_, mint)| !preceded(&mint.entry)).min_by_key(|(_, mint)| mint.entry);
        let (epoch, _) = first?;
        self.keys(epoch)
    }

    /// Who must be given an epoch's key before it is sent under; none if it may not be sent under.
    fn sendable(&self, epoch: &EpochId, group: &Group, ended: &[Ended]) -> Result<Vec<Recipient>, Unclean> {
        self.clean_of(epoch, group, ended)?;
        let have = self.wrapped(epoch, group);
        let mut lack = Vec::new();
        for member in members(group) {
            let before = lack.len();
            let live = member.logs.iter().filter(|log| log.live);
            let without = live.filter(|log| !have.contains(&wrap::tag(epoch, &log.seal)));
            lack.extend(without.map(|log| Recipient { member: member.key, seal: log.seal }));
            if lack.len() > before && !self.owed(epoch, &member.key, group) {
                return Err(Unclean::NotHeld);
            }
        }
        lack.truncate(limits::WRAPS);
        Ok(lack)
    }

    /// Whether every member who may be denied an epoch was given one when it began, or has no log to give it to.
    fn all_given(&self, group: &Group) -> bool {
        let logs = |member: &Member| member.logs.iter().any(|log| log.live);
        group.charter().history == History::All
            || members(group).all(|member| !logs(member) || self.begins(member, group))
    }

    /// The epochs held, the best first.
    fn ranked(&self, group: &Group) -> Vec<EpochId> {
        let mut epochs: Vec<_> = self.held.keys().copied().collect();
        epochs.sort_by_cached_key(|epoch| std::cmp::Reverse(self.rank(epoch, group)));
        epochs
    }

    fn rank(&self, epoch: &EpochId, group: &Group) -> Rank {
        let mints: Vec<_> = self.mints_that_count(epoch, group).collect();
        let has_seat = |key: &MemberKey| current(group, key).is_some_and(|member| member.role == Role::Seat);
        Rank {
            counts: !mints.is_empty(),
            seat: mints.iter().any(|mint| has_seat(&mint.author)),
            depth: mints.iter().map(|mint| mint.depth).max().unwrap_or(0),
            id: std::cmp::Reverse(*epoch),
        }
    }

    pub(super) fn mints_that_count<'a>(
        &'a self,
        epoch: &EpochId,
        group: &'a Group,
    ) -> impl Iterator<Item = &'a MintRecord> {
        self.mints.get(epoch).into_iter().flatten().filter(|mint| group.counts(&mint.entry))
    }

    /// The tags of everybody an epoch was wrapped for, by entries that count. Wraps that do not count are of
    /// people who were out already, or whom a removal left out: their own end is then what an epoch must have
    /// in its past, and they cannot make one unclean by naming it.
    pub(super) fn wrapped(&self, epoch: &EpochId, group: &Group) -> BTreeSet<Tag> {
        let minted = self.mints_that_count(epoch, group).flat_map(|mint| &mint.tags);
        let later = self.wraps.get(epoch).into_iter().flatten();
        let later = later.filter(|(entry, _)| group.counts(entry)).flat_map(|(_, tags)| tags);
        minted.chain(later).copied().collect()
    }

    /// Whether a mint of `later` has one of `earlier` in its past.
    pub(super) fn after(&self, later: &EpochId, earlier: &EpochId, group: &Group) -> bool {
        let (Some(later), Some(earlier)) = (self.mints.get(later), self.mints.get(earlier)) else {
            return false;
        };
        later.iter().any(|late| earlier.iter().any(|early| group.precedes(&early.entry, &late.entry)))
    }
}

/// The members now.
pub(super) fn members(group: &Group) -> impl Iterator<Item = &Member> {
    group.members().filter(|member| member.standing == Standing::Member)
}

/// Somebody who is a member now.
pub(super) fn current<'a>(group: &'a Group, key: &MemberKey) -> Option<&'a Member> {
    group.member(key).filter(|member| member.standing == Standing::Member)
}

/// Whether a mint has in its past what ended somebody.
fn covered(ended: &Ended, mint: &MintRecord, group: &Group) -> bool {
    let before = ended.by.iter().filter(|id| group.precedes(id, &mint.entry)).count();
    before >= ended.enough.min(ended.by.len())
}

/// Everybody and everything that was let in once and is not current.
pub(super) fn ended(group: &Group) -> Vec<Ended> {
    group.ended().to_vec()
}
