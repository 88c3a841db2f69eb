//! One phase of a session in which something differs: the comparison, both transfers, and their end.

use crate::id::EnvelopeId;
use crate::limits;
use crate::sync::SyncError;
use crate::sync::compare::{Compared, Found, Initiating, Method, Responding};
use crate::sync::message::{Ids, Message};
use crate::sync::session::{Ending, Input, Output, Role, Terms};
use crate::sync::set::{Salt, SetName, Sum};
use crate::sync::transfer::{Pull, Serve};

/// Ids in one offer.
const OFFER: usize = 8192;

#[derive(Debug)]
enum Side {
    Initiator(Initiating),
    Responder(Responding),
}

/// What is under way between two sums that differ and two sets that do not.
#[derive(Debug)]
pub(crate) struct Exchange {
    identify: fn(&[u8]) -> Option<EnvelopeId>,
    salted: bool,
    /// The newest first.
    sets: Vec<Compared>,
    /// Where the last envelope asked for was found: the next is most likely beside it.
    near: usize,
    equal: Vec<(SetName, Sum)>,
    side: Side,
    pull: Pull,
    serve: Serve,
    /// The question which of the last announced ids are wanted is open.
    asking: bool,
    /// Initiator: how many ids it may still offer.
    offers: usize,
    /// Initiator: a limit cut the comparison short.
    cut: bool,
    /// Whether this side has said that it is done, and that it named all it lacks.
    done: Option<bool>,
    /// What the other side said when it was done.
    theirs: Option<(Vec<EnvelopeId>, bool)>,
}

impl Exchange {
    pub(crate) fn begin(
        terms: &Terms,
        salt: Option<Salt>,
        sets: Vec<Compared>,
        equal: Vec<(SetName, Sum)>,
        method: Method,
        received: u64,
        out: &mut Vec<Output>,
    ) -> Result<Exchange, SyncError> {
        let (side, first, salt) = match terms.role {
            Role::Initiator => {
                let (begun, first) = Initiating::begin(method, &sets)?;
                (Side::Initiator(begun), first, salt)
            }
            Role::Responder => {
                let (begun, first) = Responding::begin(method, &sets);
                // The initiator offers true ids: the responder asks by those.
                (Side::Responder(begun), first, None)
            }
        };
        out.extend(first.map(Output::Send));
        let size = sets.iter().fold(0_usize, |size, set| size.saturating_add(set.set.len()));
        Ok(Exchange {
            identify: terms.identify,
            salted: salt.is_some(),
            sets,
            near: 0,
            equal,
            side,
            pull: Pull::new(salt, received),
            serve: Serve::new(size),
            asking: false,
            offers: limits::SYNC_IDS,
            cut: false,
            done: None,
            theirs: None,
        })
    }

    pub(crate) fn handle(&mut self, input: Input, out: &mut Vec<Output>) -> Result<(), SyncError> {
        match input {
            Input::Message(message) if self.asking => return Err(SyncError::Misuse(message.name())),
            Input::Message(message) => self.message(message, out)?,
            Input::Wanted(ids) if self.asking => {
                self.asking = false;
                self.pull.want(ids, out);
            }
            Input::Loaded { envelopes, through } => self.serve.loaded(envelopes, through, out)?,
            Input::Admitted(held) => self.pull.admitted(&held, out)?,
            _ => return Err(SyncError::Misuse("an answer without a question")),
        }
        self.finish(out);
        Ok(())
    }

    fn message(&mut self, message: Message, out: &mut Vec<Output>) -> Result<(), SyncError> {
        let name = message.name();
        if self.theirs.is_some() && !matches!(message, Message::Envelopes { .. }) {
            return Err(SyncError::OutOfPhase(name));
        }
        match (message, &mut self.side) {
            (Message::Cells { cells, sum }, Side::Initiator(side)) => {
                let found = side.cells(&cells, sum, &self.sets)?;
                self.found(found, out);
            }
            (Message::Ranges { set, step }, Side::Initiator(side)) => {
                let found = side.ranges(set, &step, &self.sets)?;
                self.found(found, out);
            }
            (Message::More, Side::Responder(side)) => out.push(Output::Send(side.more()?)),
            (Message::Ranges { set, step }, Side::Responder(side)) => {
                out.push(Output::Send(side.ranges(set, &step, &self.sets)?));
            }
            (Message::Offer { ids, last }, Side::Responder(side)) => {
                if matches!(side, Responding::Over) || (ids.0.is_empty() && !last) {
                    return Err(SyncError::OutOfPhase(name));
                }
                if ids.0.len() > self.pull.room() {
                    return Err(SyncError::TooMuch("envelopes announced"));
                }
                if last {
                    *side = Responding::Over;
                }
                self.announced(ids.0, out);
            }
            (Message::Want(ids), _) => {
                let ids: Option<Vec<_>> = ids.0.iter().map(|id| self.locate(id)).collect();
                self.serve.asked(ids.ok_or(SyncError::NotOffered)?, out)?;
            }
            (Message::Envelopes { envelopes, through }, _) => {
                self.pull.envelopes(envelopes, through, self.identify, out)?;
            }
            (Message::Held(bits), _) => self.serve.held(&bits, out)?,
            (Message::Done { lacking, whole }, _) => {
                if !self.compared() || !self.serve.idle() {
                    return Err(SyncError::OutOfPhase(name));
                }
                self.theirs = Some((lacking.0, whole));
            }
            _ => return Err(SyncError::OutOfPhase(name)),
        }
        Ok(())
    }

    /// The true id of an envelope of these sets that the other side names.
    fn locate(&mut self, id: &EnvelopeId) -> Option<EnvelopeId> {
        let (before, after) = self.sets.split_at(self.near.min(self.sets.len()));
        let places = (self.near..).zip(after).chain((0..).zip(before));
        let (place, real) = places.into_iter().find_map(|(place, set)| {
            let real = match self.side {
                // The responder is asked by the ids it showed, the initiator by those it offered.
                Side::Responder(_) => set.real(id),
                Side::Initiator(_) => set.set.contains(id).then_some(*id),
            };
            Some((place, real?))
        })?;
        self.near = place;
        Some(real)
    }

    /// Acts on what the initiator found: offers what the responder lacks, wants what this side lacks.
    fn found(&mut self, found: Found, out: &mut Vec<Output>) {
        let Found { send, mut need, mut have, over } = found;
        let full = need.len() >= self.pull.room() || have.len() >= self.offers;
        if full && !over {
            self.cut = true;
        }
        if need.len() > self.pull.room() || have.len() > self.offers {
            self.cut = true;
            need.truncate(self.pull.room());
            have.truncate(self.offers);
        }
        self.offers = self.offers.saturating_sub(have.len());
        let last = over || self.cut;
        if last {
            self.side = Side::Initiator(Initiating::Over);
        } else {
            out.extend(send.map(Output::Send));
        }
        let mut offers = have.chunks(OFFER).peekable();
        if last && offers.peek().is_none() {
            out.push(Output::Send(Message::Offer { ids: Ids::default(), last }));
        }
        while let Some(ids) = offers.next() {
            let last = last && offers.peek().is_none();
            out.push(Output::Send(Message::Offer { ids: Ids(ids.to_vec()), last }));
        }
        self.announced(need, out);
    }

    /// Takes ids the other side has and this one lacks, under the names this side asks for them by.
    fn announced(&mut self, ids: Vec<EnvelopeId>, out: &mut Vec<Output>) {
        let news = self.pull.announce(ids);
        if news.is_empty() {
            return;
        }
        if self.salted {
            // Nobody here can say whether an unknown id is wanted until the envelope has come.
            self.pull.want(news, out);
        } else {
            self.asking = true;
            out.push(Output::Wanted(news));
        }
    }

    /// Whether nothing more will be announced.
    fn compared(&self) -> bool {
        matches!(self.side, Side::Initiator(Initiating::Over) | Side::Responder(Responding::Over))
    }

    /// Says that this side is done, once it is.
    fn finish(&mut self, out: &mut Vec<Output>) {
        if self.done.is_none() && !self.asking && self.compared() && self.pull.idle() {
            let (lacking, whole) = self.pull.lacking();
            let whole = whole && !self.cut;
            self.done = Some(whole);
            out.push(Output::Send(Message::Done { lacking: Ids(lacking), whole }));
        }
    }

    /// Whether both sides are done.
    pub(crate) fn over(&self) -> bool {
        self.done.is_some() && self.theirs.is_some()
    }

    /// What it came to.
    pub(crate) fn end(self) -> Ending {
        let (named, theirs_whole) = self.theirs.unwrap_or_default();
        let whole = theirs_whole && self.done == Some(true);
        let received = self.pull.received();
        let mut ending = Ending { in_step: self.equal, lacking: Vec::new(), whole, received };
        if whole {
            let sums = self.sets.iter().map(|set| (set.name, set.set.sum()));
            ending.in_step.extend(sums.filter(|(_, sum)| sum.count > 0));
            // The initiator names what it lacks by the ids it was shown.
            let real = |id: &EnvelopeId| match self.side {
                Side::Responder(_) => self.sets.iter().find_map(|set| set.real(id)),
                Side::Initiator(_) => Some(*id),
            };
            ending.lacking = named.iter().filter_map(real).collect();
        }
        ending
    }
}
