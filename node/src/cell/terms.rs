//! Terms of office: since when a facilitator or helper has been it, and until when the charter means them to.
//!
//! It is shown and nothing else: no right ends with a term, since clocks differ. Whoever speaks for them anew, as in
//! a promotion, lets another term begin.

use std::collections::BTreeMap;

use kith_protocol::body::{Body, Role};
use kith_protocol::group::{Control, Group, Standing};
use kith_protocol::id::{EntryId, MemberKey};
use kith_protocol::time::Millis;

use super::engine::Engine;
use crate::api::types::{Term, TermState};

const DAY: u64 = 24 * 3_600_000;
/// Whoever holds an office is reminded so long before the end of their term, and not in its first half.
const ENDING: u64 = 14 * DAY;

/// The terms of all who hold an office now.
pub(super) struct Terms(BTreeMap<MemberKey, Term>);

impl Terms {
    /// One member's.
    pub(super) fn of(&self, member: &MemberKey) -> Option<Term> {
        self.0.get(member).cloned()
    }
}

impl Engine {
    /// The terms that run or have ended, by this node's clock; none where the charter knows no terms.
    pub(super) fn terms(&self) -> Terms {
        let mut terms = BTreeMap::new();
        let Some(group) = self.group.as_ref().filter(|group| group.charter().term_days > 0) else {
            return Terms(terms);
        };
        let lasts = u64::from(group.charter().term_days).saturating_mul(DAY);
        for (member, since) in beginnings(group) {
            let ends = since.plus(lasts);
            let state = match self.now() {
                now if ends <= now => TermState::Ended,
                now if ends.since(now) <= ENDING.min(lasts / 2) => TermState::Ending,
                _ => TermState::Running,
            };
            terms.insert(member, Term { since: since.to_string(), ends: ends.to_string(), state });
        }
        Terms(terms)
    }

    /// My own term.
    pub(crate) fn my_term(&self) -> Option<Term> {
        self.terms().of(&self.me())
    }
}

/// When everybody who holds an office now was last given it: of what nothing else followed, the latest.
fn beginnings(group: &Group) -> BTreeMap<MemberKey, Millis> {
    let mut given: BTreeMap<MemberKey, Vec<(EntryId, Millis)>> = BTreeMap::new();
    for control in group.counting() {
        for member in gives(group, control) {
            let times = given.entry(member).or_default();
            times.retain(|(id, _)| !group.precedes(id, &control.id));
            if !times.iter().any(|(id, _)| group.precedes(&control.id, id)) {
                times.push((control.id, control.entry.time));
            }
        }
    }
    let latest = |times: Vec<(EntryId, Millis)>| times.into_iter().map(|(_, time)| time).max();
    given.into_iter().filter_map(|(member, times)| Some((member, latest(times)?))).collect()
}

/// Whose office an entry speaks for, among those who hold it.
fn gives(group: &Group, control: &Control) -> Vec<MemberKey> {
    let (members, role) = match &control.entry.body {
        Body::Genesis(genesis) => (genesis.founders.clone(), Role::Seat),
        Body::Join(join) if group.charter().shared_power => (vec![join.member], Role::Seat),
        Body::Promote(promote) => (vec![promote.member], promote.role),
        Body::Elect(elect) => (vec![elect.member], Role::Seat),
        Body::Demote(demote) => (vec![demote.member], demote.role),
        _ => return Vec::new(),
    };
    let holds = |member: &MemberKey| {
        let member = group.member(member).filter(|member| member.standing == Standing::Member);
        member.is_some_and(|member| member.role > Role::Member && role >= member.role)
    };
    members.into_iter().filter(holds).collect()
}
