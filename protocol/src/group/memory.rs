//! Folds of sets met before, from which the fold of a set a little larger is a few steps ([`super::adding`]).
//!
//! People write on what they know, and mostly know what was there a moment ago: the newest folds are all kept. Some
//! come back after weeks with what they wrote on an old past: of older folds the fewer are kept the older they are, so
//! that the way from the nearest is short beside the age of what is asked for, and what is kept grows with the
//! logarithm of the history. Folds share what they have in common.

use std::sync::Arc;

use super::fold::{State, fold};
use super::past::Past;
use super::record::Record;

/// How many of the newest folds are kept; and about half as many of each age twice that of the ones before.
const NEWEST: usize = 16;

/// More steps than this are not shorter than to fold a set of the largest groups.
const STEPS: usize = 4096;

/// The folds, by when they were made, the newest last.
#[derive(Debug, Default)]
pub(super) struct Memory {
    made: usize,
    kept: Vec<(usize, Arc<State>)>,
}

impl Memory {
    /// The fold of a set that is closed under causal past.
    pub(super) fn fold(&self, record: &Record, set: &Past) -> Arc<State> {
        let right = set.without(&record.wrong);
        match self.nearest(&right) {
            Some(near) if near.set.len() == right.len() => Arc::clone(near),
            Some(near) => grown(near, record, &right).unwrap_or_else(|| Arc::new(fold(record, set))),
            None => Arc::new(fold(record, set)),
        }
    }

    /// The largest of the folds whose set is a part of this one.
    fn nearest(&self, set: &Past) -> Option<&Arc<State>> {
        let most = set.len();
        let mut found: Option<(usize, &Arc<State>)> = None;
        for (_, state) in self.kept.iter().rev() {
            let size = state.set.len();
            if size <= most && found.is_none_or(|(best, _)| size > best) && state.set.within(set) {
                found = Some((size, state));
            }
        }
        found.map(|(_, state)| state)
    }

    /// Remembers a fold; and forgets others, the more of them the older they are.
    pub(super) fn keep(&mut self, state: Arc<State>) {
        if self.kept.iter().any(|(_, known)| Arc::ptr_eq(known, &state)) {
            return;
        }
        self.made = self.made.saturating_add(1);
        let now = self.made;
        self.kept.retain(|(made, _)| now.saturating_sub(*made) >> made.trailing_zeros() < NEWEST);
        self.kept.push((now, state));
    }

    /// The fold that was remembered last.
    #[cfg(test)]
    pub(super) fn newest(&self) -> Option<&State> {
        self.kept.last().map(|(_, state)| state.as_ref())
    }
}

/// A fold, with the rest of a larger set added to it; none if something in it cannot be added.
fn grown(near: &State, record: &Record, set: &Past) -> Option<Arc<State>> {
    let rest = set.without(&near.set);
    let mut state = near.clone();
    let mut added = rest.iter().take(STEPS).map(|at| state.add(record, at));
    (rest.len() <= STEPS && added.all(|added| added)).then(|| Arc::new(state))
}
