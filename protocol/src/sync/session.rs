//! One session, as a state machine.

use std::sync::Arc;

use crate::id::EnvelopeId;
use crate::limits;
use crate::sync::SyncError;
use crate::sync::compare::{Compared, Plan};
use crate::sync::exchange::Exchange;
use crate::sync::message::{Hello, Message, Scope, VERSION};
use crate::sync::set::{Prepared, Salt, Salted, SetName, Sum};
use crate::time::Month;

/// Which side opened the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Opened it, speaks first, and drives the comparison.
    Initiator,
    /// Answers.
    Responder,
}

/// What one side brings to a session.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Which side it is.
    pub role: Role,
    /// How much it serves the other.
    pub scope: Scope,
    /// The first month whose content it keeps.
    pub since: Month,
    /// Whether ids are to be compared under a salt.
    pub salted: bool,
    /// 16 random bytes, new for each session.
    pub nonce: [u8; 16],
    /// Tells an envelope's id from its bytes; none for bytes that are no envelope.
    pub identify: fn(&[u8]) -> Option<EnvelopeId>,
}

/// What goes into a session. Questions ([`Output::Sums`], [`Output::Sets`], [`Output::Wanted`]) must be
/// answered, in order, before the next message goes in; [`Output::Load`] and [`Output::Admit`] may take their
/// time, and are answered in the order they came out, each kind by itself.
#[derive(Clone, Debug)]
pub enum Input {
    /// The other side said something.
    Message(Message),
    /// Answers [`Output::Sums`].
    Sums(Vec<(SetName, Sum)>),
    /// Answers [`Output::Sets`], in the order asked.
    Sets(Vec<Arc<Prepared>>),
    /// Answers [`Output::Wanted`]: those of the ids that are neither held nor refused before.
    Wanted(Vec<EnvelopeId>),
    /// Answers [`Output::Load`].
    Loaded {
        /// Envelopes, in the order asked, without those that are no longer held.
        envelopes: Vec<(EnvelopeId, Vec<u8>)>,
        /// How many of the ids asked for this deals with (at least one): what lies beyond did not fit into
        /// [`crate::limits::SYNC_WINDOW_BYTES`].
        through: usize,
    },
    /// Answers [`Output::Admit`]: those held durably now, whether they came by this or otherwise.
    Admitted(Vec<EnvelopeId>),
}

/// What a session asks its driver to do, in this order.
#[derive(Clone, Debug)]
pub enum Output {
    /// Send this to the other side.
    Send(Message),
    /// Question: what stands for the control set, or (given a month) for each month of content from it on
    /// that is not empty?
    Sums(Option<Month>),
    /// Question: these sets, prepared; an empty one for a month of which nothing is held.
    Sets(Vec<SetName>),
    /// Question: which of these are wanted?
    Wanted(Vec<EnvelopeId>),
    /// Fetch these from the store, to be served.
    Load(Vec<EnvelopeId>),
    /// Admit these and store what is accepted.
    Admit(Vec<(EnvelopeId, Vec<u8>)>),
    /// The other side says it holds these durably.
    Held(Vec<EnvelopeId>),
    /// The other side holds all that these sets had when their sums were as said here, but for some ids.
    InStep {
        /// The sets.
        sets: Vec<(SetName, Sum)>,
        /// What it does not hold of them.
        lacking: Vec<EnvelopeId>,
    },
    /// So many envelopes have come, of so many known to be missing here.
    Progress {
        /// Arrived and admitted or refused.
        received: u64,
        /// Known so far; grows while the comparison goes on.
        of: u64,
    },
    /// The session is over once what is to be sent is sent.
    Finished {
        /// Whether everything that differed was compared; if not, another session goes on from here.
        complete: bool,
    },
}

/// A set of this side, before it is known whether it differs.
#[derive(Debug)]
struct Own {
    name: SetName,
    /// Of the true ids.
    sum: Sum,
    /// In a salted session, the set and what it shows.
    salted: Option<(Arc<Prepared>, Salted)>,
}

impl Own {
    fn shown(&self) -> (SetName, Sum) {
        (self.name, self.salted.as_ref().map_or(self.sum, |(_, salted)| salted.shown.sum()))
    }
}

/// What a phase comes to.
#[derive(Debug)]
pub(crate) struct Ending {
    /// The sets of which the other side holds all this one had, but for what is lacking.
    pub(crate) in_step: Vec<(SetName, Sum)>,
    pub(crate) lacking: Vec<EnvelopeId>,
    /// Whether both sides compared everything and named all they lack.
    pub(crate) whole: bool,
    /// How many envelopes have come in this session.
    pub(crate) received: u64,
}

/// What both sides agreed on by their hellos.
#[derive(Clone, Copy, Debug)]
struct Agreed {
    content: bool,
    since: Month,
    salt: Option<Salt>,
}

/// Where a session stands.
#[derive(Debug)]
enum State {
    /// The other side's hello has not come.
    Greeting,
    /// The question for this side's sums is open.
    Summing,
    /// The question for the sets behind these sums is open, to salt them.
    Salting(Vec<(SetName, Sum)>),
    /// This side's sums are sent, the other side's have not come.
    Comparing(Vec<Own>),
    /// The question for the sets that differ and that this side has is open.
    Preparing { own: Vec<Own>, plan: Plan },
    /// The difference is being found and sent.
    Exchanging(Box<Exchange>),
    /// All is said, or something went wrong.
    Over,
}

/// One session.
#[derive(Debug)]
pub struct Session {
    terms: Terms,
    agreed: Agreed,
    /// Whether the phase is that of control, or that of content.
    control: bool,
    /// Envelopes that came in the phases that are over.
    received: u64,
    state: State,
}

fn lookup(own: &[Own], name: SetName) -> Option<&Own> {
    own.binary_search_by_key(&name, |own| own.name).ok().and_then(|place| own.get(place))
}

impl Session {
    /// Begins a session, with what is to be done first.
    pub fn start(terms: Terms) -> (Session, Vec<Output>) {
        let agreed = Agreed { content: false, since: terms.since, salt: None };
        let session = Session { terms, agreed, control: true, received: 0, state: State::Greeting };
        let first = match terms.role {
            Role::Initiator => vec![Output::Send(session.hello())],
            Role::Responder => Vec::new(),
        };
        (session, first)
    }

    /// Takes one step.
    ///
    /// # Errors
    /// [`SyncError`]; the session is over then, and the peer to be disconnected unless it is
    /// [`SyncError::Misuse`].
    pub fn handle(&mut self, input: Input) -> Result<Vec<Output>, SyncError> {
        let mut out = Vec::new();
        match self.step(input, &mut out) {
            Ok(()) => Ok(out),
            Err(error) => {
                self.state = State::Over;
                Err(error)
            }
        }
    }

    fn step(&mut self, input: Input, out: &mut Vec<Output>) -> Result<(), SyncError> {
        match (input, std::mem::replace(&mut self.state, State::Over)) {
            (Input::Message(Message::Hello(hello)), State::Greeting) => self.greeted(&hello, out),
            (Input::Sums(sums), State::Summing) => self.summed(sums, out),
            (Input::Sets(sets), State::Salting(sums)) => self.salted(sums, sets, out),
            (Input::Message(Message::Sums(theirs)), State::Comparing(own)) => self.compare(own, theirs, out),
            (Input::Sets(sets), State::Preparing { own, plan }) => self.prepared(own, plan, sets, out),
            (input, State::Exchanging(mut exchange)) => {
                exchange.handle(input, out)?;
                if exchange.over() {
                    self.end_phase(exchange.end(), out)
                } else {
                    self.state = State::Exchanging(exchange);
                    Ok(())
                }
            }
            (Input::Message(message), State::Summing | State::Salting(_) | State::Preparing { .. }) => {
                Err(SyncError::Misuse(message.name()))
            }
            (Input::Message(message), _) => Err(SyncError::OutOfPhase(message.name())),
            _ => Err(SyncError::Misuse("an answer without a question")),
        }
    }

    fn hello(&self) -> Message {
        let Terms { scope, since, nonce, salted, .. } = self.terms;
        Message::Hello(Hello { version: VERSION, scope, since, nonce, salted })
    }

    fn greeted(&mut self, theirs: &Hello, out: &mut Vec<Output>) -> Result<(), SyncError> {
        if theirs.version != VERSION {
            return Err(SyncError::Version(theirs.version));
        }
        let salt = match self.terms.role {
            Role::Initiator => Salt::new(self.terms.nonce, theirs.nonce),
            Role::Responder => Salt::new(theirs.nonce, self.terms.nonce),
        };
        self.agreed = Agreed {
            content: self.terms.scope == Scope::All && theirs.scope == Scope::All,
            since: self.terms.since.max(theirs.since),
            salt: (self.terms.salted || theirs.salted).then_some(salt),
        };
        if self.terms.role == Role::Responder {
            out.push(Output::Send(self.hello()));
        }
        self.begin_phase(out)
    }

    fn begin_phase(&mut self, out: &mut Vec<Output>) -> Result<(), SyncError> {
        if self.terms.scope == Scope::Nothing {
            return self.summed(Vec::new(), out);
        }
        out.push(Output::Sums((!self.control).then_some(self.agreed.since)));
        self.state = State::Summing;
        Ok(())
    }

    fn summed(&mut self, mut sums: Vec<(SetName, Sum)>, out: &mut Vec<Output>) -> Result<(), SyncError> {
        sums.retain(|(_, sum)| sum.count > 0);
        sums.sort_unstable_by_key(|(name, _)| *name);
        self.check(&sums).map_err(|_| SyncError::Misuse("sums of other sets"))?;
        if self.agreed.salt.is_some() && !sums.is_empty() {
            out.push(Output::Sets(sums.iter().map(|(name, _)| *name).collect()));
            self.state = State::Salting(sums);
            return Ok(());
        }
        let own = sums.into_iter().map(|(name, sum)| Own { name, sum, salted: None }).collect();
        self.show(own, out);
        Ok(())
    }

    fn salted(
        &mut self,
        sums: Vec<(SetName, Sum)>,
        sets: Vec<Arc<Prepared>>,
        out: &mut Vec<Output>,
    ) -> Result<(), SyncError> {
        let salt = self.agreed.salt.ok_or(SyncError::Misuse("sets without a salt"))?;
        if sets.len() != sums.len() {
            return Err(SyncError::Misuse("other sets than asked for"));
        }
        let own = sums.into_iter().zip(sets).map(|((name, _), set)| {
            let salted = Salted::new(&set, &salt);
            Own { name, sum: set.sum(), salted: Some((set, salted)) }
        });
        let own = own.filter(|own| own.sum.count > 0).collect();
        self.show(own, out);
        Ok(())
    }

    fn show(&mut self, own: Vec<Own>, out: &mut Vec<Output>) {
        out.push(Output::Send(Message::Sums(own.iter().map(Own::shown).collect())));
        self.state = State::Comparing(own);
    }

    /// Sums must be of the sets of this phase, in order, each of a set that has anything in it.
    fn check(&self, sums: &[(SetName, Sum)]) -> Result<(), SyncError> {
        let fits = |name: &SetName| match name {
            SetName::Control => self.control,
            SetName::Month(month) => !self.control && *month >= self.agreed.since,
        };
        if sums.len() > limits::SYNC_MONTHS {
            Err(SyncError::TooMuch("months in a session"))
        } else if sums.iter().all(|(name, sum)| fits(name) && sum.count > 0)
            && sums.is_sorted_by(|(a, _), (b, _)| a < b)
        {
            Ok(())
        } else {
            Err(SyncError::Contradiction("its sets"))
        }
    }

    fn compare(
        &mut self,
        own: Vec<Own>,
        theirs: Vec<(SetName, Sum)>,
        out: &mut Vec<Output>,
    ) -> Result<(), SyncError> {
        self.check(&theirs)?;
        let ours: Vec<_> = own.iter().map(Own::shown).collect();
        let plan = Plan::new(&ours, &theirs);
        if plan.differing.len() > limits::SYNC_MONTHS {
            return Err(SyncError::TooMuch("months in a session"));
        }
        let ask: Vec<_> =
            plan.differing.iter().filter(|name| lookup(&own, **name).is_some()).copied().collect();
        if ask.is_empty() || self.agreed.salt.is_some() {
            return self.prepared(own, plan, Vec::new(), out);
        }
        out.push(Output::Sets(ask));
        self.state = State::Preparing { own, plan };
        Ok(())
    }

    fn prepared(
        &mut self,
        mut own: Vec<Own>,
        plan: Plan,
        sets: Vec<Arc<Prepared>>,
        out: &mut Vec<Output>,
    ) -> Result<(), SyncError> {
        let equal = plan.equal.iter().filter_map(|name| Some((*name, lookup(&own, *name)?.sum))).collect();
        if plan.differing.is_empty() {
            return self.end_phase(
                Ending { in_step: equal, lacking: Vec::new(), whole: true, received: self.received },
                out,
            );
        }
        let mut sets = sets.into_iter();
        let nothing = Arc::new(Prepared::new([]));
        let mut differing = Vec::with_capacity(plan.differing.len());
        for name in plan.differing {
            let place = own.binary_search_by_key(&name, |own| own.name).ok();
            let own = place.and_then(|place| own.get_mut(place));
            let (set, salted) = match own {
                Some(Own { salted: Some(_), .. }) => {
                    own.and_then(|own| own.salted.take()).map(|(set, salted)| (set, Some(salted)))
                }
                Some(_) => sets.next().map(|set| (set, None)),
                None => Some((Arc::clone(&nothing), None)),
            }
            .ok_or(SyncError::Misuse("fewer sets than asked for"))?;
            differing.push(Compared { name, set, salted });
        }
        let (salt, method, received) = (self.agreed.salt, plan.method, self.received);
        let exchange = Exchange::begin(&self.terms, salt, differing, equal, method, received, out)?;
        self.state = State::Exchanging(Box::new(exchange));
        Ok(())
    }

    fn end_phase(&mut self, ending: Ending, out: &mut Vec<Output>) -> Result<(), SyncError> {
        self.received = ending.received;
        if !ending.in_step.is_empty() {
            out.push(Output::InStep { sets: ending.in_step, lacking: ending.lacking });
        }
        if self.control && self.agreed.content && ending.whole {
            self.control = false;
            return self.begin_phase(out);
        }
        out.push(Output::Finished { complete: ending.whole });
        self.state = State::Over;
        Ok(())
    }
}
