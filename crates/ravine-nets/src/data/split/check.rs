//! Whether a data set agrees with itself, and whether there is something to learn from it.

use super::super::{DataError, Dataset, Targets};
use super::{MINIMUM_CLASS_ROWS, MINIMUM_ROWS};

pub(super) fn check(data: &Dataset) -> Result<(), DataError> {
    consistent(data).map_err(|reason| DataError::Inconsistent {
        data: data.name.clone(),
        reason,
    })?;
    learnable(data)
}

fn consistent(data: &Dataset) -> Result<(), String> {
    let (rows, features, inputs) = (data.rows(), data.features(), &data.inputs);
    if rows.checked_mul(features) != Some(inputs.len()) {
        let numbers = inputs.len();
        return Err(format!(
            "{numbers} inputs for {rows} rows of {features} features"
        ));
    }
    if let Some(i) = inputs.iter().position(|x| !x.is_finite()) {
        let (row, column) = (i / features + 1, &data.columns[i % features]);
        return Err(format!("{} in row {row}, column {column:?}", inputs[i]));
    }
    match &data.targets {
        Targets::Classes { labels, names } => {
            let unnamed = labels
                .iter()
                .position(|label| *label as usize >= names.len());
            unnamed.map_or(Ok(()), |row| {
                let (label, names) = (labels[row], names.len());
                Err(format!(
                    "class {label} in row {}, but {names} class names",
                    row + 1
                ))
            })
        }
        Targets::Values(values) => {
            let wrong = values.iter().position(|y| !y.is_finite());
            wrong.map_or(Ok(()), |row| {
                Err(format!("{} as the target of row {}", values[row], row + 1))
            })
        }
    }
}

fn learnable(data: &Dataset) -> Result<(), DataError> {
    let (name, label) = (data.name.clone(), data.label.clone());
    if data.rows() < MINIMUM_ROWS {
        let (rows, needed) = (data.rows(), MINIMUM_ROWS);
        return Err(DataError::TooFewRows {
            data: name,
            rows,
            needed,
        });
    }
    match &data.targets {
        Targets::Classes { names, .. } => {
            let counts = data.class_counts();
            if let Some(only) = counts.iter().position(|rows| *rows == data.rows()) {
                let class = names[only].clone();
                return Err(DataError::OneClass {
                    data: name,
                    label,
                    class,
                });
            }
            let small = counts.iter().position(|rows| *rows < MINIMUM_CLASS_ROWS);
            small.map_or(Ok(()), |class| {
                Err(DataError::ClassTooSmall {
                    data: name,
                    label,
                    class: names[class].clone(),
                    rows: counts[class],
                    needed: MINIMUM_CLASS_ROWS,
                })
            })
        }
        Targets::Values(values) => {
            let value = values[0];
            if values.iter().any(|y| *y != value) {
                return Ok(());
            }
            Err(DataError::ConstantTarget {
                data: name,
                label,
                value,
            })
        }
    }
}
