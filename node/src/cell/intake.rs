//! Letting in what arrives: gossip, reconciliation, a newcomer's answer, the own log at a restart.
//!
//! A batch is opened over all cores, then placed one after another, lowest lamport number first, so that what
//! is cited mostly comes before what cites it. What has to wait goes to the waiting room, and comes back from
//! it as soon as the thing it waits for is placed, within the same batch.

use std::collections::{BTreeMap, BTreeSet};

use kith_protocol::admit::{self, Awaited, Opened, Owner, Refusal, Verified, Wait, Why};
use kith_protocol::envelope::{Envelope, Stub};
use kith_protocol::group::Group;
use kith_protocol::id::{EnvelopeId, EpochId, EpochTag, MemberKey};
use kith_protocol::time::Millis;
use rayon::prelude::*;

use super::CellError;
use super::engine::{Engine, Notice};
use super::sets::Sets;
use super::staged::Holdings;

/// Envelopes in a batch below which spreading over cores costs more than it gains.
const SPREAD_FROM: usize = 8;

/// What became of an envelope that was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is held from now on.
    Held,
    /// It is held from now on, and not to be passed on by gossip: its author wrote very much in this hour.
    Quiet,
    /// It was held before.
    Known,
    /// It waits for something.
    Waiting,
    /// It was not let in, and nobody is to blame.
    Passed,
    /// Nobody who keeps the rules hands this on.
    Refused,
}

/// Why one is turned back, and who is charged for the room it takes while it waits, if that is known.
type Turned = (Refusal, Option<Owner>);

/// One envelope on its way through the door.
struct Arrival {
    /// Its place among those offered; none if it comes from the waiting room.
    place: Option<usize>,
    source: u64,
    bytes: Vec<u8>,
}

impl Engine {
    /// Lets in a batch from one source, and says of each what became of it, in order. Durable after
    /// [`Engine::commit`].
    pub(crate) fn take_in(&mut self, offered: Vec<Vec<u8>>, source: u64) -> Vec<Taken> {
        self.take_in_at(offered, source, self.now())
    }

    /// As [`Engine::take_in`], of gossip: says also what is not to be passed on.
    pub(crate) fn take_gossip(&mut self, offered: Vec<Vec<u8>>, source: u64) -> Vec<Taken> {
        let now = self.now();
        let taken = self.take_in_from(offered, source, now);
        let manners = |(taken, author): (Taken, Option<MemberKey>)| match (taken, author) {
            (Taken::Held, Some(author)) if !self.pace.passes(author, now) => Taken::Quiet,
            (taken, _) => taken,
        };
        taken.into_iter().map(manners).collect()
    }

    /// As [`Engine::take_in`], as if it were `now`.
    pub(super) fn take_in_at(&mut self, offered: Vec<Vec<u8>>, source: u64, now: Millis) -> Vec<Taken> {
        self.take_in_from(offered, source, now).into_iter().map(|(taken, _)| taken).collect()
    }

    /// Lets in a batch; says of each what became of it, and who wrote what was let in.
    fn take_in_from(
        &mut self,
        offered: Vec<Vec<u8>>,
        source: u64,
        now: Millis,
    ) -> Vec<(Taken, Option<MemberKey>)> {
        let mut taken = vec![(Taken::Passed, None); offered.len()];
        let mut queue: Vec<Arrival> = Vec::with_capacity(offered.len());
        let mut stubs = Vec::new();
        for (place, bytes) in offered.into_iter().enumerate() {
            match Stub::decode(&bytes) {
                Ok(stub) => stubs.push((place, stub)),
                Err(_) => queue.push(Arrival { place: Some(place), source, bytes }),
            }
        }
        while !queue.is_empty() {
            let mut back = Vec::new();
            for (arrival, opened) in self.open_all(queue, &mut back, now) {
                let outcome = match opened.and_then(|opened| self.place(opened, &mut back)) {
                    Ok(verified) => {
                        self.notice_own(&verified);
                        (Taken::Held, Some(*verified.author()))
                    }
                    Err((refusal, owner)) => {
                        (self.not_in(refusal, owner, arrival.bytes, arrival.source), None)
                    }
                };
                if let Some(slot) = arrival.place.and_then(|place| taken.get_mut(place)) {
                    *slot = outcome;
                }
            }
            queue = back;
        }
        // A stub is believed beside the withdrawal, which may be of the same batch.
        for (place, stub) in stubs {
            let outcome = self.take_stub(&stub);
            if let Some(slot) = taken.get_mut(place) {
                *slot = (outcome, None);
            }
        }
        taken
    }

    /// Opens a queue over all cores and orders it: what did not open, then control entries, then content, each
    /// by lamport number. Keys in clear parts are learnt
    /// first; what waited for them goes to `back`.
    fn open_all(
        &mut self,
        queue: Vec<Arrival>,
        back: &mut Vec<Arrival>,
        now: Millis,
    ) -> Vec<(Arrival, Result<Opened, Turned>)> {
        let decode = |arrival: Arrival| {
            let envelope = Envelope::decode(&arrival.bytes);
            (arrival, envelope)
        };
        let decoded: Vec<_> = queue.into_iter().map(decode).collect();
        for envelope in decoded.iter().filter_map(|(_, envelope)| envelope.as_ref().ok()) {
            if !envelope.clear().is_empty() {
                self.learn(envelope, back);
            }
        }
        let (ring, group, since) = (&self.ring, self.group.as_ref(), self.since());
        let open = |(arrival, envelope): (Arrival, Result<Envelope, _>)| {
            let opened = envelope
                .map_err(|error| Refusal::Reject(Why::Envelope(error)))
                .and_then(|envelope| {
                    let header = envelope.header();
                    if !header.control && header.hour.month() < since {
                        return Err(Refusal::Ignore(Why::Outlived));
                    }
                    admit::open_envelope(envelope, ring, group, now)
                })
                .map_err(|refusal| (refusal, None));
            (arrival, opened)
        };
        let mut opened: Vec<_> = if decoded.len() < SPREAD_FROM {
            decoded.into_iter().map(open).collect()
        } else {
            decoded.into_par_iter().map(open).collect()
        };
        // What did not open goes to the waiting room before anything is placed that could call it back.
        opened.sort_by_key(|(_, opened)| {
            let opened = opened.as_ref().ok();
            opened.map(|opened| (!opened.entry().body.kind().is_control(), opened.entry().lamport))
        });
        opened
    }

    /// Tries what a clear part brings; what waited for keys that came goes to `back`.
    fn learn(&mut self, envelope: &Envelope, back: &mut Vec<Arrival>) {
        let found = self.ring.learn(envelope);
        self.keys_came(found, back);
    }

    fn keys_came(&mut self, tags: Vec<EpochTag>, back: &mut Vec<Arrival>) {
        self.changed |= !tags.is_empty();
        for tag in tags {
            self.call_back(&Awaited::Key(tag), back);
        }
    }

    fn call_back(&mut self, awaited: &Awaited, back: &mut Vec<Arrival>) {
        let waiters = self.waiting.arrived(awaited);
        back.extend(waiters.into_iter().map(|waiter| {
            let source = match waiter.owner {
                Owner::Source(source) => source,
                Owner::Author(_) => 0,
            };
            Arrival { place: None, source, bytes: waiter.bytes }
        }));
    }

    /// Lets one in that opened; what waited for it goes to `back`.
    fn place(&mut self, opened: Opened, back: &mut Vec<Arrival>) -> Result<Verified, Turned> {
        let owner = opened.owner(0);
        let holdings = Holdings { store: self.store.as_ref(), staged: &self.staged, lamport: self.lamport };
        let verified =
            admit::admit(opened, &holdings, self.group.as_ref()).map_err(|refusal| (refusal, Some(owner)))?;
        let entry = verified.entry();
        let header = verified.envelope().header();
        let left = self.heed(&verified).map_err(|error| {
            tracing::warn!(%error, "a withdrawal could not be looked up");
            (Refusal::Wait(Wait::Ledger), None)
        })?;
        let gone = left.is_some();
        self.staged.put(&verified, left.map(|stub| stub.encode()));
        self.sets.add(Sets::name(header.control, header.hour), header.hour, *verified.envelope_id());
        self.notice_split(&verified);
        if header.control {
            let found = self.fold_in(&verified);
            self.keys_came(found, back);
        } else if !gone {
            self.keep_count(&verified);
            self.heads.see(entry, verified.entry_id().short());
            if *verified.author() != self.me() {
                self.owed.entry(*verified.author()).or_default().push(*verified.envelope_id());
            }
            self.notices.push(Notice::Written(*verified.entry_id()));
        }
        self.lamport = self.lamport.max(entry.lamport);
        for awaited in verified.awaited() {
            self.call_back(&awaited, back);
        }
        Ok(verified)
    }

    /// Lets in an entry written or sealed here.
    pub(super) fn hold_own(&mut self, opened: Opened) -> Result<Verified, CellError> {
        let mut back = Vec::new();
        let verified = self.place(opened, &mut back).map_err(|(refusal, _)| match refusal {
            Refusal::Wait(Wait::Ledger) => CellError::Broken,
            refusal => CellError::Unfit(refusal.to_string()),
        })?;
        for Arrival { bytes, source, .. } in back {
            self.take_in(vec![bytes], source);
        }
        Ok(verified)
    }

    /// Gives a control entry to the fold and the keyring.
    fn fold_in(&mut self, verified: &Verified) -> Vec<EpochTag> {
        self.changed = true;
        self.prepared = None;
        if let Some(control) = verified.control() {
            let result = match &mut self.group {
                Some(group) => group.insert(control).map(|_| ()),
                None => Group::begin(control).map(|group| self.group = Some(group)),
            };
            if let Err(error) = result {
                // The door let it in only with everything it cites at hand.
                tracing::error!(%error, "the fold did not take an admitted entry");
            }
        }
        match &self.group {
            Some(group) => self.ring.record(verified, group),
            None => Vec::new(),
        }
    }

    /// Gives a control entry that the store held to the fold and the keyring, when a cell is opened.
    pub(super) fn restore(&mut self, verified: &Verified) {
        self.lamport = self.lamport.max(verified.entry().lamport);
        if *verified.author() == self.me() {
            self.own.restored(verified);
        }
        self.replay_split(verified);
        self.fold_in(verified);
    }

    /// Whose envelopes came by gossip and are held, though they may have had to wait: they are owed word of it. Asked
    /// once.
    pub(crate) fn owed_receipts(&mut self) -> BTreeMap<MemberKey, Vec<EnvelopeId>> {
        std::mem::take(&mut self.owed)
    }

    /// Of these nobody is owed word.
    pub(crate) fn owes_no_receipt(&mut self, ids: &[EnvelopeId]) {
        if !self.owed.is_empty() {
            let ids: BTreeSet<&EnvelopeId> = ids.iter().collect();
            self.owed.values_mut().for_each(|owed| owed.retain(|id| !ids.contains(id)));
            self.owed.retain(|_, owed| !owed.is_empty());
        }
    }

    /// Whether I may read what is written under an epoch: in a group without history for newcomers, not what
    /// was written before I came.
    fn is_owed(&self, epoch: &EpochId) -> bool {
        self.group.as_ref().is_none_or(|group| self.ring.owed(epoch, &self.me(), group))
    }

    fn not_in(&mut self, refusal: Refusal, owner: Option<Owner>, bytes: Vec<u8>, source: u64) -> Taken {
        match refusal {
            Refusal::Wait(Wait::Content(epoch)) if !self.is_owed(&epoch) => {
                self.declined.add(&bytes);
                Taken::Passed
            }
            Refusal::Wait(wait) => {
                let kept = self.waiting.keep(&wait, owner.unwrap_or(Owner::Source(source)), bytes);
                for gone in &kept.evicted {
                    self.declined.add(&gone.bytes);
                }
                if kept.kept { Taken::Waiting } else { Taken::Passed }
            }
            Refusal::Ignore(Why::Held) => Taken::Known,
            Refusal::Ignore(why) => {
                tracing::debug!(%why, "passed over");
                self.declined.add(&bytes);
                Taken::Passed
            }
            Refusal::Reject(why) => {
                tracing::debug!(%why, "refused");
                self.declined.add(&bytes);
                Taken::Refused
            }
        }
    }
}

/// Envelopes that were turned away, so that reconciliation does not ask for them again and again. Bounded: the
/// oldest are forgotten, and may then be asked for once more.
#[derive(Default)]
pub(super) struct Declined {
    ids: std::collections::HashSet<EnvelopeId>,
    order: std::collections::VecDeque<EnvelopeId>,
}

/// Ids remembered: 32 bytes each, twice.
const DECLINED: usize = 16_384;

impl Declined {
    fn add(&mut self, bytes: &[u8]) {
        if let Ok(envelope) = Envelope::decode(bytes) {
            self.add_id(envelope.id());
        }
    }

    pub(super) fn add_id(&mut self, id: EnvelopeId) {
        if self.ids.insert(id) {
            self.order.push_back(id);
        }
        if self.order.len() > DECLINED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }

    pub(super) fn contains(&self, id: &EnvelopeId) -> bool {
        self.ids.contains(id)
    }

    /// Forgets all of them: something came that may change the answer.
    pub(super) fn clear(&mut self) {
        self.ids.clear();
        self.order.clear();
    }
}
