//! The keyring: which epochs a node holds, and what it knows about the others.
//!
//! Two kinds of knowledge, gathered in two steps.
//!
//! [`Keyring::learn`] looks at the clear part of an envelope *before* anything in it is verified. It can only
//! yield keys, and a key proves itself: the epoch's name is the hash of its control key. So a newcomer who is
//! given one wrap reaches, link by link, the control entries of all epochs before, although none of those
//! entries can be admitted until the first of them all, the genesis, is here.
//!
//! [`Keyring::record`] is told of mints, wraps and calls for keys once they went through the door and the fold
//! holds them. Only these decide which epoch is good to send under ([`super::choose`]) and who is owed what
//! ([`super::owed`]).
//!
//! Beside the epochs there are *porches* ([`crate::porch`]), one of each invite that is an open door. They open joins
//! and nothing else: a porch is in no list of epochs, so it is never sent under, wrapped, linked to or asked for; and
//! since its name is another hash of its key than an epoch's, no wrap and no link can make one out of it.
//!
//! Nothing of it is stored as such: a node keeps its whole keys ([`Keyring::kept`]) in the vault, and rebuilds
//! the rest by reading its control envelopes again in an order in which none precedes what it cites.
//!
//! Guarantees: work and memory are bounded by the control entries held and [`CLAIMS`]; links are followed in a
//! loop, not by recursion; an epoch once held whole is never held less.

use std::collections::{BTreeMap, BTreeSet};

use super::clear::Clear;
use super::keys::{EpochKey, EpochKeys};
use super::link::{FollowError, follow};
use super::wrap;
use crate::admit::Verified;
use crate::body::{BackLink, Body, Invite, Mint, NeedKey};
use crate::envelope::Envelope;
use crate::group::Group;
use crate::id::{EntryId, EpochId, EpochTag, GroupId, MemberKey, SealKey};
use crate::identity::SealSecret;
use crate::time::Millis;

/// Epochs that are known by name only, from clear parts of envelopes that do not open here. More are not
/// noted: whoever sends under them wraps them for current members anyway.
pub const CLAIMS: usize = 64;

/// The tag beside a wrap.
pub(super) type Tag = [u8; 8];

/// A mint that went through the door.
#[derive(Clone, Debug)]
pub(super) struct MintRecord {
    pub(super) entry: EntryId,
    pub(super) author: MemberKey,
    /// Length of the longest chain of epochs that it goes on from, itself included.
    pub(super) depth: u64,
    pub(super) tags: BTreeSet<Tag>,
}

/// A call for a key.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) entry: EntryId,
    pub(super) member: MemberKey,
    pub(super) time: Millis,
    /// How often this member has called for this epoch by now.
    pub(super) times: u32,
}

/// The epochs a node holds and knows of, in one group.
#[derive(Clone, Debug)]
pub struct Keyring {
    group: GroupId,
    secrets: BTreeMap<SealKey, SealSecret>,
    pub(super) held: BTreeMap<EpochId, EpochKeys>,
    /// Of recorded invites, each with the invites that name it: several where it takes several to invite.
    pub(super) porches: BTreeMap<EpochId, (EpochKeys, BTreeSet<EntryId>)>,
    /// Named in clear parts that came by, of epochs not held at all.
    pub(super) claimed: BTreeSet<EpochId>,
    pub(super) mints: BTreeMap<EpochId, Vec<MintRecord>>,
    pub(super) wraps: BTreeMap<EpochId, BTreeMap<EntryId, BTreeSet<Tag>>>,
    pub(super) calls: BTreeMap<(EpochId, SealKey), Vec<Call>>,
    /// Links of recorded mints that wait for (more of) the key they are sealed under.
    pending: BTreeMap<EpochId, Vec<BackLink>>,
    /// Links of recorded mints that were followed: from the later epoch to the earlier, and whether whole.
    pub(super) followed: BTreeMap<EpochId, BTreeMap<EpochId, bool>>,
}

impl Keyring {
    /// An empty ring.
    pub fn new(group: GroupId) -> Keyring {
        Keyring {
            group,
            secrets: BTreeMap::new(),
            held: BTreeMap::new(),
            porches: BTreeMap::new(),
            claimed: BTreeSet::new(),
            mints: BTreeMap::new(),
            wraps: BTreeMap::new(),
            calls: BTreeMap::new(),
            pending: BTreeMap::new(),
            followed: BTreeMap::new(),
        }
    }

    /// The group it is for.
    pub fn group(&self) -> &GroupId {
        &self.group
    }

    /// Adds the secret of one of this person's logs, live or not. Wraps to it open from now on; of what came
    /// before, those that come by again.
    pub fn own(&mut self, secret: SealSecret) {
        self.secrets.insert(secret.key(), secret);
    }

    /// Whether a sealing key is of a log added with [`Keyring::own`].
    pub(super) fn owns(&self, seal: &SealKey) -> bool {
        self.secrets.contains_key(seal)
    }

    /// Adds a key: from the vault, or just minted. Gives back the tags of epochs that can be opened now and
    /// could not before, or not wholly: whatever waits for them goes through the door again.
    pub fn keep(&mut self, key: EpochKey) -> Vec<EpochTag> {
        self.take_in(vec![EpochKeys::whole(key)])
    }

    /// The keys to keep in the vault: control keys alone are found again through the links.
    pub fn kept(&self) -> impl Iterator<Item = &EpochKey> {
        self.held.values().filter_map(EpochKeys::key)
    }

    /// What is held of an epoch.
    pub fn keys(&self, epoch: &EpochId) -> Option<&EpochKeys> {
        self.held.get(epoch)
    }

    /// The invites whose joins are sealed under a porch; none if this is no porch of an invite recorded here.
    pub fn porch(&self, porch: &EpochId) -> Option<&BTreeSet<EntryId>> {
        self.porches.get(porch).map(|(_, invites)| invites)
    }

    /// Whatever is held of epochs and porches with this tag: mostly one.
    pub fn by_tag(&self, tag: &EpochTag) -> impl Iterator<Item = &EpochKeys> {
        let bound = |fill: u8| {
            let mut bytes = tag.0.into_iter().chain(std::iter::repeat(fill));
            EpochId(std::array::from_fn(|_| bytes.next().unwrap_or(fill)))
        };
        let range = bound(0)..=bound(u8::MAX);
        let porches = self.porches.range(range.clone()).map(|(_, (keys, _))| keys);
        self.held.range(range).map(|(_, keys)| keys).chain(porches)
    }

    /// Takes what an envelope's clear part yields before the envelope is opened: keys wrapped for this
    /// person's logs, and keys linked from epochs that are held. To be called for every envelope with a clear
    /// part, each time it comes to the door. Gives back tags as [`Keyring::keep`] does.
    pub fn learn(&mut self, envelope: &Envelope) -> Vec<EpochTag> {
        let Ok(clear) = Clear::decode(envelope.clear()) else { return Vec::new() };
        let epoch = clear.epoch();
        let mut found = Vec::new();
        if self.lacks(&epoch, true) {
            let unwrapped = self.secrets.values().find_map(|own| wrap::unwrap(&clear, &self.group, own).ok());
            found.extend(unwrapped.map(EpochKeys::whole));
        }
        let learnt = found.first().or_else(|| self.held.get(&epoch));
        match learnt {
            Some(keys) => {
                let linked: Vec<_> =
                    clear.links().iter().filter_map(|link| follow(link, keys).ok()).collect();
                found.extend(linked);
            }
            None if self.claimed.len() < CLAIMS && !self.mints.contains_key(&epoch) => {
                self.claimed.insert(epoch);
            }
            None => {}
        }
        self.take_in(found)
    }

    /// Notes a mint, a wrap, a call for keys or an open door that went through the door; anything else is nothing to it.
    /// The fold must hold the entry by now, and this ring have recorded those before it. Gives back tags as
    /// [`Keyring::keep`] does.
    pub fn record(&mut self, verified: &Verified, group: &Group) -> Vec<EpochTag> {
        let entry = *verified.entry_id();
        match (&verified.entry().body, verified.clear()) {
            (Body::Mint(mint), Some(clear)) => self.record_mint(mint, clear, entry, verified.author(), group),
            (Body::Wrap(wrap), Some(clear)) => {
                self.wraps.entry(wrap.epoch).or_default().entry(entry).or_insert_with(|| tags(clear));
                Vec::new()
            }
            (Body::NeedKey(need), _) => {
                let call = Call { entry, member: *verified.author(), time: verified.entry().time, times: 1 };
                self.record_call(need, &call, group);
                Vec::new()
            }
            (Body::Invite(Invite { porch: Some(porch), .. }), _) => {
                let keys = porch.keys();
                let tag = keys.epoch().tag();
                let (_, invites) = self.porches.entry(keys.epoch()).or_insert((keys, BTreeSet::new()));
                if invites.insert(entry) { vec![tag] } else { Vec::new() }
            }
            _ => Vec::new(),
        }
    }

    fn record_mint(
        &mut self,
        mint: &Mint,
        clear: &Clear,
        entry: EntryId,
        author: &MemberKey,
        group: &Group,
    ) -> Vec<EpochTag> {
        if self.mints.get(&mint.epoch).is_some_and(|known| known.iter().any(|mint| mint.entry == entry)) {
            return Vec::new();
        }
        // A chain leads only through mints that this one can have known: so it has an end.
        let before = mint.from.iter().filter_map(|epoch| self.mints.get(epoch)).flatten();
        let deepest = before.filter(|mint| group.precedes(&mint.entry, &entry)).map(|mint| mint.depth).max();
        let depth = deepest.unwrap_or(0).saturating_add(1);
        let record = MintRecord { entry, author: *author, depth, tags: tags(clear) };
        self.mints.entry(mint.epoch).or_default().push(record);
        self.claimed.remove(&mint.epoch);
        self.pending.entry(mint.epoch).or_default().extend_from_slice(clear.links());
        let found = self.follow_pending(&mint.epoch);
        self.take_in(found)
    }

    fn record_call(&mut self, need: &NeedKey, call: &Call, group: &Group) {
        for epoch in &need.epochs {
            let calls = self.calls.entry((*epoch, need.seal)).or_default();
            // A later call says all that an earlier one did.
            if calls.iter().any(|old| old.entry == call.entry) {
                continue;
            }
            let times = calls.iter().filter(|old| old.member == call.member).map(|old| old.times).max();
            calls.retain(|old| !group.precedes(&old.entry, &call.entry));
            calls.push(Call { times: times.unwrap_or(0).saturating_add(1), ..call.clone() });
        }
    }

    /// The epochs whose whole keys come with this one's, by links that cannot be followed yet.
    pub(super) fn whole_links(&self, epoch: &EpochId) -> impl Iterator<Item = &EpochId> {
        let links = self.pending.get(epoch).into_iter().flatten();
        links.filter(|link| link.whole).map(|link| &link.epoch)
    }

    /// Whether an epoch is not held, or not wholly.
    fn lacks(&self, epoch: &EpochId, whole: bool) -> bool {
        self.held.get(epoch).is_none_or(|held| whole && !held.is_whole())
    }

    /// Adds keys, and whatever the links of recorded mints make of them.
    fn take_in(&mut self, keys: Vec<EpochKeys>) -> Vec<EpochTag> {
        let mut new = BTreeSet::new();
        let mut queue = keys;
        while let Some(keys) = queue.pop() {
            let epoch = keys.epoch();
            if !self.lacks(&epoch, keys.is_whole()) {
                continue;
            }
            self.held.insert(epoch, keys);
            self.claimed.remove(&epoch);
            new.insert(epoch.tag());
            queue.extend(self.follow_pending(&epoch));
        }
        new.into_iter().collect()
    }

    /// Follows what can be followed of the recorded links under an epoch. Links that lie are dropped: nobody
    /// reaches anything through them.
    fn follow_pending(&mut self, under: &EpochId) -> Vec<EpochKeys> {
        let Some(keys) = self.held.get(under) else { return Vec::new() };
        let mut found = Vec::new();
        let mut waiting = Vec::new();
        for link in self.pending.remove(under).unwrap_or_default() {
            match follow(&link, keys) {
                Ok(earlier) => {
                    let whole = self.followed.entry(*under).or_default().entry(link.epoch).or_default();
                    *whole |= link.whole;
                    found.push(earlier);
                }
                Err(FollowError::NoKey) => waiting.push(link),
                Err(FollowError::Broken) => {}
            }
        }
        if !waiting.is_empty() {
            self.pending.insert(*under, waiting);
        }
        found
    }
}

fn tags(clear: &Clear) -> BTreeSet<Tag> {
    clear.wraps().iter().map(|wrap| wrap.tag).collect()
}
