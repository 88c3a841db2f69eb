//! Keepers that do wrong, for the lab: what members' nodes have to bear.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use kith_protocol::envelope::Envelope;
use kith_protocol::id::EnvelopeId;
use kith_protocol::sync::{Prepared, SetName, Sum};
use kith_protocol::time::{Hour, Month};

use super::place::Number;
use crate::sync::{Replica, ReplicaError};

/// Envelopes that are made up of one.
const MADE_UP: u8 = 8;

/// What a keeper does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Temper {
    /// Says that it has no content.
    Withholds,
    /// Says what content it has, and does not give it.
    Promises,
    /// Gives what is asked for in another order.
    Shuffles,
    /// Gives another envelope than the one that is asked for.
    Replays,
    /// Gives envelopes with a byte changed.
    Alters,
    /// Gives envelopes that it made up, under the epochs of true ones.
    Forges,
    /// Gives nothing that came since a place was first asked for.
    StandsStill,
}

impl FromStr for Temper {
    type Err = String;

    fn from_str(text: &str) -> Result<Temper, String> {
        match text {
            "withholds" => Ok(Temper::Withholds),
            "promises" => Ok(Temper::Promises),
            "shuffles" => Ok(Temper::Shuffles),
            "replays" => Ok(Temper::Replays),
            "alters" => Ok(Temper::Alters),
            "forges" => Ok(Temper::Forges),
            "stands-still" => Ok(Temper::StandsStill),
            other => Err(other.to_owned()),
        }
    }
}

type Snapshot = Arc<Mutex<BTreeMap<(Number, SetName), BTreeSet<EnvelopeId>>>>;

/// A temper, and what a keeper of it remembers.
#[derive(Clone, Debug, Default)]
pub struct Tempered {
    temper: Option<Temper>,
    before: Snapshot,
}

impl Tempered {
    /// Of this temper; none does nothing wrong.
    pub fn new(temper: Option<Temper>) -> Tempered {
        Tempered { temper, before: Snapshot::default() }
    }

    pub(super) fn over<R: Replica>(self, place: Number, inner: &R) -> Bent<'_, R> {
        Bent { tempered: self, place, inner, made_up: Mutex::default() }
    }
}

/// A place as a keeper of some temper serves it.
pub(super) struct Bent<'a, R> {
    tempered: Tempered,
    place: Number,
    inner: &'a R,
    made_up: Mutex<BTreeMap<EnvelopeId, Vec<u8>>>,
}

type Given = Vec<(EnvelopeId, Vec<u8>)>;

impl<R: Replica> Bent<'_, R> {
    async fn bend(&self, name: SetName, set: Arc<Prepared>) -> Result<Arc<Prepared>, ReplicaError> {
        let content = name != SetName::Control;
        Ok(match self.tempered.temper {
            Some(Temper::Withholds) if content => Arc::new(Prepared::new([])),
            Some(Temper::Forges) => {
                let Some((hour, first)) = set.iter().next().copied() else { return Ok(set) };
                let (given, _) = self.inner.envelopes(vec![first], usize::MAX).await?;
                let made_up: Given = given.iter().flat_map(|(_, bytes)| make_up(bytes)).collect();
                let more: Vec<(Hour, EnvelopeId)> = made_up.iter().map(|(id, _)| (hour, *id)).collect();
                self.made_up.lock().unwrap_or_else(PoisonError::into_inner).extend(made_up);
                Arc::new(set.with(more))
            }
            Some(Temper::StandsStill) => {
                let mut before = self.tempered.before.lock().unwrap_or_else(PoisonError::into_inner);
                let all = || set.iter().map(|(_, id)| *id).collect();
                let known = before.entry((self.place, name)).or_insert_with(all);
                Arc::new(Prepared::new(set.iter().filter(|(_, id)| known.contains(id)).copied()))
            }
            _ => set,
        })
    }
}

/// Envelopes like a true one, with something else sealed in them, if anything.
fn make_up(bytes: &[u8]) -> Given {
    let like = |n: u8| {
        let mut bytes = bytes.to_vec();
        let from = bytes.len().saturating_sub(64);
        for byte in bytes.get_mut(from..)? {
            *byte ^= n;
        }
        Some((Envelope::decode(&bytes).ok()?.id(), bytes))
    };
    (1..=MADE_UP).filter_map(like).collect()
}

impl<R: Replica> Replica for Bent<'_, R> {
    fn identify(bytes: &[u8]) -> Option<EnvelopeId> {
        R::identify(bytes)
    }

    async fn since(&self) -> Result<Month, ReplicaError> {
        self.inner.since().await
    }

    async fn sums(&self, since: Option<Month>) -> Result<Vec<(SetName, Sum)>, ReplicaError> {
        let mut bent = Vec::new();
        for (name, _) in self.inner.sums(since).await? {
            let set = self.bend(name, self.inner.set(name).await?).await?;
            bent.push((name, set.tally().sum()));
        }
        Ok(bent)
    }

    async fn set(&self, name: SetName) -> Result<Arc<Prepared>, ReplicaError> {
        self.bend(name, self.inner.set(name).await?).await
    }

    async fn wanted(&self, ids: Vec<EnvelopeId>) -> Result<Vec<EnvelopeId>, ReplicaError> {
        self.inner.wanted(ids).await
    }

    async fn envelopes(&self, ids: Vec<EnvelopeId>, most: usize) -> Result<(Given, usize), ReplicaError> {
        let order = ids.clone();
        let mut made_up: Given = {
            let made_up = self.made_up.lock().unwrap_or_else(PoisonError::into_inner);
            ids.iter().filter_map(|id| Some((*id, made_up.get(id)?.clone()))).collect()
        };
        let (mut given, dealt) = self.inner.envelopes(ids, most).await?;
        let control = |bytes: &[u8]| Envelope::decode(bytes).is_ok_and(|envelope| envelope.header().control);
        match self.tempered.temper {
            Some(Temper::Promises) => given.retain(|(_, bytes)| control(bytes)),
            Some(Temper::Shuffles) => given.reverse(),
            Some(Temper::Replays) => {
                if let Some((_, first)) = given.first().cloned() {
                    given.iter_mut().for_each(|(_, bytes)| bytes.clone_from(&first));
                }
            }
            Some(Temper::Alters) => {
                for (_, bytes) in &mut given {
                    bytes.last_mut().into_iter().for_each(|byte| *byte ^= 1);
                }
            }
            Some(Temper::Forges) => {
                given.append(&mut made_up);
                given.sort_by_key(|(id, _)| order.iter().position(|asked| asked == id));
                return Ok((given, order.len()));
            }
            Some(Temper::Withholds | Temper::StandsStill) | None => {}
        }
        Ok((given, dealt))
    }

    async fn admit(&self, envelopes: Given) -> Result<Vec<EnvelopeId>, ReplicaError> {
        self.inner.admit(envelopes).await
    }

    async fn held(&self, ids: Vec<EnvelopeId>) -> Result<(), ReplicaError> {
        self.inner.held(ids).await
    }

    async fn in_step(&self, sets: Vec<(SetName, Sum)>, lacking: Vec<EnvelopeId>) -> Result<(), ReplicaError> {
        self.inner.in_step(sets, lacking).await
    }
}
