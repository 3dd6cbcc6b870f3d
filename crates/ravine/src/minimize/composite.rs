//! What the methods for f + g share: the proximal step, and how far it goes.

use super::Run;
use super::line::may_be_lost;
use super::term::Term;
use super::vector::{largest, overwrite, sums, visible_step, zeros};
use crate::Scalar;

/// A start where g is infinite is moved to where it is not.
pub(super) fn begin<T: Scalar>(term: &dyn Term<T>, x: &mut [T]) {
    if !term.value(x).is_finite() {
        term.prox(1.0, x);
    }
}

/// z = prox_tg(y − t∇f(y)).
fn proximal_step<T: Scalar>(term: &dyn Term<T>, y: &[T], gradient: &[T], t: f64, z: &mut [T]) {
    overwrite(z, [y, gradient], |_, [y, g]| {
        T::from_f64(y.to_f64() - t * g.to_f64())
    });
    term.prox(t, z);
}

/// Proximal steps of a size t such that the value stays below the parabola that f is taken for,
/// `f(z) ≤ f(y) + ∇f(y)ᵀ(z − y) + ‖z − y‖²/2t`: the first of t, t/2, t/4 … The next search begins with 1.1t. Where that much is
/// lost in the rounding of f, gradients tell instead, `(∇f(z) − ∇f(y))ᵀ(z − y) ≤ ‖z − y‖²/t`.
///
/// Source: Beck & Teboulle 2009, "FISTA with backtracking"; that t may grow again, K. Scheinberg, D. Goldfarb, X. Bai, "Fast first-order
/// methods for composite convex optimization with backtracking", 2014.
pub(super) struct Backtracking<T> {
    gradient: Vec<T>,
    /// ∇f(z), where a search had to look at it; otherwise room.
    ahead: Vec<T>,
    looked_ahead: bool,
    step: f64,
    /// Whether to search at all.
    searches: bool,
    begun: bool,
}

const GROWTH: f64 = 1.1;

impl<T: Scalar> Backtracking<T> {
    /// For n variables; with a step size that is kept, if one is given.
    pub(super) fn new(n: usize, step: Option<f64>) -> Self {
        Self {
            gradient: zeros(n),
            ahead: zeros(n),
            looked_ahead: false,
            step: step.unwrap_or(1.0),
            searches: step.is_none(),
            begun: false,
        }
    }

    pub(super) fn step(&self) -> f64 {
        self.step
    }

    /// f(y), and computes ∇f(y).
    pub(super) fn look(&mut self, run: &mut Run<'_, T>, y: &[T]) -> f64 {
        let value = run.evaluator.value_and_gradient(y, &mut self.gradient);
        if self.searches && !self.begun {
            let steepest = largest(&self.gradient);
            if steepest > 1.0 && steepest.is_finite() {
                self.step = 1.0 / steepest;
            }
        }
        value
    }

    /// Computes ∇f at the z of the last step.
    pub(super) fn turn(&mut self, run: &mut Run<'_, T>, z: &[T]) {
        if std::mem::take(&mut self.looked_ahead) {
            std::mem::swap(&mut self.gradient, &mut self.ahead);
        } else {
            run.evaluator.gradient(z, &mut self.gradient);
        }
    }

    /// ‖x − prox_tg(x − t∇f(x))‖∞/t, which is 0 where x minimises f + g, with t = 1 where that can be seen; at the point where it
    /// last looked.
    pub(super) fn measure(&mut self, term: &dyn Term<T>, x: &[T]) -> f64 {
        self.looked_ahead = false;
        let moved = &mut self.ahead;
        let step = visible_step(x, &self.gradient);
        proximal_step(term, x, &self.gradient, step, moved);
        overwrite(moved, [x], |moved, [x]| moved - x);
        largest(moved) / step
    }

    /// Writes the proximal step z from y; f there, or `None` if no step size is small enough. Where f no longer tells, f + g may
    /// not rise above a ceiling either, but for rounding: many steps along a wrong gradient would lead uphill.
    pub(super) fn next(
        &mut self,
        run: &mut Run<'_, T>,
        term: &dyn Term<T>,
        y: &[T],
        (value, ceiling): (f64, f64),
        z: &mut [T],
    ) -> Option<f64> {
        self.looked_ahead = false;
        if self.begun {
            self.step *= GROWTH;
        }
        self.begun = self.searches;
        while self.step > f64::MIN_POSITIVE {
            proximal_step(term, y, &self.gradient, self.step, z);
            if z == y {
                return Some(value);
            }
            let [slope, square] = sums([&self.gradient, z, y], |[g, z, y]| {
                [g * (z - y), (z - y) * (z - y)]
            });
            // Elsewhere is no point, or none that can be told from infinity.
            let there = if square.is_finite() {
                run.evaluator.value(z)
            } else {
                f64::INFINITY
            };
            if !self.searches {
                return (there < f64::INFINITY).then_some(there);
            }
            let parabola = square / (2.0 * self.step);
            // How far above its tangent it is: that, and not its fall, is what is compared with the parabola.
            let above = there - value - slope;
            let lost = may_be_lost::<T>(parabola, value) && may_be_lost::<T>(above, value);
            let fits = if lost {
                let rise = there + term.value(z) - ceiling;
                if rise > 0.0 && !may_be_lost::<T>(rise, ceiling) {
                    self.step *= 0.5;
                    continue;
                }
                run.evaluator.gradient(z, &mut self.ahead);
                self.looked_ahead = true;
                let vectors = [&self.ahead[..], &self.gradient, z, y];
                let [curvature] = sums(vectors, |[ahead, g, z, y]| [(ahead - g) * (z - y)]);
                curvature <= 2.0 * parabola
            } else {
                there < f64::INFINITY && above <= parabola
            };
            if fits {
                return Some(there);
            }
            self.looked_ahead = false;
            self.step *= 0.5;
        }
        None
    }
}
