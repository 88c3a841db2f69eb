//! Figures beside what they should be at most.

use std::fmt::Write;

/// A row for each figure.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
    /// Of how many targets the median is above.
    pub missed: usize,
}

struct Row {
    name: String,
    unit: &'static str,
    median: f64,
    range: (f64, f64),
    most: Option<f64>,
}

impl Table {
    /// Enters a figure: the median of a few, with the least and the greatest. `most`: what the median should be at
    /// most. It is told at once, since the whole takes a while.
    pub fn enter(&mut self, name: &str, unit: &'static str, most: Option<f64>, mut measured: Vec<f64>) {
        measured.sort_by(f64::total_cmp);
        let (median, range) = (measured[measured.len() / 2], (measured[0], measured[measured.len() - 1]));
        self.missed += usize::from(most.is_some_and(|most| median > most));
        let row = Row { name: name.to_owned(), unit, median, range, most };
        eprintln!("  {}: {:.3} {unit}", row.name, row.median);
        self.rows.push(row);
    }

    /// The whole table.
    pub fn text(&self) -> String {
        let mut text = format!("\n{:<74} {:>9} {:<4} {:>19} {:>7}\n", "", "median", "", "range", "target");
        for Row { name, unit, median, range, most } in &self.rows {
            let range = format!("{:.3}-{:.3}", range.0, range.1);
            let (most, met) = match most {
                Some(most) if median > most => (format!("{most}"), "MISSED"),
                Some(most) => (format!("{most}"), "met"),
                None => (String::new(), ""),
            };
            let _ = writeln!(text, "{name:<74} {median:>9.3} {unit:<4} {range:>19} {most:>7} {met}");
        }
        text
    }
}
