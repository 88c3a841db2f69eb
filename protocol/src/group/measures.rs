//! Which act of moderation holds for what somebody wrote.
//!
//! The last in causal order does. Of several that did not know each other a restoring that two facilitators signed
//! holds against what others did alone; otherwise the strictest, so that nobody can undo in secret, by an entry
//! written on an old past, what others see to be needed. Where power is shared a measure other than restoring takes
//! two signatures to begin with.

use std::collections::{BTreeMap, BTreeSet};

use super::past::{At, Past};
use super::record::{About, Act, Node, Record, Who};
use super::view::Moderated;
use super::walk::Stands;
use crate::body::Measure;
use crate::id::{EntryId, MemberKey};

/// Facilitators who, together, restore against what one of them did alone.
pub(super) const TOGETHER: usize = 2;

/// What holds, by whose writing it is and what of it; nothing where something was restored.
pub(super) fn measures(
    record: &Record,
    stands: &Stands,
) -> BTreeMap<(MemberKey, Option<EntryId>), Moderated> {
    let mut held = BTreeMap::new();
    for ((who, entry), acts) in &record.moderated {
        let Some(person) = record.person(*who) else { continue };
        if let Some(moderated) = holding(record, stands, acts) {
            held.insert((person.key, *entry), moderated);
        }
    }
    held
}

/// One act, as it stands.
struct Standing<'a> {
    node: &'a Node,
    about: About,
    /// Who signed the same in a seat, or it alone without one.
    signers: BTreeSet<Who>,
}

fn holding(record: &Record, stands: &Stands, acts: &[At]) -> Option<Moderated> {
    let mut covered = Past::default();
    let mut heads: Vec<Standing<'_>> = Vec::new();
    for at in acts.iter().rev() {
        let Some(act) = standing(record, stands, *at) else { continue };
        if !covered.has(*at) {
            covered.join(&act.node.past);
            heads.push(act);
        }
    }
    let together =
        |head: &&Standing<'_>| head.about.measure == Measure::Restore && head.signers.len() >= TOGETHER;
    let restored = heads.iter().find(together);
    let strictest = heads.iter().max_by_key(|head| {
        let outvoted = restored.is_some_and(|restored| {
            head.signers.len() < TOGETHER && head.signers.is_disjoint(&restored.signers)
        });
        (!outvoted, head.about.measure, std::cmp::Reverse(head.node.control.id))
    })?;
    let restored = strictest.about.measure == Measure::Restore;
    (!restored).then_some(Moderated { measure: strictest.about.measure, by: strictest.node.control.id })
}

fn standing<'a>(record: &'a Record, stands: &Stands, at: At) -> Option<Standing<'a>> {
    stands.role(at)?;
    let node = record.node(at)?;
    let Act::Moderate(about) = node.act else { return None };
    let call = node.verdict.call.as_ref();
    let signers = call.map_or_else(
        || BTreeSet::from([node.author]),
        |call| call.standing(Some(node.author), |signature| stands.in_seat(signature)),
    );
    let enough =
        !record.charter.shared_power || about.measure == Measure::Restore || signers.len() >= TOGETHER;
    enough.then_some(Standing { node, about, signers })
}
