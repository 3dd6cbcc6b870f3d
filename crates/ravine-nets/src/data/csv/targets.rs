//! What the labels mean: classes or values.

use std::collections::{BTreeSet, HashMap};

use super::super::{CellProblem, Targets, Task};
use super::cell;

/// The label of one row.
pub(super) struct LabelCell {
    /// Trimmed and not empty.
    pub text: String,
    pub line: u64,
}

/// More distinct labels than this are no classes, unless they are text.
const MOST_CLASSES: usize = 20;

/// What the labels mean, or the row whose label cannot be used and why.
pub(super) fn targets(
    labels: &[LabelCell],
    task: Option<Task>,
) -> Result<Targets, (usize, CellProblem)> {
    let numbers: Vec<Result<f64, CellProblem>> = labels
        .iter()
        .map(|label| cell::number(&label.text))
        .collect();
    let numeric = numbers.iter().filter(|number| number.is_ok()).count();
    if numeric > 0 || task == Some(Task::Regression) {
        for (row, number) in numbers.iter().enumerate() {
            match number {
                Ok(_) | Err(CellProblem::Text | CellProblem::Comma) => {}
                Err(problem) => return Err((row, *problem)),
            }
        }
    }
    let text = numbers.iter().position(|number| number.is_err());
    let task = match task {
        Some(task) => task,
        None => detect(labels, &numbers).map_err(|row| (row, CellProblem::MixedLabel))?,
    };
    let values: Vec<f64> = numbers.into_iter().filter_map(Result::ok).collect();
    match (task, text) {
        (Task::Regression, Some(row)) => Err((row, CellProblem::TextLabel)),
        (Task::Regression, None) => Ok(Targets::Values(values)),
        (Task::Classification, None) => Ok(number_classes(&values)),
        (Task::Classification, Some(_)) => Ok(text_classes(labels)),
    }
}

/// The task, or a row whose label is text where most are numbers.
fn detect(labels: &[LabelCell], numbers: &[Result<f64, CellProblem>]) -> Result<Task, usize> {
    let values: Vec<f64> = numbers.iter().copied().filter_map(Result::ok).collect();
    let few = |distinct: usize| distinct <= MOST_CLASSES && distinct * distinct <= labels.len();
    match numbers.iter().position(|number| number.is_err()) {
        None => {
            let integers = values.iter().all(|value| value.fract() == 0.0);
            let distinct = distinct(&values).len();
            Ok(if integers && (distinct <= 2 || few(distinct)) {
                Task::Classification
            } else {
                Task::Regression
            })
        }
        Some(row) => {
            let texts: BTreeSet<&str> = labels.iter().map(|label| label.text.as_str()).collect();
            let mostly_text = 2 * values.len() < labels.len();
            if mostly_text || few(texts.len()) {
                Ok(Task::Classification)
            } else {
                Err(row)
            }
        }
    }
}

fn distinct(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    sorted
}

fn number_classes(values: &[f64]) -> Targets {
    let classes = distinct(values);
    let label = |value: &f64| classes.partition_point(|class| class < value) as u32;
    Targets::Classes {
        labels: values.iter().map(label).collect(),
        names: classes
            .iter()
            .map(|class| (class + 0.0).to_string())
            .collect(),
    }
}

fn text_classes(labels: &[LabelCell]) -> Targets {
    let names: BTreeSet<&str> = labels.iter().map(|label| label.text.as_str()).collect();
    let index: HashMap<&str, u32> = names.iter().copied().zip(0..).collect();
    Targets::Classes {
        labels: labels
            .iter()
            .map(|label| index[label.text.as_str()])
            .collect(),
        names: names.into_iter().map(str::to_owned).collect(),
    }
}
