//! A small real group: who is in it, what they wrote, and the node of one of them that all of it comes to.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use kith_protocol::admit::{self, Awaited, Ledger, Opened, Owner, Refusal, Unreadable, Verified, Waiting};
use kith_protocol::body::{Body, Genesis, Invite, InviteMode, Join, Leave, NeedKey, OpenLog};
use kith_protocol::body::{Post, Promote, Remove, Reply, Revoke, Role};
use kith_protocol::charter::{Charter, History, Inviters};
use kith_protocol::entry::{Entry, Links};
use kith_protocol::envelope::Envelope;
use kith_protocol::epoch::{Choice, Clear, EpochKey, EpochKeys, Keyring};
use kith_protocol::group::Group;
use kith_protocol::id::{DropMark, EntryId, EnvelopeId, GroupId, LogId, MemberKey};
use kith_protocol::identity::{MemberSecrets, Seed};
use kith_protocol::invite::InviteSecret;
use kith_protocol::time::Millis;
use kith_tests::seed::Chance;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// The salt of the group.
const SALT: [u8; 32] = [5; 32];
/// When the last of it was written, and what time it is.
pub const NOW: Millis = Millis(1_795_305_600_000);

/// A person with one device.
pub struct Person {
    pub secrets: MemberSecrets,
    pub log: LogId,
    pub seq: u64,
    pub prev: Option<EntryId>,
}

impl Person {
    fn new(number: u8) -> Person {
        let secrets = Seed::from_bytes([number; 16]).identity().member(&SALT, 0);
        Person { secrets, log: LogId([number; 8]), seq: 0, prev: None }
    }

    pub fn key(&self) -> MemberKey {
        self.secrets.key()
    }
}

/// What a node of the group holds.
pub struct Node {
    pub group: Option<Group>,
    pub ring: Keyring,
    pub waiting: Waiting,
    held: Held,
    /// What was taken in, in that order.
    pub taken: Vec<Verified>,
}

#[derive(Default)]
struct Held {
    envelopes: BTreeSet<EnvelopeId>,
    entries: BTreeMap<EntryId, usize>,
    slots: BTreeMap<(MemberKey, LogId, u64), EntryId>,
    lamport: u64,
}

impl Ledger for Held {
    fn holds(&self, envelope: &EnvelopeId) -> Result<bool, Unreadable> {
        Ok(self.envelopes.contains(envelope))
    }

    fn copies(&self, entry: &EntryId) -> Result<usize, Unreadable> {
        Ok(self.entries.get(entry).copied().unwrap_or(0))
    }

    fn slot(&self, author: &MemberKey, log: &LogId, seq: u64) -> Result<Option<EntryId>, Unreadable> {
        Ok(self.slots.get(&(*author, *log, seq)).copied())
    }

    fn lamport(&self) -> Result<u64, Unreadable> {
        Ok(self.lamport)
    }
}

impl Node {
    /// The node of a person who has met nobody.
    fn of(person: &Person, group: GroupId, keys: &[EpochKey]) -> Node {
        let mut ring = Keyring::new(group);
        ring.own(person.secrets.seal(&person.log));
        keys.iter().for_each(|key| drop(ring.keep(key.clone())));
        Node { group: None, ring, waiting: Waiting::default(), held: Held::default(), taken: Vec::new() }
    }

    /// The way of everything that arrives, to the end.
    pub fn hears(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        if let Ok(envelope) = Envelope::decode(bytes) {
            self.ring.learn(&envelope);
        }
        let mut owner = Owner::Source(0);
        let opened = admit::open(bytes, &self.ring, self.group.as_ref(), NOW).and_then(|opened| {
            owner = opened.owner(0);
            admit::admit(opened, &self.held, self.group.as_ref())
        });
        match opened {
            Ok(verified) => {
                self.take(verified);
                Ok(())
            }
            Err(refusal) => {
                if let Refusal::Wait(wait) = &refusal {
                    self.waiting.keep(wait, owner, bytes.to_vec());
                }
                Err(refusal)
            }
        }
    }

    /// Lets in what was opened or written here.
    pub fn lets_in(&mut self, opened: Opened) -> Result<(), Refusal> {
        self.take(admit::admit(opened, &self.held, self.group.as_ref())?);
        Ok(())
    }

    pub fn take(&mut self, verified: Verified) {
        if let Some(control) = verified.control() {
            match &mut self.group {
                Some(group) => drop(group.insert(control).expect("what is admitted can be folded")),
                None => self.group = Some(Group::begin(control).expect("a genesis")),
            }
        }
        if let Some(group) = &self.group {
            self.ring.record(&verified, group);
        }
        let (id, entry) = (*verified.entry_id(), verified.entry());
        self.held.envelopes.insert(*verified.envelope_id());
        *self.held.entries.entry(id).or_default() += 1;
        self.held.slots.entry((*verified.author(), entry.log, entry.seq)).or_insert(id);
        self.held.lamport = self.held.lamport.max(entry.lamport);
        for awaited in verified.awaited().into_iter().chain([Awaited::Key(verified.epoch().tag())]) {
            drop(self.waiting.arrived(&awaited));
        }
        self.taken.push(verified);
    }

    /// Asks everything a node would ask of what it holds.
    pub fn looks_around(&self, me: &MemberKey) {
        let group = self.group.as_ref().expect("a group");
        assert!(!group.seats().is_empty(), "nobody has a seat");
        assert!(group.heads().iter().all(|head| group.counts(head)), "a head that does not count");
        let logs = group.members().flat_map(|member| member.logs.iter().map(|log| (&member.key, log.id)));
        let _ = logs.filter(|(key, log)| group.shows(key, log, 1)).count();
        let _ = (group.invites().count(), group.proposals().count(), group.ended(), group.state_hash());
        let _ = (self.ring.need(group, me, NOW), self.ring.answers(group, me), self.ring.heads(group));
        let _ = (self.ring.first(group), self.ring.should_mint(group, me));
        if let Choice::Mint(plan) = self.ring.best(group, me) {
            let mut rng = ChaCha8Rng::from_seed([1; 32]);
            let minted = self.ring.mint(&plan, EpochKey::from_bytes([0x55; 32]), &mut rng).expect("few logs");
            // Somebody alone who retired every log of theirs has nowhere to wrap a key to.
            let all = plan.wrap_to.iter().map(|to| to.seal).collect::<BTreeSet<_>>().len();
            assert_eq!(minted.clear.wraps().len(), all, "a log was left out of a mint");
        }
    }

    /// The same control entries in another order must come to the same.
    pub fn folds_the_same_in_another_order(&self, chance: &mut Chance) {
        let group = self.group.as_ref().expect("a group");
        let mut controls: Vec<_> = self.taken.iter().filter_map(Verified::control).collect();
        let mut again = Group::begin(controls.remove(0)).expect("the genesis came first");
        while !controls.is_empty() {
            let next = controls.swap_remove(chance.below(controls.len() as u64) as usize);
            if again.insert(next.clone()).is_err() {
                controls.push(next);
            }
        }
        assert_eq!(again.state_hash(), group.state_hash(), "another order gives another group");
    }
}

/// The group as it was when all still kept the rules.
pub struct Circle {
    pub id: GroupId,
    /// Ada and Ben are facilitators, Cyd a helper, Dee was removed, Eve has left, Fay never came in. Where power is
    /// shared Cyd and Dee have seats, and Eve's invite lacked signatures.
    pub people: Vec<Person>,
    pub invites: Vec<InviteSecret>,
    pub keys: Vec<EpochKey>,
    /// All that was written, in an order in which it can be taken in.
    pub history: Vec<Verified>,
}

impl Circle {
    pub fn new(history: History, shared_power: bool) -> Circle {
        let people: Vec<_> = (1..=6).map(Person::new).collect();
        let genesis = Genesis {
            salt: SALT,
            title: "A circle".into(),
            founders: vec![people[0].key(), people[1].key()],
            charter: Charter {
                purpose: "To be there".into(),
                history,
                size: 6,
                inviters: Inviters::Members,
                shared_power,
                ..Charter::default()
            },
            seal: people[0].secrets.seal(&people[0].log).key(),
            name: "Ada".into(),
        };
        let id = genesis.group_id();
        let invites = vec![InviteSecret::from_bytes([0x61; 32]), InviteSecret::from_bytes([0x62; 32])];
        let keys = vec![EpochKey::from_bytes([0x70; 32])];
        let node = RefCell::new(Node::of(&people[0], id, &keys));
        let mut circle = Circle { id, people, invites, keys, history: Vec::new() };
        circle.live(genesis, &node);
        circle.history = node.into_inner().taken;
        circle
    }

    fn live(&mut self, genesis: Genesis, node: &RefCell<Node>) {
        let charter = genesis.charter.hash();
        let seal = |person: &Person| person.secrets.seal(&person.log).key();
        self.write(node, 0, Body::Genesis(genesis));
        self.mint(node);
        let open =
            OpenLog { seal: seal(&self.people[1]), member: self.people[1].key(), retires: None, name: None };
        self.write(node, 1, Body::OpenLog(open));
        for (number, guests) in [(0, &[2, 3][..]), (1, &[4][..])] {
            let secret = self.invites[number].clone();
            let body =
                Invite { key: secret.key(), mode: InviteMode::OnSight, uses: 3, expires: NOW, porch: None };
            // Where power is shared it takes both founders.
            let invite = self.write(node, 0, Body::Invite(body.clone()));
            let invite = if node.borrow().group.as_ref().is_some_and(|group| group.charter().shared_power) {
                self.write(node, 1, Body::Invite(body))
            } else {
                invite
            };
            for guest in guests {
                let person = &self.people[*guest];
                let join = Join {
                    member: person.key(),
                    seal: seal(person),
                    name: format!("Guest {guest}"),
                    invite,
                    invited: secret.invited(&self.id, &person.key(), &person.log),
                    charter,
                };
                self.write(node, *guest, Body::Join(join));
            }
        }
        let (cyd, dee) = (self.people[2].key(), self.people[3].key());
        self.write(node, 0, Body::Promote(Promote { member: cyd, role: Role::Deputy }));
        self.write(
            node,
            2,
            Body::Remove(Remove { member: dee, reason: "For the others".into(), heads: vec![] }),
        );
        self.write(node, 4, Body::Leave(Leave { goodbye: Some("Thanks".into()) }));
        self.mint(node);
        let post = self.write(node, 1, Body::Post(Post::new("Good evening")));
        self.write(node, 2, Body::Reply(Reply::new(post.short(), "Good evening, Ben")));
        let need = NeedKey { epochs: vec![self.keys[0].id()], seal: seal(&self.people[2]) };
        self.write(node, 2, Body::NeedKey(need));
        let revoked = node
            .borrow()
            .taken
            .iter()
            .find(|v| matches!(v.entry().body, Body::Invite(_)))
            .map(|v| *v.entry_id());
        self.write(node, 0, Body::Revoke(Revoke { invite: revoked.expect("an invite") }));
        let all: Vec<_> = [1, 2]
            .iter()
            .map(|who| kith_protocol::epoch::Recipient {
                member: self.people[*who].key(),
                seal: seal(&self.people[*who]),
            })
            .collect();
        let mut rng = ChaCha8Rng::from_seed([2; 32]);
        let wrap =
            node.borrow().ring.wrap(&self.keys[self.keys.len() - 1].id(), &all, &mut rng).expect("few");
        let (wrap, clear) = wrap.expect("held");
        self.seal(node, 0, Body::Wrap(wrap), Some(clear));
    }

    /// Ada begins an epoch, if one is needed.
    fn mint(&mut self, node: &RefCell<Node>) {
        let number = 0x70 + self.mints(node);
        let key = EpochKey::from_bytes([number; 32]);
        let minted = {
            let mut node = node.borrow_mut();
            let choice = node.ring.best(node.group.as_ref().expect("a group"), &self.people[0].key());
            let Choice::Mint(plan) = choice else { return };
            node.ring.keep(key.clone());
            node.ring.mint(&plan, key.clone(), &mut ChaCha8Rng::from_seed([number; 32])).expect("few")
        };
        // The first seals the genesis already.
        if !self.keys.contains(&key) {
            self.keys.push(key);
        }
        self.seal(node, 0, Body::Mint(minted.body), Some(minted.clear));
    }

    fn mints(&self, node: &RefCell<Node>) -> u8 {
        node.borrow().taken.iter().filter(|v| matches!(v.entry().body, Body::Mint(_))).count() as u8
    }

    fn write(&mut self, node: &RefCell<Node>, who: usize, body: Body) -> EntryId {
        self.seal(node, who, body, None)
    }

    fn seal(&mut self, node: &RefCell<Node>, who: usize, body: Body, clear: Option<Clear>) -> EntryId {
        let mut node = node.borrow_mut();
        let number = node.taken.len() as u64;
        let heads = node.group.as_ref().map(Group::heads).unwrap_or_default();
        let person = &mut self.people[who];
        let links = match &body {
            Body::Join(join) => Links::Control { prev: None, deps: vec![join.invite] },
            body if body.kind().is_control() => Links::Control { prev: person.prev, deps: heads },
            _ => Links::Content {
                prev: person.prev.map_or(kith_protocol::id::ShortId([0; 16]), |id| id.short()),
                control: heads.iter().map(EntryId::short).collect(),
                content: vec![],
            },
        };
        let entry = Entry {
            author: person.key().author(),
            log: person.log,
            seq: person.seq,
            links,
            lamport: number,
            time: Millis(NOW.0 - 1_000_000 + number * 1000),
            body,
        };
        let keys = EpochKeys::whole(self.keys.last().expect("a key").clone());
        let drop = person.secrets.drop_secret(&person.log).mark(person.seq);
        let drop = if entry.body.kind().is_control() { DropMark([0; 16]) } else { drop };
        let opened = admit::write(&entry, person.secrets.signing(), &self.id, &keys, clear, drop);
        let opened = opened.expect("it keeps the rules");
        let id = *opened.entry_id();
        (person.seq, person.prev) = (person.seq + 1, Some(id));
        node.lets_in(opened).expect("it keeps the rules");
        id
    }

    /// Ada's node with the first so many entries of the history.
    pub fn node(&self, entries: usize) -> Node {
        let mut node = Node::of(&self.people[0], self.id, &self.keys);
        self.history.iter().take(entries).for_each(|verified| node.take(verified.clone()));
        node
    }
}
