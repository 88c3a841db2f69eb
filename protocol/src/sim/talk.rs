//! A session of reconciliation between two simulated nodes: the real state machine, answered from memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use rand_core::Rng;

use super::node::{Flaw, Node};
use crate::envelope::Envelope;
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
                    ids.retain(|id| !node.held.envelopes.contains_key(id));
                    Input::Wanted(ids)
                }
                Output::Load(ids) => load(node, &ids),
                Output::Admit(envelopes) => {
                    let ids: Vec<EnvelopeId> = envelopes.iter().map(|(id, _)| *id).collect();
                    for (_, bytes) in envelopes {
                        node.receive(bytes, source);
                    }
                    let held = ids.into_iter().filter(|id| node.held.envelopes.contains_key(id));
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
    Envelope::decode(bytes).ok().map(|envelope| envelope.id())
}

/// The sets of a node, by name.
fn sets(node: &Node) -> BTreeMap<SetName, Vec<(Hour, EnvelopeId)>> {
    let mut sets: BTreeMap<SetName, Vec<(Hour, EnvelopeId)>> = BTreeMap::new();
    for (id, verified) in &node.held.envelopes {
        let header = verified.envelope().header();
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
        if let Some(verified) = node.held.envelopes.get(id).filter(|_| !withheld) {
            let bytes = verified.envelope().encode();
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
