//! One real reconciliation between two nodes' sets.

use std::collections::VecDeque;
use std::sync::Arc;

use kith_protocol::frame::{PREFIX, on_wire};
use kith_protocol::id::{EnvelopeId, hash};
use kith_protocol::limits;
use kith_protocol::sync::{Input, Message, Output, Prepared, Role, Scope, Session, SetName, Terms};
use kith_protocol::time::{Hour, Millis, Month};

/// Bytes of the clock that each side tells first.
const CLOCK: usize = 8;
/// A sealed post of 400 bytes as an envelope.
pub const ENVELOPE: usize = 640;

/// The envelope of a post: some bytes that are no other's.
pub fn envelope(post: u32) -> Vec<u8> {
    let mut bytes = post.to_be_bytes().to_vec();
    bytes.resize(ENVELOPE, 7);
    bytes
}

pub fn identify(bytes: &[u8]) -> Option<EnvelopeId> {
    Some(EnvelopeId(hash("scale", &[bytes])))
}

pub fn hour() -> Hour {
    Millis(1_795_305_600_000).hour()
}

/// What one side brings.
pub struct Side {
    pub control: Arc<Prepared>,
    pub content: Arc<Prepared>,
    /// Where each post's envelope is asked for by its id.
    pub find: Arc<std::collections::HashMap<EnvelopeId, u32>>,
    pub nonce: [u8; 16],
}

/// What came of it.
#[derive(Default)]
pub struct Met {
    /// Bytes that each side sent.
    pub bytes: [u64; 2],
    /// Turns: in each what was sent the turn before is heard.
    pub turns: u64,
    /// Posts that each side got.
    pub got: [Vec<u32>; 2],
}

/// Runs a session; the first side began it.
pub fn meet(sides: [Side; 2]) -> Met {
    let terms =
        |role, nonce| Terms { role, scope: Scope::All, since: Month(0), salted: false, nonce, identify };
    let (first, begin) = Session::start(terms(Role::Initiator, sides[0].nonce));
    let (second, none) = Session::start(terms(Role::Responder, sides[1].nonce));
    assert!(none.is_empty());
    let mut sessions = [first, second];
    let mut met = Met { bytes: [on_wire(CLOCK) as u64; 2], turns: 1, ..Met::default() };
    let mut held: [Vec<(Hour, EnvelopeId)>; 2] = Default::default();
    let mut ended = [false; 2];
    let mut inboxes: [Vec<Message>; 2] = Default::default();
    let mut begin = Some(begin);
    while !(ended[0] && ended[1]) {
        met.turns += 1;
        assert!(met.turns < 100_000, "a session does not end");
        let mut said: [Vec<Message>; 2] = Default::default();
        for side in [0, 1] {
            let own = &sides[side];
            let messages = std::mem::take(&mut inboxes[side]).into_iter().map(Some);
            for message in begin.is_some().then_some(None).into_iter().chain(messages) {
                let outputs = match message {
                    Some(message) => sessions[side].handle(Input::Message(message)).unwrap(),
                    None => begin.take().unwrap(),
                };
                let mut todo = VecDeque::from(outputs);
                while let Some(output) = todo.pop_front() {
                    let input = match output {
                        Output::Send(message) => {
                            met.bytes[side] += (message.encode().len() + PREFIX) as u64;
                            said[1 - side].push(message);
                            continue;
                        }
                        Output::Sums(None) => Input::Sums(vec![(SetName::Control, own.control.sum())]),
                        Output::Sums(Some(_)) => {
                            let content = own.content.with(held[side].iter().copied());
                            Input::Sums(vec![(SetName::Month(hour().month()), content.sum())])
                        }
                        Output::Sets(names) => {
                            let set = |name: SetName| match name {
                                SetName::Control => own.control.clone(),
                                SetName::Month(_) => own.content.clone(),
                            };
                            Input::Sets(names.into_iter().map(set).collect())
                        }
                        Output::Wanted(ids) => {
                            Input::Wanted(ids.into_iter().filter(|id| !own.content.contains(id)).collect())
                        }
                        Output::Load(ids) => {
                            let most = limits::SYNC_WINDOW_BYTES / ENVELOPE;
                            let through = ids.len().min(most);
                            let load = |id: &EnvelopeId| Some((*id, envelope(*own.find.get(id)?)));
                            Input::Loaded {
                                envelopes: ids.iter().take(through).filter_map(load).collect(),
                                through,
                            }
                        }
                        Output::Admit(envelopes) => {
                            let ids: Vec<EnvelopeId> = envelopes.into_iter().map(|(id, _)| id).collect();
                            met.got[side].extend(ids.iter().filter_map(|id| own.find.get(id)));
                            held[side].extend(ids.iter().map(|id| (hour(), *id)));
                            Input::Admitted(ids)
                        }
                        Output::Finished { complete } => {
                            assert!(complete);
                            ended[side] = true;
                            continue;
                        }
                        Output::Held(_) | Output::InStep { .. } | Output::Progress { .. } => continue,
                    };
                    todo.extend(sessions[side].handle(input).unwrap());
                }
            }
        }
        inboxes = said;
    }
    met
}
