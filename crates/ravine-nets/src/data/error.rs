//! What can be wrong with a data set: one line each, that names file, line, column, reason and cure.

use std::fmt;

/// Why a data set could not be read or split.
///
/// Its text is one line: where, what is wrong, and what would be right. Lines and columns count from 1; a row's line is the one
/// on which it begins. In the variants, `file` is the path as it was given, and `data` is [`Dataset::name`](super::Dataset::name).
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the fields are explained above, once")]
pub enum DataError {
    /// There is no such file.
    #[error("{file}: no such file; give the path of a CSV file, or a built-in data set: {}", .built_in.join(", "))]
    NotFound {
        file: String,
        built_in: Vec<&'static str>,
    },

    /// Neither a file nor a built-in set, but nearly the name of one.
    #[error("{file}: no such file; did you mean the built-in data set {suggestion}?")]
    NotFoundSimilar {
        file: String,
        suggestion: &'static str,
    },

    /// The path is a folder.
    #[error("{file} is a folder; give the path of a CSV file")]
    Folder { file: String },

    /// The operating system refused to read the file.
    #[error("{file} cannot be read: {reason}")]
    Unreadable { file: String, reason: String },

    /// The file is, by its ending or its first bytes, compressed, and cannot be decompressed.
    #[error(
        "{file}: not a whole gzip file ({reason}); compress it again, or give the plain CSV file"
    )]
    Gzip { file: String, reason: String },

    /// The file is not text.
    #[error("{file}, line {line}: not UTF-8 text ({found}); save the file as CSV in UTF-8")]
    NotUtf8 {
        file: String,
        line: u64,
        found: String,
    },

    /// The file has no row at all.
    #[error(
        "{file} is empty; a row for each example is needed, features and label separated by commas"
    )]
    Empty { file: String },

    /// The file has a header and nothing else.
    #[error("{file} has a header but no rows; a row for each example is needed")]
    HeaderOnly { file: String },

    /// The first row has one column.
    #[error(
        "{file}, line {line}: one column only; at least one feature and the label are needed, separated by commas, semicolons or tabs"
    )]
    OneColumn { file: String, line: u64 },

    /// A row has more or fewer columns than the first.
    #[error(
        "{file}, line {line}: {found} columns, but {expected} in the first row (line {first_line}); {}",
        if *.open_quote { "the row goes over several lines: is a quote left open?" } else { "add what is missing or remove what is too much" }
    )]
    Ragged {
        file: String,
        line: u64,
        found: usize,
        expected: usize,
        first_line: u64,
        open_quote: bool,
    },

    /// A cell holds what cannot be used.
    #[error("{file}, line {line}, column {column}{}: {}", named(.name), .problem.describe(.text, *.column))]
    Cell {
        file: String,
        line: u64,
        column: usize,
        name: Option<String>,
        text: String,
        problem: CellProblem,
    },

    /// No column has the name that was asked for as the label.
    #[error(
        "{file}: no column {}; {}the columns are {}",
        quoted(.name),
        .suggestion.as_ref().map(|name| format!("did you mean {}? ", quoted(name))).unwrap_or_default(),
        listed(.columns)
    )]
    LabelUnknown {
        file: String,
        name: String,
        suggestion: Option<String>,
        columns: Vec<String>,
    },

    /// Several columns have the name that was asked for as the label.
    #[error("{file}: {count} columns are named {}; choose the label by its position (1 is the first column, -1 the last)", quoted(.name))]
    LabelAmbiguous {
        file: String,
        name: String,
        count: usize,
    },

    /// There is no column at the position that was asked for as the label.
    #[error(
        "{file}: no column {position} for the label; it has {columns}: 1 is the first, {columns} or -1 the last"
    )]
    LabelOutside {
        file: String,
        position: i64,
        columns: usize,
    },

    /// A label was asked for by name in a file that was said to have no header.
    #[error("{file}: the label {} cannot be found by name without a header; give its position (1 is the first column, -1 the last)", quoted(.name))]
    LabelWithoutHeader { file: String, name: String },

    /// All rows belong to one class.
    #[error("{data}: every row has the label {} ({}); at least two classes are needed: is it the right label column?", quoted(.class), quoted(.label))]
    OneClass {
        data: String,
        label: String,
        class: String,
    },

    /// All rows have the same value as target.
    #[error("{data}: every row has the label {value} ({}); there is nothing to learn: is it the right label column?", quoted(.label))]
    ConstantTarget {
        data: String,
        label: String,
        value: f64,
    },

    /// A class has too few rows to be in all three parts.
    #[error(
        "{data}: the class {} of {} has {}; at least {needed} are needed, one each to train, validate and test: add rows, merge or remove the class, or choose another label column",
        quoted(.class), quoted(.label), count(*.rows)
    )]
    ClassTooSmall {
        data: String,
        label: String,
        class: String,
        rows: usize,
        needed: usize,
    },

    /// The whole set has too few rows.
    #[error("{data}: {}; at least {needed} are needed to train, validate and test", count(*.rows))]
    TooFewRows {
        data: String,
        rows: usize,
        needed: usize,
    },

    /// The fractions are not all positive, or do not sum to one.
    #[error(
        "fractions {fractions} for training, validation and test; each must be positive, and their sum 1"
    )]
    Fractions { fractions: super::Fractions },

    /// A value outside the training part is so far from it that, once standardised, it is no f32 number.
    #[error(
        "{data}, row {row}, column {column}: {value} is beyond the range of f32 once standardised; correct it or remove the row"
    )]
    Overflow {
        data: String,
        row: usize,
        column: String,
        value: f64,
    },

    /// The fields of a data set made by hand do not agree with each other.
    #[error("{data}: {reason}; the data set is not consistent")]
    Inconsistent { data: String, reason: String },
}

impl DataError {
    /// Whether the file could not be read at all, as opposed to being read and found wrong.
    pub fn is_io(&self) -> bool {
        matches!(
            self,
            DataError::NotFound { .. }
                | DataError::NotFoundSimilar { .. }
                | DataError::Folder { .. }
                | DataError::Unreadable { .. }
        )
    }
}

/// What is wrong with a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CellProblem {
    /// A feature is empty.
    Empty,
    /// A mark for a missing value, as feature or label.
    Missing,
    /// A feature is text.
    Text,
    /// A number is written with a decimal comma, or with separators of thousands.
    Comma,
    /// NaN or infinity, as feature or label.
    NotFinite,
    /// A number beyond the range of f32, as feature or label.
    TooLarge,
    /// The label is empty.
    EmptyLabel,
    /// A label of a regression is text.
    TextLabel,
    /// A label is text where the others are numbers.
    MixedLabel,
}

impl CellProblem {
    fn describe(self, text: &str, column: usize) -> String {
        let text = quoted(text);
        match self {
            CellProblem::Empty => "the cell is empty; fill it in or remove the row".to_owned(),
            CellProblem::Missing => {
                format!("{text} stands for a missing value; fill it in or remove the row")
            }
            CellProblem::Text => format!(
                "{text} is not a number; features must be numbers: correct it, encode the column as numbers, or, if it is the label, set label to {column}"
            ),
            CellProblem::Comma => format!(
                "{text} is not a number; write a decimal point, and no separators of thousands"
            ),
            CellProblem::NotFinite => {
                format!("{text} is not a finite number; correct it or remove the row")
            }
            CellProblem::TooLarge => {
                format!(
                    "{text} is beyond the range of f32 (3.4e38); rescale the column or remove the row"
                )
            }
            CellProblem::EmptyLabel => {
                "the label is empty; fill it in or remove the row".to_owned()
            }
            CellProblem::TextLabel => format!(
                "the label {text} is not a number; regression needs numbers: correct it, or set task to classification"
            ),
            CellProblem::MixedLabel => format!(
                "the label {text} is not a number, but others are; correct it, or set task to classification"
            ),
        }
    }
}

/// A text from a file, in quotes, on one line, and of bounded length.
fn quoted(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

fn listed(names: &[String]) -> String {
    const MOST: usize = 12;
    let mut list: Vec<String> = names.iter().take(MOST).map(|name| quoted(name)).collect();
    if names.len() > MOST {
        list.push(format!("… ({} in all)", names.len()));
    }
    list.join(", ")
}

fn named(name: &Option<String>) -> impl fmt::Display {
    name.as_ref()
        .map(|name| format!(" ({})", quoted(name)))
        .unwrap_or_default()
}

fn count(rows: usize) -> String {
    match rows {
        1 => "1 row".to_owned(),
        n => format!("{n} rows"),
    }
}
