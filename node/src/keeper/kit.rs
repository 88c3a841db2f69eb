//! What the tests of a keeper begin with.

use ed25519_dalek::SigningKey;
use kith_protocol::envelope::{Envelope, Header, drop_mark};
use kith_protocol::epoch::{EpochKey, GateKey};
use kith_protocol::id::{DropMark, EpochTag, KeeperKey, PlaceId, StewardKey};
use kith_protocol::keeper::Grant;
use kith_protocol::time::{Hour, Month};

pub(crate) const KEEPER: KeeperKey = KeeperKey([7; 32]);
pub(crate) const SINCE: Month = Month(680);

pub(crate) fn gate(n: u8) -> GateKey {
    EpochKey::from_bytes([n; 32]).control().gate()
}

pub(crate) fn steward(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

/// A grant of place 1: this number, this gate key, key 7 of the past, key 50 of a porch.
pub(crate) fn grant(number: u64, current: u8, stewards: &[&SigningKey]) -> Grant {
    let stewards = stewards.iter().map(|key| StewardKey(key.verifying_key().to_bytes())).collect();
    let mut grant = Grant::new(PlaceId([1; 16]), &gate(current), [gate(7)], [gate(50)], stewards, SINCE);
    grant.number = number;
    grant
}

/// The secret behind the drop mark of content.
pub(crate) fn drop_secret(serial: u32) -> [u8; 32] {
    let mut secret = [5; 32];
    secret[..4].copy_from_slice(&serial.to_be_bytes());
    secret
}

/// An envelope whose payload is junk of the right length, with a good gate tag.
pub(crate) fn envelope(key: &GateKey, control: bool, hour: Hour, serial: u32) -> Envelope {
    sized(key, control, hour, serial, 296)
}

/// Likewise, with a payload of so many bytes: 40 more than padding makes.
pub(crate) fn sized(key: &GateKey, control: bool, hour: Hour, serial: u32, payload: u16) -> Envelope {
    let header = Header {
        control,
        epoch: EpochTag([1; 8]),
        hour,
        clear_length: 0,
        payload_length: payload,
        drop: if control { DropMark([0; 16]) } else { drop_mark(&drop_secret(serial)) },
    };
    let mut body: Vec<u8> = serial.to_be_bytes().to_vec();
    body.resize(usize::from(payload), 0xab);
    let whole = |tag: [u8; 16]| [header.encode().as_slice(), &tag, &body].concat();
    let id = Envelope::decode(&whole([0; 16])).unwrap().id();
    Envelope::decode(&whole(key.tag(&id).0)).unwrap()
}
