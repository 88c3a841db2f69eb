//! How a difference is found: which sets differ, then what is missing on which side.
//!
//! The initiator drives. If few envelopes differ the responder sends cells of a sketch of all differing sets
//! until they fall apart; otherwise, or if they never do, each set goes through negentropy's ranges by itself.

use std::sync::Arc;

use negentropy::Negentropy;

use crate::id::EnvelopeId;
use crate::limits;
use crate::sync::SyncError;
use crate::sync::message::Message;
use crate::sync::set::{Prepared, Salted, SetName, Sum, Tally};
use crate::sync::sketch::{CELL, Sketch};

/// Above this many envelopes by which the counts alone differ, ranges cost less than a sketch.
const SKETCH_MOST: u64 = 600;
/// What negentropy may fill of a frame: the rest holds its name and the set's.
const RANGES_FRAME: u64 = limits::SYNC_FRAME as u64 - 1024;

/// One set that both sides compare, as this side has it.
#[derive(Debug)]
pub(crate) struct Compared {
    pub(crate) name: SetName,
    pub(crate) set: Arc<Prepared>,
    pub(crate) salted: Option<Salted>,
}

impl Compared {
    /// The set under the ids that are compared.
    pub(crate) fn shown(&self) -> &Prepared {
        self.salted.as_ref().map_or(&self.set, |salted| &salted.shown)
    }

    /// The true id of an envelope of this set that is shown under `id`.
    pub(crate) fn real(&self, id: &EnvelopeId) -> Option<EnvelopeId> {
        match &self.salted {
            Some(salted) => salted.real(id),
            None => self.set.contains(id).then_some(*id),
        }
    }
}

/// The two ways to find a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// By a sketch that begins with so many cells.
    Sketch(usize),
    /// By ranges.
    Ranges,
}

/// What two lists of sums say.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The sets that are equal.
    pub(crate) equal: Vec<SetName>,
    /// The sets that differ, the newest first.
    pub(crate) differing: Vec<SetName>,
    pub(crate) method: Method,
}

impl Plan {
    /// Both sides make the same plan of the same two lists, each ascending by name.
    pub(crate) fn new(ours: &[(SetName, Sum)], theirs: &[(SetName, Sum)]) -> Plan {
        let mut plan = Plan { equal: Vec::new(), differing: Vec::new(), method: Method::Ranges };
        let (mut least, mut our_count, mut their_count) = (0_u64, 0_u64, 0_u64);
        let mut names: Vec<SetName> = ours.iter().chain(theirs).map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        for name in names.into_iter().rev() {
            let (a, b) = (find(ours, name), find(theirs, name));
            if a == b {
                plan.equal.push(name);
                continue;
            }
            plan.differing.push(name);
            let (a, b) = (a.map_or(0, |sum| sum.count), b.map_or(0, |sum| sum.count));
            least = least.saturating_add(a.abs_diff(b));
            our_count = our_count.saturating_add(a);
            their_count = their_count.saturating_add(b);
        }
        if least <= SKETCH_MOST && our_count.min(their_count) > 0 {
            let cells = least.saturating_add(least / 2).saturating_add(24);
            plan.method =
                Method::Sketch(usize::try_from(cells).unwrap_or(usize::MAX).min(limits::SYNC_CELLS));
        }
        plan
    }
}

fn find(sums: &[(SetName, Sum)], name: SetName) -> Option<Sum> {
    let place = sums.binary_search_by_key(&name, |(name, _)| *name).ok()?;
    sums.get(place).map(|(_, sum)| *sum)
}

/// How many cells follow the first `sent`: few rounds while it is little, little waste once it is much.
fn following(sent: usize) -> usize {
    let more = if sent < 128 { sent } else { sent / 2 };
    more.max(16).min(limits::SYNC_CELLS.saturating_sub(sent))
}

fn union(sets: &[Compared]) -> (Sketch, Tally) {
    let mut sketch = Sketch::empty();
    let mut tally = Tally::default();
    for set in sets {
        sketch.merge(set.shown().sketch());
        tally.merge(set.shown().tally());
    }
    (sketch, tally)
}

/// What one step of the initiator found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The next question to the responder.
    pub(crate) send: Option<Message>,
    /// Ids, as shown, that the responder has and this side lacks.
    pub(crate) need: Vec<EnvelopeId>,
    /// True ids that this side has and the responder lacks.
    pub(crate) have: Vec<EnvelopeId>,
    /// Whether the comparison is over.
    pub(crate) over: bool,
}

/// The initiator's side of a comparison.
#[derive(Debug)]
pub(crate) enum Initiating {
    /// Collects cells.
    Cells { cells: Vec<u8>, due: usize, sum: Option<Sum> },
    /// Goes through the sets.
    Ranges { at: usize, rounds: usize },
    /// Has found everything.
    Over,
}

impl Initiating {
    /// Begins, with the first question if the first word is the initiator's.
    pub(crate) fn begin(
        method: Method,
        sets: &[Compared],
    ) -> Result<(Initiating, Option<Message>), SyncError> {
        match method {
            Method::Sketch(due) => Ok((Initiating::Cells { cells: Vec::new(), due, sum: None }, None)),
            Method::Ranges => {
                let mut begun = Initiating::Over;
                let question = begun.next_set(0, sets)?;
                Ok((begun, question))
            }
        }
    }

    /// Turns to the set at a place; none if there is no such set, and all is over.
    fn next_set(&mut self, at: usize, sets: &[Compared]) -> Result<Option<Message>, SyncError> {
        let Some(set) = sets.get(at) else {
            *self = Initiating::Over;
            return Ok(None);
        };
        *self = Initiating::Ranges { at, rounds: 1 };
        let step = Negentropy::borrowed(set.shown(), RANGES_FRAME).and_then(|mut ranges| ranges.initiate());
        Ok(Some(Message::Ranges { set: set.name, step: step.map_err(senseless)? }))
    }

    /// Takes cells.
    pub(crate) fn cells(&mut self, more: &[u8], sum: Sum, sets: &[Compared]) -> Result<Found, SyncError> {
        let Initiating::Cells { cells, due, sum: first } = self else {
            return Err(SyncError::OutOfPhase("cells"));
        };
        if more.len() != due.saturating_mul(CELL) || *first.get_or_insert(sum) != sum {
            return Err(SyncError::Contradiction("its sketch"));
        }
        cells.extend_from_slice(more);
        let (sketch, mut tally) = union(sets);
        match sketch.difference(cells) {
            None => {
                let have = cells.len() / CELL;
                *due = following(have);
                if *due > 0 {
                    return Ok(Found { send: Some(Message::More), ..Found::default() });
                }
            }
            Some(found) => {
                found.theirs.iter().for_each(|id| tally.add(id));
                found.ours.iter().for_each(|id| tally.remove(id));
                let real = |id| sets.iter().find_map(|set| set.real(id));
                let have: Option<Vec<_>> = found.ours.iter().map(real).collect();
                if let Some(have) = have.filter(|_| tally.sum() == sum) {
                    *self = Initiating::Over;
                    return Ok(Found { send: None, need: found.theirs, have, over: true });
                }
            }
        }
        let send = self.next_set(0, sets)?;
        Ok(Found { send, ..Found::default() })
    }

    /// Takes the answer to the last ranges.
    pub(crate) fn ranges(
        &mut self,
        name: SetName,
        step: &[u8],
        sets: &[Compared],
    ) -> Result<Found, SyncError> {
        let Initiating::Ranges { at, rounds } = self else {
            return Err(SyncError::OutOfPhase("ranges"));
        };
        let set = sets.get(*at).filter(|set| set.name == name).ok_or(SyncError::OutOfPhase("ranges"))?;
        let mut ranges = Negentropy::borrowed(set.shown(), RANGES_FRAME).map_err(senseless)?;
        ranges.set_initiator();
        let (mut have, mut need) = (Vec::new(), Vec::new());
        let answer = ranges.reconcile_with_ids(step, &mut have, &mut need).map_err(senseless)?;
        let mut found = Found {
            send: None,
            need: need.into_iter().map(|id| EnvelopeId(id.to_bytes())).collect(),
            have: have.into_iter().filter_map(|id| set.real(&EnvelopeId(id.to_bytes()))).collect(),
            over: false,
        };
        found.need.sort_unstable(); // they come out of a hash set
        found.send = match answer {
            Some(step) => {
                *rounds = rounds.saturating_add(1);
                if *rounds > limits::SYNC_ROUNDS {
                    return Err(SyncError::TooMuch("rounds"));
                }
                Some(Message::Ranges { set: name, step })
            }
            None => {
                let next = at.saturating_add(1);
                self.next_set(next, sets)?
            }
        };
        found.over = found.send.is_none();
        Ok(found)
    }
}

/// The responder's side of a comparison.
#[derive(Debug)]
pub(crate) enum Responding {
    /// Has sent so many cells.
    Cells { sent: usize, sketch: Box<Sketch>, sum: Sum },
    /// Follows the initiator through the sets.
    Ranges { at: usize, rounds: usize },
    /// The initiator has found everything.
    Over,
}

impl Responding {
    /// Begins, with the first cells if the first word is the responder's.
    pub(crate) fn begin(method: Method, sets: &[Compared]) -> (Responding, Option<Message>) {
        match method {
            Method::Ranges => (Responding::Ranges { at: 0, rounds: 0 }, None),
            Method::Sketch(first) => {
                let (sketch, tally) = union(sets);
                let mut begun = Responding::Cells { sent: 0, sketch: Box::new(sketch), sum: tally.sum() };
                let cells = begun.send(first);
                (begun, cells)
            }
        }
    }

    fn send(&mut self, more: usize) -> Option<Message> {
        let Responding::Cells { sent, sketch, sum } = self else { return None };
        let end = sent.saturating_add(more);
        let cells = sketch.encode(*sent, end);
        *sent = end;
        Some(Message::Cells { cells, sum: *sum })
    }

    /// Answers a request for more cells.
    pub(crate) fn more(&mut self) -> Result<Message, SyncError> {
        let due = match self {
            Responding::Cells { sent, .. } => following(*sent),
            _ => 0,
        };
        if due == 0 {
            return Err(SyncError::OutOfPhase("a request for cells"));
        }
        self.send(due).ok_or(SyncError::OutOfPhase("a request for cells"))
    }

    /// Answers ranges. The initiator goes through the sets in order, and through each once.
    pub(crate) fn ranges(
        &mut self,
        name: SetName,
        step: &[u8],
        sets: &[Compared],
    ) -> Result<Message, SyncError> {
        let asked = sets.iter().position(|set| set.name == name).ok_or(SyncError::NotOffered)?;
        let rounds = match self {
            Responding::Over => return Err(SyncError::OutOfPhase("ranges")),
            Responding::Ranges { at, .. } if *at > asked => return Err(SyncError::OutOfPhase("ranges")),
            Responding::Ranges { at, rounds } if *at == asked => rounds.saturating_add(1),
            Responding::Ranges { .. } | Responding::Cells { .. } => 1,
        };
        if rounds > limits::SYNC_ROUNDS {
            return Err(SyncError::TooMuch("rounds"));
        }
        *self = Responding::Ranges { at: asked, rounds };
        let set = sets.get(asked).ok_or(SyncError::NotOffered)?;
        let mut ranges = Negentropy::borrowed(set.shown(), RANGES_FRAME).map_err(senseless)?;
        Ok(Message::Ranges { set: name, step: ranges.reconcile(step).map_err(senseless)? })
    }
}

fn senseless(error: negentropy::Error) -> SyncError {
    SyncError::Ranges(error.to_string())
}
