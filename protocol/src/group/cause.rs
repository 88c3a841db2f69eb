//! Why an entry that was right in its own past does not stand: what ended it.

use std::collections::BTreeSet;

use super::elections::objections;
use super::fold::State;
use super::joins::{people, uses};
use super::past::At;
use super::record::{Act, Node, Record};

/// What ended something: of `by`, this many are enough.
pub(super) struct Cause {
    pub(super) by: Vec<At>,
    pub(super) enough: usize,
}

/// The cause that keeps an entry from standing, or an invite from letting anybody in; `None` if nothing
/// does. Of several, the one found first, looked for in an order that is the same everywhere: each of them
/// alone keeps it from standing.
pub(super) fn cause(record: &Record, state: &State, at: At) -> Option<Cause> {
    Search { record, state, seen: BTreeSet::new() }.of(at)
}

struct Search<'a> {
    record: &'a Record,
    state: &'a State,
    seen: BTreeSet<At>,
}

impl Search<'_> {
    fn of(&mut self, at: At) -> Option<Cause> {
        let record = self.record;
        let node = record.node(at).filter(|_| self.seen.insert(at))?;
        if self.fine(at, node) {
            return None;
        }
        if let Act::Join { invite, .. } = &node.act {
            let admits = record.admits.get(&at).cloned().unwrap_or_default();
            let named = |search: &mut Self| admits.into_iter().find_map(|admit| search.of(admit));
            return self.dispute(at).or_else(|| self.of(*invite)).or_else(|| named(self));
        }
        if let (Act::Elect(_), false) = (&node.act, self.fell(at)) {
            let (by, enough) = objections(record, &record.all, at)?;
            return Some(Cause { by, enough });
        }
        if let Some(by) = self.state.removals.get(&node.author).filter(|_| self.fell(at)) {
            return Some(Cause { by: by.clone(), enough: 1 });
        }
        // Its author had the right from entries that fell, or its quorum was of signatures that fell.
        let joins = record.person(node.author).map(|author| author.joins.as_slice());
        let given = record.promotions.get(&node.author).map(Vec::as_slice);
        let signed = node.verdict.call.iter().flat_map(|call| call.signed.iter().map(|(_, at)| at));
        let rules = matches!(node.act, Act::Invite(_)).then_some(record.amendments.as_slice());
        let elected = |at: &At| matches!(record.node(*at), Some(vote) if vote.act == Act::Elect(node.author));
        let elections: Vec<At> = record.elections.iter().filter(|at| elected(at)).copied().collect();
        let lists = [joins, given, rules, Some(elections.as_slice())];
        let mut bases: Vec<At> = lists.into_iter().flatten().flatten().chain(signed).copied().collect();
        bases.retain(|base| node.past.has(*base));
        bases.sort_by_key(|base| record.rank(*base));
        bases.into_iter().find_map(|base| self.of(base))
    }

    fn fell(&self, at: At) -> bool {
        self.state.stands.role(at).is_none()
    }

    /// Whether it does all it did in its own past.
    fn fine(&self, at: At, node: &Node) -> bool {
        // An election is decided elsewhere; moderation does all it does by one signature.
        let less = match node.act {
            Act::Elect(_) => node.verdict.carried(),
            Act::Moderate(_) => false,
            _ => node.verdict.carried() && !self.state.stands.carries(at, node),
        };
        !self.fell(at) && !less
    }

    fn dispute(&self, join: At) -> Option<Cause> {
        let dispute = self.state.disputes.get(&join)?;
        if !dispute.revoked.is_empty() {
            return Some(Cause { by: dispute.revoked.to_vec(), enough: 1 });
        }
        // A mint that knew as many rivals as there are uses knew that this join was one too many.
        let author = self.record.node(join)?.author;
        let rivals = people(self.record, dispute.crowd.iter()).filter(|(who, _)| *who != author);
        let by = rivals.map(|(_, at)| at).collect();
        Some(Cause { by, enough: uses(self.record, &dispute.crowd) })
    }
}
