//! One part of a split, ready for a network.

use super::super::{DataError, Dataset, Targets};
use super::{Scale, Standardization};

/// Some rows of a data set, standardised.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Which rows of the data set they are, ascending.
    pub rows: Vec<usize>,
    /// The number of features.
    pub features: usize,
    /// The standardised features, rows × features, row by row.
    pub inputs: Vec<f32>,
    /// What is to be predicted.
    pub targets: PartTargets,
}

/// The targets of a part, one for each of its rows.
#[derive(Clone, Debug, PartialEq)]
pub enum PartTargets {
    /// Classification: the index of the class.
    Classes(Vec<u32>),
    /// Regression: the standardised value.
    Values(Vec<f32>),
}

impl Part {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows. The parts of a [`Split`](super::Split) have at least one.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The features of the part's i-th row; empty if there is no such row.
    pub fn input(&self, i: usize) -> &[f32] {
        self.inputs
            .chunks_exact(self.features.max(1))
            .nth(i)
            .unwrap_or_default()
    }

    pub(super) fn new(
        data: &Dataset,
        rows: Vec<usize>,
        standardization: &Standardization,
    ) -> Result<Self, DataError> {
        let features = data.features();
        let standardized = |scale: &Scale, value: f64, row: usize, column: &str| {
            let z = scale.apply(value) as f32;
            if z.is_finite() {
                return Ok(z);
            }
            let (data, column) = (data.name.clone(), format!("{column:?}"));
            Err(DataError::Overflow {
                data,
                row: row + 1,
                column,
                value,
            })
        };
        let mut inputs = Vec::with_capacity(rows.len() * features);
        for row in &rows {
            let values = &data.inputs[row * features..(row + 1) * features];
            for ((value, scale), column) in values
                .iter()
                .zip(&standardization.columns)
                .zip(&data.columns)
            {
                inputs.push(standardized(scale, *value, *row, column)?);
            }
        }
        let targets = match (&data.targets, &standardization.target) {
            (Targets::Classes { labels, .. }, _) => {
                PartTargets::Classes(rows.iter().map(|row| labels[*row]).collect())
            }
            (Targets::Values(values), Some(scale)) => PartTargets::Values(
                rows.iter()
                    .map(|row| standardized(scale, values[*row], *row, &data.label))
                    .collect::<Result<_, _>>()?,
            ),
            (Targets::Values(values), None) => {
                PartTargets::Values(rows.iter().map(|row| values[*row] as f32).collect())
            }
        };
        Ok(Part {
            rows,
            features,
            inputs,
            targets,
        })
    }
}
