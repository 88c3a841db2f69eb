//! Sketches: a small difference between two large sets, found at the cost of the difference.
//!
//! Ranges (negentropy) find any difference, but where single envelopes are missing all over a large set each
//! costs about a kilobyte of fingerprints and neighbours' ids. A sketch is a row of cells, each the sum of
//! some of the ids (xor), of their check numbers (xor) and their count; the sketch of one set taken from that
//! of another leaves only the difference, which falls apart cell by cell once there are about 1.5 cells for
//! each id in it. Cells are made in one fixed order, so a sketch can be prolonged if it was too short, and
//! the sketches of disjoint sets add up to the sketch of their union (Yang, Gilad and Alizadeh, "Practical
//! Rateless Set Reconciliation", SIGCOMM 2024).
//!
//! What a sketch says is a hint: it is believed only if the ids it yields account exactly for the two sides'
//! tallies. Otherwise ranges decide.

use crate::id::{EnvelopeId, hash};
use crate::limits;

/// Length of a cell on the wire: id, check and count. A count travels modulo 2¹⁶: between two sketches that can
/// be told apart at all no cell differs by more than [`limits::SYNC_CELLS`].
pub(crate) const CELL: usize = 32 + 4 + 2;

/// A sum of some of the ids of a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    ids: [u8; 32],
    checks: u32,
    count: u16,
}

impl Cell {
    fn add(&mut self, id: &[u8; 32], check: u32, count: u16) {
        for (byte, more) in self.ids.iter_mut().zip(id) {
            *byte ^= more;
        }
        self.checks ^= check;
        self.count = self.count.wrapping_add(count);
    }

    /// The one id that is left in it, and whether it is an added (`true`) or a removed one.
    fn single(&self) -> Option<(EnvelopeId, Marks, bool)> {
        let added = match self.count {
            1 => true,
            u16::MAX => false,
            _ => return None,
        };
        let id = EnvelopeId(self.ids);
        let marks = Marks::of(&id);
        (marks.check == self.checks).then_some((id, marks, added))
    }
}

/// The two numbers an id is given: where it goes, and how it is recognised when alone.
#[derive(Clone, Copy)]
struct Marks {
    seed: u64,
    check: u32,
}

impl Marks {
    fn of(id: &EnvelopeId) -> Marks {
        let full = hash("kith/1/sketch", &[&id.0]);
        let (seed, rest) = full.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
        let check = rest.first_chunk::<4>().unwrap_or(&[0; 4]);
        Marks { seed: u64::from_be_bytes(*seed), check: u32::from_be_bytes(*check) }
    }

    /// The cells below `end` that an id belongs to: the first always, then ever more rarely.
    fn places(self, end: usize) -> impl Iterator<Item = usize> {
        let mut state = self.seed;
        std::iter::successors(Some(0_u64), move |place| Some(place.saturating_add(step(&mut state, *place))))
            .map(|place| usize::try_from(place).unwrap_or(usize::MAX))
            .take_while(move |place| *place < end)
    }
}

/// How far it is from the cell at `place` to the next one of the same id: ⌈(place + 3/2)(2³²/√r − 1)⌉ for a
/// random r, in whole numbers so that every machine agrees. The random numbers are SplitMix64's.
#[allow(
    clippy::arithmetic_side_effects,
    reason = "bounded: 1 ≤ root < 2³², and place < 2¹⁶ wherever the result is used (larger ones saturate)"
)]
fn step(state: &mut u64, place: u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut random = *state;
    random = (random ^ (random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    random = (random ^ (random >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    random ^= random >> 31;
    let root = random.isqrt().max(1);
    let wide = place.saturating_mul(2).saturating_add(3).saturating_mul((1 << 32) - root);
    wide.div_ceil(2 * root).max(1)
}

/// The first [`limits::SYNC_CELLS`] cells of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sketch(Vec<Cell>);

impl Sketch {
    /// The sketch of the empty set.
    pub(crate) fn empty() -> Sketch {
        Sketch(vec![Cell::default(); limits::SYNC_CELLS])
    }

    pub(crate) fn of<'a>(ids: impl IntoIterator<Item = &'a EnvelopeId>) -> Sketch {
        let mut sketch = Sketch::empty();
        ids.into_iter().for_each(|id| sketch.add(id));
        sketch
    }

    pub(crate) fn add(&mut self, id: &EnvelopeId) {
        let marks = Marks::of(id);
        for place in marks.places(self.0.len()) {
            if let Some(cell) = self.0.get_mut(place) {
                cell.add(&id.0, marks.check, 1);
            }
        }
    }

    /// Adds the sketch of a set that has nothing in common with this one.
    pub(crate) fn merge(&mut self, other: &Sketch) {
        for (cell, more) in self.0.iter_mut().zip(&other.0) {
            cell.add(&more.ids, more.checks, more.count);
        }
    }

    /// The cells from one place up to another, as they travel.
    pub(crate) fn encode(&self, from: usize, to: usize) -> Vec<u8> {
        let cells = self.0.get(from..to.min(self.0.len())).unwrap_or_default();
        let mut out = Vec::with_capacity(cells.len().saturating_mul(CELL));
        for cell in cells {
            out.extend_from_slice(&cell.ids);
            out.extend_from_slice(&cell.checks.to_be_bytes());
            out.extend_from_slice(&cell.count.to_be_bytes());
        }
        out
    }

    /// What `theirs`, cells as they travelled from the first on, says of the difference between their set
    /// and this one: their ids that are not here and ours that are not there. None if the cells do not fall
    /// apart, because they are too few or because they are no sketch.
    pub(crate) fn difference(&self, theirs: &[u8]) -> Option<Difference> {
        let mut cells: Vec<Cell> = theirs.chunks_exact(CELL).map(cell).collect::<Option<_>>()?;
        for (cell, ours) in cells.iter_mut().zip(&self.0) {
            cell.add(&ours.ids, ours.checks, ours.count.wrapping_neg());
        }
        let end = cells.len();
        let mut found = Difference::default();
        let mut look: Vec<usize> = (0..end).collect();
        while let Some(place) = look.pop() {
            let Some((id, marks, added)) = cells.get(place).and_then(Cell::single) else { continue };
            let side = if added { &mut found.theirs } else { &mut found.ours };
            side.push(id);
            if found.theirs.len().saturating_add(found.ours.len()) > end {
                return None; // each cell yields one id at most, unless somebody made them up
            }
            for place in marks.places(end) {
                if let Some(cell) = cells.get_mut(place) {
                    cell.add(&id.0, marks.check, if added { u16::MAX } else { 1 });
                    look.push(place);
                }
            }
        }
        cells.iter().all(|cell| *cell == Cell::default()).then_some(found)
    }
}

fn cell(bytes: &[u8]) -> Option<Cell> {
    let (ids, rest) = bytes.split_first_chunk::<32>()?;
    let (checks, rest) = rest.split_first_chunk::<4>()?;
    let count = rest.first_chunk::<2>()?;
    Some(Cell { ids: *ids, checks: u32::from_be_bytes(*checks), count: u16::from_be_bytes(*count) })
}

/// What one side has and the other lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Theirs, not ours.
    pub(crate) theirs: Vec<EnvelopeId>,
    /// Ours, not theirs.
    pub(crate) ours: Vec<EnvelopeId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u64) -> EnvelopeId {
        EnvelopeId(hash("test", &[&n.to_be_bytes()]))
    }

    fn ids(range: std::ops::Range<u64>) -> Vec<EnvelopeId> {
        range.map(id).collect()
    }

    #[test]
    fn a_difference_falls_apart_at_about_its_own_size() {
        let common = ids(0..5_000);
        let ours = Sketch::of(common.iter().chain(&ids(10_000..10_030)));
        for (extra, cells) in [(0_u64, 1), (1, 80), (100, 260), (400, 700)] {
            let mut sketch = Sketch::of(&common);
            sketch.merge(&Sketch::of(&ids(20_000..20_000 + extra)));
            let found = ours.difference(&sketch.encode(0, cells.max(80))).unwrap();
            assert_eq!(found.theirs.len() as u64, extra);
            assert_eq!(found.ours.len(), 30);
        }
    }

    #[test]
    fn too_few_cells_say_nothing() {
        let ours = Sketch::of(&ids(0..1_000));
        let theirs = Sketch::of(&ids(500..1_500));
        for cells in [0, 1, 10, 500, 1024] {
            let found = ours.difference(&theirs.encode(0, cells));
            // No cells at all are an empty statement; the tallies refute it.
            assert!(found.is_none_or(|found| cells == 0 && found == Difference::default()), "{cells}");
        }
    }

    #[test]
    fn made_up_cells_end() {
        let ours = Sketch::empty();
        let marks = Marks::of(&id(7));
        // One id alone in a cell it does not belong to: taking it out elsewhere puts it in again.
        let mut cells = vec![Cell::default(); 64];
        for (place, cell) in cells.iter_mut().enumerate() {
            if !marks.places(64).any(|own| own == place) {
                cell.add(&id(7).0, marks.check, 1);
            }
        }
        assert_eq!(ours.difference(&Sketch(cells).encode(0, 64)), None);
    }

    #[test]
    fn places_are_the_same_everywhere() {
        let places: Vec<_> = Marks { seed: 1, check: 0 }.places(1024).collect();
        assert_eq!(places, [0, 1, 2, 3, 6, 10, 12, 13, 19, 37, 42, 67, 87, 130, 180, 274, 673, 839, 930]);
    }
}
