//! A chain with the states of named parameters: what a training loop calls.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::core::{Claim, Core, Measured};
use super::pass::{Links, Place, Work, measure, run_stage, run_whole, sum_terms};
use super::shared::shared_methods;
use super::{Chain, Fallback, NonFinite, Parameter, StepReport, checkpoint};
use crate::Scalar;
use crate::error::{Error, NonFiniteValues};
use crate::rule::{Initial, Scope, TERMS, Tensor};

/// An optimiser for parameters held as slices of `f32` or `f64`.
///
/// State belongs to a parameter's name, and is made when the parameter first has a gradient. Results do not depend on
/// the number of threads nor on the processor, to the bit.
///
/// ```
/// use ravine::{Optimizer, Parameter, adamw};
///
/// let mut optimizer = Optimizer::new(adamw(1e-3))?;
/// let mut weight = vec![0.5_f32; 6];
/// let gradient = vec![0.1_f32; 6];
/// let report = optimizer.step([Parameter::new("weight", &mut weight, Some(&gradient)).shape(&[2, 3])])?;
/// assert!((report.gradient_norm - 0.06_f64.sqrt()).abs() < 1e-6);
/// # Ok::<(), ravine::Error>(())
/// ```
#[derive(Debug)]
pub struct Optimizer<T: Scalar = f32> {
    pub(super) core: Core<Vec<T>>,
}

impl<T: Scalar> Optimizer<T> {
    /// An optimiser that runs `chain`.
    ///
    /// # Errors
    /// A hyper-parameter outside its range; a link that cannot stand where it stands.
    pub fn new(chain: impl Into<Chain>) -> Result<Self, Error> {
        Ok(Self {
            core: Core::new(chain.into())?,
        })
    }

    shared_methods!();

    /// A parameter's state by its name, for example `exp_avg` or `ema`; `None` before its first update.
    #[must_use]
    pub fn state(&self, parameter: &str, state: &str) -> Option<&[T]> {
        self.core.state(parameter, state).map(Vec::as_slice)
    }

    /// Moves the parameters by one step: `x ← x − u`.
    ///
    /// All parameters of one step come in one call, each under its own name; a step with a missing gradient leaves that
    /// parameter and its state as they are.
    ///
    /// # Errors
    /// Before anything is changed: lengths or shapes that do not fit, a name that comes twice, a schedule's value outside
    /// its range. By the policy [`NonFinite::Stop`]: gradients that are not finite, and parameters that a step made so.
    pub fn step<'a>(
        &mut self,
        parameters: impl IntoIterator<Item = Parameter<'a, T>>,
    ) -> Result<StepReport, Error> {
        let before = self.core.steps;
        self.core.slots.begin();
        let result = if self.core.accumulation.size > 1 {
            self.gather(parameters)
        } else {
            self.attempt(parameters)
        };
        if self.core.steps == before && !matches!(&result, Ok(report) if report.gathered) {
            self.core.slots.roll_back();
        }
        result
    }

    /// Adds a micro-batch's gradients to those before; the last of them makes the step, with the mean.
    fn gather<'a>(
        &mut self,
        parameters: impl IntoIterator<Item = Parameter<'a, T>>,
    ) -> Result<StepReport, Error> {
        let mut works = self.admit(parameters)?;
        measure(&mut works);
        let mut report = StepReport {
            step: self.core.steps,
            gradient_norm: norm(&works, |work| work.sums.input),
            non_finite: self.bad(&works),
            ..StepReport::default()
        };
        if !report.non_finite.is_empty() {
            match self.core.non_finite {
                NonFinite::Stop => {
                    report.step += 1;
                    return Err(self.stopped(report, true));
                }
                NonFinite::Skip => {
                    report.skipped = true;
                    return Ok(report);
                }
                NonFinite::Zero => works.iter_mut().for_each(Work::clean),
            }
        }
        for work in &works {
            let gathered = &mut self.core.slots.at_mut(work.slot).gathered;
            match gathered {
                None => *gathered = Some(work.gradient.to_vec()),
                Some(sum) => {
                    for (sum, g) in sum.iter_mut().zip(work.gradient.iter()) {
                        *sum = *sum + *g;
                    }
                }
            }
        }
        if !self.core.accumulation.next() {
            report.gathered = true;
            return Ok(report);
        }
        let scale = T::from_f64(1.0 / self.core.accumulation.size as f64);
        for work in &mut works {
            if let Some(mut mean) = self.core.slots.at_mut(work.slot).gathered.take() {
                mean.iter_mut().for_each(|sum| *sum = *sum * scale);
                work.gradient = Cow::Owned(mean);
            }
        }
        self.advance(works)
    }

    fn attempt<'a>(
        &mut self,
        parameters: impl IntoIterator<Item = Parameter<'a, T>>,
    ) -> Result<StepReport, Error> {
        let works = self.admit(parameters)?;
        self.advance(works)
    }

    /// A step with these gradients.
    fn advance(&mut self, mut works: Vec<Work<'_, T>>) -> Result<StepReport, Error> {
        self.core.check()?;
        let mut report = StepReport {
            step: self.core.steps + 1,
            learning_rate: self.core.learning_rate(),
            ..StepReport::default()
        };
        if self.core.plan.reads_ahead() || self.core.non_finite == NonFinite::Skip {
            measure(&mut works);
            report.gradient_norm = norm(&works, |work| work.sums.input);
            report.non_finite = self.bad(&works);
            if !report.non_finite.is_empty() {
                match self.core.non_finite {
                    NonFinite::Stop => return Err(self.stopped(report, true)),
                    NonFinite::Skip => {
                        report.step = self.core.steps;
                        report.skipped = true;
                        return Ok(report);
                    }
                    NonFinite::Zero => works.iter_mut().for_each(Work::clean),
                }
            }
        }
        self.take_states(&mut works);
        self.run(&mut works, &mut report);
        for work in &mut works {
            let slot = self.core.slots.at_mut(work.slot);
            slot.updates = work.updates;
            let kept = slot.states.iter_mut().zip(&slot.kinds);
            for ((state, kind), values) in kept.zip(work.states.drain(..)) {
                *state = kind.as_ref().map(|_| values);
            }
        }
        self.core.steps += 1;
        self.core.loss = None;
        report.diverged = self.diverged(&works);
        if self.core.non_finite == NonFinite::Stop {
            if !report.non_finite.is_empty() {
                return Err(self.stopped(report, false));
            }
            if !report.diverged.is_empty() {
                return Err(Error::Diverged {
                    step: report.step,
                    parameters: report.diverged,
                });
            }
        }
        Ok(report)
    }

    /// Finds each parameter's slot and checks that everything fits; takes the states out once all do.
    fn admit<'a>(
        &mut self,
        parameters: impl IntoIterator<Item = Parameter<'a, T>>,
    ) -> Result<Vec<Work<'a, T>>, Error> {
        let parameters = parameters.into_iter();
        let mut works = Vec::with_capacity(parameters.size_hint().0);
        let needs_shapes = self.core.plan.needs_shapes();
        for (position, parameter) in parameters.enumerate() {
            let Parameter {
                name,
                shape,
                values,
                gradient,
                hessian,
            } = parameter;
            let problem = |problem| Error::Parameter {
                parameter: name.into(),
                problem,
            };
            if shape.is_none() && needs_shapes {
                let missing = "has no shape, but the chain or a group goes by shapes; give it one with Parameter::shape";
                return Err(problem(missing.into()));
            }
            let flat = [values.len()];
            let shape = shape.unwrap_or(&flat);
            let elements = shape.iter().try_fold(1, |n: usize, &d| n.checked_mul(d));
            if elements != Some(values.len()) {
                return Err(problem(format!(
                    "has {} values, but shape {shape:?}",
                    values.len()
                )));
            }
            let slot = self
                .core
                .slots
                .find(&mut self.core.plan, position, name, shape)?;
            let gradient = match gradient {
                Some(gradient) => Cow::Borrowed(gradient),
                // The others of its micro-batches count all the same.
                None if self.core.slots.at(slot).gathered.is_some() => {
                    Cow::Owned(vec![T::from_f64(0.0); values.len()])
                }
                None => continue,
            };
            if gradient.len() != values.len() {
                return Err(problem(format!(
                    "has {} values, but its gradient has {}",
                    values.len(),
                    gradient.len()
                )));
            }
            if let Some(hessian) = hessian {
                check_hessian(hessian, values.len()).map_err(problem)?;
            }
            self.core.refuse_averaged(slot)?;
            let variant = self.core.slots.at(slot).variant;
            if self.core.plan.is_frozen(variant, self.core.steps) {
                continue;
            }
            works.push(Work {
                slot,
                variant,
                updates: 0,
                values,
                gradient,
                hessian: hessian.unwrap_or_default(),
                states: SmallVec::new(),
                between: Vec::new(),
                constants: 0,
                sums: super::pass::Sums::default(),
            });
        }
        self.core.slots.check_loaded()?;
        Ok(works)
    }

    /// Refuses parameters that [`Optimizer::step`] would refuse. The names of those that it would move, in order.
    pub(crate) fn preview<'a>(
        &mut self,
        parameters: impl IntoIterator<Item = Parameter<'a, T>>,
    ) -> Result<Vec<String>, Error> {
        self.core.slots.begin();
        let admitted = self.admit(parameters).map(|works| {
            let names = works.iter().map(|work| self.core.slots.name(work.slot));
            names.map(String::from).collect()
        });
        self.core.slots.roll_back();
        admitted
    }

    /// Refuses schedules whose value at this step is outside its range.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.core.check()
    }

    pub(crate) fn non_finite(&self) -> NonFinite {
        self.core.non_finite
    }

    /// Takes the states out of their slots, and makes those that are new.
    fn take_states(&mut self, works: &mut [Work<'_, T>]) {
        for work in works {
            let slot = self.core.slots.at_mut(work.slot);
            work.updates = slot.updates + 1;
            let states = slot.states.iter_mut().zip(&slot.kinds);
            work.states = states
                .map(|(state, kind)| {
                    let Some(kind) = kind else {
                        return Vec::new();
                    };
                    let size = |shape: &Vec<usize>| shape.iter().product();
                    let len = kind.shape.as_ref().map_or(work.values.len(), size);
                    state.take().unwrap_or_else(|| match kind.initial {
                        Initial::Constant(value) => vec![T::from_f64(value); len],
                        Initial::Parameter => work.values.to_vec(),
                    })
                })
                .collect();
        }
    }

    fn run(&mut self, works: &mut [Work<'_, T>], report: &mut StepReport) {
        let stages = self.core.plan.stages.len();
        let ahead = self.core.plan.reads_ahead();
        for index in 0..stages {
            let place = Place {
                first: index == 0,
                last: index + 1 == stages,
                policy: self.core.non_finite,
            };
            if self.core.plan.stages[index].whole {
                self.run_whole(works, index, place, report);
            } else {
                self.run_stage(works, index, place, report);
            }
            if place.first && !ahead {
                report.gradient_norm = norm(works, |work| work.sums.input);
                report.non_finite = self.bad(works);
            }
        }
        report.update_norm = norm(works, |work| work.sums.output);
    }

    /// One pass.
    fn run_stage(
        &mut self,
        works: &mut [Work<'_, T>],
        index: usize,
        place: Place,
        report: &mut StepReport,
    ) {
        let measure = self.core.plan.stages[index].measure;
        for work in works.iter_mut().filter(|_| !place.last) {
            work.between.resize(work.values.len(), T::from_f64(0.0));
        }
        if measure.sums() {
            let claims = claims(works, |_| Measured::NOTHING);
            let (sets, _) = self.constants(works, index, &claims);
            let stage = &self.core.plan.stages[index];
            sum_terms(works, &self.links(index), &sets, &stage.states, place.first);
        }
        let square = |work: &Work<'_, T>| {
            if place.first {
                work.sums.input
            } else {
                work.sums.output
            }
        };
        let claims = match measure.scope() {
            Scope::Parameter => claims(works, |work| {
                Measured::new(measure, square(work), work.sums.terms, work.values.len())
            }),
            Scope::Global => {
                let total = works.iter().map(square).sum();
                let elements = works.iter().map(|work| work.values.len()).sum();
                let mut sums = [0.0; TERMS];
                for work in works.iter() {
                    for (sum, term) in sums.iter_mut().zip(work.sums.terms) {
                        *sum += term;
                    }
                }
                let all = Measured::new(measure, total, sums, elements);
                claims(works, |_| all)
            }
        };
        self.core.remember(index, &claims);
        let (sets, clipped) = self.constants(works, index, &claims);
        report.clipped |= clipped;
        let stage = &self.core.plan.stages[index];
        run_stage(works, &self.links(index), &sets, &stage.states, place);
    }

    /// The constants of a stage, narrowed; each parameter is told which are its own.
    fn constants(
        &self,
        works: &mut [Work<'_, T>],
        index: usize,
        claims: &[Claim],
    ) -> (Vec<Vec<T>>, bool) {
        let constants = self.core.constants(index, claims);
        for (work, set) in works.iter_mut().zip(constants.of) {
            work.constants = set;
        }
        let narrow = |set: &Vec<f64>| set.iter().map(|&c| T::from_f64(c)).collect();
        (
            constants.sets.iter().map(narrow).collect(),
            constants.clipped,
        )
    }

    /// The links of a stage, for each variant.
    fn links(&self, index: usize) -> Vec<Links<'_>> {
        let stage = &self.core.plan.stages[index];
        let variants = self.core.plan.variants.iter();
        variants
            .map(|variant| variant.links(stage).map(|(_, link)| link).collect())
            .collect()
    }

    /// A link that needs each tensor as a whole.
    fn run_whole(
        &self,
        works: &mut [Work<'_, T>],
        index: usize,
        place: Place,
        report: &mut StepReport,
    ) {
        let core = &self.core;
        let stage = &core.plan.stages[index];
        let fallbacks = run_whole(works, |work| {
            if place.first {
                work.between = work.gradient.to_vec();
            }
            let slot = core.slots.at(work.slot);
            let step = core.step_of(&claim(work, Measured::NOTHING));
            let variant = &core.plan.variants[work.variant];
            variant.links(stage).try_for_each(|(_, link)| {
                let tensor = Tensor {
                    name: &slot.name,
                    shape: &slot.shape,
                    x: work.values,
                    gradient: &work.gradient,
                    hessian: Some(work.hessian).filter(|hessian| !hessian.is_empty()),
                    u: &mut work.between,
                    states: &mut work.states[stage.states.clone()],
                };
                T::whole(link, &step, tensor)
            })
        });
        let link = stage.parts[0][0].name;
        report
            .fallbacks
            .extend(fallbacks.into_iter().map(|(slot, reason)| Fallback {
                link,
                parameter: core.slots.name(slot).into(),
                reason,
            }));
    }

    fn bad(&self, works: &[Work<'_, T>]) -> Vec<NonFiniteValues> {
        let bad = works.iter().filter(|work| work.sums.non_finite > 0);
        bad.map(|work| NonFiniteValues {
            parameter: self.core.slots.name(work.slot).into(),
            count: work.sums.non_finite,
        })
        .collect()
    }

    /// The parameters that a finite gradient has made infinite or NaN. Their updates' sum of squares tells where to look.
    fn diverged(&self, works: &[Work<'_, T>]) -> Vec<NonFiniteValues> {
        let suspects = works.iter().filter(|work| !work.sums.output.is_finite());
        suspects
            .map(|work| NonFiniteValues {
                parameter: self.core.slots.name(work.slot).into(),
                count: work
                    .values
                    .iter()
                    .filter(|value| !value.is_finite())
                    .count(),
            })
            .filter(|values| values.count > 0)
            .collect()
    }

    fn stopped(&self, report: StepReport, untouched: bool) -> Error {
        Error::NonFinite {
            step: report.step,
            gradients: report.non_finite,
            untouched,
        }
    }

    /// The state as safetensors: see [`Optimizer::save`].
    ///
    /// # Errors
    /// None that a user could cause.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        checkpoint::write(&self.core, |values: &Vec<T>| {
            (T::DTYPE, bytemuck::cast_slice(values).into())
        })
    }

    /// Replaces the state by a saved one: see [`Optimizer::load`].
    ///
    /// # Errors
    /// As [`Optimizer::load`].
    pub fn from_bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        checkpoint::read(bytes, &mut self.core, T::DTYPE, |bytes, _| {
            bytemuck::pod_collect_to_vec(bytes)
        })
    }
}

fn norm<T: Scalar>(works: &[Work<'_, T>], square: impl Fn(&Work<'_, T>) -> f64) -> f64 {
    works.iter().map(square).sum::<f64>().sqrt()
}

fn claims<T: Scalar>(
    works: &[Work<'_, T>],
    measured: impl Fn(&Work<'_, T>) -> Measured,
) -> Vec<Claim> {
    let claim = |work| claim(work, measured(work));
    works.iter().map(claim).collect()
}

fn claim<T: Scalar>(work: &Work<'_, T>, measured: Measured) -> Claim {
    Claim {
        slot: work.slot,
        variant: work.variant,
        updates: work.updates,
        measured,
        has_hessian: !work.hessian.is_empty(),
    }
}

fn check_hessian<T: Scalar>(diagonal: &[T], values: usize) -> Result<(), String> {
    if diagonal.len() != values {
        return Err(format!(
            "has {values} values, but its Hessian's diagonal has {}",
            diagonal.len()
        ));
    }
    match diagonal.iter().filter(|value| !value.is_finite()).count() {
        0 => Ok(()),
        bad => Err(format!(
            "has a Hessian's diagonal that is not finite in {bad} coordinates; leave it out for this step"
        )),
    }
}
