//! What a training run is told.

use serde::{Deserialize, Serialize};

use super::TrainError;
use crate::model::ModelSpec;

/// A training run, apart from the data and the optimiser.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingConfig {
    /// The network. Default: [`ModelSpec::default`].
    pub model: ModelSpec,
    /// How often the training part is gone through; at least 1. Default: 30.
    pub epochs: usize,
    /// Rows in a batch; at least 1. If the training part has fewer, all of them. Default: 64.
    pub batch: usize,
    /// Sets the initial values and the order of the batches, each by a random stream of its own: two optimisers with the same
    /// seed see the same. Default: 0.
    pub seed: u64,
    /// What becomes of the rows of an epoch that do not fill a batch. Default: keep.
    pub last_batch: LastBatch,
    /// What is to be reached. Default: nothing.
    pub target: Option<Target>,
}

impl Default for TrainingConfig {
    fn default() -> Self {
        Self {
            model: ModelSpec::default(),
            epochs: 30,
            batch: 64,
            seed: 0,
            last_batch: LastBatch::default(),
            target: None,
        }
    }
}

impl TrainingConfig {
    pub(super) fn check(&self) -> Result<(), TrainError> {
        let refuse = |setting, reason| Err(TrainError::Config { setting, reason });
        if self.epochs == 0 {
            return refuse("epochs", "is 0, but must be at least 1");
        }
        if self.batch == 0 {
            return refuse("batch", "is 0, but must be at least 1");
        }
        match self.target {
            Some(Target::ValidationLoss(value)) if !(value >= 0.0 && value.is_finite()) => {
                refuse("target", "is a loss, so it must be a finite number from 0")
            }
            Some(Target::ValidationAccuracy(value)) if !(0.0..=1.0).contains(&value) => {
                refuse("target", "is an accuracy, so it must be in [0, 1]")
            }
            _ => Ok(()),
        }
    }
}

/// What becomes of the last rows of an epoch, if they do not fill a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LastBatch {
    /// They are a smaller batch, whose gradient counts like that of a full one.
    #[default]
    Keep,
    /// They are left out in this epoch; the next has another order.
    Drop,
}

/// What is to be reached, as seen at the evaluations: before the first step and after each epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A validation loss of at most this.
    ValidationLoss(f64),
    /// A validation accuracy of at least this; never reached in regression.
    ValidationAccuracy(f64),
}

impl Target {
    pub(super) fn is_reached(self, loss: f64, accuracy: Option<f64>) -> bool {
        match self {
            Self::ValidationLoss(target) => loss <= target,
            Self::ValidationAccuracy(target) => accuracy.is_some_and(|value| value >= target),
        }
    }
}
