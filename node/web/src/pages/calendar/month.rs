//! A month as a table.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::visit::Visit;

/// How many years from today a month can be shown.
const YEARS: i16 = 100;

/// A month.
pub struct Month {
    /// What it is called.
    pub name: String,
    /// Its weeks, from Monday on.
    pub weeks: Vec<Vec<Cell>>,
    /// The month before, as the address has it, and what it is called.
    pub before: (String, String),
    /// The month after.
    pub after: (String, String),
}

/// A day of it.
pub struct Cell {
    /// Its number.
    pub day: i8,
    /// Its class.
    pub class: &'static str,
    /// Whether it is today.
    pub today: bool,
    /// Where its events stand on the page.
    pub anchor: Option<String>,
    /// Whether something is on that day.
    pub full: bool,
}

impl Month {
    /// A month as asked for, or this one: `full` are days on which something is, `listed` those that the page lists.
    pub fn of(visit: &Visit, asked: Option<&str>, full: &BTreeSet<Date>, listed: &BTreeSet<String>) -> Month {
        let (clock, words) = (&visit.clock, &visit.words);
        let today = clock.today();
        let asked = asked.and_then(|month| format!("{month}-01").parse::<Date>().ok());
        let near = |date: &Date| (date.year() - today.year()).abs() <= YEARS;
        let first = asked.filter(near).unwrap_or(today).first_of_month();
        let named = |date: Date| (date.strftime("%Y-%m").to_string(), clock.month(words, date));
        let lead = i64::from(first.weekday().to_monday_zero_offset());
        let last = first.last_of_month();
        let (mut weeks, mut day) = (Vec::new(), first.saturating_sub(lead.days()));
        while day <= last {
            let mut week = Vec::new();
            for _ in 0..7 {
                let id = format!("day-{day}");
                let out = day.month() != first.month();
                let full = !out && full.contains(&day);
                week.push(Cell {
                    day: day.day(),
                    class: match (out, full, day == today) {
                        (true, _, _) => "out",
                        (_, true, true) => "full today",
                        (_, true, false) => "full",
                        (_, false, true) => "today",
                        (_, false, false) => "",
                    },
                    today: day == today && !out,
                    anchor: Some(id).filter(|id| full && listed.contains(id)),
                    full,
                });
                day = day.saturating_add(1.day());
            }
            weeks.push(week);
        }
        Month {
            name: clock.month(words, first),
            weeks,
            before: named(first.saturating_sub(1.month())),
            after: named(first.saturating_add(1.month())),
        }
    }
}
