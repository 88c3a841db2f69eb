//! The charter as amended, and who accepted it.
//!
//! An amendment is in effect if it stands and, where it changes what members agreed to, a quorum of seats
//! signed it. Each field has the value of the amendment in effect that set it last, by causal order. Of
//! several that did not know each other the stricter value holds, where one is stricter (no history, fewer
//! members, fewer who invite, a shorter memory, no unasked advice), else that of the lowest entry id: the
//! signatures were of a quorum each time, so there is nothing to win by grinding. History once closed stays
//! closed.
//!
//! **An amendment in effect uses up the signatures before it.** A proposal is about the charter as it was; if
//! signatures lived on, one facilitator could put back, alone, what a quorum once chose and another undid.

use std::borrow::Cow;

use super::past::{At, Past};
use super::record::{Act, Node, Record};
use super::walk::Stands;
use crate::body::{Body, Role};
use crate::charter::{Advice, Changes, Charter, History, Inviters};
use crate::id::EntryId;

/// The charter as the amendments of `set` that are in effect leave it.
pub(super) fn charter<'a>(record: &'a Record, stands: &Stands, set: &Past) -> Cow<'a, Charter> {
    let amendments: Vec<_> = in_effect(record, stands).filter(|(at, ..)| set.has(*at)).collect();
    if amendments.is_empty() {
        return Cow::Borrowed(&record.charter);
    }
    let merge = Merge { record, amendments };
    let old = record.charter.clone();
    let closed = merge.amendments.iter().any(|(.., changes)| changes.history == Some(History::None));
    Cow::Owned(Charter {
        history: if closed { History::None } else { old.history },
        size: merge.strictest(|changes| changes.size, |size| u64::from(*size)).unwrap_or(old.size),
        inviters: merge
            .strictest(|changes| changes.inviters, |who| u64::from(*who == Inviters::Members))
            .unwrap_or(old.inviters),
        retention_days: merge
            .strictest(|changes| changes.retention_days, |days| u64::from(days.wrapping_sub(1)))
            .unwrap_or(old.retention_days),
        attachment: merge
            .strictest(|changes| changes.attachment, |cap| u64::from(cap.0))
            .unwrap_or(old.attachment),
        advice: merge
            .strictest(|changes| changes.advice, |advice| u64::from(*advice == Advice::Welcome))
            .unwrap_or(old.advice),
        purpose: merge.last(|changes| changes.purpose.clone()).unwrap_or(old.purpose),
        audience: merge.last(|changes| changes.audience.clone()).unwrap_or(old.audience),
        agreements: merge.last(|changes| changes.agreements.clone()).unwrap_or(old.agreements),
        confidentiality: merge.last(|changes| changes.confidentiality.clone()).unwrap_or(old.confidentiality),
        reply_hours: merge.last(|changes| changes.reply_hours).unwrap_or(old.reply_hours),
        rules: merge.last(|changes| changes.rules.clone()).unwrap_or(old.rules),
        language: merge.last(|changes| changes.language.clone()).unwrap_or(old.language),
        questions: merge.last(|changes| changes.questions.clone()).unwrap_or(old.questions),
        term_days: merge.last(|changes| changes.term_days).unwrap_or(old.term_days),
        shared_power: old.shared_power,
    })
}

/// The amendments in effect, newest first: none is before another that knew of it.
fn in_effect<'a>(record: &'a Record, stands: &Stands) -> impl Iterator<Item = (At, &'a Node, &'a Changes)> {
    record.amendments.iter().rev().filter_map(|at| {
        let node = record.node(*at).filter(|node| effective(stands, *at, node))?;
        let Body::Amend(amend) = &node.control.entry.body else { return None };
        Some((*at, node, &amend.changes))
    })
}

/// Whether an amendment stands and has the signatures it takes.
pub(super) fn effective(stands: &Stands, at: At, node: &Node) -> bool {
    match node.act {
        Act::Amend(None) => stands.role(at).is_some(),
        Act::Amend(Some(_)) => stands.role(at).is_some() && stands.carries(at, node),
        _ => false,
    }
}

/// Everything that amendments in effect used up: signatures in it sign nothing any more.
pub(super) fn used_up(record: &Record, stands: &Stands) -> Past {
    let mut used = Past::default();
    for (at, node, changes) in in_effect(record, stands) {
        if changes.is_material() {
            used.join(&node.past);
            used.add(at);
        }
    }
    used
}

/// Whether an invite needs that members invite by the charter of its own past, and they do not.
pub(super) fn out_of_turn(record: &Record, stands: &Stands, node: &Node, role: Role) -> bool {
    matches!(node.act, Act::Invite(_))
        && role == Role::Member
        && !record.amendments.is_empty()
        && charter(record, stands, &node.past).inviters != Inviters::Members
}

struct Merge<'a> {
    record: &'a Record,
    amendments: Vec<(At, &'a Node, &'a Changes)>,
}

impl Merge<'_> {
    /// What was set last, by amendments that did not know each other.
    fn heads<T>(&self, field: impl Fn(&Changes) -> Option<T>) -> impl Iterator<Item = (EntryId, T)> {
        let mut covered = Past::default();
        self.amendments.iter().filter_map(move |(at, node, changes)| {
            let value = field(changes)?;
            let head = !covered.has(*at);
            covered.join(&node.past);
            head.then(|| (self.record.rank(*at).1, value))
        })
    }

    fn last<T>(&self, field: impl Fn(&Changes) -> Option<T>) -> Option<T> {
        self.heads(field).min_by_key(|(id, _)| *id).map(|(_, value)| value)
    }

    fn strictest<T>(&self, field: impl Fn(&Changes) -> Option<T>, laxness: impl Fn(&T) -> u64) -> Option<T> {
        self.heads(field).min_by_key(|(_, value)| laxness(value)).map(|(_, value)| value)
    }
}
