//! A reconciliation whose other side turns hostile in the middle.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, OnceLock};

use kith_protocol::id::{EnvelopeId, hash};
use kith_protocol::sync::{
    Input, Message, Output, Prepared, Role, Scope, Session, SetName, SyncError, Terms,
};
use kith_protocol::time::{Hour, Month};

/// One side, with what it holds.
struct Side {
    session: Session,
    sets: BTreeMap<SetName, Arc<Prepared>>,
    held: BTreeMap<EnvelopeId, Vec<u8>>,
}

/// Sets as a session is asked for them, and the envelopes in them.
pub type Holdings = (BTreeMap<SetName, Arc<Prepared>>, BTreeMap<EnvelopeId, Vec<u8>>);

/// Envelopes as a session sees them: bytes with an id.
pub fn identify(bytes: &[u8]) -> Option<EnvelopeId> {
    (bytes.len() >= 8).then(|| EnvelopeId(hash("a test's envelope", &[bytes])))
}

/// Some of 60 envelopes: in control and in two months.
pub fn holdings(holds: impl Fn(u32) -> bool) -> Holdings {
    let mut held = BTreeMap::new();
    let mut sets: BTreeMap<SetName, Vec<(Hour, EnvelopeId)>> = BTreeMap::new();
    for number in (0..60_u32).filter(|number| holds(*number)) {
        let bytes = format!("envelope {number:04} {}", "x".repeat(number as usize)).into_bytes();
        let id = identify(&bytes).expect("long enough");
        let hour = Hour(498_000 + number % 3 * 720);
        let set = if number % 3 == 0 { SetName::Control } else { SetName::Month(hour.month()) };
        sets.entry(set).or_default().push((hour, id));
        held.insert(id, bytes);
    }
    (sets.into_iter().map(|(name, items)| (name, Arc::new(Prepared::new(items)))).collect(), held)
}

/// What the side holds that opens.
pub fn first(number: u32) -> bool {
    !number.is_multiple_of(5)
}

/// What the side holds that answers.
pub fn second(number: u32) -> bool {
    !number.is_multiple_of(7)
}

impl Side {
    /// A side that holds some envelopes.
    fn start(role: Role, salted: bool, holds: impl Fn(u32) -> bool) -> (Side, Vec<Message>) {
        let (sets, held) = holdings(holds);
        let since = Month(0);
        let terms = Terms { role, scope: Scope::All, since, salted, nonce: [7; 16], identify };
        let (session, first) = Session::start(terms);
        let said = first.into_iter().filter_map(|output| match output {
            Output::Send(message) => Some(message),
            _ => None,
        });
        let said = said.collect();
        (Side { session, sets, held }, said)
    }

    /// Takes a message, and does what a node would; gives what it says.
    fn hears(&mut self, message: Message) -> Result<Vec<Message>, SyncError> {
        let mut said = Vec::new();
        let mut inputs = VecDeque::from([Input::Message(message)]);
        while let Some(input) = inputs.pop_front() {
            for output in self.session.handle(input)? {
                match output {
                    Output::Send(message) => said.push(message),
                    question => inputs.extend(self.answer(question)),
                }
            }
        }
        Ok(said)
    }

    fn answer(&mut self, question: Output) -> Option<Input> {
        match question {
            Output::Sums(since) => {
                let asked = |name: &SetName| match (name, since) {
                    (SetName::Control, None) => true,
                    (SetName::Month(month), Some(since)) => *month >= since,
                    _ => false,
                };
                let sets = self.sets.iter().filter(|(name, _)| asked(name));
                Some(Input::Sums(sets.map(|(name, set)| (*name, set.sum())).collect()))
            }
            Output::Sets(names) => {
                let empty = || Arc::new(Prepared::new([]));
                Some(Input::Sets(
                    names.iter().map(|name| self.sets.get(name).cloned().unwrap_or_else(empty)).collect(),
                ))
            }
            Output::Wanted(ids) => {
                Some(Input::Wanted(ids.into_iter().filter(|id| !self.held.contains_key(id)).collect()))
            }
            Output::Load(ids) => {
                let envelopes = ids.iter().filter_map(|id| Some((*id, self.held.get(id)?.clone()))).collect();
                Some(Input::Loaded { envelopes, through: ids.len() })
            }
            Output::Admit(envelopes) => {
                let ids = envelopes.iter().map(|(id, _)| *id).collect();
                self.held.extend(envelopes);
                Some(Input::Admitted(ids))
            }
            _ => None,
        }
    }
}

/// Two honest sides; the first opens.
struct Talk {
    sides: [Side; 2],
    /// What was said and not yet heard: by which side it is to be heard.
    under_way: VecDeque<(usize, Message)>,
}

impl Talk {
    fn start(salted: bool) -> Talk {
        let (one, opening) = Side::start(Role::Initiator, salted, first);
        let (two, _) = Side::start(Role::Responder, salted, second);
        let under_way = opening.into_iter().map(|message| (1, message)).collect();
        Talk { sides: [one, two], under_way }
    }

    /// Lets the next message be heard; gives it.
    fn step(&mut self) -> Option<Message> {
        let (hearer, message) = self.under_way.pop_front()?;
        let said = self.sides[hearer].hears(message.clone()).expect("two honest sides understand each other");
        self.under_way.extend(said.into_iter().map(|message| (1 - hearer, message)));
        Some(message)
    }
}

/// Every message of two honest conversations.
pub fn samples() -> Vec<Vec<u8>> {
    static SAMPLES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    let samples = SAMPLES.get_or_init(|| {
        let mut said = Vec::new();
        for salted in [false, true] {
            let mut talk = Talk::start(salted);
            while let Some(message) = talk.step() {
                said.push(message.encode());
            }
        }
        assert!(said.len() > 10, "Two sides that differ have something to say");
        said
    });
    samples.clone()
}

/// The frames each side sends in an honest conversation, the opening side's first.
pub fn spoken() -> [Vec<Vec<u8>>; 2] {
    let mut spoken = [Vec::new(), Vec::new()];
    let mut talk = Talk::start(false);
    while let Some(hearer) = talk.under_way.front().map(|(hearer, _)| *hearer) {
        let message = talk.step().expect("it is there").encode();
        let length = (message.len() as u32).to_be_bytes();
        spoken[1 - hearer].push([length.as_slice(), &message].concat());
    }
    spoken
}

/// Gives a side a hostile message at some moment of a conversation; whether it took it.
pub fn survives(bytes: &[u8]) -> bool {
    let Ok(message) = Message::decode(bytes) else { return false };
    let [moment, hearer, salted, ..] = hash("a moment", &[bytes]);
    let mut talk = Talk::start(salted % 2 == 0);
    for _ in 0..moment % 12 {
        talk.step();
    }
    talk.sides[usize::from(hearer % 2)].hears(message).is_ok()
}
