//! How much one member writes in an hour, and what a node makes of more: a matter of manners, never of validity.
//!
//! Everything that goes through the door is held and reconciled, so the sets of all nodes stay the same. Beyond
//! [`SHOWN`] posts in an hour of the writer's clock the rest are marked, so that screens fold them; beyond [`PASSED_ON`]
//! entries in an hour of this node's clock, gossip of that member is not passed on, and comes by reconciliation, some minutes
//! later. The person's own node refuses, kindly, before any of this.

use std::collections::{BTreeMap, HashMap};

use kith_protocol::admit::Verified;
use kith_protocol::body::Body;
use kith_protocol::id::{LogId, MemberKey};
use kith_protocol::time::{Hour, Millis};

use super::CellError;
use super::engine::Engine;
use super::views::count;
use crate::store::{Held, Store};

/// Posts, replies and changes of one log that are shown of an hour. The rest are folded. As many as a node lets its own
/// person write, unless they set it otherwise.
pub(crate) const SHOWN: u32 = 120;
/// Entries of one member that are passed on by gossip in an hour. The rest come by reconciliation.
const PASSED_ON: u32 = 600;
/// Invites, promotions, demotions, amendments and words about duty that a node lets its person write in an hour.
const ACTS: u32 = 60;
/// Hours of logs in which too much was written that are remembered. Of more, the earliest are forgotten, and shown.
const CROWDED: usize = 4096;
/// Entries looked at for what this person wrote before a restart.
const RECALLED: usize = 2 * SHOWN as usize;
const NOTE: &str = "crowded";

/// One log, and an hour of its writer's clock.
type LogHour = (Hour, MemberKey, LogId);

/// What was counted.
#[derive(Default)]
pub(super) struct Pace {
    /// Of each log the newest hour met, and how much was written in it.
    written: HashMap<(MemberKey, LogId), (Hour, u32)>,
    /// Where in such an hour it became too much.
    crowded: BTreeMap<LogHour, u64>,
    /// Of each member what was passed on in the hour that runs.
    passed: HashMap<MemberKey, u32>,
    /// The hour that runs.
    hour: Hour,
    /// What this person wrote and did in the hour that runs.
    own: Own,
}

#[derive(Default)]
struct Own {
    hour: Hour,
    texts: u32,
    acts: u32,
}

impl Pace {
    /// Reads what was noted.
    pub(super) fn of(store: &dyn Store) -> Result<Pace, CellError> {
        let noted = store.note(NOTE)?;
        let listed: Vec<(LogHour, u64)> =
            noted.and_then(|bytes| minicbor::decode(&bytes).ok()).unwrap_or_default();
        Ok(Pace { crowded: listed.into_iter().collect(), ..Pace::default() })
    }

    /// Whether an entry is beyond what is shown of its hour.
    pub(super) fn is_much(&self, member: &MemberKey, log: &LogId, hour: Hour, seq: u64) -> bool {
        self.crowded.get(&(hour, *member, *log)).is_some_and(|from| seq >= *from)
    }

    /// Counts one in. Says whether that made an hour crowded.
    fn count(&mut self, member: MemberKey, log: LogId, hour: Hour, seq: u64) -> bool {
        let (newest, count) = self.written.entry((member, log)).or_insert((hour, 0));
        if hour < *newest {
            return false; // Of hours gone by nothing is counted: what comes late was not all written at once.
        }
        if hour > *newest {
            (*newest, *count) = (hour, 0);
        }
        *count = count.saturating_add(1);
        if *count <= SHOWN || self.crowded.contains_key(&(hour, member, log)) {
            return false;
        }
        self.crowded.insert((hour, member, log), seq);
        while self.crowded.len() > CROWDED {
            self.crowded.pop_first();
        }
        true
    }

    /// Whether one more of a member is to be passed on.
    pub(super) fn passes(&mut self, member: MemberKey, now: Millis) -> bool {
        if self.hour != now.hour() {
            self.hour = now.hour();
            self.passed.clear();
        }
        let passed = self.passed.entry(member).or_default();
        *passed = passed.saturating_add(1);
        *passed <= PASSED_ON
    }

    fn own(&mut self, now: Millis) -> &mut Own {
        if self.own.hour != now.hour() {
            self.own = Own { hour: now.hour(), texts: 0, acts: 0 };
        }
        &mut self.own
    }
}

impl Engine {
    /// Counts content that was let in.
    pub(super) fn keep_count(&mut self, verified: &Verified) {
        let entry = verified.entry();
        if !is_text(&entry.body) {
            return;
        }
        let hour = verified.envelope().header().hour;
        if self.pace.count(*verified.author(), entry.log, hour, entry.seq) {
            let listed: Vec<(LogHour, u64)> =
                self.pace.crowded.iter().map(|(hour, seq)| (*hour, *seq)).collect();
            self.staged.note(NOTE, minicbor::to_vec(&listed).unwrap_or_default());
        }
    }

    /// Counts what this person wrote in the hour that runs before the cell was opened: everything of theirs, as nobody has
    /// to know exactly.
    pub(super) fn recall_pace(&mut self) -> Result<(), CellError> {
        let (now, me) = (self.now(), self.me().author());
        let latest = self.store.timeline(None, RECALLED)?;
        let mine =
            |held: &&Held| held.hour == now.hour() && held.placed.as_ref().is_some_and(|at| at.author == me);
        self.pace.own(now).texts = count(latest.iter().filter(mine).count());
        Ok(())
    }

    /// Refuses what would be too much of this person in one hour. What protects or ends something is never too much.
    pub(super) fn is_in_measure(&mut self, body: &Body) -> Result<(), CellError> {
        let (now, most) = (self.now(), self.posts_an_hour);
        let own = self.pace.own(now);
        let much = (is_text(body) && own.texts >= most) || (is_act(body) && own.acts >= ACTS);
        if much { Err(CellError::TooMuch(now.hour().after())) } else { Ok(()) }
    }

    /// Counts what this person wrote.
    pub(super) fn was_written(&mut self, text: bool, act: bool) {
        let now = self.now();
        let own = self.pace.own(now);
        own.texts = own.texts.saturating_add(u32::from(text));
        own.acts = own.acts.saturating_add(u32::from(act));
    }
}

/// What people say.
pub(super) fn is_text(body: &Body) -> bool {
    matches!(
        body,
        Body::Post(_)
            | Body::Reply(_)
            | Body::Edit(_)
            | Body::ProposeNotes(_)
            | Body::Item(_)
            | Body::CheckItem(_)
            | Body::Helped(_)
            | Body::Circle(_)
            | Body::Event(_)
            | Body::EventChange(_)
            | Body::CheckIn(_)
            | Body::Milestone(_)
            | Body::Intro(_)
    )
}

/// What a runaway script could flood a group's record with.
pub(super) fn is_act(body: &Body) -> bool {
    matches!(body, Body::Invite(_) | Body::Promote(_) | Body::Demote(_) | Body::Amend(_) | Body::Duty(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: MemberKey = MemberKey([1; 32]);
    const LOG: LogId = LogId([2; 8]);
    const HOUR: u64 = 3_600_000;

    #[test]
    fn what_is_beyond_an_hours_measure_is_marked_and_the_next_hour_begins_anew() {
        let mut pace = Pace::default();
        let many = u64::from(SHOWN);
        for seq in 0..many + 5 {
            assert_eq!(pace.count(ANA, LOG, Hour(7), seq), seq == many, "{seq}");
        }
        assert!(!pace.is_much(&ANA, &LOG, Hour(7), many - 1));
        assert!(pace.is_much(&ANA, &LOG, Hour(7), many) && pace.is_much(&ANA, &LOG, Hour(7), many + 4));
        assert!(!pace.count(ANA, LOG, Hour(8), many + 5));
        assert!(!pace.is_much(&ANA, &LOG, Hour(8), many + 5));
        assert!(!pace.is_much(&MemberKey([3; 32]), &LOG, Hour(7), many));
    }

    #[test]
    fn whoever_floods_is_not_passed_on_for_the_rest_of_the_hour_and_others_are() {
        let mut pace = Pace::default();
        let now = Millis(9 * HOUR);
        assert!((0..PASSED_ON).all(|_| pace.passes(ANA, now)));
        assert!(!pace.passes(ANA, now) && !pace.passes(ANA, now));
        assert!(pace.passes(MemberKey([3; 32]), now));
        assert!(pace.passes(ANA, Millis(10 * HOUR)));
    }
}
