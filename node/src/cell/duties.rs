//! What a cell does without being asked: new epochs after removals, keys for those who call for them, a new
//! log where the old one cannot go on, a shorter own log.
//!
//! Random delays keep many nodes from doing the same thing at the same moment; what somebody else has done by
//! then is not done again.

use std::collections::BTreeSet;

use kith_protocol::body::Role;
use kith_protocol::epoch::choose::{Choice, Timing};
use kith_protocol::group::Standing;
use kith_protocol::id::MemberKey;
use kith_protocol::time::{Millis, Week};
use rand::RngExt;

use super::CellError;
use super::engine::Engine;

/// A facilitator's node that merges removals nobody has minted for waits up to this long, in milliseconds.
const MINT_WITHIN: u64 = 10_000;
/// A holder answers a call for a key within this long, in milliseconds.
const ANSWER_WITHIN: u64 = 30_000;
/// The same, where no other member's node is connected that might do it as well: whoever is there for a moment only, with a
/// keeper alone, still lets in who waits there.
const ANSWER_ALONE_WITHIN: u64 = 5_000;
/// How often to look without a reason, in milliseconds: calls are repeated by the hour.
const LOOK_EVERY: u64 = 600_000;

/// When what is due.
#[derive(Default)]
pub(super) struct Duties {
    mint: Option<Millis>,
    answer: Option<Millis>,
    looked: Option<Millis>,
    /// Since when this member leaves a new epoch to a facilitator.
    gave_way: Option<Millis>,
    /// Members whose nodes are connected.
    connected: Vec<MemberKey>,
    /// The weeks whose topics the network was told.
    weeks: BTreeSet<Week>,
}

impl Engine {
    /// Looks at what is due; called once a second with the members connected now, and whether a
    /// keeper is, which is as good for what others are to have.
    pub(crate) fn look_after(&mut self, connected: &[MemberKey], kept: bool) -> Result<(), CellError> {
        let with_somebody = kept || !connected.is_empty();
        // What was not worth doing alone may be now.
        self.unlooked |= with_somebody && !self.with_somebody;
        self.with_somebody = with_somebody;
        self.duties.connected = connected.to_vec();
        let now = self.now();
        let weeks = self.weeks();
        if self.duties.weeks != weeks {
            self.duties.weeks = weeks;
            self.send_roster();
        }
        self.wish_for_small()?;
        if self.clocks.ahead() {
            return Ok(()); // What is written now would be put aside by the others.
        }
        let waiting = self.duties.mint.is_some() || self.duties.answer.is_some() || self.letters_due(now);
        let rested = self.duties.looked.is_none_or(|looked| now.since(looked) >= LOOK_EVERY);
        if !self.unlooked && !waiting && !rested {
            return Ok(());
        }
        self.unlooked = false;
        self.duties.looked = Some(now);
        if self.standing().is_none() {
            self.come_in()?;
        }
        if self.standing() != Some(Standing::Member) {
            return Ok(());
        }
        if self.own.stale() {
            self.open_log()?;
        }
        self.own.trim()?;
        self.tidy |= self.outlived()? || self.compaction_due(now)?;
        if !self.settled() {
            return Ok(());
        }
        self.give_sign(now)?;
        self.drop_needless_claims();
        self.be_steward()?;
        self.send_letters(now)?;
        if self.group()?.charter().shared_power {
            self.tell_who_is_in()?;
        }
        self.mint_if_due(now)?;
        self.call_for_keys(now)?;
        if self.with_somebody {
            self.answer_if_due(now)?;
        }
        Ok(())
    }

    /// Whether to hold back what this member writes for a moment: it takes a new epoch, and a facilitator whose node is
    /// connected is about to begin one. Not for longer than [`MINT_WITHIN`].
    pub(crate) fn gives_way(&mut self) -> bool {
        let me = self.me();
        let facilitator = |key: &MemberKey| *key != me && self.role_of(key) == Some(Role::Seat);
        let only_to_send =
            self.group.as_ref().is_some_and(|group| self.ring.should_mint(group, &me) == Timing::OnlyToSend);
        let waits = self.prepared.is_none() && only_to_send && self.duties.connected.iter().any(facilitator);
        let now = self.now();
        still(&mut self.duties.gave_way, waits, now, MINT_WITHIN)
    }

    fn mint_if_due(&mut self, now: Millis) -> Result<(), CellError> {
        let timing = self.ring.should_mint(self.group()?, &self.me());
        let due = match timing {
            Timing::Now => true,
            Timing::AfterDelay => due(&mut self.duties.mint, now, MINT_WITHIN),
            Timing::OnlyToSend | Timing::No => {
                self.duties.mint = None;
                false
            }
        };
        if due {
            self.duties.mint = None;
            self.prepare()?;
        }
        Ok(())
    }

    fn call_for_keys(&mut self, now: Millis) -> Result<(), CellError> {
        let epochs = self.ring.need(self.group()?, &self.me(), now);
        if !epochs.is_empty() {
            let seal = self.secrets.seal(&self.own.log()).key();
            let need = kith_protocol::body::NeedKey { epochs, seal };
            self.write(kith_protocol::body::Body::NeedKey(need))?;
        }
        Ok(())
    }

    fn answer_if_due(&mut self, now: Millis) -> Result<(), CellError> {
        let answers = self.ring.answers(self.group()?, &self.me());
        // Somebody let in late may lack the key that is sent under, and not know whom to ask.
        let best = self.ring.best(self.group()?, &self.me());
        let lacking = matches!(&best, Choice::Send { wrap_to, .. } if !wrap_to.is_empty());
        let within = if self.duties.connected.is_empty() { ANSWER_ALONE_WITHIN } else { ANSWER_WITHIN };
        if answers.is_empty() && !lacking {
            self.duties.answer = None;
        } else if due(&mut self.duties.answer, now, within) {
            self.duties.answer = None;
            for answer in answers {
                self.wrap(&answer.epoch, &answer.wrap_to)?;
            }
            self.prepared = None;
            self.prepare()?;
        }
        Ok(())
    }
}

/// Whether to wait on, for at most `within` since there was a reason to.
fn still(since: &mut Option<Millis>, waits: bool, now: Millis, within: u64) -> bool {
    if !waits {
        *since = None;
        return false;
    }
    now.since(*since.get_or_insert(now)) < within
}

/// Whether something put off by a random delay is due; puts it off if it was not yet.
fn due(at: &mut Option<Millis>, now: Millis, within: u64) -> bool {
    let at = *at.get_or_insert_with(|| now.plus(rand::rng().random_range(0..=within)));
    at <= now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_gives_way_once_for_as_long_as_there_is_a_reason() {
        let mut since = None;
        assert!(still(&mut since, true, Millis(5), 10));
        assert!(still(&mut since, true, Millis(14), 10));
        assert!(!still(&mut since, true, Millis(15), 10));
        assert!(!still(&mut since, true, Millis(99), 10), "and not anew for the next thing written");
        assert!(!still(&mut since, false, Millis(100), 10));
        assert!(still(&mut since, true, Millis(101), 10), "another reason is waited for");
    }
}
