//! Which keepers the group has: places that a facilitator named, and none has ended.

use std::collections::{BTreeMap, BTreeSet};

use super::fold::State;
use super::past::At;
use super::record::{Node, Record};
use super::view::Kept;
use crate::body::{Body, Keep, Role};
use crate::id::PlaceId;
use crate::limits;

/// The places, in the order in which they were first named. The end of one is for good: nothing said of it since, or
/// meanwhile, brings it back.
pub(super) fn kept(record: &Record, state: &State) -> Vec<Kept> {
    let mut named: BTreeMap<PlaceId, Vec<(At, &Node, &Keep)>> = BTreeMap::new();
    let mut ended: BTreeSet<PlaceId> = BTreeSet::new();
    for (place, node) in record.nodes.iter().enumerate() {
        if !state.counts(At(place), node) {
            continue;
        }
        match &node.control.entry.body {
            Body::Unkeep(unkeep) => {
                ended.insert(unkeep.place);
            }
            Body::Keep(keep) => named.entry(keep.place).or_default().push((At(place), node, keep)),
            _ => {}
        }
    }
    named.retain(|place, _| !ended.contains(place));
    let mut kept: Vec<_> = named
        .into_values()
        .filter_map(|mut words| {
            words.sort_by_key(|(at, ..)| record.rank(*at));
            let (first, ..) = words.first()?;
            Some((record.rank(*first), told(record, state, &words)?))
        })
        .collect();
    kept.sort_by_key(|(rank, _)| *rank);
    kept.into_iter().map(|(_, kept)| kept).take(limits::KEEPERS).collect()
}

/// What was said of one place, in order: the first says which keeper, the last where it is.
fn told(record: &Record, state: &State, words: &[(At, &Node, &Keep)]) -> Option<Kept> {
    let (_, first, keep) = words.first()?;
    let mut kept = Kept {
        place: keep.place,
        keeper: keep.keeper,
        addresses: Vec::new(),
        stewards: BTreeMap::new(),
        by: first.control.author,
        since: first.control.entry.time,
    };
    for (_, node, keep) in words.iter().rev().filter(|(.., other)| other.keeper == kept.keeper) {
        for address in &keep.addresses {
            if kept.addresses.len() < limits::NODE_ADDRESSES && !kept.addresses.contains(address) {
                kept.addresses.push(address.clone());
            }
        }
        if state.role(record, node.author) == Some(Role::Seat) {
            kept.stewards.entry(node.control.author).or_insert(keep.steward);
        }
    }
    Some(kept)
}
