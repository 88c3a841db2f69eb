//! Which keepers a node goes to.

use kith_protocol::body::{Body, Keep};
use kith_protocol::id::{KeeperKey, PlaceId, StewardKey};
use kith_protocol::keeper::{ClaimSecret, PlaceLink};

use super::super::CellError;
use super::{Device, Time};

const ADDRESS: &str = "/ip4/192.0.2.1/tcp/4001";

fn keeper(number: u8) -> KeeperKey {
    let key = ed25519_dalek::SigningKey::from_bytes(&[number; 32]);
    KeeperKey(key.verifying_key().to_bytes())
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
    let mut ana = Device::founds(&Time::begins());
    brings_in(&mut ana, 2, keeper(1));
    brings_in(&mut ana, 1, keeper(1));
    brings_in(&mut ana, 3, keeper(2));
    let places: Vec<PlaceId> = ana.engine.network_keepers().into_keys().collect();
    assert_eq!(places, [PlaceId([2; 16]), PlaceId([3; 16])]);
}

#[test]
fn another_place_at_a_keeper_is_not_asked_for_and_a_better_link_takes_the_place_of_one_that_waits() {
    let mut ana = Device::founds(&Time::begins());
    let link = |place: u8, number: u8| PlaceLink {
        keeper: keeper(number),
        addresses: vec![ADDRESS.into()],
        place: PlaceId([place; 16]),
        claim: ClaimSecret::generate(&mut rand::rng()),
    };
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
