//! Every refusal of the door, each brought about once.

use kith_protocol::admit::{self, Opened, Owner, Refusal, Replay, Verified, Wait, Why};
use kith_protocol::body::{Body, Invite, InviteMode, Join, Leave, Mint, NeedKey, OpenLog, Post, Wrap};
use kith_protocol::charter::History;
use kith_protocol::entry::{Bond, Entry, Links, SignedEntry};
use kith_protocol::envelope::{self, Envelope, EnvelopeError, OpenError, clear_hash};
use kith_protocol::epoch::{Clear, EpochKey, EpochKeys, Keyring, link, wrap};
use kith_protocol::group::Group;
use kith_protocol::id::{DropMark, EntryId, GroupId, MemberKey, SealKey, ShortId};
use kith_protocol::limits;
use kith_protocol::time::Millis;
use proptest::prelude::*;

use super::held::Held;
use super::node::{Node, meet};

/// ada and ben, who have met; ada's keys of the epoch they send under.
fn pair() -> (Node, Node, EpochKeys) {
    let mut nodes = Node::founders(&["ada", "ben"], History::All);
    let ben = nodes.pop().unwrap();
    let mut ada = nodes.pop().unwrap();
    let keys = ada.ready().unwrap();
    (ada, ben, keys)
}

fn post(text: &str) -> Body {
    Body::Post(Post { text: text.into() })
}

/// What an entry to be sealed under `keys` is signed for.
fn bond(entry: &Entry, keys: &EpochKeys) -> Option<Bond> {
    let bond = Bond { epoch: keys.epoch(), drop: DropMark([7; 16]) };
    (!entry.body.kind().is_control()).then_some(bond)
}

fn sealed(entry: &Entry, by: &Node, keys: &EpochKeys) -> Envelope {
    let signed = SignedEntry::sign(entry, by.ring.group(), by.secrets.signing(), bond(entry, keys));
    envelope::seal(&signed, entry, keys, None).unwrap()
}

/// Somebody's entry as it was signed, put into another envelope by one who holds the key of that.
fn moved(signed: &SignedEntry, keys: &EpochKeys, bond: Option<Bond>) -> Envelope {
    let signed = SignedEntry::from_bytes(&signed.to_bytes(), bond).unwrap();
    envelope::seal(&signed, &signed.entry().unwrap(), keys, None).unwrap()
}

fn open(envelope: &Envelope, at: &Node) -> Result<Opened, Refusal> {
    admit::open(&envelope.encode(), &at.ring, at.group.as_ref(), at.now)
}

fn refused(envelope: &Envelope, at: &Node) -> Refusal {
    open(envelope, at).expect_err("refused")
}

fn let_in(envelope: &Envelope, at: &Node) -> Result<Verified, Refusal> {
    admit::admit(open(envelope, at)?, &at.held, at.group.as_ref())
}

#[test]
fn what_is_written_here_is_let_in_there() {
    let (mut ada, ben, _) = pair();
    let written = ada.post("hello").unwrap();
    let verified = let_in(written.envelope(), &ben).unwrap();
    assert_eq!(verified.entry(), written.entry());
    assert_eq!((verified.entry_id(), verified.author()), (written.entry_id(), &ada.key()));
    assert_eq!(verified.envelope(), written.envelope());
    assert_eq!((verified.split(), verified.is_copy()), (None, false));
    assert!(verified.control().is_none() && verified.clear().is_none());
}

#[test]
fn junk_is_no_envelope() {
    let (ada, ..) = pair();
    for (bytes, why) in [
        (vec![], EnvelopeError::Length),
        (vec![9; 100], EnvelopeError::Version(9)),
        (vec![0; limits::ENVELOPE + 1], EnvelopeError::TooLarge),
    ] {
        let refusal = admit::open(&bytes, &ada.ring, ada.group.as_ref(), ada.now).unwrap_err();
        assert_eq!(refusal, Refusal::Reject(Why::Envelope(why)));
        assert!(refusal.is_reject());
    }
}

#[test]
fn a_fast_clock_waits() {
    let (mut ada, ben, keys) = pair();
    let mut entry = ada.entry(post("from the future"));
    entry.time = ben.now.plus((u64::from(limits::HOURS_AHEAD) + 1) * 3_600_000);
    let envelope = sealed(&entry, &ada, &keys);
    assert_eq!(refused(&envelope, &ben), Refusal::Wait(Wait::Clock { hours: 3 }));
    let later = ben.now.plus(3_600_000);
    assert!(admit::open(&envelope.encode(), &ben.ring, ben.group.as_ref(), later).is_ok());
}

#[test]
fn without_the_epochs_key_it_waits() {
    let (mut ada, mut ben, _) = pair();
    let other = EpochKeys::whole(EpochKey::generate(&mut ada.rng));
    let entry = ada.entry(post("elsewhere"));
    let envelope = sealed(&entry, &ada, &other);
    assert_eq!(refused(&envelope, &ben), Refusal::Wait(Wait::Key(other.epoch().tag())));
    assert_eq!(ben.ring.keep(other.key().unwrap().clone()), [other.epoch().tag()]);
    assert!(open(&envelope, &ben).is_ok());
}

#[test]
fn content_waits_where_only_the_control_key_is_held() {
    let mut nodes = Node::founders(&["ada", "ben"], History::None);
    let old = nodes[0].post("before").unwrap();
    let ticket = nodes[0].invite(1).unwrap();
    let mut cyd = Node::join("cyd", &ticket, &mut nodes[0]).unwrap();
    meet(&mut nodes[0], &mut cyd);
    assert_eq!(refused(old.envelope(), &cyd), Refusal::Wait(Wait::Content(*old.epoch())));
    // What only pretends to be of that epoch does not wait.
    let mut bytes = old.envelope().encode();
    bytes[36] ^= 1;
    let forged = Envelope::decode(&bytes).unwrap();
    assert_eq!(refused(&forged, &cyd), Refusal::Reject(Why::Gate));
}

#[test]
fn what_was_altered_is_rejected() {
    let (mut ada, ben, keys) = pair();
    let written = ada.post("hello").unwrap();
    let good = written.envelope().encode();
    for at in [36, 60, good.len() - 1] {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        assert_eq!(refused(&Envelope::decode(&bytes).unwrap(), &ben), Refusal::Reject(Why::Gate));
    }
    // Altered by somebody who can make gate tags, as keepers can.
    let mut bytes = good;
    *bytes.last_mut().unwrap() ^= 1;
    let id = Envelope::decode(&bytes).unwrap().id();
    bytes[36..52].copy_from_slice(&keys.control().gate().tag(&id).0);
    let envelope = Envelope::decode(&bytes).unwrap();
    assert_eq!(refused(&envelope, &ben), Refusal::Reject(Why::Sealed(OpenError::Sealed)));
}

#[test]
fn outside_and_inside_must_fit() {
    let (mut ada, ben, keys) = pair();
    let entry = ada.entry(post("hello"));
    let signed = SignedEntry::sign(&entry, ada.ring.group(), ada.secrets.signing(), bond(&entry, &keys));
    let mut other = entry.clone();
    other.time = other.time.plus(3_600_000);
    let envelope = envelope::seal(&signed, &other, &keys, None).unwrap();
    assert_eq!(refused(&envelope, &ben), Refusal::Reject(Why::Sealed(OpenError::Hour)));
    let junk = SignedEntry::from_bytes(&[0xff; 100], bond(&entry, &keys)).unwrap();
    let envelope = envelope::seal(&junk, &entry, &keys, None).unwrap();
    assert!(matches!(refused(&envelope, &ben), Refusal::Reject(Why::Sealed(OpenError::Entry(_)))));
}

#[test]
fn nobody_signs_for_another() {
    let (mut ada, ben, keys) = pair();
    let entry = ada.entry(post("ada says"));
    let forged = sealed(&entry, &ben, &keys);
    assert_eq!(refused(&forged, &ben), Refusal::Reject(Why::Signature));
    let mut elsewhere = sealed(&entry, &ada, &keys);
    assert!(open(&elsewhere, &ben).is_ok());
    let signed = SignedEntry::sign(&entry, &GroupId([1; 32]), ada.secrets.signing(), bond(&entry, &keys));
    elsewhere = envelope::seal(&signed, &entry, &keys, None).unwrap();
    assert_eq!(refused(&elsewhere, &ben), Refusal::Reject(Why::Signature));
}

#[test]
fn a_signature_of_nobody_known_waits_for_its_author() {
    let (mut ada, _, keys) = pair();
    let mut zoe = Node::new("zoe", 0, *ada.ring.group());
    (zoe.prev, zoe.seq) = (Some(EntryId([1; 32])), 1);
    let heads = ada.group().heads();
    let entry = zoe.entry_citing(post("who?"), heads);
    let envelope = sealed(&entry, &zoe, &keys);
    assert_eq!(refused(&envelope, &ada), Refusal::Wait(Wait::Author(zoe.key().author())));
    // Citing what is not here, it waits for that: its author's first entry must be below it.
    let mut entry = entry;
    entry.links = Links::Content { prev: ShortId([1; 16]), control: vec![ShortId([7; 16])], content: vec![] };
    let envelope = sealed(&entry, &zoe, &keys);
    assert_eq!(refused(&envelope, &ada), Refusal::Wait(Wait::Control(vec![ShortId([7; 16])])));
    // A bad signature under a known name is not blamed on anybody before all it cites is here, either.
    entry.author = ada.key().author();
    let envelope = sealed(&entry, &zoe, &keys);
    assert_eq!(refused(&envelope, &ada), Refusal::Wait(Wait::Control(vec![ShortId([7; 16])])));
    let heads = ada.group().heads();
    let mut entry = zoe.entry_citing(post("ada?"), heads);
    entry.author = ada.key().author();
    let _ = ada.post("x");
    assert_eq!(refused(&sealed(&entry, &zoe, &keys), &ada), Refusal::Reject(Why::Signature));
}

#[test]
fn everything_waits_for_the_genesis() {
    let (mut ada, _, keys) = pair();
    let mut new = Node::new("new", 0, *ada.ring.group());
    new.ring.keep(keys.key().unwrap().clone());
    let written = ada.post("hello").unwrap();
    assert_eq!(refused(written.envelope(), &new), Refusal::Wait(Wait::Genesis));
    let log = ada.held.envelopes.values().find(|v| matches!(v.entry().body, Body::OpenLog(_))).unwrap();
    assert_eq!(let_in(log.envelope(), &new).unwrap_err(), Refusal::Wait(Wait::Genesis));
    let genesis = ada.held.envelopes.values().find(|v| matches!(v.entry().body, Body::Genesis(_))).unwrap();
    let genesis = let_in(genesis.envelope(), &new).unwrap();
    assert!(Group::begin(genesis.control().unwrap()).is_ok());
}

#[test]
fn a_genesis_is_of_this_group_and_there_is_one() {
    let (ada, ben, keys) = pair();
    let genesis = ada.held.envelopes.values().find(|v| matches!(v.entry().body, Body::Genesis(_))).unwrap();
    let mut entry = genesis.entry().clone();
    // The first founder signs it again with another time: the group's id stays, the entry is another.
    entry.time = entry.time.plus(1);
    let second = sealed(&entry, &ada, &keys);
    assert_eq!(let_in(&second, &ben).unwrap_err(), Refusal::Ignore(Why::OtherGroup));
    let mut with_more = entry.clone();
    if let Body::Genesis(body) = &mut with_more.body {
        body.title = "another".into();
    }
    assert_eq!(refused(&sealed(&with_more, &ada, &keys), &ben), Refusal::Reject(Why::OtherGroup));
    let mut citing = entry;
    citing.links = Links::Control { prev: None, deps: vec![*genesis.entry_id()] };
    assert!(matches!(refused(&sealed(&citing, &ada, &keys), &ben), Refusal::Reject(Why::Contradicts(_))));
}

#[test]
fn a_genesis_has_one_form() {
    let (ada, ben, keys) = pair();
    let genesis = ada.held.envelopes.values().find(|v| matches!(v.entry().body, Body::Genesis(_))).unwrap();
    // A further field in the body, which readers skip: the same group id from other bytes.
    let plain = genesis.entry().body.encode();
    let at = genesis.signed().entry_bytes().windows(plain.len()).position(|part| part == plain).unwrap();
    let mut bytes = genesis.signed().entry_bytes().to_vec();
    assert_eq!(bytes[at], 0xa6);
    bytes[at] = 0xa7;
    bytes.splice(at + plain.len()..at + plain.len(), [0x18, 0x63, 0x00]);
    let decoded = Entry::decode(&bytes).unwrap();
    assert_eq!(decoded.body, genesis.entry().body);
    let string =
        [b"kith/1/entry\0".as_slice(), ada.ring.group().as_ref(), ada.key().as_ref(), &bytes].concat();
    let signature = ed25519_dalek::Signer::sign(ada.secrets.signing(), &string);
    let signed = SignedEntry::from_bytes(&[bytes, signature.to_bytes().to_vec()].concat(), None).unwrap();
    assert!(signed.verify(ada.ring.group(), &ada.key()));
    let envelope = envelope::seal(&signed, &decoded, &keys, None).unwrap();
    assert!(matches!(refused(&envelope, &ben), Refusal::Reject(Why::Contradicts(_))));
}

#[test]
fn entries_that_bring_their_key_are_of_that_key() {
    let (ada, mut ben, keys) = pair();
    let mut zoe = Node::new("zoe", 0, *ada.ring.group());
    let invite = ben.invite(1).unwrap();
    let join = |member: MemberKey, cited: EntryId| {
        Body::Join(Join {
            member,
            seal: SealKey([9; 32]),
            name: "zoe".into(),
            invite: invite.invite,
            invited: [0; 64],
            charter: cited.0,
        })
    };
    let mut entry = zoe.entry(join(zoe.key(), invite.invite));
    entry.links = Links::Control { prev: None, deps: vec![invite.invite] };
    assert!(open(&sealed(&entry, &zoe, &keys), &ada).is_ok());
    let mut other = entry.clone();
    other.links = Links::Control { prev: None, deps: vec![EntryId([1; 32])] };
    assert!(matches!(refused(&sealed(&other, &zoe, &keys), &ada), Refusal::Reject(Why::Contradicts(_))));
    let mut other = entry.clone();
    other.body = join(ada.key(), invite.invite);
    assert!(matches!(refused(&sealed(&other, &zoe, &keys), &ada), Refusal::Reject(Why::Contradicts(_))));
    assert_eq!(refused(&sealed(&entry, &ben, &keys), &ada), Refusal::Reject(Why::Signature));
    // Nobody can be made to wrap for a key that nothing can be sealed to.
    for low in [[0; 32], std::array::from_fn(|at| u8::from(at == 0))] {
        let mut other = entry.clone();
        if let Body::Join(body) = &mut other.body {
            body.seal = SealKey(low);
        }
        assert!(matches!(refused(&sealed(&other, &zoe, &keys), &ada), Refusal::Reject(Why::Contradicts(_))));
    }
}

#[test]
fn keys_that_nothing_can_be_sealed_to_are_those_that_wrapping_refuses() {
    let (mut ada, ben, keys) = pair();
    let key = keys.key().unwrap().clone();
    let mut low = vec![[0; 32], [0xff; 32], [0xff; 32], [0xff; 32]];
    low.push(std::array::from_fn(|at| u8::from(at == 0)));
    for (n, first) in [0xec, 0xed, 0xee].into_iter().enumerate() {
        low[n + 1][0] = first;
        low[n + 1][31] = 0x7f;
    }
    for text in [
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    ] {
        low.push(hex::decode(text).unwrap().try_into().unwrap());
    }
    for plain in low {
        for highest in [0, 0x80] {
            let mut bytes: [u8; 32] = plain;
            bytes[31] |= highest;
            let refused = wrap::wrap(&key, ada.ring.group(), &SealKey(bytes), &mut ada.rng.clone());
            assert!(refused.is_err(), "{}", hex::encode(bytes));
            let mut device = Node::new("ben", 7, *ben.ring.group());
            let open = OpenLog { seal: SealKey(bytes), member: ben.key(), retires: None, name: None };
            let entry = device.entry_citing(Body::OpenLog(open), ben.group().heads());
            assert!(matches!(
                self::refused(&sealed(&entry, &device, &keys), &ada),
                Refusal::Reject(Why::Contradicts(_))
            ));
        }
    }
    let entry = ada.entry(post("and ada goes on"));
    assert!(open(&sealed(&entry, &ada, &keys), &ben).is_ok());
}

#[test]
fn a_control_entry_cites_something() {
    let (mut ada, ben, keys) = pair();
    let mut entry = ada.entry(Body::Leave(Leave { goodbye: None }));
    entry.links = Links::Control { prev: ada.prev, deps: vec![] };
    assert!(matches!(refused(&sealed(&entry, &ada, &keys), &ben), Refusal::Reject(Why::Contradicts(_))));
}

#[test]
fn mints_and_wraps_bring_what_they_say() {
    let (mut ada, ben, keys) = pair();
    let new = EpochKey::generate(&mut ada.rng);
    let group = *ada.ring.group();
    let wraps = |key: &EpochKey, rng: &mut rand_chacha::ChaCha20Rng| {
        vec![wrap::wrap(key, &group, &ada.secrets.seal(&ada.log).key(), rng).unwrap()]
    };
    let mut rng = ada.rng.clone();
    let clear = |wraps, back| Clear::new(new.id(), wraps, back).unwrap();
    let to_old = || link::links(&new, [&keys], true);
    let of = |epoch: &EpochKey| EpochKeys::whole(epoch.clone());
    let mint = |clear: &Clear, from: Vec<_>| {
        Body::Mint(Mint { epoch: new.id(), clear: clear_hash(&clear.encode()), from })
    };
    let good = clear(wraps(&new, &mut rng), to_old());
    let unsaid = clear(wraps(&new, &mut rng), vec![]);
    let whole_only = clear(wraps(&new, &mut rng), to_old().into_iter().filter(|link| link.whole).collect());
    let nobody = clear(vec![], to_old());
    let own = link::links(&new, [&of(&new)], false);
    let own = clear(wraps(&new, &mut rng), own);
    let cases = [
        (mint(&good, vec![keys.epoch()]), good.clone(), true),
        (mint(&good, vec![]), good.clone(), false),
        (mint(&unsaid, vec![keys.epoch()]), unsaid.clone(), false),
        (mint(&unsaid, vec![]), unsaid.clone(), true),
        (mint(&whole_only, vec![keys.epoch()]), whole_only, false),
        (mint(&nobody, vec![keys.epoch()]), nobody, false),
        (mint(&own, vec![new.id()]), own, false),
        (Body::Wrap(Wrap { epoch: new.id(), clear: clear_hash(&good.encode()) }), good, false),
        (Body::Wrap(Wrap { epoch: new.id(), clear: clear_hash(&unsaid.encode()) }), unsaid, true),
    ];
    let entries: Vec<_> =
        cases.into_iter().map(|(body, clear, fine)| (ada.entry(body), clear, fine)).collect();
    let mut reader = ben;
    reader.ring.keep(new.clone());
    for (n, (entry, clear, fine)) in entries.into_iter().enumerate() {
        let signed = SignedEntry::sign(&entry, &group, ada.secrets.signing(), None);
        let envelope = envelope::seal(&signed, &entry, &of(&new), Some(&clear)).unwrap();
        let answer = open(&envelope, &reader);
        assert_eq!(answer.is_ok(), fine, "{n}");
        assert!(fine || matches!(answer, Err(Refusal::Reject(Why::Keys(_)))), "{n}");
    }
}

#[test]
fn what_it_cites_comes_first() {
    let (mut ada, mut ben, keys) = pair();
    let first = ada.invite(1).unwrap();
    let second = ada.say(Body::Leave(Leave { goodbye: None })).unwrap();
    let missing = vec![first.invite.short()];
    assert_eq!(let_in(second.envelope(), &ben).unwrap_err(), Refusal::Wait(Wait::Control(missing.clone())));
    let mut entry = ada.entry(post("hello"));
    entry.links =
        Links::Content { prev: ShortId([3; 16]), control: missing.clone(), content: vec![ShortId([4; 16])] };
    let content = sealed(&entry, &ada, &keys);
    assert_eq!(let_in(&content, &ben).unwrap_err(), Refusal::Wait(Wait::Control(missing)));
    // Neither the entry before it nor other content holds it up.
    ben.receive(second.envelope().encode(), 1);
    ben.receive(content.encode(), 1);
    assert_eq!(ben.waiting.len(), 2);
    let invite = ada.held.envelopes.values().find(|v| *v.entry_id() == first.invite).unwrap();
    ben.receive(invite.envelope().encode(), 1);
    assert!(ben.waiting.is_empty());
    assert!(ben.texts().contains("hello"));
}

#[test]
fn nothing_is_held_twice() {
    let (mut ada, mut ben, _) = pair();
    let written = ada.post("hello").unwrap();
    ben.receive(written.envelope().encode(), 1);
    assert_eq!(let_in(written.envelope(), &ben).unwrap_err(), Refusal::Ignore(Why::Held));
}

#[test]
fn content_stays_in_the_envelope_its_author_put_it_in() {
    let (mut ada, mut ben, keys) = pair();
    let written = ada.post("hello").unwrap();
    let mine = *written.signed().bond().unwrap();
    assert_eq!(moved(written.signed(), &keys, Some(mine)), *written.envelope());
    let mark = Bond { drop: DropMark([9; 16]), ..mine };
    let marked = moved(written.signed(), &keys, Some(mark));
    assert_eq!(refused(&marked, &ben), Refusal::Reject(Why::Signature));
    let other = EpochKeys::whole(EpochKey::from_bytes([9; 32]));
    ben.ring.keep(other.key().unwrap().clone());
    let elsewhere = moved(written.signed(), &other, Some(Bond { epoch: other.epoch(), ..mine }));
    assert_eq!(refused(&elsewhere, &ben), Refusal::Reject(Why::Signature));
}

#[test]
fn who_seals_their_own_words_twice_says_two_things() {
    let (mut ada, mut ben, keys) = pair();
    let written = ada.post("hello").unwrap();
    ben.receive(written.envelope().encode(), 1);
    let again = let_in(&sealed(written.entry(), &ada, &keys), &ben).unwrap();
    assert_eq!((again.split(), again.is_copy()), (Some(written.entry_id()), false));
    assert_ne!(again.entry_id(), written.entry_id());
}

#[test]
fn a_control_entry_is_let_in_under_every_epoch() {
    let (mut ada, mut ben, _) = pair();
    let invite = ada.invite(1).unwrap();
    let written = ada.held.envelopes.values().find(|v| *v.entry_id() == invite.invite).unwrap().clone();
    ben.receive(written.envelope().encode(), 1);
    let state = ben.group().state_hash();
    for byte in 1..=8 {
        let other = EpochKeys::whole(EpochKey::from_bytes([byte; 32]));
        ben.ring.keep(other.key().unwrap().clone());
        let copy = moved(written.signed(), &other, None);
        let verified = let_in(&copy, &ben).unwrap();
        assert_eq!(verified.entry_id(), written.entry_id());
        assert!(verified.is_copy() && verified.split().is_none());
        ben.receive(copy.encode(), 1);
        assert_eq!(let_in(&copy, &ben).unwrap_err(), Refusal::Ignore(Why::Held));
    }
    assert_eq!(ben.group().state_hash(), state);
}

#[test]
fn what_was_taken_back_stays_away() {
    let (mut ada, mut ben, _) = pair();
    let written = ada.post("oh").unwrap();
    ben.held.withdrawn.push(*written.entry_id());
    assert_eq!(let_in(written.envelope(), &ben).unwrap_err(), Refusal::Ignore(Why::Withdrawn));
}

#[test]
fn a_number_far_ahead_waits() {
    let (mut ada, ben, keys) = pair();
    let mut entry = ada.entry(post("far"));
    entry.lamport = ben.lamport + limits::LAMPORT_STEP;
    assert!(let_in(&sealed(&entry, &ada, &keys), &ben).is_ok());
    entry.lamport += 1;
    assert_eq!(let_in(&sealed(&entry, &ada, &keys), &ben).unwrap_err(), Refusal::Wait(Wait::Lamport));
    entry.lamport = u64::MAX;
    assert_eq!(let_in(&sealed(&entry, &ada, &keys), &ben).unwrap_err(), Refusal::Wait(Wait::Lamport));
}

#[test]
fn an_unreadable_ledger_lets_nothing_in() {
    let (mut ada, mut ben, _) = pair();
    let written = ada.post("hello").unwrap();
    ben.held.unreadable = true;
    assert_eq!(let_in(written.envelope(), &ben).unwrap_err(), Refusal::Wait(Wait::Ledger));
}

#[test]
fn a_split_log_is_let_in_on_both_sides_and_shown() {
    let (mut ada, mut ben, keys) = pair();
    let entry = ada.entry(post("one"));
    let mut fork = entry.clone();
    fork.body = post("other");
    let mut later = ada.entry(post("later"));
    later.seq += 1;
    let [one, other, later] = [&entry, &fork, &later].map(|entry| sealed(entry, &ada, &keys));
    let mut cyd = Node::new("ben", 0, *ben.ring.group());
    assert!(let_in(&one, &ben).unwrap().split().is_none());
    let genesis_first: Vec<_> = ben.all();
    cyd.ring.keep(keys.key().unwrap().clone());
    for envelope in genesis_first {
        cyd.receive(envelope, 1);
    }
    for envelope in [&one, &other, &later] {
        ben.receive(envelope.encode(), 1);
    }
    for envelope in [&later, &other, &one] {
        cyd.receive(envelope.encode(), 1);
    }
    for node in [&ben, &cyd] {
        let (one, other, later) = (
            &node.held.envelopes[&one.id()],
            &node.held.envelopes[&other.id()],
            &node.held.envelopes[&later.id()],
        );
        let seen: Vec<_> = [one, other].iter().filter_map(|v| v.split()).collect();
        assert_eq!(seen.len(), 1, "whichever came second names the first");
        assert!(later.split().is_none());
    }
    assert_eq!(ben.held.envelopes.len(), cyd.held.envelopes.len());
    // Held already, and in a second envelope: no split with itself.
    let mut held = Held::default();
    held.keep(let_in(&one, &ada).unwrap());
    assert_eq!(
        admit::admit(open(&one, &ada).unwrap(), &held, ada.group.as_ref()).unwrap_err(),
        Refusal::Ignore(Why::Held)
    );
}

#[test]
fn bare_entries_are_of_few_kinds() {
    let (mut ada, ben, _) = pair();
    let invite = Invite { key: [1; 32], mode: InviteMode::OnSight, uses: 1, expires: Millis(0) };
    let group = *ada.ring.group();
    let at = |entry: &Entry, by: &Node| {
        let signed = SignedEntry::sign(entry, &group, by.secrets.signing(), None);
        admit::open_signed(&signed.to_bytes(), &group, ben.group.as_ref(), ben.now)
    };
    let entry = ada.entry(Body::Invite(invite));
    assert_eq!(at(&entry, &ada).unwrap_err(), Refusal::Reject(Why::Bare));
    let need = Body::NeedKey(NeedKey { epochs: vec![], seal: ada.secrets.seal(&ada.log).key() });
    let entry = ada.entry(need);
    let statement = at(&entry, &ada).unwrap();
    assert_eq!((statement.author(), statement.entry()), (&ada.key(), &entry));
    assert_eq!(at(&entry, &ben).unwrap_err(), Refusal::Reject(Why::Signature));
    let mut ahead = entry;
    ahead.time = ben.now.plus(1 << 40);
    assert!(matches!(at(&ahead, &ada).unwrap_err(), Refusal::Wait(Wait::Clock { .. })));
    for junk in [&[][..], &[0; 63], &[0; 64], &[0xa1; 500]] {
        let refusal = admit::open_signed(junk, &group, ben.group.as_ref(), ben.now).unwrap_err();
        assert!(matches!(refusal, Refusal::Reject(Why::Entry(_))));
    }
}

#[test]
fn whoever_seals_a_bare_entry_makes_the_same_envelope() {
    let (mut ada, ben, keys) = pair();
    let need = Body::NeedKey(NeedKey { epochs: vec![], seal: ada.secrets.seal(&ada.log).key() });
    let entry = ada.entry(need);
    let bytes = SignedEntry::sign(&entry, ada.ring.group(), ada.secrets.signing(), None).to_bytes();
    let seal = |node: &Node| {
        let statement = admit::open_signed(&bytes, node.ring.group(), node.group.as_ref(), node.now).unwrap();
        *statement.seal(&keys).unwrap().id()
    };
    assert_eq!(seal(&ada), seal(&ben));
    let post = ada.entry(post("not bare"));
    let control_only = EpochKeys::control_only(keys.control().clone());
    let group = *ada.ring.group();
    let refused = admit::write(&post, ada.secrets.signing(), &group, &control_only, None, DropMark([0; 16]));
    assert!(matches!(refused, Err(Why::Unsealable(_))));
}

#[test]
fn nothing_is_written_that_others_would_refuse() {
    let (mut ada, ben, keys) = pair();
    let group = *ada.ring.group();
    let mut write = |body: Body, change: &dyn Fn(&mut Entry)| {
        let mut entry = ada.entry(body);
        change(&mut entry);
        let drop = DropMark([0; 16]);
        admit::write(&entry, ada.secrets.signing(), &group, &keys, None, drop).map(|_| ())
    };
    assert_eq!(write(post("fine"), &|_| {}), Ok(()));
    assert!(matches!(write(post(&"x".repeat(limits::TEXT + 1)), &|_| {}), Err(Why::Entry(_))));
    assert!(matches!(write(post("x"), &|entry| entry.author = ben.key().author()), Err(Why::Contradicts(_))));
    let leave = Body::Leave(Leave { goodbye: None });
    let rootless =
        |entry: &mut Entry| entry.links = Links::Control { prev: Some(EntryId([1; 32])), deps: vec![] };
    assert!(matches!(write(leave, &rootless), Err(Why::Contradicts(_))));
}

#[test]
fn a_store_read_again_gives_the_same_group_and_keyring() {
    let (mut ada, mut ben, _) = pair();
    let ticket = ada.invite(5).unwrap();
    let cyd = Node::join("cyd", &ticket, &mut ada).unwrap();
    ada.remove(&cyd.key()).unwrap();
    ada.post("hello").unwrap();
    meet(&mut ada, &mut ben);
    let mut ring = Keyring::new(*ben.ring.group());
    for key in ben.ring.kept() {
        ring.keep(key.clone());
    }
    let mut group: Option<Group> = None;
    let mut left: Vec<_> =
        ben.held.envelopes.values().filter(|v| v.entry().body.kind().is_control()).collect();
    while !left.is_empty() {
        let before = left.len();
        left.retain(|verified| {
            ring.learn(verified.envelope());
            let opened = admit::open(&verified.envelope().encode(), &ring, group.as_ref(), ben.now);
            let Ok(verified) = opened.and_then(|opened| admit::admit(opened, &Replay, group.as_ref())) else {
                return true;
            };
            let control = verified.control().unwrap();
            match &mut group {
                None => group = Some(Group::begin(control).unwrap()),
                Some(group) => {
                    group.insert(control).unwrap();
                }
            }
            ring.record(&verified, group.as_ref().unwrap());
            false
        });
        assert!(left.len() < before, "{} entries cannot be read again", left.len());
    }
    let group = group.unwrap();
    assert_eq!(group.state_hash(), ben.group().state_hash());
    assert_eq!(ring.best(&group, &ben.key()), ben.best());
    assert_eq!(ring.heads(&group), ben.ring.heads(ben.group()));
}

#[test]
fn who_waits_is_charged_for_it() {
    let (mut ada, ben, keys) = pair();
    let entry = ada.entry(post("hello"));
    let by_ada = open(&sealed(&entry, &ada, &keys), &ben).unwrap();
    assert_eq!(by_ada.owner(4), Owner::Author(ada.key()));
    let mut zoe = Node::new("zoe", 0, *ada.ring.group());
    let body =
        OpenLog { seal: zoe.secrets.seal(&zoe.log).key(), member: zoe.key(), retires: None, name: None };
    let entry = zoe.entry_citing(Body::OpenLog(body), vec![EntryId([1; 32])]);
    let by_nobody = open(&sealed(&entry, &zoe, &keys), &ben).unwrap();
    assert_eq!(by_nobody.owner(4), Owner::Source(4), "keys that cost nothing are no owners");
}

#[test]
fn refusals_are_sentences() {
    for refusal in [
        Refusal::Reject(Why::Gate),
        Refusal::Ignore(Why::Held),
        Refusal::Wait(Wait::Control(vec![ShortId([1; 16])])),
        Refusal::Wait(Wait::Clock { hours: 5 }),
    ] {
        assert!(refusal.to_string().split(' ').count() > 3, "{refusal}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is done to an envelope on its way, it is refused or it is the one that was sent.
    #[test]
    fn mutated_envelopes_are_refused_and_never_stop_a_node(
        which in 0_usize..1000,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in proptest::option::of(any::<prop::sample::Index>()),
        tail in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        thread_local! {
            static GROUP: (Node, Vec<Verified>) = {
                let (mut ada, mut ben, _) = pair();
                let ticket = ada.invite(5).unwrap();
                let cyd = Node::join("cyd", &ticket, &mut ada).unwrap();
                ada.remove(&cyd.key()).unwrap();
                ada.post("hello").unwrap();
                meet(&mut ada, &mut ben);
                let all = ben.held.envelopes.values().cloned().collect();
                (ben, all)
            };
        }
        GROUP.with(|(ben, all)| {
            let sent = &all[which % all.len()];
            let good = sent.envelope().encode();
            let mut bytes = good.clone();
            for (at, value) in &changes {
                let at = at.index(bytes.len());
                bytes[at] ^= value;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(good.len()));
            }
            bytes.extend_from_slice(&tail);
            let mut ring = ben.ring.clone();
            if let Ok(envelope) = Envelope::decode(&bytes) {
                ring.learn(&envelope);
            }
            let far = ben.now.plus(1 << 50);
            let opened = admit::open(&bytes, &ring, ben.group.as_ref(), far);
            let answer = opened.and_then(|opened| admit::admit(opened, &Replay, ben.group.as_ref()));
            if let Ok(verified) = answer {
                prop_assert_eq!(&bytes, &good);
                prop_assert_eq!(verified.entry_id(), sent.entry_id());
            }
            let _ = admit::open_signed(&bytes, ben.ring.group(), ben.group.as_ref(), ben.now);
            Ok(())
        })?;
    }
}
