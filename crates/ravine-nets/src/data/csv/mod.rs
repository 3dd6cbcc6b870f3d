//! Data sets from CSV files: see [`load`].

mod cell;
mod delimiter;
mod header;
mod label;
mod rows;
mod targets;
mod text;

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{DataError, Dataset, Task};
pub use label::Label;

/// How a CSV file is to be understood, where the file does not say it itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CsvOptions {
    /// Whether the first row is a header; `None` (the default): found out, as [`load`] describes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// Which column is the label; the last by default.
    pub label: Label,
    /// What is to be predicted; `None` (the default): found out, as [`load`] describes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<Task>,
}

/// Reads a CSV file: one row for each example, numbers as features, and one column as the label.
///
/// - **Text** is UTF-8, with or without byte-order mark. A file that begins as a gzip file does is decompressed.
/// - **Delimiter**: tab, semicolon or comma, the first of them that cuts each of the first 20 rows into the same number (at least two)
///   of cells; if none does, the one that cuts the first row into the most. Cells may be quoted (RFC 4180); blanks around a cell
///   do not count; rows without any content are skipped.
/// - **Header**: the first row is one if the label is chosen by name, if the cell of any feature in it is text (neither empty nor a
///   number nor a mark for a missing value), or if its label is the only one that is not a number.
/// - **Features** are all other columns, and finite numbers with a decimal point, within the range of f32. A missing value (an empty cell, `?`,
///   `NA`, `N/A`, `null`, `NaN`) is an error.
/// - **Task**: a label that is never a number is a class. If all labels are numbers, it is classification when they are
///   integers with at most two distinct values, or with at most 20 distinct values and at most √rows of them; regression
///   otherwise. If some are numbers and some are not, they are classes under the same limits; beyond them, classes if
///   most are text, and an error if most are numbers.
/// - **Classes** that are all numbers are ordered by value (`1` and `1.0` are the same), others alphabetically by code point.
///
/// The file is read into memory as a whole. Whether there are enough rows and classes is for [`Dataset::split`] to say.
///
/// # Errors
/// The first thing found wrong, with its line and column.
pub fn load(path: &Path, options: &CsvOptions) -> Result<Dataset, DataError> {
    let file = text::display(path);
    let bytes = text::read(path)?;
    let mut data = parse(&file, &bytes, options)?;
    if let Some(name) = path.file_name() {
        data.name = text::display(Path::new(name));
    }
    Ok(data)
}

/// The data set in the bytes of a CSV file, compressed or not; `file` is how errors call it.
pub(super) fn parse(file: &str, bytes: &[u8], options: &CsvOptions) -> Result<Dataset, DataError> {
    let text = text::decode(file, bytes)?;
    let mut rows = rows::Rows::new(file, &text, delimiter::detect(&text));
    let Some(first) = rows.next().transpose()? else {
        return Err(DataError::Empty {
            file: file.to_owned(),
        });
    };
    let width = first.cells.len();
    if width < 2 {
        return Err(DataError::OneColumn {
            file: file.to_owned(),
            line: first.line,
        });
    }
    let label = options.label.find(file, &first, options.header)?;
    let by_name = matches!(options.label, Label::Name(_));
    let mut header = options
        .header
        .unwrap_or(by_name || header::has_text(&first, label));

    let mut reader = Reader {
        file,
        label,
        header: header.then_some(&first),
        inputs: Vec::new(),
        labels: Vec::new(),
    };
    if !header {
        reader.take(&first)?;
    }
    for row in rows {
        reader.take(&row?)?;
    }
    let Reader {
        mut inputs,
        mut labels,
        ..
    } = reader;
    if options.header.is_none() && !header && header::is_only_text(&labels) {
        header = true;
        inputs.drain(..width - 1);
        labels.remove(0);
    }
    if labels.is_empty() {
        return Err(DataError::HeaderOnly {
            file: file.to_owned(),
        });
    }

    let name = |column: usize| {
        let given = header
            .then(|| first.cells[column].trim())
            .filter(|name| !name.is_empty());
        given.map_or_else(|| format!("column {}", column + 1), str::to_owned)
    };
    let targets = targets::targets(&labels, options.task).map_err(|(row, problem)| {
        let header = header.then_some(&first);
        cell::error(
            file,
            labels[row].line,
            label,
            header,
            &labels[row].text,
            problem,
        )
    })?;
    Ok(Dataset {
        name: file.to_owned(),
        columns: (0..width)
            .filter(|column| *column != label)
            .map(name)
            .collect(),
        label: name(label),
        inputs,
        targets,
    })
}

/// Turns rows into numbers and labels, one after the other.
struct Reader<'a> {
    file: &'a str,
    label: usize,
    header: Option<&'a rows::Row>,
    inputs: Vec<f64>,
    labels: Vec<targets::LabelCell>,
}

impl Reader<'_> {
    fn take(&mut self, row: &rows::Row) -> Result<(), DataError> {
        for (column, text) in row.cells.iter().enumerate() {
            let text = text.trim();
            let wrong =
                |problem| cell::error(self.file, row.line, column, self.header, text, problem);
            if column == self.label {
                if text.is_empty() {
                    return Err(wrong(super::CellProblem::EmptyLabel));
                }
                self.labels.push(targets::LabelCell {
                    text: text.to_owned(),
                    line: row.line,
                });
            } else {
                self.inputs.push(cell::number(text).map_err(wrong)?);
            }
        }
        Ok(())
    }
}
