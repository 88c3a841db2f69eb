//! Circles of a few people who hear each other at once, or not.

mod apart;
mod bounds;
mod leading;
mod speaking;

use super::kit::{self, Room, member, setting};
use super::{Act, ActError, End, Led, Phase, Place, timing};

/// Three people, and a round of theirs in this order: the host, the third, the co-host.
fn round() -> Room {
    let mut room = Room::of(setting(), &[1, 2, 3]);
    let order = [1, 3, 2].map(|who| member(who).key());
    room.act(1, Act::Round(order.to_vec())).unwrap();
    assert_eq!(room.holder(&[1, 2, 3]), Some(1));
    room
}
