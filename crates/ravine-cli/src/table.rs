//! Aligned columns of text.

use std::fmt::Write;

use anstyle::Style;

/// A table: a header, and rows of as many cells.
pub(crate) struct Table {
    header: Vec<&'static str>,
    /// Which columns stand at the right of their width.
    numeric: Vec<bool>,
    rows: Vec<(Style, Vec<String>)>,
}

impl Table {
    /// A table of these columns; those whose name begins with `>` are aligned at the right.
    pub(crate) fn new(columns: &[&'static str]) -> Table {
        Table {
            header: columns
                .iter()
                .map(|c| c.strip_prefix('>').unwrap_or(c))
                .collect(),
            numeric: columns.iter().map(|c| c.starts_with('>')).collect(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, style: Style, cells: Vec<String>) {
        self.rows.push((style, cells));
    }

    /// The text, each line ended, columns two spaces apart.
    pub(crate) fn render(&self) -> String {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|(_, cells)| cells.get(column));
            let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
            widest.max(self.header[column].chars().count())
        };
        let widths: Vec<usize> = (0..self.header.len()).map(width).collect();
        let header: Vec<String> = self.header.iter().map(ToString::to_string).collect();
        let mut text = String::new();
        self.line(&mut text, &widths, Style::new().dimmed(), &header);
        for (style, cells) in &self.rows {
            self.line(&mut text, &widths, *style, cells);
        }
        text
    }

    fn line(&self, text: &mut String, widths: &[usize], style: Style, cells: &[String]) {
        let mut line = String::new();
        for (column, (cell, &width)) in cells.iter().zip(widths).enumerate() {
            let gap = if column == 0 { "" } else { "  " };
            // Writing to a String cannot fail.
            let _ = if self.numeric[column] {
                write!(line, "{gap}{cell:>width$}")
            } else {
                write!(line, "{gap}{cell:<width$}")
            };
        }
        let _ = writeln!(text, "{style}{}{style:#}", line.trim_end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::new(&["name", ">loss"]);
        table.row(Style::new(), vec!["adam".into(), "0.1".into()]);
        table.row(Style::new(), vec!["nesterov".into(), "12.25".into()]);
        let lines = "name       loss\nadam        0.1\nnesterov  12.25\n";
        assert_eq!(
            anstream::adapter::strip_str(&table.render()).to_string(),
            lines
        );
    }
}
