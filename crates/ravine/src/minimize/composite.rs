//! What the methods for f + g share: the proximal step, and how far it goes.

use super::Run;
use super::line::may_be_lost;
use super::term::Term;
use super::vector::{largest, zeros};
use crate::Scalar;

/// prox_tg(y − t∇f(y)).
pub(super) fn proximal_step<T: Scalar>(
    term: &dyn Term<T>,
    y: &[T],
    gradient: &[T],
    step: f64,
) -> Vec<T> {
    let moved = y.iter().zip(gradient);
    let moved = moved.map(|(y, g)| T::from_f64(y.to_f64() - step * g.to_f64()));
    let mut moved: Vec<T> = moved.collect();
    term.prox(step, &mut moved);
    moved
}

/// ‖x − prox_g(x − ∇f(x))‖∞, which is 0 where x minimises f + g.
pub(super) fn measure<T: Scalar>(term: &dyn Term<T>, x: &[T], gradient: &[T]) -> f64 {
    let mut moved = proximal_step(term, x, gradient, 1.0);
    for (moved, x) in moved.iter_mut().zip(x) {
        *moved = *moved - *x;
    }
    largest(&moved)
}

/// Proximal steps of a size t such that the value stays below the parabola that f is taken for,
/// `f(z) ≤ f(y) + ∇f(y)ᵀ(z − y) + ‖z − y‖²/2t`: the first of t, t/2, t/4 … The next search begins with 1.1t. Where that much is
/// lost in the rounding of f, gradients tell instead, `(∇f(z) − ∇f(y))ᵀ(z − y) ≤ ‖z − y‖²/t`.
///
/// Source: Beck & Teboulle 2009, "FISTA with backtracking"; that t may grow again, K. Scheinberg, D. Goldfarb, X. Bai, "Fast first-order
/// methods for composite convex optimization with backtracking", 2014.
pub(super) struct Backtracking<T> {
    gradient: Vec<T>,
    /// ∇f(z), where a search had to look at it.
    ahead: Option<Vec<T>>,
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
            ahead: None,
            step: step.unwrap_or(1.0),
            searches: step.is_none(),
            begun: false,
        }
    }

    pub(super) fn step(&self) -> f64 {
        self.step
    }

    /// ∇f where it last looked.
    pub(super) fn gradient(&self) -> &[T] {
        &self.gradient
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
        match self.ahead.take() {
            Some(known) => self.gradient = known,
            None => run.evaluator.gradient(z, &mut self.gradient),
        }
    }

    /// The proximal step from y, and f there; `None` if no step size is small enough.
    pub(super) fn next(
        &mut self,
        run: &mut Run<'_, T>,
        term: &dyn Term<T>,
        y: &[T],
        value: f64,
    ) -> Option<(Vec<T>, f64)> {
        self.ahead = None;
        if self.begun {
            self.step *= GROWTH;
        }
        self.begun = self.searches;
        while self.step > f64::MIN_POSITIVE {
            let z = proximal_step(term, y, &self.gradient, self.step);
            let (mut slope, mut square) = (0.0, 0.0);
            for ((z, y), g) in z.iter().zip(y).zip(&self.gradient) {
                let d = z.to_f64() - y.to_f64();
                slope += g.to_f64() * d;
                square += d * d;
            }
            if z == y {
                return Some((z, value));
            }
            let there = run.evaluator.value(&z);
            if !self.searches {
                return Some((z, there));
            }
            let parabola = square / (2.0 * self.step);
            let fits = if may_be_lost::<T>(parabola, value) {
                let mut ahead = zeros(y.len());
                run.evaluator.gradient(&z, &mut ahead);
                let curvature: f64 = (0..y.len())
                    .map(|i| {
                        let change = ahead[i].to_f64() - self.gradient[i].to_f64();
                        change * (z[i].to_f64() - y[i].to_f64())
                    })
                    .sum();
                self.ahead = Some(ahead);
                there.is_finite() && curvature <= 2.0 * parabola
            } else {
                there <= value + slope + parabola
            };
            if fits {
                return Some((z, there));
            }
            self.ahead = None;
            self.step *= 0.5;
        }
        None
    }
}
