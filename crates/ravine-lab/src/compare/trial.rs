use ravine_nets::train::Outcome;
use serde::{Deserialize, Serialize};

/// What a run is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// To choose the learning rate.
    Tuning,
    /// To report on the chosen learning rate.
    Tuned,
    /// To report on the default learning rate.
    Default,
}

impl Phase {
    /// Its name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Tuning => "tuning",
            Phase::Tuned => "tuned",
            Phase::Default => "default",
        }
    }
}

/// One run to make.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialSpec {
    /// The optimiser's name.
    pub optimizer: String,
    /// The learning rate, or its peak where there is a schedule.
    pub lr: f64,
    /// The seed of the start and of the order of the data.
    pub seed: u64,
    /// What the run is for.
    pub phase: Phase,
}

impl TrialSpec {
    /// Its name, unique in a comparison: `adam-lr0.001-tuning-s2`.
    pub fn id(&self) -> String {
        let (optimizer, lr, phase) = (&self.optimizer, self.lr, self.phase.name());
        format!("{optimizer}-lr{lr}-{phase}-s{}", self.seed)
    }
}

/// One finished run. A quantity that is not finite, or not measured, is `None`, and null in JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Its name: [`TrialSpec::id`].
    pub id: String,
    /// The optimiser's name.
    pub optimizer: String,
    /// The learning rate, or its peak where there is a schedule.
    pub lr: f64,
    /// The seed.
    pub seed: u64,
    /// What the run was for.
    pub phase: Phase,
    /// Lowest validation loss of the run; none for a failed run.
    pub validation_loss: Option<f64>,
    /// Test loss at the evaluation with the lowest validation loss; none for a failed run.
    pub test_loss: Option<f64>,
    /// Share of the test rows whose class is predicted, 0 to 1; none for a failed run and for regression.
    pub test_accuracy: Option<f64>,
    /// Updates made.
    pub steps: u64,
    /// Seconds of training, without evaluation.
    pub seconds: f64,
    /// Updates until the target was reached; none where it was not.
    pub steps_to_target: Option<u64>,
    /// Seconds of training until the target was reached; none where it was not.
    pub seconds_to_target: Option<f64>,
    /// Why the run failed; none where it did not.
    pub failure: Option<String>,
}

impl Trial {
    /// The record of `outcome`.
    pub fn new(spec: &TrialSpec, outcome: &Outcome) -> Trial {
        let failure = outcome.failure.clone().or_else(|| {
            let finite = outcome.validation_loss.is_finite() && outcome.test_loss.is_finite();
            (!finite).then(|| "the loss is not finite at the lowest validation loss".to_string())
        });
        let of_success = |value: f64| Some(value).filter(|_| failure.is_none());
        Trial {
            id: spec.id(),
            optimizer: spec.optimizer.clone(),
            lr: spec.lr,
            seed: spec.seed,
            phase: spec.phase,
            validation_loss: of_success(outcome.validation_loss),
            test_loss: of_success(outcome.test_loss),
            test_accuracy: outcome.test_accuracy.and_then(of_success),
            steps: outcome.steps,
            seconds: outcome.seconds,
            steps_to_target: outcome.steps_to_target,
            seconds_to_target: outcome.seconds_to_target,
            failure,
        }
    }

    /// The same results for another purpose.
    pub(super) fn also_for(&self, spec: &TrialSpec) -> Trial {
        Trial {
            id: spec.id(),
            phase: spec.phase,
            ..self.clone()
        }
    }
}

/// What a run passed through, one value for each evaluation; values that are not finite are `None`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Curve {
    /// Updates made.
    pub step: Vec<u64>,
    /// Passes over the training data.
    pub epoch: Vec<f64>,
    /// Seconds of training, without evaluation.
    pub seconds: Vec<f64>,
    /// Mean loss on the training data since the last evaluation.
    pub train_loss: Vec<Option<f64>>,
    /// Loss on the validation data.
    pub validation_loss: Vec<Option<f64>>,
    /// Share of the validation rows whose class is predicted; none for regression.
    pub validation_accuracy: Option<Vec<Option<f64>>>,
}

impl Curve {
    /// The curve of `outcome`.
    pub fn new(outcome: &Outcome) -> Curve {
        let finite = |value: f64| Some(value).filter(|v| v.is_finite());
        let points = &outcome.points;
        let accuracy = |p: &ravine_nets::train::Point| p.validation_accuracy.and_then(finite);
        let classifies = points.iter().any(|p| p.validation_accuracy.is_some());
        Curve {
            step: points.iter().map(|p| p.step).collect(),
            epoch: points.iter().map(|p| p.epoch).collect(),
            seconds: points.iter().map(|p| p.seconds).collect(),
            train_loss: points.iter().map(|p| finite(p.train_loss)).collect(),
            validation_loss: points.iter().map(|p| finite(p.validation_loss)).collect(),
            validation_accuracy: classifies.then(|| points.iter().map(accuracy).collect()),
        }
    }
}
