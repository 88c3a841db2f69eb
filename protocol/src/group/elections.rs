//! Elections: how members seat a facilitator where the facilitators are silent.
//!
//! A vote is an entry of its own, like a signature of a seat. An election is the vote with which more than half of
//! the members had voted for one of them; it *carries* in its own past, and gives a seat if it still does in the
//! fold of everything but itself and what descends from it, and every *silent* seat of that fold (one that did not
//! vote itself) has written nothing beside it. If one has, the elected is a deputy: somebody who holds a seat was
//! there, and did not know or did not agree. No clock has a say; how long to wait before voting is each voter's own
//! affair.
//!
//! **A vote counts while the silence lasts.** Of the votes of an election count those whose authors knew everything
//! that the silent seats had written before it. Else the votes of one bad winter could seat somebody years later,
//! with one signature more.
//!
//! Removals that rest on no election hold in that fold too, though they may descend from this one: or whoever was
//! removed after an election could still turn it, by an entry on an old past. (A seat that fell to the elected alone
//! can: it is a silent one that was there.)
//!
//! Elections are decided in the order of [`Record::rank`], each in a fold in which those after it gave nothing, so
//! that their number costs no more than as many folds.

use std::collections::{BTreeMap, BTreeSet};

use super::fold::{State, fold_with};
use super::past::{At, Past};
use super::quorum::{Call, Quorum};
use super::record::{Act, Node, Record, Who};
use super::removal::union;
use super::walk::Offices;
use crate::body::Role;
use crate::limits;

/// The elections of `set` that could give something, the first by rank first.
fn candidates(record: &Record, set: &Past) -> Vec<At> {
    let mut found: Vec<At> = record.elections.iter().filter(|at| set.has(**at)).copied().collect();
    found.sort_unstable_by_key(|at| record.rank(*at));
    found.truncate(limits::ELECTIONS);
    found
}

/// What the elections of `set` give.
pub(super) fn decided(record: &Record, set: &Past) -> Offices {
    before(record, set, &candidates(record, set), None).1
}

/// The set without what removals cut off that rest on no election, and what the elections before one of them give.
fn before(record: &Record, set: &Past, candidates: &[At], end: Option<At>) -> (Past, Offices) {
    let mut offices = Offices::default();
    if candidates.is_empty() {
        return (set.clone(), offices);
    }
    let set = uncut(record, set);
    for at in candidates.iter().take_while(|at| Some(**at) != end) {
        let given = Ballot::of(record, &set, *at, &offices).and_then(|ballot| ballot.outcome());
        if let Some(role) = given {
            offices.elected.insert(*at, role);
        }
    }
    (set, offices)
}

fn uncut(record: &Record, set: &Past) -> Past {
    let state = fold_with(record, set, Offices::default());
    let inside: BTreeMap<Who, Past> =
        state.removals.iter().map(|(who, removals)| (*who, union(record, removals))).collect();
    let cut = |at: &At| {
        let inside = record.node(*at).and_then(|node| inside.get(&node.author));
        inside.is_some_and(|inside| !inside.has(*at)) && state.stands.role(*at).is_none()
    };
    let mut rest = Past::default();
    set.iter().filter(|at| !cut(at)).for_each(|at| rest.add(at));
    rest
}

/// Why an election that carried in its own past gives no seat: entries of which this many are enough to know it.
/// None if it gives one.
pub(super) fn objections(record: &Record, set: &Past, at: At) -> Option<(Vec<At>, usize)> {
    let (set, offices) = before(record, set, &candidates(record, set), Some(at));
    let ballot = Ballot::of(record, &set, at, &offices)?;
    if ballot.outcome() == Some(Role::Seat) {
        return None;
    }
    let beside = ballot.beside();
    if !beside.is_empty() {
        return Some((beside, 1));
    }
    // Whoever knows all that its authors did not know knows what became of it.
    let unknown: Vec<At> = ballot.rest.iter().filter(|other| !ballot.node.past.has(*other)).collect();
    let enough = unknown.len();
    Some((unknown, enough))
}

/// What there is beside the first election that gives a seat though this facilitator neither voted in it nor wrote
/// anything beside it.
pub(super) fn unasked(record: &Record, set: &Past, state: &State, who: Who) -> Option<Past> {
    let candidates = candidates(record, set);
    let gave = candidates.iter().filter(|at| state.elected(**at) == Some(Role::Seat));
    gave.copied().find_map(|at| {
        let (set, offices) = before(record, set, &candidates, Some(at));
        let ballot = Ballot::of(record, &set, at, &offices)?;
        ballot.silent.contains(&who).then_some(ballot.rest)
    })
}

/// One election, in the fold of everything that does not descend from it.
struct Ballot<'a> {
    record: &'a Record,
    node: &'a Node,
    call: &'a Call,
    rest: Past,
    state: State,
    /// Seats that did not vote for it.
    silent: BTreeSet<Who>,
}

impl<'a> Ballot<'a> {
    fn of(record: &'a Record, set: &Past, at: At, offices: &Offices) -> Option<Ballot<'a>> {
        let node = record.node(at)?;
        let call = node.verdict.call.as_ref()?;
        let mut rest = Past::default();
        set.iter().filter(|other| *other != at && !record.precedes(at, *other)).for_each(|at| rest.add(at));
        let mut offices = offices.clone();
        offices.elected.retain(|at, _| rest.has(*at));
        let state = fold_with(record, &rest, offices);
        let voted = |who: &Who| *who == node.author || call.signed.iter().any(|(voter, _)| voter == who);
        let silent = state.seats.iter().filter(|who| !voted(who)).copied().collect();
        Some(Ballot { record, node, call, rest, state, silent })
    }

    fn outcome(&self) -> Option<Role> {
        let Act::Elect(who) = self.node.act else { return None };
        let member = |who: Who| self.state.role(self.record, who);
        if member(who).is_none_or(|role| role == Role::Seat) {
            return None;
        }
        let heard = self.said().filter(|at| self.node.past.has(*at)).collect::<Vec<_>>();
        let knew = |past: &Past| heard.iter().all(|at| past.has(*at));
        let voted = |at: At| {
            let stands = self.state.stands.role(at).is_some();
            stands && self.record.node(at).is_some_and(|node| knew(&node.past))
        };
        let voters = self.call.standing(Some(self.node.author), voted);
        let voters: BTreeSet<Who> = voters.into_iter().filter(|who| member(*who).is_some()).collect();
        let members = (0..self.record.people.len()).filter(|place| member(Who(*place)).is_some()).count();
        if !Quorum::more_than_half(members).has(&voters) {
            return None;
        }
        Some(if self.beside().is_empty() { Role::Seat } else { Role::Deputy })
    }

    /// What the silent seats wrote beside it.
    fn beside(&self) -> Vec<At> {
        self.said().filter(|at| !self.node.past.has(*at)).collect()
    }

    /// Everything by silent seats that stands. What says nothing of a choice (somebody's device came, a key was
    /// passed on) counts too: whoever could do that could have been asked.
    fn said(&self) -> impl Iterator<Item = At> {
        let wrote = self.silent.iter().filter_map(|who| self.record.person(*who)).flat_map(|who| &who.wrote);
        wrote.copied().filter(|at| self.rest.has(*at) && self.state.stands.role(*at).is_some())
    }
}
