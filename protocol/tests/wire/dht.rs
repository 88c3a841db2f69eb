//! Golden vectors of the DHT: spots of a device and of a keeper, and a record of each.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ed25519_dalek::{Signature, SigningKey};
use hex::encode as hex;
use kith_protocol::dht::{KeeperAddresses, Spot, judge};
use kith_protocol::epoch::EpochKey;
use kith_protocol::id::{KeeperKey, LogId, MemberKey, PlaceId};
use kith_protocol::limits;
use kith_protocol::time::{Hour, Millis, Week};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};

use crate::spelled_out::{hash, keyed};
use crate::vectors::golden;

const WEEK: Week = Week(2968);
const HOUR: Hour = Hour(498_696);

/// A record at a spot, taken apart by the words of the specification.
fn vector(spot: &Spot, seed: [u8; 32], said: &[u8]) -> Value {
    let record = spot.write(said, HOUR, &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
    let key = SigningKey::from_bytes(&seed);
    let name = key.verifying_key().to_bytes();
    assert_eq!(spot.name(), name);
    assert_eq!(record.len(), limits::DHT_RECORD);
    let (hour, rest) = record.split_first_chunk::<4>().unwrap();
    let (signature, closed) = rest.split_first_chunk::<64>().unwrap();
    assert_eq!(u32::from_be_bytes(*hour), HOUR.0);
    let signed = [b"kith/1/dht-record\0".as_slice(), hour, closed].concat();
    key.verifying_key().verify_strict(&signed, &Signature::from_bytes(signature)).unwrap();
    let (nonce, sealed) = closed.split_first_chunk::<24>().unwrap();
    let plain = XChaCha20Poly1305::new(&keyed(&seed, "kith/1/dht-seal", &[]).into())
        .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &name })
        .unwrap();
    let length = u16::try_from(said.len()).unwrap().to_be_bytes();
    assert_eq!(plain[..2 + said.len()], [&length, said].concat());
    assert!(plain[2 + said.len()..].iter().all(|byte| *byte == 0));
    assert_eq!((judge(&name, &record), spot.read(&record).unwrap()), (Ok(HOUR), said.to_vec()));
    json!({ "seed": hex(seed), "name": hex(name), "said": hex(said), "record": hex(record) })
}

#[test]
fn dht() {
    let discovery = EpochKey::from_bytes([1; 32]).control().discovery();
    let (member, log, place) = (MemberKey([0x41; 32]), LogId([0x42; 8]), PlaceId([0x31; 16]));
    let week = WEEK.0.to_be_bytes();
    let device = keyed(discovery.expose(), "kith/1/dht-device", &[&week, &[0x41; 32], &[0x42; 8]]);
    let device =
        vector(&Spot::of_device(&discovery, &member, &log, WEEK), device, b"a signed address record");
    let keeper = SigningKey::from_bytes(&[0x32; 32]);
    let addresses = KeeperAddresses {
        addresses: vec!["/ip4/203.0.113.7/udp/41000/quic-v1".into()],
        time: Millis(1_795_305_600_000),
    };
    let said = addresses.sign(&place, &keeper);
    let (map, signature) = said.split_last_chunk::<64>().unwrap();
    let signed = [b"kith/1/dht-keeper-addresses\0".as_slice(), &[0x31; 16], map].concat();
    keeper.verifying_key().verify_strict(&signed, &Signature::from_bytes(signature)).unwrap();
    let name = KeeperKey(keeper.verifying_key().to_bytes());
    assert_eq!(KeeperAddresses::verify(&said, &place, &name), Ok(addresses));
    let seed = hash("kith/1/dht-keeper", &[&week, &[0x31; 16]]);
    let of_keeper = vector(&Spot::of_keeper(&place, WEEK), seed, &said);
    golden(
        "dht",
        &json!({
            "week": WEEK.0,
            "hour": HOUR.0,
            "device 41… of log 42…, under epoch key 01…": device,
            "keeper whose seed is 32…, of place 31…": of_keeper,
        }),
    );
}
