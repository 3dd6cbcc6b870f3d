//! The built-in data sets, and how a name or a path becomes a data set.

use std::path::Path;

use ravine::suggest::nearest;
use serde::Serialize;

use super::{CsvOptions, DataError, Dataset, Task, csv, digits};

/// A built-in data set, described.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SetInfo {
    /// The name that [`load`] takes.
    pub name: &'static str,
    /// How many rows it has.
    pub rows: usize,
    /// How many features a row has.
    pub features: usize,
    /// What is to be predicted.
    pub task: Task,
    /// How many classes there are; 0 for regression.
    pub classes: usize,
    /// What it is, in a line.
    pub summary: &'static str,
    /// Who made it.
    pub source: &'static str,
    /// Under which licence it is.
    pub licence: &'static str,
}

/// The built-in data sets.
pub fn sets() -> Vec<SetInfo> {
    vec![SetInfo {
        name: "digits",
        rows: 1797,
        features: 64,
        task: Task::Classification,
        classes: 10,
        summary: "handwritten digits, 8 × 8 pixels of 0 to 16",
        source: "E. Alpaydin, C. Kaynak, UCI Machine Learning Repository, 1998",
        licence: "CC BY 4.0",
    }]
}

/// A built-in data set by its name, or a CSV file by its path.
///
/// A name wins; a file of the same name is reached as `./digits`. The options are for a file and do not change a built-in set.
///
/// # Errors
/// Those of [`csv::load`].
pub fn load(name_or_path: &str, options: &CsvOptions) -> Result<Dataset, DataError> {
    if name_or_path == "digits" {
        return Ok(digits().clone());
    }
    csv::load(Path::new(name_or_path), options).map_err(|error| match error {
        DataError::NotFound { file, built_in } => {
            match nearest(name_or_path, built_in.iter().copied()) {
                Some(suggestion) => DataError::NotFoundSimilar { file, suggestion },
                None => DataError::NotFound { file, built_in },
            }
        }
        other => other,
    })
}
