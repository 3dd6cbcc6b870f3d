//! The augmented Lagrangian.

use std::sync::Mutex;

use super::vector::{largest, zeros};
use super::{Answer, Error, Lbfgsb, Limits, Method, Objective, Run, Stopped, Task};
use crate::Scalar;

/// General constraints, `h(x) = 0` and `c(x) ≤ 0`, with gradients.
pub trait Constraints<T: Scalar = f64>: Send + Sync {
    /// How many equations h(x) = 0.
    fn equalities(&self) -> usize;

    /// How many inequalities c(x) ≤ 0.
    fn inequalities(&self) -> usize;

    /// Writes h(x), and behind it c(x).
    fn values(&self, x: &[T], values: &mut [f64]);

    /// Adds `Σ wᵢ∇hᵢ(x)`, and behind the equations' weights those of the inequalities, `Σ wⱼ∇cⱼ(x)`, to a gradient.
    fn add_gradients(&self, x: &[T], weights: &[f64], gradient: &mut [T]);
}

impl<T: Scalar, C: Constraints<T> + ?Sized> Constraints<T> for &C {
    fn equalities(&self) -> usize {
        (**self).equalities()
    }

    fn inequalities(&self) -> usize {
        (**self).inequalities()
    }

    fn values(&self, x: &[T], values: &mut [f64]) {
        (**self).values(x, values);
    }

    fn add_gradients(&self, x: &[T], weights: &[f64], gradient: &mut [T]) {
        (**self).add_gradients(x, weights, gradient);
    }
}

type Function<'a, T> = Box<dyn Fn(&[T]) -> f64 + Send + Sync + 'a>;
type Gradient<'a, T> = Box<dyn Fn(&[T], &mut [T]) + Send + Sync + 'a>;

/// [`Constraints`] made of closures.
///
/// ```
/// use ravine::minimize::{AugmentedLagrangian, Constrained, Function, Task};
///
/// // The point of the circle ‖x‖² = 2 at which x₁ + x₂ is least.
/// let circle = Constrained::new()
///     .equal(|x| x[0] * x[0] + x[1] * x[1] - 2.0, |x, g| {
///         g[0] = 2.0 * x[0];
///         g[1] = 2.0 * x[1];
///     });
/// let sum = Function::new(|x: &[f64]| x[0] + x[1]).with_gradient(|_, g| g.fill(1.0));
/// let solution = AugmentedLagrangian::new(circle).solve(Task::new(&sum, &[-2.0, 0.0]))?;
/// assert!((solution.answer.x[0] + 1.0).abs() < 1e-7);
/// assert!((solution.equalities[0] - 0.5).abs() < 1e-6);
/// # Ok::<(), ravine::minimize::Error>(())
/// ```
pub struct Constrained<'a, T: Scalar = f64> {
    equalities: Vec<(Function<'a, T>, Gradient<'a, T>)>,
    inequalities: Vec<(Function<'a, T>, Gradient<'a, T>)>,
}

impl<T: Scalar> Default for Constrained<'_, T> {
    fn default() -> Self {
        Self {
            equalities: Vec::new(),
            inequalities: Vec::new(),
        }
    }
}

impl<'a, T: Scalar> Constrained<'a, T> {
    /// No constraints yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// And h(x) = 0; `gradient(x, g)` writes ∇h(x) to g, which holds zeros.
    #[must_use]
    pub fn equal(
        mut self,
        value: impl Fn(&[T]) -> f64 + Send + Sync + 'a,
        gradient: impl Fn(&[T], &mut [T]) + Send + Sync + 'a,
    ) -> Self {
        self.equalities.push((Box::new(value), Box::new(gradient)));
        self
    }

    /// And c(x) ≤ 0; `gradient(x, g)` writes ∇c(x) to g, which holds zeros.
    #[must_use]
    pub fn at_most(
        mut self,
        value: impl Fn(&[T]) -> f64 + Send + Sync + 'a,
        gradient: impl Fn(&[T], &mut [T]) + Send + Sync + 'a,
    ) -> Self {
        self.inequalities
            .push((Box::new(value), Box::new(gradient)));
        self
    }
}

impl<T: Scalar> Constraints<T> for Constrained<'_, T> {
    fn equalities(&self) -> usize {
        self.equalities.len()
    }

    fn inequalities(&self) -> usize {
        self.inequalities.len()
    }

    fn values(&self, x: &[T], values: &mut [f64]) {
        let all = self.equalities.iter().chain(&self.inequalities);
        for (v, (value, _)) in values.iter_mut().zip(all) {
            *v = value(x);
        }
    }

    fn add_gradients(&self, x: &[T], weights: &[f64], gradient: &mut [T]) {
        let all = self.equalities.iter().chain(&self.inequalities);
        let mut part = zeros(x.len());
        for (w, (_, write)) in weights.iter().zip(all).filter(|(w, _)| **w != 0.0) {
            part.fill(T::from_f64(0.0));
            write(x, &mut part);
            for (g, p) in gradient.iter_mut().zip(&part) {
                *g = T::from_f64(g.to_f64() + w * p.to_f64());
            }
        }
    }
}

/// The augmented Lagrangian method (of multipliers), for a smooth function under general equations and inequalities: it leaves the
/// constraints to a penalty, and corrects what the penalty gets wrong.
///
/// ```text
/// L(x) = f(x) + Σ (λᵢhᵢ(x) + ½ρhᵢ(x)²) + Σ (max(0, μⱼ + ρcⱼ(x))² − μⱼ²)/2ρ
/// x ← argmin L,   λ ← λ + ρh(x),   μ ← max(0, μ + ρc(x))
/// ```
/// L is minimised by another [`Method`], from where it ended before: to 0.01 at first, then to a tenth of that or of the violation,
/// whichever is less, and so on. ρ grows tenfold where the violation has not shrunk to a tenth, and where an inner run falls without end
/// or strays far from the constraints, which then begins anew. Bounds of the task are left to the inner method, if it keeps to bounds.
///
/// The answer's value is f(x); an iteration is one inner run. The stopping measure, in place of ‖∇f‖∞, is the largest of the inner
/// method's measure, ‖h(x)‖∞, and `|max(c(x), −μ/ρ)|`, violation of an inequality or its complementarity: together the conditions of
/// Karush, Kuhn and Tucker. The limits on values, steps and the target count only where the constraints hold as exactly as that.
/// Evaluations of constraints are not counted.
///
/// Constraints should be scaled such that their gradients are about as long as that of f; at the minimum they must not depend on one
/// another, or multipliers grow without end.
///
/// Source: M. Hestenes, 1969; M. Powell, 1969; E. Birgin, J. Martínez, "Practical augmented Lagrangian methods", 2014, algorithm 4.1;
/// J. Nocedal, S. Wright, "Numerical Optimization", 2nd ed., section 17.3.
pub struct AugmentedLagrangian<C, M = Lbfgsb> {
    /// h and c.
    pub constraints: C,
    /// Minimises L.
    pub inner: M,
    /// ρ at first, positive. 10.
    pub penalty: f64,
}

/// An answer and its multipliers.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution<T> {
    /// The point.
    pub answer: Answer<T>,
    /// λ, with `∇f + Σλ∇h + Σμ∇c = 0`: were an equation h(x) = ε, f would be lower by λε, to first order.
    pub equalities: Vec<f64>,
    /// μ, not negative; 0 for the inequalities that could be left out.
    pub inequalities: Vec<f64>,
}

impl<C> AugmentedLagrangian<C> {
    /// Under constraints, with L-BFGS-B inside.
    #[must_use]
    pub fn new(constraints: C) -> Self {
        Self::with_inner(constraints, Lbfgsb::new())
    }
}

impl<C, M> AugmentedLagrangian<C, M> {
    /// Under constraints, with another method inside.
    #[must_use]
    pub fn with_inner(constraints: C, inner: M) -> Self {
        Self {
            constraints,
            inner,
            penalty: 10.0,
        }
    }

    /// Solves a task, and gives the multipliers too.
    ///
    /// # Errors
    ///
    /// Those of [`Task::minimize`].
    pub fn solve<T: Scalar>(&self, task: Task<'_, T>) -> Result<Solution<T>, Error>
    where
        C: Constraints<T>,
        M: Method<T>,
    {
        let with = Multiplied {
            method: self,
            multipliers: Mutex::default(),
        };
        let answer = task.minimize(&with)?;
        let multipliers = with.multipliers.into_inner();
        let mut equalities = multipliers.unwrap_or_else(std::sync::PoisonError::into_inner);
        let inequalities =
            equalities.split_off(self.constraints.equalities().min(equalities.len()));
        Ok(Solution {
            answer,
            equalities,
            inequalities,
        })
    }

    fn find<T: Scalar>(&self, run: &mut Run<'_, T>) -> Result<(Answer<T>, Vec<f64>), Error>
    where
        C: Constraints<T>,
        M: Method<T>,
    {
        let penalty = self.penalty;
        Error::unless(
            penalty > 0.0 && penalty.is_finite(),
            "penalty",
            penalty,
            "positive",
        )?;
        let count = self.constraints.equalities() + self.constraints.inequalities();
        let mut lagrangian = Lagrangian {
            objective: run.evaluator.objective(),
            constraints: &self.constraints,
            multipliers: vec![0.0; count],
            penalty,
        };
        let mut x = run.start();
        let mut value = run.evaluator.value(&x);
        let far = STRAY * largest(&lagrangian.off(&x)).max(1.0);
        let mut violation = if count == 0 { 0.0 } else { f64::INFINITY };
        let mut measure = None;
        let mut tolerance = FIRST_TOLERANCE.max(run.limits().gradient);
        let mut failed = 0;
        loop {
            let stopped = run.check_norm(&x, value, measure, None);
            // Values and steps tell nothing of points off the constraints.
            let holds = violation <= run.limits().gradient;
            let about_values = [Stopped::Value, Stopped::Step, Stopped::Target];
            let stopped = stopped.filter(|stopped| holds || !about_values.contains(stopped));
            if let Some(stopped) = stopped {
                let answer = run.answer(x, value, measure, stopped);
                return Ok((answer, lagrangian.multipliers));
            }
            let spent = run.evaluator.evaluations().total();
            let limits = Limits {
                gradient: tolerance,
                evaluations: run.limits().evaluations.saturating_sub(spent),
                iterations: INNER_ITERATIONS,
                ..Limits::default()
            };
            let mut task = Task::new(&lagrangian, &x)
                .with_limits(limits)
                .with_seed(run.seed());
            if let Some(bounds) = run.bounds() {
                task = task.with_bounds(bounds);
            }
            if let Some(h) = run.difference() {
                task = task.with_difference(h);
            }
            let inner = task.minimize(&self.inner)?;
            run.evaluator.count(inner.evaluations);
            let off = lagrangian.off(&inner.x);
            let worst = largest(&off);
            let converged = inner.stopped.converged();
            let falls = inner.stopped == Stopped::Unbounded;
            let strays = count > 0 && (falls || (!converged && worst > far));
            if strays && lagrangian.penalty < LARGEST_PENALTY {
                // Once more from where it was: a larger penalty may hold it.
                lagrangian.penalty *= GROWTH;
                continue;
            }
            x = inner.x;
            let added = lagrangian.penalties(&x).0;
            value = inner.value - added;
            if added.abs() > value.abs() {
                // What is left of the difference is not exact.
                value = run.evaluator.value(&x);
            }
            lagrangian.correct(&off);
            measure = match inner.gradient_norm {
                Some(norm) => Some(largest(&[norm, worst])),
                None => converged.then_some(worst),
            };
            failed = if converged || worst < violation {
                0
            } else {
                failed + 1
            };
            let end = if worst.is_nan() {
                Some(Stopped::NonFinite)
            } else if falls {
                Some(Stopped::Unbounded)
            } else if failed > PATIENCE || lagrangian.penalty > LARGEST_PENALTY {
                Some(Stopped::NoProgress)
            } else {
                None
            };
            if let Some(stopped) = end {
                let answer = run.answer(x, value, measure, stopped);
                return Ok((answer, lagrangian.multipliers));
            }
            if worst > SHRINKS * violation && worst > run.limits().gradient {
                lagrangian.penalty *= GROWTH;
            }
            violation = worst;
            tolerance = (0.1 * tolerance.min(worst)).max(run.limits().gradient);
        }
    }
}

/// How exactly L is minimised at first.
const FIRST_TOLERANCE: f64 = 1e-2;

/// Most iterations of one inner run.
const INNER_ITERATIONS: u64 = 10_000;

/// What the penalty grows by, where the violation is not this part of what it was.
const GROWTH: f64 = 10.0;
const SHRINKS: f64 = 0.1;

/// An inner run that fails at a violation so many times that of the start, or 1, has left for where L falls without end.
const STRAY: f64 = 1e3;

/// A penalty beyond which no point satisfies the constraints, as far as this method can tell.
const LARGEST_PENALTY: f64 = 1e14;

/// Multipliers are kept between these: larger ones are those of constraints that contradict one another.
const LARGEST_MULTIPLIER: f64 = 1e20;

/// How many inner runs may fail in a row.
const PATIENCE: u32 = 5;

impl<T: Scalar, C: Constraints<T>, M: Method<T>> Method<T> for AugmentedLagrangian<C, M> {
    fn name(&self) -> String {
        "augmented-lagrangian".into()
    }

    fn takes_bounds(&self) -> bool {
        self.inner.takes_bounds()
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        self.find(run).map(|(answer, _)| answer)
    }
}

/// The method, remembering its multipliers.
struct Multiplied<'m, C, M> {
    method: &'m AugmentedLagrangian<C, M>,
    multipliers: Mutex<Vec<f64>>,
}

impl<T: Scalar, C: Constraints<T>, M: Method<T>> Method<T> for Multiplied<'_, C, M> {
    fn name(&self) -> String {
        Method::<T>::name(self.method)
    }

    fn takes_bounds(&self) -> bool {
        Method::<T>::takes_bounds(self.method)
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let (answer, multipliers) = self.method.find(run)?;
        if let Ok(mut kept) = self.multipliers.lock() {
            *kept = multipliers;
        }
        Ok(answer)
    }
}

/// L.
struct Lagrangian<'a, T: Scalar> {
    objective: &'a dyn Objective<T>,
    constraints: &'a dyn Constraints<T>,
    /// λ, and behind it μ.
    multipliers: Vec<f64>,
    penalty: f64,
}

impl<T: Scalar> Lagrangian<'_, T> {
    fn constraint_values(&self, x: &[T]) -> Vec<f64> {
        let mut values = vec![0.0; self.multipliers.len()];
        self.constraints.values(x, &mut values);
        values
    }

    /// How far off the constraints are, or, those that hold with room to spare, from not counting: h, and max(c, −μ/ρ).
    fn off(&self, x: &[T]) -> Vec<f64> {
        let mut off = self.constraint_values(x);
        let equalities = self.constraints.equalities();
        let rho = self.penalty;
        for (c, m) in off.iter_mut().zip(&self.multipliers).skip(equalities) {
            // `max` would drop a NaN.
            if *c < -m / rho {
                *c = -m / rho;
            }
        }
        off
    }

    /// λ + ρh, and max(0, μ + ρc).
    fn correct(&mut self, off: &[f64]) {
        let rho = self.penalty;
        for (off, m) in off.iter().zip(&mut self.multipliers) {
            *m = (*m + rho * off).clamp(-LARGEST_MULTIPLIER, LARGEST_MULTIPLIER);
        }
    }

    /// What the constraints add to f, and the weights of their gradients: λ + ρh, and max(0, μ + ρc).
    fn penalties(&self, x: &[T]) -> (f64, Vec<f64>) {
        let equalities = self.constraints.equalities();
        let rho = self.penalty;
        let mut sum = 0.0;
        let mut weights = self.constraint_values(x);
        for (i, (c, m)) in weights.iter_mut().zip(&self.multipliers).enumerate() {
            let weight = m + rho * *c;
            if i < equalities {
                sum += *c * (m + 0.5 * rho * *c);
                *c = weight;
            } else if weight <= 0.0 {
                sum -= 0.5 * m * m / rho;
                *c = 0.0;
            } else {
                sum += *c * (m + 0.5 * rho * *c);
                *c = weight;
            }
        }
        (sum, weights)
    }
}

impl<T: Scalar> Objective<T> for Lagrangian<'_, T> {
    fn value(&self, x: &[T]) -> f64 {
        self.objective.value(x) + self.penalties(x).0
    }

    fn gradient(&self, x: &[T], gradient: &mut [T]) -> bool {
        let known = self.objective.gradient(x, gradient);
        if known {
            let (_, weights) = self.penalties(x);
            self.constraints.add_gradients(x, &weights, gradient);
        }
        known
    }

    fn value_and_gradient(&self, x: &[T], gradient: &mut [T]) -> Option<f64> {
        let value = self.objective.value_and_gradient(x, gradient)?;
        let (penalty, weights) = self.penalties(x);
        self.constraints.add_gradients(x, &weights, gradient);
        Some(value + penalty)
    }
}
