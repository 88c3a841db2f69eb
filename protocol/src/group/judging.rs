//! What the group says of an entry: whether it is right, and how many it takes.

use super::fold::State;
use super::judge::Case;
use super::past::Past;
use super::record::{Act, Verdict, deps, invited};
use super::right::Right;
use super::{Control, Group};
use crate::body::Body;
use crate::id::{EntryId, MemberKey};

impl Group {
    /// Whether such an entry would be right in its own causal past: asked before writing one. Of a join,
    /// all but the invite's signature.
    ///
    /// # Errors
    /// [`Right`] says why not.
    pub fn judge(&self, author: &MemberKey, deps: &[EntryId], body: &Body) -> Result<(), Right> {
        let past = self.record.past(deps);
        self.case(author, body, &past, &self.state(&past)).1.right
    }

    /// How many must write such an act until it holds, its author among them: 1 where theirs is enough, by itself or with
    /// what others wrote before. Asked before writing one.
    ///
    /// # Errors
    /// [`Right`] says why the author may not.
    pub fn takes(&self, author: &MemberKey, deps: &[EntryId], body: &Body) -> Result<usize, Right> {
        let past = self.record.past(deps);
        let (act, verdict) = self.case(author, body, &past, &self.state(&past));
        verdict.right?;
        Ok(verdict.takes(&act, self.record.charter.shared_power))
    }

    /// As [`Self::judge`], for an entry that exists: a join's signature by its invite is checked too.
    ///
    /// # Errors
    /// [`Right`] says why not.
    pub fn weigh(&self, control: &Control) -> Result<(), Right> {
        let past = self.record.past(deps(control).unwrap_or_default());
        self.weighed(control, &past, &self.state(&past)).1.right
    }

    /// Judges an entry that exists.
    pub(super) fn weighed(&self, control: &Control, past: &Past, state: &State) -> (Act, Verdict) {
        let (act, mut verdict) = self.case(&control.author, &control.entry.body, past, state);
        if let (Ok(()), Body::Join(join), Act::Join { invite, .. }) =
            (verdict.right, &control.entry.body, &act)
        {
            let cites = deps(control).is_some_and(|deps| deps.contains(&join.invite));
            let key = match self.record.node(*invite).map(|node| &node.control.entry.body) {
                Some(Body::Invite(invite)) => invite.key,
                _ => [0; 32],
            };
            if !cites || !invited(&self.id, &key, join, &control.entry.log) {
                verdict.right = Err(Right::NotInvited);
            }
        }
        (act, verdict)
    }

    fn case(&self, author: &MemberKey, body: &Body, past: &Past, state: &State) -> (Act, Verdict) {
        let act = self.record.act(author, past, body);
        let case = Case { record: &self.record, state, past, author, act: &act, body };
        let verdict = case.verdict();
        (act, verdict)
    }
}
