//! Coming in by an open door: what is let in under a porch, and what a porch never becomes.

use kith_protocol::admit::{Refusal, Verified, Wait, Why};
use kith_protocol::body::{Body, Invite, InviteMode, Join, Kind, Leave, Mint, NeedKey};
use kith_protocol::charter::History;
use kith_protocol::codec::CodecError;
use kith_protocol::entry::{Entry, Links, SignedEntry};
use kith_protocol::envelope::{self, Envelope, OpenError, SealError};
use kith_protocol::epoch::{Choice, Clear, EpochKey, EpochKeys, Keyring, link, wrap};
use kith_protocol::id::{EntryId, EpochTag};
use kith_protocol::porch::DoorSecret;
use kith_protocol::sim::Node;
use kith_protocol::sim::meeting::{meet, pass};
use kith_protocol::time::Millis;

use super::pair::*;

fn door() -> DoorSecret {
    DoorSecret::from_bytes([0x44; 32])
}

fn open_door(door: &DoorSecret) -> Body {
    Body::Invite(Invite {
        key: door.invite().key(),
        mode: InviteMode::OpenDoor,
        uses: 3,
        expires: Millis(u64::MAX >> 1),
        porch: Some(door.porch()),
    })
}

/// Somebody with the link, and their join on an invite, sealed by what the link gives alone.
fn comes(name: &str, to: &Node, door: &DoorSecret, invite: EntryId) -> (Node, Envelope) {
    let mut node = Node::new(name, 0, *to.ring.group());
    node.now = to.now;
    let group = *to.ring.group();
    let join = Join {
        member: node.key(),
        seal: node.secrets.seal(&node.log).key(),
        name: name.into(),
        invite,
        invited: door.invite().invited(&group, &node.key(), &node.log),
        charter: to.group().charter().hash(),
    };
    let mut entry = node.entry(Body::Join(join));
    entry.links = Links::Control { prev: None, deps: vec![invite] };
    let envelope = sealed(&entry, &node, &door.porch().keys());
    let signed = SignedEntry::sign(&entry, &group, node.secrets.signing(), None);
    node.seq = 1;
    node.prev = Some(signed.id(&group, &node.key()));
    node.last_control = node.prev;
    (node, envelope)
}

/// ada, ben, and ada's open door, which ben has not heard of.
fn opened() -> (Node, Node, Verified) {
    let (mut ada, ben, _) = pair();
    let invite = ada.say(open_door(&door())).unwrap();
    (ada, ben, invite)
}

/// A member's entry, put on the porch.
fn on_the_porch(entry: &Entry, by: &Node) -> Envelope {
    sealed(entry, by, &door().porch().keys())
}

#[test]
fn who_leaves_a_sealed_join_is_in_wherever_it_comes_by() {
    let (mut ada, mut ben, invite) = opened();
    let (mut eve, join) = comes("eve", &ada, &door(), *invite.entry_id());
    // ben cannot read it yet, and carries it.
    assert_eq!(refused(&join, &ben), Refusal::Wait(Wait::Key(door().porch().keys().epoch().tag())));
    ben.receive(join.encode(), 1);
    assert_eq!(ben.waiting.len(), 1);
    ben.receive(invite.envelope().encode(), 1);
    assert!(ben.waiting.is_empty() && ben.is_current(&eve.key()), "it came back with the invite");
    ada.receive(join.encode(), 1);
    assert!(ada.is_current(&eve.key()));
    assert_eq!(ada.group().state_hash(), ben.group().state_hash());
    // The keys come by a wrap, as for everybody.
    pass(&ada, &mut eve);
    assert!(eve.group.is_none() && eve.ring.kept().next().is_none(), "a porch opens nothing");
    ada.ready();
    meet(&mut ada, &mut eve);
    assert!(eve.is_current(&eve.key()));
    ada.post("good that you are here").unwrap();
    meet(&mut ada, &mut eve);
    assert!(eve.texts().contains("good that you are here"));
    assert!(eve.post("hello").is_some());
}

#[test]
fn under_a_porch_there_is_nothing_but_joins_on_its_invite() {
    let (mut ada, ben, invite) = opened();
    let mut reader = ben;
    reader.receive(invite.envelope().encode(), 1);
    let need = NeedKey { epochs: vec![], seal: ada.secrets.seal(&ada.log).key() };
    let entries = [
        ada.entry(Body::Leave(Leave { goodbye: None })),
        ada.entry(Body::NeedKey(need)),
        ada.entry(open_door(&DoorSecret::from_bytes([9; 32]))),
    ];
    for entry in &entries {
        assert_eq!(refused(&on_the_porch(entry, &ada), &reader), Refusal::Reject(Why::Porch), "{entry:?}");
    }
    let (_, join) = comes("eve", &ada, &door(), *invite.entry_id());
    assert!(open(&join, &reader).is_ok());
}

#[test]
fn no_content_is_sealed_under_a_porch_nor_passed_off_as_such() {
    let (mut ada, mut ben, invite) = opened();
    ben.receive(invite.envelope().encode(), 1);
    let keys = door().porch().keys();
    let entry = ada.entry(post("under the porch"));
    let signed = SignedEntry::sign(&entry, ada.ring.group(), ada.secrets.signing(), bond(&entry, &keys));
    assert_eq!(envelope::seal(&signed, &entry, &keys, None), Err(SealError::NoKey));
    // Bytes with the porch's tag and a gate tag that fits, as who holds the link can make them.
    let mut bytes = ada.post("elsewhere").unwrap().envelope().encode();
    bytes[2..10].copy_from_slice(keys.epoch().tag().as_bytes());
    let id = Envelope::decode(&bytes).unwrap().id();
    bytes[36..52].copy_from_slice(&keys.control().gate().tag(&id).0);
    let forged = Envelope::decode(&bytes).unwrap();
    assert_eq!(refused(&forged, &ben), Refusal::Reject(Why::Porch));
    bytes[40] ^= 1;
    assert_eq!(refused(&Envelope::decode(&bytes).unwrap(), &ben), Refusal::Reject(Why::Gate));
}

#[test]
fn a_join_on_another_invite_is_refused_and_on_one_that_is_not_here_waits() {
    let (mut ada, mut ben, invite) = opened();
    let other = ada.say(open_door(&DoorSecret::from_bytes([9; 32]))).unwrap();
    let ticket = ada.invite(1).unwrap();
    for envelope in ada.all() {
        ben.receive(envelope, 1);
    }
    for on in [*other.entry_id(), ticket.invite, *ben.group().heads().first().unwrap()] {
        let (_, join) = comes("eve", &ada, &door(), on);
        assert_eq!(refused(&join, &ben), Refusal::Reject(Why::Porch));
    }
    let unheard = EntryId([7; 32]);
    let (_, join) = comes("eve", &ada, &door(), unheard);
    assert_eq!(refused(&join, &ben), Refusal::Wait(Wait::Control(vec![unheard.short()])));
    // What several make together is one door: who comes on the one leaves it on the porch of both.
    let twin = ben.say(open_door(&door())).unwrap();
    assert_ne!(twin.entry_id(), invite.entry_id());
    let (_, join) = comes("eve", &ada, &door(), *twin.entry_id());
    assert_eq!(refused(&join, &ada), Refusal::Wait(Wait::Control(vec![twin.entry_id().short()])));
    ada.receive(join.encode(), 1);
    ada.receive(twin.envelope().encode(), 1);
    assert!(ada.waiting.is_empty());
    assert!(open(&join, &ada).is_ok());
}

#[test]
fn a_porch_is_never_among_the_epochs() {
    let (mut ada, mut ben, invite) = opened();
    let porch = door().porch().keys();
    ben.receive(invite.envelope().encode(), 1);
    let (_, join) = comes("eve", &ada, &door(), *invite.entry_id());
    for node in [&mut ada, &mut ben] {
        node.receive(join.encode(), 1);
        assert_eq!(node.ring.by_tag(&porch.epoch().tag()).count(), 1);
        let of = |keys: Option<&EpochKeys>| keys.is_none();
        assert!(of(node.ring.keys(&porch.epoch())), "it is held as no epoch");
        assert!(!node.ring.heads(node.group()).contains(&porch.epoch()));
        assert!(node.ring.named().all(|epoch| *epoch != porch.epoch()));
        assert!(node.ring.kept().all(|key| key.id() != porch.epoch()), "nor is it kept in the vault");
        let used = match node.best() {
            Choice::Send { epoch, .. } => epoch,
            other => panic!("{other:?}"),
        };
        assert_ne!(used, porch.epoch());
        let plan =
            node.ring.mint(&plan_of(node), EpochKey::from_bytes([5; 32]), &mut node.dice.clone()).unwrap();
        assert!(plan.clear.links().iter().all(|link| link.epoch != porch.epoch()));
    }
    assert_eq!(ada.ring.wrap(&porch.epoch(), &[], &mut ada.dice.clone()), Ok(None));
}

fn plan_of(node: &Node) -> kith_protocol::epoch::Plan {
    kith_protocol::epoch::Plan {
        wrap_to: vec![kith_protocol::epoch::Recipient {
            member: node.key(),
            seal: node.secrets.seal(&node.log).key(),
        }],
        from: node.ring.heads(node.group()),
        history: true,
        cite: vec![],
    }
}

/// A member who wishes others to take a porch for an epoch: what they wrap and link is not believed.
#[test]
fn a_porch_claimed_as_an_epoch_stays_a_porch() {
    let (mut ada, mut ben, invite) = opened();
    ben.receive(invite.envelope().encode(), 1);
    let porch = door().porch().keys();
    let new = EpochKey::from_bytes([8; 32]);
    let links = link::links(&new, [&porch, ada.ready().as_ref().unwrap()], true);
    assert!(links.iter().any(|link| link.epoch == porch.epoch() && !link.whole));
    let to = ben.secrets.seal(&ben.log).key();
    let group = *ada.ring.group();
    let wraps = vec![wrap::wrap(&new, &group, &to, &mut ada.dice).unwrap()];
    let from: Vec<_> = links.iter().filter(|link| !link.whole).map(|link| link.epoch).collect();
    let clear = Clear::new(new.id(), wraps, links).unwrap();
    let entry = ada.entry(Body::Mint(Mint { epoch: new.id(), clear: clear.hash(), from }));
    let minted = ada.write(entry, &EpochKeys::whole(new.clone()), Some(clear)).unwrap();
    ben.receive(minted.envelope().encode(), 1);
    assert!(ben.ring.keys(&new.id()).is_some(), "the mint itself was let in");
    assert!(ben.ring.keys(&porch.epoch()).is_none());
    assert_eq!(ben.ring.by_tag(&porch.epoch().tag()).count(), 1);
    // A mint of the porch itself cannot be sealed so that anybody opens it.
    let clear =
        Clear::new(porch.epoch(), vec![wrap::wrap(&new, &group, &to, &mut ada.dice).unwrap()], vec![]);
    let clear = clear.unwrap();
    let entry = ada.entry(Body::Mint(Mint { epoch: porch.epoch(), clear: clear.hash(), from: vec![] }));
    let signed = SignedEntry::sign(&entry, &group, ada.secrets.signing(), None);
    let on_it = envelope::seal(&signed, &entry, &porch, Some(&clear)).unwrap();
    ben.ring.learn(&on_it);
    assert_eq!(refused(&on_it, &ben), Refusal::Reject(Why::Porch));
    assert!(ben.ring.keys(&porch.epoch()).is_none());
    // And ben goes on under an epoch.
    assert!(ben.post("still here").is_some());
}

#[test]
fn a_link_alone_opens_nothing_that_members_wrote() {
    for history in [History::All, History::None] {
        let mut nodes = Node::founders(&["ada", "ben"], history);
        let mut ada = nodes.swap_remove(0);
        ada.post("said before").unwrap();
        let invite = ada.say(open_door(&door())).unwrap();
        let (eve, join) = comes("eve", &ada, &door(), *invite.entry_id());
        ada.receive(join.encode(), 1);
        ada.post("said after, by one whose node has not wrapped yet").unwrap();
        let keys = door().porch().keys();
        let mut thief = Keyring::new(*ada.ring.group());
        let mut opened = 0;
        for bytes in ada.all() {
            let envelope = Envelope::decode(&bytes).unwrap();
            thief.learn(&envelope);
            match envelope::open(&envelope, &keys) {
                Ok(unsealed) => {
                    assert!(matches!(unsealed.entry.body, Body::Join(_)));
                    opened += 1;
                }
                Err(error) => assert_eq!(error, OpenError::OtherEpoch),
            }
        }
        assert_eq!(opened, 1, "another's join, and nothing else");
        assert!(thief.kept().next().is_none() && thief.by_tag(&EpochTag([0; 8])).next().is_none());
        assert_eq!(thief.by_tag(&keys.epoch().tag()).count(), 0);
        drop(eve);
    }
}

#[test]
fn who_comes_after_the_door_was_shut_is_not_in() {
    let (mut ada, mut ben, invite) = opened();
    ben.receive(invite.envelope().encode(), 1);
    let (eve, join) = comes("eve", &ada, &door(), *invite.entry_id());
    let before = match ada.best() {
        Choice::Send { epoch, .. } => epoch,
        other => panic!("{other:?}"),
    };
    ada.revoke(*invite.entry_id()).unwrap();
    let after = match ada.best() {
        Choice::Send { epoch, .. } => epoch,
        other => panic!("{other:?}"),
    };
    assert_ne!(before, after, "shutting it counts as a removal");
    ben.receive(join.encode(), 1);
    meet(&mut ada, &mut ben);
    for node in [&ada, &ben] {
        assert!(!node.is_current(&eve.key()));
    }
    assert_eq!(ada.group().state_hash(), ben.group().state_hash());
}

#[test]
fn an_open_door_has_a_porch_and_no_other_invite_has() {
    let Body::Invite(good) = open_door(&door()) else { unreachable!() };
    let decoded = |invite: Invite| Body::decode(Kind::INVITE, &kith_protocol::codec::encode(&invite));
    assert_eq!(decoded(good.clone()), Ok(Body::Invite(good.clone())));
    for wrong in [
        Invite { porch: None, ..good.clone() },
        Invite { mode: InviteMode::OnSight, ..good.clone() },
        Invite { mode: InviteMode::Knock, ..good.clone() },
    ] {
        assert!(matches!(decoded(wrong.clone()), Err(CodecError::Mismatch(_))), "{wrong:?}");
    }
    // A porch of another length than a key's.
    let mut bytes = kith_protocol::codec::encode(&good);
    let at = bytes.len() - 33;
    bytes[at] = 31;
    bytes.pop();
    assert!(matches!(Body::decode(Kind::INVITE, &bytes), Err(CodecError::Mismatch(_))));
}
