//! The training loop.

use std::ops::ControlFlow;

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};
use ravine::Chain;
use ravine_burn::BurnOptimizer;

use super::alone::alone;
use super::batches::{Batches, gather_inputs, gather_targets};
use super::clock::Clock;
use super::{Evaluation, Outcome, Point, TrainError, TrainingConfig, evaluate};
use crate::data::{Part, PartTargets, Split};
use crate::loss::{cross_entropy, mean_squared};
use crate::model::Network;

/// Trains a network on the training part, and evaluates it on the validation part before the first step and after each
/// epoch. What is reported on the test part is the network as it was at its best evaluation.
///
/// `optimizer` is a rule, a tuple of rules or a chain. `observe` is called at every evaluation, and can end the run (but for
/// the last evaluation, behind which there is nothing to end). The loss is the cross-entropy for classes and the mean squared
/// error for values.
///
/// The run has a thread of its own, whatever thread it is called from, and uses no other. The same configuration, data and
/// optimiser give the same bits, beside however many other runs; only the seconds differ.
///
/// # Errors
/// A setting or an optimiser that cannot be used, and [`TrainError::Interrupted`] when the observer ended the run. A run whose
/// loss becomes infinite or NaN has an outcome, with a [`failure`](Outcome::failure).
pub fn train(
    config: &TrainingConfig,
    split: &Split,
    optimizer: impl Into<Chain>,
    observe: &mut (dyn FnMut(&Point) -> ControlFlow<()> + Send),
) -> Result<Outcome, TrainError> {
    train_with(config, split, &mut BurnOptimizer::new(optimizer)?, observe)
}

/// [`train`], with an optimiser that has groups or a policy for non-finite gradients, or a state.
///
/// # Errors
/// As [`train`].
pub fn train_with(
    config: &TrainingConfig,
    split: &Split,
    optimizer: &mut BurnOptimizer,
    observe: &mut (dyn FnMut(&Point) -> ControlFlow<()> + Send),
) -> Result<Outcome, TrainError> {
    config.check()?;
    for (name, part) in [
        ("training", &split.train),
        ("validation", &split.validation),
        ("test", &split.test),
    ] {
        check_part(name, part, split)?;
    }
    alone(|| Run::new(config, split, optimizer).finish(observe))
}

fn check_part(name: &'static str, part: &Part, split: &Split) -> Result<(), TrainError> {
    let refuse = |reason: String| Err(TrainError::Data { part: name, reason });
    let rows = part.len();
    if rows == 0 {
        return refuse("has no rows".to_owned());
    }
    if u32::try_from(rows).is_err() {
        return refuse(format!("has {rows} rows, more than 2³² − 1"));
    }
    let (features, expected) = (part.features, split.features());
    if features != expected || part.inputs.len() != rows * features {
        let numbers = part.inputs.len();
        return refuse(format!(
            "has {numbers} inputs in {rows} rows of {features}, but the training part has {expected} features"
        ));
    }
    match &part.targets {
        PartTargets::Classes(labels) => {
            if let Some(label) = labels
                .iter()
                .find(|label| **label as usize >= split.outputs)
            {
                return refuse(format!(
                    "has class {label}, but there are {}",
                    split.outputs
                ));
            }
        }
        PartTargets::Values(_) if split.outputs != 1 => {
            return refuse(format!("has values, but {} outputs", split.outputs));
        }
        PartTargets::Values(_) => {}
    }
    Ok(())
}

/// A training run on its way.
struct Run<'a> {
    config: &'a TrainingConfig,
    split: &'a Split,
    optimizer: &'a mut BurnOptimizer,
    device: Device,
    network: Network,
    batches: Batches,
    clock: Clock,
    steps: u64,
    points: Vec<Point>,
    reached: Option<(u64, f64)>,
    /// The evaluation with the lowest validation loss, and the network as it was then.
    best: Option<(Point, Network)>,
}

/// Why a run does not go on.
enum End {
    Failed(String),
    Error(TrainError),
}

impl From<TrainError> for End {
    fn from(error: TrainError) -> Self {
        Self::Error(error)
    }
}

impl<'a> Run<'a> {
    fn new(config: &'a TrainingConfig, split: &'a Split, optimizer: &'a mut BurnOptimizer) -> Self {
        let device = Device::flex();
        let (features, outputs, seed) = (split.features(), split.outputs, config.seed);
        let trained = device.clone().autodiff();
        let network = Network::new(&config.model, features, outputs, seed, &trained);
        let batches = Batches::new(split.train.len(), config.batch, config.last_batch, seed);
        Self {
            config,
            split,
            optimizer,
            device,
            network,
            batches,
            clock: Clock::default(),
            steps: 0,
            points: Vec::new(),
            reached: None,
            best: None,
        }
    }

    fn finish(
        mut self,
        observe: &mut dyn FnMut(&Point) -> ControlFlow<()>,
    ) -> Result<Outcome, TrainError> {
        let failure = match self.train(observe) {
            Ok(()) => None,
            Err(End::Failed(failure)) => Some(failure),
            Err(End::Error(error)) => return Err(error),
        };
        let best = self.best.take().filter(|_| failure.is_none());
        let test = best
            .as_ref()
            .map(|(_, network)| evaluate(network, &self.split.test, &self.device));
        Ok(Outcome {
            points: self.points,
            best_step: best.as_ref().map(|(point, _)| point.step),
            validation_loss: best.map_or(f64::NAN, |(point, _)| point.validation_loss),
            test_loss: test.map_or(f64::NAN, |test| test.loss),
            test_accuracy: test.and_then(|test| test.accuracy),
            steps: self.steps,
            seconds: self.clock.seconds(),
            steps_to_target: self.reached.map(|(steps, _)| steps),
            seconds_to_target: self.reached.map(|(_, seconds)| seconds),
            failure,
        })
    }

    fn train(&mut self, observe: &mut dyn FnMut(&Point) -> ControlFlow<()>) -> Result<(), End> {
        let start = evaluate(&self.network.valid(), &self.split.train, &self.device).loss;
        self.point(0, start, observe)?;
        for epoch in 1..=self.config.epochs {
            self.clock.start();
            let loss = self.epoch();
            self.clock.stop();
            self.point(epoch, loss?, observe)?;
        }
        Ok(())
    }

    /// Goes through the training part once; the mean loss over its rows.
    fn epoch(&mut self) -> Result<f64, End> {
        let (mut sum, mut rows) = (0.0, 0);
        for batch in self.batches.next_epoch() {
            let part = &self.split.train;
            let shape = [batch.len(), part.features];
            let inputs = TensorData::new(gather_inputs(part, batch), shape);
            let outputs = self
                .network
                .forward(Tensor::from_data(inputs, &self.device));
            let loss = match gather_targets(part, batch) {
                PartTargets::Classes(labels) => cross_entropy(outputs, &labels),
                PartTargets::Values(values) => mean_squared(outputs, values),
            };
            let value = f64::from(loss.clone().into_scalar::<f32>());
            if !value.is_finite() {
                return Err(End::Failed(became("training loss", value, self.steps + 1)));
            }
            self.optimizer.set_loss(value);
            let step = self.optimizer.step(&mut self.network, loss.backward());
            step.map_err(|error| match error {
                ravine::Error::NonFinite { .. } | ravine::Error::Diverged { .. } => {
                    End::Failed(error.to_string())
                }
                error => End::Error(error.into()),
            })?;
            self.steps += 1;
            sum += value * batch.len() as f64;
            rows += batch.len();
        }
        Ok(sum / rows as f64)
    }

    /// Evaluates, and tells the observer.
    fn point(
        &mut self,
        epoch: usize,
        train_loss: f64,
        observe: &mut dyn FnMut(&Point) -> ControlFlow<()>,
    ) -> Result<(), End> {
        let network = self.network.valid();
        let Evaluation { loss, accuracy } =
            evaluate(&network, &self.split.validation, &self.device);
        for (what, value) in [("training loss", train_loss), ("validation loss", loss)] {
            if !value.is_finite() {
                return Err(End::Failed(became(what, value, self.steps)));
            }
        }
        let point = Point {
            step: self.steps,
            epoch: epoch as f64,
            seconds: self.clock.seconds(),
            train_loss,
            validation_loss: loss,
            validation_accuracy: accuracy,
        };
        let target = self.config.target;
        if self.reached.is_none() && target.is_some_and(|target| target.is_reached(loss, accuracy))
        {
            self.reached = Some((point.step, point.seconds));
        }
        if self
            .best
            .as_ref()
            .is_none_or(|(best, _)| loss < best.validation_loss)
        {
            self.best = Some((point.clone(), network));
        }
        let flow = observe(&point);
        self.points.push(point);
        if flow.is_break() && epoch < self.config.epochs {
            return Err(TrainError::Interrupted { step: self.steps }.into());
        }
        Ok(())
    }
}

fn became(what: &str, value: f64, step: u64) -> String {
    let value = if value.is_nan() { "NaN" } else { "infinite" };
    format!("{what} became {value} at step {step}")
}
