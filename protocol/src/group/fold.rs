//! The fold: from a set of entries, closed under causal past, to who is what in it.
//!
//! The stages follow the levels of removal ([`super::removal`]): removals by a quorum; what stands under
//! them, which settles all seats; removals by one seat; what stands; removals by deputies; what stands. No
//! later stage moves what an earlier one settled.
//!
//! [`State::extend`] adds one entry to a folded set without folding the rest again, where that entry cannot
//! change what stands of the rest; it says so when it might.

use super::crossing::by_quorum;
use super::elections::decided;
use super::joins::{Disputes, revocations, settle, uses};
use super::past::{At, Past};
use super::record::{Act, Node, Record, Who};
use super::removal::{Removals, by_one, cuts, together};
use super::view::Standing;
use super::walk::{Offices, Stands};
use crate::body::Role;

/// Who is what in one set.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// Which entries stand.
    pub(super) stands: Stands,
    /// Joins that their invite alone does not settle; some of them stand.
    pub(super) disputes: Disputes,
    /// The removals in force.
    pub(super) removals: Removals,
    /// Those of them by a quorum.
    pub(super) quorum: Removals,
    /// Who has a seat, the most senior first. Never empty.
    pub(super) seats: Vec<Who>,
    /// Whether the one in `seats` is there only so that it is not empty.
    last: bool,
    /// What elections gave, and who is spared.
    offices: Offices,
    /// Entries that were right in their own past and do not stand.
    fallen: usize,
}

#[cfg(test)]
thread_local! {
    /// How many whole folds were done: tests see to it that they are rare.
    pub(super) static FOLDS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Folds `set`.
pub(super) fn fold(record: &Record, set: &Past) -> State {
    fold_with(record, set, decided(record, set))
}

/// Folds `set`, in which elections gave this.
pub(super) fn fold_with(record: &Record, set: &Past, offices: Offices) -> State {
    #[cfg(test)]
    FOLDS.set(FOLDS.get().saturating_add(1));
    let mut state = seated(record, set, offices);
    let quorum = &state.quorum;
    let by_seats = by_one(record, set, &state.stands, Role::Seat, quorum);
    let upper = together(&[quorum, &by_seats]);
    if !upper.is_empty() {
        let cuts = cuts(record, set, &upper, Some(&state.stands));
        (state.stands, state.disputes) = settle(record, set, cuts, &state.offices);
    }
    let by_deputies = by_one(record, set, &state.stands, Role::Deputy, &upper);
    state.removals = together(&[&upper, &by_deputies]);
    if !by_deputies.is_empty() {
        let cuts = cuts(record, set, &state.removals, Some(&state.stands));
        (state.stands, state.disputes) = settle(record, set, cuts, &state.offices);
    }
    let fell = |at: &At| {
        record.node(*at).is_some_and(|node| node.verdict.right.is_ok()) && state.stands.role(*at).is_none()
    };
    state.fallen = set.iter().filter(fell).count();
    state
}

/// The first stage: removals by a quorum, and the seats they leave, of which there is always one.
///
/// If none is left, the most senior who did not step back keeps theirs, as if nobody had removed or demoted them;
/// if all stepped back, the most senior of all is named, and can do nothing.
fn seated(record: &Record, set: &Past, offices: Offices) -> State {
    let under = |offices: Offices| {
        let quorum = by_quorum(record, set, &offices);
        let (stands, disputes) = settle(record, set, cuts(record, set, &quorum, None), &offices);
        let seats = by_seniority(record, &stands, &quorum);
        State { stands, disputes, quorum, offices, seats, ..State::default() }
    };
    let state = under(offices.clone());
    if !state.seats.is_empty() {
        return state;
    }
    let all = ranked(record, |who| state.stands.holds(who).seat.clone());
    for spared in all.iter().filter(|who| state.stands.holds(**who).left.is_empty()) {
        let state = under(Offices { spared: Some(*spared), ..offices.clone() });
        if !state.seats.is_empty() {
            return State { last: true, ..state };
        }
    }
    State { seats: all.into_iter().take(1).collect(), last: true, ..state }
}

/// Those who have a seat and were not removed by a quorum, the most senior first.
fn by_seniority(record: &Record, stands: &Stands, quorum: &Removals) -> Vec<Who> {
    ranked(record, |who| {
        let holds = stands.holds(who);
        let keeps = !quorum.contains_key(&who) && holds.left.is_empty();
        if keeps { holds.seats(record).collect() } else { Vec::new() }
    })
}

/// Those whom something seats: founders by place, the rest by the first that does.
fn ranked(record: &Record, seats: impl Fn(Who) -> Vec<At>) -> Vec<Who> {
    let mut ranked = Vec::new();
    for (place, person) in record.people.iter().enumerate() {
        let seats = seats(Who(place));
        if let Some(first) = seats.iter().map(|at| record.rank(*at)).min() {
            // Who gave up the seat of the founding and got another came to that one like anybody else.
            let founding = |at: &At| record.node(*at).is_some_and(|node| node.act == Act::Genesis);
            let founder = person.founder.filter(|_| seats.iter().any(founding));
            ranked.push(((founder.unwrap_or(usize::MAX), first), Who(place)));
        }
    }
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, who)| who).collect()
}

impl State {
    /// Where somebody stands; `None` if no entry that is right in its own past let them in.
    pub(super) fn standing(&self, record: &Record, who: Who, set: &Past) -> Option<Standing> {
        let holds = self.stands.holds(who);
        if self.removals.contains_key(&who) {
            Some(Standing::Removed)
        } else if !holds.left.is_empty() {
            Some(Standing::Left)
        } else if !holds.admitted.is_empty() || !holds.seat.is_empty() {
            Some(Standing::Member)
        } else {
            let asked = record.person(who).is_some_and(|person| person.joins.iter().any(|at| set.has(*at)));
            asked.then_some(Standing::Waiting)
        }
    }

    /// What somebody may do now; `None` unless they are a member.
    pub(super) fn role(&self, record: &Record, who: Who) -> Option<Role> {
        let holds = self.stands.holds(who);
        if self.removals.contains_key(&who) || !holds.left.is_empty() {
            None
        } else if self.seats.contains(&who) && holds.seats(record).next().is_some() {
            Some(Role::Seat)
        } else if holds.admitted.is_empty() && holds.seat.is_empty() {
            None
        } else if holds.is_deputy(record) {
            Some(Role::Deputy)
        } else {
            Some(Role::Member)
        }
    }

    /// What an election gave.
    pub(super) fn elected(&self, at: At) -> Option<Role> {
        self.offices.elected.get(&at).copied()
    }

    /// Whether an entry counts: it stands, or is a removal in force.
    pub(super) fn counts(&self, at: At, node: &Node) -> bool {
        let in_force = |who: &Who| self.removals.get(who).is_some_and(|list| list.contains(&at));
        self.stands.role(at).is_some() || matches!(&node.act, Act::Remove(who) if in_force(who))
    }

    /// Adds an entry just pushed to the record, if nothing else can change by it. `top`: the entry has the
    /// whole set in its past. False: nothing was added, and the set must be folded.
    pub(super) fn extend(&mut self, record: &Record, at: At, top: bool) -> bool {
        let Some(node) = record.node(at) else { return false };
        if node.verdict.right.is_err() {
            self.stands.add(record, at, node, None);
            return true;
        }
        let role = match &node.act {
            Act::Join { .. } => Some(Role::Member),
            _ => self.stands.role_then(record, node),
        };
        let cut = self.removals.contains_key(&node.author);
        let apart = if top { self.last_may(node) } else { self.aside_may(record, node, role) };
        // An election is decided beside what does not descend from it; so is what comes in beside it.
        let voted = matches!(node.act, Act::Elect(_)) && node.verdict.carried();
        let removed = matches!(node.act, Act::Remove(_)) && !record.elections.is_empty();
        if voted || removed || (!top && !record.elections.is_empty()) {
            return false;
        }
        if self.waits(record, node) {
            self.fallen = self.fallen.saturating_add(1);
            self.stands.add(record, at, node, None);
            return true;
        }
        if role.is_none() || cut || !apart || !self.changes_nothing(record, node) {
            return false;
        }
        if let Act::Admit(join) = node.act
            && self.stands.role(join).is_none()
            && let Some(coming) = record.node(join)
        {
            self.fallen = self.fallen.saturating_sub(1);
            self.stands.add(record, join, coming, Some(Role::Member));
        }
        self.stands.add(record, at, node, role);
        match &node.act {
            Act::Remove(who) => self.remove(at, node, *who, role),
            Act::Leave => self.seats.retain(|seat| *seat != node.author),
            Act::Promote(..) | Act::Join { .. } | Act::StepBack | Act::Demote(..) => {
                self.seats = by_seniority(record, &self.stands, &self.quorum);
            }
            _ => {}
        }
        true
    }

    /// An entry that knows everything acknowledges nothing anew: it has all removals, rivals and
    /// revocations in its past. Only where the last seat was spared does every change of seats matter.
    fn last_may(&self, node: &Node) -> bool {
        match &node.act {
            Act::Remove(who) => {
                !self.last && !self.removals.contains_key(who) && self.seats.iter().any(|seat| seat != who)
            }
            Act::Leave | Act::StepBack => !self.last && self.seats.iter().any(|seat| *seat != node.author),
            Act::Demote(who, _) => !self.last && self.seats.iter().any(|seat| seat != who),
            Act::Promote(..) | Act::Join { .. } => !self.last,
            _ => true,
        }
    }

    /// An entry beside others gives nobody a role and takes none; and if it could acknowledge what fell,
    /// nothing must have fallen.
    fn aside_may(&self, record: &Record, node: &Node, role: Option<Role>) -> bool {
        let harmless = match node.act {
            Act::Plain | Act::OpenLog | Act::Invite(_) | Act::Amend(_) | Act::Elect(_) | Act::Moderate(_) => {
                true
            }
            Act::Join { .. } => !record.charter.shared_power,
            _ => false,
        };
        harmless && !self.last && (role == Some(Role::Member) || self.fallen == 0)
    }

    /// Joins within the uses of an invite that nobody revoked, and acts about joins that are not disputed.
    fn changes_nothing(&self, record: &Record, node: &Node) -> bool {
        match &node.act {
            Act::Join { invite, door } => {
                let joins = record.joins.get(door).map_or(&[][..], Vec::as_slice);
                let stand = joins.iter().filter(|at| self.stands.role(**at).is_some()).count();
                let first = record.person(node.author).is_some_and(|person| person.joins.len() == 1);
                first
                    && self.stands.open.contains(invite)
                    && !joins.iter().any(|at| self.disputes.contains_key(at))
                    && stand < uses(record, joins)
                    && revocations(record, &self.stands, door).is_empty()
            }
            Act::Revoke { door, .. } => {
                let mut joins = record.joins.get(door).into_iter().flatten();
                joins.all(|at| !self.disputes.contains_key(at))
            }
            Act::Admit(join) => self.stands.role(*join).is_some() || self.lets_in(record, node, *join),
            _ => true,
        }
    }

    /// A join that its invite alone does not let in. Nothing rests on it before somebody admits it.
    fn waits(&self, record: &Record, node: &Node) -> bool {
        matches!(node.act, Act::Join { invite, .. } if !record.lets_in(invite))
    }

    /// Whether an entry that knows everything lets in who waited, and does no more: the first they wrote, nothing wrong
    /// with their invite, and room on it.
    fn lets_in(&self, record: &Record, admit: &Node, join: At) -> bool {
        let Some(node) = record.node(join).filter(|node| node.verdict.right.is_ok()) else { return false };
        let Act::Join { invite, door } = &node.act else { return false };
        let joins = record.joins.get(door).map_or(&[][..], Vec::as_slice);
        let stand = joins.iter().filter(|at| self.stands.role(**at).is_some()).count();
        let first = record.person(node.author).is_some_and(|person| person.wrote.len() == 1);
        first
            && !self.last
            && !record.lets_in(*invite)
            && !record.charter.shared_power
            && self.stands.role_then(record, admit) >= Some(Role::Deputy)
            && !self.removals.contains_key(&node.author)
            && self.stands.open.contains(invite)
            && !joins.iter().any(|at| self.disputes.contains_key(at))
            && stand < uses(record, joins)
            && revocations(record, &self.stands, door).is_empty()
    }

    fn remove(&mut self, at: At, node: &Node, who: Who, role: Option<Role>) {
        let carried = node.verdict.carried();
        if carried {
            self.quorum.entry(who).or_default().push(at);
        }
        if carried || Some(node.verdict.over) < role {
            self.removals.entry(who).or_default().push(at);
        }
        if carried {
            self.seats.retain(|seat| *seat != who);
        }
    }
}
