//! Whether this device's clock can be right, by what the clocks of others say.
//!
//! Nobody's clock decides anything in the group; but an entry dated far ahead is put aside by everybody else
//! until its time has come, so the person has to know.

use std::collections::BTreeMap;

use kith_protocol::id::MemberKey;
use kith_protocol::limits;
use kith_protocol::time::Millis;

/// How far two clocks may differ without anybody being told: milliseconds.
const APART: u64 = limits::HOURS_AHEAD as u64 * 3_600_000;

/// What others' clocks said, in milliseconds by which this one is ahead (or behind) of theirs.
#[derive(Default)]
pub(super) struct Clocks(BTreeMap<MemberKey, i64>);

impl Clocks {
    /// Takes note of another's clock. Says whether that changes the verdict.
    pub(super) fn saw(&mut self, member: MemberKey, theirs: Millis, mine: Millis) -> bool {
        let before = (self.off(), self.ahead());
        let ahead = i64::try_from(mine.since(theirs)).unwrap_or(i64::MAX);
        let behind = i64::try_from(theirs.since(mine)).unwrap_or(i64::MAX);
        self.0.insert(member, ahead.saturating_sub(behind));
        before != (self.off(), self.ahead())
    }

    /// Whether at least half of the others disagree with this clock.
    pub(super) fn off(&self) -> bool {
        let apart = self.0.values().filter(|ahead| ahead.unsigned_abs() > APART).count();
        apart > 0 && apart.saturating_mul(2) >= self.0.len()
    }

    /// Whether this clock is so far ahead that others would put aside what is written now.
    pub(super) fn ahead(&self) -> bool {
        let ahead = self.0.values().filter(|ahead| **ahead > 0 && ahead.unsigned_abs() > APART).count();
        self.off() && ahead.saturating_mul(2) >= self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR: u64 = 365 * 24 * 3_600_000;

    #[test]
    fn one_wrong_clock_among_several_is_not_mine() {
        let mut clocks = Clocks::default();
        assert!(!clocks.saw(MemberKey([1; 32]), Millis(YEAR), Millis(YEAR)));
        clocks.saw(MemberKey([2; 32]), Millis(YEAR + 1000), Millis(YEAR));
        clocks.saw(MemberKey([3; 32]), Millis(2 * YEAR), Millis(YEAR));
        assert!(!clocks.off());
    }

    #[test]
    fn a_clock_that_most_disagree_with_is_off_until_they_agree() {
        let mut clocks = Clocks::default();
        assert!(clocks.saw(MemberKey([1; 32]), Millis(YEAR), Millis(2 * YEAR)));
        assert!(clocks.off() && clocks.ahead());
        clocks.saw(MemberKey([1; 32]), Millis(3 * YEAR), Millis(2 * YEAR));
        assert!(clocks.off() && !clocks.ahead());
        assert!(clocks.saw(MemberKey([1; 32]), Millis(2 * YEAR), Millis(2 * YEAR)));
        assert!(!clocks.off());
    }
}
