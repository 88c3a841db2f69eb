//! What became of an act: whether it took effect, waits for others to say the same, or came to nothing.

use super::measures::TOGETHER;
use super::past::At;
use super::record::{Act, Matter, Node, Verdict};
use super::summary::Teller;
use super::view::{Effect, Proposal};
use crate::body::{Measure, Role};

impl Teller<'_> {
    /// What became of an entry that counts, where these proposals are open.
    pub(super) fn effect(&self, at: At, node: &Node, open: &[Proposal]) -> Effect {
        let Some(matter) = self.record.matter(&node.act) else { return Effect::Taken };
        let alone = match matter {
            // A vote is one whatever it helps to, and of what is said about somebody's words the stricter holds.
            Matter::Elect(_) | Matter::Moderate(_) => true,
            Matter::Remove(who) => self.state.removals.get(&who).is_some_and(|list| list.contains(&at)),
            Matter::Demote(..) => node.verdict.over < Role::Seat,
            Matter::Seat(_) | Matter::Invite(_) | Matter::Admit(_) | Matter::Amend(_) => false,
        };
        let waits = || open.iter().any(|proposal| proposal.entries.contains(&node.control.id));
        if alone || self.helped(at, node, matter) {
            Effect::Taken
        } else if waits() {
            Effect::Awaited
        } else {
            Effect::Lapsed
        }
    }

    /// Whether its author was among those who carried the matter, having said it by then.
    fn helped(&self, at: At, node: &Node, matter: Matter) -> bool {
        let signatures = self.record.signed.get(&matter).into_iter().flatten();
        signatures.filter_map(|other| Some((*other, self.record.node(*other)?))).any(|(other, carrying)| {
            let signers = carrying.verdict.call.iter().flat_map(|call| &call.signed).map(|(who, _)| *who);
            let among = || signers.chain([carrying.author]).any(|who| who == node.author);
            self.state.stands.carries(other, carrying) && (other == at || (carrying.past.has(at) && among()))
        })
    }
}

impl Verdict {
    /// See [`super::Group::takes`].
    pub(super) fn takes(&self, act: &Act, shared_power: bool) -> usize {
        let Some(call) = &self.call else { return 1 };
        match act {
            Act::Moderate(about) if shared_power && about.measure != Measure::Restore => {
                if call.signed.is_empty() { TOGETHER } else { 1 }
            }
            Act::Moderate(_) => 1,
            Act::Remove(_) | Act::Demote(..) if self.over < Role::Seat => 1,
            _ if call.carried => 1,
            _ => call.quorum.needed(),
        }
    }
}
