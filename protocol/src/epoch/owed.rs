//! Which epochs a member has a claim to, how to ask for them, and who is to be answered.
//!
//! Where the charter gives newcomers history, every epoch is owed to every member. Where it does not, a member
//! is owed the epochs from the first mint that was wrapped for one of their logs on: those it precedes or that
//! were begun without knowledge of it, and not those that precede it. (A newcomer's own join proves nothing
//! about when they came: it cites the invite, which may be years old. A member's mint does.) Founders are owed
//! all.
//!
//! Control keys are not owed but found: every mint links back to the control keys of all epoch heads its
//! minter held, so every member reads who did what in the group from its genesis on.
//!
//! An epoch whose mint does not count (its minter was removed meanwhile) is not sent under, but may have been by
//! those who could not know. So it is owed and handed on like the others.
//!
//! Nobody is locked out for good as long as somebody who holds a key meets the call for it: calls are answered
//! for current members only, by whoever holds the epoch *and* its mint, since only that tells who is out.

use std::collections::{BTreeMap, BTreeSet};

use super::choose::current;
use super::keys::EpochKeys;
use super::mint::Recipient;
use super::ring::{Call, Keyring, MintRecord, Tag};
use super::wrap;
use crate::body::Body;
use crate::charter::History;
use crate::group::{Group, Log, Member, Standing};
use crate::id::{EntryId, EpochId, MemberKey, SealKey};
use crate::limits;
use crate::time::Millis;

/// How long a member waits before asking for the same epoch a second time, in milliseconds: one hour. A call
/// stands until it is answered, so asking again helps only against an answer that does not open; each further
/// time takes twice as long.
pub const ASK_AGAIN: u64 = 3_600_000;

/// Doublings of that wait: the longest is ten days.
const DOUBLINGS: u32 = 8;

/// An epoch to be wrapped for somebody who lacks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The epoch to wrap.
    pub epoch: EpochId,
    /// For whom.
    pub wrap_to: Vec<Recipient>,
}

impl Keyring {
    /// Whether a member may have all of an epoch, its content included.
    pub fn owed(&self, epoch: &EpochId, member: &MemberKey, group: &Group) -> bool {
        let Some(member) = current(group, member) else { return false };
        if group.charter().history == History::All {
            return true;
        }
        if founded(member, group) {
            return true;
        }
        let given = self.given(&member.logs, group);
        let before = |mint: &MintRecord| given.iter().any(|first| group.precedes(&mint.entry, first));
        let since = |mint: &MintRecord| {
            given.iter().any(|first| *first == mint.entry || group.precedes(first, &mint.entry))
        };
        let mut counting = self.mints_that_count(epoch, group).peekable();
        let minted = if counting.peek().is_some() {
            counting.all(|mint| since(mint) || !before(mint))
        } else {
            let mints = self.mints.get(epoch);
            mints.is_some_and(|mints| mints.iter().all(|mint| since(mint) || !before(mint)))
        };
        minted && !given.is_empty()
    }

    /// Whether there is an epoch from which on a member is owed any, where newcomers get no history.
    pub(super) fn begins(&self, member: &Member, group: &Group) -> bool {
        founded(member, group) || !self.given(&member.logs, group).is_empty()
    }

    /// The epochs that `me` is owed and does not hold: to be asked for with a `NeedKey`, if that was not done
    /// lately. At most [`limits::BACK_LINKS`]. Of those that lead to each other only the last, as the rest
    /// comes with it; unless a call stays without answer for an hour, then all.
    ///
    /// Epochs known by name only, from envelopes that do not open here, are among them: what is behind them
    /// nobody can tell before asking. A newcomer's own join may be behind one of them: a call by whoever is not known
    /// here yet would not be right, and they ask to be welcomed again.
    ///
    /// A device whose logs the group knows and none of them live asks for nothing: nobody may answer, and a call that
    /// it cannot read itself would be repeated for ever.
    pub fn need(&self, group: &Group, me: &MemberKey, now: Millis) -> Vec<EpochId> {
        if group.member(me).is_some_and(|member| member.standing != Standing::Member) {
            return Vec::new();
        }
        let logs = group.member(me).map(|member| member.logs.as_slice()).unwrap_or_default();
        let mut mine = logs.iter().filter(|log| self.owns(&log.seal)).peekable();
        if mine.peek().is_some() && !mine.any(|log| log.live) {
            return Vec::new();
        }
        let whole = |epoch: &EpochId| self.keys(epoch).is_some_and(EpochKeys::is_whole);
        let lacking = self.mints.keys().filter(|epoch| !whole(epoch));
        let owed: BTreeSet<EpochId> = lacking.filter(|epoch| self.owed(epoch, me, group)).copied().collect();
        let in_vain =
            |epoch: &EpochId| self.my_calls(epoch, me).any(|call| now.since(call.time) >= ASK_AGAIN);
        let led_to = if owed.iter().any(in_vain) { BTreeSet::new() } else { self.led_to(&owed, group) };
        let lately = |epoch: &EpochId| {
            self.my_calls(epoch, me).any(|call| {
                let wait = ASK_AGAIN.saturating_mul(1 << call.times.saturating_sub(1).min(DOUBLINGS));
                now.since(call.time) < wait
            })
        };
        let wanted = owed.difference(&led_to).chain(self.named()).filter(|epoch| !lately(epoch));
        wanted.take(limits::BACK_LINKS).copied().collect()
    }

    /// The epochs known by name only: nothing under them opens here, and nothing tells yet what they are.
    pub fn named(&self) -> impl Iterator<Item = &EpochId> {
        self.claimed.iter()
    }

    /// What to wrap for somebody who was just let in, or has opened a log, beside the epoch that is sent under:
    /// the other heads that are held and owed to them. Without those they could not open control entries that
    /// were sealed on other sides of a partition, the invite they came in on perhaps among them, until a mint
    /// brings the sides together.
    pub fn welcome(&self, group: &Group, member: &MemberKey) -> Vec<Answer> {
        let Some(member) = current(group, member) else { return Vec::new() };
        let mut answers = Vec::new();
        for epoch in self.heads(group) {
            let whole = self.keys(&epoch).is_some_and(EpochKeys::is_whole);
            if !whole || !self.mints.contains_key(&epoch) || !self.owed(&epoch, &member.key, group) {
                continue;
            }
            let have = self.wrapped(&epoch, group);
            let live = member.logs.iter().filter(|log| log.live);
            let lack = live.filter(|log| !have.contains(&wrap::tag(&epoch, &log.seal)));
            let wrap_to: Vec<_> = lack.map(|log| Recipient { member: member.key, seal: log.seal }).collect();
            if !wrap_to.is_empty() {
                answers.push(Answer { epoch, wrap_to });
            }
        }
        answers
    }

    /// The calls that nobody has answered yet and `me` can: to be answered after a random delay up to 30 s, if
    /// this still says so then. Never for people who are no members, never keys they are not owed.
    pub fn answers(&self, group: &Group, me: &MemberKey) -> Vec<Answer> {
        if current(group, me).is_none() {
            return Vec::new();
        }
        let mut answers: BTreeMap<EpochId, Vec<Recipient>> = BTreeMap::new();
        for ((epoch, seal), calls) in &self.calls {
            if !self.mints.contains_key(epoch) || !self.keys(epoch).is_some_and(EpochKeys::is_whole) {
                continue;
            }
            let open = calls.iter().find(|call| {
                let member = current(group, &call.member).filter(|member| member.key != *me);
                let mine = member.is_some_and(|m| m.logs.iter().any(|log| log.live && log.seal == *seal));
                mine && group.counts(&call.entry)
                    && self.owed(epoch, &call.member, group)
                    && !self.answered(epoch, &wrap::tag(epoch, seal), &call.entry, group)
            });
            if let Some(call) = open {
                let recipient = Recipient { member: call.member, seal: *seal };
                answers.entry(*epoch).or_default().push(recipient);
            }
        }
        answers.into_iter().map(|(epoch, wrap_to)| Answer { epoch, wrap_to }).collect()
    }

    /// Whether somebody wrapped an epoch for a log who need not have known of the call for it: what precedes a
    /// call did not help its author.
    fn answered(&self, epoch: &EpochId, tag: &Tag, call: &EntryId, group: &Group) -> bool {
        let minted = self.mints.get(epoch).into_iter().flatten().map(|mint| (&mint.entry, &mint.tags));
        let mut wraps = minted.chain(self.wraps.get(epoch).into_iter().flatten());
        wraps.any(|(entry, tags)| tags.contains(tag) && group.counts(entry) && !group.precedes(entry, call))
    }

    /// The mints that were wrapped for one of a member's logs.
    fn given(&self, logs: &[Log], group: &Group) -> Vec<EntryId> {
        let mut given = Vec::new();
        for (epoch, mints) in &self.mints {
            let tags: Vec<Tag> = logs.iter().map(|log| wrap::tag(epoch, &log.seal)).collect();
            let mints = mints.iter().filter(|mint| tags.iter().any(|tag| mint.tags.contains(tag)));
            given.extend(mints.filter(|mint| group.counts(&mint.entry)).map(|mint| mint.entry));
        }
        given
    }

    /// Of epochs that are lacking, those whose keys come with another's.
    fn led_to(&self, lacking: &BTreeSet<EpochId>, group: &Group) -> BTreeSet<EpochId> {
        let mut led_to = BTreeSet::new();
        for later in lacking {
            let links = self.whole_links(later).filter(|earlier| self.after(later, earlier, group));
            led_to.extend(links);
        }
        led_to
    }

    /// The calls for an epoch from this device's logs: another device of the same person has its own needs.
    fn my_calls(&self, epoch: &EpochId, me: &MemberKey) -> impl Iterator<Item = &Call> {
        let range = (*epoch, SealKey([0; SealKey::LEN]))..=(*epoch, SealKey([u8::MAX; SealKey::LEN]));
        let calls = self.calls.range(range).filter(|((_, seal), _)| self.owns(seal));
        calls.flat_map(|(_, calls)| calls).filter(|call| call.member == *me)
    }
}

/// Whether somebody is a founder, who is owed all.
fn founded(member: &Member, group: &Group) -> bool {
    group.entry(&member.joined).is_some_and(|control| matches!(control.entry.body, Body::Genesis(_)))
}
