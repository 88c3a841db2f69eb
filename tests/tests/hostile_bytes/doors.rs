//! Every place where bytes from elsewhere are read.

use std::fmt::Debug;
use std::fs;

use data_encoding::BASE64URL_NOPAD;
use kith_node::api::types::{CreateGroup, CreateInvite, Join, Leave, Promote, Remove, WriteText};
use kith_node::picture;
use kith_node::service::text;
use kith_protocol::address::AddressRecord;
use kith_protocol::admit;
use kith_protocol::attachment;
use kith_protocol::entrance::{self, Ask, Word};
use kith_protocol::entry::{Bond, Entry, SignedEntry};
use kith_protocol::envelope::{self, Envelope, Stub};
use kith_protocol::epoch::{Clear, EpochKey, EpochKeys, Keyring};
use kith_protocol::id::{DropMark, GroupId, hash};
use kith_protocol::identity::Seed;
use kith_protocol::invite::Link;
use kith_protocol::knock::ReplyKey;
use kith_protocol::letter;
use kith_protocol::proof::{Answer, Hello, Proof};
use kith_protocol::sync::Message;
use kith_protocol::time::Millis;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{insiders, requests, session, streams};

/// Reads bytes.
type Open = Box<dyn Fn(&[u8]) -> bool>;

/// A place where bytes come in.
pub struct Door {
    /// What it reads.
    pub name: &'static str,
    /// How many of the inputs it gets: the dearer it is, the fewer.
    pub weight: u64,
    /// Good bytes, to be made worse.
    pub samples: Vec<Vec<u8>>,
    /// Reads bytes; whether they were taken. Panics if something is wrong.
    pub open: Open,
}

/// All doors.
pub fn all() -> Vec<Door> {
    let reply = bytes("knock", "reply key").pop().and_then(|key| key.try_into().ok());
    let reply = ReplyKey::from_bytes(reply.expect("32 bytes"));
    let mut doors = vec![
        door("entries", 20, bytes("entries", "entry"), |bytes| steady(bytes, Entry::decode, Entry::encode)),
        door("signed entries", 10, signed_entries(), |bytes| {
            SignedEntry::from_bytes(bytes, None).is_ok_and(|signed| signed.entry().is_ok())
        }),
        door("envelopes", 20, bytes("envelopes", "envelope"), |bytes| {
            steady(bytes, Envelope::decode, Envelope::encode)
        }),
        door("stubs", 5, stubs(), |bytes| steady(bytes, Stub::decode, Stub::encode)),
        door("clear parts", 10, bytes("wraps", "clear part"), |bytes| {
            steady(bytes, Clear::decode, Clear::encode)
        }),
        the_one_door(),
        what_a_member_seals(),
        door("links", 5, texts("link", "link"), |bytes| Link::parse(&String::from_utf8_lossy(bytes)).is_ok()),
        links_with_a_good_checksum(),
        door("recovery words", 2, vec![WORDS.into()], |bytes| {
            Seed::from_words(&String::from_utf8_lossy(bytes)).is_ok()
        }),
        door(
            "proof hellos",
            5,
            [bytes("proof", "hello of the initiator"), bytes("proof", "hello of the responder")].concat(),
            |bytes| steady(bytes, Hello::decode, Hello::encode),
        ),
        door(
            "proofs",
            5,
            [bytes("proof", "member proof"), bytes("proof", "invite proof")].concat(),
            |bytes| steady(bytes, Proof::decode, Proof::encode),
        ),
        door("proof answers", 5, [bytes("proof", "answer"), bytes("proof", "refusal")].concat(), |bytes| {
            steady(bytes, Answer::decode, Answer::encode)
        }),
        door("entrance questions", 3, questions(), |bytes| steady(bytes, Ask::decode, Ask::encode)),
        door("sealed entrance questions", 3, bytes("entrance", "sealed"), |bytes| {
            Ask::open(bytes, &group(), &SALT).is_ok()
        }),
        door("entrance answers", 3, answers(), |bytes| {
            steady(bytes, entrance::Answer::decode, entrance::Answer::encode)
        }),
        door("messages of letters", 5, bytes("knock", "message"), |bytes| {
            steady(bytes, letter::Message::decode, letter::Message::encode)
        }),
        door("words on a doorstep", 3, bytes("knock", "said, sealed"), move |bytes| {
            reply.read(bytes, &group()).is_some()
        }),
        door("addresses", 1, bytes("address", "signed record"), |bytes| {
            AddressRecord::verify(bytes, &group()).is_ok()
        }),
        door("sync frames", 15, session::samples(), |bytes| steady(bytes, Message::decode, Message::encode)),
        door("sync sessions", 5, session::samples(), session::survives),
        door("chunk questions", 3, bytes("attachment", "ask"), |bytes| {
            steady(bytes, attachment::Ask::decode, attachment::Ask::encode)
        }),
        door("chunk offers", 3, bytes("attachment", "offer"), |bytes| {
            steady(bytes, attachment::Offer::decode, attachment::Offer::encode)
        }),
        door("chunk wishes", 3, bytes("attachment", "want"), |bytes| {
            steady(bytes, attachment::Want::decode, attachment::Want::encode)
        }),
        door("lists of chunks", 3, bytes("attachment", "manifest"), |bytes| {
            steady(bytes, attachment::Manifest::decode, attachment::Manifest::encode)
        }),
        door("pictures", 3, pictures(), |bytes| {
            picture::clean(bytes).bytes.is_some_and(|shown| picture::clean(&shown).bytes == Some(shown))
        }),
        door("texts of posts", 3, vec!["Schon gut, 🙂 und weiter.".into()], |bytes| {
            text::check(bytes.to_vec()).is_ok_and(|text| text.as_bytes() == bytes)
        }),
    ];
    doors.extend(bodies_of_the_local_api());
    doors.extend(insiders::doors());
    doors.push(requests::door());
    doors.push(streams::door());
    doors
}

/// Later than the golden vectors: nothing in them is of the future.
const LATE: Millis = Millis(1_900_000_000_000);

/// The salt of the golden vectors.
const SALT: [u8; 32] = [0x5a; 32];

const WORDS: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";

pub fn door(
    name: &'static str,
    weight: u64,
    samples: Vec<Vec<u8>>,
    open: impl Fn(&[u8]) -> bool + 'static,
) -> Door {
    assert!(!samples.is_empty(), "There are no samples of {name}");
    Door { name, weight, samples, open: Box::new(open) }
}

/// What is taken must say the same when it is written and read again: else what is shown, hashed or passed on
/// could be another thing than what came.
fn steady<T: PartialEq + Debug, E>(
    bytes: &[u8],
    read: impl Fn(&[u8]) -> Result<T, E>,
    write: impl Fn(&T) -> Vec<u8>,
) -> bool {
    let Ok(first) = read(bytes) else { return false };
    let again = read(&write(&first)).ok();
    assert_eq!(again.as_ref(), Some(&first), "Written and read again, it is another");
    true
}

/// The way of everything that arrives: from bytes to an entry whose signature holds.
fn the_one_door() -> Door {
    let mut ring = Keyring::new(group());
    for key in bytes("envelopes", "epoch key") {
        ring.keep(EpochKey::from_bytes(key.try_into().expect("32 bytes")));
    }
    let samples = bytes("envelopes", "envelope");
    for sample in &samples {
        if let Ok(envelope) = Envelope::decode(sample) {
            ring.learn(&envelope);
        }
    }
    door("what arrives", 10, samples, move |bytes| admit::open(bytes, &ring, None, LATE).is_ok())
}

/// A member holds the keys: what they sign and seal is hostile behind a good seal.
fn what_a_member_seals() -> Door {
    let member = Seed::from_words(WORDS).expect("recovery words").identity().member(&[0x5a; 32], 0);
    let key = || EpochKey::from_bytes([7; 32]);
    let keys = EpochKeys::whole(key());
    let mut ring = Keyring::new(group());
    ring.keep(key());
    door("what a member seals", 2, bytes("entries", "entry"), move |bytes| {
        let Ok(entry) = Entry::decode(bytes) else { return false };
        let bond = Bond { epoch: keys.epoch(), drop: DropMark([7; 16]) };
        let bond = (!entry.body.kind().is_control()).then_some(bond);
        let signed = SignedEntry::sign(&entry, &group(), member.signing(), bond);
        match envelope::seal(&signed, &entry, &keys, None) {
            Ok(envelope) => {
                // Let in or not, as the group's fold would say; sealed it is, so it must open as it was.
                let _ = admit::open(&envelope.encode(), &ring, None, LATE);
                envelope::open(&envelope, &keys).is_ok_and(|unsealed| unsealed.entry == entry)
            }
            Err(_) => false,
        }
    })
}

/// A link's checksum keeps slips away, not attackers: behind it the bytes are hostile again.
fn links_with_a_good_checksum() -> Door {
    const SCHEME: &str = "kith:";
    const CHECKSUM: usize = 4;
    let maps = texts("link", "link")
        .iter()
        .filter_map(|link| BASE64URL_NOPAD.decode(link.strip_prefix(SCHEME.as_bytes())?).ok())
        .map(|bytes| bytes[..bytes.len() - CHECKSUM].to_vec())
        .collect();
    door("links, checksum mended", 5, maps, |map| {
        let check = &hash("kith/1/link", &[map])[..CHECKSUM];
        let text = format!("{SCHEME}{}", BASE64URL_NOPAD.encode(&[map, check].concat()));
        let read = |bytes: &[u8]| Link::parse(&String::from_utf8_lossy(bytes));
        steady(text.as_bytes(), read, |link| link.to_text().unwrap_or_default().into_bytes())
    })
}

fn bodies_of_the_local_api() -> Vec<Door> {
    fn body<T: DeserializeOwned + Serialize>(name: &'static str, sample: Value) -> Door {
        door(name, 2, vec![sample.to_string().into_bytes()], |bytes| {
            let read: Result<T, _> = serde_json::from_slice(bytes);
            read.is_ok_and(|body| serde_json::to_vec(&body).is_ok())
        })
    }
    vec![
        body::<CreateGroup>(
            "bodies: group",
            json!({"title": "T", "purpose": "P", "name": "N", "history": "none", "size": 12, "invites": "members"}),
        ),
        body::<CreateInvite>("bodies: invite", json!({"uses": 3, "expires_in": 86_400})),
        body::<Join>("bodies: join", json!({"link": "kith:AAAA", "name": "N"})),
        body::<WriteText>("bodies: text", json!({"text": "a \u{1f642} \u{0} \"b\""})),
        body::<Leave>("bodies: leave", json!({"goodbye": "G"})),
        body::<Promote>("bodies: promote", json!({"role": "helper"})),
        body::<Remove>("bodies: remove", json!({"reason": "R"})),
    ]
}

/// Small pictures, each with something that is to go.
fn pictures() -> Vec<Vec<u8>> {
    let jpeg: &[u8] =
        b"\xff\xd8\xff\xe1\0\x0aExif\0\0II\xff\xfe\0\x04hi\xff\xda\0\x04\x01\x01\x12\xff\0\x34\xff\xd9behind";
    let png: &[u8] =
        b"\x89PNG\r\n\x1a\n\0\0\0\x02tEXthi\0\0\0\0\0\0\0\x02IDAThi\0\0\0\0\0\0\0\0IEND\0\0\0\0behind";
    let webp: &[u8] = b"RIFF\x18\0\0\0WEBPVP8L\x02\0\0\0hiEXIF\x02\0\0\0hi";
    [jpeg, png, webp].map(<[u8]>::to_vec).into()
}

/// What newcomers ask, with and without each part.
fn questions() -> Vec<Vec<u8>> {
    let entries = signed_entries();
    let part = |number: usize, of: usize| (number & of != 0).then(|| entries[of].clone().into());
    let ask = |number| Ask { join: part(number, 1), reopen: part(number, 2), knock: None, sealed: None };
    let knocks = bytes("entrance", "ask")
        .into_iter()
        .filter(|bytes| Ask::decode(bytes).is_ok_and(|ask| ask.knock.is_some() || ask.sealed.is_some()));
    (0..4).map(|number| ask(number).encode()).chain(knocks).collect()
}

/// What is left of envelopes that were taken back.
fn stubs() -> Vec<Vec<u8>> {
    let envelopes = bytes("envelopes", "envelope").into_iter();
    let decoded = envelopes.filter_map(|bytes| Envelope::decode(&bytes).ok());
    decoded.filter_map(|envelope| Stub::of(&envelope)).map(|stub| stub.encode()).collect()
}

/// What they are answered.
fn answers() -> Vec<Vec<u8>> {
    let envelopes: Vec<_> = bytes("envelopes", "envelope").into_iter().take(3).map(Into::into).collect();
    let answer = |word, envelopes| {
        entrance::Answer { word, envelopes, now: LATE, left: vec![vec![7; 40].into()] }.encode()
    };
    vec![answer(Word::Welcome, envelopes), answer(Word::Later, vec![])]
}

fn signed_entries() -> Vec<Vec<u8>> {
    let signatures = bytes("entries", "signature");
    bytes("entries", "entry")
        .into_iter()
        .zip(signatures)
        .map(|(entry, signature)| [entry, signature].concat())
        .collect()
}

/// The group of the golden vectors.
fn group() -> GroupId {
    GroupId(bytes("address", "group")[0].clone().try_into().expect("32 bytes"))
}

/// Every value of a name in a file of golden vectors, as bytes.
fn bytes(file: &str, name: &str) -> Vec<Vec<u8>> {
    texts(file, name).iter().map(|text| hex::decode(text).expect("hex")).collect()
}

/// Every value of a name in a file of golden vectors, as text.
fn texts(file: &str, name: &str) -> Vec<Vec<u8>> {
    let path = format!("{}/../protocol/vectors/{file}.json", env!("CARGO_MANIFEST_DIR"));
    let whole = fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut found = Vec::new();
    gather(&serde_json::from_slice(&whole).expect("golden vectors are JSON"), name, &mut found);
    assert!(!found.is_empty(), "{path} has no {name:?}");
    found
}

fn gather(value: &Value, name: &str, found: &mut Vec<Vec<u8>>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(text) if key == name && !text.is_empty() => found.push(text.clone().into()),
                    other => gather(other, name, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, name, found)),
        _ => {}
    }
}
