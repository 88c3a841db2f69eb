//! Finding envelopes by ids, without ids on the disk: marks, kept in memory whole.
//!
//! A mark is 28 bits of a keyed hash of what is looked for, and the arrival of an envelope that may be it. A
//! lookup names a few candidates, almost always none or the one; reading the record tells. So most questions
//! ("is it new?") need no disk, and a post costs some thirty bytes of memory.
//!
//! On the disk marks lie in sorted runs, one a commit; when a level has [`FAN`] of them, they become one of the
//! next level, so that a mark is written few times and opening reads few values.

use std::collections::BTreeSet;
use std::sync::Arc;

use kith_protocol::id::{AuthorId, EnvelopeId, LogId, ShortId};

use super::{Arrival, DataKeys, PREFIX_LEAST, StoreError};

/// Runs of one level that become one of the next.
const FAN: usize = 8;
/// Runs are not merged into larger ones than this many marks, so that no commit has to write very much.
const LARGEST: usize = 1 << 18;

/// What envelopes are looked for by.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mark<'a> {
    Envelope(&'a EnvelopeId),
    /// The first bytes of an entry's id.
    Entry([u8; PREFIX_LEAST]),
    Slot(&'a AuthorId, &'a LogId, u64),
    ReplyTo(&'a ShortId),
}

/// Bits of an arrival in a mark.
const ARRIVAL: u32 = 36;

impl Mark<'_> {
    /// The upper bits of a mark.
    fn hash(self, keys: &DataKeys) -> u64 {
        let hash = u64::from_be_bytes(match self {
            Mark::Envelope(id) => keys.mark("envelope", &[id.as_ref()]),
            Mark::Entry(prefix) => keys.mark("entry", &[&prefix]),
            Mark::Slot(author, log, seq) => {
                keys.mark("slot", &[author.as_ref(), log.as_ref(), &seq.to_be_bytes()])
            }
            Mark::ReplyTo(id) => keys.mark("reply", &[id.as_ref()]),
        });
        hash >> ARRIVAL << ARRIVAL
    }
}

/// The name of a run: its level and its number, which is used once.
pub(super) type RunName = (u8, u64);

#[derive(Clone)]
struct Run {
    name: RunName,
    marks: Arc<Vec<u64>>,
}

/// All marks of a store.
#[derive(Clone, Default)]
pub(super) struct Index {
    runs: Vec<Run>,
    /// Marks not yet in a run.
    fresh: BTreeSet<u64>,
}

/// What sealing the fresh marks into a run changes on the disk.
#[derive(Default)]
pub(super) struct Turn {
    pub(super) gone: Vec<RunName>,
    pub(super) new: Option<(RunName, Vec<u8>)>,
}

impl Index {
    /// Adds a run as read from the disk.
    pub(super) fn load(&mut self, name: RunName, bytes: &[u8]) -> Result<(), StoreError> {
        let (marks, rest) = bytes.as_chunks::<8>();
        let marks: Vec<_> = marks.iter().map(|mark| u64::from_be_bytes(*mark)).collect();
        if !rest.is_empty() || !marks.is_sorted() {
            return Err(StoreError::Damaged("an index makes no sense".into()));
        }
        self.runs.push(Run { name, marks: Arc::new(marks) });
        Ok(())
    }

    /// Adds a mark.
    pub(super) fn add(
        &mut self,
        keys: &DataKeys,
        mark: Mark<'_>,
        arrival: Arrival,
    ) -> Result<(), StoreError> {
        if arrival.0 >> ARRIVAL != 0 {
            return Err(StoreError::TooLarge("store"));
        }
        self.fresh.insert(mark.hash(keys) | arrival.0);
        Ok(())
    }

    /// The envelopes that may be what is looked for, in order of arrival.
    pub(super) fn candidates(&self, keys: &DataKeys, mark: Mark<'_>) -> Vec<Arrival> {
        let least = mark.hash(keys);
        let most = least | ((1 << ARRIVAL) - 1);
        let mut found: Vec<_> = self.fresh.range(least..=most).copied().collect();
        for run in &self.runs {
            let start = run.marks.partition_point(|mark| *mark < least);
            let marks = run.marks.get(start..).unwrap_or_default();
            found.extend(marks.iter().take_while(|mark| **mark <= most));
        }
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|mark| Arrival(mark & ((1 << ARRIVAL) - 1))).collect()
    }

    /// Makes the fresh marks a run of this number, merging what is due.
    pub(super) fn turn(&mut self, number: u64) -> Turn {
        let mut turn = Turn::default();
        let mut marks: Vec<u64> = std::mem::take(&mut self.fresh).into_iter().collect();
        if marks.is_empty() {
            return turn;
        }
        let mut level: u8 = 0;
        loop {
            let peers = self.runs.iter().filter(|run| run.name.0 == level);
            let (count, total) = peers.fold((1, marks.len()), |(count, total), run| {
                (count + 1_usize, total.saturating_add(run.marks.len()))
            });
            if count < FAN || total > LARGEST || level == u8::MAX {
                break;
            }
            for run in self.runs.extract_if(.., |run| run.name.0 == level) {
                turn.gone.push(run.name);
                marks.extend(run.marks.iter());
            }
            marks.sort_unstable();
            level = level.saturating_add(1);
        }
        let name = (level, number);
        turn.new = Some((name, marks.iter().flat_map(|mark| mark.to_be_bytes()).collect()));
        self.runs.push(Run { name, marks: Arc::new(marks) });
        turn
    }

    #[cfg(test)]
    pub(super) fn runs(&self) -> usize {
        self.runs.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn what_was_added_is_found_after_any_number_of_turns() {
        let keys = DataKeys::new([1; 32], BTreeMap::new());
        let mut index = Index::default();
        let mut disk: BTreeMap<RunName, Vec<u8>> = BTreeMap::new();
        let log = LogId([2; 8]);
        for number in 0..1000_u64 {
            let author = AuthorId((number % 100).to_be_bytes());
            index.add(&keys, Mark::Slot(&author, &log, 7), Arrival(number)).unwrap();
            if number % 3 == 0 {
                let turn = index.turn(number);
                turn.gone.iter().for_each(|name| assert!(disk.remove(name).is_some()));
                disk.extend(turn.new);
            }
        }
        disk.extend(index.turn(1000).new);
        let mut again = Index::default();
        disk.iter().for_each(|(name, bytes)| again.load(*name, bytes).unwrap());
        assert!(again.runs() < 30, "{}", again.runs());
        for index in [&index, &again] {
            for author in 0..100_u64 {
                let found = index.candidates(&keys, Mark::Slot(&AuthorId(author.to_be_bytes()), &log, 7));
                let expected: BTreeSet<_> = (0..10).map(|times| Arrival(author + times * 100)).collect();
                assert!(expected.is_subset(&found.into_iter().collect()), "{author}");
            }
        }
        assert_eq!(again.candidates(&keys, Mark::Slot(&AuthorId([9; 8]), &log, 7)), []);
    }

    #[test]
    fn a_run_that_was_changed_is_damage() {
        let mut index = Index::default();
        assert!(index.load((0, 1), &[0; 7]).is_err());
        assert!(index.load((0, 1), &[[1; 8], [0; 8]].concat()).is_err());
    }
}
