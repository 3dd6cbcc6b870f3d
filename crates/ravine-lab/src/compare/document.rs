use std::collections::BTreeMap;

use ravine_nets::data::Task;
use serde::{Deserialize, Serialize};

use super::protocol::Verdict;
use super::ranking::rank;
use super::trial::{Curve, Phase, Trial};
use crate::config::Target;
use crate::machine::Machine;
use crate::statistics::{Reaching, Summary};

/// The format of [`Document`].
pub const SCHEMA: &str = "ravine.compare/1";

/// The result of a comparison: what `--json` prints, compare.json holds and the page draws.
///
/// Of two comparisons with equal configuration all is equal but what measures time: `seconds`, `seconds_to_target`, `machine`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// [`SCHEMA`].
    pub schema: String,
    /// Ravine's version.
    pub version: String,
    /// The command line, as it can be typed again.
    pub command: String,
    /// Seconds of wall clock, over all processes that worked on it.
    pub seconds: f64,
    /// The machine.
    pub machine: Machine,
    /// The resolved configuration.
    pub config: serde_json::Value,
    /// What the network was trained for.
    pub task: Task,
    /// The declared target, if there is one.
    pub target: Option<TargetRecord>,
    /// The optimisers, best first.
    pub ranking: Vec<Ranked>,
    /// Optimisers that cannot take part, where all others do. Left out where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// Every run.
    pub trials: Vec<Trial>,
    /// The curves of the tuned runs, by the runs' names. Left out where there are none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub curves: BTreeMap<String, Curve>,
}

/// An optimiser that cannot take part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Its name.
    pub optimizer: String,
    /// Why, as the end of a sentence that begins with its name.
    pub reason: String,
}

/// A declared target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetRecord {
    /// `validation_loss` (reached at or below the value) or `validation_accuracy` (at or above).
    pub metric: String,
    /// The level.
    pub value: f64,
}

/// One optimiser's place in the ranking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// Its name.
    pub optimizer: String,
    /// Whether the chosen learning rate is still at the edge of those tried, so that a better one may lie beyond.
    pub lr_at_edge: bool,
    /// The learning rates tried, ascending.
    pub rates: Vec<f64>,
    /// How many of them were added because the best was at an edge.
    pub extended: usize,
    /// The results at the chosen learning rate.
    #[serde(flatten)]
    pub tuned: Results,
    /// The results at the default learning rate.
    pub default: Results,
}

/// What one optimiser reached with one learning rate on the reporting seeds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// The learning rate, or its peak where there is a schedule.
    pub lr: f64,
    /// Lowest validation loss of the run.
    pub validation_loss: Summary,
    /// Test accuracy at the evaluation with the lowest validation loss, 0 to 1; none for regression.
    pub test_accuracy: Option<Summary>,
    /// Test loss at the evaluation with the lowest validation loss.
    pub test_loss: Summary,
    /// Number of runs that failed.
    pub failures: usize,
    /// Updates to the target; none where no target was declared.
    pub steps_to_target: Option<Reaching>,
    /// Seconds of training to the target; none where no target was declared.
    pub seconds_to_target: Option<Reaching>,
}

impl Document {
    /// The same without the curves: what `--json` prints.
    pub fn without_curves(&self) -> Document {
        Document {
            curves: BTreeMap::new(),
            ..self.clone()
        }
    }

    /// Whether every run failed.
    pub fn all_failed(&self) -> bool {
        self.trials.iter().all(|trial| trial.failure.is_some())
    }

    /// Whether some optimiser, with its chosen learning rate, reached the target in the median.
    pub fn target_reached(&self) -> bool {
        let reached = |r: &Ranked| r.tuned.steps_to_target?.summary.median;
        self.ranking.iter().any(|ranked| reached(ranked).is_some())
    }
}

/// The ranking that follows from finished runs.
pub(super) fn ranking(
    verdicts: &[Verdict],
    trials: &[&Trial],
    task: Task,
    target: Option<Target>,
) -> Vec<Ranked> {
    let ranked = verdicts.iter().map(|verdict| {
        let of = |phase, lr| {
            let name = &verdict.entrant.name;
            let trials = trials
                .iter()
                .filter(|t| t.optimizer == *name && t.phase == phase);
            results(lr, &trials.copied().collect::<Vec<_>>(), task, target)
        };
        Ranked {
            optimizer: verdict.entrant.name.clone(),
            lr_at_edge: verdict.at_edge,
            rates: verdict.rates.clone(),
            extended: verdict.extended,
            tuned: of(Phase::Tuned, verdict.lr),
            default: of(Phase::Default, verdict.entrant.default_lr),
        }
    });
    rank(ranked.collect())
}

fn results(lr: f64, trials: &[&Trial], task: Task, target: Option<Target>) -> Results {
    let losses = |of: fn(&Trial) -> Option<f64>| {
        let values: Vec<f64> = trials
            .iter()
            .map(|trial| of(trial).unwrap_or(f64::INFINITY))
            .collect();
        Summary::of(&values)
    };
    let accuracies: Vec<f64> = trials
        .iter()
        .map(|trial| trial.test_accuracy.unwrap_or(f64::NEG_INFINITY))
        .collect();
    let reaching = |of: fn(&Trial) -> Option<f64>| {
        target.map(|_| Reaching::of(&trials.iter().map(|trial| of(trial)).collect::<Vec<_>>()))
    };
    Results {
        lr,
        validation_loss: losses(|trial| trial.validation_loss),
        test_accuracy: (task == Task::Classification).then(|| Summary::of(&accuracies)),
        test_loss: losses(|trial| trial.test_loss),
        failures: trials
            .iter()
            .filter(|trial| trial.failure.is_some())
            .count(),
        steps_to_target: reaching(|trial| trial.steps_to_target.map(|steps| steps as f64)),
        seconds_to_target: reaching(|trial| trial.seconds_to_target),
    }
}
