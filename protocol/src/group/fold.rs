//! The fold: from a set of entries, closed under causal past, to who is what in it.
//!
//! The stages follow the levels of removal ([`super::removal`]): removals by a quorum; what stands under
//! them, which settles all seats; removals by one seat; what stands; removals by deputies; what stands. No
//! later stage moves what an earlier one settled.
//!
//! [`super::adding`] adds one entry to a folded set without folding the rest again.

use std::sync::Arc;

use super::crossing::by_quorum;
use super::elections::decided;
use super::joins::{Disputes, settle};
use super::past::{At, Past};
use super::record::{Act, Node, Record, Who};
use super::removal::{Removals, by_one, cuts, together};
use super::view::Standing;
use super::walk::{Offices, Stands};
use crate::body::Role;

/// Who is what in one set. Copies share what they have in common.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// The set, without what is not right in its own past.
    pub(super) set: Past,
    /// Which entries stand.
    pub(super) stands: Stands,
    /// Joins that their invite alone does not settle; some of them stand.
    pub(super) disputes: Arc<Disputes>,
    /// The removals in force.
    pub(super) removals: Arc<Removals>,
    /// Those of them by a quorum.
    pub(super) quorum: Arc<Removals>,
    /// Who has a seat, the most senior first. Never empty.
    pub(super) seats: Vec<Who>,
    /// Whether the one in `seats` is there only so that it is not empty.
    pub(super) last: bool,
    /// What elections gave, and who is spared.
    offices: Offices,
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
    let settled = |removals: &Removals, state: &mut State| {
        let cuts = cuts(record, set, removals, Some(&state.stands));
        let (stands, disputes) = settle(record, set, cuts, &state.offices);
        (state.stands, state.disputes) = (stands, Arc::new(disputes));
    };
    let by_seats = by_one(record, set, &state.stands, Role::Seat, &state.quorum);
    let upper = together(&[&state.quorum, &by_seats]);
    if !upper.is_empty() {
        settled(&upper, &mut state);
    }
    let by_deputies = by_one(record, set, &state.stands, Role::Deputy, &upper);
    state.removals = Arc::new(together(&[&upper, &by_deputies]));
    if !by_deputies.is_empty() {
        let removals = Arc::clone(&state.removals);
        settled(&removals, &mut state);
    }
    state.set = set.without(&record.wrong);
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
        let (disputes, quorum) = (Arc::new(disputes), Arc::new(quorum));
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
pub(super) fn by_seniority(record: &Record, stands: &Stands, quorum: &Removals) -> Vec<Who> {
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
    pub(super) fn standing(&self, record: &Record, who: Who) -> Option<Standing> {
        let holds = self.stands.holds(who);
        if self.removals.contains_key(&who) {
            Some(Standing::Removed)
        } else if !holds.left.is_empty() {
            Some(Standing::Left)
        } else if !holds.admitted.is_empty() || !holds.seat.is_empty() {
            Some(Standing::Member)
        } else {
            let asked =
                record.person(who).is_some_and(|person| person.joins.iter().any(|at| self.set.has(*at)));
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
}
