//! Who asks to come in, in a life, and who admits them: those who may, late, two at once, beside something that
//! speaks against it, or never; and hostile people, whether they may or not.
//!
//! What is said before between who asks and who decides is no entry, and is left out: everybody who could decide
//! has heard of everybody who asks.

use super::life::Life;
use super::node::{Node, Ticket};
use super::world::{DAY, HOUR};
use crate::body::{Admit, Body, InviteMode, Remove, Role};
use crate::entry::{Entry, SignedEntry};
use crate::envelope;
use crate::epoch::EpochKeys;
use crate::group::{Group, Standing};
use crate::id::{EntryId, MemberKey};
use crate::limits;

/// Somebody who asked.
#[derive(Clone, Debug)]
pub(super) struct Knock {
    /// Their join, which nobody need have sealed yet.
    pub(super) join: EntryId,
    pub(super) author: MemberKey,
    signed: Vec<u8>,
    entry: Entry,
    /// On which invite.
    invite: EntryId,
}

impl Life {
    /// Whether nobody comes in by this invite alone.
    pub(super) fn asks(&self, invite: &EntryId) -> bool {
        // Said here anew, so that what the protocol says of itself is looked at.
        let asks = |mode: InviteMode| matches!(mode, InviteMode::Confirm | InviteMode::Knock);
        self.tickets.iter().any(|(ticket, _)| ticket.invite == *invite && asks(ticket.mode))
    }

    /// Somebody asks at a member's node to come in. Often somebody decides a while later.
    pub(super) fn knock(&mut self, sponsor: usize, ticket: &Ticket) {
        let name = format!("k{}", self.world.nodes.len());
        let asked = self.world.act(sponsor, |sponsor| Node::knock(&name, ticket, sponsor));
        let Some((mut node, signed)) = asked else { return };
        node.flaw = self.world.nodes[sponsor].flaw;
        self.knocked(&node, signed, ticket.invite);
        self.came_on.push(Some(ticket.invite));
        self.world.add(node, sponsor);
        self.world.tell(format_args!("{name} asks to come in"));
        if self.dice.chance(60) {
            let later = if self.dice.chance(70) { self.dice.below(HOUR) } else { self.dice.below(2 * DAY) };
            self.world.go(later);
            let helpers = self.helpers();
            if let Some(helper) = self.dice.pick(&helpers).copied() {
                self.admit(helper);
            }
        }
    }

    /// Puts down that somebody asked, with the join they signed.
    pub(super) fn knocked(&mut self, node: &Node, signed: Vec<u8>, invite: EntryId) {
        let Ok(read) = SignedEntry::from_bytes(&signed, None) else { return };
        let (Ok(entry), author) = (read.entry(), node.key()) else { return };
        let join = read.id(node.ring.group(), &author);
        self.knocks.push(Knock { join, author, signed, entry, invite });
    }

    /// Honest people who know themselves as facilitators or helpers.
    fn helpers(&self) -> Vec<usize> {
        let honest = (0..self.world.nodes.len()).filter(|who| !self.world.hostile.contains(who));
        honest.filter(|who| self.office(*who, *who) > Some(Role::Member)).collect()
    }

    /// What somebody may do, as somebody else knows.
    fn office(&self, who: usize, by: usize) -> Option<Role> {
        let key = self.world.nodes[who].key();
        let member = self.world.nodes[by].group.as_ref()?.member(&key)?;
        (member.standing == Standing::Member).then_some(member.role)
    }

    /// A facilitator or helper lets in somebody who waits; at the same moment, perhaps, another does too, or ends
    /// the invite, or removes the helper.
    pub(super) fn admit(&mut self, who: usize) {
        let Some(join) = self.somebody_who_waits(who) else { return };
        let others: Vec<usize> = self.helpers().into_iter().filter(|other| *other != who).collect();
        let other = self.dice.pick(&others).copied();
        self.admits(who, &join);
        match (self.dice.below(7), other) {
            (0..2, Some(other)) => self.admits(other, &join),
            (2, Some(other)) => self.ends_invite_of(other, &join),
            (3, Some(other)) if self.office(who, other) == Some(Role::Deputy) => {
                let key = self.world.nodes[who].key();
                let body = Body::Remove(Remove { member: key, reason: String::new(), heads: Vec::new() });
                if self.may(other, &body) {
                    self.world.act(other, |node| node.remove(&key));
                }
            }
            _ => {}
        }
    }

    fn admits(&mut self, who: usize, join: &EntryId) {
        let signed = self.knocks.iter().find(|knock| knock.join == *join).map(|knock| knock.signed.clone());
        let done = self.world.act(who, |node| node.admit(join, signed.as_deref()));
        let name = self.world.nodes[who].name.clone();
        self.world.tell(format_args!("{name} admits somebody: {done}"));
    }

    fn ends_invite_of(&mut self, who: usize, join: &EntryId) {
        let node = &self.world.nodes[who];
        let asked = self.knocks.iter().find(|knock| knock.join == *join).map(|knock| knock.invite);
        let live = asked.filter(|invite| node.group().invite(invite).is_some_and(|invite| invite.live));
        if let Some(invite) = live {
            self.world.act(who, |node| node.revoke(invite));
        }
    }

    /// The join of somebody who waits, as a node knows: in the group already, or told to those who decide. On an
    /// invite that was revoked rarely.
    fn somebody_who_waits(&mut self, who: usize) -> Option<EntryId> {
        let node = &self.world.nodes[who];
        let group = node.group();
        let here = group.members().filter(|member| member.standing == Standing::Waiting);
        let mut joins: Vec<EntryId> = here.map(|member| member.joined).collect();
        let revoked = |invite: &EntryId| group.invite(invite).is_none_or(|invite| !invite.revoked.is_empty());
        let told = self.knocks.iter().filter(|knock| group.member(&knock.author).is_none());
        let told = told.filter(|knock| group.holds(&knock.invite) && !revoked(&knock.invite));
        joins.extend(told.map(|knock| knock.join));
        self.dice.pick(&joins).copied()
    }

    /// Hostile people admit: somebody who waits or does not, or nobody at all; in one entry or several, as of pasts of
    /// their choice.
    pub(super) fn hostile_admits(&mut self, me: usize) {
        let times = 1 + self.dice.place(3);
        let Some(join) = self.named_by_hostile(me) else { return };
        let hostile: Vec<usize> = self.world.hostile.iter().copied().collect();
        let mut by = me;
        for _ in 0..times {
            let past = self.past(by);
            let mut deps = past.deps;
            if self.world.nodes[by].group().holds(&join) && self.dice.chance(90) {
                deps.truncate(limits::DEPS - 1);
                deps.push(join);
            }
            let entry = self.crafted(by, deps, Body::Admit(Admit { join }));
            let done = self.publishes(by, &entry).is_some();
            let name = self.world.nodes[by].name.clone();
            self.world.tell(format_args!("{name} admits as of a past: {done}"));
            let able = |who: &usize| {
                let node = &self.world.nodes[*who];
                node.group.as_ref().is_some_and(|group: &Group| group.holds(&join)) && node.prev.is_some()
            };
            let able: Vec<usize> = hostile.iter().copied().filter(able).collect();
            by = self.dice.pick(&able).copied().unwrap_or(by);
        }
    }

    /// What hostile people say they admit.
    fn named_by_hostile(&mut self, me: usize) -> Option<EntryId> {
        let all: Vec<EntryId> = self.world.nodes[me].controls().into_iter().collect();
        match self.dice.below(10) {
            0 => Some(EntryId([7; EntryId::LEN])),
            1 => self.dice.pick(&all).copied(),
            2..6 if !self.knocks.is_empty() => {
                let place = self.dice.place(self.knocks.len());
                let knock = self.knocks[place].clone();
                if !self.world.nodes[me].group().holds(&knock.join) {
                    self.seals_join(me, &knock);
                }
                Some(knock.join)
            }
            _ => {
                let people = self.world.nodes[me].group().members();
                let waits = people.filter(|member| member.standing != Standing::Member);
                let joins: Vec<EntryId> = waits.map(|member| member.joined).collect();
                self.dice.pick(&joins).copied()
            }
        }
    }

    /// Seals what somebody handed over to be let in, and shows it to some.
    fn seals_join(&mut self, me: usize, knock: &Knock) {
        let node = &self.world.nodes[me];
        let keys: Vec<EpochKeys> = node.ring.kept().cloned().map(EpochKeys::whole).collect();
        let Some(keys) = self.dice.pick(&keys) else { return };
        let Ok(signed) = SignedEntry::from_bytes(&knock.signed, None) else { return };
        if let Ok(sealed) = envelope::seal(&signed, &knock.entry, keys, None) {
            self.world.nodes[me].receive(sealed.encode(), 0);
            self.shows(me, &sealed.encode());
        }
    }
}
