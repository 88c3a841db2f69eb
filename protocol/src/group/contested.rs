//! Doors at which joins are disputed, or may be, whatever else stands or falls: at every other the joins are of no
//! more people than there are uses, and known to every revocation.
//!
//! A door that is contested once stays so, since what is found here rests on causal pasts alone.

use std::collections::BTreeSet;

use super::joins::{people, uses};
use super::past::{At, Past};
use super::record::{Door, Record};

/// The doors.
#[derive(Debug, Default)]
pub(super) struct Contested {
    doors: BTreeSet<Door>,
    entries: Past,
}

impl Contested {
    /// Whether a door is.
    pub(super) fn has(&self, door: &Door) -> bool {
        self.doors.contains(door)
    }

    /// All of them.
    pub(super) fn doors(&self) -> impl Iterator<Item = &Door> {
        self.doors.iter()
    }

    /// All joins and revocations at them.
    pub(super) fn entries(&self) -> &Past {
        &self.entries
    }

    /// Puts a door down, at which these are all the joins and revocations.
    fn add(&mut self, door: Door, entries: &[At]) {
        self.doors.insert(door);
        entries.iter().for_each(|at| self.entries.add(*at));
    }
}

impl Record {
    /// Looks again at a door to which a join or a revocation was added.
    pub(super) fn look_again(&mut self, door: Door) {
        let joins = self.joins.get(&door).map_or(&[][..], Vec::as_slice);
        let revokes = self.revokes.get(&door).map_or(&[][..], Vec::as_slice);
        let crowded = || {
            let uses = uses(self, joins);
            joins.len() > uses && people(self, joins).count() > uses
        };
        let unknown = |join: &At| revokes.iter().any(|revoke| !self.precedes(*join, *revoke));
        if self.contested.has(&door) || crowded() || joins.iter().any(unknown) {
            let entries = [joins, revokes].concat();
            self.contested.add(door, &entries);
        }
    }
}
