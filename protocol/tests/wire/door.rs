//! Golden vectors of open doors: what a link and a phrase give, the porch and a join on it, key words.

use argon2::{Algorithm, Argon2, Params, Version};
use ed25519_dalek::SigningKey;
use hex::encode as hex;
use kith_protocol::entry::SignedEntry;
use kith_protocol::envelope::{self, Envelope};
use kith_protocol::id::{GroupId, MemberKey};
use kith_protocol::invite::{InviteSecret, Link, Way};
use kith_protocol::phrase;
use kith_protocol::porch::{self, DoorSecret};
use serde_json::{Value, json};

use crate::sample::{self, group};
use crate::spelled_out::{hash, keyed};
use crate::vectors::{entry, golden, sign};

/// The secret of a link.
const LINK: [u8; 32] = [0x45; 32];
const PHRASE: &str = "The blue heron waits, d\u{2019}accord?";

/// As the specification says it.
fn stretched() -> DoorSecret {
    let salt = hash("kith/1/phrase", &[&LINK]);
    assert_eq!(porch::phrase_salt(&InviteSecret::from_bytes(LINK)), salt[..16]);
    let params = Params::new(65_536, 3, 1, Some(32)).unwrap();
    assert_eq!((porch::MEMORY_KIB, porch::PASSES, porch::LANES), (65_536, 3, 1));
    let mut out = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(phrase::normal(PHRASE).as_bytes(), &salt[..16], &mut out)
        .unwrap();
    DoorSecret::from_bytes(out)
}

fn shown(door: &DoorSecret) -> Value {
    let secret = door.expose();
    let seed = keyed(secret, "kith/1/door-key", &[]);
    let porch_secret = keyed(secret, "kith/1/porch", &[]);
    let control = keyed(&porch_secret, "kith/1/porch-control", &[]);
    let keys = door.porch().keys();
    assert_eq!(door.invite().key(), SigningKey::from_bytes(&seed).verifying_key().to_bytes());
    assert_eq!((door.porch().expose(), keys.control().expose()), (&porch_secret, &control));
    assert_eq!(keys.epoch().0, hash("kith/1/porch-id", &[&control]));
    assert_eq!(door.check(), keyed(secret, "kith/1/door-check", &[])[0]);
    json!({
        "secret": hex(secret),
        "seed of the invite's key": hex(seed),
        "invite's verifying key": hex(door.invite().key()),
        "porch": hex(porch_secret),
        "control key": hex(control),
        "gate key": hex(keys.control().gate().expose()),
        "porch id": keys.epoch().to_string(),
        "check": door.check(),
    })
}

#[test]
fn open_doors() {
    let with_phrase = stretched();
    let link = sample::link(Way::OpenDoor { check: None, keepers: Vec::new() });
    let plain = Link { secret: InviteSecret::from_bytes(LINK), ..link };
    let spoken = Link {
        way: Way::OpenDoor { check: Some(with_phrase.check()), keepers: Vec::new() },
        ..plain.clone()
    };
    let without = plain.door(None).unwrap();
    assert_eq!(without.expose(), &LINK);
    assert_eq!(spoken.door(Some(with_phrase.clone())), Some(with_phrase.clone()));
    for link in [&plain, &spoken] {
        assert_eq!(Link::parse(&link.to_text().unwrap()).as_ref(), Ok(link));
    }
    let join = entry("join");
    let signed: SignedEntry = sign(&join);
    let sealed = envelope::seal(&signed, &join, &without.porch().keys(), None).unwrap();
    let opened = envelope::open(&Envelope::decode(&sealed.encode()).unwrap(), &without.porch().keys());
    assert_eq!(opened.unwrap().entry, join);
    let normal = |typed: &str| json!({ "typed": typed, "compared": *phrase::normal(typed) });
    golden(
        "door",
        &json!({
            "link's secret": hex(LINK),
            "without a phrase": { "link": plain.to_text().unwrap(), "door": shown(&without) },
            "with a phrase": {
                "phrase": PHRASE,
                "salt": hex(porch::phrase_salt(&InviteSecret::from_bytes(LINK))),
                "link": spoken.to_text().unwrap(),
                "door": shown(&with_phrase),
            },
            "phrases": [
                normal(PHRASE), normal("\u{ff34}HE  Blue-Heron\twaits."), normal("Caf\u{e9}, CAFE\u{301}"),
                normal("\u{130}stanbul \u{fb01}n"), normal("\u{915}\u{93f} \u{916}"),
            ],
            "a join, sealed on the porch without a phrase": hex(sealed.encode()),
        }),
    );
}

#[test]
fn key_words() {
    let founders = [MemberKey([9; 32]), MemberKey([3; 32])];
    let bits = hash("kith/1/key-words", &[group().as_ref(), &[3; 32], &[9; 32]]);
    let places: Vec<usize> = (0..6)
        .map(|word| {
            (0..11).fold(0, |sum, n| {
                let bit: usize = word * 11 + n;
                sum * 2 + usize::from(bits[bit / 8] >> (7 - bit % 8) & 1)
            })
        })
        .collect();
    let words = phrase::key_words(&group(), &founders);
    let list = bip39::Language::English.word_list();
    assert_eq!(words, places.iter().map(|place| list[*place]).collect::<Vec<_>>().join(" "));
    golden(
        "key_words",
        &json!({
            "group": group().to_string(),
            "founders": founders.map(|founder| founder.to_string()),
            "places in the list": places,
            "words": words,
            "of another group": phrase::key_words(&GroupId([1; 32]), &founders),
        }),
    );
}
