//! How many seats an act takes, and who signed it.
//!
//! More than half of *all* seats, the target's own included, so that any two quorums share a signer: two
//! halves of four can then not remove each other. Of two seats the senior alone is one, so that one of them
//! can act when the other is hostile or gone.

use std::collections::BTreeSet;

use super::amending::used_up;
use super::past::{At, Past};
use super::record::{Act, Matter, Record, Who};
use super::walk::Stands;

/// What makes a quorum among the seats of one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quorum {
    seats: usize,
    /// The senior of two.
    senior: Option<Who>,
}

impl Quorum {
    /// Among these seats, in order of seniority.
    pub(super) fn of(seats: &[Who]) -> Quorum {
        let senior = if seats.len() == 2 { seats.first().copied() } else { None };
        Quorum { seats: seats.len(), senior }
    }

    /// Whether these signers are one.
    pub(super) fn has(&self, signers: &BTreeSet<Who>) -> bool {
        signers.len().saturating_mul(2) > self.seats
            || self.senior.is_some_and(|senior| signers.contains(&senior))
    }

    /// More than half of this many, with no senior: of members.
    pub(super) fn more_than_half(members: usize) -> Quorum {
        Quorum { seats: members, senior: None }
    }

    /// How many signers always make one.
    pub(super) fn needed(&self) -> usize {
        (self.seats / 2).saturating_add(1)
    }
}

/// An act that several seats can sign, as its author found it in the act's own causal past.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) quorum: Quorum,
    /// The others who hold a seat there and had written the same, with the entries in which they had.
    pub(super) signed: Vec<(Who, At)>,
    /// Whether they and the author were a quorum.
    pub(super) carried: bool,
}

impl Call {
    pub(super) fn new(quorum: Quorum, author: Who, signed: Vec<(Who, At)>) -> Call {
        let signers = signed.iter().map(|(who, _)| *who).chain([author]).collect();
        Call { quorum, carried: quorum.has(&signers), signed }
    }

    /// Those among the signers whose signatures stand, `author` being the act's own.
    pub(super) fn standing(&self, author: Option<Who>, stands: impl Fn(At) -> bool) -> BTreeSet<Who> {
        self.signed.iter().filter(|(_, at)| stands(*at)).map(|(who, _)| *who).chain(author).collect()
    }
}

/// Which signatures of a matter are not used up: what they were about has not happened since.
pub(super) struct Fresh {
    /// Everything signed by then is used up.
    used: Past,
}

impl Fresh {
    /// Of signatures in a set of which these entries stand.
    pub(super) fn of(record: &Record, stands: &Stands, matter: Matter) -> Fresh {
        let mut used = Past::default();
        let mut before = |at: At| {
            if let Some(node) = record.node(at) {
                used.join(&node.past);
                used.add(at);
            }
        };
        match matter {
            Matter::Amend(_) => return Fresh { used: used_up(record, stands) },
            // Whoever gave up a seat gets it back by new signatures alone.
            Matter::Seat(who) => stands.holds(who).set_backs().for_each(&mut before),
            // And who got it anew is set back by signatures since.
            Matter::Demote(who, _) => stands.holds(who).seat.iter().copied().for_each(&mut before),
            Matter::Moderate(about) => {
                let others = record.moderated.get(&(about.who, about.entry)).into_iter().flatten();
                let changed = |at: &&At| {
                    let act = record.node(**at).map(|node| &node.act);
                    stands.role(**at).is_some()
                        && matches!(act, Some(Act::Moderate(other)) if other.measure != about.measure)
                };
                others.filter(changed).copied().for_each(&mut before);
            }
            Matter::Elect(_) | Matter::Remove(_) | Matter::Invite(_) | Matter::Admit(_) => {}
        }
        Fresh { used }
    }

    pub(super) fn has(&self, at: At) -> bool {
        !self.used.has(at)
    }
}
