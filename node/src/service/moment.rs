//! Moments that people give: RFC 3339 in UTC, as the API writes them.

use kith_protocol::time::Millis;

const DAY: u64 = 24 * 3_600_000;

/// Reads `2026-11-22T20:00:00Z`, with a fraction of the second or without. From 1970 to 9999.
pub(super) fn moment(text: &str) -> Option<Millis> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let (year, month, day) = three(date, '-', [4, 2, 2])?;
    let (hour, minute, second) = three(clock, ':', [2, 2, 2])?;
    let fits = year >= 1970
        && (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !fits || fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{fraction:0<3}").get(..3)?.parse::<u64>().ok()?;
    let seconds = hour.checked_mul(3600)?.checked_add(minute.checked_mul(60)?)?.checked_add(second)?;
    let days = days_before(year, month)?.checked_add(day.checked_sub(1)?)?;
    let moment = days.checked_mul(DAY)?.checked_add(seconds.checked_mul(1000)?)?;
    Some(Millis(moment.checked_add(thousandths)?))
}

fn three(text: &str, between: char, digits: [usize; 3]) -> Option<(u64, u64, u64)> {
    let parts: Vec<&str> = text.split(between).collect();
    let exact = parts.len() == 3 && parts.iter().zip(digits).all(|(part, count)| part.len() == count);
    let numbers: Option<Vec<u64>> = parts
        .iter()
        .map(|part| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?)
        .collect();
    match numbers?.as_slice() {
        [one, two, three] if exact => Some((*one, *two, *three)),
        _ => None,
    }
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in(year: u64, month: u64) -> u64 {
    match month {
        2 => 28_u64.saturating_add(u64::from(is_leap(year))),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970 to the first of a month.
fn days_before(year: u64, month: u64) -> Option<u64> {
    let years = (1970..year).map(|year| 365_u64.saturating_add(u64::from(is_leap(year)))).sum::<u64>();
    let months = (1..month).map(|month| days_in(year, month)).sum::<u64>();
    years.checked_add(months)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_api_writes_is_read_back() {
        for ms in [0, 1, 951_782_400_000, 951_868_799_999, 1_795_204_800_123, 4_107_542_400_000] {
            assert_eq!(moment(&Millis(ms).to_string()), Some(Millis(ms)), "{}", Millis(ms));
        }
        assert_eq!(moment("1970-01-02T00:00:01Z"), Some(Millis(DAY + 1000)));
        assert_eq!(moment("1970-01-01T00:00:00.5Z"), Some(Millis(500)));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "Z",
            "yesterday",
            "2026-11-22",
            "2026-11-22T20:00:00",
            "2026-11-22T20:00:00+01:00",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-11-31T00:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-1-1T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "2026-11-22T20:00:00.Z",
            "2026-11-22T+1:00:00Z",
            "2026-11-22T20:00:00.5éZ",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
