//! Every refusal of the part of the door that needs keys only, each brought about once.

use kith_protocol::admit::{self, Refusal, Wait, Why};
use kith_protocol::body::{Body, Invite, InviteMode, Join, Leave, Mint, NeedKey, OpenLog, Wrap};
use kith_protocol::charter::History;
use kith_protocol::entry::{Entry, Links, SignedEntry};
use kith_protocol::envelope::{self, Envelope, EnvelopeError, OpenError, clear_hash};
use kith_protocol::epoch::{Clear, EpochKey, EpochKeys, link, wrap};
use kith_protocol::group::Group;
use kith_protocol::id::{DropMark, EntryId, GroupId, MemberKey, SealKey, ShortId};
use kith_protocol::limits;
use kith_protocol::time::Millis;

use kith_protocol::sim::meeting::meet;
use kith_protocol::sim::{Dice, Node};

use super::pair::*;

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
    let other = EpochKeys::whole(EpochKey::generate(&mut ada.dice));
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
            let refused = wrap::wrap(&key, ada.ring.group(), &SealKey(bytes), &mut ada.dice.clone());
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
    let new = EpochKey::generate(&mut ada.dice);
    let group = *ada.ring.group();
    let wraps = |key: &EpochKey, rng: &mut Dice| {
        vec![wrap::wrap(key, &group, &ada.secrets.seal(&ada.log).key(), rng).unwrap()]
    };
    let mut rng = ada.dice.clone();
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

/// A second device of Ada's that opens its log.
fn reopens(ada: &Node) -> Entry {
    let mut device = Node::new("ada", 1, *ada.ring.group());
    device.now = ada.now;
    let (seal, member) = (device.secrets.seal(&device.log).key(), device.key());
    device
        .entry_citing(Body::OpenLog(OpenLog { seal, member, retires: None, name: None }), ada.group().heads())
}

#[test]
fn bare_entries_are_of_two_kinds() {
    let (mut ada, ben, _) = pair();
    let invite = Invite { key: [1; 32], mode: InviteMode::OnSight, uses: 1, expires: Millis(0), porch: None };
    let group = *ada.ring.group();
    let at = |entry: &Entry, by: &Node| {
        let signed = SignedEntry::sign(entry, &group, by.secrets.signing(), None);
        admit::open_signed(&signed.to_bytes(), &group, ben.group.as_ref(), ben.now)
    };
    let entry = ada.entry(Body::Invite(invite));
    assert_eq!(at(&entry, &ada).unwrap_err(), Refusal::Reject(Why::Bare));
    let need = NeedKey { epochs: vec![], seal: ada.secrets.seal(&ada.log).key() };
    let entry = ada.entry(Body::NeedKey(need));
    assert_eq!(
        at(&entry, &ada).unwrap_err(),
        Refusal::Reject(Why::Bare),
        "who can be asked for keys can seal"
    );
    let entry = reopens(&ada);
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
    let entry = reopens(&ada);
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
