//! The terminal: text and tables on standard output, and progress bars on standard error.

use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, Result};
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};
use convlens::{Progress, Stage};
use indicatif::{ProgressBar, ProgressStyle};

/// Prints to standard output; a reader that went away, such as `head`, is not an error.
pub(crate) fn print(text: &str) -> Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.context("standard output: cannot be written"),
    }
}

/// A path as messages print it.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// The width of the terminal that standard output goes to, if it is one.
pub(crate) fn width() -> Option<usize> {
    let table = Table::new();
    table.width().filter(|_| table.is_tty()).map(usize::from)
}

/// The bar of the current stage.
#[derive(Debug)]
pub(crate) struct Bars {
    bar: ProgressBar,
}

impl Default for Bars {
    fn default() -> Self {
        Bars {
            bar: ProgressBar::hidden(),
        }
    }
}

/// A bar of so many steps; indicatif draws on standard error, and only where that is a terminal.
pub(crate) fn bar(name: &'static str, total: usize) -> ProgressBar {
    let bar = ProgressBar::new(total as u64).with_prefix(name);
    let style = ProgressStyle::with_template("{prefix:>12} {bar:30} {pos}/{len} {wide_msg}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

impl Bars {
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Bars {
    /// Shows how far an analysis is.
    pub(crate) fn show(&mut self, progress: Progress<'_>) {
        if progress.done == 0 {
            self.begin(progress.stage, progress.total);
        }
        self.update(progress.done, progress.current);
    }

    pub(crate) fn begin(&mut self, stage: Stage, total: usize) {
        self.finish();
        let name = match stage {
            Stage::Weights => "weights",
            Stage::Activations => "activations",
            Stage::Separation => "separation",
            _ => "working",
        };
        self.bar = bar(name, total);
    }

    pub(crate) fn update(&mut self, done: usize, current: &str) {
        self.bar.set_position(done as u64);
        self.bar.set_message(current.to_owned());
    }
}

/// The longest line of prose, in columns.
const LINE: usize = 100;

/// The text in lines of at most `width` columns, broken between words.
pub(crate) fn wrap(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// A line under the header, and nothing else.
const STYLE: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// A titled table that fits the terminal: rows side by side, or one block per row where the
/// terminal is too narrow.
pub(crate) struct Section {
    title: String,
    /// What the columns mean.
    caption: String,
    header: Vec<String>,
    /// The first columns are text; all others are numbers.
    text_columns: usize,
    rows: Vec<Vec<String>>,
}

impl Section {
    pub(crate) fn new(
        title: &str,
        caption: &str,
        header: &[&str],
        text_columns: usize,
        rows: Vec<Vec<String>>,
    ) -> Self {
        let header = header.iter().map(ToString::to_string).collect();
        Section {
            title: title.to_owned(),
            caption: caption.to_owned(),
            header,
            text_columns,
            rows,
        }
    }

    /// The section for a terminal of this width; for any width where it is unknown.
    pub(crate) fn text(&self, width: Option<usize>) -> String {
        let all: Vec<usize> = (0..self.header.len()).collect();
        let body = match width {
            Some(width) if width < self.width(&all) => {
                self.parts(width).unwrap_or_else(|| self.blocks())
            }
            _ => self.table(&all).trim_fmt(),
        };
        let caption = wrap(&self.caption, width.unwrap_or(LINE).min(LINE));
        format!("{}\n{caption}\n\n{body}\n", self.title)
    }

    fn width(&self, columns: &[usize]) -> usize {
        let table = self.table(columns);
        let widths = table.lines().map(|line| line.trim_end().chars().count());
        widths.max().unwrap_or(0)
    }

    fn table(&self, columns: &[usize]) -> Table {
        let chosen = |cells: &[String]| -> Vec<String> {
            let cells = columns.iter().filter_map(|&i| cells.get(i));
            cells.cloned().collect()
        };
        let mut table = Table::new();
        table
            .load_style(STYLE)
            .set_content_arrangement(ContentArrangement::Disabled);
        let rows: Vec<Vec<String>> = self.rows.iter().map(|row| chosen(row)).collect();
        table.set_header(chosen(&self.header)).add_rows(rows);
        for (place, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, if place + 1 < columns.len() { 2 } else { 0 }));
            if columns[place] >= self.text_columns {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table
    }

    /// The table in several, one below the other, each with the first column; `None` where one of them
    /// would have room for a single further column.
    fn parts(&self, width: usize) -> Option<String> {
        let mut parts: Vec<Vec<usize>> = Vec::new();
        for column in 1..self.header.len() {
            let last = parts.last_mut();
            match last {
                Some(part) if self.width(&[part.as_slice(), &[column]].concat()) <= width => {
                    part.push(column);
                }
                _ => parts.push(vec![0, column]),
            }
        }
        // Two further columns in the last part, if the part before it can spare one.
        if let [.., before, last] = parts.as_mut_slice()
            && (before.len() > 3 && last.len() == 2)
            && let Some(column) = before.pop()
        {
            last.insert(1, column);
        }
        let (_, full) = parts.split_last()?;
        let tables = parts.iter().map(|part| self.table(part).trim_fmt());
        full.iter()
            .all(|part| part.len() > 2)
            .then(|| tables.collect::<Vec<_>>().join("\n\n"))
    }

    /// One block for each row, headed by its first cell.
    fn blocks(&self) -> String {
        let widest = self
            .header
            .iter()
            .map(|h| h.chars().count())
            .max()
            .unwrap_or(0);
        let block = |row: &Vec<String>| {
            let named = self.header.iter().zip(row).skip(1);
            let lines: Vec<String> = named
                .map(|(name, cell)| format!("  {name:widest$}  {cell}"))
                .collect();
            format!(
                "{}\n{}",
                row.first().map_or("", String::as_str),
                lines.join("\n")
            )
        };
        self.rows.iter().map(block).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_broken_between_words() {
        assert_eq!(wrap("one two three", 7), "one two\nthree");
        assert_eq!(wrap("a-very-long-name b", 4), "a-very-long-name\nb");
        assert_eq!(wrap("", 4), "");
    }

    fn section() -> Section {
        let rows = vec![
            vec!["conv".into(), "3x3".into(), "1.5".into()],
            vec!["a-long-name".into(), "1x1".into(), "10.25".into()],
        ];
        Section::new("Title", "Caption", &["layer", "shape", "norm"], 2, rows)
    }

    #[test]
    fn a_wide_terminal_gets_a_table() {
        let text = section().text(None);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..3], ["Title", "Caption", ""]);
        assert_eq!(lines[3], "layer         shape    norm");
        assert_eq!(lines[5], "conv          3x3       1.5");
        assert_eq!(section().text(Some(27)), text);
    }

    #[test]
    fn a_narrow_terminal_gets_a_block_for_each_row() {
        let text = section().text(Some(20));
        assert!(
            text.ends_with("\na-long-name\n  shape  1x1\n  norm   10.25\n"),
            "{text}"
        );
        assert!(text.lines().all(|l| l.chars().count() <= 20));
    }

    #[test]
    fn a_table_that_is_too_wide_is_continued_below() {
        let header = ["layer", "shape", "rank", "norm", "alpha"];
        let row = ["conv", "64x3x3x3", "27", "1.50", "3.25"];
        let rows = vec![row.map(str::to_owned).to_vec()];
        let section = Section::new("Title", "Caption", &header, 2, rows);
        let text = section.text(Some(26));
        let lines: Vec<&str> = text.lines().skip(3).collect();
        assert_eq!(lines[0], "layer   shape      rank");
        assert_eq!(lines[4], "layer   norm   alpha");
        assert_eq!(lines[6], "conv    1.50    3.25");
        assert!(lines.iter().all(|l| l.chars().count() <= 26), "{text}");
    }
}
