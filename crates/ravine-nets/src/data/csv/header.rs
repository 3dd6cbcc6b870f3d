//! Whether the first row of a file is a header.

use super::super::CellProblem;
use super::{cell, rows::Row, targets::LabelCell};

/// Whether a feature's cell of the first row is text: neither empty, nor a number, nor a mark for a missing value.
pub(super) fn has_text(first: &Row, label: usize) -> bool {
    let mut features = first
        .cells
        .iter()
        .enumerate()
        .filter(|(column, _)| *column != label);
    features.any(|(_, text)| cell::number(text.trim()) == Err(CellProblem::Text))
}

/// Whether the first label is the only one that is not a number: the header of columns that are named by numbers.
pub(super) fn is_only_text(labels: &[LabelCell]) -> bool {
    let is_number = |cell: &LabelCell| cell.text.parse::<f64>().is_ok();
    match labels {
        [first, rest @ ..] => !rest.is_empty() && !is_number(first) && rest.iter().all(is_number),
        [] => false,
    }
}
