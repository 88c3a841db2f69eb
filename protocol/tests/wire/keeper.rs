//! Golden vectors of keepers: the link of a place, a grant, the proof of a gate key, errands, a meeting point.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ed25519_dalek::{Signer, SigningKey};
use hex::encode as hex;
use kith_protocol::epoch::{EpochKey, GateKey};
use kith_protocol::id::{EnvelopeId, KeeperKey, PlaceId, StewardKey};
use kith_protocol::keeper::{
    ClaimSecret, Dropped, Errand, Grant, PlaceAnswer, PlaceLink, PlaceProof, PlaceRefused, PlaceTranscript,
    Reply, SignedGrant, Standing, Told, meet, meeting,
};
use kith_protocol::limits;
use kith_protocol::proof::{Hello, Nonce};
use kith_protocol::time::Month;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::json;

use crate::spelled_out::{hash, keyed};
use crate::vectors::golden;

const PLACE: PlaceId = PlaceId([0x31; 16]);

fn keeper() -> KeeperKey {
    KeeperKey(SigningKey::from_bytes(&[0x32; 32]).verifying_key().to_bytes())
}

fn epoch(n: u8) -> EpochKey {
    EpochKey::from_bytes([n; 32])
}

fn gate(n: u8) -> GateKey {
    let control = keyed(&[n; 32], "kith/1/control", &[]);
    let gate = GateKey::from_bytes(keyed(&control, "kith/1/gate", &[]));
    assert_eq!(gate, epoch(n).control().gate());
    gate
}

fn grant(number: u64, steward: &SigningKey) -> Grant {
    let stewards = [steward, &SigningKey::from_bytes(&[0x35; 32])];
    let stewards = stewards.map(|key| StewardKey(key.verifying_key().to_bytes())).to_vec();
    let mut grant = Grant::new(PLACE, &gate(1), [gate(3), gate(2)], [gate(4)], stewards, Month(680));
    grant.number = number;
    grant
}

/// A grant signed in the words of the specification.
fn signed(grant: &Grant, by: &SigningKey) -> (Vec<u8>, Vec<u8>) {
    let map = minicbor::to_vec(grant).unwrap();
    let string = [b"kith/1/grant\0".as_slice(), keeper().as_ref(), &map].concat();
    let signature = by.sign(&string).to_bytes();
    let whole = [by.verifying_key().as_bytes().as_slice(), &map, &signature].concat();
    assert_eq!(grant.sign(&keeper(), by).bytes(), whole);
    assert_eq!(SignedGrant::verify(&whole, &keeper()).unwrap().grant, *grant);
    (whole, map)
}

fn substance(grant: &Grant) -> [u8; 32] {
    let lists = |mut list: Vec<[u8; 32]>| {
        list.sort_unstable();
        list
    };
    let gates = lists(grant.past().map(|key| *key.expose()).collect());
    let stewards = lists(grant.stewards.iter().map(|key| key.0).collect());
    let mut same = Grant::new(
        grant.place,
        &grant.gate(),
        gates.into_iter().map(GateKey::from_bytes),
        grant.porches(),
        stewards.into_iter().map(StewardKey).collect(),
        grant.since,
    );
    same.number = 0;
    let substance = hash("kith/1/grant-substance", &[&minicbor::to_vec(&same).unwrap()]);
    assert_eq!(grant.substance(), substance);
    substance
}

#[test]
fn keepers() {
    let claim = ClaimSecret::from_bytes([0x33; 32]);
    let link = PlaceLink {
        keeper: keeper(),
        addresses: vec!["/dns4/keeper.example/udp/41000/quic-v1".into()],
        place: PLACE,
        claim: claim.clone(),
    };
    let text = link.to_text().unwrap();
    assert_eq!(PlaceLink::parse(&text), Ok(link));

    let steward = SigningKey::from_bytes(&[0x34; 32]);
    let (first, second) = (grant(1, &steward), grant(2, &steward));
    assert_eq!(substance(&first), substance(&second));
    let (by_claim, map) = signed(&first, &claim.signing());
    let (by_steward, _) = signed(&second, &steward);

    let (member, keeper_peer) = (b"the member's PeerId".as_slice(), b"the keeper's PeerId".as_slice());
    let (ours, theirs) = (Nonce([0x36; 32]), Nonce([0x37; 32]));
    let peer = |bytes: &[u8]| hash("kith/1/proof-peer", &[bytes]);
    let (from, to) = (peer(member), peer(keeper_peer));
    let transcript = hash("kith/1/proof-place", &[PLACE.as_ref(), &from, &ours.0, &to, &theirs.0]);
    let name = &hash("kith/1/gate-name", &[gate(1).expose()])[..8];
    let mac = &keyed(gate(1).expose(), "kith/1/proof-gate", &[&transcript])[..16];
    let about = PlaceTranscript::new(&PLACE, (member, &ours), (keeper_peer, &theirs));
    let proof = PlaceProof::gate(PLACE, &about, &gate(1));
    let PlaceProof::Gate { gate: named, mac: made, .. } = &proof else { panic!("a proof of a gate key") };
    assert_eq!((named.as_ref(), made.as_slice()), (name, mac));
    assert!(proof.proves(&about, &gate(1)));
    let told = Told {
        standing: Standing::Member,
        number: 2,
        substance: substance(&second).into(),
        used: 4096,
        quota: 1 << 30,
    };

    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let discovery = epoch(1).control().discovery();
    let record = b"a signed address record".as_slice();
    let point = meeting(&discovery, &PLACE, record, &mut rng).unwrap();
    let key = keyed(discovery.expose(), "kith/1/meeting", &[]);
    let (nonce, sealed) = point.split_first_chunk::<24>().unwrap();
    let plain = XChaCha20Poly1305::new(&key.into())
        .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: PLACE.as_ref() })
        .unwrap();
    let length = u16::try_from(record.len()).unwrap().to_be_bytes();
    assert_eq!(plain[..2 + record.len()], [&length, record].concat());
    assert!(plain[2 + record.len()..].iter().all(|byte| *byte == 0));
    assert_eq!(meet(&discovery, &PLACE, &point).unwrap(), record);

    let gates = [1, 2, 3, 4].map(|n| hex(gate(n).expose()));
    let refusals = [PlaceRefused::Unknown, PlaceRefused::Stale, PlaceRefused::Busy]
        .map(|why| hex(PlaceAnswer::Refused(why).encode()));
    let dropped = Dropped::new(EnvelopeId([0x38; 32]), [0x39; 32]);
    golden(
        "keeper",
        &json!({
            "keeper's seed": hex([0x32; 32]),
            "keeper": keeper().to_string(),
            "place": PLACE.to_string(),
            "link": { "claim": hex(claim.expose()), "text": text },
            "gate keys of epoch keys 01…, 02…, 03…, 04…": gates,
            "grants": {
                "map of the first": hex(map),
                "the first, by the claim": hex(by_claim),
                "the second, by a steward whose seed is 34…": hex(&by_steward),
                "substance of both": hex(substance(&first)),
            },
            "proof": {
                "member": hex(member),
                "keeper": hex(keeper_peer),
                "hello of the member": hex(Hello { nonce: ours, known: None }.encode()),
                "hello of the keeper": hex(Hello { nonce: theirs, known: None }.encode()),
                "transcript": hex(transcript),
                "of the gate key 01…": hex(proof.encode()),
                "by a grant": hex(PlaceProof::Grant(by_steward.clone().into()).encode()),
                "welcome": hex(PlaceAnswer::Welcome(told).encode()),
                "refused": refusals,
            },
            "errands": {
                "grant": hex(Errand::Grant(by_steward.into()).encode()),
                "drop": hex(Errand::Drop(vec![dropped]).encode()),
                "meet": hex(Errand::Meet(Some(vec![0x3a; limits::MEETING].into())).encode()),
                "meet, with nothing to leave": hex(Errand::Meet(None).encode()),
                "told": hex(Reply::Told(told).encode()),
                "done": hex(Reply::Done.encode()),
                "met": hex(Reply::Met(vec![vec![0x3b; limits::MEETING].into()]).encode()),
                "refused": hex(Reply::Refused(PlaceRefused::Stale).encode()),
            },
            "meeting point of epoch key 01…": { "record": hex(record), "sealed": hex(point) },
        }),
    );
}
