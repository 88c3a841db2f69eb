//! A session of reconciliation between two simulated nodes: the real state machine, answered from memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use rand_core::Rng;

use super::node::{Flaw, Node};
use crate::envelope::{Envelope, Stub};
use crate::group::Standing;
use crate::id::{EnvelopeId, MemberKey};
use crate::limits;
use crate::sync::{Input, Message, Output, Prepared, Role, Scope, Session, SetName, Sum, Terms};
use crate::time::{Hour, Month};

/// One end of a session.
pub(super) struct End {
    pub(super) who: usize,
    session: Session,
    /// When the last message to this end arrives: a stream does not change the order.
    pub(super) last: u64,
    pub(super) over: bool,
}

/// A session.
pub(super) struct Talk {
    pub(super) ends: [End; 2],
}

impl Talk {
    /// Begins a session, and gives what its initiator says first.
    pub(super) fn start(nodes: &mut [Node], initiator: usize, responder: usize) -> (Talk, Vec<Vec<u8>>) {
        let mut begin = |who: usize, other: usize, role| {
            let peer = nodes[other].key();
            let mut nonce = [0; 16];
            nodes[who].dice.fill_bytes(&mut nonce);
            let terms = Terms {
                role,
                scope: scope(&nodes[who], &peer),
                since: Month(0),
                salted: false,
                nonce,
                identify,
            };
            Session::start(terms)
        };
        let (first, outputs) = begin(initiator, responder, Role::Initiator);
        let (second, _) = begin(responder, initiator, Role::Responder);
        let end = |who, session| End { who, session, last: 0, over: false };
        let mut talk = Talk { ends: [end(initiator, first), end(responder, second)] };
        let frames = talk.act(0, &mut nodes[initiator], outputs, initiator as u64);
        (talk, frames)
    }

    /// One end hears a frame; what it says comes back. None: a peer broke the rules, and is left.
    pub(super) fn hear(
        &mut self,
        side: usize,
        frame: &[u8],
        node: &mut Node,
        source: u64,
    ) -> Option<Vec<Vec<u8>>> {
        let message = Message::decode(frame).ok()?;
        let outputs = self.ends[side].session.handle(Input::Message(message)).ok()?;
        Some(self.act(side, node, outputs, source))
    }

    /// Whether both ends have finished.
    pub(super) fn over(&self) -> bool {
        self.ends.iter().all(|end| end.over)
    }

    fn act(&mut self, side: usize, node: &mut Node, outputs: Vec<Output>, source: u64) -> Vec<Vec<u8>> {
        let end = &mut self.ends[side];
        let mut frames = Vec::new();
        let mut todo: VecDeque<Output> = outputs.into();
        while let Some(output) = todo.pop_front() {
            let input = match output {
                Output::Send(message) => {
                    frames.push(message.encode());
                    continue;
                }
                Output::Finished { .. } => {
                    end.over = true;
                    continue;
                }
                Output::Held(_) | Output::InStep { .. } | Output::Progress { .. } => continue,
                Output::Sums(since) => Input::Sums(sums(node, since)),
                Output::Sets(names) => Input::Sets(names.into_iter().map(|name| set(node, name)).collect()),
                Output::Wanted(mut ids) => {
                    ids.retain(|id| !node.held.has(id));
                    Input::Wanted(ids)
                }
                Output::Load(ids) => load(node, &ids),
                Output::Admit(envelopes) => {
                    let ids: Vec<EnvelopeId> = envelopes.iter().map(|(id, _)| *id).collect();
                    // A stub is believed beside the withdrawal, which may be among what came with it.
                    let (stubs, whole): (Vec<_>, Vec<_>) = envelopes
                        .into_iter()
                        .map(|(_, bytes)| bytes)
                        .partition(|bytes| Stub::decode(bytes).is_ok());
                    whole.into_iter().for_each(|bytes| node.receive(bytes, source));
                    for stub in stubs.iter().filter_map(|bytes| Stub::decode(bytes).ok()) {
                        node.held.keep_stub(&stub);
                    }
                    let held = ids.into_iter().filter(|id| node.held.has(id));
                    Input::Admitted(held.collect())
                }
            };
            todo.extend(end.session.handle(input).expect("an answer to a question"));
        }
        frames
    }
}

/// How much a node serves another.
fn scope(node: &Node, peer: &MemberKey) -> Scope {
    match node.group.as_ref().and_then(|group| group.member(peer)).map(|member| member.standing) {
        Some(Standing::Member) => Scope::All,
        _ if node.group.is_none() => Scope::All,
        _ => Scope::Nothing,
    }
}

fn identify(bytes: &[u8]) -> Option<EnvelopeId> {
    let stub = || Stub::decode(bytes).ok().map(|stub| stub.id());
    Envelope::decode(bytes).ok().map(|envelope| envelope.id()).or_else(stub)
}

/// The sets of a node, by name.
fn sets(node: &Node) -> BTreeMap<SetName, Vec<(Hour, EnvelopeId)>> {
    let mut sets: BTreeMap<SetName, Vec<(Hour, EnvelopeId)>> = BTreeMap::new();
    let whole = node.held.envelopes.iter().map(|(id, verified)| (id, verified.envelope().header()));
    let stubs = node.held.stubs.iter().map(|(id, stub)| (id, stub.header()));
    for (id, header) in whole.chain(stubs) {
        let name = if header.control { SetName::Control } else { SetName::Month(header.hour.month()) };
        sets.entry(name).or_default().push((header.hour, *id));
    }
    sets
}

fn sums(node: &Node, since: Option<Month>) -> Vec<(SetName, Sum)> {
    let fits = |name: &SetName| match name {
        SetName::Control => since.is_none(),
        SetName::Month(month) => since.is_some_and(|since| *month >= since),
    };
    let tallies = node.held.tallies.iter().filter(|(name, tally)| fits(name) && tally.count() > 0);
    tallies.map(|(name, tally)| (*name, tally.sum())).collect()
}

fn set(node: &Node, name: SetName) -> Arc<Prepared> {
    Arc::new(Prepared::new(sets(node).remove(&name).unwrap_or_default()))
}

fn load(node: &Node, ids: &[EnvelopeId]) -> Input {
    let (mut envelopes, mut size, mut through) = (Vec::new(), 0, 0);
    for id in ids {
        let withheld = node.flaw == Some(Flaw::Withholding) && id.0[0] % 2 == 0;
        if let Some(bytes) = if withheld { denied(node, id) } else { node.held.bytes(id) } {
            size += bytes.len();
            if size > limits::SYNC_WINDOW_BYTES && through > 0 {
                break;
            }
            envelopes.push((*id, bytes));
        }
        through += 1;
    }
    Input::Loaded { envelopes, through }
}

/// What somebody hostile gives in place of an envelope: nothing, or of content a stub, as if it was taken back.
fn denied(node: &Node, id: &EnvelopeId) -> Option<Vec<u8>> {
    let verified = node.held.envelopes.get(id)?;
    Stub::of(verified.envelope()).map(|stub| stub.encode())
}
