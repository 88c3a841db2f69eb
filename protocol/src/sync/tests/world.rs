//! Two nodes in memory, a wire between them, and a clock that only counts turns.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::id::{EnvelopeId, hash};
use crate::limits;
use crate::sync::*;
use crate::time::{Hour, Month};

/// The seeds to run: `SEED=n` replays one.
pub fn seeds(many: u64) -> Vec<u64> {
    match std::env::var("SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (0..many).collect(),
    }
}

pub struct Dice(pub ChaCha8Rng);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(ChaCha8Rng::seed_from_u64(seed))
    }
    pub fn below(&mut self, end: u64) -> u64 {
        self.0.next_u64() % end.max(1)
    }
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// An envelope of the tests: four bytes of hour, one that says control or content, and filling.
pub fn envelope(n: u64, hour: u32, control: bool, size: usize) -> Vec<u8> {
    let mut bytes = hour.to_be_bytes().to_vec();
    bytes.push(u8::from(control));
    let mut filling = vec![0; size.saturating_sub(5).max(8)];
    let mut hasher = blake3::Hasher::new();
    hasher.update(&n.to_be_bytes());
    hasher.finalize_xof().fill(&mut filling);
    bytes.extend(filling);
    bytes
}

pub fn identify(bytes: &[u8]) -> Option<EnvelopeId> {
    (bytes.len() >= 13 && bytes[4] <= 1).then(|| EnvelopeId(hash("test", &[bytes])))
}

type Envelopes = BTreeMap<EnvelopeId, (Hour, Arc<[u8]>)>;

#[derive(Clone, Default)]
pub struct Node {
    pub since: Month,
    pub sets: BTreeMap<SetName, Envelopes>,
    pub prepared: BTreeMap<SetName, Arc<Prepared>>,
    /// Envelopes this node will not have.
    pub refuses: BTreeSet<EnvelopeId>,
    pub refused: BTreeSet<EnvelopeId>,
    pub peer_holds: BTreeSet<EnvelopeId>,
    pub in_step: BTreeSet<SetName>,
    pub peer_lacks: BTreeSet<EnvelopeId>,
    pub progress: (u64, u64),
    pub finished: Option<bool>,
    /// The order in which envelopes were admitted.
    pub came: Vec<EnvelopeId>,
    pub asked_for: usize,
}

impl Node {
    pub fn put(&mut self, bytes: &Arc<[u8]>) -> EnvelopeId {
        let id = identify(bytes).unwrap();
        let hour = Hour(u32::from_be_bytes(bytes[..4].try_into().unwrap()));
        let name = if bytes[4] == 1 { SetName::Control } else { SetName::Month(hour.month()) };
        self.hold(name, id, hour, bytes);
        id
    }

    pub fn hold(&mut self, name: SetName, id: EnvelopeId, hour: Hour, bytes: &Arc<[u8]>) {
        self.prepared.remove(&name);
        self.sets.entry(name).or_default().insert(id, (hour, Arc::clone(bytes)));
    }

    pub fn find(&self, id: &EnvelopeId) -> Option<&Arc<[u8]>> {
        self.sets.values().find_map(|set| set.get(id)).map(|(_, bytes)| bytes)
    }

    pub fn set(&mut self, name: SetName) -> Arc<Prepared> {
        let items = self.sets.get(&name);
        let fresh =
            || Arc::new(Prepared::new(items.into_iter().flatten().map(|(id, (hour, _))| (*hour, *id))));
        Arc::clone(self.prepared.entry(name).or_insert_with(fresh))
    }

    pub fn sums(&mut self, since: Option<Month>) -> Vec<(SetName, Sum)> {
        let names: BTreeSet<_> = self.sets.keys().chain(self.prepared.keys()).copied().collect();
        let fits = |name: &SetName| match name {
            SetName::Control => since.is_none(),
            SetName::Month(month) => since.is_some_and(|since| *month >= since),
        };
        names.into_iter().filter(fits).map(|name| (name, self.set(name).sum())).collect()
    }

    pub fn ids(&self) -> BTreeSet<EnvelopeId> {
        self.sets.values().flat_map(|set| set.keys().copied()).collect()
    }

    /// Answers what needs no waiting; gives back what does.
    fn answer(&mut self, output: Output) -> Result<Option<Input>, Output> {
        Ok(Some(match output {
            Output::Sums(since) => Input::Sums(self.sums(since)),
            Output::Sets(names) => Input::Sets(names.into_iter().map(|name| self.set(name)).collect()),
            Output::Wanted(mut ids) => {
                ids.retain(|id| self.find(id).is_none() && !self.refused.contains(id));
                self.asked_for += ids.len();
                Input::Wanted(ids)
            }
            Output::Load(ids) => {
                let (mut envelopes, mut size, mut through) = (Vec::new(), 0, 0);
                for id in &ids {
                    if let Some(bytes) = self.find(id) {
                        size += bytes.len();
                        if size > limits::SYNC_WINDOW_BYTES && through > 0 {
                            break;
                        }
                        envelopes.push((*id, bytes.to_vec()));
                    }
                    through += 1;
                }
                Input::Loaded { envelopes, through }
            }
            Output::Admit(envelopes) => {
                let mut held = Vec::new();
                for (id, bytes) in envelopes {
                    assert_eq!(identify(&bytes), Some(id));
                    self.came.push(id);
                    if self.refuses.contains(&id) {
                        self.refused.insert(id);
                    } else {
                        held.push(self.put(&Arc::from(bytes)));
                    }
                }
                Input::Admitted(held)
            }
            Output::Held(ids) => {
                self.peer_holds.extend(ids);
                return Ok(None);
            }
            Output::InStep { sets, lacking } => {
                self.in_step.extend(sets.into_iter().map(|(name, _)| name));
                self.peer_lacks.extend(lacking);
                return Ok(None);
            }
            Output::Progress { received, of } => {
                assert!(received <= of);
                self.progress = (received, of);
                return Ok(None);
            }
            Output::Finished { complete } => {
                assert_eq!(self.finished.replace(complete), None);
                return Ok(None);
            }
            output @ Output::Send(_) => return Err(output),
        }))
    }
}

/// One side of a running session.
pub struct Side {
    pub node: Node,
    pub session: Session,
    pub inbox: VecDeque<Vec<u8>>,
    /// Loads and admissions under way.
    slow: VecDeque<Output>,
    pub sent: Vec<Vec<u8>>,
}

impl Side {
    pub fn start(node: Node, terms: Terms) -> (Side, Vec<Output>) {
        let (session, first) = Session::start(terms);
        let node = Node { finished: None, ..node };
        (Side { node, session, inbox: VecDeque::new(), slow: VecDeque::new(), sent: Vec::new() }, first)
    }

    /// Does what a session asks for; the frames to send come back.
    pub fn act(&mut self, outputs: Vec<Output>) -> Result<Vec<Vec<u8>>, SyncError> {
        let mut frames = Vec::new();
        let mut todo: VecDeque<Output> = outputs.into();
        while let Some(output) = todo.pop_front() {
            match output {
                Output::Load(_) | Output::Admit(_) => self.slow.push_back(output),
                output => match self.node.answer(output) {
                    Err(Output::Send(message)) => {
                        let frame = message.encode();
                        assert!(frame.len() <= limits::SYNC_FRAME, "{}", frame.len());
                        assert_eq!(Message::decode(&frame).as_ref(), Ok(&message));
                        self.sent.push(frame.clone());
                        frames.push(frame);
                    }
                    Ok(Some(input)) => todo.extend(self.session.handle(input)?),
                    Ok(None) => (),
                    Err(_) => unreachable!(),
                },
            }
        }
        Ok(frames)
    }

    pub fn hear(&mut self, frame: &[u8]) -> Result<Vec<Vec<u8>>, SyncError> {
        let outputs = self.session.handle(Input::Message(Message::decode(frame)?))?;
        self.act(outputs)
    }

    /// Hears what has come, does all there is to do, and gives back what it says.
    fn turn(&mut self, frames: VecDeque<Vec<u8>>) -> Vec<Vec<u8>> {
        let mut said = Vec::new();
        for frame in frames {
            said.extend(self.hear(&frame).unwrap());
        }
        while !self.slow.is_empty() {
            said.extend(self.work().unwrap());
        }
        said
    }

    /// Finishes the oldest load or admission.
    pub fn work(&mut self) -> Result<Vec<Vec<u8>>, SyncError> {
        let Some(output) = self.slow.pop_front() else { return Ok(Vec::new()) };
        let input = self.node.answer(output).unwrap_or(None).unwrap();
        let outputs = self.session.handle(input)?;
        self.act(outputs)
    }
}

/// What a session cost.
#[derive(Debug)]
pub struct Cost {
    /// Bytes on the wire both ways, the length prefixes of frames included.
    pub bytes: usize,
    /// Turns: in each, what was sent the turn before is heard.
    pub turns: usize,
}

pub fn terms(role: Role, node: &Node) -> Terms {
    Terms { role, scope: Scope::All, since: node.since, salted: false, nonce: [role as u8; 16], identify }
}

/// Runs a session between two nodes to its end; the initiator is the first.
pub fn meet(a: &mut Node, b: &mut Node) -> Cost {
    let (first, second) = (terms(Role::Initiator, a), terms(Role::Responder, b));
    meet_on(a, b, first, second, None)
}

/// As [`meet`], on given terms; with dice, everything that can wait does so at random.
pub fn meet_on(a: &mut Node, b: &mut Node, first: Terms, second: Terms, mut dice: Option<Dice>) -> Cost {
    let (mut x, begin) = Side::start(std::mem::take(a), first);
    let (mut y, none) = Side::start(std::mem::take(b), second);
    assert!(none.is_empty());
    y.inbox.extend(x.act(begin).unwrap());
    let mut turns = 0;
    while x.node.finished.is_none() || y.node.finished.is_none() {
        turns += 1;
        assert!(turns < 1_000_000, "the session does not end");
        let before = (x.sent.len(), y.sent.len(), x.inbox.len(), y.inbox.len());
        let busy = x.slow.len() + y.slow.len();
        if let Some(dice) = &mut dice {
            let (one, other) = if dice.chance(50) { (&mut x, &mut y) } else { (&mut y, &mut x) };
            if dice.chance(40) {
                other.inbox.extend(one.work().unwrap());
            } else if let Some(frame) = one.inbox.pop_front() {
                other.inbox.extend(one.hear(&frame).unwrap());
            }
            continue;
        }
        let (to_x, to_y) = (std::mem::take(&mut x.inbox), std::mem::take(&mut y.inbox));
        y.inbox.extend(x.turn(to_x));
        x.inbox.extend(y.turn(to_y));
        let after = (x.sent.len(), y.sent.len(), x.inbox.len(), y.inbox.len());
        assert!(before != after || busy > 0, "nobody has anything to say");
    }
    assert!(x.inbox.is_empty() && y.inbox.is_empty() && x.slow.is_empty() && y.slow.is_empty());
    let frames = x.sent.iter().chain(&y.sent);
    let cost = Cost { bytes: frames.map(|frame| frame.len() + 4).sum(), turns };
    (*a, *b) = (x.node, y.node);
    cost
}
