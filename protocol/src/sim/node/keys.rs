//! Which epoch a node sends under, and whom it gives keys.

use super::Node;
use crate::body::{Body, NeedKey};
use crate::epoch::{Answer, Choice, EpochKey, EpochKeys, Timing};

/// Mints and wraps that may have to go before an entry; more, and something is wrong.
const PREPARATIONS: usize = 8;

impl Node {
    /// What the keyring says to send under.
    pub fn best(&self) -> Choice {
        self.group.as_ref().map_or(Choice::Ask, |group| self.ring.best(group, &self.key()))
    }

    /// Makes sure there is an epoch to send under that everybody has: wraps, or mints. None if that cannot be.
    pub fn ready(&mut self) -> Option<EpochKeys> {
        for _ in 0..PREPARATIONS {
            match self.best() {
                Choice::Send { epoch, wrap_to } if wrap_to.is_empty() => {
                    return self.ring.keys(&epoch).cloned();
                }
                Choice::Send { epoch, wrap_to } => {
                    let wrapped = self.ring.wrap(&epoch, &wrap_to, &mut self.dice);
                    let (body, clear) = wrapped.expect("room for all").expect("some of them have keys");
                    let keys = self.ring.keys(&epoch).cloned()?;
                    let entry = self.entry(Body::Wrap(body));
                    self.write(entry, &keys, Some(clear)).expect("a wrap of one's own");
                }
                Choice::Mint(_) => self.mint(),
                Choice::Ask | Choice::Out => return None,
            }
        }
        panic!("{}: minted and wrapped without end", self.name);
    }

    /// Wraps the epoch that is sent under for those who lack it; begins none.
    pub(crate) fn ready_unless_mint(&mut self) {
        if matches!(self.best(), Choice::Send { .. }) {
            self.ready();
        }
    }

    /// Begins the epoch that the keyring asks for. Stops if it asks for none.
    pub fn mint(&mut self) {
        let Choice::Mint(plan) = self.best() else { panic!("{}: nothing to mint", self.name) };
        let key = EpochKey::generate(&mut self.dice);
        self.ring.keep(key.clone());
        let minted = self.ring.mint(&plan, key, &mut self.dice).expect("a plan that can be carried out");
        let entry = self.entry_citing(Body::Mint(minted.body), plan.cite);
        self.write(entry, &minted.keys, Some(minted.clear)).expect("a mint of one's own");
        self.mints += 1;
    }

    /// Calls for the keys this node is owed. False if there are none, or it cannot see yet that it is in: such a one asks
    /// to be welcomed again.
    pub fn call_for_keys(&mut self) -> bool {
        let Some(group) = self.group.as_ref().filter(|_| !self.waits()) else { return false };
        let epochs = self.ring.need(group, &self.key(), self.now);
        let seal = self.secrets.seal(&self.log).key();
        !epochs.is_empty() && self.say(Body::NeedKey(NeedKey { epochs, seal })).is_some()
    }

    /// Calls for keys, or asks somebody it is connected with to welcome it again. Whether there was need.
    pub fn asks(&mut self, other: &mut Node) -> bool {
        let Some(group) = &self.group else { return false };
        let needs = !self.ring.need(group, &self.key(), self.now).is_empty();
        match self.waits() {
            true => {
                needs && other.group.is_some() && other.welcome_again(&self.key(), self.opening.as_deref())
            }
            false => self.call_for_keys(),
        }
    }

    /// Answers the calls it can, and says how many.
    pub fn answer(&mut self) -> usize {
        let Some(group) = &self.group else { return 0 };
        let answers = self.ring.answers(group, &self.key());
        self.give(&answers);
        answers.len()
    }

    /// Wraps epochs for people.
    pub(super) fn give(&mut self, answers: &[Answer]) {
        let Some(keys) = (!answers.is_empty()).then(|| self.ready()).flatten() else { return };
        for answer in answers {
            let wrapped = self.ring.wrap(&answer.epoch, &answer.wrap_to, &mut self.dice);
            let (body, clear) = wrapped.expect("room for all").expect("some of them have keys");
            let entry = self.entry(Body::Wrap(body));
            self.write(entry, &keys, Some(clear)).expect("a wrap of one's own");
        }
    }

    /// What a node does when it has nothing to say: it wraps for members who lack the key, and a facilitator's
    /// mints where there is need. Whether it did.
    pub fn tend(&mut self) -> bool {
        let due = match self.best() {
            Choice::Send { wrap_to, .. } => !wrap_to.is_empty(),
            Choice::Mint(_) => self.ring.should_mint(self.group(), &self.key()) != Timing::OnlyToSend,
            Choice::Ask | Choice::Out => false,
        };
        due && self.ready().is_some()
    }
}
