//! Removals: which are in force, and what they cut.
//!
//! Three levels, and each is judged only by the levels above it, so that no circle of people removing each
//! other has two outcomes:
//!
//! 1. **by a quorum** of seats, against anybody, seats included ([`super::crossing`]);
//! 2. **by one seat**, against members and deputies, under the cuts of level 1;
//! 3. **by a deputy**, against plain members, under the cuts of levels 1 and 2.
//!
//! **The cut of a removal is its own causal past.** With several removals of one person, what any of them
//! had stands. Whoever got a seat is removed by a quorum or not at all, so what was done in a seat falls only
//! to a quorum too: neither one seat's removal nor a helper's can undo it, or bring back what a quorum's
//! removal left out.

use std::collections::BTreeMap;

use super::past::{At, Past};
use super::record::{Act, Node, Record, Who};
use super::walk::{Cut, Stands};
use crate::body::Role;

/// Removals in force, by whom they remove.
pub(super) type Removals = BTreeMap<Who, Vec<At>>;

/// The removals of `set` that are right in their own past, with their nodes and targets.
pub(super) fn removals<'a>(record: &'a Record, set: &'a Past) -> impl Iterator<Item = (At, &'a Node, Who)> {
    record.removals.iter().filter(|at| set.has(**at)).filter_map(|at| {
        let node = record.node(*at)?;
        match node.act {
            Act::Remove(who) => Some((*at, node, who)),
            _ => None,
        }
    })
}

/// The removals by one author of this role that are in force against somebody of less: levels 2 and 3.
///
/// `stands` is what stands under the levels above. Nobody who ever got a seat falls to one of these, whether
/// the removal knew of the seat or not: it takes a quorum, or a removal with the least past there is would
/// undo every promotion. That includes those who stepped back; one seat's word would show them as removed
/// while they could go on acting in the past of their leave.
pub(super) fn by_one(record: &Record, set: &Past, stands: &Stands, role: Role, above: &Removals) -> Removals {
    let mut found = Removals::new();
    for (at, node, who) in removals(record, set) {
        let counted = above.get(&who).is_some_and(|list| list.contains(&at));
        if !counted
            && stands.role(at) == Some(role)
            && node.verdict.over < role
            && stands.holds(who).seat.is_empty()
        {
            found.entry(who).or_default().push(at);
        }
    }
    found
}

/// The cuts of these removals.
///
/// `stands` says which entries stand and were written in a seat: where one of another facilitator has an act
/// of the removed person in its past and none of their removals, that act is acknowledged.
pub(super) fn cuts(
    record: &Record,
    set: &Past,
    removals: &Removals,
    stands: Option<&Stands>,
) -> BTreeMap<Who, Cut> {
    let cut = |(who, list): (&Who, &Vec<At>)| {
        let inside = union(record, list);
        let beyond = |at: &At| set.has(*at) && !inside.has(*at);
        let beyond = record.person(*who).is_some_and(|person| person.wrote.iter().any(beyond));
        let seen = stands.filter(|_| beyond).map(|stands| acknowledged(record, set, stands, *who, list));
        (*who, Cut { inside, seen: seen.unwrap_or_default() })
    };
    removals.iter().map(cut).collect()
}

fn acknowledged(record: &Record, set: &Past, stands: &Stands, who: Who, removals: &[At]) -> Past {
    let mut seen = Past::default();
    for at in set.iter().filter(|at| stands.in_seat(*at)) {
        let Some(node) = record.node(at) else { continue };
        if node.author != who && !removals.iter().any(|removal| node.past.has(*removal)) {
            seen.join(&node.past);
        }
    }
    seen
}

pub(super) fn union<'a>(record: &Record, removals: impl IntoIterator<Item = &'a At>) -> Past {
    let mut all = Past::default();
    removals.into_iter().filter_map(|at| record.node(*at)).for_each(|node| all.join(&node.past));
    all
}

/// All removals of several levels.
pub(super) fn together(levels: &[&Removals]) -> Removals {
    let mut all = Removals::new();
    for (who, list) in levels.iter().flat_map(|level| level.iter()) {
        all.entry(*who).or_default().extend(list);
    }
    all.values_mut().for_each(|list| list.sort_unstable());
    all
}
