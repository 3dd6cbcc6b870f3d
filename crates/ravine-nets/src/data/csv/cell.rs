//! One cell: a number, or the error that says why it is none.

use super::super::{CellProblem, DataError};
use super::rows::Row;

/// What stands for a missing value in many files, beside NaN and the empty cell.
const MISSING: [&str; 4] = ["?", "na", "n/a", "null"];

/// The number in a trimmed cell.
pub(super) fn number(text: &str) -> Result<f64, CellProblem> {
    match text.parse::<f64>() {
        Ok(x) if x.abs() <= f64::from(f32::MAX) => Ok(x),
        Ok(_) if is_written_out(text) => Err(CellProblem::TooLarge),
        Ok(_) => Err(CellProblem::NotFinite),
        Err(_) if text.is_empty() => Err(CellProblem::Empty),
        Err(_) if MISSING.iter().any(|mark| text.eq_ignore_ascii_case(mark)) => {
            Err(CellProblem::Missing)
        }
        Err(_) if text.contains(',') && text.replace(',', "").parse::<f64>().is_ok() => {
            Err(CellProblem::Comma)
        }
        Err(_) => Err(CellProblem::Text),
    }
}

/// Whether a number is written in digits, as opposed to the words for infinity and not-a-number.
fn is_written_out(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
}

pub(super) fn error(
    file: &str,
    line: u64,
    column: usize,
    header: Option<&Row>,
    text: &str,
    problem: CellProblem,
) -> DataError {
    let name = header
        .and_then(|row| row.cells.get(column))
        .map(str::trim)
        .filter(|name| !name.is_empty());
    DataError::Cell {
        file: file.to_owned(),
        line,
        column: column + 1,
        name: name.map(str::to_owned),
        text: text.to_owned(),
        problem,
    }
}
