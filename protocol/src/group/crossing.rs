//! Removals by a quorum, and what becomes of those that cross.
//!
//! A removal by a quorum that was right in its own past is in force whatever happens at the same time, the
//! removal of its signers included: of two that cross, both hold. Otherwise a facilitator about to be
//! removed could stop it by removing one of the signers first.
//!
//! Taken alone that would let removed people act. A signature is an entry of its own that can be built upon
//! for ever; so they could complete, in a past of long ago, what an honest facilitator once proposed and
//! nobody wanted. Two rules take such a removal *out*, and neither needs a clock:
//!
//! - **Beyond doubt.** Signatures cut off by removals that keep a quorum whatever else holds do not count.
//! - **Company.** A signature does not count beside that of somebody whom its author later helped to remove
//!   by a quorum, not knowing of theirs. In a group of three this is what protects the two who remain: the
//!   quorum that removed the third is just large enough, and would be in doubt.

use std::collections::{BTreeMap, BTreeSet};

use super::joins::settle;
use super::past::{At, Past};
use super::record::{Node, Record, Who};
use super::removal::{Removals, removals, union};
use super::walk::{Cut, Offices, Stands};

/// The removals by a quorum that are in force.
pub(super) fn by_quorum(record: &Record, set: &Past, offices: &Offices) -> Removals {
    let mut possible = Removals::new();
    for (at, node, who) in removals(record, set) {
        if node.verdict.carried() && offices.spared != Some(who) {
            possible.entry(who).or_default().push(at);
        }
    }
    let mut sure: BTreeSet<At> = BTreeSet::new();
    while sure.len() < count(&possible) {
        let before = (sure.len(), count(&possible));
        let (worst, _) = settle(record, set, worst_cuts(record, &possible, &sure), offices);
        sure.extend(
            possible.values().flatten().filter(|at| carried(record, &possible, &worst, **at)).copied(),
        );
        let (best, _) = settle(record, set, best_cuts(record, &possible, &sure), offices);
        let out: BTreeSet<At> = (possible.values().flatten())
            .filter(|at| !sure.contains(at) && !carried(record, &possible, &best, **at))
            .copied()
            .collect();
        possible.values_mut().for_each(|list| list.retain(|at| !out.contains(at)));
        possible.retain(|_, list| !list.is_empty());
        if before == (sure.len(), count(&possible)) {
            break;
        }
    }
    possible
}

fn count(removals: &Removals) -> usize {
    removals.values().map(Vec::len).sum()
}

/// As if any removal might hold, and any but the sure ones might not, whichever is worse.
fn worst_cuts(record: &Record, possible: &Removals, sure: &BTreeSet<At>) -> BTreeMap<Who, Cut> {
    let cut = |list: &Vec<At>| {
        let mut pasts = list.iter().filter_map(|at| Some(&record.node(*at)?.past));
        let mut inside = pasts.next().cloned().unwrap_or_default();
        pasts.for_each(|past| inside.meet(past));
        inside.join(&union(record, list.iter().filter(|at| sure.contains(at))));
        Cut { inside, seen: Past::default() }
    };
    possible.iter().map(|(who, list)| (*who, cut(list))).collect()
}

/// As if only the sure removals held, and all others saved what they can.
fn best_cuts(record: &Record, possible: &Removals, sure: &BTreeSet<At>) -> BTreeMap<Who, Cut> {
    let cut = |list: &Vec<At>| Cut { inside: union(record, list), seen: Past::default() };
    let surely = possible.iter().filter(|(_, list)| list.iter().any(|at| sure.contains(at)));
    surely.map(|(who, list)| (*who, cut(list))).collect()
}

/// Whether a removal keeps a quorum among its signatures that stand and are in company their authors kept.
fn carried(record: &Record, possible: &Removals, stands: &Stands, removal: At) -> bool {
    let Some(node) = record.node(removal) else { return false };
    let Some(call) = &node.verdict.call else { return false };
    let signatures = signatures(removal, node);
    let keeps = |(who, at): &(Who, At)| {
        stands.in_seat(*at)
            && !signatures
                .iter()
                .any(|(other, _)| other != who && parted(record, possible, &signatures, (*who, *at), *other))
    };
    call.quorum.has(&signatures.iter().filter(|signature| keeps(signature)).map(|(who, _)| *who).collect())
}

/// Who signed an act, and in which entries, its own included.
fn signatures(at: At, node: &Node) -> Vec<(Who, At)> {
    let others = node.verdict.call.iter().flat_map(|call| call.signed.iter().copied());
    others.chain([(node.author, at)]).collect()
}

/// Whether the author of one signature later helped to remove `other`, not knowing of any of theirs.
fn parted(
    record: &Record,
    possible: &Removals,
    signatures: &[(Who, At)],
    (who, at): (Who, At),
    other: Who,
) -> bool {
    possible.get(&other).into_iter().flatten().any(|removal| {
        let Some(node) = record.node(*removal) else { return false };
        let knew = signatures.iter().any(|(signer, theirs)| *signer == other && node.past.has(*theirs));
        !knew
            && self::signatures(*removal, node)
                .iter()
                .any(|(signer, later)| *signer == who && record.precedes(at, *later))
    })
}
