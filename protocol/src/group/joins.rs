//! Joins that their invite alone does not settle, and what settles them.
//!
//! A join is *disputed* if more people came in on its invite than the invite has uses, or if the invite was
//! revoked by somebody who did not know of the join. Picking winners by any value in the entries would let a
//! thief of the link grind for it; so nobody wins until a facilitator has looked. A disputed join stands if
//! a facilitator's own entry shows that they had seen it while nothing was wrong, or if a standing `Admit`
//! names it. An `Admit` also saves a join whose invite fell with a removal.
//!
//! Disputes are found with every disputed join taken as standing, then settled from none standing upwards:
//! both are least fixed points of rules that only add, so the result depends on the set alone, and joins
//! that would vouch for each other in a circle do not stand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::past::{At, Past};
use super::record::{Act, Door, Record, Who};
use super::walk::{Cut, Given, Offices, Stands, walk};
use crate::body::{Body, Role};
use crate::id::EntryId;

/// Why a join is disputed, and what would settle it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dispute {
    /// All joins on the invite, if they are more than its uses.
    pub(super) crowd: Arc<[At]>,
    /// The invite's revocations, unless all of them knew the join.
    pub(super) revoked: Arc<[At]>,
}

/// Disputed joins.
pub(super) type Disputes = BTreeMap<At, Dispute>;

/// Which entries of `set` stand under these cuts, with every dispute settled as far as it can be.
pub(super) fn settle(
    record: &Record,
    set: &Past,
    cuts: BTreeMap<Who, Cut>,
    offices: &Offices,
) -> (Stands, Disputes) {
    let mut given = Given { cuts, offices: offices.clone(), ..Given::default() };
    let stands = grow(record, set, &mut given, &Disputes::new());
    let disputes = disputes(record, set, &stands);
    if disputes.is_empty() {
        return (stands, disputes);
    }
    given.named = BTreeSet::new();
    given.disputed = disputes.keys().copied().collect();
    let stands = grow(record, set, &mut given, &disputes);
    (stands, disputes)
}

/// Walks until no further join is vouched for. Every round but the last adds one, so it ends.
fn grow(record: &Record, set: &Past, given: &mut Given, disputes: &Disputes) -> Stands {
    loop {
        let stands = walk(record, set, given);
        let seen = vouched(record, set, &stands, disputes);
        let named = named(record, set, &stands);
        let before = (given.seen.len(), given.named.len());
        given.seen.extend(seen);
        given.named.extend(named);
        if before == (given.seen.len(), given.named.len()) {
            return stands;
        }
    }
}

/// Joins that do not stand although a standing `Admit` names them.
fn named(record: &Record, set: &Past, stands: &Stands) -> Vec<At> {
    let confirms = |at: &At| {
        let Some(node) = record.node(*at) else { return false };
        let quorum = node.verdict.call.is_none() || stands.carries(*at, node);
        set.has(*at) && stands.role(*at) >= Some(Role::Deputy) && quorum
    };
    let waiting = record.admits.iter().filter(|(join, _)| set.has(**join) && stands.role(**join).is_none());
    waiting.filter(|(_, admits)| admits.iter().any(confirms)).map(|(join, _)| *join).collect()
}

fn disputes(record: &Record, set: &Past, stands: &Stands) -> Disputes {
    let mut found = Disputes::new();
    for (door, joins) in &record.joins {
        let joins: Arc<[At]> =
            joins.iter().filter(|at| set.has(**at) && stands.role(**at).is_some()).copied().collect();
        let revoked: Arc<[At]> = revocations(record, stands, door).into();
        let crowded = people(record, joins.iter()).count() > uses(record, &joins);
        for join in joins.iter() {
            let known = revoked.iter().all(|revoke| record.precedes(*join, *revoke));
            let dispute = Dispute {
                crowd: if crowded { Arc::clone(&joins) } else { Arc::default() },
                revoked: if known { Arc::default() } else { Arc::clone(&revoked) },
            };
            if dispute != Dispute::default() {
                found.insert(*join, dispute);
            }
        }
    }
    found
}

/// The revocations of an invite that stand.
pub(super) fn revocations(record: &Record, stands: &Stands, door: &Door) -> Vec<At> {
    let all = record.revokes.get(door).into_iter().flatten();
    all.filter(|at| stands.role(**at).is_some()).copied().collect()
}

/// Who came in by these joins, with the first of each: a join sent twice is one person.
pub(super) fn people<'a>(
    record: &Record,
    joins: impl IntoIterator<Item = &'a At>,
) -> impl Iterator<Item = (Who, At)> {
    let mut ranked: Vec<(Who, At)> =
        joins.into_iter().filter_map(|at| Some((record.node(*at)?.author, *at))).collect();
    ranked.sort_by_key(|(who, at)| (*who, record.rank(*at)));
    ranked.dedup_by_key(|(who, _)| *who);
    ranked.into_iter()
}

/// How many may come in on the invite of these joins.
pub(super) fn uses(record: &Record, joins: &[At]) -> usize {
    let invite = joins.first().and_then(|join| match &record.node(*join)?.act {
        Act::Join { invite, .. } => Some(*invite),
        _ => None,
    });
    match invite.and_then(|at| record.node(at)).map(|node| &node.control.entry.body) {
        Some(Body::Invite(invite)) => usize::try_from(invite.uses).unwrap_or(usize::MAX),
        _ => 0,
    }
}

/// The disputed joins that were seen in time: on an invite used up, while it was not (a seat's entry with the
/// join and no more joins than uses in its past); on a revoked invite, before its end (a seat's or deputy's
/// entry, or a revocation itself, with the join and none of the revocations in its past).
fn vouched(record: &Record, set: &Past, stands: &Stands, disputes: &Disputes) -> Vec<At> {
    if disputes.is_empty() {
        return Vec::new();
    }
    let entries = set.iter().filter(|at| stands.role(*at).is_some());
    let entries: Vec<(At, &Past)> = entries.filter_map(|at| Some((at, &record.node(at)?.past))).collect();
    let mut in_time: BTreeMap<Arc<[At]>, Past> = BTreeMap::new();
    let mut before_end: BTreeMap<Arc<[At]>, Past> = BTreeMap::new();
    let mut settled = Vec::new();
    for (join, dispute) in disputes {
        let in_time = in_time.entry(Arc::clone(&dispute.crowd)).or_insert_with(|| {
            let uses = uses(record, &dispute.crowd);
            let few = |past: &Past| {
                people(record, dispute.crowd.iter().filter(|at| past.has(**at))).count() <= uses
            };
            union(entries.iter().filter(|(at, past)| stands.in_seat(*at) && few(past)))
        });
        let before_end = before_end.entry(Arc::clone(&dispute.revoked)).or_insert_with(|| {
            let may = |at: &At| stands.role(*at) >= Some(Role::Deputy) || dispute.revoked.contains(at);
            let none = |past: &Past| !dispute.revoked.iter().any(|at| past.has(*at));
            union(entries.iter().filter(|(at, past)| may(at) && none(past)))
        });
        if (dispute.crowd.is_empty() || in_time.has(*join))
            && (dispute.revoked.is_empty() || before_end.has(*join))
        {
            settled.push(*join);
        }
    }
    settled
}

fn union<'a>(of: impl Iterator<Item = &'a (At, &'a Past)>) -> Past {
    let mut all = Past::default();
    of.for_each(|(_, past)| all.join(past));
    all
}

/// Ids of entries, in the order of ids.
pub(super) fn ids(record: &Record, ats: &[At]) -> Vec<EntryId> {
    let mut ids: Vec<EntryId> = ats.iter().filter_map(|at| Some(record.node(*at)?.control.id)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
