//! A data set split into a training, a validation and a test part.

mod check;
mod fractions;
mod part;
mod standardization;
mod stratify;

use ravine::random::{self, Purpose};

use super::{DataError, Dataset, Targets, Task};
pub use fractions::Fractions;
pub use part::{Part, PartTargets};
pub use standardization::{Scale, Standardization};

/// A data set needs this many rows to be split.
pub const MINIMUM_ROWS: usize = 10;

/// A class needs this many rows to be in every part.
pub const MINIMUM_CLASS_ROWS: usize = 3;

/// The three parts of a data set, standardised with the statistics of the training part.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// What is to be predicted.
    pub task: Task,
    /// The width of a network's last layer: the number of classes, or 1 for regression.
    pub outputs: usize,
    /// The names of the classes; empty for regression.
    pub class_names: Vec<String>,
    /// The rows to train on.
    pub train: Part,
    /// The rows to choose by.
    pub validation: Part,
    /// The rows to report on.
    pub test: Part,
    /// How inputs and regression targets were standardised.
    pub standardization: Standardization,
}

impl Split {
    /// The number of features.
    pub fn features(&self) -> usize {
        self.standardization.columns.len()
    }
}

impl Dataset {
    /// Splits the rows into three parts at random and standardises them.
    ///
    /// Classification: every class is split by itself (stratified). A part's share of a class of n rows is n × fraction, rounded up
    /// or down, so that it is less than one row away from proportional; which way is chosen so that the sums over the classes stay
    /// proportional as well. If that leaves a part without a row of a class, it gets one from the part that has the most.
    /// Regression: all rows are treated as one class.
    ///
    /// Features are standardised with the mean and the standard deviation of the training part: see [`Standardization`]. So are the
    /// targets of a regression; losses are therefore in standardised units, and [`Scale::mean_squared_error`] converts them.
    ///
    /// The result depends on the data, the fractions and the seed only; rows keep their order within a part.
    ///
    /// # Errors
    /// Fractions that are not positive or do not sum to 1; fewer than [`MINIMUM_ROWS`] rows, or fewer than
    /// [`MINIMUM_CLASS_ROWS`] of a class; a single class or a constant target; fields that do not agree.
    pub fn split(&self, fractions: Fractions, seed: u64) -> Result<Split, DataError> {
        let shares = fractions.normalized()?;
        check::check(self)?;
        let mut groups = self.groups();

        let mut rng = random::stream(seed, Purpose::Split, 0);
        let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
        let mut parts: [Vec<usize>; 3] = Default::default();
        for (group, counts) in groups.iter_mut().zip(stratify::apportion(&sizes, shares)) {
            random::shuffle(&mut rng, group);
            let (train, rest) = group.split_at(counts[0]);
            let (validation, test) = rest.split_at(counts[1]);
            for (part, rows) in parts.iter_mut().zip([train, validation, test]) {
                part.extend_from_slice(rows);
            }
        }
        parts.iter_mut().for_each(|rows| rows.sort_unstable());

        let standardization = Standardization::of(self, &parts[0]);
        let [train, validation, test] = parts.map(|rows| Part::new(self, rows, &standardization));
        Ok(Split {
            task: self.task(),
            outputs: self.outputs(),
            class_names: match &self.targets {
                Targets::Classes { names, .. } => names.clone(),
                Targets::Values(_) => Vec::new(),
            },
            train: train?,
            validation: validation?,
            test: test?,
            standardization,
        })
    }

    /// The rows of each class, or all rows for a regression.
    fn groups(&self) -> Vec<Vec<usize>> {
        match &self.targets {
            Targets::Values(values) => vec![(0..values.len()).collect()],
            Targets::Classes { labels, names } => {
                let mut groups = vec![Vec::new(); names.len()];
                for (row, label) in labels.iter().enumerate() {
                    groups[*label as usize].push(row);
                }
                groups
            }
        }
    }
}
