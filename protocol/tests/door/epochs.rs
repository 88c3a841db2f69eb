//! Who can read what, as crafted cases: the counterexamples that broke earlier rules, each as a test.

use kith_protocol::admit::{Refusal, Why};
use kith_protocol::body::{Body, Kind, Mint, Wrap};
use kith_protocol::charter::History;
use kith_protocol::envelope::clear_hash;
use kith_protocol::epoch::{Choice, Clear, EpochKey, EpochKeys, Recipient, Timing, Unclean};
use kith_protocol::id::{EpochId, MemberKey};

use kith_protocol::sim::Node;
use kith_protocol::sim::meeting::{heal, meet, meet_all};

pub fn epoch_of(node: &mut Node) -> EpochId {
    node.ready().expect("can send").epoch()
}

fn joined(name: &str, sponsor: &mut Node) -> Node {
    let ticket = sponsor.invite(1).unwrap();
    let mut node = Node::join(name, &ticket, sponsor).expect("let in");
    meet(sponsor, &mut node);
    node
}

#[test]
fn who_comes_in_reads_and_writes() {
    let mut nodes = Node::founders(&["ada", "ben"], History::All);
    nodes[0].post("before").unwrap();
    let mut cyd = joined("cyd", &mut nodes[1]);
    let [ada, ben] = &mut nodes[..] else { panic!() };
    meet_all(&mut [ada, ben, &mut cyd]);
    assert!(cyd.texts().contains("before"));
    cyd.post("hello").unwrap();
    meet_all(&mut [ada, ben, &mut cyd]);
    assert!(ada.texts().contains("hello") && ben.texts().contains("hello"));
    assert_eq!(ada.mints + ben.mints + cyd.mints, 0, "with history, coming in needs no new epoch");
    assert_eq!(
        ada.ring.first(ada.group()).map(EpochKeys::epoch),
        cyd.ring.first(cyd.group()).map(EpochKeys::epoch)
    );
}

/// C5: seven entries by which a removed member read on.
#[test]
fn a_wrap_by_somebody_who_did_not_know_does_not_help_the_removed() {
    let mut nodes = Node::founders(&["fay", "xen"], History::All);
    let [fay, xen] = &mut nodes[..] else { panic!() };
    let ticket = fay.invite(1).unwrap();
    meet(fay, xen);
    // dov comes in at xen's node, which wraps the epoch; fay learns of the join alone.
    let mut dov = Node::join("dov", &ticket, xen).unwrap();
    let join = xen.held.envelopes.values().find(|v| matches!(v.entry().body, Body::Join(_))).unwrap();
    fay.receive(join.envelope().encode(), 1);
    let old = xen.ready().unwrap().epoch();
    let dov_key = dov.key();
    assert!(fay.is_current(&dov_key));
    assert_eq!(fay.ring.clean(&old, fay.group()), Ok(()), "nobody removed, and fay saw no wrap for dov");
    fay.remove(&dov_key).unwrap();
    assert_eq!(fay.ring.clean(&old, fay.group()), Err(Unclean::Ended));
    let post = fay.post("after").unwrap();
    assert_ne!(*post.epoch(), old);
    // xen has not heard of it, and gives dov all there is.
    meet(xen, &mut dov);
    assert!(dov.whole(&old));
    for envelope in fay.all() {
        dov.receive(envelope, 2);
    }
    assert!(!dov.texts().contains("after"));
    assert!(!dov.whole(post.epoch()));
    // The removal itself was sealed under the epoch before it, so dov can read why.
    assert!(!dov.is_current(&dov_key));
    assert_eq!(dov.best(), Choice::Out);
    meet(fay, xen);
    assert!(xen.texts().contains("after"));
}

/// C6 and C8: without history a newcomer opens every control entry and nothing that was said before.
#[test]
fn without_history_a_newcomer_reads_who_and_not_what() {
    let mut nodes = Node::founders(&["ada", "ben"], History::None);
    let gil_key;
    {
        let [ada, ben] = &mut nodes[..] else { panic!() };
        ada.post("in the first epoch").unwrap();
        let gil = joined("gil", ada);
        gil_key = gil.key();
        meet(ada, ben);
        ben.remove(&gil_key).unwrap();
        ben.post("in a later epoch").unwrap();
        meet(ada, ben);
    }
    let (before, mints) = (epoch_of(&mut nodes[0]), nodes[0].mints);
    let mut cyd = joined("cyd", &mut nodes[0]);
    assert_eq!(nodes[0].mints, mints + 1, "a newcomer who may not read back needs a new epoch");
    let [ada, ben] = &mut nodes[..] else { panic!() };
    let after = ada.post("welcome").unwrap();
    meet_all(&mut [ada, ben, &mut cyd]);
    heal(&mut [ada, ben, &mut cyd]);
    assert_eq!(cyd.controls(), ada.controls());
    assert_eq!(cyd.group().state_hash(), ada.group().state_hash());
    assert!(cyd.group().member(&gil_key).is_some(), "the past of the group is known");
    assert_eq!(cyd.texts(), ["welcome".to_owned()].into());
    assert!(cyd.whole(after.epoch()) && !cyd.whole(&before));
    assert!(
        !ada.ring.owed(&before, &cyd.key(), ada.group())
            && ada.ring.owed(after.epoch(), &cyd.key(), ada.group())
    );
    assert!(cyd.ring.first(cyd.group()).is_some_and(|keys| !keys.is_whole()));
    assert!(cyd.ring.need(cyd.group(), &cyd.key(), cyd.now).is_empty(), "what is not owed is not asked for");
}

/// A reusable link from long ago does not date its user back.
#[test]
fn without_history_an_old_invite_opens_nothing_old() {
    let mut nodes = Node::founders(&["ada", "ben"], History::None);
    let [ada, ben] = &mut nodes[..] else { panic!() };
    let ticket = ada.invite(50).unwrap();
    let gil = Node::join("gil", &ticket, ada).unwrap();
    ada.remove(&gil.key()).unwrap();
    let old = ada.post("long before").unwrap();
    meet(ada, ben);
    let mut cyd = Node::join("cyd", &ticket, ben).unwrap();
    let join = ben.group().member(&cyd.key()).unwrap().joined;
    let mint = ben
        .held
        .envelopes
        .values()
        .find(|v| matches!(&v.entry().body, Body::Mint(mint) if mint.epoch == *old.epoch()));
    assert!(!ben.group().precedes(mint.unwrap().entry_id(), &join), "the join's own past does not tell");
    heal(&mut [ada, ben, &mut cyd]);
    assert!(cyd.texts().is_empty() && !cyd.whole(old.epoch()));
    cyd.post("hello").unwrap();
    heal(&mut [ada, ben, &mut cyd]);
    assert!(ada.texts().contains("hello"));
}

#[test]
fn with_history_a_newcomer_reads_back_through_every_epoch() {
    let mut nodes = Node::founders(&["ada", "ben"], History::All);
    let [ada, ben] = &mut nodes[..] else { panic!() };
    let ticket = ada.invite(50).unwrap();
    for n in 0..4 {
        ada.post(&format!("epoch {n}")).unwrap();
        let gone = Node::join(&format!("gone {n}"), &ticket, ada).unwrap();
        ada.remove(&gone.key()).unwrap();
    }
    assert_eq!(ada.mints, 4);
    meet(ada, ben);
    let mut cyd = Node::join("cyd", &ticket, ben).unwrap();
    meet(ben, &mut cyd);
    assert_eq!(cyd.texts().len(), 4);
    assert_eq!(cyd.ring.heads(cyd.group()).len(), 1);
}

/// H8: two devices of one person, each with its own sealing key.
#[test]
fn a_mint_serves_every_device() {
    let mut nodes = Node::founders(&["ada", "ben"], History::None);
    let [ada, ben] = &mut nodes[..] else { panic!() };
    let mut second = Node::new("ben", 1, *ada.ring.group());
    assert!(second.enter_by_log(ada));
    heal(&mut [ada, ben, &mut second]);
    let gil = joined("gil", ada);
    ada.remove(&gil.key()).unwrap();
    let post = ada.post("to both").unwrap();
    meet_all(&mut [ada, ben, &mut second]);
    assert!(ben.whole(post.epoch()) && second.whole(post.epoch()));
    assert!(ben.texts().contains("to both") && second.texts().contains("to both"));
    // A founder's second device is owed what the first had, from the beginning.
    assert_eq!(second.texts(), ben.texts());
}

/// H9: whoever came in on one side of a partition is owed the epoch that was begun on the other.
#[test]
fn one_removal_is_one_mint() {
    let mut nodes = Node::founders(&["ada", "ben", "cam"], History::All);
    let ticket = nodes[0].invite(20).unwrap();
    for n in 0..5 {
        let member = Node::join(&format!("member {n}"), &ticket, &mut nodes[0]).unwrap();
        nodes.push(member);
    }
    meet_all(&mut nodes.iter_mut().collect::<Vec<_>>());
    let gone = nodes.pop().unwrap().key();
    nodes[1].remove(&gone).unwrap();
    let (me, group) = (nodes[1].key(), nodes[1].group());
    assert_eq!(nodes[1].ring.should_mint(group, &me), Timing::No);
    meet_all(&mut nodes.iter_mut().collect::<Vec<_>>());
    for node in &mut nodes {
        assert!(matches!(node.best(), Choice::Send { wrap_to, .. } if wrap_to.is_empty()), "{}", node.name);
        node.post("on we go").unwrap();
    }
    assert_eq!(nodes.iter().map(|node| node.mints).sum::<usize>(), 1);
}

/// A wrap brings ada the key of an epoch before the leave that it was begun for is here. Were it linked from the
/// epoch she begins now, whoever left would reach it through hers.
#[test]
fn an_epoch_is_not_handed_on_by_who_does_not_know_why_it_was_begun() {
    let mut nodes = Node::founders(&["ada", "ben"], History::All);
    let [ada, ben] = &mut nodes[..] else { panic!() };
    let ticket = ada.invite(9).unwrap();
    let (mut gil, zoe) = (Node::join("gil", &ticket, ada).unwrap(), Node::join("zoe", &ticket, ada).unwrap());
    meet_all(&mut [ada, ben, &mut gil]);
    gil.leave().unwrap();
    meet(ben, &mut gil);
    let post = ben.post("gil is gone").unwrap();
    let mint = ben
        .held
        .envelopes
        .values()
        .find(|v| v.entry().body.kind() == Kind::MINT && v.epoch() == post.epoch());
    ada.receive(mint.unwrap().envelope().encode(), 1);
    assert!(ada.whole(post.epoch()) && ada.is_current(&gil.key()));
    ada.remove(&zoe.key()).unwrap();
    meet(ada, &mut gil);
    assert!(!gil.whole(post.epoch()), "gil finds it through ada's mint");
    meet_all(&mut [ada, ben]);
    ben.post("on we go").unwrap();
    meet(ada, ben);
    assert!(ada.texts().is_superset(&["gil is gone".into(), "on we go".into()].into()));
}

#[test]
fn two_removals_apart_are_healed_by_one_more_mint_of_a_facilitator() {
    let mut nodes = Node::founders(&["ada", "ben"], History::All);
    let ticket = nodes[0].invite(20).unwrap();
    for name in ["cyd", "dov", "eli"] {
        let member = Node::join(name, &ticket, &mut nodes[0]).unwrap();
        nodes.push(member);
    }
    meet_all(&mut nodes.iter_mut().collect::<Vec<_>>());
    let (eli, dov) = (nodes.pop().unwrap().key(), nodes.pop().unwrap().key());
    nodes[0].remove(&dov).unwrap();
    nodes[1].remove(&eli).unwrap();
    meet_all(&mut nodes.iter_mut().collect::<Vec<_>>());
    let timings: Vec<_> = nodes.iter().map(|node| node.ring.should_mint(node.group(), &node.key())).collect();
    assert_eq!(timings, [Timing::AfterDelay, Timing::AfterDelay, Timing::OnlyToSend]);
    nodes[1].ready().unwrap();
    meet_all(&mut nodes.iter_mut().collect::<Vec<_>>());
    for node in &mut nodes {
        assert_eq!(node.ring.should_mint(node.group(), &node.key()), Timing::No);
        node.post("on we go").unwrap();
    }
    assert_eq!(nodes.iter().map(|node| node.mints).sum::<usize>(), 3);
}

#[test]
fn who_just_removed_somebody_mints_now() {
    let mut nodes = Node::founders(&["ada", "ben"], History::All);
    let gil = joined("gil", &mut nodes[0]);
    let body = Body::Remove(kith_protocol::body::Remove {
        member: gil.key(),
        reason: String::new(),
        heads: Vec::new(),
    });
    nodes[0].say(body).unwrap();
    let ada = &nodes[0];
    assert_eq!(ada.ring.should_mint(ada.group(), &ada.key()), Timing::Now);
}

#[test]
fn revoking_an_invite_begins_a_new_epoch() {
    let mut nodes = Node::founders(&["ada", "ben"], History::All);
    let [ada, ben] = &mut nodes[..] else { panic!() };
    let ticket = ada.invite(9).unwrap();
    meet(ada, ben);
    assert_eq!(ada.mints, 0, "an invite that is live stands in nobody's way");
    // Somebody comes in at ben's node while ada revokes: ada never hears of them before she writes.
    let mut late = Node::join("late", &ticket, ben).unwrap();
    ada.revoke(ticket.invite).unwrap();
    let post = ada.post("not for late").unwrap();
    meet(ben, &mut late);
    for envelope in ada.all() {
        late.receive(envelope, 3);
    }
    assert!(!late.texts().contains("not for late") && !late.whole(post.epoch()));
}

#[test]
fn an_epoch_minted_twice_is_unclean_for_all() {
    let mut nodes = Node::founders(&["ada", "ben"], History::All);
    let [ada, ben] = &mut nodes[..] else { panic!() };
    let keys = ada.ready().unwrap();
    let to = [Recipient { member: ada.key(), seal: ada.secrets.seal(&ada.log).key() }];
    let (_, clear) = ada.ring.wrap(&keys.epoch(), &to, &mut ada.dice.clone()).unwrap().unwrap();
    let body = Mint { epoch: keys.epoch(), clear: clear_hash(&clear.encode()), from: vec![] };
    let entry = ada.entry(Body::Mint(body));
    ada.write(entry, &keys, Some(clear)).unwrap();
    assert_eq!(ada.ring.clean(&keys.epoch(), ada.group()), Err(Unclean::Twice));
    meet(ada, ben);
    assert_eq!(ben.ring.clean(&keys.epoch(), ben.group()), Err(Unclean::Twice));
    ben.post("elsewhere").unwrap();
    meet(ada, ben);
    assert!(ada.texts().contains("elsewhere"));
}

#[test]
fn an_epoch_wrapped_for_a_stranger_is_unclean() {
    let mut nodes = Node::founders(&["ada", "ben"], History::All);
    let [ada, ben] = &mut nodes[..] else { panic!() };
    let keys = ben.ready().unwrap();
    let stranger = Node::new("zoe", 0, *ben.ring.group());
    let to = [Recipient { member: stranger.key(), seal: stranger.secrets.seal(&stranger.log).key() }];
    let (body, clear) = ben.ring.wrap(&keys.epoch(), &to, &mut ben.dice.clone()).unwrap().unwrap();
    let entry = ben.entry(Body::Wrap(body));
    ben.write(entry, &keys, Some(clear)).unwrap();
    meet(ada, ben);
    assert_eq!(ada.ring.clean(&keys.epoch(), ada.group()), Err(Unclean::Stranger));
    assert_ne!(ada.post("elsewhere").unwrap().epoch(), &keys.epoch());
}

#[test]
fn a_mint_or_wrap_for_nobody_is_refused() {
    let mut nodes = Node::founders(&["ada", "ben"], History::All);
    let ada = &mut nodes[0];
    let keys = EpochKeys::whole(EpochKey::generate(&mut ada.dice));
    let clear = Clear::new(keys.epoch(), vec![], vec![]).unwrap();
    let hash = clear_hash(&clear.encode());
    for body in [
        Body::Mint(Mint { epoch: keys.epoch(), clear: hash, from: vec![] }),
        Body::Wrap(Wrap { epoch: keys.epoch(), clear: hash }),
    ] {
        let entry = ada.entry(body);
        let refused = ada.write(entry, &keys, Some(clear.clone()));
        assert!(matches!(refused, Err(Refusal::Reject(Why::Keys(_)))), "{refused:?}");
    }
}

#[test]
fn an_epoch_of_a_facilitator_is_preferred() {
    let mut nodes = Node::founders(&["ada", "ben"], History::All);
    let [ada, ben] = &mut nodes[..] else { panic!() };
    let ticket = ada.invite(9).unwrap();
    let mut cyd = Node::join("cyd", &ticket, ada).unwrap();
    let gone = Node::join("gone", &ticket, ada).unwrap();
    meet_all(&mut [ada, ben, &mut cyd]);
    // cyd knows of the removal but not of the mint made with it, and mints to send.
    let removal = ada.remove(&gone.key()).unwrap();
    cyd.receive(removal.envelope().encode(), 1);
    for _ in 0..3 {
        cyd.post("mine").unwrap();
    }
    assert_eq!(cyd.mints, 1);
    let by_ada = epoch_of(ada);
    meet_all(&mut [ada, ben, &mut cyd]);
    for node in [ada, ben, &mut cyd] {
        assert_eq!(epoch_of(node), by_ada, "{}", node.name);
    }
}

#[test]
fn who_holds_no_key_asks_and_does_not_mint() {
    let mut nodes = Node::founders(&["ada", "ben"], History::All);
    let [ada, _] = &mut nodes[..] else { panic!() };
    let mut other = Node::new("ben", 1, *ada.ring.group());
    assert!(other.enter_by_log(ada));
    let first = ada.ring.first(ada.group()).cloned().unwrap();
    // Only the control key reaches the new device, as by a back-link.
    let controls = ada.held.envelopes.values().filter(|v| v.entry().body.kind().is_control());
    let wraps = |v: &&kith_protocol::admit::Verified| !matches!(v.entry().body, Body::Wrap(_));
    let envelopes: Vec<_> = controls.filter(wraps).map(|v| v.envelope().encode()).collect();
    assert!(other.group.is_none());
    for envelope in envelopes {
        other.receive(envelope, 1);
    }
    assert!(other.group.is_none(), "nothing opens without a key");
    assert_eq!(
        other.waiting.len(),
        ada.controls().len()
            - ada.held.envelopes.values().filter(|v| matches!(v.entry().body, Body::Wrap(_))).count()
    );
    other.ring.keep(first.key().unwrap().clone());
    assert_eq!(other.best(), Choice::Ask);
}

#[test]
fn nobody_else_is_a_member_of_nothing() {
    let nodes = Node::founders(&["ada"], History::All);
    let nobody = MemberKey([9; 32]);
    assert_eq!(nodes[0].ring.best(nodes[0].group(), &nobody), Choice::Out);
    assert!(nodes[0].ring.need(nodes[0].group(), &nobody, nodes[0].now).is_empty());
    assert!(nodes[0].ring.answers(nodes[0].group(), &nobody).is_empty());
    assert_eq!(nodes[0].ring.should_mint(nodes[0].group(), &nobody), Timing::No);
}
