//! Golden vectors of circles: one of two people, frame by frame, each opened as the specification says.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ed25519_dalek::{Signature, VerifyingKey};
use hex::encode as hex;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, setup_receiver};
use kith_protocol::body::{Circle as Plan, CircleDoor, CircleFormat};
use kith_protocol::circle::{Act, Circle, Effect, Phase, Setting, timing};
use kith_protocol::id::{EntryId, LogId, MemberKey};
use kith_protocol::identity::{MemberSecrets, Seed};
use kith_protocol::time::Millis;
use minicbor::Decoder;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};

use crate::sample::{LOG, SALT, TIME, group, member};
use crate::spelled_out::{hkdf, keyed};
use crate::vectors::golden;

const CIRCLE: EntryId = EntryId([0x74; 32]);
const DOOR: [u8; 32] = [0x73; 32];
/// The log of the guest.
const OTHER: LogId = LogId([0x20; 8]);

fn guest() -> MemberSecrets {
    Seed::from_bytes([0; 16]).identity().member(&SALT, 1)
}

struct Pair {
    circles: [Circle; 2],
    rng: ChaCha20Rng,
    now: Millis,
    frames: Vec<(usize, Vec<u8>)>,
}

impl Pair {
    /// Takes what one does to the other, and back, until nothing follows.
    fn carry(&mut self, from: usize, effects: Vec<Effect>) {
        let log = |who: &MemberKey, log: &LogId| {
            let whose = [(member(), LOG), (guest(), OTHER)].into_iter().find(|(one, _)| one.key() == *who)?;
            (whose.1 == *log).then(|| whose.0.seal(log).key())
        };
        for effect in effects {
            if let Effect::Send(frame) = effect {
                let follows = self.circles[1 - from].receive(&frame, &log, self.now, &mut self.rng);
                self.frames.push((from, frame));
                self.carry(1 - from, follows);
            }
        }
    }

    fn act(&mut self, who: usize, act: Act) {
        let effects = self.circles[who].act(act, self.now, &mut self.rng).unwrap();
        self.carry(who, effects);
    }

    fn pass(&mut self, ms: u64) {
        self.now = self.now.plus(ms);
        for who in 0..2 {
            let effects = self.circles[who].tick(self.now, &mut self.rng);
            self.carry(who, effects);
        }
    }
}

/// Opens a frame: its kind, and its content.
fn open(key: &[u8; 32], frame: &[u8]) -> Vec<u8> {
    let aad = [b"kith/1/circle-frame\0".as_slice(), &frame[..1], group().as_ref(), CIRCLE.as_ref()].concat();
    let nonce: [u8; 24] = frame[1..25].try_into().unwrap();
    let payload = Payload { msg: &frame[25..], aad: &aad };
    let plain = XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(nonce), payload).unwrap();
    assert!(plain.len().is_multiple_of(1024));
    let end = 2 + usize::from(u16::from_be_bytes([plain[0], plain[1]]));
    assert!(plain[end..].iter().all(|byte| *byte == 0));
    plain[2..end].to_vec()
}

fn signed(domain: &str, parts: &[&[u8]], key: &[u8], signature: &[u8]) {
    let covered = [domain.as_bytes(), &[0], group().as_ref(), CIRCLE.as_ref(), &parts.concat()].concat();
    let key = VerifyingKey::from_bytes(key.try_into().unwrap()).unwrap();
    key.verify_strict(&covered, &Signature::from_bytes(signature.try_into().unwrap())).unwrap();
}

fn field(d: &mut Decoder<'_>, key: u8) {
    assert_eq!(d.u8().unwrap(), key);
}

fn bytes<'b>(d: &mut Decoder<'b>, key: u8) -> &'b [u8] {
    field(d, key);
    d.bytes().unwrap()
}

/// Checks a certificate, and gives its voice.
fn certificate<'b>(d: &mut Decoder<'b>) -> &'b [u8] {
    assert_eq!(d.map().unwrap(), Some(5));
    let (voice, member, log) = (bytes(d, 0), bytes(d, 1), bytes(d, 2));
    field(d, 3);
    let time = d.u64().unwrap().to_be_bytes();
    signed("kith/1/circle-certificate", &[voice, member, log, &time], member, bytes(d, 4));
    voice
}

/// What is in a slot of an *in*: the key of the circle.
fn key_in(word: &[u8], leader: &[u8]) -> Option<[u8; 32]> {
    let mut d = Decoder::new(word);
    d.array().unwrap();
    if d.u8().unwrap() != 3 {
        return None;
    }
    d.map().unwrap();
    let to = bytes(&mut d, 0);
    field(&mut d, 1);
    d.skip().unwrap();
    field(&mut d, 2);
    d.skip().unwrap();
    field(&mut d, 3);
    d.map().unwrap();
    let (encapped, sealed) = (bytes(&mut d, 0), bytes(&mut d, 1));
    let info = [b"kith/1/circle-slot\0".as_slice(), group().as_ref(), CIRCLE.as_ref(), to, leader].concat();
    let secret = guest_seal();
    let mut context = setup_receiver::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &<X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(&secret).unwrap(),
        &<X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapped).unwrap(),
        &info,
    )
    .unwrap();
    Some(context.open(sealed, &[]).unwrap().try_into().unwrap())
}

/// The guest is the person of the words, too: only their logs differ.
fn guest_seal() -> [u8; 32] {
    hkdf("kith/1/seal", &[SALT.as_slice(), &1_u32.to_be_bytes(), OTHER.as_ref()].concat())
}

#[test]
fn a_circle_of_two() {
    let plan = Plan {
        start: TIME,
        minutes: 60,
        host: member().key(),
        co_host: None,
        size: 8,
        format: CircleFormat::Rounds,
        soft: 0,
        opening: String::new(),
        prompts: vec![],
        closing: String::new(),
        door: CircleDoor::from_bytes(DOOR),
    };
    let setting = Setting { group: group(), circle: CIRCLE, plan };
    let mut rng = ChaCha20Rng::from_seed([0x75; 32]);
    let circles = [(member(), LOG), (guest(), OTHER)]
        .map(|(me, log)| Circle::enter(setting.clone(), me, log, TIME, &mut rng));
    let mut pair = Pair { circles, rng, now: TIME, frames: vec![] };
    for _ in 0..3 {
        pair.pass(timing::OPENING);
    }
    pair.act(0, Act::Round(vec![guest().key(), member().key()]));
    pair.act(1, Act::Share { text: "A quiet week.".into(), more: true });
    pair.act(1, Act::Minute);
    pair.act(1, Act::Share { text: "And one good walk.".into(), more: false });
    pair.act(0, Act::Pass);
    assert_eq!(pair.circles[1].view(pair.now).phase, Phase::Between);
    assert_eq!(pair.circles[0].view(pair.now).said.len(), 2);
    pair.act(0, Act::Close);
    pair.pass(timing::BEAT);
    pair.pass(timing::CLOSING);
    assert!(pair.circles.iter().all(Circle::keeps_nothing));

    let door = keyed(&DOOR, "kith/1/circle-door", &[]);
    assert_eq!(setting.plan.door.topic(), keyed(&DOOR, "kith/1/circle-topic", &[]));
    let mut key = None;
    for (_, frame) in pair.frames.iter().filter(|(_, frame)| frame[0] == 1) {
        let content = open(&door, frame);
        let mut d = Decoder::new(&content);
        d.array().unwrap();
        if d.u8().unwrap() == 1 {
            d.map().unwrap();
            field(&mut d, 0);
            let leader = certificate(&mut d);
            key = key.or(key_in(bytes(&mut d, 1), leader));
        }
    }
    let key = key.unwrap();
    let frames: Vec<Value> =
        pair.frames.iter().map(|(from, frame)| told(*from, frame, &door, &key)).collect();
    golden(
        "circle",
        &json!({
            "group": group().to_string(),
            "announcement": CIRCLE.to_string(),
            "door": hex(DOOR),
            "topic": hex(setting.plan.door.topic()),
            "key of the door": hex(door),
            "host": member().key().to_string(),
            "guest": guest().key().to_string(),
            "sealing secret of the guest's log": hex(guest_seal()),
            "circle's key": hex(key),
            "sitting": hex(&keyed(&key, "kith/1/circle-key-id", &[])[..16]),
            "frames": frames,
        }),
    );
}

/// One frame, opened and verified.
fn told(from: usize, frame: &[u8], door: &[u8; 32], key: &[u8; 32]) -> Value {
    let content = open(if frame[0] == 2 { key } else { door }, frame);
    let mut d = Decoder::new(&content);
    let mut inside = Value::Null;
    match frame[0] {
        1 => {
            d.array().unwrap();
            let which = d.u8().unwrap();
            d.map().unwrap();
            field(&mut d, 0);
            let voice = certificate(&mut d);
            if which == 1 {
                let word = bytes(&mut d, 1);
                signed("kith/1/circle-lead", &[voice, word], voice, bytes(&mut d, 2));
                inside = hex(word).into();
            }
        }
        2 => {
            assert_eq!(d.map().unwrap(), Some(3));
            let (voice, word) = (bytes(&mut d, 0), bytes(&mut d, 1));
            signed("kith/1/circle-word", &[voice, word], voice, bytes(&mut d, 2));
            inside = hex(word).into();
        }
        _ => {
            d.map().unwrap();
            let member = bytes(&mut d, 0);
            signed("kith/1/circle-over", &[], member, bytes(&mut d, 1));
        }
    }
    let from = ["host", "guest"][from];
    json!({ "from": from, "kind": frame[0], "frame": hex(frame), "content": hex(content), "bytes inside": inside })
}
