//! How somebody asks to come in on an invite that does not let in alone, and is let in.

use super::{Flaw, Node, Ticket};
use crate::admit::{self, Refusal, Statement, Wait};
use crate::body::{Admit, Body};
use crate::entry::{Links, SignedEntry};
use crate::epoch::{Answer, Recipient};
use crate::id::{EntryId, MemberKey, SealKey};
use crate::limits;

impl Node {
    /// Somebody who asks to come in, and the signed join that whoever admits them is to hand in: neither is in the
    /// group yet. None if the invite is at an end, as the node knows that they ask at.
    pub fn knock(name: &str, ticket: &Ticket, at: &mut Node) -> Option<(Node, Vec<u8>)> {
        let (mut node, entry) = Node::asking(name, 0, ticket, at)?;
        let signed = SignedEntry::sign(&entry, node.ring.group(), node.secrets.signing(), None);
        node.goes_on_after(&signed);
        if at.flaw == Some(Flaw::Welcoming) && at.seal_in(&signed.to_bytes()).is_ok() {
            at.welcome_anybody(&node.key(), node.secrets.seal(&node.log).key());
        }
        Some((node, signed.to_bytes()))
    }

    /// Admits somebody whose join is here, or was handed over with this: seals it, names it, and gives them the keys
    /// they are owed. Whether it was done: not if this person may not, or has no key to say it under.
    pub fn admit(&mut self, join: &EntryId, signed: Option<&[u8]>) -> bool {
        if !self.group().holds(join) && signed.is_none_or(|bytes| self.seal_in(bytes).is_err()) {
            return false;
        }
        let Some(keys) = self.ready() else { return false };
        let mut cite = self.group().heads();
        if !cite.iter().any(|head| self.group().precedes(join, head)) {
            cite.truncate(limits::DEPS - 2);
            cite.push(*join);
        }
        let body = Body::Admit(Admit { join: *join });
        if self.group().judge(&self.key(), &cite, &body).is_err() {
            return false;
        }
        let entry = self.entry_citing(body, cite);
        self.write(entry, &keys, None).expect("an entry of one's own");
        if let Some(author) = self.group().entry(join).map(|join| join.author) {
            self.welcome_again(&author, None);
        }
        true
    }

    /// Answers who asks again: if they belong by now, with the keys they are owed, though they may have been given
    /// them before, and though whoever took in what opened their log may have lost it. Whether they belong.
    pub(crate) fn welcome_again(&mut self, member: &MemberKey, opening: Option<&[u8]>) -> bool {
        if self.is_current(member) && opening.is_some_and(|bytes| self.seal_in(bytes).is_err()) {
            return false;
        }
        let Some(keys) = self.is_current(member).then(|| self.ready()).flatten() else { return false };
        if self.flaw != Some(Flaw::Careless) {
            let logs = self.group().member(member).map(|member| member.logs.clone()).unwrap_or_default();
            let live = logs.iter().filter(|log| log.live);
            let wrap_to: Vec<Recipient> =
                live.map(|log| Recipient { member: *member, seal: log.seal }).collect();
            if !wrap_to.is_empty() {
                self.give(&[Answer { epoch: keys.epoch(), wrap_to }]);
            }
            self.give(&self.ring.welcome(self.group(), member));
        }
        true
    }

    /// The flaw: gives the key to whoever asks.
    fn welcome_anybody(&mut self, member: &MemberKey, seal: SealKey) {
        let Some(keys) = self.ready() else { return };
        let wrap_to = [Recipient { member: *member, seal }];
        if let Ok(Some((body, clear))) = self.ring.wrap(&keys.epoch(), &wrap_to, &mut self.dice) {
            let entry = self.entry(Body::Wrap(body));
            self.write(entry, &keys, Some(clear)).expect("a wrap of one's own");
        }
    }

    /// Seals a signed entry of somebody who cannot, and takes it in; whose it is.
    pub(super) fn seal_in(&mut self, bytes: &[u8]) -> Result<MemberKey, Refusal> {
        let group = self.group.as_ref();
        let statement: Statement = admit::open_signed(bytes, self.ring.group(), group, self.now)?;
        let Links::Control { deps, .. } = &statement.entry().links else { panic!("bare content") };
        let missing = deps.iter().filter(|id| group.is_none_or(|group| !group.holds(id)));
        let missing: Vec<_> = missing.map(EntryId::short).collect();
        if !missing.is_empty() {
            return Err(Refusal::Wait(Wait::Control(missing)));
        }
        if group.is_none_or(|group| group.judge(statement.author(), deps, &statement.entry().body).is_err()) {
            return Err(Refusal::Wait(Wait::Author(statement.entry().author)));
        }
        let author = *statement.author();
        if self.group().holds(statement.id()) {
            return Ok(author);
        }
        let keys = self.ready().ok_or(Refusal::Wait(Wait::Genesis))?;
        let opened = statement.seal(&keys).map_err(Refusal::Reject)?;
        let verified = admit::admit(opened, &self.held, self.group.as_ref())?;
        let woken = self.apply(verified);
        self.take(woken);
        self.ready();
        Ok(author)
    }
}
