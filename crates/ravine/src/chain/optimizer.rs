//! A chain with the states of named parameters: what a training loop calls.

use super::core::{Claim, Core};
use super::pass::{Place, Work, measure, run_stage};
use super::shared::shared_methods;
use super::{Chain, Link, NonFinite, Parameter, StepReport, checkpoint};
use smallvec::SmallVec;

use crate::Scalar;
use crate::error::{Error, NonFiniteValues};
use crate::rule::{Initial, Measure};

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
    core: Core<Vec<T>>,
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
        let result = self.attempt(parameters);
        if self.core.steps == before {
            self.core.slots.roll_back();
        }
        result
    }

    fn attempt<'a>(
        &mut self,
        parameters: impl IntoIterator<Item = Parameter<'a, T>>,
    ) -> Result<StepReport, Error> {
        let mut works = self.admit(parameters)?;
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
                    NonFinite::Zero => {}
                }
            }
        }
        self.take_states(&mut works);
        self.run(&mut works, &mut report);
        for work in &mut works {
            let slot = self.core.slots.at(work.slot);
            slot.updates = work.updates;
            for (state, values) in slot.states.iter_mut().zip(work.states.drain(..)) {
                *state = Some(values);
            }
        }
        self.core.steps += 1;
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
            } = parameter;
            let problem = |problem| Error::Parameter {
                parameter: name.into(),
                problem,
            };
            if shape.is_none() && needs_shapes {
                let missing =
                    "has no shape, but a group selects by rank; give it one with Parameter::shape";
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
            let Some(gradient) = gradient else { continue };
            if gradient.len() != values.len() {
                return Err(problem(format!(
                    "has {} values, but its gradient has {}",
                    values.len(),
                    gradient.len()
                )));
            }
            let variant = self.core.slots.at(slot).variant;
            if self.core.plan.variants[variant].frozen {
                continue;
            }
            works.push(Work {
                slot,
                variant,
                updates: 0,
                values,
                gradient,
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
            let slot = self.core.slots.at(work.slot);
            work.updates = slot.updates + 1;
            let initials = &self.core.plan.variants[work.variant].initials;
            let states = slot.states.iter_mut().zip(initials);
            work.states = states
                .map(|(state, initial)| {
                    state.take().unwrap_or_else(|| match initial {
                        Initial::Constant(value) => vec![T::from_f64(*value); work.values.len()],
                        Initial::Parameter => work.values.to_vec(),
                    })
                })
                .collect();
        }
    }

    fn run(&self, works: &mut [Work<'_, T>], report: &mut StepReport) {
        let stages = self.core.plan.stages.len();
        for index in 0..stages {
            let place = Place {
                first: index == 0,
                last: index + 1 == stages,
                policy: self.core.non_finite,
            };
            report.clipped |= self.run_stage(works, index, place);
            if place.first {
                report.gradient_norm = norm(works, |work| work.sums.input);
                report.non_finite = self.bad(works);
            }
        }
        report.update_norm = norm(works, |work| work.sums.output);
    }

    /// One pass; returns whether a link clipped.
    fn run_stage(&self, works: &mut [Work<'_, T>], index: usize, place: Place) -> bool {
        let stage = &self.core.plan.stages[index];
        let norm_of = |work: &Work<'_, T>| {
            if place.first {
                work.sums.input
            } else {
                work.sums.output
            }
        };
        let global = norm(works, norm_of);
        for work in works.iter_mut().filter(|_| !place.last) {
            work.between.resize(work.values.len(), T::from_f64(0.0));
        }
        let claims = works.iter().map(|work| Claim {
            variant: work.variant,
            updates: work.updates,
            norm: match stage.measure {
                Measure::Nothing => f64::NAN,
                Measure::ParameterNorm => norm_of(work).sqrt(),
                Measure::GlobalNorm => global,
            },
        });
        let constants = self.core.constants(stage, claims);
        for (work, &set) in works.iter_mut().zip(&constants.of) {
            work.constants = set;
        }
        let narrow = |set: &Vec<f64>| set.iter().map(|&c| T::from_f64(c)).collect();
        let sets: Vec<Vec<T>> = constants.sets.iter().map(narrow).collect();
        let variants = &self.core.plan.variants;
        let links: Vec<&[Box<dyn Link>]> = variants
            .iter()
            .map(|variant| &variant.chain.links()[stage.links.clone()])
            .collect();
        run_stage(works, &links, &sets, &stage.states, place);
        constants.clipped
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
        checkpoint::write(
            &self.core.plan,
            self.core.steps,
            &self.core.slots,
            |values: &Vec<T>| (T::DTYPE, bytemuck::cast_slice(values).into()),
        )
    }

    /// Replaces the state by a saved one: see [`Optimizer::load`].
    ///
    /// # Errors
    /// As [`Optimizer::load`].
    pub fn from_bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let (steps, slots) = checkpoint::read(
            bytes,
            &mut self.core.plan,
            &self.core.slots,
            T::DTYPE,
            |bytes, _| bytemuck::pod_collect_to_vec(bytes),
        )?;
        self.core.steps = steps;
        self.core.slots = slots;
        Ok(())
    }
}

fn norm<T>(works: &[Work<'_, T>], square: impl Fn(&Work<'_, T>) -> f64) -> f64 {
    works.iter().map(square).sum::<f64>().sqrt()
}
