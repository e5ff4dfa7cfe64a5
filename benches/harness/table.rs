//! Numbers in tables: medians, units, Markdown.

use std::fmt;

/// The middle of sorted numbers, the mean of the two middles where they are even in number.
pub fn median(sorted: &[f64]) -> f64 {
    let n = sorted.len();
    sorted[(n - 1) / 2].midpoint(sorted[n / 2])
}

/// Seconds, in the unit that reads best, to three digits.
pub fn seconds(s: f64) -> String {
    let (value, unit) = match s {
        s if s < 1e-3 => (s * 1e6, "us"),
        s if s < 1.0 => (s * 1e3, "ms"),
        s => (s, "s"),
    };
    let digits = match value {
        v if v < 10.0 => 2,
        v if v < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}")
}

/// `theirs / ours`, as 12x or 1.4x; a dash where either is missing.
pub fn ratio(theirs: Option<f64>, ours: Option<f64>) -> String {
    match (theirs, ours) {
        (Some(theirs), Some(ours)) if theirs < 9.95 * ours => format!("{:.1}x", theirs / ours),
        (Some(theirs), Some(ours)) => format!("{:.0}x", theirs / ours),
        _ => "-".to_owned(),
    }
}

/// A Markdown table.
#[derive(Debug)]
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub fn new<S: Into<String>>(header: impl IntoIterator<Item = S>) -> Self {
        Self {
            header: header.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row of as many cells as the header has.
    pub fn row(&mut self, cells: Vec<String>) {
        debug_assert_eq!(cells.len(), self.header.len());
        self.rows.push(cells);
    }

    /// Whether it has no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| {} |", self.header.join(" | "))?;
        writeln!(f, "|{}", "---|".repeat(self.header.len()))?;
        for row in &self.rows {
            writeln!(f, "| {} |", row.join(" | "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_of_odd_and_even_numbers() {
        assert_eq!(median(&[1.0, 2.0, 9.0]), 2.0);
        assert_eq!(median(&[1.0, 2.0, 4.0, 9.0]), 3.0);
        assert_eq!(median(&[7.0]), 7.0);
    }

    #[test]
    fn units_and_ratios_round_to_what_was_measured() {
        assert_eq!(seconds(0.000_012_34), "12.3 us");
        assert_eq!(seconds(0.123_4), "123 ms");
        assert_eq!(seconds(1.234), "1.23 s");
        assert_eq!(ratio(Some(3.0), Some(2.0)), "1.5x");
        assert_eq!(ratio(Some(24.4), Some(2.0)), "12x");
        assert_eq!(ratio(None, Some(2.0)), "-");
    }

    #[test]
    fn a_table_is_markdown() {
        let mut table = Table::new(["a", "b"]);
        assert!(table.is_empty());
        table.row(vec!["1".into(), "2".into()]);
        assert_eq!(table.to_string(), "| a | b |\n|---|---|\n| 1 | 2 |\n");
    }
}
