//! How a group begins, and how people come in.

use super::{Flaw, Node, SALT, secrets};
use crate::admit::Refusal;
use crate::body::{Body, Genesis, InviteMode, Join, OpenLog};
use crate::charter::{Charter, History, Inviters};
use crate::entry::{Entry, Links, SignedEntry};
use crate::envelope;
use crate::epoch::{Choice, EpochKey, EpochKeys, Keyring};
use crate::group::Standing;
use crate::id::{EntryId, GroupId, MemberKey};
use crate::invite::InviteSecret;
use crate::porch::DoorSecret;
use crate::sim::meeting::meet_all;

/// What a link carries.
#[derive(Clone)]
pub struct Ticket {
    /// The group.
    pub group: GroupId,
    /// The entry that invites.
    pub invite: EntryId,
    /// How it lets in.
    pub mode: InviteMode,
    /// What lets in.
    pub secret: InviteSecret,
    /// What the link gives, of an open door.
    pub door: Option<DoorSecret>,
}

/// The charter of a simulated group: every member may invite.
pub fn charter(history: History) -> Charter {
    Charter {
        purpose: "to be there".into(),
        history,
        size: 100,
        inviters: Inviters::Members,
        shared_power: false,
        ..Charter::default()
    }
}

impl Node {
    /// Begins a group: genesis and first epoch.
    pub fn found(name: &str, others: &[&str], history: History) -> Node {
        Node::found_with(name, others, charter(history))
    }

    /// As [`Node::found`], under a charter of one's own.
    pub fn found_with(name: &str, others: &[&str], charter: Charter) -> Node {
        let mut node = Node::new(name, 0, GroupId([0; GroupId::LEN]));
        let founders = [name].iter().chain(others).map(|name| secrets(name, 0).key()).collect();
        let genesis = Genesis {
            salt: SALT,
            title: "a circle".into(),
            founders,
            charter,
            seal: node.secrets.seal(&node.log).key(),
            name: name.into(),
        };
        let mut ring = Keyring::new(genesis.group_id());
        ring.own(node.secrets.seal(&node.log));
        node.ring = ring;
        let key = EpochKey::generate(&mut node.dice);
        node.ring.keep(key.clone());
        let entry = node.entry(Body::Genesis(genesis));
        node.write(entry, &EpochKeys::whole(key.clone()), None).expect("a genesis");
        let Choice::Mint(plan) = node.best() else { panic!("a new group has no epoch") };
        let minted = node.ring.mint(&plan, key, &mut node.dice).expect("the first epoch");
        let entry = node.entry(Body::Mint(minted.body));
        node.write(entry, &minted.keys, Some(minted.clear)).expect("the first mint");
        node
    }

    /// A group of founders who all have met.
    pub fn founders(names: &[&str], history: History) -> Vec<Node> {
        Node::founders_with(names, charter(history))
    }

    /// As [`Node::founders`], under a charter of their own.
    pub fn founders_with(names: &[&str], charter: Charter) -> Vec<Node> {
        let mut nodes = vec![Node::found_with(names[0], &names[1..], charter)];
        for name in &names[1..] {
            let mut node = Node::new(name, 0, *nodes[0].ring.group());
            node.enter_by_log(&mut nodes[0]);
            nodes.push(node);
        }
        meet_all(&mut nodes.iter_mut().collect::<Vec<_>>());
        nodes
    }

    /// Comes in on an invite, at the node of a member.
    pub fn join(name: &str, ticket: &Ticket, sponsor: &mut Node) -> Option<Node> {
        Node::rejoin(name, 0, ticket, sponsor)
    }

    /// As [`Node::join`], of somebody who was removed so many times before.
    pub fn rejoin(name: &str, generation: u32, ticket: &Ticket, sponsor: &mut Node) -> Option<Node> {
        let (mut node, entry) = Node::asking(name, generation, ticket, sponsor)?;
        let done = match &ticket.door {
            Some(door) => node.leaves_on_the_porch(&entry, door, sponsor),
            None => node.hand_over(entry, sponsor),
        };
        done.then_some(node)
    }

    /// Somebody with a link, and the join they sign. None if the invite is at an end, as the other node knows.
    pub(super) fn asking(name: &str, generation: u32, ticket: &Ticket, at: &Node) -> Option<(Node, Entry)> {
        let mut node = Node::returning(name, generation, 0, ticket.group);
        node.shared = at.shared.clone();
        node.now = at.now;
        let join = Join {
            member: node.key(),
            seal: node.secrets.seal(&node.log).key(),
            name: name.into(),
            invite: ticket.invite,
            invited: ticket.secret.invited(&ticket.group, &node.key(), &node.log),
            charter: at.group().charter().hash(),
        };
        let mut entry = node.entry(Body::Join(join));
        entry.links = Links::Control { prev: None, deps: vec![ticket.invite] };
        at.group().invite(&ticket.invite).filter(|invite| invite.live)?;
        Some((node, entry))
    }

    /// Seals a join with what an open door's link gives, and hands it over so: what it was sealed in is what all hold.
    fn leaves_on_the_porch(&mut self, entry: &Entry, door: &DoorSecret, sponsor: &mut Node) -> bool {
        let Links::Control { deps, .. } = &entry.links else { panic!("a join is a control entry") };
        if sponsor.group().judge(&self.key(), deps, &entry.body).is_err() || sponsor.ready().is_none() {
            return false;
        }
        let signed = SignedEntry::sign(entry, self.ring.group(), self.secrets.signing(), None);
        let sealed =
            envelope::seal(&signed, entry, &door.porch().keys(), None).expect("a join fits its envelope");
        if sponsor.offered(sealed.encode(), 0).is_err() {
            return false;
        }
        sponsor.ready();
        if sponsor.flaw != Some(Flaw::Careless) {
            sponsor.give(&sponsor.ring.welcome(sponsor.group(), &self.key()));
        }
        self.goes_on_after(&signed);
        true
    }

    /// Opens a log as somebody who holds no key here, citing what the other says are the heads.
    pub fn enter_by_log(&mut self, sponsor: &mut Node) -> bool {
        let open = OpenLog {
            seal: self.secrets.seal(&self.log).key(),
            member: self.key(),
            retires: None,
            name: Some(self.name.clone()),
        };
        let entry = self.entry_citing(Body::OpenLog(open), sponsor.group().heads());
        let signed = SignedEntry::sign(&entry, self.ring.group(), self.secrets.signing(), None);
        self.opening = Some(signed.to_bytes());
        self.hand_over(entry, sponsor)
    }

    /// Whether this device does not know yet that it is in: it hands in what lets it in again whenever it meets
    /// somebody, for what let them in may be sealed under a key that it lacks; and a call for keys that does not cite
    /// who admitted them is not right.
    pub(crate) fn waits(&self) -> bool {
        let me = self.group.as_ref().and_then(|group| group.member(&self.key()));
        !me.is_some_and(|me| me.standing != Standing::Waiting && me.logs.iter().any(|log| log.id == self.log))
    }

    /// Whether somebody waits to be let in, as far as this node knows.
    pub(crate) fn waits_here(&self, key: &MemberKey) -> bool {
        let member = self.group.as_ref().and_then(|group| group.member(key));
        member.is_some_and(|member| member.standing == Standing::Waiting)
    }

    /// Gives a signed entry to somebody, who seals it and lets it in.
    pub(super) fn hand_over(&mut self, entry: Entry, other: &mut Node) -> bool {
        let signed = SignedEntry::sign(&entry, self.ring.group(), self.secrets.signing(), None);
        if !other.let_in(&signed.to_bytes()) {
            return false;
        }
        self.goes_on_after(&signed);
        true
    }

    /// Goes on in this log after a control entry that others seal.
    pub(super) fn goes_on_after(&mut self, signed: &SignedEntry) {
        self.seq += 1;
        self.prev = Some(signed.id(self.ring.group(), &self.key()));
        self.last_control = self.prev;
    }

    /// Lets in a signed entry of somebody who cannot seal it, and gives them keys. False if that has to wait;
    /// stops if it is none that an honest person hands in.
    pub fn let_in(&mut self, bytes: &[u8]) -> bool {
        match self.let_in_or_not(bytes) {
            Ok(()) => true,
            Err(Refusal::Wait(_)) => false,
            Err(refusal) => panic!("{}: {refusal:?}", self.name),
        }
    }

    fn let_in_or_not(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let author = self.seal_in(bytes)?;
        if self.flaw != Some(Flaw::Careless) {
            self.give(&self.ring.welcome(self.group(), &author));
        }
        Ok(())
    }
}
