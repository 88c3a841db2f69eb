//! Members who have turned: they hold keys, sign and seal as one should, and say whatever they like. And
//! keepers, who can do no more than mend a gate tag.

use std::cell::RefCell;

use ed25519_dalek::{Signer, SigningKey};
use kith_protocol::admit::{self, Refusal};
use kith_protocol::body::{
    Admit, BackLink, Body, Genesis, Invite, InviteMode, Join, Kind, Leave, LogHead, Mint, NeedKey, OpenLog,
    Post, Promote, Remove, Reply, Revoke, Role, Wrap, WrapKey,
};
use kith_protocol::charter::{Charter, History, Inviters};
use kith_protocol::entry::{Bond, Entry, Links, SignedEntry};
use kith_protocol::envelope::{self, Envelope};
use kith_protocol::epoch::{Clear, EpochKey, EpochKeys, link, wrap};
use kith_protocol::id::{DropMark, EntryId, EpochId, LogId, MemberKey, SealKey, ShortId, hash};
use kith_protocol::limits;
use kith_protocol::porch::{DoorSecret, PorchSecret};
use kith_protocol::time::Millis;
use kith_tests::seed::Chance;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::circle::{Circle, NOW, Node};
use super::doors::{Door, door};
use super::mutate::mutated;

/// Entries let in beyond the honest ones before the node begins anew: what it holds must not grow for ever.
const MOST: usize = 120;
/// Inputs between two looks at all that follows from what was let in.
const LOOK: u64 = 61;

/// The doors, each with a group of its own: with history and without, and one where all have a seat.
pub fn doors() -> Vec<Door> {
    let circle = |history, shared| Circle::new(history, shared);
    vec![
        on_the_way("on the way", circle(History::All, false)),
        members("members", 4, circle(History::All, false)),
        members("members, no history", 2, circle(History::None, false)),
        members("members, shared power", 2, circle(History::All, true)),
    ]
}

/// Good envelopes of a group, hurt on their way to a node that holds the first half of what was said. Every other
/// one has its gate tag mended.
fn on_the_way(name: &'static str, circle: Circle) -> Door {
    let samples: Vec<Vec<u8>> = circle.history.iter().map(|v| v.envelope().encode()).collect();
    let keys: Vec<EpochKeys> = circle.keys.iter().cloned().map(EpochKeys::whole).collect();
    let half = circle.history.len() / 2;
    let node = RefCell::new(circle.node(half));
    door(name, 8, samples, move |bytes| {
        let mut bytes = bytes.to_vec();
        if let (0, Ok(envelope)) = (bytes.len() % 2, Envelope::decode(&bytes)) {
            let keys = keys.iter().find(|keys| keys.epoch().tag() == envelope.header().epoch);
            let tag = keys.map(|keys| keys.control().gate().tag(&envelope.id()));
            bytes.iter_mut().skip(36).zip(tag.iter().flat_map(|tag| tag.0)).for_each(|(to, byte)| *to = byte);
        }
        let mut node = node.borrow_mut();
        let through = node.hears(&bytes).is_ok();
        if through && node.taken.len() > half + 3 {
            *node = circle.node(half);
        }
        through
    })
}

struct Insiders {
    circle: Circle,
    node: Node,
    inputs: u64,
}

/// What members sign and seal. The bytes that come in are where the choices come from.
fn members(name: &'static str, weight: u64, circle: Circle) -> Door {
    let node = circle.node(usize::MAX);
    let insiders = RefCell::new(Insiders { circle, node, inputs: 0 });
    door(name, weight, vec![name.into()], move |bytes| {
        let mut insiders = insiders.borrow_mut();
        let Insiders { circle, node, inputs } = &mut *insiders;
        let mut chance = Chance::of(hash("members", &[bytes, &inputs.to_be_bytes()]));
        *inputs += 1;
        let through = Liar { circle, node, chance: &mut chance }.speaks();
        if inputs.is_multiple_of(LOOK) {
            node.looks_around(&circle.people[0].key());
        }
        if node.taken.len() > circle.history.len() + MOST {
            node.folds_the_same_in_another_order(&mut chance);
            *node = circle.node(usize::MAX);
        }
        through
    })
}

struct Liar<'a> {
    circle: &'a Circle,
    node: &'a mut Node,
    chance: &'a mut Chance,
}

impl Liar<'_> {
    /// One in so many.
    fn rarely(&mut self, times: u64) -> bool {
        self.chance.below(times) == 0
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        self.chance.bytes(N).try_into().expect("so many bytes")
    }

    /// The id of a control entry the node holds, the later the likelier; or none.
    fn control(&mut self) -> EntryId {
        if self.rarely(24) {
            return EntryId(self.array());
        }
        loop {
            let length = self.node.taken.len() as u64;
            let from = self.chance.below(length);
            let verified = &self.node.taken[self.chance.between(from, length - 1) as usize];
            if verified.entry().body.kind().is_control() {
                return *verified.entry_id();
            }
        }
    }

    /// The id of an entry of a kind, if the node holds one.
    fn of_kind(&mut self, kind: Kind) -> EntryId {
        let of: Vec<_> = self.node.taken.iter().filter(|v| v.entry().body.kind() == kind).collect();
        if of.is_empty() || self.chance.below(16) == 0 {
            self.control()
        } else {
            *self.chance.pick(&of).entry_id()
        }
    }

    fn member(&mut self) -> MemberKey {
        if self.rarely(16) { MemberKey(self.array()) } else { self.chance.pick(&self.circle.people).key() }
    }

    fn seal_key(&mut self) -> SealKey {
        let person = self.chance.pick(&self.circle.people);
        let own = person.secrets.seal(&person.log).key();
        match self.chance.below(12) {
            0 => SealKey([0; 32]),
            1 => SealKey(self.array()),
            _ => own,
        }
    }

    fn epoch(&mut self) -> EpochId {
        if self.rarely(8) { EpochId(self.array()) } else { self.chance.pick(&self.circle.keys).id() }
    }

    /// One of the few porches there are.
    fn porch(&mut self) -> PorchSecret {
        DoorSecret::from_bytes(*self.chance.pick(&self.circle.invites).expose()).porch()
    }

    fn text(&mut self) -> String {
        const TEXTS: &[&str] =
            &["", " ", "a", "\0", "שלום", "🙂🙂🙂", "\u{202e}olleh", "\u{feff}", "e\u{301}"];
        let text = *self.chance.pick(TEXTS);
        let times = if self.rarely(20) { self.chance.below(20_000) } else { self.chance.below(20) };
        text.repeat(times as usize)
    }

    fn number(&mut self) -> u64 {
        let small = self.chance.below(60);
        *self.chance.pick(&[small, small, small, 0, 1, u64::from(u32::MAX), 1 << 20, u64::MAX - 1, u64::MAX])
    }

    fn many<T>(&mut self, most: u64, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let most = if self.rarely(30) { most + 1 } else { self.chance.below(most.min(4)) + 1 };
        let count = self.chance.below(most + 1);
        (0..count).map(|_| one(self)).collect()
    }

    /// What is said, by somebody, and for mints and wraps the clear part.
    fn body(&mut self, who: usize, log: &LogId) -> (Body, Option<Clear>) {
        let own = self.circle.people[who].key();
        let member = |liar: &mut Self| if liar.rarely(10) { liar.member() } else { own };
        let body = match self.chance.below(26) {
            0 => Body::Genesis(Genesis {
                salt: [5; 32],
                title: self.text(),
                founders: self.many(limits::FOUNDERS as u64, Liar::member),
                charter: Charter {
                    purpose: self.text(),
                    history: History::All,
                    size: self.chance.below(600) as u32,
                    inviters: Inviters::Members,
                    shared_power: self.rarely(2),
                    ..Charter::default()
                },
                seal: self.seal_key(),
                name: self.text(),
            }),
            1 | 2 => Body::OpenLog(OpenLog {
                seal: self.seal_key(),
                member: member(self),
                retires: self.rarely(2).then(|| self.chance.pick(&self.circle.people).log),
                name: self.rarely(2).then(|| self.text()),
            }),
            3 | 4 => {
                let open = self.rarely(2);
                Body::Invite(Invite {
                    key: self.chance.pick(&self.circle.invites).key(),
                    mode: if open { InviteMode::OpenDoor } else { InviteMode::OnSight },
                    uses: self.chance.between(0, 3) as u32,
                    expires: Millis(self.number()),
                    porch: (open != self.rarely(10)).then(|| self.porch()),
                })
            }
            5 => Body::Revoke(Revoke { invite: self.of_kind(Kind::INVITE) }),
            6..=9 => {
                let member = member(self);
                let secret = self.chance.pick(&self.circle.invites).clone();
                let charter = match &self.circle.history[0].entry().body {
                    Body::Genesis(genesis) => genesis.charter.hash(),
                    _ => [0; 32],
                };
                Body::Join(Join {
                    member,
                    seal: self.seal_key(),
                    name: format!("n{}", self.text()),
                    invite: self.of_kind(Kind::INVITE),
                    invited: secret.invited(&self.circle.id, &member, log),
                    charter: if self.rarely(10) { self.array() } else { charter },
                })
            }
            10 => Body::Admit(Admit { join: self.of_kind(Kind::JOIN) }),
            11..=13 => {
                let role = *self.chance.pick(&[Role::Member, Role::Deputy, Role::Seat, Role::Seat]);
                Body::Promote(Promote { member: self.member(), role })
            }
            14..=16 => Body::Remove(Remove {
                member: self.member(),
                reason: self.text(),
                heads: self.many(limits::REMOVAL_HEADS as u64, |liar| LogHead {
                    log: liar.chance.pick(&liar.circle.people).log,
                    seq: liar.number(),
                }),
            }),
            17 => Body::Leave(Leave { goodbye: self.rarely(2).then(|| self.text()) }),
            18 | 19 => return self.keys(true),
            20 => return self.keys(false),
            21 => Body::NeedKey(NeedKey {
                epochs: self.many(limits::BACK_LINKS as u64, Liar::epoch),
                seal: self.seal_key(),
            }),
            22 => Body::Post(Post::new(self.text())),
            23 => Body::Reply(Reply::new(self.control().short(), self.text())),
            24 => Body::Unknown(Kind(self.chance.below(64) as u16), vec![0xa0]),
            _ => Body::Unknown(Kind(self.chance.below(65_536) as u16), vec![0x00]),
        };
        (body, None)
    }

    /// A mint or a wrap: of a new epoch or a known one, for people or for nobody, telling the truth or not.
    fn keys(&mut self, mint: bool) -> (Body, Option<Clear>) {
        let key = if mint && !self.rarely(6) {
            EpochKey::from_bytes(self.array())
        } else {
            self.chance.pick(&self.circle.keys).clone()
        };
        let mut rng = ChaCha8Rng::from_seed(self.array());
        let (id, group) = (key.id(), self.circle.id);
        let wraps = self.many(3, |liar| {
            let seal = liar.seal_key();
            let sealed = (!liar.rarely(4)).then(|| wrap::wrap(&key, &group, &seal, &mut rng).ok()).flatten();
            let lie = WrapKey { tag: liar.array(), encapped: liar.array(), sealed: [3; 48] };
            sealed.unwrap_or(lie)
        });
        let earlier: Vec<_> = self.circle.keys.iter().cloned().map(EpochKeys::whole).collect();
        let history = self.rarely(2);
        let mut links = if mint { link::links(&key, &earlier, history) } else { vec![] };
        if self.rarely(4) {
            links =
                self.many(4, |liar| BackLink { epoch: liar.epoch(), whole: liar.rarely(2), sealed: [4; 48] });
        }
        let from = links.iter().filter(|link| !link.whole).map(|link| link.epoch).collect();
        let Ok(clear) = Clear::new(id, wraps, links) else {
            return (Body::Leave(Leave { goodbye: None }), None);
        };
        let hash = if self.rarely(20) { self.array() } else { clear.hash() };
        let epoch = if self.rarely(20) { self.epoch() } else { id };
        let body = if mint {
            Body::Mint(Mint { epoch, clear: hash, from })
        } else {
            Body::Wrap(Wrap { epoch, clear: hash })
        };
        if mint {
            self.node.ring.keep(key);
        }
        (body, Some(clear))
    }

    fn entry(&mut self, who: usize) -> (Entry, Option<Clear>) {
        let person = &self.circle.people[who];
        let (author, known, next) = (person.key().author(), person.log, person.seq);
        let log = if self.rarely(3) { LogId(self.array()) } else { known };
        let (body, clear) = self.body(who, &log);
        let kind = body.kind();
        let mut deps = self.many(limits::DEPS as u64, Liar::control);
        if let (Body::Join(join), false) = (&body, self.rarely(30)) {
            deps = vec![join.invite];
        }
        let links = if kind.is_control() {
            let prev = (!kind.opens_log()).then(|| self.control());
            Links::Control { prev, deps }
        } else {
            let control = deps.iter().map(EntryId::short).collect();
            let content = self.many(limits::DEPS as u64, |liar| ShortId(liar.array()));
            Links::Content { prev: ShortId(self.array()), control, content }
        };
        let seq = if kind.opens_log() { 0 } else { next + self.chance.below(4) };
        let entry = Entry {
            author: if self.rarely(30) { self.member().author() } else { author },
            log,
            seq: if self.rarely(30) { self.number() } else { seq },
            links,
            lamport: if self.rarely(8) { self.number() } else { 30 + self.chance.below(30) },
            time: if self.rarely(8) { Millis(self.number()) } else { NOW },
            body,
        };
        (entry, clear)
    }

    /// Says something, well signed and well sealed, or nearly; whether it was let in.
    fn speaks(&mut self) -> bool {
        let who = self.chance.below(self.circle.people.len() as u64) as usize;
        let (entry, clear) = self.entry(who);
        let control = entry.body.kind().is_control();
        let keys = match &entry.body {
            Body::Mint(mint) => self.node.ring.keys(&mint.epoch).cloned(),
            _ => None,
        };
        let on_the_porch =
            control && (self.rarely(12) || (entry.body.kind() == Kind::JOIN && self.rarely(2)));
        let keys = if on_the_porch { Some(self.porch().keys()) } else { keys };
        let keys = keys.unwrap_or_else(|| EpochKeys::whole(self.chance.pick(&self.circle.keys).clone()));
        let bond = (!control).then(|| Bond { epoch: keys.epoch(), drop: DropMark(self.array()) });
        let signing = self.circle.people[who].secrets.signing();
        let signed = if self.rarely(4) {
            let bytes = mutated(&[entry.encode()], self.chance);
            self.signs(&bytes, signing, bond)
        } else {
            SignedEntry::sign(&entry, &self.circle.id, signing, bond)
        };
        if control && self.rarely(3) {
            self.hands_over(&signed, &keys);
        }
        let moved = SignedEntry::from_bytes(
            &signed.to_bytes(),
            bond.map(|bond| Bond { drop: DropMark([9; 16]), ..bond }),
        );
        let signed = if self.rarely(40) { moved.unwrap_or(signed) } else { signed };
        let Ok(envelope) = envelope::seal(&signed, &entry, &keys, clear.as_ref()) else { return false };
        match self.node.hears(&envelope.encode()) {
            Ok(()) => true,
            Err(Refusal::Reject(_) | Refusal::Ignore(_) | Refusal::Wait(_)) => false,
        }
    }

    /// Signs any bytes as if they were an entry.
    fn signs(&self, bytes: &[u8], signing: &SigningKey, bond: Option<Bond>) -> SignedEntry {
        let key = signing.verifying_key().to_bytes();
        let group = self.circle.id;
        let string = match &bond {
            None => [b"kith/1/entry\0", group.as_ref(), key.as_slice(), bytes].concat(),
            Some(Bond { epoch, drop }) => {
                let (epoch, drop) = (epoch.as_ref(), drop.as_ref());
                [b"kith/1/content-entry\0", group.as_ref(), key.as_slice(), epoch, drop, bytes].concat()
            }
        };
        let whole = [bytes, signing.sign(&string).to_bytes().as_slice()].concat();
        SignedEntry::from_bytes(&whole, bond).expect("longer than a signature")
    }

    /// The same without an envelope, as newcomers bring it.
    fn hands_over(&mut self, signed: &SignedEntry, keys: &EpochKeys) {
        let group = self.node.group.as_ref();
        let Ok(statement) = admit::open_signed(&signed.to_bytes(), &self.circle.id, group, NOW) else {
            return;
        };
        if let Ok(opened) = statement.seal(keys) {
            drop(self.node.lets_in(opened));
        }
    }
}
