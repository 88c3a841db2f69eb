//! What hostile people do: anything, on any past.
//!
//! They work together: each has all entries and keys that any of them has, inside the group or out of it. They
//! write entries on whatever past exists, under whatever number and time; they give them to some and not to
//! others, and pass on nothing; they hand out what they got before; they alter what they pass; they let in as
//! many of their own as they like.
//!
//! The assumption of the protocol is kept: fewer than half of the facilitators of any past are hostile, and the
//! most senior is not. It needs no further rule, since no act of theirs alone gives one of them a seat, and nobody
//! honest signs for that.

use rand_core::Rng;

use super::life::Life;
use super::node::{Flaw, Node, Ticket, charter};
use super::world::HOUR;
use crate::admit::Verified;
use crate::body::{
    Amend, Body, Demote, Invite, InviteMode, Join, Leave, Post, Promote, Remove, Revoke, Role,
};
use crate::charter::{Changes, History, Inviters};
use crate::entry::{Bond, Entry, Links, SignedEntry};
use crate::envelope;
use crate::epoch::{EpochKeys, Recipient};
use crate::group::{Control, Group};
use crate::id::{DropMark, EntryId, EpochId, MemberKey, ShortId};
use crate::invite::InviteSecret;
use crate::limits;
use crate::porch::DoorSecret;
use crate::time::Millis;

/// What somebody claims to have known when they wrote.
pub(super) struct Past {
    /// What they cite.
    pub(super) deps: Vec<EntryId>,
    /// The group as it was then.
    group: Group,
}

impl Life {
    /// A hostile act. `late`: nobody new on links of honest people, which would be right.
    pub(super) fn hostile(&mut self, late: bool) {
        self.pool();
        let hostile: Vec<usize> = self.world.hostile.iter().copied().collect();
        let Some(me) = self.dice.pick(&hostile).copied() else { return };
        let node = &self.world.nodes[me];
        // Some of them exist on paper only.
        if node.group.is_none() || node.prev.is_none() {
            return;
        }
        self.world.nodes[me].now = self.world.clock(me);
        match self.dice.below(100) {
            0..35 => self.writes_on_a_past(me, late),
            35..45 => self.hostile_admits(me),
            45..57 => self.says_two_things(me),
            57..65 => self.repeats(me),
            65..75 => self.forges(me),
            75..85 => self.lets_in(me, late),
            85..92 => self.hands_keys_around(me),
            _ => self.talks(me),
        }
    }

    /// Hostile people give each other all they have.
    fn pool(&mut self) {
        let hostile: Vec<usize> = self.world.hostile.iter().copied().collect();
        for one in &hostile {
            for other in hostile.iter().filter(|other| *other != one) {
                let gives = &self.world.nodes[*one];
                let keys: Vec<_> = gives.ring.kept().cloned().collect();
                let mine = &self.world.nodes[*other];
                let lacks = |verified: &&Verified| !mine.held.has(verified.envelope_id());
                let envelopes: Vec<Vec<u8>> = gives
                    .held
                    .in_order()
                    .filter(lacks)
                    .map(|verified| verified.envelope().encode())
                    .collect();
                let now = self.world.clock(*other);
                let takes = &mut self.world.nodes[*other];
                takes.now = now;
                for key in keys {
                    takes.ring.keep(key);
                }
                envelopes.into_iter().for_each(|bytes| takes.receive(bytes, 0));
            }
        }
    }

    /// A past that exists, closed under what it cites; often all there is.
    pub(super) fn past(&mut self, me: usize) -> Past {
        let node = &self.world.nodes[me];
        let all: Vec<Control> = node.controls_in_order();
        let whole = node.group();
        if self.dice.chance(30) {
            let mut group = Group::begin(all[0].clone()).expect("the genesis comes first");
            all.into_iter().skip(1).for_each(|control| drop(group.insert(control)));
            return Past { deps: whole.heads(), group };
        }
        let count = 1 + self.dice.place(3);
        let tips: Vec<EntryId> =
            (0..count).filter_map(|_| self.dice.pick(&all).map(|control| control.id)).collect();
        let within = |id: &EntryId| tips.iter().any(|tip| tip == id || whole.precedes(id, tip));
        let mut group = Group::begin(all[0].clone()).expect("the genesis comes first");
        for control in all.iter().skip(1).filter(|control| within(&control.id)) {
            group.insert(control.clone()).expect("a past is closed");
        }
        let mut deps: Vec<EntryId> =
            tips.iter().filter(|tip| !tips.iter().any(|other| whole.precedes(tip, other))).copied().collect();
        deps.sort();
        deps.dedup();
        Past { deps, group }
    }

    /// An entry of somebody hostile: with the next number of their log, or with one that they used before.
    pub(super) fn crafted(&mut self, me: usize, deps: Vec<EntryId>, body: Body) -> Entry {
        let node = &self.world.nodes[me];
        let again = node.seq > 1 && self.dice.chance(30);
        let seq = if again { 1 + self.dice.below(node.seq - 1) } else { node.seq };
        let prev = node.prev.expect("whoever is hostile has come in");
        let links = if body.kind().is_control() {
            Links::Control { prev: Some(prev), deps }
        } else {
            let control = deps.iter().take(limits::DEPS).map(EntryId::short).collect();
            Links::Content { prev: prev.short(), control, content: Vec::<ShortId>::new() }
        };
        let lamport = 1 + self.dice.below(node.lamport + 2);
        let time = Millis(node.now.0.saturating_sub(self.dice.below(40) * 24 * HOUR));
        Entry { author: node.key().author(), log: node.log, seq, links, lamport, time, body }
    }

    /// Signs and seals an entry, under any epoch there is a key of.
    fn sealed(&mut self, me: usize, entry: &Entry) -> Option<Vec<u8>> {
        let node = &self.world.nodes[me];
        let keys: Vec<EpochKeys> = node.ring.kept().cloned().map(EpochKeys::whole).collect();
        let keys = self.dice.pick(&keys)?;
        let content = !entry.body.kind().is_control();
        let bond = content.then(|| Bond { epoch: keys.epoch(), drop: DropMark([7; DropMark::LEN]) });
        let signed = SignedEntry::sign(entry, node.ring.group(), node.secrets.signing(), bond);
        Some(envelope::seal(&signed, entry, keys, None).ok()?.encode())
    }

    /// Writes an entry and shows it to some; its id.
    pub(super) fn publishes(&mut self, me: usize, entry: &Entry) -> Option<EntryId> {
        let bytes = self.sealed(me, entry)?;
        let before = self.world.nodes[me].held.order.len();
        self.world.nodes[me].receive(bytes.clone(), 0);
        let node = &mut self.world.nodes[me];
        let id = *node.held.envelopes.get(node.held.order.get(before)?)?.entry_id();
        if entry.seq == node.seq && node.key().author() == entry.author {
            node.seq += 1;
            node.prev = Some(id);
        }
        self.shows(me, &bytes);
        Some(id)
    }

    /// Hands an envelope to whoever they like.
    pub(super) fn shows(&mut self, me: usize, bytes: &[u8]) {
        for other in 0..self.world.nodes.len() {
            if self.dice.chance(50) {
                self.world.slip(me, other, bytes.to_vec());
            }
        }
    }

    fn anybody(&mut self) -> MemberKey {
        let who = self.dice.place(self.world.nodes.len());
        self.world.nodes[who].key()
    }

    fn one_of_them(&mut self) -> MemberKey {
        let hostile: Vec<usize> = self.world.hostile.iter().copied().collect();
        let who = self.dice.pick(&hostile).copied().unwrap_or_default();
        self.world.nodes[who].key()
    }

    /// Back-dating: an act as though nothing had happened since.
    fn writes_on_a_past(&mut self, me: usize, late: bool) {
        let past = self.past(me);
        let body = match self.dice.below(100) {
            0..20 => {
                let role = if self.dice.chance(60) { Role::Seat } else { Role::Deputy };
                Body::Promote(Promote { member: self.one_of_them(), role })
            }
            20..50 => {
                Body::Remove(Remove { member: self.anybody(), reason: "because".into(), heads: Vec::new() })
            }
            50..66 => {
                let invites: Vec<EntryId> = past.group.invites().map(|invite| invite.id).collect();
                let Some(invite) = self.dice.pick(&invites).copied() else { return };
                Body::Revoke(Revoke { invite })
            }
            66..78 => {
                let changes = match self.dice.below(3) {
                    0 => Changes { history: Some(History::None), ..Changes::default() },
                    1 => Changes { inviters: Some(Inviters::Members), ..Changes::default() },
                    _ => Changes { purpose: Some("ours".into()), ..Changes::default() },
                };
                Body::Amend(Amend { changes, reason: "because".into() })
            }
            78..90 => {
                Body::Demote(Demote { member: self.anybody(), role: Role::Member, reason: "because".into() })
            }
            90..93 if !late => Body::Leave(Leave { goodbye: None }),
            _ => return self.invites_on(me, past),
        };
        let entry = self.crafted(me, past.deps, body);
        let id = self.publishes(me, &entry);
        let (name, word) = (self.world.nodes[me].name.clone(), super::world::word(&entry.body));
        self.world.tell(format_args!("{name} writes {word} on an old past: {}", id.is_some()));
    }

    /// Lets in a sock on an invite as of some past.
    fn invites_on(&mut self, me: usize, past: Past) {
        let secret = InviteSecret::generate(&mut self.dice);
        let uses = 1 + u32::try_from(self.dice.below(3)).unwrap_or(0);
        let mode = self.mode();
        let uses = if mode == InviteMode::Confirm { 1 } else { uses };
        let door = (mode == InviteMode::OpenDoor).then(|| DoorSecret::from_bytes(*secret.expose()));
        let secret = door.as_ref().map_or(secret, DoorSecret::invite);
        let (key, porch) = (secret.key(), door.as_ref().map(DoorSecret::porch));
        let invite = Invite { key, mode, uses, expires: Millis(u64::MAX >> 1), porch };
        let entry = self.crafted(me, past.deps, Body::Invite(invite));
        let Some(invite) = self.publishes(me, &entry) else { return };
        let ticket = Ticket { group: *self.world.nodes[me].ring.group(), invite, mode, secret, door };
        self.tickets.push((ticket.clone(), true));
        self.sock(me, &ticket);
    }

    /// Somebody who exists on paper only comes in, whether the invite is any good or not.
    fn sock(&mut self, me: usize, ticket: &Ticket) {
        if self.world.nodes.len() >= self.size.devices + 4 {
            return;
        }
        let name = format!("s{}", self.world.nodes.len());
        let mut sock = Node::new(&name, 0, ticket.group);
        let sponsor = &self.world.nodes[me];
        let charter = sponsor.group().charter_of(&ticket.invite).unwrap_or_else(|| charter(History::All));
        let join = Join {
            member: sock.key(),
            seal: sock.secrets.seal(&sock.log).key(),
            name: name.clone(),
            invite: ticket.invite,
            invited: ticket.secret.invited(&ticket.group, &sock.key(), &sock.log),
            charter: charter.hash(),
        };
        sock.now = sponsor.now;
        let mut entry = sock.entry(Body::Join(join));
        entry.links = Links::Control { prev: None, deps: vec![ticket.invite] };
        for key in sponsor.ring.kept().cloned().collect::<Vec<_>>() {
            sock.ring.keep(key);
        }
        for verified in sponsor.held.in_order() {
            sock.receive(verified.envelope().encode(), 0);
        }
        sock.flaw = Some(Flaw::Withholding);
        // Honest people may believe who asks.
        let signed = SignedEntry::sign(&entry, &ticket.group, sock.secrets.signing(), None);
        if self.asks(&ticket.invite) {
            self.knocked(&sock, signed.to_bytes(), ticket.invite);
        }
        self.came_on.push(Some(ticket.invite));
        let who = self.world.add(sock, me);
        self.world.hostile.insert(who);
        let id = self.publishes(who, &entry);
        self.world.tell(format_args!("{name} comes in, who is nobody: {}", id.is_some()));
    }

    /// Equivocation: two entries with one number, and other people see each.
    fn says_two_things(&mut self, me: usize) {
        let heads = self.world.nodes[me].group().heads();
        let one = self.crafted(me, heads, Body::Post(Post::new("yes")));
        let two = Entry { body: Body::Post(Post::new("no")), ..one.clone() };
        for entry in [one, two] {
            self.publishes(me, &entry);
        }
    }

    /// Replay: what was sent once is sent again, to anybody.
    fn repeats(&mut self, me: usize) {
        for _ in 0..8 {
            let node = &self.world.nodes[me];
            let sent = self.dice.pick(&node.held.order).and_then(|id| node.held.envelopes.get(id));
            let Some(bytes) = sent.map(|sent| sent.envelope().encode()) else { return };
            self.shows(me, &bytes);
        }
    }

    /// Forgery: altered bytes, another's name, another's words in another envelope.
    fn forges(&mut self, me: usize) {
        let node = &self.world.nodes[me];
        let picked = self.dice.pick(&node.held.order).and_then(|id| node.held.envelopes.get(id));
        let Some(sent) = picked else { return };
        match self.dice.below(3) {
            0 => {
                let mut bytes = sent.envelope().encode();
                let at = self.dice.place(bytes.len());
                bytes[at] ^= 1 + u8::try_from(self.dice.below(255)).unwrap_or(0);
                self.shows(me, &bytes);
            }
            1 => {
                // In another's name, with one's own signature.
                let (entry, heads) = (sent.entry().clone(), node.group().heads());
                let body = Body::Post(Post::new("I said this"));
                let mut forged = self.crafted(me, heads, body);
                (forged.author, forged.log) = (entry.author, entry.log);
                if let Some(bytes) = self.sealed(me, &forged) {
                    self.shows(me, &bytes);
                }
            }
            _ => {
                // Another's entry as they signed it, under another epoch.
                let (entry, raw) = (sent.entry().clone(), sent.signed().to_bytes());
                let keys: Vec<EpochKeys> = node.ring.kept().cloned().map(EpochKeys::whole).collect();
                let Some(keys) = self.dice.pick(&keys) else { return };
                let content = !entry.body.kind().is_control();
                let bond = content.then(|| Bond { epoch: keys.epoch(), drop: DropMark([9; DropMark::LEN]) });
                let moved = SignedEntry::from_bytes(&raw, bond).ok();
                let moved = moved.and_then(|signed| envelope::seal(&signed, &entry, keys, None).ok());
                if let Some(moved) = moved {
                    self.shows(me, &moved.encode());
                }
            }
        }
    }

    /// Lets in one of their own, on an honest link or on one of theirs.
    fn lets_in(&mut self, me: usize, late: bool) {
        let links: Vec<Ticket> = self
            .tickets
            .iter()
            .filter(|(_, theirs)| *theirs || !late)
            .map(|(ticket, _)| ticket.clone())
            .collect();
        match self.dice.pick(&links).cloned() {
            Some(ticket) if self.world.nodes[me].group().holds(&ticket.invite) => self.sock(me, &ticket),
            _ => {
                let past = self.past(me);
                self.invites_on(me, past);
            }
        }
    }

    /// Gives an old epoch to whoever is out, for all to see.
    fn hands_keys_around(&mut self, me: usize) {
        let node = &self.world.nodes[me];
        let epochs: Vec<EpochId> = node.ring.kept().map(|key| key.id()).collect();
        let Some(epoch) = self.dice.pick(&epochs).copied() else { return };
        let to = self.dice.place(self.world.nodes.len());
        let to = &self.world.nodes[to];
        let wrap_to = [Recipient { member: to.key(), seal: to.secrets.seal(&to.log).key() }];
        let node = &self.world.nodes[me];
        let Ok(Some((body, clear))) = node.ring.wrap(&epoch, &wrap_to, &mut self.dice) else { return };
        let Some(keys) = node.ring.keys(&epoch).cloned() else { return };
        let heads = node.group().heads();
        let entry = self.crafted(me, heads, Body::Wrap(body));
        let node = &self.world.nodes[me];
        let signed = SignedEntry::sign(&entry, node.ring.group(), node.secrets.signing(), None);
        if let Ok(sealed) = envelope::seal(&signed, &entry, &keys, Some(&clear)) {
            self.world.nodes[me].receive(sealed.encode(), 0);
            self.shows(me, &sealed.encode());
        }
    }

    /// Says something, as anybody would, so as to be believed.
    fn talks(&mut self, me: usize) {
        let heads = self.world.nodes[me].group().heads();
        let text = format!("trust me {}", self.dice.next_u32());
        let entry = self.crafted(me, heads, Body::Post(Post::new(text)));
        self.publishes(me, &entry);
    }
}
