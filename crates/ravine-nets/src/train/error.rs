//! Why a training run has no outcome.

/// A training run that could not be made, or was stopped. That the loss diverged is no error but a result: see
/// [`Outcome::failure`](super::Outcome::failure).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// The observer stopped it.
    #[error("interrupted after {step} steps")]
    Interrupted {
        /// Steps done.
        step: u64,
    },
    /// A setting that cannot be used.
    #[error("{setting} {reason}")]
    Config {
        /// The setting.
        setting: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A part of the data that cannot be used.
    #[error("the {part} part of the data {reason}")]
    Data {
        /// "training", "validation" or "test".
        part: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The optimiser cannot be built or used: a hyper-parameter outside its range, say.
    #[error(transparent)]
    Optimizer(#[from] ravine::Error),
}
