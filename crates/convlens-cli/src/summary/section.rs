//! A titled table that fits the terminal: rows side by side, or one block for each where the
//! terminal is too narrow.

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

/// A line under the header, and nothing else.
const STYLE: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

pub(super) struct Section {
    title: String,
    header: Vec<String>,
    /// The first columns are text; all others are numbers.
    text_columns: usize,
    rows: Vec<Vec<String>>,
}

impl Section {
    pub(super) fn new(
        title: &str,
        header: &[&str],
        text_columns: usize,
        rows: Vec<Vec<String>>,
    ) -> Self {
        let header = header.iter().map(ToString::to_string).collect();
        Section {
            title: title.to_owned(),
            header,
            text_columns,
            rows,
        }
    }

    /// The section for a terminal of this width; for any width where it is unknown.
    pub(super) fn text(&self, width: Option<usize>) -> String {
        let table = self.table();
        let natural = table
            .lines()
            .map(|l| l.trim_end().chars().count())
            .max()
            .unwrap_or(0);
        let body = match width {
            Some(width) if width < natural => self.blocks(),
            _ => table.trim_fmt(),
        };
        format!("{}\n\n{body}\n", self.title)
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        table
            .load_style(STYLE)
            .set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(&self.header).add_rows(&self.rows);
        for (i, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, if i + 1 < self.header.len() { 2 } else { 0 }));
            if i >= self.text_columns {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table
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

/// The width of the terminal that standard output goes to, if it is one.
pub(super) fn terminal_width() -> Option<usize> {
    let table = Table::new();
    table.width().filter(|_| table.is_tty()).map(usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section() -> Section {
        let rows = vec![
            vec!["conv".into(), "3x3".into(), "1.5".into()],
            vec!["a-long-name".into(), "1x1".into(), "10.25".into()],
        ];
        Section::new("Title", &["layer", "shape", "norm"], 2, rows)
    }

    #[test]
    fn a_wide_terminal_gets_a_table() {
        let text = section().text(None);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..2], ["Title", ""]);
        assert_eq!(lines[2], "layer         shape    norm");
        assert_eq!(lines[4], "conv          3x3       1.5");
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
}
