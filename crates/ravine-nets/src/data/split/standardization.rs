//! Columns brought to mean 0 and standard deviation 1.

use serde::{Deserialize, Serialize};

use super::super::{Dataset, Targets};

/// How features, and the targets of a regression, were standardised: with the statistics of the training part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standardization {
    /// For each feature.
    pub columns: Vec<Scale>,
    /// For the target of a regression.
    pub target: Option<Scale>,
}

impl Standardization {
    /// The features that are constant in the training part, and standardise to 0 everywhere.
    pub fn constant_columns(&self) -> Vec<usize> {
        (0..self.columns.len())
            .filter(|column| self.columns[*column].is_constant())
            .collect()
    }

    pub(super) fn of(data: &Dataset, rows: &[usize]) -> Self {
        let features = data.features();
        let column = |column: usize| {
            Scale::of(
                rows.iter()
                    .map(move |row| data.inputs[row * features + column]),
            )
        };
        Standardization {
            columns: (0..features).map(column).collect(),
            target: match &data.targets {
                Targets::Values(values) => Some(Scale::of(rows.iter().map(|row| values[*row]))),
                Targets::Classes { .. } => None,
            },
        }
    }
}

/// Mean and standard deviation of a column: z = (x − mean) / standard deviation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// (1/n) Σ x
    pub mean: f64,
    /// √((1/n) Σ (x − mean)²); 0 if all values are equal, and then every x becomes 0.
    pub standard_deviation: f64,
}

impl Scale {
    fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        let n = values.clone().count().max(1) as f64;
        let low = values.clone().fold(f64::INFINITY, f64::min);
        let high = values.clone().fold(f64::NEG_INFINITY, f64::max);
        if low >= high {
            return Scale {
                mean: low,
                standard_deviation: 0.0,
            };
        }
        let mean = values.clone().sum::<f64>() / n;
        let variance = values.map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
        Scale {
            mean,
            standard_deviation: variance.sqrt(),
        }
    }

    /// Whether the column was constant.
    pub fn is_constant(&self) -> bool {
        self.standard_deviation == 0.0
    }

    /// The standardised value of x.
    pub fn apply(&self, x: f64) -> f64 {
        if self.is_constant() {
            0.0
        } else {
            (x - self.mean) / self.standard_deviation
        }
    }

    /// The value whose standardised value is z.
    pub fn undo(&self, z: f64) -> f64 {
        self.mean + z * self.standard_deviation
    }

    /// A mean squared error of standardised values, in the square of the column's own unit.
    pub fn mean_squared_error(&self, standardized: f64) -> f64 {
        standardized * self.standard_deviation * self.standard_deviation
    }
}
