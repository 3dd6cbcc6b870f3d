//! Data sets: built in or from a CSV file, split into training, validation and test part, standardised.
//!
//! A [`Dataset`] holds the numbers as they are in the file, in f64. [`Dataset::split`] makes of it a [`Split`]: three
//! [`Part`]s in f32, ready for a network. A split depends on the data, the fractions and the seed, and on nothing else.
//!
//! ```
//! use ravine_nets::data::{self, CsvOptions, Fractions};
//!
//! let digits = data::load("digits", &CsvOptions::default())?; // or the path of a CSV file
//! let split = digits.split(Fractions::default(), 0)?;
//! assert_eq!((digits.rows(), digits.features(), split.outputs), (1797, 64, 10));
//! assert_eq!(split.train.inputs.len(), split.train.len() * 64);
//! # Ok::<(), data::DataError>(())
//! ```

pub mod csv;
mod dataset;
mod digits;
mod error;
mod fingerprint;
mod sets;
mod split;

pub use csv::{CsvOptions, Label};
pub use dataset::{Dataset, Targets, Task, UnknownTask};
pub use digits::digits;
pub use error::{CellProblem, DataError};
pub use sets::{SetInfo, load, sets};
pub use split::{
    Fractions, MINIMUM_CLASS_ROWS, MINIMUM_ROWS, Part, PartTargets, Scale, Split, Standardization,
};
