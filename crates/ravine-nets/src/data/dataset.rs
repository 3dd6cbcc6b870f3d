//! A data set: a matrix of features and a target for each row.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What is to be predicted: one of several classes, or a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// One of several classes; trained with the cross-entropy loss.
    Classification,
    /// A number; trained with the mean squared loss.
    Regression,
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Task::Classification => "classification",
            Task::Regression => "regression",
        })
    }
}

/// A text that names no [`Task`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown task {0:?}; it is classification or regression")]
pub struct UnknownTask(pub String);

impl FromStr for Task {
    type Err = UnknownTask;

    fn from_str(text: &str) -> Result<Self, UnknownTask> {
        match text {
            "classification" => Ok(Task::Classification),
            "regression" => Ok(Task::Regression),
            _ => Err(UnknownTask(text.to_owned())),
        }
    }
}

/// The targets of a data set, one for each row.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets {
    /// Classification.
    Classes {
        /// The class of each row, as an index into `names`.
        labels: Vec<u32>,
        /// The names of the classes.
        names: Vec<String>,
    },
    /// Regression: the value of each row, in its own unit.
    Values(Vec<f64>),
}

/// A data set as it was read: nothing is scaled, and rows are in their original order.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// The name of a built-in set (`"digits"`), or of the file (`"iris.csv"`).
    pub name: String,
    /// The names of the features.
    pub columns: Vec<String>,
    /// The name of the label column.
    pub label: String,
    /// The features, rows × columns, row by row.
    ///
    /// In f64, because a column with a large offset and a small spread (a time stamp, say) loses its digits in f32 unless it is
    /// standardised first.
    pub inputs: Vec<f64>,
    /// What is to be predicted.
    pub targets: Targets,
}

impl Dataset {
    /// The number of rows.
    pub fn rows(&self) -> usize {
        match &self.targets {
            Targets::Classes { labels, .. } => labels.len(),
            Targets::Values(values) => values.len(),
        }
    }

    /// The number of features.
    pub fn features(&self) -> usize {
        self.columns.len()
    }

    /// What is to be predicted.
    pub fn task(&self) -> Task {
        match self.targets {
            Targets::Classes { .. } => Task::Classification,
            Targets::Values(_) => Task::Regression,
        }
    }

    /// The width of a network's last layer: the number of classes, or 1 for regression.
    pub fn outputs(&self) -> usize {
        match &self.targets {
            Targets::Classes { names, .. } => names.len(),
            Targets::Values(_) => 1,
        }
    }

    /// How many rows each class has, in the order of the classes; empty for regression.
    pub fn class_counts(&self) -> Vec<usize> {
        let mut counts = vec![
            0;
            if self.task() == Task::Classification {
                self.outputs()
            } else {
                0
            }
        ];
        if let Targets::Classes { labels, .. } = &self.targets {
            for label in labels {
                if let Some(count) = counts.get_mut(*label as usize) {
                    *count += 1;
                }
            }
        }
        counts
    }
}
