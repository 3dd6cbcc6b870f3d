//! A chain with the states of named parameters: what a training loop calls.

use std::borrow::Cow;

use rayon::prelude::*;
use smallvec::SmallVec;

use super::core::{Claim, Core, Measured};
use super::numbers::Numbers;
use super::pass::{CHUNK, Links, Place, Work, measure, run_stage, run_whole, sum_terms};
use super::shared::shared_methods;
use super::{Chain, Fallback, NonFinite, Parameter, StepReport, checkpoint};
use crate::Scalar;
use crate::error::{Error, NonFiniteValues};
use crate::rule::{Initial, Scope, TERMS, Tensor};
use crate::storage::{Format, Rounding, StateArray, Stored, key, wide};

/// An optimiser for parameters held as slices of `f32`, `f64`, [`half::bf16`] or [`half::f16`].
///
/// State belongs to a parameter's name, and is made when the parameter first has a gradient. Results do not depend on
/// the number of threads nor on the processor, to the bit.
///
/// Steps on bf16 and f16 parameters are computed in f32. Beside each such parameter stands a *master weight* in f32, of which the
/// parameter is the rounding (state `master`), so that small steps are not lost; a parameter that the caller has changed counts
/// as it is. [`Optimizer::without_master_weights`] does without, [`Optimizer::with_states`] makes the states small.
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
pub struct Optimizer<P: Stored = f32> {
    pub(super) core: Core<StateArray<P::Compute>>,
    states: Format,
    has_masters: bool,
}

impl<P: Stored> Optimizer<P> {
    /// An optimiser that runs `chain`.
    ///
    /// # Errors
    /// A hyper-parameter outside its range; a link that cannot stand where it stands.
    pub fn new(chain: impl Into<Chain>) -> Result<Self, Error> {
        Ok(Self {
            core: Core::new(chain.into())?,
            states: Format::Full,
            has_masters: P::NARROW,
        })
    }

    shared_methods!();

    /// With states in this format, for every rule: [`Format::Eight`] takes a quarter of the memory of f32, [`Format::Bf16`] half.
    /// States that are there already are rounded to it.
    ///
    /// Rounding is stochastic, so that what changes little by little is not lost, and depends on the
    /// [seed](Optimizer::with_seed), the parameter's name and updates, the state and the place in it only: never on threads.
    ///
    /// Some arrays stay in full: those of fewer than [`LEAST_SMALL`](crate::storage::LEAST_SMALL) numbers, those made of
    /// parameters ([`Rule::is_exact`](crate::rule::Rule::is_exact): averages, Schedule-Free's z), and those of methods that
    /// see whole matrices unless the method says otherwise
    /// ([`Whole::is_exact`](crate::rule::Whole::is_exact)).
    ///
    /// A coordinate whose gradient was not finite keeps its states, but they are rounded again with their neighbours.
    ///
    /// ```
    /// use ravine::{Optimizer, Parameter, adamw, storage::Format};
    ///
    /// let mut optimizer = Optimizer::new(adamw(1e-3))?.with_states(Format::Eight).with_seed(7);
    /// let (mut weight, gradient) = (vec![0.5_f32; 10_000], vec![0.1_f32; 10_000]);
    /// optimizer.step([Parameter::new("weight", &mut weight, Some(&gradient))])?;
    /// assert!(optimizer.state_bytes() < 2 * 10_000 + 1_000);
    /// # Ok::<(), ravine::Error>(())
    /// ```
    #[must_use]
    pub fn with_states(mut self, format: Format) -> Self {
        self.states = format;
        for slot in self.core.slots.iter_mut() {
            for (state, kind) in slot.states.iter_mut().zip(&slot.kinds) {
                if let (Some(array), Some(kind)) = (state.take(), kind) {
                    let format = kind.format(array.len(), format);
                    *state = Some(array.converted(format));
                }
            }
        }
        self
    }

    /// With this seed for stochastic rounding; 0 if none is given. It is saved and loaded with the state.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.core.seed = seed;
        self
    }

    /// Without master weights for bf16 and f16 parameters: the parameters are rounded stochastically, so that small steps
    /// move them on average. It saves 4 bytes a parameter, and costs the noise of the rounding: weights wander by half of their
    /// last bit, 0.2 % in bf16, which is more than a step of training at small learning rates.
    #[must_use]
    pub fn without_master_weights(mut self) -> Self {
        self.has_masters = false;
        for slot in self.core.slots.iter_mut() {
            slot.master = None;
        }
        self
    }

    /// A parameter's state by its name, for example `exp_avg` or `ema`, or `master` for the master weight; `None` before its
    /// first update.
    #[must_use]
    pub fn state(&self, parameter: &str, state: &str) -> Option<Cow<'_, [P::Compute]>> {
        let array = if state == checkpoint::MASTER {
            self.core.slots.get(parameter)?.master.as_ref()
        } else {
            self.core.state(parameter, state)
        };
        array.map(StateArray::numbers)
    }

    /// The memory of all states and master weights.
    #[must_use]
    pub fn state_bytes(&self) -> usize {
        let slots = self.core.slots.iter();
        let arrays = slots.flat_map(|slot| slot.states.iter().chain([&slot.master]).flatten());
        arrays.map(StateArray::bytes).sum()
    }

    /// Moves the parameters by one step: `x ← x − u`.
    ///
    /// All parameters of one step come in one call, each under its own name; a step with a missing gradient leaves that
    /// parameter and its state as they are.
    ///
    /// # Errors
    /// Before anything is changed: lengths or shapes that do not fit, a name that comes twice, a schedule's value outside
    /// its range, an estimate of the Hessian's diagonal that is needed and missing. By the policy [`NonFinite::Stop`]: gradients that are not finite, and parameters that a step made so.
    pub fn step<'a>(
        &mut self,
        parameters: impl IntoIterator<Item = Parameter<'a, P>>,
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
        parameters: impl IntoIterator<Item = Parameter<'a, P>>,
    ) -> Result<StepReport, Error> {
        let mut works = self.admit(parameters)?;
        if self.core.accumulation.is_last() {
            self.core.check()?;
        }
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
                None => *gathered = Some(work.gradient.wide().into_owned().into()),
                Some(sum) => add(sum.full_mut().unwrap_or_default(), &work.gradient.wide()),
            }
        }
        if !self.core.accumulation.next() {
            report.gathered = true;
            return Ok(report);
        }
        let scale = P::Compute::from_f64(1.0 / self.core.accumulation.size as f64);
        for work in &mut works {
            if let Some(mut sum) = self.core.slots.at_mut(work.slot).gathered.take() {
                let mut mean = sum.take();
                mean.iter_mut().for_each(|sum| *sum = *sum * scale);
                work.gradient = Numbers::Own(mean);
            }
        }
        // What came in earlier micro-batches only belongs to no later step.
        for slot in self.core.slots.iter_mut() {
            slot.gathered = None;
        }
        let done = self.advance(works)?;
        Ok(StepReport {
            non_finite: report.non_finite,
            ..done
        })
    }

    fn attempt<'a>(
        &mut self,
        parameters: impl IntoIterator<Item = Parameter<'a, P>>,
    ) -> Result<StepReport, Error> {
        let works = self.admit(parameters)?;
        self.advance(works)
    }

    /// A step with these gradients.
    fn advance(&mut self, mut works: Vec<Work<'_, P>>) -> Result<StepReport, Error> {
        self.core.check()?;
        let mut report = StepReport {
            step: self.core.steps + 1,
            learning_rate: self.core.learning_rate(),
            ..StepReport::default()
        };
        if self.core.skips_loss() {
            return Ok(self.skipped(report));
        }
        if self.core.plan.reads_ahead() || self.core.non_finite == NonFinite::Skip {
            measure(&mut works);
            report.gradient_norm = norm(&works, |work| work.sums.input);
            report.non_finite = self.bad(&works);
            if !report.non_finite.is_empty() {
                match self.core.non_finite {
                    NonFinite::Stop => return Err(self.stopped(report, true)),
                    NonFinite::Skip => return Ok(self.skipped(report)),
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
            slot.master = Some(std::mem::take(&mut work.master)).filter(|_| self.has_masters);
            slot.room = Some(StateArray::from(std::mem::take(&mut work.between)));
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
        parameters: impl IntoIterator<Item = Parameter<'a, P>>,
    ) -> Result<Vec<Work<'a, P>>, Error> {
        let parameters = parameters.into_iter();
        let mut works = Vec::with_capacity(parameters.size_hint().0);
        let needs_shapes = self.core.plan.needs_shapes();
        let reads_hessian = self.core.plan.reads_hessian();
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
                Some(gradient) => Numbers::Given(gradient),
                // The others of its micro-batches count all the same.
                None if self.core.slots.at(slot).gathered.is_some() => {
                    Numbers::Own(vec![P::Compute::from_f64(0.0); values.len()])
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
            if let Some(hessian) = hessian.filter(|_| reads_hessian) {
                check_hessian(hessian, values.len()).map_err(problem)?;
            }
            self.core.refuse_averaged(slot)?;
            let variant = self.core.slots.at(slot).variant;
            if self.core.plan.is_frozen(variant, self.core.steps) {
                continue;
            }
            self.core.check_hessian(slot, name, hessian.is_some())?;
            works.push(Work {
                slot,
                variant,
                updates: 0,
                values,
                gradient,
                hessian: hessian.filter(|_| reads_hessian).unwrap_or_default(),
                states: SmallVec::new(),
                roundings: SmallVec::new(),
                rounding: Rounding::Nearest,
                master: StateArray::default(),
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
        parameters: impl IntoIterator<Item = Parameter<'a, P>>,
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
    fn take_states(&mut self, works: &mut [Work<'_, P>]) {
        let Self {
            core, has_masters, ..
        } = self;
        for work in works {
            let slot = core.slots.at_mut(work.slot);
            work.updates = slot.updates + 1;
            let rounding = |state: &str| Rounding::Stochastic {
                key: key(core.seed, work.updates, &slot.name, state),
            };
            if *has_masters {
                let master = slot.master.take();
                work.master = master.unwrap_or_else(|| wide(work.values).into());
            } else if P::NARROW {
                work.rounding = rounding("");
            }
            let states = slot.states.iter_mut().zip(&slot.kinds);
            for ((state, kind), name) in states.zip(&core.plan.states) {
                let array = kind.as_ref().map(|kind| {
                    state.take().unwrap_or_else(|| {
                        let len = kind.len(work.values.len());
                        let format = kind.format(len, self.states);
                        match kind.initial {
                            Initial::Constant(value) => {
                                StateArray::new(len, format, P::Compute::from_f64(value))
                            }
                            Initial::Parameter => wide(work.values).into(),
                        }
                    })
                });
                let array = array.unwrap_or_default();
                work.roundings.push(match array.format() {
                    Format::Full => Rounding::Nearest,
                    _ => rounding(name),
                });
                work.states.push(array);
            }
        }
    }

    fn run(&mut self, works: &mut [Work<'_, P>], report: &mut StepReport) {
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
        works: &mut [Work<'_, P>],
        index: usize,
        place: Place,
        report: &mut StepReport,
    ) {
        let measure = self.core.plan.stages[index].measure;
        for work in works.iter_mut().filter(|_| !place.last) {
            let room = &mut self.core.slots.at_mut(work.slot).room;
            make_room(&mut work.between, room, work.values.len());
        }
        if measure.sums() {
            let claims = claims(works, |_| Measured::NOTHING);
            let (sets, _) = self.constants(works, index, &claims);
            let stage = &self.core.plan.stages[index];
            // Where the first link is passed by, nothing is summed.
            let mut heads = self.links(index);
            for (links, variant) in heads.iter_mut().zip(&self.core.plan.variants) {
                links.truncate(usize::from(variant.measures(stage)));
            }
            sum_terms(works, &heads, &sets, &stage.states, place.first);
        }
        let square = |work: &Work<'_, P>| {
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
                let stage = &self.core.plan.stages[index];
                let variants = &self.core.plan.variants;
                let measured = |work: &&Work<'_, P>| variants[work.variant].measures(stage);
                let measured = || works.iter().filter(measured);
                let total = measured().map(square).sum();
                let elements = measured().map(|work| work.values.len()).sum();
                let mut sums = [0.0; TERMS];
                for work in measured() {
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
        works: &mut [Work<'_, P>],
        index: usize,
        claims: &[Claim],
    ) -> (Vec<Vec<P::Compute>>, bool) {
        let constants = self.core.constants(index, claims);
        for (work, set) in works.iter_mut().zip(constants.of) {
            work.constants = set;
        }
        let narrow = |set: &Vec<f64>| set.iter().map(|&c| P::Compute::from_f64(c)).collect();
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
        &mut self,
        works: &mut [Work<'_, P>],
        index: usize,
        place: Place,
        report: &mut StepReport,
    ) {
        for work in works.iter_mut().filter(|_| place.first) {
            let room = &mut self.core.slots.at_mut(work.slot).room;
            make_room(&mut work.between, room, work.values.len());
        }
        let core = &self.core;
        let stage = &core.plan.stages[index];
        let fallbacks = run_whole(works, |work| {
            if place.first {
                work.between.copy_from_slice(&work.gradient.wide());
            }
            let slot = core.slots.at(work.slot);
            let step = core.step_of(&claim(work, Measured::NOTHING));
            let variant = &core.plan.variants[work.variant];
            let (own, gradient) = (work.wide(), work.gradient.wide());
            let hessian = Numbers::Given(work.hessian);
            let hessian = Some(hessian.wide()).filter(|hessian| !hessian.is_empty());
            let kept = &mut work.states[stage.states.clone()];
            let mut states: Vec<_> = kept.iter_mut().map(StateArray::take).collect();
            let result = variant.links(stage).try_for_each(|(_, link)| {
                let tensor = Tensor {
                    name: &slot.name,
                    shape: &slot.shape,
                    x: own.as_deref().or(P::full(work.values)).unwrap_or_default(),
                    gradient: &gradient,
                    hessian: hessian.as_deref(),
                    u: &mut work.between,
                    states: &mut states,
                };
                P::Compute::whole(link, &step, tensor)
            });
            let roundings = &work.roundings[stage.states.clone()];
            for ((state, values), rounding) in kept.iter_mut().zip(states).zip(roundings) {
                state.put(values, *rounding);
            }
            result
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

    fn bad(&self, works: &[Work<'_, P>]) -> Vec<NonFiniteValues> {
        let bad = works.iter().filter(|work| work.sums.non_finite > 0);
        bad.map(|work| NonFiniteValues {
            parameter: self.core.slots.name(work.slot).into(),
            count: work.sums.non_finite,
        })
        .collect()
    }

    /// The parameters that a finite gradient has made infinite or NaN. Their updates' sum of squares tells where to look.
    fn diverged(&self, works: &[Work<'_, P>]) -> Vec<NonFiniteValues> {
        let suspect = |work: &&Work<'_, P>| work.sums.overflowed || !work.sums.output.is_finite();
        works
            .iter()
            .filter(suspect)
            .map(|work| NonFiniteValues {
                parameter: self.core.slots.name(work.slot).into(),
                count: wide(work.values)
                    .iter()
                    .filter(|value| !value.is_finite())
                    .count(),
            })
            .filter(|values| values.count > 0)
            .collect()
    }

    fn skipped(&mut self, report: StepReport) -> StepReport {
        self.core.loss = None;
        StepReport {
            step: self.core.steps,
            skipped: true,
            ..report
        }
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
        checkpoint::write(&self.core, StateArray::parts)
    }

    /// Replaces the state by a saved one: see [`Optimizer::load`].
    ///
    /// # Errors
    /// As [`Optimizer::load`].
    pub fn from_bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let (states, has_masters) = (self.states, self.has_masters);
        checkpoint::read(bytes, &mut self.core, has_masters, |saved, kind| {
            saved.array(|len| kind.map_or(Format::Full, |kind| kind.format(len, states)))
        })
    }
}

fn norm<P: Stored>(works: &[Work<'_, P>], square: impl Fn(&Work<'_, P>) -> f64) -> f64 {
    works.iter().map(square).sum::<f64>().sqrt()
}

fn claims<P: Stored>(
    works: &[Work<'_, P>],
    measured: impl Fn(&Work<'_, P>) -> Measured,
) -> Vec<Claim> {
    let claim = |work| claim(work, measured(work));
    works.iter().map(claim).collect()
}

fn claim<P: Stored>(work: &Work<'_, P>, measured: Measured) -> Claim {
    Claim {
        slot: work.slot,
        variant: work.variant,
        updates: work.updates,
        measured,
        has_hessian: !work.hessian.is_empty(),
    }
}

fn check_hessian<P: Stored>(diagonal: &[P], values: usize) -> Result<(), String> {
    if diagonal.len() != values {
        return Err(format!(
            "has {values} values, but its Hessian's diagonal has {}",
            diagonal.len()
        ));
    }
    let chunks = diagonal.par_chunks(CHUNK);
    if !chunks.any(P::any_infinite) {
        return Ok(());
    }
    let wide = wide(diagonal);
    match wide.iter().filter(|value| !value.is_finite()).count() {
        0 => Ok(()),
        bad => Err(format!(
            "has a Hessian's diagonal that is not finite in {bad} coordinates; leave it out for this step"
        )),
    }
}

/// Room for what a stage hands to the next: that of the last step, if it was made already. What is in it does not matter.
fn make_room<T: Scalar>(between: &mut Vec<T>, room: &mut Option<StateArray<T>>, len: usize) {
    if between.len() != len {
        *between = room.take().map(|mut room| room.take()).unwrap_or_default();
        between.resize(len, T::from_f64(0.0));
    }
}

/// `sum ← sum + values`.
fn add<T: Scalar>(sum: &mut [T], values: &[T]) {
    sum.par_chunks_mut(CHUNK)
        .zip(values.par_chunks(CHUNK))
        .for_each(|(sum, values)| {
            for (sum, value) in sum.iter_mut().zip(values) {
                *sum = *sum + *value;
            }
        });
}
