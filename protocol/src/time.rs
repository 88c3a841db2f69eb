//! Time as claimed: milliseconds since the Unix epoch, and the hours, weeks and months cut from it.
//!
//! The core reads no clock; whoever calls says what time it is. Claimed time decides how things are shown
//! and bucketed, never who may do what.

use std::fmt;

use minicbor::{Decode, Encode};

/// Milliseconds in an hour.
const HOUR_MS: u64 = 3_600_000;

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Millis(#[n(0)] pub u64);

/// Whole hours since the Unix epoch: what an envelope shows of an entry's time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Hour(#[n(0)] pub u32);

/// Months since January 1970, UTC: the buckets of content sets, data keys and retention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Month(#[n(0)] pub u32);

/// Whole weeks since the Unix epoch (they begin on a Thursday): the life of a topic name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week(pub u32);

impl Millis {
    /// The hour this moment lies in; the last representable one for times beyond it.
    pub fn hour(self) -> Hour {
        Hour(u32::try_from(self.0 / HOUR_MS).unwrap_or(u32::MAX))
    }

    /// The week this moment lies in.
    pub fn week(self) -> Week {
        Week(u32::try_from(self.0 / HOUR_MS / (24 * 7)).unwrap_or(u32::MAX))
    }

    /// The weeks whose names are good now: a day before a week ends the next one's are as well, and a day after it has
    /// ended still its own.
    pub fn weeks(self) -> Vec<Week> {
        const OVERLAP: u64 = 24 * HOUR_MS;
        let mut weeks =
            vec![Millis(self.0.saturating_sub(OVERLAP)).week(), self.week(), self.plus(OVERLAP).week()];
        weeks.dedup();
        weeks
    }

    /// This moment moved by whole milliseconds, stopping at the ends of the range.
    pub fn plus(self, ms: u64) -> Millis {
        Millis(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to here, zero if it is not earlier.
    pub fn since(self, earlier: Millis) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The month this moment lies in.
    pub fn month(self) -> Month {
        self.hour().month()
    }
}

impl Hour {
    /// The moment this hour ends, and the next begins.
    pub fn after(self) -> Millis {
        Millis(u64::from(self.0).saturating_add(1).saturating_mul(HOUR_MS))
    }

    /// The month this hour lies in (proleptic Gregorian calendar, UTC).
    pub fn month(self) -> Month {
        let (year, month, _) = civil(u64::from(self.0) / 24);
        let months = year.saturating_sub(1970).saturating_mul(12).saturating_add(month).saturating_sub(1);
        Month(u32::try_from(months).unwrap_or(u32::MAX))
    }

    /// The moment it begins.
    pub fn start(self) -> Millis {
        Millis(u64::from(self.0).saturating_mul(HOUR_MS))
    }
}

impl fmt::Display for Millis {
    /// RFC 3339, UTC, to the millisecond.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0 / HOUR_MS / 24);
        let ms = self.0 % (24 * HOUR_MS);
        let (h, m, s) = (ms / HOUR_MS, ms / 60_000 % 60, ms / 1000 % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}.{:03}Z", ms % 1000)
    }
}

/// Year, month (1–12) and day of a day number counted from 1970-01-01.
///
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`, for days not negative.
#[allow(
    clippy::arithmetic_side_effects,
    reason = "bounded: days ≤ 2^64 / 86 400 000, all divisors are constants"
)]
fn civil(days: u64) -> (u64, u64, u64) {
    let z = days + 719_468;
    let era = z / 146_097;
    let doe = z % 146_097;
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn around_the_turn_of_a_week_two_are_good() {
        let turn = 2951 * 7 * 24 * HOUR_MS;
        for (hours, weeks) in [(25, &[2950][..]), (24, &[2950, 2951]), (1, &[2950, 2951])] {
            let weeks: Vec<Week> = weeks.iter().map(|week| Week(*week)).collect();
            assert_eq!(Millis(turn - hours * HOUR_MS).weeks(), weeks);
        }
        assert_eq!(Millis(turn).weeks(), [Week(2950), Week(2951)]);
        assert_eq!(Millis(turn + 24 * HOUR_MS).weeks(), [Week(2951)]);
        assert_eq!(Millis(0).weeks(), [Week(0)]);
    }

    #[test]
    fn dates_come_out_right() {
        for (ms, shown) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_391_999_999, "2026-11-22T23:59:59.999Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59.000Z"),
        ] {
            assert_eq!(Millis(ms).to_string(), shown);
        }
    }

    #[test]
    fn months_are_counted_from_1970() {
        assert_eq!(Millis(0).month(), Month(0));
        assert_eq!(Millis(1_795_391_999_999).month(), Month(56 * 12 + 10));
        assert_eq!(Millis(u64::MAX).month(), Hour(u32::MAX).month());
    }
}
