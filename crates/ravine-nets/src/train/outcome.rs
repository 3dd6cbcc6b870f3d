//! What a training run tells.

use serde::{Deserialize, Serialize};

/// One evaluation: before the first step, and after each epoch.
///
/// Losses are the mean cross-entropy in nats, or the mean squared error in standardised units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Steps done.
    pub step: u64,
    /// Epochs done.
    pub epoch: f64,
    /// Seconds of training so far: batches, gradients and steps, without the evaluations.
    pub seconds: f64,
    /// The mean over the rows of the epoch of the loss that each had in its batch, so that of a network still moving; before
    /// the first step, the loss on the whole training part.
    #[serde(with = "or_null")]
    pub train_loss: f64,
    /// The loss on the whole validation part.
    #[serde(with = "or_null")]
    pub validation_loss: f64,
    /// The share of the validation part whose largest output is the right class; `None` in regression.
    pub validation_accuracy: Option<f64>,
}

/// The result of a training run, which is judged by its best evaluation: small data sets are overfitted soon, and who trains
/// keeps the best network. The evaluation is chosen by the validation loss; the test part has no say in it.
///
/// As JSON, a loss that is not finite is `null`, and comes back as NaN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// All evaluations, in order; those before the failure, if there was one.
    pub points: Vec<Point>,
    /// Steps at the evaluation with the lowest validation loss; `None` after a failure.
    pub best_step: Option<u64>,
    /// The lowest validation loss of all evaluations; NaN after a failure.
    #[serde(with = "or_null")]
    pub validation_loss: f64,
    /// The loss on the test part of the network as it was at that evaluation; NaN after a failure.
    #[serde(with = "or_null")]
    pub test_loss: f64,
    /// The accuracy on the test part of the network as it was at that evaluation; `None` in regression and after a failure.
    pub test_accuracy: Option<f64>,
    /// Steps done.
    pub steps: u64,
    /// Seconds of training, without the evaluations.
    pub seconds: f64,
    /// Steps at the first evaluation that met the target; `None` if none did. It stays if the run failed afterwards.
    pub steps_to_target: Option<u64>,
    /// Seconds of training at that evaluation.
    pub seconds_to_target: Option<f64>,
    /// Why training ended early, if a loss or a gradient became infinite or NaN: what, and at which step (the first is 1). A
    /// loss that only grows is no failure.
    pub failure: Option<String>,
}

/// A number in JSON, which has none that are not finite.
mod or_null {
    use serde::{Deserialize, Deserializer, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        if value.is_finite() {
            serializer.serialize_f64(*value)
        } else {
            serializer.serialize_none()
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        Ok(Option::<f64>::deserialize(deserializer)?.unwrap_or(f64::NAN))
    }
}
