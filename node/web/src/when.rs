//! Times, as people say them: by this device's clock and zone, with the words of the page.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use crate::words::Words;

/// What is needed to say a time.
#[derive(Clone, Debug)]
pub struct Clock {
    now: Zoned,
}

/// A time, in words and for machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// As somebody here would say it.
    pub said: String,
    /// For the `datetime` of an element.
    pub machine: String,
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said)
    }
}

impl Clock {
    /// Now, in the zone of this device.
    pub fn at(now: kith_protocol::time::Millis) -> Clock {
        let moment = i64::try_from(now.0).ok().and_then(|now| Timestamp::from_millisecond(now).ok());
        Clock { now: moment.unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::system()) }
    }

    /// The name of the zone, such as `Europe/Berlin`.
    pub fn zone(&self) -> String {
        self.now.time_zone().iana_name().map_or_else(|| self.now.strftime("%:z").to_string(), str::to_owned)
    }

    /// Today.
    pub fn today(&self) -> Date {
        self.now.date()
    }

    /// A moment: `Today, 9:52`, `Yesterday, 23:14`, `Friday, 18:05` within a week, else `3 November, 18:05`.
    pub fn moment(&self, words: &Words, time: &str) -> When {
        let Ok(moment) = time.parse::<Timestamp>() else {
            return When { said: words.t("when-unknown"), machine: String::new() };
        };
        let then = moment.to_zoned(self.now.time_zone().clone());
        let said = words.t2("when-moment", "day", self.day_of(words, then.date()), "time", clock(&then));
        When { said, machine: time.to_owned() }
    }

    /// The time of a day alone: `18:05`.
    pub fn time(&self, time: &str) -> When {
        let said =
            time.parse::<Timestamp>().map(|moment| clock(&moment.to_zoned(self.now.time_zone().clone())));
        When { said: said.unwrap_or_default(), machine: time.to_owned() }
    }

    /// The day of a moment: `Today`, `Friday`, `3 November`.
    pub fn day(&self, words: &Words, time: &str) -> When {
        let date =
            time.parse::<Timestamp>().map(|moment| moment.to_zoned(self.now.time_zone().clone()).date());
        let date = date.or_else(|_| time.parse::<Date>());
        let said = date.map_or_else(|_| words.t("when-unknown"), |date| self.day_of(words, date));
        When { said, machine: time.to_owned() }
    }

    /// The day that a moment or day is here.
    pub fn date(&self, time: &str) -> Option<Date> {
        let moment = time.parse::<Timestamp>().map(|moment| moment.to_zoned(self.now.time_zone().clone()));
        moment.map(|moment| moment.date()).or_else(|_| time.parse::<Date>()).ok()
    }

    /// The time of a moment as a form has it: `18:05`.
    pub fn field(&self, time: &str) -> String {
        let moment = time.parse::<Timestamp>().map(|moment| moment.to_zoned(self.now.time_zone().clone()));
        moment.map(|moment| moment.strftime("%H:%M").to_string()).unwrap_or_default()
    }

    /// A month: `November 2026`.
    pub fn month(&self, words: &Words, of: Date) -> String {
        let month = MONTHS.get(usize::from(of.month().unsigned_abs()).saturating_sub(1));
        words.t2("when-month", "month", words.t(month.copied().unwrap_or_default()), "year", of.year())
    }

    fn day_of(&self, words: &Words, day: Date) -> String {
        let today = self.now.date();
        let away = today.until(day).map_or(i32::MAX, |span| span.get_days());
        let weekday = WEEKDAYS.get(usize::from(day.weekday().to_monday_zero_offset().unsigned_abs()));
        let month = MONTHS.get(usize::from(day.month().unsigned_abs()).saturating_sub(1));
        let (weekday, month) = (weekday.copied().unwrap_or_default(), month.copied().unwrap_or_default());
        match away {
            0 => words.t("when-today"),
            -1 => words.t("when-yesterday"),
            1 => words.t("when-tomorrow"),
            -6..=6 => words.t(weekday),
            _ if day.year() == today.year() => {
                words.t2("when-day", "day", day.day(), "month", words.t(month))
            }
            _ => words.t2(
                "when-day",
                "day",
                day.day(),
                "month",
                words.t2("when-month", "month", words.t(month), "year", day.year()),
            ),
        }
    }

    /// So many days from today, as `2026-11-28`.
    pub fn in_days(&self, days: i64) -> String {
        self.today().saturating_add(days.days()).to_string()
    }

    /// A day and a time of this device's zone (`2026-11-28`, `19:00`) as the service takes a moment.
    pub fn from_here(&self, day: &str, time: &str) -> Option<String> {
        let (day, time) = (day.parse::<Date>().ok()?, time.parse::<jiff::civil::Time>().ok()?);
        let moment = day.to_datetime(time).to_zoned(self.now.time_zone().clone()).ok()?;
        Some(moment.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
    }
}

fn clock(then: &Zoned) -> String {
    then.strftime("%-H:%M").to_string()
}

const WEEKDAYS: [&str; 7] = [
    "when-monday",
    "when-tuesday",
    "when-wednesday",
    "when-thursday",
    "when-friday",
    "when-saturday",
    "when-sunday",
];
const MONTHS: [&str; 12] = [
    "when-january",
    "when-february",
    "when-march",
    "when-april",
    "when-may",
    "when-june",
    "when-july",
    "when-august",
    "when-september",
    "when-october",
    "when-november",
    "when-december",
];

#[cfg(test)]
mod tests {
    use kith_protocol::time::Millis;

    use super::*;
    use crate::words::Library;

    /// The marks around values, which nobody sees, left out.
    fn plain(said: &str) -> String {
        said.replace(['\u{2068}', '\u{2069}'], "")
    }

    #[test]
    fn near_days_have_names_and_far_ones_dates() {
        let words = Library::read().speak(Some("en"), None);
        let noon: Timestamp = "2026-11-28T12:00:00Z".parse().unwrap();
        let clock = Clock { now: noon.to_zoned(TimeZone::UTC) };
        for (time, said) in [
            ("2026-11-28T09:52:00Z", "Today, 9:52"),
            ("2026-11-27T23:14:00Z", "Yesterday, 23:14"),
            ("2026-11-29T00:00:00Z", "Tomorrow, 0:00"),
            ("2026-11-25T18:05:00Z", "Wednesday, 18:05"),
            ("2026-11-03T18:05:00Z", "3 November, 18:05"),
            ("2025-11-03T18:05:00Z", "3 November 2025, 18:05"),
            ("never", "At an unknown time"),
        ] {
            assert_eq!(plain(&clock.moment(&words, time).said), said);
        }
        assert_eq!(plain(&clock.day(&words, "2026-12-01").said), "Tuesday");
        assert_eq!(clock.from_here("2026-11-29", "20:00").as_deref(), Some("2026-11-29T20:00:00Z"));
        assert_eq!(clock.from_here("2026-11-31", "20:00"), None);
        let date = clock.date("2026-11-28T23:00:00Z").unwrap();
        assert_eq!(
            (date.to_string(), plain(&clock.month(&words, date))),
            ("2026-11-28".into(), "November 2026".into())
        );
        assert_eq!(clock.date("2026-12-01").map(|day| day.to_string()).as_deref(), Some("2026-12-01"));
        assert_eq!((clock.field("2026-11-28T08:05:00Z").as_str(), clock.field("x").as_str()), ("08:05", ""));
        let epoch = Clock::at(Millis(0));
        assert!(!epoch.zone().is_empty());
    }
}
