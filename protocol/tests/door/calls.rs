//! Calls for keys: who makes them, who answers, and that they come to an end.

use kith_protocol::body::{Body, NeedKey};
use kith_protocol::charter::History;
use kith_protocol::limits;
use kith_protocol::sim::meeting::{heal, meet, meet_all};
use kith_protocol::sim::{Flaw, Node};

use super::epochs::epoch_of;

#[test]
fn a_call_for_keys_heals_a_partition() {
    for history in [History::None, History::All] {
        let mut nodes = Node::founders(&["ada", "ben"], history);
        let [ada, ben] = &mut nodes[..] else { panic!() };
        let ticket = ada.invite(9).unwrap();
        let gil = Node::join("gil", &ticket, ada).unwrap();
        meet(ada, ben);
        // One side removes gil, and mints; the other lets cyd in.
        ada.remove(&gil.key()).unwrap();
        let post = ada.post("on this side").unwrap();
        let mut cyd = Node::join("cyd", &ticket, ben).unwrap();
        meet(ben, &mut cyd);
        // The sides meet; nobody writes anything but keys.
        for envelope in ada.all() {
            cyd.receive(envelope, 3);
        }
        assert!(!cyd.whole(post.epoch()));
        assert_eq!(cyd.ring.need(cyd.group(), &cyd.key(), cyd.now), [*post.epoch()]);
        heal(&mut [ada, ben, &mut cyd]);
        assert!(cyd.texts().contains("on this side"), "{history:?}");
        assert!(cyd.ring.need(cyd.group(), &cyd.key(), cyd.now).is_empty());
        let answers: usize =
            [&*ada, &*ben].iter().map(|node| node.ring.answers(node.group(), &node.key()).len()).sum();
        assert_eq!(answers, 0, "a call is answered once");
    }
}

/// ada and ben, who each removed gil apart and minted, so that two heads are left; cyd, let in at the one whose
/// epoch is best, on an invite that was sealed under the other's.
fn invited_across(careless: bool) -> (Node, Node, Node) {
    let mut nodes = Node::founders(&["ada", "ben"], History::All);
    let [ada, ben] = &mut nodes[..] else { panic!() };
    let ticket = ada.invite(9).unwrap();
    let gil = Node::join("gil", &ticket, ada).unwrap();
    meet(ada, ben);
    ada.remove(&gil.key()).unwrap();
    ben.remove(&gil.key()).unwrap();
    let (by_ada, by_ben) = (ada.invite(1).unwrap(), ben.invite(1).unwrap());
    let of_ada = epoch_of(ada);
    meet(ada, ben);
    assert_eq!(ada.ring.heads(ada.group()).len(), 2, "nobody had to mint");
    let invite = if epoch_of(ada) == of_ada { by_ben } else { by_ada };
    ada.flaw = careless.then_some(Flaw::Careless);
    let cyd = Node::join("cyd", &invite, ada).unwrap();
    let ben = nodes.pop().unwrap();
    (nodes.pop().unwrap(), ben, cyd)
}

/// One wrap would leave cyd unable to open the entry that let her in.
#[test]
fn whoever_comes_in_gets_every_head() {
    let (mut ada, mut ben, mut cyd) = invited_across(false);
    assert!(ada.ring.welcome(ada.group(), &cyd.key()).is_empty(), "done when letting in");
    meet(&mut ada, &mut cyd);
    assert_eq!(cyd.controls(), ada.controls());
    assert!(cyd.is_current(&cyd.key()));
    cyd.post("hello").unwrap();
    meet_all(&mut [&mut ada, &mut ben, &mut cyd]);
    assert!(ben.texts().contains("hello"));
}

/// If that was left out, she asks for what she knows by name only, though she cannot see herself as a member.
#[test]
fn whoever_cannot_open_what_let_them_in_asks() {
    let (mut ada, mut ben, mut cyd) = invited_across(true);
    meet(&mut ada, &mut cyd);
    assert!(cyd.group().member(&cyd.key()).is_none());
    let unknown = cyd.ring.need(cyd.group(), &cyd.key(), cyd.now);
    assert_eq!(unknown, cyd.ring.named().copied().collect::<Vec<_>>());
    assert_eq!(unknown.len(), 1);
    meet_all(&mut [&mut ada, &mut ben]);
    assert!(cyd.asks(&mut ben), "to be welcomed by somebody else");
    meet_all(&mut [&mut ada, &mut ben, &mut cyd]);
    assert!(cyd.is_current(&cyd.key()));
    assert_eq!(cyd.controls(), ada.controls());
}

#[test]
fn a_second_device_is_not_silenced_by_the_first() {
    let mut nodes = Node::founders(&["ada", "ben"], History::None);
    let [ada, ben] = &mut nodes[..] else { panic!() };
    let first = epoch_of(ada);
    let ticket = ada.invite(1).unwrap();
    let gil = Node::join("gil", &ticket, ada).unwrap();
    ada.remove(&gil.key()).unwrap();
    meet(ada, ben);
    let need = NeedKey { epochs: vec![first], seal: ben.secrets.seal(&ben.log).key() };
    ben.say(Body::NeedKey(need)).unwrap();
    meet(ada, ben);
    let mut second = Node::new("ben", 1, *ada.ring.group());
    assert!(second.enter_by_log(ada));
    meet(ada, &mut second);
    assert!(second.ring.keys(&first).is_some_and(|keys| !keys.is_whole()), "found by back-link");
    assert!(second.ring.need(second.group(), &second.key(), second.now).contains(&first));
}

#[test]
fn a_call_is_made_once_and_answered_for_members_only() {
    let mut nodes = Node::founders(&["ada", "ben"], History::All);
    let [ada, ben] = &mut nodes[..] else { panic!() };
    let ticket = ada.invite(9).unwrap();
    let gil = Node::join("gil", &ticket, ada).unwrap();
    meet(ada, ben);
    ada.remove(&gil.key()).unwrap();
    let mut cyd = Node::join("cyd", &ticket, ben).unwrap();
    meet(ben, &mut cyd);
    for envelope in ada.all() {
        cyd.receive(envelope, 3);
    }
    assert!(cyd.call_for_keys());
    meet(&mut cyd, ben);
    assert!(!cyd.call_for_keys(), "not twice in an hour");
    cyd.now = cyd.now.plus(3_600_001);
    assert!(cyd.ring.need(cyd.group(), &cyd.key(), cyd.now).len() == 1);
    // ada hears of the call and of cyd's removal at once: no answer.
    ben.remove(&cyd.key()).unwrap();
    meet(ben, ada);
    assert!(!ada.is_current(&cyd.key()));
    assert!(ada.ring.answers(ada.group(), &ada.key()).is_empty());
}

/// H10: a removal and its mint are one act, after which nobody needs another.

#[test]
fn a_device_that_is_one_too_many_does_not_call_for_ever() {
    let mut nodes = Node::founders(&["ada", "ben"], History::All);
    let [ada, ben] = &mut nodes[..] else { panic!() };
    for number in 1..=limits::LOGS {
        let mut device = Node::new("ada", number as u8, *ben.ring.group());
        assert!(device.enter_by_log(ben));
    }
    meet(ada, ben);
    let ticket = ben.invite(1).unwrap();
    let gil = Node::join("gil", &ticket, ben).unwrap();
    ben.remove(&gil.key()).unwrap();
    meet(ben, ada);
    let epoch = epoch_of(ben);
    assert!(
        ada.ring.keys(&epoch).is_none_or(|keys| !keys.is_whole()),
        "the newest devices alone have the key"
    );
    assert!(ada.is_current(&ada.key()));
    assert!(ada.ring.need(ada.group(), &ada.key(), ada.now).is_empty(), "nobody would answer");
}
