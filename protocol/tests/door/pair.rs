//! Two people who have met, and envelopes made by hand.

use kith_protocol::admit::{self, Opened, Refusal, Verified};
use kith_protocol::body::{Body, Post};
use kith_protocol::charter::History;
use kith_protocol::entry::{Bond, Entry, SignedEntry};
use kith_protocol::envelope::{self, Envelope};
use kith_protocol::epoch::EpochKeys;
use kith_protocol::id::DropMark;

use kith_protocol::sim::Node;

/// ada and ben, who have met; ada's keys of the epoch they send under.
pub fn pair() -> (Node, Node, EpochKeys) {
    let mut nodes = Node::founders(&["ada", "ben"], History::All);
    let ben = nodes.pop().unwrap();
    let mut ada = nodes.pop().unwrap();
    let keys = ada.ready().unwrap();
    (ada, ben, keys)
}

pub fn post(text: &str) -> Body {
    Body::Post(Post::new(text))
}

/// What an entry to be sealed under `keys` is signed for.
pub fn bond(entry: &Entry, keys: &EpochKeys) -> Option<Bond> {
    let bond = Bond { epoch: keys.epoch(), drop: DropMark([7; 16]) };
    (!entry.body.kind().is_control()).then_some(bond)
}

pub fn sealed(entry: &Entry, by: &Node, keys: &EpochKeys) -> Envelope {
    let signed = SignedEntry::sign(entry, by.ring.group(), by.secrets.signing(), bond(entry, keys));
    envelope::seal(&signed, entry, keys, None).unwrap()
}

/// Somebody's entry as it was signed, put into another envelope by one who holds the key of that.
pub fn moved(signed: &SignedEntry, keys: &EpochKeys, bond: Option<Bond>) -> Envelope {
    let signed = SignedEntry::from_bytes(&signed.to_bytes(), bond).unwrap();
    envelope::seal(&signed, &signed.entry().unwrap(), keys, None).unwrap()
}

pub fn open(envelope: &Envelope, at: &Node) -> Result<Opened, Refusal> {
    admit::open(&envelope.encode(), &at.ring, at.group.as_ref(), at.now)
}

pub fn refused(envelope: &Envelope, at: &Node) -> Refusal {
    open(envelope, at).expect_err("refused")
}

pub fn let_in(envelope: &Envelope, at: &Node) -> Result<Verified, Refusal> {
    admit::admit(open(envelope, at)?, &at.held, at.group.as_ref())
}
