//! One walk over a set, oldest first: which entries stand, given who is cut where.
//!
//! An entry stands if it was right in its own causal past *and* its author still has the right there through
//! entries that stand themselves (their admission, and what gave them their role), and it does not lie
//! outside the cut of a removal of its author. So what a removed person did beyond the cut falls, and with
//! it everything that rests on it: the people they let in, and what those did.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::amending::out_of_turn;
use super::past::{At, Past};
use super::record::{Act, Node, Record, Who};
use super::shared::Shared;
use crate::body::Role;

/// What of one removed person's entries stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Cut {
    /// What their removals had.
    pub(super) inside: Past,
    /// Of what they did without a seat, acts in this stand too: another seat acknowledged them, not knowing
    /// of a removal.
    pub(super) seen: Past,
}

impl Cut {
    fn spares(&self, at: At, role: Role, act: &Act) -> bool {
        self.inside.has(at) || (role < Role::Seat && act.lasts() && self.seen.has(at))
    }
}

impl Act {
    /// Whether an acknowledgement can save it: acts towards others, that others may have built upon.
    pub(super) fn lasts(&self) -> bool {
        matches!(
            self,
            Act::Invite(_) | Act::Revoke { .. } | Act::Admit(_) | Act::Remove(_) | Act::Moderate(_)
        )
    }
}

/// What is given to a walk.
#[derive(Clone, Debug, Default)]
pub(super) struct Given {
    pub(super) cuts: BTreeMap<Who, Cut>,
    /// Joins that their invite alone does not settle.
    pub(super) disputed: BTreeSet<At>,
    /// Of these, the ones that facilitators had seen in time.
    pub(super) seen: BTreeSet<At>,
    /// Joins that stand because an `Admit` names them, whatever became of their invite.
    pub(super) named: BTreeSet<At>,
    /// What elections gave, and whom nobody set back.
    pub(super) offices: Offices,
}

/// What is decided about offices before a walk.
#[derive(Clone, Debug, Default)]
pub(super) struct Offices {
    /// What each election that gave anything gave.
    pub(super) elected: BTreeMap<At, Role>,
    /// The last facilitator, whom no demotion unseats.
    pub(super) spared: Option<Who>,
}

/// What gives one person their place: entries that stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Holds {
    /// Genesis, joins.
    pub(super) admitted: Vec<At>,
    /// Promotions to deputy.
    pub(super) deputy: Vec<At>,
    /// Genesis, promotions by a quorum; where power is shared, joins.
    pub(super) seat: Vec<At>,
    /// Their leaves.
    pub(super) left: Vec<At>,
    /// Their step-backs, and demotions of them: what was given before is given up.
    pub(super) back: Vec<Back>,
}

/// What takes an office away: of what was given in its past.
#[derive(Clone, Copy, Debug)]
pub(super) struct Back {
    at: At,
    /// Seats too, and not only what makes a deputy.
    seats: bool,
}

impl Holds {
    /// What they could do, as far as these entries were known.
    ///
    /// A seat stands by itself: the quorum that gave it let its holder in, whatever became of the invite
    /// they once came in on. So nothing that happens among members and deputies ever moves a seat. A
    /// deputy without an admission is none. Whoever had a seat and gave it up is a member by it still.
    fn role(&self, record: &Record, past: &Past) -> Option<Role> {
        let known = |entries: &[At]| entries.iter().any(|at| past.has(*at));
        let holds = |entries: &[At], seat| {
            let back = |at: &At| self.back.iter().any(|back| past.has(back.at) && back.of(record, *at, seat));
            entries.iter().any(|at| past.has(*at) && !back(at))
        };
        if holds(&self.seat, true) {
            Some(Role::Seat)
        } else if !known(&self.admitted) && !known(&self.seat) {
            None
        } else if known(&self.admitted) && holds(&self.deputy, false) {
            Some(Role::Deputy)
        } else {
            Some(Role::Member)
        }
    }

    /// The same, in the order of arrival.
    #[cfg(test)]
    pub(super) fn sorted(&self) -> Holds {
        let mut holds = self.clone();
        let Holds { admitted, deputy, seat, left, back } = &mut holds;
        [admitted, deputy, seat, left].into_iter().for_each(|list| list.sort_unstable());
        back.sort_unstable_by_key(|back| back.at);
        holds
    }

    /// What gives them a seat that they have not given up.
    pub(super) fn seats(&self, record: &Record) -> impl Iterator<Item = At> {
        self.seat.iter().copied().filter(|at| !self.back.iter().any(|back| back.of(record, *at, true)))
    }

    /// Their step-backs and demotions.
    pub(super) fn set_backs(&self) -> impl Iterator<Item = At> {
        self.back.iter().map(|back| back.at)
    }

    /// Whether they are a deputy still.
    pub(super) fn is_deputy(&self, record: &Record) -> bool {
        let kept = |at: &At| !self.back.iter().any(|back| back.of(record, *at, false));
        !self.admitted.is_empty() && self.deputy.iter().any(kept)
    }
}

impl Back {
    fn of(&self, record: &Record, given: At, seat: bool) -> bool {
        (self.seats || !seat) && record.precedes(given, self.at)
    }
}

/// What a walk found.
#[derive(Clone, Debug, Default)]
pub(super) struct Stands {
    offices: Offices,
    /// Of every entry, by [`At`]: in which role its author wrote it, if it stands.
    roles: Shared<Option<Role>, 4096>,
    /// Of every person, by [`Who`].
    holds: Shared<Arc<Holds>, 32>,
    /// Invites that let people in.
    pub(super) open: Past,
}

impl Stands {
    /// In which role its author wrote it, if it stands.
    pub(super) fn role(&self, at: At) -> Option<Role> {
        self.roles.get(at.0).copied().flatten()
    }

    /// Whether it stands and was written in a seat.
    pub(super) fn in_seat(&self, at: At) -> bool {
        self.role(at) == Some(Role::Seat)
    }

    /// Whether it is an act that several seats can sign, with a quorum among the signatures that stand.
    /// Those that fell no longer count, but the number of seats stays that of the entry's own past.
    pub(super) fn carries(&self, at: At, node: &Node) -> bool {
        node.verdict.call.as_ref().is_some_and(|call| {
            let author = self.in_seat(at).then_some(node.author);
            call.quorum.has(&call.standing(author, |signature| self.in_seat(signature)))
        })
    }

    pub(super) fn holds(&self, who: Who) -> &Holds {
        static NOTHING: Holds = Holds {
            admitted: Vec::new(),
            deputy: Vec::new(),
            seat: Vec::new(),
            left: Vec::new(),
            back: Vec::new(),
        };
        self.holds.get(who.0).map_or(&NOTHING, Arc::as_ref)
    }

    /// In which role its author could write an entry other than genesis and join, by what stands of its past.
    pub(super) fn role_then(&self, record: &Record, node: &Node) -> Option<Role> {
        let role = self.holds(node.author).role(record, &node.past)?;
        (role >= node.verdict.needs && !out_of_turn(record, self, node, role)).then_some(role)
    }

    fn holds_mut(&mut self, who: Who) -> Option<&mut Holds> {
        self.holds.get_mut(who.0).map(Arc::make_mut)
    }

    /// Puts down in which role an entry stands, and nothing of what it does.
    pub(super) fn set_role(&mut self, at: At, role: Option<Role>) {
        if let Some(slot) = self.roles.get_mut(at.0) {
            *slot = role;
        }
    }

    /// Takes in one entry of which everything before is taken in. `None`: it does not stand.
    pub(super) fn add(&mut self, record: &Record, at: At, node: &Node, role: Option<Role>) {
        if role.is_none() {
            return;
        }
        self.set_role(at, role);
        let carried = self.carries(at, node);
        match &node.act {
            Act::Genesis => {
                for (place, person) in record.people.iter().enumerate() {
                    if let (true, Some(holds)) = (person.founder.is_some(), self.holds_mut(Who(place))) {
                        holds.admitted.push(at);
                        holds.seat.push(at);
                    }
                }
            }
            Act::Join { .. } => {
                if let Some(holds) = self.holds_mut(node.author) {
                    holds.admitted.push(at);
                    if record.charter.shared_power {
                        holds.seat.push(at);
                    }
                }
            }
            Act::Promote(who, to) => {
                if let Some(holds) = self.holds_mut(*who) {
                    let list = if *to == Role::Seat && carried { &mut holds.seat } else { &mut holds.deputy };
                    list.push(at);
                }
            }
            Act::Leave => {
                if let Some(holds) = self.holds_mut(node.author) {
                    holds.left.push(at);
                }
            }
            Act::StepBack => {
                if let Some(holds) = self.holds_mut(node.author) {
                    holds.back.push(Back { at, seats: true });
                }
            }
            Act::Demote(who, to) => self.set_back(at, node, *who, *to, carried),
            Act::Elect(who) => match self.offices.elected.get(&at).copied() {
                Some(Role::Seat) => self.holds_mut(*who).into_iter().for_each(|holds| holds.seat.push(at)),
                Some(_) => self.holds_mut(*who).into_iter().for_each(|holds| holds.deputy.push(at)),
                None => {}
            },
            Act::Invite(_) if carried || !record.charter.shared_power => {
                self.open.add(at);
            }
            _ => {}
        }
    }
}

impl Stands {
    /// A demotion takes a seat only by a quorum, and a deputy's office by one facilitator.
    fn set_back(&mut self, at: At, node: &Node, who: Who, to: Role, carried: bool) {
        let seats = node.verdict.over == Role::Seat;
        if seats && (!carried || self.offices.spared == Some(who)) {
            return;
        }
        if let Some(holds) = self.holds_mut(who) {
            holds.back.push(Back { at, seats });
            if to == Role::Deputy {
                holds.deputy.push(at);
            }
        }
    }
}

/// Walks over `set`, which must be closed under causal past.
pub(super) fn walk(record: &Record, set: &Past, given: &Given) -> Stands {
    let mut stands = Stands { offices: given.offices.clone(), ..Stands::default() };
    for at in set.iter() {
        if let Some(node) = record.node(at) {
            let role = stands_as(record, &stands, at, node, given);
            stands.add(record, at, node, role);
        }
    }
    stands
}

fn stands_as(record: &Record, stands: &Stands, at: At, node: &Node, given: &Given) -> Option<Role> {
    node.verdict.right.ok()?;
    let role = match &node.act {
        Act::Genesis => return Some(Role::Seat),
        Act::Join { invite, .. } => {
            let settled = !given.disputed.contains(&at) || given.seen.contains(&at);
            let by_invite = settled && record.lets_in(*invite) && stands.open.has(*invite);
            let admitted = given.named.contains(&at) || by_invite;
            admitted.then_some(Role::Member)?
        }
        _ => stands.role_then(record, node)?,
    };
    let cut = given.cuts.get(&node.author);
    cut.is_none_or(|cut| cut.spares(at, role, &node.act)).then_some(role)
}
