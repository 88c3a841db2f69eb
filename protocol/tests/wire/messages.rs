//! Golden vectors of what travels beside envelopes: links, the handshake, the entrance, addresses.

use ed25519_dalek::SigningKey;
use hex::encode as hex;
use kith_protocol::address::AddressRecord;
use kith_protocol::body::Body;
use kith_protocol::codec;
use kith_protocol::entrance::{self, Ask, Knocking, Word};
use kith_protocol::envelope;
use kith_protocol::id::{EntryId, SealKey};
use kith_protocol::invite::{Link, LinkError, Way};
use kith_protocol::knock::{self, CodeSecret, Left, ReplyKey};
use kith_protocol::letter::{Heard, Knock, Message};
use kith_protocol::proof::{
    Answer, Hello, InviteProof, MemberProof, Nonce, Proof, Refused, Shared, Side, Transcript,
};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};

use crate::sample::{self, LOG, SALT, TIME, group, member};
use crate::spelled_out;
use crate::vectors::{entry, golden, key, sign, why};

#[test]
fn invite_link() {
    let secret = sample::invite_secret();
    let link = sample::link(Way::OnSight);
    let desk = vec![SealKey([0x25; 32]), member().seal(&LOG).key()];
    let ways = [
        ("an open door", Way::OpenDoor { check: None, keepers: Vec::new() }),
        ("an open door, with a phrase", Way::OpenDoor { check: Some(0x5e), keepers: vec![sample::keeper()] }),
        ("to knock on", Way::Knock { desk: desk.clone(), questions: vec!["What brings you here?".into()] }),
        ("on confirmation", Way::Confirm { desk, code: CodeSecret::from_bytes([0x35; 32]).commitment() }),
    ];
    let others = ways.map(|(name, way)| {
        let link = Link { way, ..link.clone() };
        let text = link.to_text().unwrap();
        assert_eq!(Link::parse(&text), Ok(link));
        json!({ "name": name, "link": text })
    });
    let text = link.to_text().unwrap();
    assert_eq!(Link::parse(&text), Ok(link.clone()));
    let newer = {
        let map = [0xa1, 0x00, 0x02];
        let check = &spelled_out::hash("kith/1/link", &[&map])[..4];
        format!("kith:{}", data_encoding::BASE64URL_NOPAD.encode(&[map.as_slice(), check].concat()))
    };
    let refused: Vec<Value> = [
        (text.get(..text.len() - 1).unwrap().to_owned(), LinkError::Damaged),
        (text.replacen("kith:", "kit:", 1), LinkError::NotALink),
        (newer, LinkError::Newer),
    ]
    .into_iter()
    .map(|(text, error)| {
        assert_eq!(Link::parse(&text), Err(error.clone()));
        json!({ "link": text, "why": why(&error) })
    })
    .collect();
    golden(
        "link",
        &json!({
            "group": link.group.to_string(),
            "salt": hex(link.salt),
            "invite": link.invite.to_string(),
            "secret": hex(secret.expose()),
            "invite's verifying key": hex(secret.key()),
            "expires": link.expires.0,
            "uses": link.uses,
            "charter": hex(link.charter),
            "nodes": link.nodes,
            "link": text,
            "other ways in": others,
            "refused": refused,
        }),
    );
}

#[test]
fn proof() {
    let (peers, nonces) =
        ((b"peer one".as_slice(), b"peer two".as_slice()), (Nonce([1; 32]), Nonce([2; 32])));
    let transcript = Transcript::new(&group(), (peers.0, &nonces.0), (peers.1, &nonces.1));
    let secret = key(7).control().group_secret();
    let (to_member, invite) = (Shared::group(&secret), EntryId([0x22; 32]));
    let to_invited = Shared::invite(&group(), &invite, &sample::invite_secret().key());
    let other = SigningKey::from_bytes(&[2; 32]);
    let member_proof = MemberProof::new(&transcript, Side::Initiator, member().signing(), &to_member);
    let answers = [
        ("to a member", MemberProof::new(&transcript, Side::Responder, &other, &to_member)),
        ("to somebody invited", MemberProof::new(&transcript, Side::Responder, &other, &to_invited)),
    ];
    let reflected = member_proof.verify(&transcript, Side::Responder, &to_member);
    assert!(reflected.is_err(), "a proof thrown back");
    golden(
        "proof",
        &json!({
            "group": group().to_string(),
            "group secret": hex(secret.expose()),
            "initiator": { "peer": hex(peers.0), "nonce": hex(nonces.0.0) },
            "responder": { "peer": hex(peers.1), "nonce": hex(nonces.1.0) },
            "hello of the initiator": hex(Hello { nonce: nonces.0, known: None }.encode()),
            "hello of the responder":
                hex(Hello { nonce: nonces.1, known: Some(transcript.known(&secret).into()) }.encode()),
            "member proof": hex(Proof::Member(member_proof).encode()),
            "invite proof":
                hex(Proof::Invite(InviteProof::new(&transcript, invite, &sample::invite_secret())).encode()),
            "answers": answers.map(|(name, proof)| json!({
                "name": name, "answer": hex(Answer::Proved(proof).encode()),
            })),
            "refusal": hex(Answer::Refused(Refused::Expired).encode()),
        }),
    );
}

#[test]
fn address_record() {
    let record = AddressRecord {
        member: member().key(),
        log: LOG,
        addresses: vec!["/ip4/192.0.2.7/udp/41000/quic-v1".into()],
        time: TIME,
        sequence: 5,
    };
    let signed = record.sign(&group(), member().signing());
    assert_eq!(AddressRecord::verify(&signed, &group()), Ok(record));
    golden("address", &json!({ "group": group().to_string(), "signed record": hex(signed) }));
}

fn knocking() -> Knocking {
    let Body::Letter(letter) = entry("letter").body else { unreachable!("a letter") };
    Knocking {
        letters: vec![letter],
        desk: vec![SealKey([0x25; 32])],
        tag: ReplyKey::from_bytes([0x36; 32]).tag(),
    }
}

/// A word on the doorstep, the code of a join, and what a letter says that carries a knock.
#[test]
fn knocks() {
    let (reply, secret) = (ReplyKey::from_bytes([0x36; 32]), CodeSecret::from_bytes([0x35; 32]));
    let join = EntryId([0x27; 32]);
    let left = Left { word: knock::Word::Said { text: "Come on Tuesday.".into() }, time: TIME };
    let doorstep = reply.leave(&left, &group(), &mut ChaCha20Rng::from_seed([0x37; 32])).unwrap();
    assert_eq!(reply.read(&doorstep.sealed, &group()).as_ref(), Some(&left));
    let said = codec::encode(&left);
    let mut plain = [&u16::try_from(said.len()).unwrap().to_be_bytes(), said.as_slice()].concat();
    plain.resize(512, 0);
    let spelled = spelled_out::doorstep(&group().0, reply.expose(), &doorstep.sealed);
    assert_eq!(spelled, (doorstep.tag, plain));
    assert_eq!(secret.code(&join), spelled_out::code(secret.expose(), &join.0));
    let words = [
        ("received", knock::Word::Received),
        ("code", knock::Word::Code { secret: *secret.expose() }),
        ("said", knock::Word::Said { text: "Come on Tuesday.".into() }),
        ("admitted", knock::Word::Admitted),
        ("declined", knock::Word::Declined { reason: "We are full for now.".into() }),
        ("known", knock::Word::Known),
    ];
    let messages = [
        (
            "knock",
            Message::Knock(Knock {
                join: sign(&entry("join")).to_bytes().into(),
                reply: *reply.expose(),
                text: "My sister told me of you.".into(),
                desk: vec![SealKey([0x25; 32])],
            }),
        ),
        ("further", Message::Further { reply: *reply.expose(), text: "I can come any day.".into() }),
        ("heard", Message::Heard { of: [0x38; 16], what: Heard::Said, text: "Come on Tuesday.".into() }),
    ];
    assert!(messages.iter().all(|(_, one)| Message::decode(&one.encode()).as_ref() == Ok(one)));
    golden(
        "knock",
        &json!({
            "group": group().to_string(),
            "reply key": hex(reply.expose()),
            "tag": hex(reply.tag()),
            "words": words.map(|(name, word)| json!({
                "name": name, "left": hex(codec::encode(&Left { word, time: TIME })),
            })),
            "said, sealed": hex(&doorstep.sealed),
            "code secret": hex(secret.expose()),
            "commitment": hex(secret.commitment()),
            "join": join.to_string(),
            "code": secret.code(&join),
            "messages of letters": messages.map(|(name, one)| json!({ "name": name, "message": hex(one.encode()) })),
        }),
    );
}

#[test]
fn entrance_messages() {
    let part = |name| Some(sign(&entry(name)).to_bytes().into());
    let asks = [
        (
            "by somebody new, or come back",
            Ask { join: part("join"), reopen: part("open-log"), knock: None, sealed: None },
        ),
        ("by somebody outside", Ask { join: None, reopen: None, knock: Some(knocking()), sealed: None }),
        (
            "by an open door",
            Ask { join: None, reopen: part("open-log"), knock: None, sealed: Some(on_the_porch()) },
        ),
    ];
    let answers = [
        (
            "welcome",
            entrance::Answer {
                word: Word::Welcome,
                envelopes: vec![vec![1, 2, 3].into()],
                now: TIME,
                left: vec![],
            },
        ),
        (
            "the invite was revoked",
            entrance::Answer { word: Word::Revoked, envelopes: vec![], now: TIME, left: vec![] },
        ),
        (
            "passed on, and words for the asker",
            entrance::Answer {
                word: Word::PassedOn,
                envelopes: vec![],
                now: TIME,
                left: vec![vec![4, 5, 6].into()],
            },
        ),
    ];
    assert!(asks.iter().all(|(_, ask)| Ask::decode(&ask.encode()).as_ref() == Ok(ask)));
    let sealed = |ask: &Ask| {
        let sealed = ask.seal(&group(), &SALT).unwrap();
        assert_eq!(sealed, spelled_out::question(&group().0, &SALT, &ask.encode()));
        assert_eq!(Ask::open(&sealed, &group(), &SALT).as_ref(), Ok(ask));
        hex(sealed)
    };
    assert!(
        answers.iter().all(|(_, answer)| entrance::Answer::decode(&answer.encode()).as_ref() == Ok(answer))
    );
    golden(
        "entrance",
        &json!({
            "group": group().to_string(),
            "salt": hex(SALT),
            "asks": asks.map(|(name, ask)| json!({
                "name": name, "ask": hex(ask.encode()), "sealed": sealed(&ask),
            })),
            "answers": answers.map(|(name, answer)| json!({ "name": name, "answer": hex(answer.encode()) })),
        }),
    );
}

/// A join, sealed under a porch.
fn on_the_porch() -> minicbor::bytes::ByteVec {
    let join = entry("join");
    let keys = sample::door_secret().porch().keys();
    envelope::seal(&sign(&join), &join, &keys, None).unwrap().encode().into()
}
