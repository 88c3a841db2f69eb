//! Golden vectors of reconciliation: what stands for a set, and two whole sessions.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use hex::encode as hex;
use kith_protocol::id::{EnvelopeId, hash};
use kith_protocol::sync::{
    Hello, Ids, Input, Message, Output, Prepared, Role, Scope, Session, SetName, Tally, Terms, VERSION,
};
use kith_protocol::time::{Hour, Month};
use serde_json::{Value, json};

use crate::vectors::golden;

/// In these vectors an envelope is any bytes, and its id their hash.
fn identify(bytes: &[u8]) -> Option<EnvelopeId> {
    Some(EnvelopeId(hash("vectors", &[bytes])))
}

fn bytes(number: u32) -> Vec<u8> {
    format!("envelope {number}").into_bytes()
}

fn id(number: u32) -> EnvelopeId {
    EnvelopeId(hash("vectors", &[&bytes(number)]))
}

/// Every tenth is control; the rest is content of one hour each, over three months.
fn place(number: u32) -> (SetName, Hour) {
    let hour = Hour(number * 20);
    (if number.is_multiple_of(10) { SetName::Control } else { SetName::Month(hour.month()) }, hour)
}

struct Node {
    session: Session,
    holds: BTreeMap<EnvelopeId, u32>,
}

impl Node {
    fn sets(&self) -> BTreeMap<SetName, Prepared> {
        let mut sets: BTreeMap<SetName, Vec<(Hour, EnvelopeId)>> = BTreeMap::new();
        for (id, number) in &self.holds {
            let (name, hour) = place(*number);
            sets.entry(name).or_default().push((hour, *id));
        }
        sets.into_iter().map(|(name, items)| (name, Prepared::new(items))).collect()
    }

    fn act(&mut self, outputs: Vec<Output>) -> Vec<Message> {
        let mut said = Vec::new();
        let mut todo = VecDeque::from(outputs);
        while let Some(output) = todo.pop_front() {
            let input = match output {
                Output::Send(message) => {
                    said.push(message);
                    continue;
                }
                Output::Sums(since) => {
                    let fits = |name: &SetName| (*name == SetName::Control) == since.is_none();
                    let sets = self.sets();
                    Input::Sums(
                        sets.iter()
                            .filter(|(name, _)| fits(name))
                            .map(|(name, set)| (*name, set.sum()))
                            .collect(),
                    )
                }
                Output::Sets(names) => {
                    let mut sets = self.sets();
                    Input::Sets(names.iter().map(|name| Arc::new(sets.remove(name).unwrap())).collect())
                }
                Output::Wanted(ids) => Input::Wanted(ids),
                Output::Load(ids) => Input::Loaded {
                    through: ids.len(),
                    envelopes: ids.iter().map(|id| (*id, bytes(self.holds[id]))).collect(),
                },
                Output::Admit(envelopes) => {
                    let number =
                        |bytes: &[u8]| (0..200).find(|number| self::bytes(*number) == bytes).unwrap();
                    self.holds.extend(envelopes.iter().map(|(id, bytes)| (*id, number(bytes))));
                    Input::Admitted(envelopes.into_iter().map(|(id, _)| id).collect())
                }
                _ => continue,
            };
            todo.extend(self.session.handle(input).unwrap());
        }
        said
    }
}

/// The frames of a session, without their length prefixes.
fn session(salted: bool, holds: [fn(&u32) -> bool; 2]) -> Value {
    let mut nodes = [Role::Initiator, Role::Responder].map(|role| {
        let scope = Scope::All;
        let terms = Terms { role, scope, since: Month(0), salted, nonce: [role as u8 + 1; 16], identify };
        let (session, first) = Session::start(terms);
        let numbers = (0..100_u32).filter(holds[role as usize]);
        (Node { session, holds: numbers.map(|number| (id(number), number)).collect() }, first)
    });
    let has = |node: &Node| node.holds.values().copied().collect::<Vec<_>>();
    let before = nodes.each_ref().map(|(node, _)| has(node));
    let mut frames = Vec::new();
    let first = std::mem::take(&mut nodes[0].1);
    let mut under_way: VecDeque<_> = nodes[0].0.act(first).into_iter().map(|said| (0, said)).collect();
    while let Some((speaker, message)) = under_way.pop_front() {
        frames.push(json!({ "from": if speaker == 0 { "initiator" } else { "responder" }, "message": hex(message.encode()) }));
        let hearer = &mut nodes[1 - speaker].0;
        let outputs = hearer.session.handle(Input::Message(message)).unwrap();
        under_way.extend(hearer.act(outputs).into_iter().map(|said| (1 - speaker, said)));
    }
    assert_eq!(nodes[0].0.holds, nodes[1].0.holds);
    json!({ "initiator has": before[0], "responder has": before[1], "frames": frames })
}

#[test]
fn reconciliation() {
    let sums = [0_u32, 1, 2, 130].map(|count| {
        let sum = (0..count).map(id).collect::<Vec<_>>().iter().collect::<Tally>().sum();
        json!({ "envelopes": count, "fingerprint": hex(sum.fingerprint) })
    });
    let hello =
        Hello { version: VERSION, scope: Scope::Nothing, since: Month(682), nonce: [7; 16], salted: true };
    let messages = [
        ("hello of one that serves nothing", Message::Hello(hello)),
        ("more cells", Message::More),
        ("ranges", Message::Ranges { set: SetName::Month(Month(682)), step: vec![0x61, 0, 0, 2, 0] }),
        ("offer", Message::Offer { ids: Ids(vec![id(1), id(2)]), last: false }),
        ("end of a window", Message::Envelopes { envelopes: vec![], through: 300 }),
        ("receipt", Message::Held(vec![0b1010_0000])),
        ("done, lacking one", Message::Done { lacking: Ids(vec![id(3)]), whole: true }),
    ];
    for (name, message) in &messages {
        assert_eq!(Message::decode(&message.encode()).as_ref(), Ok(message), "{name}");
    }
    let messages = messages.map(|(name, message)| json!({ "name": name, "message": hex(message.encode()) }));
    let few: [fn(&u32) -> bool; 2] = [|number| number % 17 != 0, |number| number % 19 != 0];
    golden(
        "sync",
        &json!({
            "ids": (0..3).map(|number| id(number).to_string()).collect::<Vec<_>>(),
            "sums": sums,
            "messages": messages,
            "session": session(false, few),
            "salted session": session(true, few),
            "session of a newcomer": session(false, [|_| false, |number| *number < 12]),
        }),
    );
}
