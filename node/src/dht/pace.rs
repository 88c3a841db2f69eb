//! When something is left in the DHT, and when it is looked for. Pure: the time and chance come in.

use std::ops::Range;

use kith_protocol::time::Millis;

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// What has changed is left after this long: addresses come in bursts, and two groups of one person must not leave theirs
/// in one moment.
const SOON: Range<u64> = 15 * SECOND..3 * MINUTE;
/// What has not is left again after this long: servers forget after two days, and when they are restarted.
const AGAIN: Range<u64> = 9 * HOUR..15 * HOUR;
/// What nobody took is left again after this long, doubled each time up to the longest.
const TRY_LEAST: u64 = 2 * MINUTE;
const TRY_MOST: u64 = HOUR;
/// Whoever is alone looks for others after this long, and then with pauses that double up to the longest.
const ALONE: Range<u64> = 50 * SECOND..80 * SECOND;
const PAUSE_LEAST: u64 = MINUTE;
const PAUSE_MOST: u64 = 30 * MINUTE;

/// When something is to be left.
#[derive(Debug, Default)]
pub(crate) struct Leaving<T> {
    what: Option<T>,
    at: Millis,
    failures: u32,
}

impl<T: PartialEq> Leaving<T> {
    /// Whether this is to be left now. `chance`, 0 to 1, spreads the moments.
    pub fn is_due(&mut self, what: T, now: Millis, chance: f64) -> bool {
        if self.what.as_ref() != Some(&what) {
            let soon = now.plus(within(SOON, chance));
            self.at = if self.what.is_none() { soon } else { soon.min(self.at) };
            self.what = Some(what);
            self.failures = 0;
        }
        // A clock that was put back must not keep it from being left for long.
        self.at = self.at.min(now.plus(AGAIN.end));
        self.at <= now
    }

    /// It was left, or nobody took it.
    pub fn was_left(&mut self, taken: bool, now: Millis, chance: f64) {
        let pause = if taken {
            self.failures = 0;
            within(AGAIN, chance)
        } else {
            doubled(TRY_LEAST, TRY_MOST, &mut self.failures, chance)
        };
        self.at = now.plus(pause);
    }
}

/// When others are to be looked for.
#[derive(Debug, Default)]
pub(crate) struct Looking {
    at: Option<Millis>,
    failures: u32,
}

impl Looking {
    /// Whether to look now, by somebody who is alone or not. If so, the next time is after a pause.
    pub fn is_due(&mut self, alone: bool, now: Millis, chance: f64) -> bool {
        if !alone {
            *self = Looking::default();
            return false;
        }
        let at = *self.at.get_or_insert(now.plus(within(ALONE, chance)));
        if at > now && at.since(now) <= 2 * PAUSE_MOST {
            return false;
        }
        self.at = Some(now.plus(doubled(PAUSE_LEAST, PAUSE_MOST, &mut self.failures, chance)));
        true
    }
}

/// A pause that is longer each time, give or take a quarter.
fn doubled(least: u64, most: u64, times: &mut u32, chance: f64) -> u64 {
    let pause = least.saturating_mul(1 << (*times).min(16)).min(most);
    *times = times.saturating_add(1);
    within(pause * 3 / 4..pause * 5 / 4, chance)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
fn within(span: Range<u64>, chance: f64) -> u64 {
    let width = span.end.saturating_sub(span.start);
    span.start.saturating_add((width as f64 * chance.clamp(0.0, 1.0)) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_795_305_600_000);

    fn after(ms: u64) -> Millis {
        NOW.plus(ms)
    }

    #[test]
    fn what_is_new_is_left_soon_and_then_twice_a_day() {
        let mut leaving = Leaving::default();
        assert!(!leaving.is_due("here", NOW, 0.5));
        assert!(!leaving.is_due("here", after(SOON.start), 0.0), "the moment was drawn before");
        assert!(leaving.is_due("here", after(SOON.end), 0.0));
        let now = after(SOON.end);
        leaving.was_left(true, now, 0.0);
        assert!(!leaving.is_due("here", now.plus(AGAIN.start - 1), 0.0));
        assert!(leaving.is_due("here", now.plus(AGAIN.start), 0.0));
        leaving.was_left(true, now, 1.0);
        assert!(!leaving.is_due("there", now, 0.0));
        assert!(leaving.is_due("there", now.plus(SOON.start), 0.0));
    }

    #[test]
    fn a_burst_of_changes_is_left_once_and_not_put_off() {
        let mut leaving = Leaving::default();
        for second in 0..=SOON.start / SECOND {
            let due = leaving.is_due(second, after(second * SECOND), 0.0);
            assert_eq!(due, second * SECOND == SOON.start, "{second}");
        }
    }

    #[test]
    fn what_nobody_took_is_tried_ever_more_rarely() {
        let mut leaving = Leaving::default();
        leaving.is_due("here", NOW, 0.0);
        let mut pauses = Vec::new();
        for _ in 0..12 {
            leaving.was_left(false, NOW, 0.5);
            pauses.push(leaving.at.since(NOW));
        }
        assert_eq!(pauses[..3], [TRY_LEAST, 2 * TRY_LEAST, 4 * TRY_LEAST]);
        assert_eq!(pauses[11], TRY_MOST);
    }

    #[test]
    fn a_clock_that_was_put_back_does_not_end_it() {
        let (mut leaving, mut looking) = (Leaving::default(), Looking::default());
        leaving.is_due("here", after(1000 * HOUR), 0.0);
        looking.is_due(true, after(1000 * HOUR), 0.0);
        assert!(looking.is_due(true, NOW, 0.0));
        assert!(!leaving.is_due("here", NOW, 0.0) && leaving.is_due("here", after(AGAIN.end), 0.0));
    }

    #[test]
    fn who_is_alone_looks_and_who_is_not_does_not() {
        let mut looking = Looking::default();
        assert!(!looking.is_due(false, NOW, 0.0));
        assert!(!looking.is_due(true, NOW, 0.0));
        assert!(!looking.is_due(true, after(ALONE.start - 1), 0.0));
        let mut now = after(ALONE.start);
        let mut pauses = Vec::new();
        for _ in 0..10 {
            assert!(looking.is_due(true, now, 0.5));
            assert!(!looking.is_due(true, now, 0.5), "once");
            pauses.push(looking.at.unwrap().since(now));
            now = looking.at.unwrap();
        }
        assert_eq!(pauses[..3], [PAUSE_LEAST, 2 * PAUSE_LEAST, 4 * PAUSE_LEAST]);
        assert_eq!(pauses[9], PAUSE_MOST);
        assert!(!looking.is_due(false, now, 0.0));
        assert!(!looking.is_due(true, now, 0.0), "it begins anew");
    }
}
