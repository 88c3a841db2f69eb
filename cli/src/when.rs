//! Times for people, and spans as people write them.

use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan, Zoned};

/// A moment as somebody here would say it: `today 14:02`, `3 Nov 09:10`, `3 Nov 2025 09:10`.
pub fn friendly(time: &str) -> String {
    friendly_at(time, &Zoned::now())
}

/// The day of a moment: `24 Nov 2026`.
pub fn day(time: &str) -> String {
    let Ok(moment) = time.parse::<Timestamp>() else { return "an unknown day".to_owned() };
    moment.to_zoned(Zoned::now().time_zone().clone()).strftime("%-d %b %Y").to_string()
}

/// A moment that is still to come, with the day of the week: `Sat 5 Dec 18:30`, `today 18:30`.
pub fn to_come(time: &str) -> String {
    to_come_at(time, &Zoned::now())
}

/// A day that is still to come: `Sat 5 Dec`, `today`.
pub fn day_to_come(day: &str) -> String {
    day_to_come_at(day, Zoned::now().date())
}

fn to_come_at(time: &str, now: &Zoned) -> String {
    let Ok(moment) = time.parse::<Timestamp>() else { return "at an unknown time".to_owned() };
    let then = moment.to_zoned(now.time_zone().clone());
    format!("{} {}", named(then.date(), now.date()), then.strftime("%H:%M"))
}

fn day_to_come_at(day: &str, today: Date) -> String {
    day.parse().map_or_else(|_| "an unknown day".to_owned(), |day| named(day, today))
}

fn named(day: Date, today: Date) -> String {
    if day == today {
        "today".to_owned()
    } else if today.tomorrow().is_ok_and(|tomorrow| day == tomorrow) {
        "tomorrow".to_owned()
    } else if day.year() == today.year() {
        day.strftime("%a %-d %b").to_string()
    } else {
        day.strftime("%a %-d %b %Y").to_string()
    }
}

fn friendly_at(time: &str, now: &Zoned) -> String {
    let Ok(moment) = time.parse::<Timestamp>() else { return "at an unknown time".to_owned() };
    let then = moment.to_zoned(now.time_zone().clone());
    let date = then.date();
    let yesterday = now.date().checked_sub(1.day()).unwrap_or(now.date());
    let day = if date == now.date() {
        "today".to_owned()
    } else if date == yesterday {
        "yesterday".to_owned()
    } else if date.year() == now.date().year() {
        then.strftime("%-d %b").to_string()
    } else {
        then.strftime("%-d %b %Y").to_string()
    };
    format!("{day} {}", then.strftime("%H:%M"))
}

/// The beginning of a day here, or so long ago, as the API takes it.
///
/// # Errors
/// A sentence that says how to write one.
pub fn since(text: &str) -> Result<String, String> {
    bound(text, 0)
}

/// The end of a day here, or so long ago, as the API takes it.
///
/// # Errors
/// As [`since`].
pub fn until(text: &str) -> Result<String, String> {
    bound(text, 1)
}

fn bound(text: &str, days: i64) -> Result<String, String> {
    let moment = match seconds(text) {
        Some(ago) => i64::try_from(ago).ok().and_then(|ago| Timestamp::now().checked_sub(ago.seconds()).ok()),
        None => text.parse::<Date>().ok().and_then(|day| {
            let day = day.checked_add(days.days()).ok()?;
            Some(day.to_zoned(Zoned::now().time_zone().clone()).ok()?.timestamp())
        }),
    };
    let moment = moment.filter(|moment| *moment >= Timestamp::UNIX_EPOCH);
    moment.map(written).ok_or_else(|| "write a day like 2026-11-22, or a span like 7d".to_owned())
}

/// A moment to come by the clock here, `20:00` or `2026-11-29 20:00`, as the API takes it. A time without a day is the
/// next one.
///
/// # Errors
/// A sentence that says how to write one.
pub fn at(text: &str) -> Result<String, String> {
    at_from(text, &Zoned::now()).ok_or_else(|| "write a time like 20:00 or \"2026-11-29 20:00\"".to_owned())
}

fn at_from(text: &str, now: &Zoned) -> Option<String> {
    let (day, time) = match text.trim().split_once([' ', 'T']) {
        Some((day, time)) => (Some(day.parse::<Date>().ok()?), time),
        None => (None, text.trim()),
    };
    let (hour, minute) = time.split_once(':')?;
    let time = Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()?;
    let on = |day: Date| day.to_datetime(time).to_zoned(now.time_zone().clone()).ok();
    let moment = match day {
        Some(day) => on(day)?,
        None => {
            on(now.date()).filter(|moment| moment >= now).or_else(|| on(now.date().tomorrow().ok()?))?
        }
    };
    Some(written(moment.timestamp()))
}

/// So many seconds from now, as the API takes it.
pub fn ahead(seconds: u64) -> String {
    let span = i64::try_from(seconds).unwrap_or(i64::MAX);
    written(Timestamp::now().checked_add(span.seconds()).unwrap_or(Timestamp::MAX))
}

fn written(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A span such as `90s`, `30m`, `12h`, `7d`, `2w` or `1d12h`, in seconds.
///
/// # Errors
/// A sentence that says how to write one.
pub fn span(text: &str) -> Result<u64, String> {
    seconds(text).ok_or_else(|| "write a time like 30m, 12h, 7d or 2w".to_owned())
}

fn seconds(text: &str) -> Option<u64> {
    let mut rest = text.trim();
    let mut all: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let (number, tail) = rest.split_at_checked(digits)?;
        let unit = match tail.chars().next()? {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 24 * 3600,
            'w' => 7 * 24 * 3600,
            _ => return None,
        };
        all = all.checked_add(number.parse::<u64>().ok()?.checked_mul(unit)?)?;
        rest = tail.get(1..)?;
    }
    (all > 0).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_people_write_them() {
        for (text, seconds) in
            [("1s", 1), ("90m", 5400), ("7d", 604_800), ("2w", 1_209_600), ("1d12h", 129_600)]
        {
            assert_eq!(span(text), Ok(seconds));
        }
        for text in ["", "7", "d", "0s", "7 days", "-1d", "1.5h", "99999999999999w", "7é"] {
            assert!(span(text).is_err(), "{text}");
        }
    }

    #[test]
    fn moments_to_come_are_read_by_the_clock_here() {
        let now: Zoned = "2026-11-22T21:30:00+01:00[+01:00]".parse().unwrap();
        for (text, moment) in [
            ("2026-11-29 20:00", Some("2026-11-29T19:00:00Z")),
            ("2026-11-29T20:00", Some("2026-11-29T19:00:00Z")),
            ("22:15", Some("2026-11-22T21:15:00Z")),
            ("20:00", Some("2026-11-23T19:00:00Z")),
            ("25:00", None),
            ("2026-02-30 20:00", None),
            ("tomorrow", None),
            ("", None),
        ] {
            assert_eq!(at_from(text, &now).as_deref(), moment, "{text}");
        }
    }

    #[test]
    fn what_is_to_come_is_told_from_here_and_now() {
        let now: Zoned = "2026-11-22T09:00:00+01:00[+01:00]".parse().unwrap();
        for (time, told) in [
            ("2026-11-22T23:30:00.000Z", "tomorrow 00:30"),
            ("2026-11-22T20:00:00.000Z", "today 21:00"),
            ("2026-12-05T17:30:00.000Z", "Sat 5 Dec 18:30"),
            ("2027-01-05T17:30:00.000Z", "Tue 5 Jan 2027 18:30"),
            ("soon", "at an unknown time"),
        ] {
            assert_eq!(to_come_at(time, &now), told);
        }
        assert_eq!(day_to_come_at("2026-11-23", now.date()), "tomorrow");
        assert_eq!(day_to_come_at("2027-02-28", now.date()), "Sun 28 Feb 2027");
    }

    #[test]
    fn moments_are_told_from_here_and_now() {
        let now: Zoned = "2026-11-22T09:00:00+01:00[+01:00]".parse().unwrap();
        for (time, told) in [
            ("2026-11-22T06:05:00.000Z", "today 07:05"),
            ("2026-11-21T23:30:00.000Z", "today 00:30"),
            ("2026-11-21T12:00:00.000Z", "yesterday 13:00"),
            ("2026-03-04T12:00:00.000Z", "4 Mar 13:00"),
            ("2025-03-04T12:00:00.000Z", "4 Mar 2025 13:00"),
            ("tomorrow", "at an unknown time"),
        ] {
            assert_eq!(friendly_at(time, &now), told);
        }
    }
}
