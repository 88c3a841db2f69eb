//! Golden vectors of what travels beside envelopes: links, the handshake, the entrance, addresses.

use ed25519_dalek::SigningKey;
use hex::encode as hex;
use kith_protocol::address::AddressRecord;
use kith_protocol::entrance::{self, Ask, Word};
use kith_protocol::id::EntryId;
use kith_protocol::invite::{Link, LinkError};
use kith_protocol::proof::{
    Answer, Hello, InviteProof, MemberProof, Nonce, Proof, Refused, Shared, Side, Transcript,
};
use serde_json::{Value, json};

use crate::sample::{self, LOG, SALT, TIME, group, member};
use crate::spelled_out;
use crate::vectors::{entry, golden, key, sign, why};

#[test]
fn invite_link() {
    let secret = sample::invite_secret();
    let link = Link {
        group: group(),
        salt: SALT,
        invite: EntryId([0x22; 32]),
        secret: secret.clone(),
        expires: TIME.plus(7 * 24 * 3_600_000),
        uses: 3,
        charter: sample::genesis().charter.hash(),
        nodes: vec![
            vec!["/ip4/192.0.2.7/udp/41000/quic-v1".into(), "/ip6/2001:db8::7/tcp/41001".into()],
            vec!["/dns4/keeper.example/udp/41000/quic-v1".into()],
        ],
    };
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

#[test]
fn entrance_messages() {
    let part = |name| Some(sign(&entry(name)).to_bytes().into());
    let asks = [
        ("by somebody new, or come back", Ask { join: part("join"), reopen: part("open-log"), need: None }),
        ("for keys", Ask { join: None, reopen: None, need: part("need-key") }),
    ];
    let answers = [
        (
            "welcome",
            entrance::Answer { word: Word::Welcome, envelopes: vec![vec![1, 2, 3].into()], now: TIME },
        ),
        ("the invite was revoked", entrance::Answer { word: Word::Revoked, envelopes: vec![], now: TIME }),
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
