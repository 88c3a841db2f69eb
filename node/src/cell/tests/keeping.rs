//! Which keepers a node goes to.

use kith_protocol::body::{Body, Keep};
use kith_protocol::id::{KeeperKey, PlaceId, StewardKey};
use kith_protocol::keeper::{ClaimSecret, PlaceLink};

use super::super::{CellError, Claimed};
use super::{Device, START};
use crate::clock::SetClock;

const ADDRESS: &str = "/ip4/192.0.2.1/tcp/4001";

fn keeper(number: u8) -> KeeperKey {
    let key = ed25519_dalek::SigningKey::from_bytes(&[number; 32]);
    KeeperKey(key.verifying_key().to_bytes())
}

fn link(place: u8, number: u8) -> PlaceLink {
    PlaceLink {
        keeper: keeper(number),
        addresses: vec![ADDRESS.into()],
        place: PlaceId([place; 16]),
        claim: ClaimSecret::generate(&mut rand::rng()),
    }
}

/// Tells the group of a place, as a facilitator's node does once the keeper has agreed.
fn brings_in(device: &mut Device, place: u8, keeper: KeeperKey) {
    let place = PlaceId([place; 16]);
    let steward = StewardKey(device.engine.secrets.steward(&place).verifying_key().to_bytes());
    let keep = Keep { place, keeper, addresses: vec![ADDRESS.into()], steward };
    device.engine.write(Body::Keep(keep)).unwrap();
}

#[test]
fn of_two_places_at_one_keeper_the_first_is_gone_to() {
    let mut ana = Device::founds(&SetClock::at(START));
    brings_in(&mut ana, 2, keeper(1));
    brings_in(&mut ana, 1, keeper(1));
    brings_in(&mut ana, 3, keeper(2));
    let places: Vec<PlaceId> = ana.engine.network_keepers().into_keys().collect();
    assert_eq!(places, [PlaceId([2; 16]), PlaceId([3; 16])]);
}

#[test]
fn another_place_at_a_keeper_is_not_asked_for_and_a_better_link_takes_the_place_of_one_that_waits() {
    let mut ana = Device::founds(&SetClock::at(START));
    brings_in(&mut ana, 1, keeper(1));
    assert_eq!(ana.engine.claim_place(&link(2, 1)), Err(CellError::KeepsAlready));
    assert_eq!(ana.engine.claim_place(&link(1, 1)), Ok(()), "it has it");
    for place in [3, 4] {
        ana.engine.claim_place(&link(place, 2)).unwrap();
    }
    let waiting: Vec<PlaceId> = ana.engine.places_claimed().into_iter().map(|(place, _)| place).collect();
    assert_eq!(waiting, [PlaceId([4; 16])]);
    ana.engine.claim_place(&link(5, 3)).unwrap();
    ana.engine.claim_place(&link(6, 4)).unwrap();
    assert_eq!(ana.engine.claim_place(&link(7, 5)), Err(CellError::KeepersFull));
    assert_eq!(ana.engine.claim_place(&link(8, 4)), Ok(()), "in place of the last");
}

#[test]
fn a_claim_at_a_keeper_that_somebody_else_has_brought_in_meanwhile_is_given_up() {
    let mut ana = Device::founds(&SetClock::at(START));
    ana.engine.claim_place(&link(1, 1)).unwrap();
    ana.engine.claim_place(&link(2, 2)).unwrap();
    ana.looks_after(true);
    assert_eq!(ana.engine.place_claimed(&PlaceId([1; 16])), Claimed::Waiting);
    brings_in(&mut ana, 3, keeper(1));
    ana.looks_after(true);
    for (place, claimed) in [(1, Claimed::KeptElsewhere), (2, Claimed::Waiting), (3, Claimed::Kept)] {
        assert_eq!(ana.engine.place_claimed(&PlaceId([place; 16])), claimed, "{place}");
    }
}
