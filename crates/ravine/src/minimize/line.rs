//! The function along a search direction.

use super::vector::{along, dot, epsilon, zeros};
use super::{Bounds, Evaluator};
use crate::Scalar;

/// φ(α) = f(x + αd), from a point x whose value and gradient are known, along a direction d.
///
/// Remembers the last point that it was asked for and the lowest one, so that a search that ends at one of them costs nothing more.
pub struct Line<'r, 'a, T: Scalar> {
    evaluator: &'r mut Evaluator<'a, T>,
    x: &'r [T],
    direction: &'r [T],
    value: f64,
    slope: f64,
    trial: &'r mut Trial<T>,
    /// The lowest of the points before.
    lowest: &'r mut Trial<T>,
    within: Option<Within<'r, T>>,
}

/// Where a line between bounds leads.
struct Within<'r, T> {
    bounds: &'r Bounds,
    /// x + d, exactly.
    end: &'r [T],
    longest: f64,
}

/// A point that a line search looked at.
pub(super) struct Trial<T> {
    /// Its α; NaN before the first one.
    at: f64,
    pub(super) x: Vec<T>,
    pub(super) value: f64,
    pub(super) gradient: Vec<T>,
    has_gradient: bool,
    /// φ′(α), where it was asked for.
    slope: Option<f64>,
}

impl<T: Scalar> Trial<T> {
    pub(super) fn new(n: usize) -> Self {
        Self {
            at: f64::NAN,
            x: zeros(n),
            value: f64::NAN,
            gradient: zeros(n),
            has_gradient: false,
            slope: None,
        }
    }
}

/// Whether a fall of this size is lost in the rounding of the value, whose sum is taken to be wrong by 100 ε.
pub(super) fn is_lost<T: Scalar>(fall: f64, value: f64) -> bool {
    fall.abs() <= 100.0 * epsilon::<T>() * value.abs()
}

/// Whether a fall of this size may be lost in the rounding of the value, so that slopes had better judge: ε^⅔ of it.
pub(super) fn may_be_lost<T: Scalar>(fall: f64, value: f64) -> bool {
    fall.abs() <= epsilon::<T>().cbrt().powi(2) * value.abs()
}

impl<'r, 'a, T: Scalar> Line<'r, 'a, T> {
    pub(super) fn new(
        evaluator: &'r mut Evaluator<'a, T>,
        x: &'r [T],
        value: f64,
        slope: f64,
        direction: &'r [T],
        [trial, lowest]: &'r mut [Trial<T>; 2],
    ) -> Self {
        (trial.at, lowest.at) = (f64::NAN, f64::NAN);
        Self {
            evaluator,
            x,
            direction,
            value,
            slope,
            trial,
            lowest,
            within: None,
        }
    }

    /// The same line between bounds: it is at `end` for α = 1, and does not exist beyond `longest`, where it would leave them.
    pub(super) fn within(mut self, bounds: &'r Bounds, end: &'r [T], longest: f64) -> Self {
        self.within = Some(Within {
            bounds,
            end,
            longest,
        });
        self
    }

    fn ends_before(&self, step: f64) -> bool {
        self.within.as_ref().is_some_and(|w| step > w.longest)
    }

    /// φ(0).
    #[must_use]
    pub fn value_at_0(&self) -> f64 {
        self.value
    }

    /// φ′(0), which is negative.
    #[must_use]
    pub fn slope_at_0(&self) -> f64 {
        self.slope
    }

    /// The direction d.
    #[must_use]
    pub fn direction(&self) -> &[T] {
        self.direction
    }

    /// The point x.
    #[must_use]
    pub fn origin(&self) -> &[T] {
        self.x
    }

    /// φ(α).
    pub fn value(&mut self, step: f64) -> f64 {
        if self.ends_before(step) {
            return f64::INFINITY;
        }
        if !self.knows(step) {
            self.move_to(step);
            self.trial.value = self.evaluator.value(&self.trial.x);
        }
        self.trial.value
    }

    /// φ(α) and φ′(α).
    pub fn value_and_slope(&mut self, step: f64) -> (f64, f64) {
        if self.ends_before(step) {
            return (f64::INFINITY, f64::NAN);
        }
        self.arrive(step);
        let slope = match self.trial.slope {
            Some(slope) => slope,
            None => dot(&self.trial.gradient, self.direction),
        };
        self.trial.slope = Some(slope);
        (self.trial.value, slope)
    }

    /// Sees to it that the trial is the point of this α, with its gradient.
    pub(super) fn arrive(&mut self, step: f64) {
        if !self.knows(step) {
            self.move_to(step);
            let Trial { x, gradient, .. } = &mut *self.trial;
            self.trial.value = self.evaluator.value_and_gradient(x, gradient);
        } else if !self.trial.has_gradient {
            self.evaluator
                .gradient(&self.trial.x, &mut self.trial.gradient);
        }
        self.trial.has_gradient = true;
    }

    /// Whether the whole step, α = 1, is good where values no longer tell: the fall that is expected is lost in the rounding of f, the
    /// value stays within it, and the slope shrinks as it should.
    ///
    /// Source: W. Hager, H. Zhang, "A new conjugate gradient method with guaranteed descent and an efficient line search", 2005, (4.1), the
    /// approximate Wolfe conditions with δ = 0.1 and σ = 0.9.
    pub(super) fn settles(&mut self) -> bool {
        let (value, slope) = (self.value, self.slope);
        if !may_be_lost::<T>(slope, value) {
            return false;
        }
        let (there, slope_there) = self.value_and_slope(1.0);
        may_be_lost::<T>(there - value, value)
            && slope_there >= 0.9 * slope
            && slope_there <= -0.8 * slope
    }

    /// φ″(α), from a product with the Hessian.
    pub fn curvature(&mut self, step: f64) -> f64 {
        self.value(step);
        let mut product = zeros(self.x.len());
        self.evaluator
            .hessian_vector(&self.trial.x, self.direction, &mut product);
        dot(&product, self.direction)
    }

    /// Whether the point was looked at; if so, it is the trial again.
    fn knows(&mut self, step: f64) -> bool {
        if self.lowest.at == step {
            std::mem::swap(self.trial, self.lowest);
        }
        self.trial.at == step
    }

    fn move_to(&mut self, step: f64) {
        let lowest = &self.lowest;
        if lowest.at.is_nan() || lowest.value.is_nan() || self.trial.value < lowest.value {
            std::mem::swap(self.trial, self.lowest);
        }
        let x = &mut self.trial.x;
        match &self.within {
            Some(within) if step == 1.0 => x.copy_from_slice(within.end),
            Some(within) => {
                along(self.x, step, self.direction, x);
                within.bounds.project(x);
            }
            None => along(self.x, step, self.direction, x),
        }
        self.trial.at = step;
        self.trial.has_gradient = false;
        self.trial.slope = None;
    }
}
