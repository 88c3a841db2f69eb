//! The sets that reconciliation compares, kept ready.
//!
//! A running total a set answers "are we equal?" without looking at the set; the sorted set itself is made
//! when a comparison first asks for it, and brought up to date with what came since.

use std::collections::BTreeMap;
use std::sync::Arc;

use kith_protocol::id::EnvelopeId;
use kith_protocol::sync::{Prepared, SetName, Sum, Tally};
use kith_protocol::time::{Hour, Month};

use crate::store::{Bucket, Store, StoreError};

#[derive(Default)]
struct Set {
    tally: Tally,
    prepared: Option<Arc<Prepared>>,
    /// What came after `prepared` was made.
    since: Vec<(Hour, EnvelopeId)>,
}

/// All sets of one cell.
#[derive(Default)]
pub(super) struct Sets(BTreeMap<SetName, Set>);

impl Sets {
    /// Counts what a store holds.
    pub(super) fn of(store: &dyn Store) -> Result<Sets, StoreError> {
        let months = store.months()?.into_iter().map(SetName::Month);
        let mut sets = Sets::default();
        for name in std::iter::once(SetName::Control).chain(months) {
            let tally = store.items(bucket(name))?.iter().map(|(_, id)| id).collect();
            sets.0.insert(name, Set { tally, ..Set::default() });
        }
        Ok(sets)
    }

    /// Which set an envelope belongs to.
    pub(super) fn name(control: bool, hour: Hour) -> SetName {
        if control { SetName::Control } else { SetName::Month(hour.month()) }
    }

    /// Counts an envelope in that is held from now on.
    pub(super) fn add(&mut self, name: SetName, hour: Hour, id: EnvelopeId) {
        let set = self.0.entry(name).or_default();
        set.tally.add(&id);
        if set.prepared.is_some() {
            set.since.push((hour, id));
        }
    }

    /// What stands for the control set, or for every month of content from `since` on.
    pub(super) fn sums(&self, since: Option<Month>) -> Vec<(SetName, Sum)> {
        let asked = |name: &SetName| match (since, name) {
            (None, SetName::Control) => true,
            (Some(since), SetName::Month(month)) => *month >= since,
            _ => false,
        };
        self.0.iter().filter(|(name, _)| asked(name)).map(|(name, set)| (*name, set.tally.sum())).collect()
    }

    /// A set, sorted.
    pub(super) fn prepared(&mut self, name: SetName, store: &dyn Store) -> Result<Arc<Prepared>, StoreError> {
        let set = self.0.entry(name).or_default();
        let prepared = match set.prepared.take() {
            Some(prepared) if set.since.is_empty() => prepared,
            Some(prepared) => Arc::new(prepared.with(set.since.drain(..))),
            None => Arc::new(Prepared::new(store.items(bucket(name))?)),
        };
        set.prepared = Some(prepared.clone());
        Ok(prepared)
    }
}

fn bucket(name: SetName) -> Bucket {
    match name {
        SetName::Control => Bucket::Control,
        SetName::Month(month) => Bucket::Month(month),
    }
}
