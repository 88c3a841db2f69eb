//! Signs that facilitators are there: this node's own, and how long ago any was heard of.
//!
//! Whoever has seen no sign for long may be out of date: something may have been decided that does not reach them.
//! All of this goes by claimed times and this device's clock; it decides what is said to people, and never who may
//! do what.

use kith_protocol::body::{Body, Pulse, Role};
use kith_protocol::group::{Group, Standing};
use kith_protocol::time::Millis;

use super::CellError;
use super::engine::Engine;

/// A facilitator's node that has written nothing else gives a sign this often, in milliseconds.
const PULSE_EVERY: u64 = 7 * 24 * 3_600_000;
/// Facilitators count as silent after this long, in milliseconds.
const SILENT_AFTER: u64 = 14 * 24 * 3_600_000;

impl Engine {
    /// Gives a sign that this facilitator's node is there, if none was given for a week, or if members elected
    /// somebody as though nobody were. That one knows nothing of the election: the elected is a helper by it, whom
    /// facilitators can promote.
    pub(super) fn give_sign(&mut self, now: Millis) -> Result<(), CellError> {
        let (me, group) = (self.me(), self.group()?);
        let facilitates = |group: &Group| {
            let member = group.member(&me);
            member.is_some_and(|me| me.standing == Standing::Member && me.role == Role::Seat)
        };
        if !facilitates(group) {
            return Ok(());
        }
        if let Some(cite) = group.objection(&me) {
            return self.write_citing(Body::Pulse(Pulse {}), cite);
        }
        let last = group.last_wrote(&me).unwrap_or(Millis(0));
        if now.since(last) >= PULSE_EVERY {
            self.write(Body::Pulse(Pulse {}))?;
        }
        Ok(())
    }

    /// When a facilitator was last heard of, if that is not long ago.
    pub(crate) fn facilitators_heard(&self) -> Option<Millis> {
        let heard = self.group.as_ref()?.heard(None)?;
        (self.now().since(heard) < SILENT_AFTER).then_some(heard)
    }

    /// Whether things may have changed unseen.
    pub(super) fn out_of_date(&self) -> bool {
        self.settled() && self.facilitators_heard().is_none()
    }

    /// How many members are facilitators now.
    pub(super) fn facilitators(&self) -> usize {
        let members = self.group.iter().flat_map(|group| group.members());
        members.filter(|one| one.standing == Standing::Member && one.role == Role::Seat).count()
    }

    /// Whether nobody is one.
    pub(super) fn leaderless(&self) -> bool {
        self.settled() && self.facilitators() == 0
    }
}
