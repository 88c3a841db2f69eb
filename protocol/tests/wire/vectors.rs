//! Golden vectors: recomputed, compared, and what must fail made to fail.

use std::collections::BTreeSet;

use hex::encode as hex;
use kith_protocol::body::{Body, Kind, Mint, WrapKey};
use kith_protocol::codec;
use kith_protocol::entry::{Bond, Entry, SIGNATURE, SignedEntry};
use kith_protocol::envelope::{self, Envelope, OpenError};
use kith_protocol::epoch::wrap::{UnwrapError, tag, unwrap, wrap};
use kith_protocol::epoch::{Clear, EpochKey, EpochKeys, link};
use kith_protocol::id::{DropMark, LogId};
use kith_protocol::identity::{SealSecret, Seed};
use kith_protocol::time::Week;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};

use crate::kinds;
use crate::sample::{LOG, SALT, group, member};
use crate::spelled_out::{self, Sealing};

/// Compares with `protocol/vectors/{name}.json`, or with `BLESS=1` writes it.
pub(crate) fn golden(name: &str, value: &Value) {
    let path = format!("{}/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, format!("{}\n", serde_json::to_string_pretty(value).unwrap())).unwrap();
    }
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(&kept, value, "{path} says otherwise: a change of the wire format, or a mistake");
}

/// The name of an error, without its words: those may change.
pub fn why(error: &impl std::fmt::Debug) -> String {
    format!("{error:?}").chars().take_while(|letter| letter.is_alphanumeric()).collect()
}

pub fn key(byte: u8) -> EpochKey {
    EpochKey::from_bytes([byte; 32])
}

/// What content in the samples is signed for: the epoch of key 7, and the drop mark of its place in the log.
fn bond(entry: &Entry) -> Option<Bond> {
    let bond = Bond { epoch: key(7).id(), drop: member().drop_secret(&LOG).mark(entry.seq) };
    (!entry.body.kind().is_control()).then_some(bond)
}

pub fn sign(entry: &Entry) -> SignedEntry {
    SignedEntry::sign(entry, &group(), member().signing(), bond(entry))
}

pub fn entry(name: &str) -> Entry {
    kinds::entries().into_iter().find(|(other, _)| *other == name).unwrap().1
}

#[test]
fn entries() {
    let mut kinds = BTreeSet::new();
    let entries: Vec<Value> = kinds::entries()
        .iter()
        .map(|(name, entry)| {
            kinds.insert(entry.body.kind());
            let signed = sign(entry);
            assert!(signed.verify(&group(), &member().key()), "{name}");
            assert_eq!(signed.entry().as_ref(), Ok(entry), "{name}");
            let (bytes, signature) = {
                let all = signed.to_bytes();
                let (bytes, signature) = all.split_at(all.len() - SIGNATURE);
                (hex(bytes), hex(signature))
            };
            let id = signed.id(&group(), &member().key());
            let (domain, outside) = match signed.bond() {
                Some(bond) => ("kith/1/content-entry", [bond.epoch.as_ref(), bond.drop.as_ref()].concat()),
                None => ("kith/1/entry", vec![]),
            };
            let parts = [group().as_ref(), member().key().as_ref(), &outside, &signed.to_bytes()].concat();
            assert_eq!(id.0, spelled_out::hash(domain, &[&parts]), "{name}");
            json!({
                "name": name,
                "kind": entry.body.kind().0,
                "epoch": signed.bond().map(|bond| bond.epoch.to_string()),
                "drop mark": signed.bond().map(|bond| bond.drop.to_string()),
                "entry": bytes,
                "signature": signature,
                "id": id.to_string(),
            })
        })
        .collect();
    for kind in (0..1024).map(Kind) {
        // A kind this version knows reads its body as a type; one it does not, keeps the bytes.
        let known = !matches!(Body::decode(kind, &[0xa0]), Ok(Body::Unknown(..)));
        assert!(!known || kinds.contains(&kind), "{kind:?} has no vector");
    }
    golden(
        "entries",
        &json!({
            "group": group().to_string(),
            "signing key": hex(member().signing().to_bytes()),
            "verifying key": member().key().to_string(),
            "author": member().key().author().to_string(),
            "entries": entries,
        }),
    );
}

#[test]
fn identity() {
    let seed = Seed::from_bytes([0; 16]);
    let person = seed.identity();
    let members: Vec<Value> = [(SALT, 0, LOG), (SALT, 0, LogId([9; 8])), (SALT, 1, LOG), ([1; 32], 0, LOG)]
        .iter()
        .map(|(salt, generation, log)| {
            let member = person.member(salt, *generation);
            let info = [salt.as_slice(), &generation.to_be_bytes()].concat();
            let of_log = [info.as_slice(), log.as_ref()].concat();
            let secret = spelled_out::hkdf("kith/1/seal", &of_log);
            assert_eq!(member.signing().to_bytes(), spelled_out::hkdf("kith/1/member", &info));
            assert_eq!(member.seal(log).key(), SealSecret::from_bytes(secret).key());
            assert_eq!(member.drop_secret(log).expose(), &spelled_out::hkdf("kith/1/drop", &of_log));
            json!({
                "group salt": hex(salt),
                "generation": generation,
                "log": log.to_string(),
                "signing key": hex(member.signing().to_bytes()),
                "verifying key": member.key().to_string(),
                "author": member.key().author().to_string(),
                "sealing secret": hex(secret),
                "sealing key": member.seal(log).key().to_string(),
                "log drop secret": hex(member.drop_secret(log).expose()),
                "drop secret of entry 41": hex(member.drop_secret(log).reveal(41)),
                "drop mark of entry 41": member.drop_secret(log).mark(41).to_string(),
            })
        })
        .collect();
    golden(
        "identity",
        &json!({
            "seed": hex(seed.expose()),
            "words": seed.words().as_str(),
            "bip39 seed": spelled_out::BIP39_SEED,
            "members": members,
        }),
    );
}

#[test]
fn epochs() {
    let key = key(7);
    let (control, content) = (key.control(), key.content());
    let control_bytes = spelled_out::keyed(key.expose(), "kith/1/control", &[]);
    assert_eq!(control.expose(), &control_bytes);
    assert_eq!(key.id().0, spelled_out::hash("kith/1/epoch", &[&control_bytes]));
    let discovery = control.discovery();
    let weeks: Vec<Value> = [0, 2967, 2968]
        .into_iter()
        .map(|week| {
            json!({
                "week": week,
                "topic": discovery.topic(Week(week)),
                "rendezvous": discovery.rendezvous(Week(week)),
            })
        })
        .collect();
    golden(
        "epochs",
        &json!({
            "epoch key": hex(key.expose()),
            "control key": hex(control.expose()),
            "content key": hex(content.expose()),
            "epoch id": key.id().to_string(),
            "epoch tag": key.id().tag().to_string(),
            "gate key": hex(control.gate().expose()),
            "discovery secret": hex(discovery.expose()),
            "group secret": hex(control.group_secret().expose()),
            "names": weeks,
        }),
    );
}

fn shown(wrap: &WrapKey) -> Value {
    json!({ "tag": hex(wrap.tag), "encapped": hex(wrap.encapped), "sealed": hex(wrap.sealed) })
}

#[test]
fn wraps_and_links() {
    let (old, new) = (key(7), key(8));
    let mut rng = ChaCha20Rng::from_seed([3; 32]);
    let (secret, log) = (member().seal(&LOG), SealSecret::from_bytes([0x44; 32]));
    let wraps: Vec<WrapKey> =
        [&secret, &log].iter().map(|to| wrap(&new, &group(), &to.key(), &mut rng).unwrap()).collect();
    let links = link::links(&new, [&EpochKeys::whole(old.clone())], true);
    let clear = Clear::new(new.id(), wraps.clone(), links.clone()).unwrap();
    let of_log = [SALT.as_slice(), &[0; 4], LOG.as_ref()].concat();

    for secret in [&secret, &log] {
        assert_eq!(unwrap(&clear, &group(), secret), Ok(new.clone()));
    }
    for link in &links {
        let found = link::follow(link, &EpochKeys::whole(new.clone())).unwrap();
        assert_eq!((found.epoch(), found.is_whole()), (old.id(), link.whole));
    }

    // The key of `old`, wrapped as it should be, put forward as that of `new`.
    let mut wrong = wrap(&old, &group(), &secret.key(), &mut rng).unwrap();
    wrong.tag = tag(&new.id(), &secret.key());
    let wrong = Clear::new(new.id(), vec![wrong], vec![]).unwrap();
    assert_eq!(unwrap(&wrong, &group(), &secret), Err(UnwrapError::Broken));

    golden(
        "wraps",
        &json!({
            "group": group().to_string(),
            "epoch key": hex(new.expose()),
            "epoch id": new.id().to_string(),
            "wraps": wraps.iter().map(shown).collect::<Vec<_>>(),
            "sealing secret of the first": hex(spelled_out::hkdf("kith/1/seal", &of_log)),
            "sealing secret of the second": hex([0x44; 32]),
            "earlier epoch key": hex(old.expose()),
            "links": links.iter().map(|link| json!({
                "epoch": link.epoch.to_string(), "whole": link.whole, "sealed": hex(link.sealed),
            })).collect::<Vec<_>>(),
            "clear part": hex(clear.encode()),
            "clear part hash": hex(clear.hash()),
            "a clear part with the key of another epoch": hex(wrong.encode()),
        }),
    );
}

/// The mint of an epoch linked back to another, wrapped for the first member's log, and its clear part.
fn mint() -> (Entry, Clear) {
    let (old, new) = (key(7), key(8));
    let mut rng = ChaCha20Rng::from_seed([3; 32]);
    let wrapped = wrap(&new, &group(), &member().seal(&LOG).key(), &mut rng).unwrap();
    let links = link::links(&new, [&EpochKeys::whole(old.clone())], true);
    let clear = Clear::new(new.id(), vec![wrapped], links).unwrap();
    let body = Body::Mint(Mint { epoch: new.id(), clear: clear.hash(), from: vec![old.id()] });
    (kinds::around(body), clear)
}

#[test]
fn envelopes() {
    let (minted, clear) = mint();
    let cases = [
        ("a post", 7, entry("post"), None),
        ("a join, as any member's node seals it", 7, entry("join"), None),
        ("a mint, sealed under itself", 8, minted, Some(clear)),
    ];
    let mut sealed = Vec::new();
    let mut refused = Vec::new();
    for (name, byte, entry, clear) in &cases {
        let mark = bond(entry).map_or(DropMark([0; 16]), |bond| bond.drop);
        let keys = EpochKeys::whole(key(*byte));
        let signed = sign(entry);
        let envelope = envelope::seal(&signed, entry, &keys, clear.as_ref()).unwrap();
        let clear_bytes = clear.as_ref().map(Clear::encode).unwrap_or_default();
        let by_hand = Sealing {
            epoch_key: [*byte; 32],
            control: entry.body.kind().is_control(),
            hour: entry.time.hour().0,
            drop: mark.0,
            clear: &clear_bytes,
            signed: &signed.to_bytes(),
            wrong_nonce: 0,
            wrong_padding: 0,
        };
        assert_eq!(envelope.encode(), spelled_out::envelope(&by_hand), "{name}");
        assert_eq!(envelope::open(&envelope, &keys).unwrap().signed, signed, "{name}");
        sealed.push(json!({
            "name": name,
            "epoch key": hex([*byte; 32]),
            "signed entry": hex(signed.to_bytes()),
            "drop mark": mark.to_string(),
            "clear part": hex(&clear_bytes),
            "envelope": hex(envelope.encode()),
            "id": envelope.id().to_string(),
        }));

        let whole = envelope.encode();
        let turned = |at: usize| {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            bytes
        };
        let mut wrong = vec![
            ("a bit of the hour turned", turned(13), OpenError::Gate),
            ("a bit of the payload turned", turned(whole.len() - 1), OpenError::Gate),
            ("a bit of the gate tag turned", turned(36), OpenError::Gate),
            (
                "another nonce",
                spelled_out::envelope(&Sealing { wrong_nonce: 1, ..by_hand }),
                OpenError::Nonce,
            ),
            (
                "padding that is not zero",
                spelled_out::envelope(&Sealing { wrong_padding: 1, wrong_nonce: 0, ..by_hand }),
                OpenError::Padding,
            ),
            (
                "another hour than the entry's",
                spelled_out::envelope(&Sealing {
                    hour: by_hand.hour + 1,
                    wrong_padding: 0,
                    wrong_nonce: 0,
                    ..by_hand
                }),
                OpenError::Hour,
            ),
        ];
        if !clear_bytes.is_empty() {
            wrong.push(("a bit of the clear part turned", turned(36 + 16 + 12), OpenError::Gate));
            let other = Clear::new(keys.epoch(), vec![], vec![]).unwrap().encode();
            wrong.push((
                "another clear part than the entry commits to",
                spelled_out::envelope(&Sealing { clear: &other, ..by_hand }),
                OpenError::Clear,
            ));
        }
        for (what, bytes, expected) in wrong {
            let error = envelope::open(&Envelope::decode(&bytes).unwrap(), &keys).unwrap_err();
            assert_eq!(error, expected, "{name}: {what}");
            refused.push(json!({
                "name": format!("{name}: {what}"),
                "epoch key": hex([*byte; 32]),
                "envelope": hex(bytes),
                "why": why(&expected),
            }));
        }

        // By a member who has all keys and puts somebody's entry, as it was signed, into another envelope.
        let moved = [
            ("moved to another epoch", 9, Sealing { epoch_key: [9; 32], ..by_hand }),
            ("given another drop mark", *byte, Sealing { drop: [9; 16], ..by_hand }),
        ];
        for (what, byte, sealing) in moved.into_iter().filter(|_| !by_hand.control) {
            let bytes = spelled_out::envelope(&sealing);
            let opened = envelope::open(&Envelope::decode(&bytes).unwrap(), &EpochKeys::whole(key(byte)));
            let opened = opened.unwrap().signed;
            assert_eq!(opened.to_bytes(), signed.to_bytes());
            assert!(!opened.verify(&group(), &member().key()), "{name}: {what}");
            refused.push(json!({
                "name": format!("{name}: {what}"),
                "epoch key": hex([byte; 32]),
                "envelope": hex(bytes),
                "why": "Signature",
            }));
        }
    }
    golden("envelopes", &json!({ "group": group().to_string(), "sealed": sealed, "refused": refused }));
}

#[test]
fn what_the_codec_refuses() {
    let refused: Vec<Value> = [
        ("map keys that descend", "a201000000"),
        ("a map key twice", "a200000000"),
        ("a map key that is text", "a1616100"),
        ("an integer in more bytes than it needs", "1817"),
        ("a length in more bytes than it needs", "580100"),
        ("a byte after the value", "0000"),
        ("a value cut short", "4200"),
        ("an array of indefinite length", "9f00ff"),
        ("bytes of indefinite length", "5f4100ff"),
        ("a negative integer", "20"),
        ("a float", "f90000"),
        ("null", "f6"),
        ("a tag", "c000"),
        ("text that is not UTF-8", "61ff"),
        ("nine containers in each other, and one", "81818181818181818100"),
        ("nothing", ""),
    ]
    .into_iter()
    .map(|(name, bytes)| {
        let error = codec::check(&hex::decode(bytes).unwrap()).expect_err(name);
        json!({ "name": name, "bytes": bytes, "why": why(&error) })
    })
    .collect();

    // The same at the door of an entry: hurt in one place, the rest as in entries.json.
    let post = entry("post").encode();
    let hurt = |from: &str, to: &str| {
        let bytes = hex(&post);
        assert_eq!(bytes.matches(from).count(), 1, "{from}");
        bytes.replace(from, to)
    };
    let entries: Vec<Value> = [
        ("seq in two bytes more than it needs", hurt("0318290450", "031900290450")),
        ("a trailing byte", format!("{}00", hex(&post))),
        ("another version", hurt("ab0001", "ab0002")),
    ]
    .into_iter()
    .map(|(name, bytes)| {
        let error = Entry::decode(&hex::decode(&bytes).unwrap()).expect_err(name);
        json!({ "name": name, "entry": bytes, "why": why(&error) })
    })
    .collect();
    golden("codec", &json!({ "refused": refused, "refused entries": entries }));
}
