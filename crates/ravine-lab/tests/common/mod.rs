//! Comparisons without networks: a run's outcome is a formula of its optimiser, learning rate and seed.
// Each test file uses its own part of this.
#![allow(dead_code)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ravine_lab::LabError;
use ravine_lab::compare::{Document, Finished, Race, TrialSpec, race};
use ravine_lab::config::{Config, Origin, Setting};
use ravine_nets::train::{Outcome, Point};

/// The configuration of these `key=value` pairs.
pub fn config(pairs: &[&str]) -> Config {
    Config::resolve(pairs.iter().map(|pair| setting(pair)).collect())
        .unwrap()
        .0
}

pub fn setting(pair: &str) -> Setting {
    let (key, value) = pair.split_once('=').unwrap();
    Setting {
        key: key.to_string(),
        value: value.to_string(),
        origin: Origin::Override,
    }
}

/// A run that ends at `loss`; one that is not finite is a failure.
pub fn outcome(spec: &TrialSpec, loss: f64) -> Outcome {
    let accuracy = (1.0 - loss / 10.0).clamp(0.0, 1.0);
    let point = |step: u64, loss: f64| Point {
        step,
        epoch: step as f64,
        seconds: step as f64 / 100.0,
        train_loss: loss * 0.9,
        validation_loss: loss,
        validation_accuracy: Some(accuracy),
    };
    let finite = loss.is_finite();
    let reached = finite && loss < 0.5;
    Outcome {
        points: vec![point(0, 2.3), point(10, loss)],
        validation_loss: loss,
        test_loss: loss + 0.01,
        test_accuracy: finite.then_some(accuracy),
        steps: 10,
        best_step: finite.then_some(10),
        seconds: 0.1 + spec.seed as f64 * 1e-3,
        steps_to_target: reached.then_some(5),
        seconds_to_target: reached.then_some(0.05),
        failure: (!finite).then(|| "the loss became NaN at step 7".to_string()),
    }
}

/// A bowl over the logarithm of the learning rate with its bottom at `optimum`, a little different for each seed.
pub fn bowl(spec: &TrialSpec, optimum: f64) -> f64 {
    let decades = (spec.lr / optimum).log10();
    0.1 + decades * decades + (spec.seed % 7) as f64 * 1e-3
}

/// Races with outcomes by `loss`.
pub fn run(
    config: &Config,
    out: &Path,
    jobs: usize,
    loss: impl Fn(&TrialSpec) -> f64 + Send + Sync + 'static,
) -> Result<Finished, LabError> {
    let prepared = Race::prepare(config)?;
    let stop = Arc::new(AtomicBool::new(false));
    let make = move |spec: &TrialSpec| Ok(Some((spec.clone(), outcome(spec, loss(spec)))));
    race(
        &prepared,
        out,
        "ravine compare",
        jobs,
        stop,
        make,
        &mut |_| {},
    )
}

/// The result as JSON, without the wall-clock seconds of the whole.
pub fn numbers(document: &Document) -> String {
    let document = Document {
        seconds: 0.0,
        ..document.clone()
    };
    serde_json::to_string_pretty(&document).unwrap()
}
