//! Golden vectors of reconciliation: every message, and sums and sketches made as `docs/protocol.md` says it.

use std::sync::Arc;

use hex::encode as hex;
use kith_protocol::id::EnvelopeId;
use kith_protocol::sync::{
    Hello, Ids, Input, Message, Output, Prepared, Role, Scope, Session, SetName, Sum, Tally, Terms,
};
use kith_protocol::time::{Hour, Month};
use serde_json::json;

use crate::spelled_out;
use crate::vectors::golden;

const NONCES: [[u8; 16]; 2] = [[1; 16], [2; 16]];
const HOUR: Hour = Hour(498_710);

fn ids(of: impl IntoIterator<Item = u8>) -> Vec<EnvelopeId> {
    of.into_iter().map(|byte| EnvelopeId(spelled_out::hash("a test's envelope", &[&[byte]]))).collect()
}

/// A sum as the document says it.
fn sum(ids: &[EnvelopeId]) -> Sum {
    let mut total = [0_u8; 32];
    for id in ids {
        let mut carry = 0_u16;
        for (byte, more) in total.iter_mut().zip(id.0) {
            let sum = u16::from(*byte) + u16::from(more) + carry;
            (*byte, carry) = (sum as u8, sum >> 8);
        }
    }
    // So few that the count is one digit.
    let full = <sha2::Sha256 as sha2::Digest>::digest([total.as_slice(), &[ids.len() as u8]].concat());
    Sum { count: ids.len() as u64, fingerprint: full[..16].try_into().unwrap() }
}

/// The first cells of a sketch as the document says it.
fn cells(ids: &[EnvelopeId], count: usize) -> Vec<u8> {
    let mut cells = vec![([0_u8; 32], 0_u32, 0_u16); count];
    for id in ids {
        let marks = spelled_out::hash("kith/1/sketch", &[&id.0]);
        let mut state = u64::from_be_bytes(marks[..8].try_into().unwrap());
        let check = u32::from_be_bytes(marks[8..12].try_into().unwrap());
        let mut place = 0;
        while let Some((ids, checks, number)) = cells.get_mut(place) {
            ids.iter_mut().zip(id.0).for_each(|(byte, more)| *byte ^= more);
            *checks ^= check;
            *number += 1;
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut x = state;
            x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            x ^= x >> 31;
            let root = x.isqrt().max(1);
            let wide = (2 * place as u64 + 3).saturating_mul((1 << 32) - root);
            place += wide.div_ceil(2 * root).max(1) as usize;
        }
    }
    cells
        .iter()
        .flat_map(|(ids, checks, number)| [&ids[..], &checks.to_be_bytes(), &number.to_be_bytes()].concat())
        .collect()
}

fn shown(id: &EnvelopeId) -> EnvelopeId {
    EnvelopeId(spelled_out::hash("kith/1/salted", &[&NONCES[0], &NONCES[1], &id.0]))
}

fn terms(role: Role, salted: bool) -> Terms {
    let nonce = NONCES[usize::from(role == Role::Responder)];
    Terms { role, scope: Scope::All, since: Month(670), salted, nonce, identify: |_| None }
}

fn said(outputs: Vec<Output>) -> Vec<Message> {
    let sent = |output| if let Output::Send(message) = output { Some(message) } else { None };
    outputs.into_iter().filter_map(sent).collect()
}

/// What a responder with these control envelopes says to an initiator that shows this sum: sums, then cells.
fn answered(held: &[EnvelopeId], theirs: Sum, salted: bool) -> Vec<Message> {
    let set = Arc::new(Prepared::new(held.iter().map(|id| (HOUR, *id))));
    let (mut session, _) = Session::start(terms(Role::Responder, salted));
    let hello = Hello { version: 1, scope: Scope::All, since: Month(0), nonce: NONCES[0], salted };
    let mut questions = session.handle(Input::Message(Message::Hello(hello))).unwrap();
    questions.extend(session.handle(Input::Sums(vec![(SetName::Control, set.sum())])).unwrap());
    if salted {
        questions.extend(session.handle(Input::Sets(vec![set.clone()])).unwrap());
    }
    let sums = Message::Sums(vec![(SetName::Control, theirs)]);
    questions.extend(session.handle(Input::Message(sums)).unwrap());
    if !salted {
        questions.extend(session.handle(Input::Sets(vec![set])).unwrap());
    }
    said(questions)
}

#[test]
fn sums_and_sketches_are_as_the_document_says() {
    let (ours, theirs) = (ids(0..5), ids(3..9));
    assert_eq!(ours.iter().collect::<Tally>().sum(), sum(&ours));
    for salted in [false, true] {
        let show = |ids: &[EnvelopeId]| if salted { ids.iter().map(shown).collect() } else { ids.to_vec() };
        let (ours, showing) = (show(&ours), show(&theirs));
        let answered = answered(&theirs, sum(&ours), salted);
        let [Message::Hello(_), Message::Sums(sums), Message::Cells { cells: sent, sum: of }] = &*answered
        else {
            panic!("{answered:?}")
        };
        assert_eq!((sums.as_slice(), *of), (&[(SetName::Control, sum(&showing))][..], sum(&showing)));
        // The counts differ by one: 1 + ⌊1/2⌋ + 24 cells.
        assert_eq!(*sent, cells(&showing, 25));
    }
}

#[test]
fn every_message() {
    let held = ids(3..9);
    let month = SetName::Month(Month(682));
    let plain = answered(&held, sum(&ids(0..5)), false);
    let salted = answered(&held, sum(&ids(0..5)), true);
    let ranges = first_ranges(&held);
    let messages = [
        ("hello", plain[0].clone()),
        ("sums", Message::Sums(vec![(SetName::Control, sum(&held)), (month, sum(&held[..2]))])),
        ("cells", plain[2].clone()),
        ("cells, salted", salted[2].clone()),
        ("more", Message::More),
        ("ranges", ranges),
        ("offer", Message::Offer { ids: Ids(held[..2].to_vec()), last: true }),
        ("want", Message::Want(Ids(held[2..3].to_vec()))),
        ("envelopes", Message::Envelopes { envelopes: vec![vec![1, 2, 3].into()], through: 1 }),
        ("held", Message::Held(vec![0b1010_0000])),
        ("done", Message::Done { lacking: Ids(vec![]), whole: true }),
    ];
    for (name, message) in &messages {
        assert_eq!(Message::decode(&message.encode()).as_ref(), Ok(message), "{name}");
    }
    let sums = [("plain", sum(&held)), ("salted", sum(&held.iter().map(shown).collect::<Vec<_>>()))];
    golden(
        "sync",
        &json!({
            "initiator's nonce": hex(NONCES[0]),
            "responder's nonce": hex(NONCES[1]),
            "responder's control set": held.iter().map(EnvelopeId::to_string).collect::<Vec<_>>(),
            "shown ids": held.iter().map(|id| shown(id).to_string()).collect::<Vec<_>>(),
            "hour of all": HOUR.0,
            "sums": sums.map(|(name, sum)| json!({
                "name": name, "count": sum.count, "fingerprint": hex(sum.fingerprint),
            })),
            "messages": messages.iter().map(|(name, message)| json!({
                "name": name, "message": hex(message.encode()),
            })).collect::<Vec<_>>(),
        }),
    );
}

/// The first ranges of an initiator that holds these, against one that has nothing: too unequal for a sketch.
fn first_ranges(held: &[EnvelopeId]) -> Message {
    let set = Arc::new(Prepared::new(held.iter().map(|id| (HOUR, *id))));
    let (mut session, _) = Session::start(terms(Role::Initiator, false));
    let hello = Hello { version: 1, scope: Scope::All, since: Month(0), nonce: NONCES[1], salted: false };
    session.handle(Input::Message(Message::Hello(hello))).unwrap();
    session.handle(Input::Sums(vec![(SetName::Control, set.sum())])).unwrap();
    session.handle(Input::Message(Message::Sums(vec![]))).unwrap();
    said(session.handle(Input::Sets(vec![set])).unwrap()).remove(0)
}
