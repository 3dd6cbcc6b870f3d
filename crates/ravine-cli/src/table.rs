//! Aligned columns of text.

use std::fmt::Write;

use anstyle::Style;

use crate::format::shortened;

/// A table: a header, and rows of as many cells.
pub(crate) struct Table {
    header: Vec<&'static str>,
    /// Which columns stand at the right of their width.
    numeric: Vec<bool>,
    rows: Vec<(Style, Vec<String>)>,
    /// Lines across all columns, each before the row of this number.
    headings: Vec<(usize, String)>,
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
            headings: Vec::new(),
        }
    }

    /// A line across all columns, before the rows to come.
    pub(crate) fn heading(&mut self, text: &str) {
        self.headings.push((self.rows.len(), text.to_string()));
    }

    pub(crate) fn row(&mut self, style: Style, cells: Vec<String>) {
        self.rows.push((style, cells));
    }

    /// With its last column shortened to what leaves lines of at most `width` characters.
    pub(crate) fn within(mut self, width: usize) -> Table {
        let Some(last) = self.header.len().checked_sub(1) else {
            return self;
        };
        let before: usize = (0..last).map(|column| self.width(column) + 2).sum();
        for (_, cells) in &mut self.rows {
            if let Some(cell) = cells.get_mut(last) {
                *cell = shortened(cell, width.saturating_sub(before));
            }
        }
        self
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|(_, cells)| cells.get(column));
        let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
        widest.max(self.header[column].chars().count())
    }

    /// The text, each line ended, columns two spaces apart.
    pub(crate) fn render(&self) -> String {
        let widths: Vec<usize> = (0..self.header.len()).map(|c| self.width(c)).collect();
        let header: Vec<String> = self.header.iter().map(ToString::to_string).collect();
        let mut text = String::new();
        self.line(&mut text, &widths, Style::new().dimmed(), &header);
        for (index, (style, cells)) in self.rows.iter().enumerate() {
            for (_, heading) in self.headings.iter().filter(|(row, _)| *row == index) {
                let bold = Style::new().bold();
                // Writing to a String cannot fail.
                let _ = writeln!(text, "\n{bold}{heading}{bold:#}");
            }
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
        assert_eq!(plain(&table), lines);
        table.row(
            Style::new(),
            vec!["sgd".into(), "higher than all of these".into()],
        );
        table.heading("sign");
        table.row(Style::new(), vec!["lion".into(), "0.2".into()]);
        let rows = plain(&table.within(23));
        assert!(rows.contains("higher than …\n"), "{rows}");
        assert!(
            rows.ends_with("\n\nsign\nlion                0.2\n"),
            "{rows}"
        );
    }

    fn plain(table: &Table) -> String {
        anstream::adapter::strip_str(&table.render()).to_string()
    }
}
