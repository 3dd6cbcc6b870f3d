//! The function along a search direction.

use super::Evaluator;
use super::vector::{along, dot, zeros};
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
        }
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
        if !self.knows(step) {
            self.move_to(step);
            self.trial.value = self.evaluator.value(&self.trial.x);
        }
        self.trial.value
    }

    /// φ(α) and φ′(α).
    pub fn value_and_slope(&mut self, step: f64) -> (f64, f64) {
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
        along(self.x, step, self.direction, &mut self.trial.x);
        self.trial.at = step;
        self.trial.has_gradient = false;
        self.trial.slope = None;
    }
}
