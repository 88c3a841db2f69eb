//! What a person does with a node.

use super::{Flaw, Node, START, Ticket};
use crate::admit::Verified;
use crate::body::{Body, Invite, InviteMode, Leave, Post, Remove, Revoke, Withdraw, Withdrawn};
use crate::envelope::Envelope;
use crate::id::{EntryId, EnvelopeId, MemberKey};
use crate::invite::InviteSecret;
use crate::limits;
use crate::porch::DoorSecret;

impl Node {
    /// Says something under the best epoch; none if there is no way to now.
    pub fn say(&mut self, body: Body) -> Option<Verified> {
        let mut keys = self.ready()?;
        if self.flaw == Some(Flaw::OldEpoch) && !body.kind().is_control() {
            let first = self.ring.first(self.group()).filter(|keys| keys.is_whole());
            keys = first.cloned().unwrap_or(keys);
        }
        let entry = self.entry(body);
        Some(self.write(entry, &keys, None).expect("an entry of one's own"))
    }

    /// Writes a post.
    pub fn post(&mut self, text: &str) -> Option<Verified> {
        self.say(Body::Post(Post::new(text)))
    }

    /// Makes an invite on sight, and its link.
    pub fn invite(&mut self, uses: u32) -> Option<Ticket> {
        self.invite_as(InviteMode::OnSight, uses)
    }

    /// Makes an invite, and its link. One on confirmation is for one person.
    pub fn invite_as(&mut self, mode: InviteMode, uses: u32) -> Option<Ticket> {
        let link = InviteSecret::generate(&mut self.dice);
        let door = (mode == InviteMode::OpenDoor).then(|| DoorSecret::from_bytes(*link.expose()));
        let secret = door.as_ref().map_or(link, DoorSecret::invite);
        let uses = if mode == InviteMode::Confirm { 1 } else { uses };
        let (expires, porch) = (START.plus(1 << 40), door.as_ref().map(DoorSecret::porch));
        let written = self.say(Body::Invite(Invite { key: secret.key(), mode, uses, expires, porch }))?;
        Some(Ticket { group: *self.ring.group(), invite: *written.entry_id(), mode, secret, door })
    }

    /// Removes somebody, and mints in the same act.
    pub fn remove(&mut self, member: &MemberKey) -> Option<Verified> {
        let written = self.say_removal(member)?;
        self.ready();
        Some(written)
    }

    /// Removes somebody, and leaves the new epoch to be begun.
    pub fn say_removal(&mut self, member: &MemberKey) -> Option<Verified> {
        let mut heads = self.held.heads_of(member);
        heads.truncate(limits::REMOVAL_HEADS);
        self.say(Body::Remove(Remove { member: *member, reason: "for the others".into(), heads }))
    }

    /// Takes an invite back, and mints in the same act.
    pub fn revoke(&mut self, invite: EntryId) -> Option<Verified> {
        let written = self.say(Body::Revoke(Revoke { invite }))?;
        self.ready();
        Some(written)
    }

    /// Leaves.
    pub fn leave(&mut self) -> Option<Verified> {
        self.say(Body::Leave(Leave { goodbye: None }))
    }

    /// Takes back a post of this log; none if that is not here, or there is no way to now.
    pub fn withdraw(&mut self, post: &EnvelopeId) -> Option<Verified> {
        let held = self.held.envelopes.get(post)?;
        let entry = held.entry();
        let what = Withdrawn {
            log: entry.log,
            seq: entry.seq,
            lamport: entry.lamport,
            entry: *held.entry_id(),
            envelope: *post,
            secret: self.secrets.drop_secret(&entry.log).reveal(entry.seq),
        };
        let written = self.say(Body::Withdraw(Withdraw { entries: vec![what] }))?;
        self.own.retain(|bytes| Envelope::decode(bytes).is_ok_and(|envelope| envelope.id() != *post));
        Some(written)
    }
}
