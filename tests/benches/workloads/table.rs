//! Figures, and the table they end up in.

use std::fmt::Write;

/// Figures of one workload and size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    median: f64,
    least: f64,
    greatest: f64,
}

impl Figure {
    /// The median of a few measurements, with the range.
    pub fn of(mut measured: Vec<f64>) -> Figure {
        assert!(!measured.is_empty(), "nothing was measured");
        measured.sort_by(f64::total_cmp);
        let last = measured.len() - 1;
        Figure { median: measured[measured.len() / 2], least: measured[0], greatest: measured[last] }
    }
}

/// A row for each figure, a column for each size.
pub struct Table {
    sizes: Vec<u64>,
    rows: Vec<Row>,
}

struct Row {
    name: &'static str,
    unit: &'static str,
    figures: Vec<Option<Figure>>,
}

impl Table {
    /// An empty table.
    pub fn new(sizes: &[u64]) -> Table {
        Table { sizes: sizes.to_vec(), rows: Vec::new() }
    }

    /// Enters a figure, and tells it at once, since the whole takes long.
    pub fn enter(&mut self, column: usize, name: &'static str, unit: &'static str, measured: Vec<f64>) {
        let figure = Figure::of(measured);
        eprintln!("  {name}: {} {unit}", shown(figure));
        let place = self.rows.iter().position(|row| row.name == name).unwrap_or_else(|| {
            self.rows.push(Row { name, unit, figures: vec![None; self.sizes.len()] });
            self.rows.len() - 1
        });
        self.rows[place].figures[column] = Some(figure);
    }

    /// The whole table.
    pub fn text(&self) -> String {
        let mut text = format!("\n{:<52} {:<8}", "workload", "unit");
        for size in &self.sizes {
            let _ = write!(text, " {:>28}", format!("{size} posts"));
        }
        let _ = writeln!(text, " {:>8}", "ratio");
        for row in &self.rows {
            let _ = write!(text, "{:<52} {:<8}", row.name, row.unit);
            for figure in &row.figures {
                let _ = write!(text, " {:>28}", figure.map(shown).unwrap_or_default());
            }
            let ratio = match (row.figures.first(), row.figures.last()) {
                (Some(Some(first)), Some(Some(last))) if self.sizes.len() > 1 && first.median > 0.0 => {
                    format!("{:.2}", last.median / first.median)
                }
                _ => String::new(),
            };
            let _ = writeln!(text, " {ratio:>8}");
        }
        text
    }
}

fn shown(figure: Figure) -> String {
    let digits = |number: f64| match number.abs() {
        n if n >= 100.0 => format!("{number:.0}"),
        n if n >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    };
    if figure.least == figure.greatest {
        return digits(figure.median);
    }
    format!("{} ({}-{})", digits(figure.median), digits(figure.least), digits(figure.greatest))
}
