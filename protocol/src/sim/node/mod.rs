//! One person's node, without network and disk: what the door, the fold and the keyring are used for.

mod acts;
mod admitting;
mod entering;
mod keys;
mod reopening;
mod telling;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

pub use entering::{Ticket, charter};

use super::dice::Dice;
use super::held::Held;
use crate::admit::{self, Awaited, Opened, Owner, Refusal, Verified, Waiting, Why};
use crate::body::Body;
use crate::entry::{Entry, Links};
use crate::envelope::Envelope;
use crate::epoch::{Clear, EpochKeys, Keyring};
use crate::group::{Group, Standing};
use crate::id::{DropMark, EntryId, EnvelopeId, GroupId, LogId, MemberKey, ShortId, hash};
use crate::identity::{Identity, MemberSecrets};
use crate::limits;
use crate::time::Millis;
use rand_core::Rng;

/// The salt of every simulated group.
pub const SALT: [u8; 32] = [5; 32];
/// When simulations begin.
pub const START: Millis = Millis(1_795_305_600_000);

/// Envelopes that some node opened already: opening depends on nothing but the key, so the others need not do
/// it again.
pub type Shared = Rc<RefCell<BTreeMap<EnvelopeId, Opened>>>;

/// What a node does wrong on purpose, to see that somebody notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Forgets to give newcomers the other heads.
    Careless,
    /// Posts under the group's first epoch, as if nobody had been removed since.
    OldEpoch,
    /// Loses what it wrote in a crash.
    Forgetful,
    /// Answers no call for keys.
    Mute,
    /// Shows posts in the order in which they came.
    Hasty,
    /// Does not take in removals.
    Trusting,
    /// Does not take in withdrawals.
    Hoarding,
    /// Gives the key to whoever asks to come in, let in or not.
    Welcoming,
    /// Serves only some of what it holds: a hostile node.
    Withholding,
}

/// One device of one person.
pub struct Node {
    /// What the person is called.
    pub name: String,
    /// The person's secrets in this group.
    pub secrets: MemberSecrets,
    /// The device's log.
    pub log: LogId,
    /// The number of the next entry.
    pub seq: u64,
    /// The entry before it.
    pub prev: Option<EntryId>,
    /// What opened this log, as signed, if that was an open-log: handed in until this device knows that it is in.
    pub opening: Option<Vec<u8>>,
    /// The last control entry of this log.
    pub last_control: Option<EntryId>,
    /// The highest lamport number known.
    pub lamport: u64,
    /// What this device's clock says.
    pub now: Millis,
    /// The fold; none until the genesis is here.
    pub group: Option<Group>,
    /// The epochs held.
    pub ring: Keyring,
    /// What came too early.
    pub waiting: Waiting,
    /// What went through the door.
    pub held: Held,
    /// What it wrote, as sealed: kept whatever happens to the rest.
    pub own: Vec<Vec<u8>>,
    /// Where this device's random numbers come from.
    pub dice: Dice,
    /// How many epochs it began.
    pub mints: usize,
    /// What others have opened already.
    pub shared: Option<Shared>,
    /// What it does wrong.
    pub flaw: Option<Flaw>,
}

/// An envelope as it came, and the number of who gave it.
type Parcel = (Vec<u8>, u64);

/// The secrets of somebody by name; `generation` counts how often they came back after a removal.
pub(super) fn secrets(name: &str, generation: u32) -> MemberSecrets {
    let half = |side: &str| hash("kith/sim/person", &[side.as_bytes(), name.as_bytes()]);
    let mut root = [0; 64];
    root[..32].copy_from_slice(&half("left"));
    root[32..].copy_from_slice(&half("right"));
    Identity::without_words(root).member(&SALT, generation)
}

impl Node {
    /// A device of a person, by name, that knows a group by its id only.
    pub fn new(name: &str, device: u8, group: GroupId) -> Node {
        Node::returning(name, 0, device, group)
    }

    /// As [`Node::new`], of somebody who came back so many times after being removed.
    pub fn returning(name: &str, generation: u32, device: u8, group: GroupId) -> Node {
        let secrets = secrets(name, generation);
        let mut dice = Dice::new(u64::from(device) + (u64::from(generation) << 8), name);
        let mut log = LogId([0; LogId::LEN]);
        dice.fill_bytes(&mut log.0);
        let mut ring = Keyring::new(group);
        ring.own(secrets.seal(&log));
        Node {
            name: name.into(),
            secrets,
            log,
            seq: 0,
            prev: None,
            last_control: None,
            opening: None,
            lamport: 0,
            now: START,
            group: None,
            ring,
            waiting: Waiting::default(),
            held: Held::default(),
            own: Vec::new(),
            dice,
            mints: 0,
            shared: None,
            flaw: None,
        }
    }

    /// The person's key.
    pub fn key(&self) -> MemberKey {
        self.secrets.key()
    }

    /// The fold. Stops if there is none yet.
    pub fn group(&self) -> &Group {
        self.group.as_ref().expect("in a group")
    }

    /// Whether somebody is a member, as far as this node knows.
    pub fn is_current(&self, key: &MemberKey) -> bool {
        let member = self.group.as_ref().and_then(|group| group.member(key));
        member.is_some_and(|member| member.standing == Standing::Member)
    }

    /// An entry with the next number of this log, citing the heads.
    pub fn entry(&mut self, body: Body) -> Entry {
        let heads = self.group.as_ref().map(Group::heads).unwrap_or_default();
        self.entry_citing(body, heads)
    }

    /// An entry with the next number of this log, citing these. Writing it takes a second.
    pub fn entry_citing(&mut self, body: Body, heads: Vec<EntryId>) -> Entry {
        self.lamport += 1;
        self.now = self.now.plus(1000);
        let links = if body.kind().is_control() {
            Links::Control { prev: self.prev, deps: self.with_own(heads) }
        } else {
            let control = heads.iter().take(limits::DEPS).map(EntryId::short).collect();
            let prev = self.prev.expect("a log is opened by a control entry").short();
            Links::Content { prev, control, content: Vec::<ShortId>::new() }
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

    /// What a control entry cites: these, and this log's last control entry if they do not lead to it.
    fn with_own(&self, mut deps: Vec<EntryId>) -> Vec<EntryId> {
        let Some(group) = &self.group else { return deps };
        // A call for keys that somebody else sealed is not here before its envelope has come back.
        let own = self.last_control.filter(|own| group.holds(own) && !deps.contains(own));
        if let Some(own) = own.filter(|own| !deps.iter().any(|dep| group.precedes(own, dep))) {
            deps.truncate(limits::DEPS - 1);
            deps.push(own);
        }
        deps
    }

    /// Writes an entry of one's own: through the same door as everything else.
    ///
    /// # Errors
    /// [`Refusal`], as for everybody.
    pub fn write(
        &mut self,
        entry: Entry,
        keys: &EpochKeys,
        clear: Option<Clear>,
    ) -> Result<Verified, Refusal> {
        let drop = if entry.body.kind().is_control() {
            DropMark([0; DropMark::LEN])
        } else {
            self.secrets.drop_secret(&self.log).mark(entry.seq)
        };
        let group = *self.ring.group();
        let opened = admit::write(&entry, self.secrets.signing(), &group, keys, clear, drop)
            .map_err(Refusal::Reject)?;
        let verified = admit::admit(opened, &self.held, self.group.as_ref())?;
        self.advance(&verified);
        self.own.push(verified.envelope().encode());
        let woken = self.apply(verified.clone());
        self.take(woken);
        Ok(verified)
    }

    /// Goes on in this log after an entry of it.
    pub fn advance(&mut self, verified: &Verified) {
        self.seq += 1;
        self.prev = Some(*verified.entry_id());
        if verified.entry().body.kind().is_control() {
            self.last_control = self.prev;
        }
    }

    /// Takes in an envelope as it came, and whatever waited for it.
    pub fn receive(&mut self, bytes: Vec<u8>, source: u64) {
        // What is refused is nothing to whoever gave it; what waits, waits.
        let _ = self.offered(bytes, source);
    }

    /// As [`Node::receive`], with what the door said.
    ///
    /// # Errors
    /// [`Refusal`], of the envelope itself.
    pub fn offered(&mut self, bytes: Vec<u8>, source: u64) -> Result<(), Refusal> {
        let (woken, answer) = self.door(bytes, source);
        self.take(woken);
        answer
    }

    fn take(&mut self, mut queue: Vec<Parcel>) {
        while let Some((bytes, source)) = queue.pop() {
            queue.extend(self.door(bytes, source).0);
        }
    }

    /// One envelope through the door; what it wakes comes back.
    fn door(&mut self, bytes: Vec<u8>, source: u64) -> (Vec<Parcel>, Result<(), Refusal>) {
        let envelope = match Envelope::decode(&bytes) {
            Ok(envelope) => envelope,
            Err(error) => return (Vec::new(), Err(Refusal::Reject(Why::Envelope(error)))),
        };
        let mut woken = Vec::new();
        for tag in self.ring.learn(&envelope) {
            woken.extend(self.wake(&Awaited::Key(tag)));
        }
        let mut owner = Owner::Source(source);
        let verified = self.open(envelope).and_then(|opened| {
            owner = opened.owner(source);
            admit::admit(opened, &self.held, self.group.as_ref())
        });
        let answer = match verified {
            Ok(verified) if self.overlooks(&verified.entry().body) => Err(Refusal::Ignore(Why::Held)),
            Ok(verified) => {
                woken.extend(self.apply(verified));
                Ok(())
            }
            Err(refusal) => {
                if let Refusal::Wait(wait) = &refusal {
                    self.waiting.keep(wait, owner, bytes);
                }
                Err(refusal)
            }
        };
        (woken, answer)
    }

    /// Whether its flaw makes this node blind to something.
    fn overlooks(&self, body: &Body) -> bool {
        match self.flaw {
            Some(Flaw::Trusting) => matches!(body, Body::Remove(_)),
            Some(Flaw::Hoarding) => matches!(body, Body::Withdraw(_)),
            _ => false,
        }
    }

    fn open(&self, envelope: Envelope) -> Result<Opened, Refusal> {
        let Some(shared) = &self.shared else {
            return admit::open_envelope(envelope, &self.ring, self.group.as_ref(), self.now);
        };
        let id = envelope.id();
        if let Some(opened) = shared.borrow().get(&id).filter(|opened| self.could_open(opened)) {
            return Ok(opened.clone());
        }
        let opened = admit::open_envelope(envelope, &self.ring, self.group.as_ref(), self.now)?;
        shared.borrow_mut().insert(id, opened.clone());
        Ok(opened)
    }

    /// Whether this node would have opened what another one did: it has the key, knows the author, and finds
    /// it no later than its clock allows.
    fn could_open(&self, opened: &Opened) -> bool {
        let entry = opened.entry();
        let control = entry.body.kind().is_control();
        let keys = self.ring.keys(opened.epoch());
        let author = self.group.as_ref().is_some_and(|group| !group.keys(&entry.author).is_empty());
        let late = entry.time.hour().0 <= self.now.hour().0 + limits::HOURS_AHEAD;
        author && late && keys.is_some_and(|keys| control || keys.is_whole())
    }

    fn apply(&mut self, verified: Verified) -> Vec<Parcel> {
        self.lamport = self.lamport.max(verified.entry().lamport);
        let mut woken = Vec::new();
        if let Some(control) = verified.control() {
            match &mut self.group {
                None => self.group = Some(Group::begin(control).expect("a genesis that opened")),
                Some(group) => {
                    group.insert(control).expect("what it cites was looked for at the door");
                }
            }
            for tag in self.ring.record(&verified, self.group.as_ref().expect("just set")) {
                woken.extend(self.wake(&Awaited::Key(tag)));
            }
        }
        for awaited in verified.awaited() {
            woken.extend(self.wake(&awaited));
        }
        self.held.keep(verified);
        woken
    }

    fn wake(&mut self, awaited: &Awaited) -> Vec<Parcel> {
        self.waiting.arrived(awaited).into_iter().map(|waiter| (waiter.bytes, 0)).collect()
    }
}
