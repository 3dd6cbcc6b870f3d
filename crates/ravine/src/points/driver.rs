//! The state machine between a method and its caller.

use std::path::Path;

use super::noise::Noise;
use super::slices::{Slices, clean, measure};
use super::store::{Part, Store};
use super::{Ask, Data, Method, Turn, Vector, saved};
use crate::chain::checkpoint;
use crate::error::{Error, NonFiniteValues};
use crate::hyper::Hyper;
use crate::{NonFinite, Optimizer, Parameter, Scalar, StepReport};

/// A [`Method`] around an [`Optimizer`], for parameters held as slices.
///
/// Its arrays belong to the parameters' names, as the optimiser's states do. Results do not depend on the number of threads
/// nor on the processor, to the bit.
#[derive(Debug)]
pub struct Points<T: Scalar = f32> {
    method: Box<dyn Method>,
    optimizer: Optimizer<T>,
    store: Store<T>,
    noise: Noise,
    /// Gradients of the present step so far; 0 between steps.
    point: u64,
    /// What was not finite in them, and counted as zero.
    zeroed: Vec<NonFiniteValues>,
}

/// What is to be done after [`Points::advance`].
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Next {
    /// Compute the gradients at the present values, which may have been moved, and call [`Points::advance`] again.
    Gradient(Data),
    /// The step is done, and the values are the new parameters.
    Done(PointsReport),
}

/// What happened in one step.
#[derive(Clone, Debug, PartialEq)]
pub struct PointsReport {
    /// How many gradients the step has cost.
    pub gradients: u64,
    /// The optimiser's report. Its gradient is the one that the method gave to it.
    pub step: StepReport,
}

impl<T: Scalar> Points<T> {
    /// `method` around `optimizer`, which makes the steps.
    ///
    /// # Errors
    /// A hyper-parameter of the method outside its range.
    pub fn new(method: impl Method, optimizer: Optimizer<T>) -> Result<Self, Error> {
        let mut result = Ok(());
        method.visit(&mut |info, hyper| {
            if result.is_ok() {
                result = info.check_ahead(hyper);
            }
        });
        result.map(|()| Self {
            store: Store::of(Vec::new(), method.arrays().len()),
            method: Box::new(method),
            optimizer,
            noise: Noise::new(0),
            point: 0,
            zeroed: Vec::new(),
        })
    }

    /// With this seed for the noise of methods that draw any. Default: 0. To be said before the first step.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.noise = Noise::new(seed);
        self
    }

    /// Answers with the gradients at the present values; all parameters of a step come in each call, under their names.
    ///
    /// A parameter whose gradient is missing at a point is not moved from it and is no part of any norm there; without a
    /// gradient at a step's last point it stays as it was when the step began, and so does its state.
    ///
    /// # Errors
    /// What [`Optimizer::step`] refuses, and parameters that are not those of the step's first point: nothing is changed,
    /// and the call can be made again as it should have been, or the step [abandoned](Points::abandon). By the policy
    /// [`NonFinite::Stop`] gradients that are not finite, at any point, end the step with the values as they were when it
    /// began. Errors of the optimiser's step itself end it too.
    pub fn advance<'a>(
        &mut self,
        parameters: impl IntoIterator<Item = Parameter<'a, T>>,
    ) -> Result<Next, Error> {
        if self.point == 0 {
            self.check()?;
        }
        let before = self.optimizer.steps();
        let mut parts = self.admit(parameters)?;
        let result = match self.answer(&mut parts) {
            Ok(Ask::Gradient(data)) => Ok(Next::Gradient(data)),
            Ok(Ask::Step(gradient)) => self.step(&mut parts, gradient).map(Next::Done),
            Err(error) => {
                parts.iter_mut().for_each(Part::restore);
                Err(error)
            }
        };
        self.store.put_back(parts);
        if !matches!(result, Ok(Next::Gradient(_))) {
            self.end(self.optimizer.steps() > before);
        }
        result
    }

    /// Gives up the step under way, if one is: puts the values back to where it began, to the bit. Gradients are not
    /// looked at.
    ///
    /// # Errors
    /// Parameters that are not those of the step; nothing is changed.
    pub fn abandon<'a>(
        &mut self,
        parameters: impl IntoIterator<Item = Parameter<'a, T>>,
    ) -> Result<(), Error> {
        if self.point > 0 {
            let mut parts = self.admit(parameters)?;
            parts.iter_mut().for_each(Part::restore);
            self.store.put_back(parts);
            self.end(false);
        }
        Ok(())
    }

    /// Whether a step is under way, so that the parameters' values may be others than those that are trained.
    #[must_use]
    pub fn under_way(&self) -> bool {
        self.point > 0
    }

    /// The optimiser that makes the steps.
    #[must_use]
    pub fn optimizer(&self) -> &Optimizer<T> {
        &self.optimizer
    }

    /// The optimiser that makes the steps, for its settings; it is not to be stepped by itself while a step is under way.
    pub fn optimizer_mut(&mut self) -> &mut Optimizer<T> {
        &mut self.optimizer
    }

    /// The optimiser alone, as it stands.
    #[must_use]
    pub fn into_optimizer(self) -> Optimizer<T> {
        self.optimizer
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &dyn Method {
        &*self.method
    }

    /// Sets a hyper-parameter of the method, to a number or a schedule.
    ///
    /// # Errors
    /// An unknown name, with the nearest known one; a value outside its range. The method is then as before.
    pub fn set(&mut self, name: &str, value: impl Into<Hyper>) -> Result<(), Error> {
        let value = value.into();
        let (mut known, mut result) = (Vec::new(), None);
        self.method.visit_mut(&mut |info, hyper| {
            known.push(info.name);
            if info.name == name {
                result = Some(info.check_ahead(&value).map(|()| *hyper = value.clone()));
            }
        });
        result.unwrap_or_else(|| Err(Error::unknown("hyper-parameter", name, known)))
    }

    /// An array that the method keeps for a parameter, by its name (`origin`, or one of [`Method::arrays`]); `None` while
    /// there is none.
    #[must_use]
    pub fn kept(&self, parameter: &str, array: &str) -> Option<&[T]> {
        let place = saved::names(&*self.method).position(|name| name == array)?;
        self.store.get(parameter)?.arrays.get(place)?.get()
    }

    /// Saves the optimiser's state and the method's in one file: the tensors of [`Optimizer::save`], a tensor
    /// `<parameter>/<method>.<array>` for each array, and the rest, with the optimiser's own metadata, under the metadata key
    /// `ravine.points`.
    ///
    /// It may be saved between two gradients of a step, if the parameters' values are saved as they are then.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        checkpoint::save(path.as_ref(), &self.to_bytes()?)
    }

    /// Loads a saved state, from which method and optimiser continue exactly.
    ///
    /// # Errors
    /// As [`Optimizer::load`]; another method or seed. Nothing is changed then. A state of an optimiser alone is loaded
    /// through [`Points::optimizer_mut`].
    pub fn load(&mut self, path: impl AsRef<Path>) -> Result<(), Error> {
        self.from_bytes(&checkpoint::load(path.as_ref())?)
    }

    /// The state as safetensors: see [`Points::save`].
    ///
    /// # Errors
    /// None that a user could cause.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let inner = self.optimizer.to_bytes()?;
        let noise = self.noise.position();
        saved::write(&inner, &*self.method, &self.store, self.point, noise)
    }

    /// Replaces the state by a saved one: see [`Points::load`].
    ///
    /// # Errors
    /// As [`Points::load`].
    pub fn from_bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let loaded = saved::read(bytes, &*self.method, self.noise.position())?;
        self.optimizer.from_bytes(&loaded.inner)?;
        self.store = loaded.store;
        self.point = loaded.point;
        self.noise = Noise::at(loaded.noise);
        self.zeroed.clear();
        Ok(())
    }

    /// Refuses schedules whose value at this step is outside its range.
    fn check(&self) -> Result<(), Error> {
        let mut result = self.optimizer.check();
        self.method.visit(&mut |info, hyper| {
            if result.is_ok() {
                result = info.check(hyper, self.optimizer.steps());
            }
        });
        result
    }

    fn admit<'a>(
        &mut self,
        parameters: impl IntoIterator<Item = Parameter<'a, T>>,
    ) -> Result<Vec<Part<'a, T>>, Error> {
        let mut parameters: Vec<_> = parameters.into_iter().collect();
        let again = parameters.iter_mut().map(|parameter| Parameter {
            values: &mut *parameter.values,
            ..*parameter
        });
        let moving = self.optimizer.preview(again)?;
        self.store.admit(parameters, &moving, self.point == 0)
    }

    /// Takes the gradients in, and asks the method what is next.
    fn answer(&mut self, parts: &mut [Part<'_, T>]) -> Result<Ask, Error> {
        let turn = Turn {
            step: self.optimizer.steps(),
            point: self.point,
        };
        self.point += 1;
        let bad = measure(parts);
        if !bad.is_empty() {
            match self.optimizer.non_finite() {
                NonFinite::Stop => {
                    return Err(Error::NonFinite {
                        step: turn.step + 1,
                        gradients: bad,
                        untouched: true,
                    });
                }
                // The optimiser will skip this step.
                NonFinite::Skip => return Ok(Ask::Step(Vector::Gradient)),
                NonFinite::Zero => {
                    clean(parts, &bad);
                    self.note(bad);
                }
            }
        }
        let noise = &mut self.noise;
        Ok(self.method.answer(&turn, &mut Slices { parts, noise }))
    }

    /// Adds to what was not finite in the gradients of this step.
    fn note(&mut self, bad: Vec<NonFiniteValues>) {
        for values in bad {
            let known = self.zeroed.iter_mut();
            match known.into_iter().find(|v| v.parameter == values.parameter) {
                Some(before) => before.count += values.count,
                None => self.zeroed.push(values),
            }
        }
    }

    /// The optimiser's step, from where the values were when the step began.
    fn step(&mut self, parts: &mut [Part<'_, T>], gradient: Vector) -> Result<PointsReport, Error> {
        parts.iter_mut().for_each(Part::restore);
        let parameters = parts.iter_mut().map(|part| part.with_gradient(gradient));
        let mut step = self.optimizer.step(parameters)?;
        step.non_finite.append(&mut self.zeroed);
        Ok(PointsReport {
            gradients: self.point,
            step,
        })
    }

    fn end(&mut self, done: bool) {
        let arrays = self.method.arrays();
        self.store.end(|array| arrays[array].lasting);
        self.noise.end(done);
        self.point = 0;
        self.zeroed.clear();
    }
}
