//! Descent direction iteration: a direction, a step along it, and again.

use super::line::{Line, Trial};
use super::patience::{Lowest, Patience};
use super::vector::{dot, largest, overwrite, zeros};
use super::{Answer, Error, Evaluator, Method, Run, Stopped};
use crate::Scalar;

/// A way to choose search directions.
pub trait Direction<T: Scalar = f64>: Send + Sync {
    /// Its name, as on the command line.
    fn name(&self) -> &'static str;

    /// What chooses the directions of one run, of n variables.
    ///
    /// # Errors
    ///
    /// If an option is out of its range, or the objective lacks what is needed.
    fn start<'s>(
        &'s self,
        evaluator: &Evaluator<'_, T>,
        n: usize,
    ) -> Result<Box<dyn Directing<T> + 's>, Error>;
}

/// A point, with its value and its gradient.
#[derive(Clone, Copy, Debug)]
pub struct Point<'a, T> {
    /// x.
    pub x: &'a [T],
    /// f(x).
    pub value: f64,
    /// ∇f(x).
    pub gradient: &'a [T],
}

impl<T: Scalar, D: Direction<T> + ?Sized> Direction<T> for Box<D> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn start<'s>(
        &'s self,
        evaluator: &Evaluator<'_, T>,
        n: usize,
    ) -> Result<Box<dyn Directing<T> + 's>, Error> {
        (**self).start(evaluator, n)
    }
}

/// Chooses the search directions of one run.
pub trait Directing<T: Scalar> {
    /// Writes the direction from a point, the one that the last step led to. `direction` still holds the one before, along
    /// which that step was taken; zeros at first. One that does not lead downhill is replaced by −∇f after
    /// [`forget`](Self::forget).
    fn direction(
        &mut self,
        at: Point<'_, T>,
        evaluator: &mut Evaluator<'_, T>,
        direction: &mut [T],
    );

    /// Learns from a step that was taken along `direction`.
    fn moved(&mut self, _from: Point<'_, T>, _to: Point<'_, T>, _step_size: f64) {}

    /// Forgets the past. Answers whether there was any: without, the direction would be the same again.
    fn forget(&mut self) -> bool {
        false
    }

    /// Whether a direction may lead uphill where the step size does not look at values, as that of the heavy ball may.
    fn may_rise(&self) -> bool {
        false
    }

    /// Whether directions have a length that makes 1 the natural step size, as those of Newton's method have.
    fn is_scaled(&self) -> bool {
        false
    }
}

/// A way to choose how far to go along a direction.
pub trait StepSize<T: Scalar = f64>: Send + Sync {
    /// Its name, as on the command line.
    fn name(&self) -> &'static str;

    /// What chooses the step sizes of one run.
    ///
    /// # Errors
    ///
    /// If an option is out of its range.
    fn start<'s>(&'s self) -> Result<Box<dyn Stepping<T> + 's>, Error>;
}

impl<T: Scalar> StepSize<T> for Box<dyn StepSize<T> + '_> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn start<'s>(&'s self) -> Result<Box<dyn Stepping<T> + 's>, Error> {
        (**self).start()
    }
}

/// Chooses the step sizes of one run.
pub trait Stepping<T: Scalar> {
    /// The step size along a line that leads downhill, given the one to try first; `None` if there is none. Iterations count
    /// from 0.
    fn step_size(&mut self, line: &mut Line<'_, '_, T>, first: f64, iteration: u64) -> Option<f64>;

    /// Whether steps may lead uphill, as those do that look at no value.
    fn may_rise(&self) -> bool {
        false
    }
}

/// Descent direction iteration: `x ← x + αd`, with a [`Direction`] d and a [`StepSize`] α.
///
/// The first trial of α is 1 for directions that have a natural length, and elsewhere the step that would be best if the value
/// fell along it, as a parabola, as far as in the last one, `2(f(x) − f(x₋))/φ′(0)`;
/// at the very first, one that moves x by at most 1. Where a direction leads uphill or
/// its search finds nothing, it forgets its past and −∇f is tried, before the method gives up.
pub struct Descent<D, S> {
    direction: D,
    step_size: S,
}

impl<D, S> Descent<D, S> {
    /// The method of a direction and a step size.
    pub fn new(direction: D, step_size: S) -> Self {
        Self {
            direction,
            step_size,
        }
    }
}

impl<T: Scalar, D: Direction<T>, S: StepSize<T>> Method<T> for Descent<D, S> {
    fn name(&self) -> String {
        format!("{} with {}", self.direction.name(), self.step_size.name())
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let mut x = run.start();
        let n = x.len();
        let mut directing = self.direction.start(&run.evaluator, n)?;
        let mut stepping = self.step_size.start()?;
        let (mut gradient, mut direction) = (zeros(n), zeros(n));
        let mut trials = [Trial::new(n), Trial::new(n)];
        let mut value = run.evaluator.value_and_gradient(&x, &mut gradient);
        let mut step_size = None;
        // f(x₊) − f(x) of the step before, if that was negative
        let mut fall = None;
        let (mut patience, mut lowest) = (Patience::new(), Lowest::none());
        loop {
            let norm = largest(&gradient);
            if let Some(stopped) = run.check_norm(&x, value, Some(norm), step_size) {
                return Ok(lowest.answer(run, x, value, norm, stopped));
            }
            if !stepping.may_rise() && patience.ends(value, norm) {
                return Ok(lowest.answer(run, x, value, norm, Stopped::NoProgress));
            }
            let at = Point {
                x: &x,
                value,
                gradient: &gradient,
            };
            directing.direction(at, &mut run.evaluator, &mut direction);
            let mut slope = dot(&gradient, &direction);
            let found = loop {
                let leads = slope < 0.0 || (directing.may_rise() && stepping.may_rise());
                if leads && slope.is_finite() {
                    let first = if directing.is_scaled() {
                        1.0
                    } else {
                        first_step(slope, fall, &direction)
                    };
                    let iteration = run.iterations();
                    let evaluator = &mut run.evaluator;
                    let mut line = Line::new(evaluator, &x, value, slope, &direction, &mut trials);
                    let found = stepping.step_size(&mut line, first, iteration);
                    let found = found.filter(|&step| {
                        line.arrive(step);
                        stepping.may_rise() || line.value(step) < f64::INFINITY
                    });
                    if found.is_some() {
                        break found;
                    }
                }
                if !directing.forget() {
                    break None;
                }
                overwrite(&mut direction, [&gradient], |_, [g]| -g);
                slope = -dot(&gradient, &gradient);
                fall = None;
            };
            let Some(step) = found else {
                let stopped = if slope.is_finite() {
                    Stopped::NoProgress
                } else {
                    Stopped::NonFinite
                };
                return Ok(lowest.answer(run, x, value, norm, stopped));
            };
            let [trial, _] = &mut trials;
            let to = Point {
                x: &trial.x,
                value: trial.value,
                gradient: &trial.gradient,
            };
            directing.moved(at, to, step);
            fall = Some(trial.value - value).filter(|&fall| fall < 0.0);
            step_size = Some(step);
            lowest.leave(&x, value, norm, trial.value);
            value = trial.value;
            std::mem::swap(&mut x, &mut trial.x);
            std::mem::swap(&mut gradient, &mut trial.gradient);
        }
    }
}

/// The first trial along a direction without a natural length.
pub(super) fn first_step<T: Scalar>(slope: f64, fall: Option<f64>, direction: &[T]) -> f64 {
    match fall {
        // Not infinite where the slope is next to nothing: no part of that is shorter.
        Some(fall) => (2.0 * fall / slope).min(f64::MAX),
        None => 1.0 / largest(direction).max(1.0),
    }
}
