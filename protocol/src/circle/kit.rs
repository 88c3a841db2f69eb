//! What tests of circles are made of.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::Setting;
use crate::body::{Circle as Plan, CircleDoor, CircleFormat};
use crate::id::{EntryId, GroupId};
use crate::identity::{Identity, MemberSecrets};
use crate::time::Millis;

pub(super) fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

/// Somebody of the group; the first is the host, the second the co-host.
pub(super) fn member(number: u8) -> MemberSecrets {
    Identity::without_words([number; 64]).member(&[7; 32], 0)
}

pub(super) fn setting() -> Setting {
    let plan = Plan {
        start: Millis(0),
        minutes: 60,
        host: member(1).key(),
        co_host: Some(member(2).key()),
        size: 8,
        format: CircleFormat::Rounds,
        soft: 3,
        opening: String::new(),
        prompts: vec![],
        closing: String::new(),
        door: CircleDoor::from_bytes([3; 32]),
    };
    Setting { group: GroupId([5; 32]), circle: EntryId([6; 32]), plan }
}
