//! A function, a start, limits, and who watches: what every method is given.

use std::fmt;
use std::ops::ControlFlow;

use super::objective::comparable;
use super::vector::{bottomless, epsilon, largest, overwrite};
use super::{Error, Evaluations, Evaluator, Objective};
use crate::Scalar;

/// A method that minimises functions.
pub trait Method<T: Scalar = f64>: Send + Sync {
    /// Its name, as on the command line.
    fn name(&self) -> String;

    /// Whether it keeps to bounds.
    fn takes_bounds(&self) -> bool {
        false
    }

    /// Runs from `run.start()` until `run.check` says stop.
    ///
    /// # Errors
    ///
    /// If the objective lacks what the method needs, or an option is out of its range.
    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error>;
}

impl<T: Scalar, M: Method<T> + ?Sized> Method<T> for Box<M> {
    fn name(&self) -> String {
        (**self).name()
    }

    fn takes_bounds(&self) -> bool {
        (**self).takes_bounds()
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        (**self).run(run)
    }
}

/// When to stop. A limit that is 0 (or `None`) is off, but for the numbers of iterations and evaluations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Stop where ‖∇f(x)‖∞ is at most this. 1e-8.
    pub gradient: f64,
    /// Stop where an iteration lowers the value by at most this times max(1, |f|). 0: off.
    pub value: f64,
    /// Stop where an iteration moves no coordinate by more than this times max(1, ‖x‖∞). 0: off. Methods without gradients
    /// take it for the size of their simplex, pattern or population, and 1e-8 where it is off (in f32 1.2e-7, the spacing of
    /// numbers).
    pub step: f64,
    /// Stop where the value is at most this. Off.
    pub target: Option<f64>,
    /// Most iterations. 100,000.
    pub iterations: u64,
    /// Most evaluations of all kinds, at least 1. No limit. Methods that compare values use no more than these; others look at it
    /// between iterations.
    pub evaluations: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            gradient: 1e-8,
            value: 0.0,
            step: 0.0,
            target: None,
            iterations: 100_000,
            evaluations: u64::MAX,
        }
    }
}

/// Lower and upper bounds of each coordinate; infinite where there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Bounds {
    lower: Vec<f64>,
    upper: Vec<f64>,
}

impl Bounds {
    /// Bounds for each coordinate.
    ///
    /// # Errors
    ///
    /// If there are not as many lower as upper ones, one is NaN, or no number lies between a lower one and its upper one.
    pub fn new(lower: Vec<f64>, upper: Vec<f64>) -> Result<Self, Error> {
        if lower.len() != upper.len() {
            let (lower, upper) = (lower.len(), upper.len());
            return Err(Error::Bounds(format!(
                "there are {lower} lower and {upper} upper bounds"
            )));
        }
        for (i, (l, u)) in lower.iter().zip(&upper).enumerate() {
            let none = *l == f64::INFINITY || *u == f64::NEG_INFINITY;
            if l > u || none || l.is_nan() || u.is_nan() {
                return Err(Error::Bounds(format!(
                    "coordinate {i} is bounded by {l} below and {u} above"
                )));
            }
        }
        Ok(Self { lower, upper })
    }

    /// The same bounds for n coordinates.
    ///
    /// # Errors
    ///
    /// If one is NaN, or no number lies between them.
    pub fn uniform(n: usize, lower: f64, upper: f64) -> Result<Self, Error> {
        Self::new(vec![lower; n], vec![upper; n])
    }

    /// The lower ones.
    #[must_use]
    pub fn lower(&self) -> &[f64] {
        &self.lower
    }

    /// The upper ones.
    #[must_use]
    pub fn upper(&self) -> &[f64] {
        &self.upper
    }

    /// Whether every coordinate has two finite bounds.
    #[must_use]
    pub fn are_finite(&self) -> bool {
        self.lower.iter().chain(&self.upper).all(|b| b.is_finite())
    }

    /// Moves x to the nearest point between the bounds.
    pub fn project<T: Scalar>(&self, x: &mut [T]) {
        for (x, (l, u)) in x.iter_mut().zip(self.lower.iter().zip(&self.upper)) {
            *x = T::from_f64(x.to_f64().clamp(*l, *u));
        }
    }
}

/// Where a method is.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a, T> {
    /// Iterations so far: 0 at the start.
    pub iteration: u64,
    /// The point.
    pub x: &'a [T],
    /// f(x).
    pub value: f64,
    /// ‖∇f(x)‖∞, where the method knows it.
    pub gradient_norm: Option<f64>,
    /// The step size of the last iteration, where the method has one.
    pub step_size: Option<f64>,
    /// What was computed so far.
    pub evaluations: Evaluations,
}

/// Watches a method: shows progress, records, stops it.
///
/// A closure `FnMut(&Progress<T>) -> ControlFlow<()>` is one; `Break` stops the method.
pub trait Observer<T> {
    /// Is told of the start and of every iteration.
    fn observe(&mut self, progress: &Progress<'_, T>) -> ControlFlow<()>;
}

impl<T, F: FnMut(&Progress<'_, T>) -> ControlFlow<()>> Observer<T> for F {
    fn observe(&mut self, progress: &Progress<'_, T>) -> ControlFlow<()> {
        self(progress)
    }
}

/// Why a method stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stopped {
    /// The gradient (of a bounded problem, its projection) is as small as asked for.
    Gradient,
    /// The value no longer falls by more than asked for.
    Value,
    /// The point no longer moves by more than asked for; or a simplex, pattern or population is as small as that.
    Step,
    /// The value reached the target.
    Target,
    /// No point with a lower value could be found along the search direction, nor along the gradient: the rest is below the precision of
    /// the numbers, or the gradient is wrong.
    NoProgress,
    /// All iterations were used.
    Iterations,
    /// All evaluations were used.
    Evaluations,
    /// The value falls without end.
    Unbounded,
    /// The value or the gradient is infinite or NaN where the method stands, or the gradient so large that its square is.
    NonFinite,
    /// The observer said so.
    Observer,
}

impl Stopped {
    /// Whether the method ended because it had found what it looked for.
    #[must_use]
    pub fn converged(self) -> bool {
        matches!(
            self,
            Self::Gradient | Self::Value | Self::Step | Self::Target
        )
    }

    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gradient => "gradient",
            Self::Value => "value",
            Self::Step => "step",
            Self::Target => "target",
            Self::NoProgress => "no-progress",
            Self::Iterations => "iterations",
            Self::Evaluations => "evaluations",
            Self::Unbounded => "unbounded",
            Self::NonFinite => "non-finite",
            Self::Observer => "observer",
        }
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gradient => "the gradient is small enough",
            Self::Value => "the value no longer falls",
            Self::Step => "the steps are small enough",
            Self::Target => "the target is reached",
            Self::NoProgress => "no lower value could be found: the precision of the numbers is exhausted, or the gradient is wrong",
            Self::Iterations => "all iterations are used",
            Self::Evaluations => "all evaluations are used",
            Self::Unbounded => "the value falls without end",
            Self::NonFinite => "the value or the gradient is not finite",
            Self::Observer => "it was told to",
        })
    }
}

/// What a method found, why it stopped, and what it cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<T> {
    /// The best point found.
    pub x: Vec<T>,
    /// f(x).
    pub value: f64,
    /// ‖∇f(x)‖∞, where the method knows it.
    pub gradient_norm: Option<f64>,
    /// Why it stopped.
    pub stopped: Stopped,
    /// Iterations.
    pub iterations: u64,
    /// What was computed.
    pub evaluations: Evaluations,
}

/// A function to be minimised from a start.
///
/// ```
/// use ravine::minimize::{Armijo, Bfgs, Descent, Function, Task};
///
/// let rosenbrock = Function::new(|x: &[f64]| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2));
/// let answer = Task::new(&rosenbrock, &[-1.2, 1.0]).minimize(&Descent::new(Bfgs::new(), Armijo::new()))?;
/// assert!((answer.x[0] - 1.0).abs() < 1e-6);
/// # Ok::<(), ravine::minimize::Error>(())
/// ```
pub struct Task<'a, T: Scalar = f64> {
    objective: &'a dyn Objective<T>,
    start: &'a [T],
    limits: Limits,
    bounds: Option<&'a Bounds>,
    seed: u64,
    difference: Option<f64>,
    observer: Option<&'a mut dyn Observer<T>>,
}

impl<'a, T: Scalar> Task<'a, T> {
    /// To minimise `objective` from `start`, with the default [`Limits`].
    pub fn new(objective: &'a dyn Objective<T>, start: &'a [T]) -> Self {
        Self {
            objective,
            start,
            limits: Limits::default(),
            bounds: None,
            seed: 0,
            difference: None,
            observer: None,
        }
    }

    /// With other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Between bounds. A start outside is moved to the nearest point between them.
    #[must_use]
    pub fn with_bounds(mut self, bounds: &'a Bounds) -> Self {
        self.bounds = Some(bounds);
        self
    }

    /// With another seed than 0, for methods that draw random numbers.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// With steps h·max(1, |xᵢ|) in finite differences. ∛ε, if nothing else is said.
    #[must_use]
    pub fn with_difference(mut self, h: f64) -> Self {
        self.difference = Some(h);
        self
    }

    /// Watched by `observer`.
    #[must_use]
    pub fn observed_by(mut self, observer: &'a mut dyn Observer<T>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Runs a method.
    ///
    /// # Errors
    ///
    /// If the start, the bounds or the method's options are impossible, or the method needs what the objective lacks.
    pub fn minimize(self, method: &dyn Method<T>) -> Result<Answer<T>, Error> {
        method.run(&mut self.prepare(method)?)
    }

    /// The run of a method, about to begin.
    pub(super) fn prepare(self, method: &dyn Method<T>) -> Result<Run<'a, T>, Error> {
        let found = self.start.len();
        if found == 0 {
            return Err(Error::Empty);
        }
        if let Some(expected) = self.objective.dimension().filter(|&n| n != found) {
            return Err(Error::Dimension { expected, found });
        }
        if let Some(coordinate) = self.start.iter().position(|x| !x.to_f64().is_finite()) {
            let value = self.start[coordinate].to_f64();
            return Err(Error::Start { coordinate, value });
        }
        if let Some(h) = self.difference {
            Error::unless_positive("the step of differences", h)?;
        }
        let mut start = self.start.to_vec();
        if let Some(bounds) = self.bounds {
            let given = bounds.lower.len();
            if given != found {
                return Err(Error::Bounds(format!(
                    "there are bounds for {given} coordinates, but the start has {found}"
                )));
            }
            if !method.takes_bounds() {
                return Err(Error::NoBounds {
                    method: method.name(),
                    instead: "lbfgsb, projected-gradient, nelder-mead, cma-es, differential-evolution",
                });
            }
            bounds.project(&mut start);
        }
        Ok(Run {
            evaluator: Evaluator::new(self.objective, self.difference),
            start,
            limits: self.limits,
            bounds: self.bounds,
            seed: self.seed,
            difference: self.difference,
            checks: 0,
            refused: false,
            observer: self.observer,
            before: None,
        })
    }
}

/// A method's run: what it works with, and who tells it when to stop.
pub struct Run<'a, T: Scalar = f64> {
    /// The objective, counted.
    pub evaluator: Evaluator<'a, T>,
    start: Vec<T>,
    limits: Limits,
    bounds: Option<&'a Bounds>,
    seed: u64,
    difference: Option<f64>,
    /// Calls of `check`: one more than there were iterations.
    checks: u64,
    /// Whether a value was asked for after the last of the evaluations.
    refused: bool,
    observer: Option<&'a mut dyn Observer<T>>,
    /// The value and the point of the check before, for the limits on their change.
    before: Option<(f64, Vec<T>)>,
}

impl<'a, T: Scalar> Run<'a, T> {
    /// Where to begin: between the bounds.
    pub fn start(&self) -> Vec<T> {
        self.start.clone()
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The bounds, if there are any.
    pub fn bounds(&self) -> Option<&'a Bounds> {
        self.bounds
    }

    /// The seed of random numbers.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The step of finite differences, where one was asked for.
    pub fn difference(&self) -> Option<f64> {
        self.difference
    }

    /// The same task from another start, with what is left of the evaluations and without the observer: for methods that
    /// run others. What it costs must be [counted](Evaluator::count).
    pub fn task<'s>(&self, start: &'s [T]) -> Task<'s, T>
    where
        'a: 's,
    {
        let spent = self.evaluator.evaluations().total();
        Task {
            objective: self.evaluator.objective(),
            start,
            limits: Limits {
                evaluations: self.limits.evaluations.saturating_sub(spent),
                ..self.limits
            },
            bounds: self.bounds,
            seed: self.seed,
            difference: self.difference,
            observer: None,
        }
    }

    /// f(x) as methods compare it: +∞ where it is NaN. When all evaluations are used it is +∞ too, without another one, and the next
    /// check ends the method.
    pub fn value(&mut self, x: &[T]) -> f64 {
        if self.grant(1) == 0 {
            return f64::INFINITY;
        }
        comparable(self.evaluator.objective().value(x))
    }

    /// How many of some wanted values may be computed, which count as computed. If they are fewer, the next check ends the method.
    pub(super) fn grant(&mut self, wanted: u64) -> u64 {
        let spent = self.evaluator.evaluations().total();
        let value = wanted.min(self.limits.evaluations.max(1).saturating_sub(spent));
        self.refused |= value < wanted;
        self.evaluator.count(Evaluations {
            value,
            ..Evaluations::default()
        });
        value
    }

    /// The size, relative to max(1, ‖x‖∞), at which a simplex, pattern or population is small enough: the limit on steps, or where that
    /// is off 1e-8, about √ε, by which values near a minimum can just be told apart; but not below the spacing of numbers.
    pub(super) fn smallest(&self) -> f64 {
        if self.limits.step > 0.0 {
            self.limits.step
        } else {
            epsilon::<T>().max(1e-8)
        }
    }

    /// Iterations so far.
    pub fn iterations(&self) -> u64 {
        self.checks.saturating_sub(1)
    }

    /// Tells the observer where the method is, and the method whether to stop. To be called at the start, and then once
    /// after each iteration; `gradient` is what is to become 0.
    pub fn check(
        &mut self,
        x: &[T],
        value: f64,
        gradient: Option<&[T]>,
        step_size: Option<f64>,
    ) -> Option<Stopped> {
        self.check_norm(x, value, gradient.map(largest), step_size)
    }

    /// [`check`](Self::check), with ‖∇f(x)‖∞ instead of the gradient.
    pub fn check_norm(
        &mut self,
        x: &[T],
        value: f64,
        gradient_norm: Option<f64>,
        step_size: Option<f64>,
    ) -> Option<Stopped> {
        self.watch(x, value, gradient_norm, step_size, |run| {
            run.hardly_changed(x, value)
        })
    }

    /// [`check`](Self::check), for methods that hold several points and know no gradient. `size` is how far these lie apart,
    /// which the limit on steps is for, or a default where that is off; `spread` is how far their values lie apart, which the
    /// limit on values is for. Either is infinite where there is no such thing. An iteration that finds nothing better says nothing
    /// about either.
    pub fn check_extent(&mut self, x: &[T], value: f64, size: f64, spread: f64) -> Option<Stopped> {
        let step_size = size.is_finite().then_some(size);
        self.watch(x, value, None, step_size, |run| {
            let flat = run.limits.value;
            if size <= run.smallest() * largest(x).max(1.0) {
                Some(Stopped::Step)
            } else if flat > 0.0 && spread <= flat * value.abs().max(1.0) {
                Some(Stopped::Value)
            } else {
                None
            }
        })
    }

    fn watch(
        &mut self,
        x: &[T],
        value: f64,
        gradient_norm: Option<f64>,
        step_size: Option<f64>,
        arrived: impl FnOnce(&mut Self) -> Option<Stopped>,
    ) -> Option<Stopped> {
        let iteration = self.checks;
        self.checks += 1;
        let progress = Progress {
            iteration,
            x,
            value,
            gradient_norm,
            step_size,
            evaluations: self.evaluator.evaluations(),
        };
        let told = match &mut self.observer {
            Some(observer) => observer.observe(&progress).is_break(),
            None => false,
        };
        let not_finite = |v: f64| v.is_nan() || v == f64::INFINITY;
        if value < bottomless::<T>() {
            Some(Stopped::Unbounded)
        } else if !self.refused && (not_finite(value) || gradient_norm.is_some_and(not_finite)) {
            Some(Stopped::NonFinite)
        } else if gradient_norm.is_some_and(|norm| norm <= self.limits.gradient) {
            Some(Stopped::Gradient)
        } else if self.limits.target.is_some_and(|target| value <= target) {
            Some(Stopped::Target)
        } else if self.refused {
            Some(Stopped::Evaluations)
        } else if let Some(stopped) = arrived(self) {
            Some(stopped)
        } else if told {
            Some(Stopped::Observer)
        } else if iteration >= self.limits.iterations {
            Some(Stopped::Iterations)
        } else if progress.evaluations.total() >= self.limits.evaluations {
            Some(Stopped::Evaluations)
        } else {
            None
        }
    }

    /// The answer of a method that stops here.
    pub fn answer(
        &self,
        x: Vec<T>,
        value: f64,
        gradient_norm: Option<f64>,
        stopped: Stopped,
    ) -> Answer<T> {
        Answer {
            x,
            value,
            gradient_norm,
            stopped,
            iterations: self.iterations(),
            evaluations: self.evaluator.evaluations(),
        }
    }

    fn hardly_changed(&mut self, x: &[T], value: f64) -> Option<Stopped> {
        let limits = &self.limits;
        if limits.value == 0.0 && limits.step == 0.0 {
            return None;
        }
        let Some((value_before, x_before)) = &mut self.before else {
            self.before = Some((value, x.to_vec()));
            return None;
        };
        let value_before = std::mem::replace(value_before, value);
        overwrite(x_before, [x], |before, [x]| x - before);
        let moved = largest(x_before);
        x_before.copy_from_slice(x);
        if limits.value > 0.0
            && value <= value_before
            && value_before - value <= limits.value * value.abs().max(1.0)
        {
            Some(Stopped::Value)
        } else if limits.step > 0.0 && moved <= limits.step * largest(x).max(1.0) {
            Some(Stopped::Step)
        } else {
            None
        }
    }
}
