//! Every refusal of the part of the door that asks what is held, each brought about once; and what holds of all.

use kith_protocol::admit::{self, Owner, Refusal, Replay, Verified, Wait, Why};
use kith_protocol::body::{Body, Leave, OpenLog};
use kith_protocol::entry::{Bond, Links};
use kith_protocol::envelope::Envelope;
use kith_protocol::epoch::{EpochKey, EpochKeys, Keyring};
use kith_protocol::group::Group;
use kith_protocol::id::{DropMark, EntryId, ShortId};
use kith_protocol::limits;
use proptest::prelude::*;

use kith_protocol::sim::Held;
use kith_protocol::sim::Node;
use kith_protocol::sim::meeting::meet;

use super::pair::*;

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
