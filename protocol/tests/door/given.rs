//! Where newcomers get no history: nobody is left with keys that lead to nothing.

use kith_protocol::admit;
use kith_protocol::body::{Amend, Body, InviteMode, Wrap};
use kith_protocol::charter::{Changes, History};
use kith_protocol::epoch::{Clear, Recipient};
use kith_protocol::id::EntryId;
use kith_protocol::sim::Node;
use kith_protocol::sim::meeting::{heal, meet, meet_all};

use super::epochs::epoch_of;

/// Gives an epoch to a log, whoever's it is.
fn hands_out(node: &mut Node, to: &Node) {
    let epoch = epoch_of(node);
    let wrap_to = [Recipient { member: to.key(), seal: to.secrets.seal(&to.log).key() }];
    let (body, clear): (Wrap, Clear) =
        node.ring.wrap(&epoch, &wrap_to, &mut node.dice).expect("room").expect("a key");
    let keys = node.ring.keys(&epoch).cloned().unwrap();
    let entry = node.entry(Body::Wrap(body));
    node.write(entry, &keys, Some(clear)).unwrap();
}

/// The id of a join that waits to be handed in.
fn join_of(signed: &[u8], at: &Node) -> EntryId {
    *admit::open_signed(signed, at.ring.group(), at.group.as_ref(), at.now).unwrap().id()
}

/// Ben gives Kim a key before anybody let her in. So Ada begins another epoch, under which she admits her. Kim is a
/// member now, and has a key that fits for all; but not the one under which she was let in, and is owed none. Unless
/// somebody begins an epoch with her, she waits for ever.
#[test]
fn who_was_given_a_key_before_they_were_let_in_learns_of_it_all_the_same() {
    let mut nodes = Node::founders(&["ada", "ben"], History::None);
    let ticket = nodes[0].invite_as(InviteMode::Knock, 3).unwrap();
    let (mut kim, signed) = Node::knock("kim", &ticket, &mut nodes[0]).unwrap();
    let [ada, ben] = &mut nodes[..] else { panic!() };
    meet_all(&mut [ada, ben]);
    hands_out(ben, &kim);
    meet(ada, ben);
    let before = epoch_of(ada);
    assert!(ada.ring.keys(&before).is_some() && ada.mints > 0, "a stranger was given the last one");
    assert!(ada.admit(&join_of(&signed, ada), Some(&signed)));
    heal(&mut [ada, ben, &mut kim]);
    assert!(kim.is_current(&kim.key()), "she knows that she is in");
    ada.post("welcome").unwrap();
    meet_all(&mut [ada, ben, &mut kim]);
    assert!(kim.texts().contains("welcome"));
    assert_eq!(kim.group().state_hash(), ada.group().state_hash());
}

/// Ada and Ben end the same invite, apart from each other, and each begins an epoch. Pat comes in at Ben's node, where
/// newcomers still get all there was; on Ada's side that ends. Either epoch serves them all once they meet, and Pat has
/// Ben's; but is owed nothing now, and could not read what was sealed under Ada's.
#[test]
fn who_came_in_beside_the_end_of_history_reads_on() {
    // Which of the two epochs is the better one is a matter of chance.
    for n in 0..4 {
        let names = [format!("ada {n}"), format!("ben {n}")];
        let mut nodes = Node::founders(&[&names[0], &names[1]], History::All);
        let (invite, other) = (nodes[1].invite(3).unwrap(), nodes[0].invite(1).unwrap());
        let [ada, ben] = &mut nodes[..] else { panic!() };
        meet(ada, ben);
        ada.revoke(other.invite).unwrap();
        ben.revoke(other.invite).unwrap();
        let mut pat = Node::join("pat", &invite, ben).unwrap();
        let changes = Changes { history: Some(History::None), ..Changes::default() };
        ada.say(Body::Amend(Amend { changes, reason: "as we said".into() })).unwrap();
        heal(&mut [ada, ben, &mut pat]);
        assert_eq!(ada.group().charter().history, History::None);
        assert_eq!(pat.group().state_hash(), ada.group().state_hash());
        ada.post("from here on").unwrap();
        meet_all(&mut [ada, ben, &mut pat]);
        assert!(pat.texts().contains("from here on"));
    }
}
