//! One person's node, without network and disk: what the door, the fold and the keyring are used for.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kith_protocol::admit::{self, Awaited, Opened, Owner, Refusal, Statement, Verified, Wait, Waiting, Why};
use kith_protocol::body::{
    Body, Genesis, Invite, InviteMode, Join, Leave, NeedKey, OpenLog, Post, Remove, Revoke,
};
use kith_protocol::charter::{Charter, History, Inviters};
use kith_protocol::entry::{Entry, Links, SignedEntry};
use kith_protocol::envelope::Envelope;
use kith_protocol::epoch::{Answer, Choice, EpochKey, EpochKeys, Keyring, Timing};
use kith_protocol::group::{Group, Standing};
use kith_protocol::id::{DropMark, EntryId, EnvelopeId, EpochId, GroupId, LogId, MemberKey, ShortId};
use kith_protocol::identity::{MemberSecrets, Seed};
use kith_protocol::invite::InviteSecret;
use kith_protocol::time::Millis;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::held::Held;
use super::meeting::meet_all;

pub const SALT: [u8; 32] = [5; 32];
pub const START: Millis = Millis(1_795_305_600_000);

/// Envelopes that some node opened already: opening depends on nothing but the key, so the others need not do
/// it again.
pub type Shared = Rc<RefCell<BTreeMap<EnvelopeId, Opened>>>;

/// What a link carries.
#[derive(Clone)]
pub struct Ticket {
    pub group: GroupId,
    pub invite: EntryId,
    pub secret: InviteSecret,
}

pub struct Node {
    pub name: String,
    pub secrets: MemberSecrets,
    pub log: LogId,
    pub seq: u64,
    pub prev: Option<EntryId>,
    pub last_control: Option<EntryId>,
    pub lamport: u64,
    pub now: Millis,
    pub group: Option<Group>,
    pub ring: Keyring,
    pub waiting: Waiting,
    pub held: Held,
    pub rng: ChaCha20Rng,
    pub mints: usize,
    pub shared: Option<Shared>,
    /// Forgets to give newcomers the other heads.
    pub careless: bool,
}

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

pub fn secrets(name: &str) -> MemberSecrets {
    thread_local! {
        // Stretching a seed takes a while, and the same people come again and again.
        static KNOWN: RefCell<BTreeMap<String, MemberSecrets>> = const { RefCell::new(BTreeMap::new()) };
    }
    let derive = || {
        let mut seed = [0; 16];
        for (to, from) in seed.iter_mut().zip(name.bytes()) {
            *to = from;
        }
        Seed::from_bytes(seed).identity().member(&SALT, 0)
    };
    KNOWN.with_borrow_mut(|known| known.entry(name.to_owned()).or_insert_with(derive).clone())
}

impl Node {
    /// A device of a person, by name, that knows a group by its id only.
    pub fn new(name: &str, device: u8, group: GroupId) -> Node {
        let secrets = secrets(name);
        let mut rng_seed = [device; 32];
        for (to, from) in rng_seed.iter_mut().zip(name.bytes()) {
            *to = from;
        }
        let mut rng = ChaCha20Rng::from_seed(rng_seed);
        let mut log = LogId([0; 8]);
        rng.fill_bytes(&mut log.0);
        let mut ring = Keyring::new(group);
        ring.own(secrets.seal(&log));
        Node {
            name: name.into(),
            secrets,
            log,
            seq: 0,
            prev: None,
            last_control: None,
            lamport: 0,
            now: START,
            group: None,
            ring,
            waiting: Waiting::default(),
            held: Held::default(),
            rng,
            mints: 0,
            shared: None,
            careless: false,
        }
    }

    /// Begins a group: genesis and first epoch.
    pub fn found(name: &str, others: &[&str], history: History) -> Node {
        let mut node = Node::new(name, 0, GroupId([0; 32]));
        let founders = [name].iter().chain(others).map(|name| secrets(name).key()).collect();
        let genesis = Genesis {
            salt: SALT,
            title: "a circle".into(),
            founders,
            charter: charter(history),
            seal: node.secrets.seal(&node.log).key(),
            name: name.into(),
        };
        let mut ring = Keyring::new(genesis.group_id());
        ring.own(node.secrets.seal(&node.log));
        node.ring = ring;
        let key = EpochKey::generate(&mut node.rng);
        node.ring.keep(key.clone());
        let entry = node.entry(Body::Genesis(genesis));
        let keys = EpochKeys::whole(key.clone());
        node.write(entry, &keys, None).unwrap();
        let Choice::Mint(plan) = node.best() else { panic!("a new group has no epoch") };
        let minted = node.ring.mint(&plan, key, &mut node.rng).unwrap();
        let entry = node.entry(Body::Mint(minted.body));
        node.write(entry, &minted.keys, Some(minted.clear)).unwrap();
        node
    }

    /// A group of founders who all have met.
    pub fn founders(names: &[&str], history: History) -> Vec<Node> {
        let mut nodes = vec![Node::found(names[0], &names[1..], history)];
        for name in &names[1..] {
            let mut node = Node::new(name, 0, *nodes[0].ring.group());
            node.enter_by_log(&mut nodes[0]);
            nodes.push(node);
        }
        meet_all(&mut nodes.iter_mut().collect::<Vec<_>>());
        nodes
    }

    pub fn key(&self) -> MemberKey {
        self.secrets.key()
    }

    pub fn group(&self) -> &Group {
        self.group.as_ref().expect("in a group")
    }

    pub fn best(&self) -> Choice {
        self.group.as_ref().map_or(Choice::Ask, |group| self.ring.best(group, &self.key()))
    }

    pub fn is_current(&self, key: &MemberKey) -> bool {
        self.group().member(key).is_some_and(|member| member.standing == Standing::Member)
    }

    /// An entry with the next number of this log, citing the heads.
    pub fn entry(&mut self, body: Body) -> Entry {
        let heads = self.group.as_ref().map(Group::heads).unwrap_or_default();
        self.entry_citing(body, heads)
    }

    pub fn entry_citing(&mut self, body: Body, heads: Vec<EntryId>) -> Entry {
        self.lamport += 1;
        self.now = self.now.plus(1000);
        let links = if body.kind().is_control() {
            // A call for keys that somebody else seals is not here before its envelope has come back.
            let held = |id: &EntryId| self.group.as_ref().is_some_and(|group| group.holds(id));
            let own = self.last_control.filter(held);
            let mut deps: Vec<_> = own.into_iter().chain(heads).collect();
            let mut seen = BTreeSet::new();
            deps.retain(|id| seen.insert(*id));
            deps.truncate(8);
            Links::Control { prev: self.prev, deps }
        } else {
            let control = heads.iter().take(8).map(EntryId::short).collect();
            Links::Content { prev: self.prev.unwrap().short(), control, content: Vec::<ShortId>::new() }
        };
        Entry {
            author: self.key().author(),
            log: self.log,
            seq: self.seq,
            links,
            lamport: self.lamport,
            time: self.now,
            body,
        }
    }

    /// Writes an entry of one's own: through the same door as everything else.
    pub fn write(
        &mut self,
        entry: Entry,
        keys: &EpochKeys,
        clear: Option<kith_protocol::epoch::Clear>,
    ) -> Result<Verified, Refusal> {
        let drop = if entry.body.kind().is_control() {
            DropMark([0; 16])
        } else {
            self.secrets.drop_secret(&self.log).mark(entry.seq)
        };
        let group = *self.ring.group();
        let opened = admit::write(&entry, self.secrets.signing(), &group, keys, clear, drop)
            .map_err(Refusal::Reject)?;
        let verified = admit::admit(opened, &self.held, self.group.as_ref())?;
        self.advance(&verified);
        let woken = self.apply(verified.clone());
        self.take(woken);
        Ok(verified)
    }

    pub fn advance(&mut self, verified: &Verified) {
        self.seq += 1;
        self.prev = Some(*verified.entry_id());
        if verified.entry().body.kind().is_control() {
            self.last_control = self.prev;
        }
    }

    /// Makes sure there is an epoch to send under that everybody has: wraps, or mints. None if that cannot be.
    pub fn ready(&mut self) -> Option<EpochKeys> {
        for _ in 0..8 {
            match self.best() {
                Choice::Send { epoch, wrap_to } if wrap_to.is_empty() => {
                    return self.ring.keys(&epoch).cloned();
                }
                Choice::Send { epoch, wrap_to } => {
                    let (body, clear) = self.ring.wrap(&epoch, &wrap_to, &mut self.rng).unwrap().unwrap();
                    let keys = self.ring.keys(&epoch).cloned().unwrap();
                    let entry = self.entry(Body::Wrap(body));
                    self.write(entry, &keys, Some(clear)).unwrap();
                }
                Choice::Mint(_) => self.mint(),
                Choice::Ask | Choice::Out => return None,
            }
        }
        panic!("{}: minted and wrapped without end", self.name);
    }

    pub fn mint(&mut self) {
        let Choice::Mint(plan) = self.best() else { panic!("{}: nothing to mint", self.name) };
        let key = EpochKey::generate(&mut self.rng);
        self.ring.keep(key.clone());
        let minted = self.ring.mint(&plan, key, &mut self.rng).unwrap();
        let entry = self.entry_citing(Body::Mint(minted.body), plan.cite);
        self.write(entry, &minted.keys, Some(minted.clear)).unwrap();
        self.mints += 1;
    }

    /// Says something under the best epoch; none if there is no way to now.
    pub fn say(&mut self, body: Body) -> Option<Verified> {
        let keys = self.ready()?;
        let entry = self.entry(body);
        Some(self.write(entry, &keys, None).unwrap())
    }

    pub fn post(&mut self, text: &str) -> Option<Verified> {
        self.say(Body::Post(Post { text: text.into() }))
    }

    pub fn invite(&mut self, uses: u32) -> Option<Ticket> {
        let secret = InviteSecret::generate(&mut self.rng);
        let invite =
            Invite { key: secret.key(), mode: InviteMode::OnSight, uses, expires: START.plus(1 << 40) };
        let written = self.say(Body::Invite(invite))?;
        Some(Ticket { group: *self.ring.group(), invite: *written.entry_id(), secret })
    }

    /// Removes somebody, and mints in the same act.
    pub fn remove(&mut self, member: &MemberKey) -> Option<Verified> {
        let remove = Remove { member: *member, reason: "for the others".into(), heads: Vec::new() };
        let written = self.say(Body::Remove(remove))?;
        self.ready();
        Some(written)
    }

    pub fn revoke(&mut self, invite: EntryId) -> Option<Verified> {
        let written = self.say(Body::Revoke(Revoke { invite }))?;
        self.ready();
        Some(written)
    }

    pub fn leave(&mut self) -> Option<Verified> {
        self.say(Body::Leave(Leave { goodbye: None }))
    }

    /// Comes in on an invite, at the node of a member.
    pub fn join(name: &str, ticket: &Ticket, sponsor: &mut Node) -> Option<Node> {
        let mut node = Node::new(name, 0, ticket.group);
        node.shared = sponsor.shared.clone();
        node.now = sponsor.now;
        let join = Join {
            member: node.key(),
            seal: node.secrets.seal(&node.log).key(),
            name: name.into(),
            invite: ticket.invite,
            invited: ticket.secret.invited(&ticket.group, &node.key(), &node.log),
            charter: sponsor.group().charter().hash(),
        };
        let mut entry = node.entry(Body::Join(join));
        entry.links = Links::Control { prev: None, deps: vec![ticket.invite] };
        sponsor.group().invite(&ticket.invite).filter(|invite| invite.live)?;
        node.hand_over(entry, sponsor).then_some(node)
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
        self.hand_over(entry, sponsor)
    }

    /// A call for the keys this node is owed, handed to somebody it is connected with.
    pub fn call_for_keys(&mut self, other: &mut Node) -> bool {
        let Some(group) = &self.group else { return false };
        let epochs = self.ring.need(group, &self.key(), self.now);
        if epochs.is_empty() {
            return false;
        }
        let need = NeedKey { epochs, seal: self.secrets.seal(&self.log).key() };
        let mut entry = self.entry(Body::NeedKey(need));
        // Who asks may not be able to open what let them in; others are.
        if let (Links::Control { deps, .. }, Some(own)) = (&mut entry.links, self.last_control) {
            deps.retain(|id| *id != own);
            deps.insert(0, own);
            deps.truncate(8);
        }
        self.hand_over(entry, other)
    }

    /// Answers the calls it can.
    pub fn answer(&mut self) -> usize {
        let Some(group) = &self.group else { return 0 };
        let answers = self.ring.answers(group, &self.key());
        self.give(&answers);
        answers.len()
    }

    /// Wraps epochs for people.
    fn give(&mut self, answers: &[Answer]) {
        let Some(keys) = (!answers.is_empty()).then(|| self.ready()).flatten() else { return };
        for answer in answers {
            let wrapped = self.ring.wrap(&answer.epoch, &answer.wrap_to, &mut self.rng);
            let (body, clear) = wrapped.unwrap().unwrap();
            let entry = self.entry(Body::Wrap(body));
            self.write(entry, &keys, Some(clear)).unwrap();
        }
    }

    /// What a node does when it has nothing to say: it wraps for members who lack the key, and a facilitator's
    /// mints where there is need.
    pub fn tend(&mut self) -> usize {
        let due = match self.best() {
            Choice::Send { wrap_to, .. } => !wrap_to.is_empty(),
            Choice::Mint(_) => self.ring.should_mint(self.group(), &self.key()) != Timing::OnlyToSend,
            Choice::Ask | Choice::Out => false,
        };
        usize::from(due && self.ready().is_some())
    }

    /// Gives a signed entry to somebody, who seals it and lets it in.
    fn hand_over(&mut self, entry: Entry, other: &mut Node) -> bool {
        let signed = SignedEntry::sign(&entry, self.ring.group(), self.secrets.signing(), None);
        if !other.let_in(&signed.to_bytes()) {
            return false;
        }
        self.seq += 1;
        self.prev = Some(signed.id(self.ring.group(), &self.key()));
        self.last_control = self.prev;
        true
    }

    pub fn let_in(&mut self, bytes: &[u8]) -> bool {
        match self.let_in_or_not(bytes) {
            Ok(()) => true,
            Err(Refusal::Wait(_)) => false,
            Err(refusal) => panic!("{}: {refusal:?}", self.name),
        }
    }

    fn let_in_or_not(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
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
        let keys = self.ready().ok_or(Refusal::Wait(Wait::Genesis))?;
        let opened = statement.seal(&keys).map_err(Refusal::Reject)?;
        let verified = admit::admit(opened, &self.held, self.group.as_ref())?;
        let author = *verified.author();
        let woken = self.apply(verified);
        self.take(woken);
        self.ready();
        if !self.careless {
            self.give(&self.ring.welcome(self.group(), &author));
        }
        Ok(())
    }

    /// Takes in an envelope as it came, and whatever waited for it.
    pub fn receive(&mut self, bytes: Vec<u8>, source: u64) {
        self.take(vec![(bytes, source)]);
    }

    fn take(&mut self, mut queue: Vec<(Vec<u8>, u64)>) {
        while let Some((bytes, source)) = queue.pop() {
            if let Ok(more) = self.door(bytes, source) {
                queue.extend(more);
            }
        }
    }

    /// One envelope through the door; what it wakes comes back.
    pub fn door(&mut self, bytes: Vec<u8>, source: u64) -> Result<Vec<(Vec<u8>, u64)>, Refusal> {
        let envelope = Envelope::decode(&bytes).map_err(|error| Refusal::Reject(Why::Envelope(error)))?;
        let mut woken = Vec::new();
        for tag in self.ring.learn(&envelope) {
            woken.extend(self.wake(&Awaited::Key(tag)));
        }
        let mut owner = Owner::Source(source);
        let verified = self.open(envelope).and_then(|opened| {
            owner = opened.owner(source);
            admit::admit(opened, &self.held, self.group.as_ref())
        });
        match verified {
            Ok(verified) => {
                woken.extend(self.apply(verified));
                Ok(woken)
            }
            Err(Refusal::Wait(wait)) => {
                self.waiting.keep(&wait, owner, bytes);
                if woken.is_empty() { Err(Refusal::Wait(wait)) } else { Ok(woken) }
            }
            Err(refusal) if woken.is_empty() => Err(refusal),
            Err(_) => Ok(woken),
        }
    }

    fn open(&self, envelope: Envelope) -> Result<Opened, Refusal> {
        let far = self.now.plus(1 << 30);
        let Some(shared) = &self.shared else {
            return admit::open_envelope(envelope, &self.ring, self.group.as_ref(), far);
        };
        let id = envelope.id();
        if let Some(opened) = shared.borrow().get(&id) {
            let control = opened.entry().body.kind().is_control();
            let keys = self.ring.keys(opened.epoch());
            let author =
                self.group.as_ref().is_some_and(|group| !group.keys(&opened.entry().author).is_empty());
            if author && keys.is_some_and(|keys| control || keys.is_whole()) {
                return Ok(opened.clone());
            }
        }
        let opened = admit::open_envelope(envelope, &self.ring, self.group.as_ref(), far)?;
        shared.borrow_mut().insert(id, opened.clone());
        Ok(opened)
    }

    fn apply(&mut self, verified: Verified) -> Vec<(Vec<u8>, u64)> {
        self.lamport = self.lamport.max(verified.entry().lamport);
        let mut woken = Vec::new();
        if let Some(control) = verified.control() {
            match &mut self.group {
                None => self.group = Some(Group::begin(control).unwrap()),
                Some(group) => {
                    group.insert(control).unwrap();
                }
            }
            for tag in self.ring.record(&verified, self.group.as_ref().unwrap()) {
                woken.extend(self.wake(&Awaited::Key(tag)));
            }
        }
        for awaited in verified.awaited() {
            woken.extend(self.wake(&awaited));
        }
        self.held.keep(verified);
        woken
    }

    fn wake(&mut self, awaited: &Awaited) -> Vec<(Vec<u8>, u64)> {
        self.waiting.arrived(awaited).into_iter().map(|waiter| (waiter.bytes, 0)).collect()
    }

    /// Every envelope held.
    pub fn all(&self) -> Vec<Vec<u8>> {
        self.held.envelopes.values().map(|verified| verified.envelope().encode()).collect()
    }

    /// Texts of the posts held, that is opened.
    pub fn texts(&self) -> BTreeSet<String> {
        let entries = self.held.envelopes.values().map(|verified| &verified.entry().body);
        entries
            .filter_map(|body| if let Body::Post(post) = body { Some(post.text.clone()) } else { None })
            .collect()
    }

    /// The control entries held.
    pub fn controls(&self) -> BTreeSet<EntryId> {
        let control = self.held.envelopes.values().filter(|v| v.entry().body.kind().is_control());
        control.map(|verified| *verified.entry_id()).collect()
    }

    pub fn whole(&self, epoch: &EpochId) -> bool {
        self.ring.keys(epoch).is_some_and(EpochKeys::is_whole)
    }
}
