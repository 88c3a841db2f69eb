//! One more entry in a folded set, without folding the rest again.
//!
//! Nothing in the set has the new entry in its past, so nothing there rests on it. It can still move what is there
//! by what a walk is *given*: the cuts of removals, and which joins are disputed, vouched for and confirmed.
//! So [`State::add`] asks of an entry whether it
//!
//! - **acknowledges** something: knows an act of a removed person and not the removal, or some of what makes a join
//!   disputed and not all of it;
//! - **disputes** something: a join more than an invite has uses, or an end of an invite that did not know all joins;
//! - **removes** somebody, and whether anything they did outside its past matters to anybody else;
//! - touches the last seat, or comes in beside an election.
//!
//! Where the answers leave no doubt the entry is added, and the result is that of folding the larger set (the tests
//! compare them at every step of their histories). Otherwise nothing is added and the set must be folded: that is
//! rare, and takes an entry that crossed a removal, a revocation or an election, or a crowd at a door.

use std::sync::Arc;

use super::fold::{State, by_seniority};
use super::joins::uses;
use super::past::At;
use super::record::{Act, Door, Node, Record, Who};
use super::removal::Removals;
use crate::body::Role;

/// An entry to be added.
struct New<'a> {
    record: &'a Record,
    at: At,
    node: &'a Node,
    /// In which role it stands, if it does.
    role: Option<Role>,
    /// Whether it has the whole set in its past. Such an entry acknowledges nothing anew.
    top: bool,
}

impl New<'_> {
    fn knows(&self, at: At) -> bool {
        self.node.past.has(at)
    }
}

impl State {
    /// Adds an entry of the record that is not in the set, but all of whose past is. False: nothing was added, and
    /// the larger set must be folded.
    pub(super) fn add(&mut self, record: &Record, at: At) -> bool {
        let Some(node) = record.node(at) else { return false };
        if node.verdict.right.is_err() {
            return true;
        }
        let top = self.set.len() <= node.depth && self.set.within(&node.past);
        let new = New { record, at, node, role: self.role_of(record, node), top };
        let settled = !self.votes(&new) && self.seats_last(&new) && !self.acknowledges(&new);
        if !settled || !self.disputes_nothing(&new) || !self.removes(&new) {
            return false;
        }
        if let Act::Admit(join) = node.act
            && self.stands.role(join).is_none()
            && let Some(coming) = record.node(join)
        {
            self.stands.add(record, join, coming, Some(Role::Member));
        }
        self.stands.add(record, at, node, new.role);
        if top && node.depth == self.set.len() {
            // The same set: shared with the entry from now on.
            self.set = node.past.clone();
        }
        self.set.add(at);
        match &node.act {
            _ if new.role.is_none() => {}
            Act::Leave => self.seats.retain(|seat| *seat != node.author),
            Act::Promote(_, Role::Seat) | Act::StepBack | Act::Demote(..) => self.seat_again(record),
            Act::Join { .. } if record.charter.shared_power => self.seat_again(record),
            _ => {}
        }
        true
    }

    fn seat_again(&mut self, record: &Record) {
        self.seats = by_seniority(record, &self.stands, &self.quorum);
    }

    /// In which role a new entry stands: outside the cut of every removal of its author, and named by nothing.
    fn role_of(&self, record: &Record, node: &Node) -> Option<Role> {
        match &node.act {
            _ if self.removals.contains_key(&node.author) => None,
            Act::Join { invite, .. } => {
                (record.lets_in(*invite) && self.stands.open.has(*invite)).then_some(Role::Member)
            }
            _ => self.stands.role_then(record, node),
        }
    }

    /// Whether it is an election, or may move one: they are decided beside what does not descend from them.
    fn votes(&self, new: &New<'_>) -> bool {
        let carried = matches!(new.node.act, Act::Elect(_)) && new.node.verdict.carried();
        let beside = !new.top || matches!(new.node.act, Act::Remove(_));
        carried || (beside && new.record.elections.iter().any(|at| self.set.has(*at)))
    }

    /// Whether there is still a seat after it that nobody had to be spared for. Where the last one was spared, every
    /// change of seats matters.
    fn seats_last(&self, new: &New<'_>) -> bool {
        let others = |who: Who| !self.last && self.seats.iter().any(|seat| *seat != who);
        match new.node.act {
            Act::Remove(who) | Act::Demote(who, _) => others(who),
            Act::Leave | Act::StepBack => others(new.node.author),
            Act::Promote(..) | Act::Join { .. } => !self.last,
            _ => new.top || !self.last,
        }
    }

    /// Whether it saves anything from a removal ([`super::removal::cuts`]), or vouches for a disputed join
    /// ([`super::joins`]): only facilitators do the first, and only they and helpers the second. An entry that does
    /// not stand counts for the second as if it did, for it may have stood before the last removals.
    fn acknowledges(&self, new: &New<'_>) -> bool {
        if new.top || new.role == Some(Role::Member) {
            return false;
        }
        self.vouches(new) || (new.role == Some(Role::Seat) && self.saves(new))
    }

    fn vouches(&self, new: &New<'_>) -> bool {
        let contested = &new.record.contested;
        if !contested.entries().without(&new.node.past).iter().any(|at| self.set.has(at)) {
            return false;
        }
        contested.doors().any(|door| {
            let joins = || self.here(new.record.joins.get(door));
            let mut all = joins().chain(self.here(new.record.revokes.get(door)));
            joins().any(|at| new.knows(at)) && all.any(|at| !new.knows(at))
        })
    }

    fn saves(&self, new: &New<'_>) -> bool {
        self.removals.iter().filter(|(who, _)| **who != new.node.author).any(|(who, removals)| {
            let beyond = |at: At| removals.iter().any(|removal| !new.record.precedes(at, *removal));
            let lasts = |at: At| new.record.node(at).is_some_and(|node| node.act.lasts());
            let unknown = removals.iter().any(|removal| !new.knows(*removal));
            unknown && self.wrote(new.record, *who).any(|at| lasts(at) && new.knows(at) && beyond(at))
        })
    }

    /// Whether every join is as undisputed with it as without, in whichever stage of the fold.
    fn disputes_nothing(&self, new: &New<'_>) -> bool {
        let contested = |door: &Door| new.record.contested.has(door);
        match &new.node.act {
            Act::Join { door, .. } => {
                let joins = new.record.joins.get(door).map_or(&[][..], Vec::as_slice);
                let joined = joins.iter().filter(|at| self.set.has(**at)).count();
                let shared = new.record.charter.shared_power;
                (new.top || !shared)
                    && joined < uses(new.record, joins)
                    && self.here(new.record.revokes.get(door)).next().is_none()
                    && !self.wrote(new.record, new.node.author).any(|at| self.is_join(new.record, at))
            }
            Act::Revoke { door, .. } => !contested(door),
            Act::Admit(join) => {
                let door = new.record.node(*join).map(|node| &node.act);
                let quiet = matches!(door, Some(Act::Join { door, .. }) if !contested(door));
                quiet && (self.stands.role(*join).is_some() || self.lets_in(new, *join))
            }
            _ => true,
        }
    }

    /// Whether an admit that knows everything lets in who waited, and does no more: they wrote nothing but their join,
    /// and nothing is wrong with their invite, on which nobody comes in alone and there is room.
    fn lets_in(&self, new: &New<'_>, join: At) -> bool {
        let Some(node) = new.record.node(join).filter(|node| node.verdict.right.is_ok()) else {
            return false;
        };
        let Act::Join { invite, door } = &node.act else { return false };
        let stand =
            self.here(new.record.joins.get(door)).filter(|at| self.stands.role(*at).is_some()).count();
        new.top
            && new.role >= Some(Role::Deputy)
            && !self.last
            && !new.record.charter.shared_power
            && !new.record.lets_in(*invite)
            && self.stands.open.has(*invite)
            && !self.removals.contains_key(&node.author)
            && self.wrote(new.record, node.author).all(|at| at == join)
            && self.here(new.record.revokes.get(door)).next().is_none()
            && stand < uses(new.record, &[join])
    }

    fn is_join(&self, record: &Record, at: At) -> bool {
        matches!(record.node(at).map(|node| &node.act), Some(Act::Join { .. }))
    }

    /// Puts a removal in force, if it is one and nothing else can change by it; true of everything else, but not of a
    /// seat for somebody who was removed: it would undo that.
    fn removes(&mut self, new: &New<'_>) -> bool {
        let (who, verdict) = match new.node.act {
            Act::Promote(who, Role::Seat) => return new.top || !self.removals.contains_key(&who),
            Act::Remove(who) => (who, &new.node.verdict),
            _ => return true,
        };
        let alone = Some(verdict.over) < new.role;
        let anew = !new.top || self.removals.contains_key(&who);
        if new.role.is_none() || (anew && verdict.carried() && !self.carries(new, who)) {
            return false;
        }
        let seated = !self.stands.holds(who).seat.is_empty();
        if !verdict.carried() && (!alone || seated) {
            // It waits for more signatures.
            return true;
        }
        if anew {
            let Some(moved) = self.moved(new, who) else { return false };
            moved.into_iter().for_each(|(at, role)| self.stands.set_role(at, role));
        }
        enter(&mut self.removals, who, new.at);
        if verdict.carried() {
            enter(&mut self.quorum, who, new.at);
            self.seats.retain(|seat| *seat != who);
        }
        true
    }

    /// Whether a removal beside others keeps its quorum beyond doubt ([`super::crossing`]): it is of somebody who
    /// never had a seat, and no removal by a quorum cuts off anything that is a signature, or that one rests on.
    fn carries(&self, new: &New<'_>, who: Who) -> bool {
        let record = new.record;
        let cuts = |removal: At| {
            let Some(Node { act: Act::Remove(whom), verdict, .. }) = record.node(removal) else {
                return false;
            };
            let mut beyond = self.wrote(record, *whom).filter(|at| !record.precedes(*at, removal));
            verdict.carried() && (*whom == new.node.author || beyond.any(|at| !self.is_inert(record, at)))
        };
        let signed = new.node.verdict.call.as_ref().is_some_and(|call| {
            let author = (new.role == Some(Role::Seat)).then_some(new.node.author);
            call.quorum.has(&call.standing(author, |at| self.stands.in_seat(at)))
        });
        signed && self.stands.holds(who).seat.is_empty() && !self.here(Some(&record.removals)).any(cuts)
    }

    /// What a removed person wrote that falls by this removal, or stands again, with the role in which it then
    /// stands. None if it is anything that somebody else's acts may rest on.
    fn moved(&self, new: &New<'_>, who: Who) -> Option<Vec<(At, Option<Role>)>> {
        let before = self.removals.get(&who);
        let mut moved = Vec::new();
        for at in self.wrote(new.record, who) {
            let had = |list: &Vec<At>| list.iter().any(|removal| new.record.precedes(at, *removal));
            let (stood, stays) = (before.is_none_or(had), new.knows(at) || before.is_some_and(had));
            if stood && new.knows(at) {
                continue;
            }
            if !self.is_inert(new.record, at) {
                return None;
            }
            let node = new.record.node(at)?;
            moved.push((at, self.stands.role_then(new.record, node).filter(|_| stays)));
        }
        Some(moved)
    }

    /// Whether nothing can rest on an entry: it gives nothing to anybody, and its author is no facilitator or helper,
    /// whose entries vouch for what they know.
    fn is_inert(&self, record: &Record, at: At) -> bool {
        record.node(at).is_some_and(|node| {
            matches!(node.act, Act::Plain | Act::OpenLog)
                && self.stands.role_then(record, node) <= Some(Role::Member)
        })
    }

    /// What somebody wrote of this set.
    fn wrote<'a>(&'a self, record: &'a Record, who: Who) -> impl Iterator<Item = At> {
        self.here(record.person(who).map(|person| &person.wrote))
    }

    /// Those of these that are in this set.
    fn here<'a>(&'a self, list: Option<&'a Vec<At>>) -> impl Iterator<Item = At> {
        list.into_iter().flatten().copied().filter(|at| self.set.has(*at))
    }
}

/// A removal of somebody more.
fn enter(removals: &mut Arc<Removals>, who: Who, at: At) {
    let list = Arc::make_mut(removals).entry(who).or_default();
    list.push(at);
    list.sort_unstable();
}
