//! One training run: a network, the parts of a data set, an optimiser, and a seed, to an [`Outcome`].
//!
//! ```
//! use std::ops::ControlFlow;
//! use ravine_nets::data::{self, Fractions};
//! use ravine_nets::train::{TrainingConfig, train};
//!
//! let split = data::digits().split(Fractions::default(), 0)?;
//! let config = TrainingConfig { epochs: 2, ..TrainingConfig::default() };
//! let outcome = train(&config, &split, ravine::adam(1e-3), &mut |point| {
//!     assert!(point.validation_loss.is_finite());
//!     ControlFlow::Continue(())
//! })?;
//! assert_eq!(outcome.points.len(), 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod alone;
mod batches;
mod clock;
mod config;
mod error;
mod evaluate;
mod outcome;
mod run;

pub use config::{LastBatch, Target, TrainingConfig};
pub use error::TrainError;
pub use evaluate::{Evaluation, evaluate};
pub use outcome::{Outcome, Point};
pub use run::{train, train_with};
