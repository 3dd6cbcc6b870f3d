//! The indicator of a set.

use super::Term;
use crate::Scalar;
use crate::minimize::Error;
use crate::minimize::set::Set;
use crate::minimize::vector::{epsilon, largest};

/// `g(x) = 0` on a [`Set`], and +∞ elsewhere: a constraint as a term.
///
/// Its proximal map is the projection, whatever the step. Points are members up to rounding: g is 0 where the projection moves x
/// by at most √ε·max(1, ‖x‖∞).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Indicator<S>(
    /// The set.
    pub S,
);

impl<T: Scalar, S: Set<T>> Term<T> for Indicator<S> {
    fn name(&self) -> &'static str {
        "indicator"
    }

    fn check(&self, n: usize) -> Result<(), Error> {
        self.0.check(n)
    }

    fn value(&self, x: &[T]) -> f64 {
        let mut projected = x.to_vec();
        self.0.project(&mut projected);
        let scale = largest(x).max(1.0);
        let member = x
            .iter()
            .zip(&projected)
            .all(|(x, p)| (x.to_f64() - p.to_f64()).abs() <= epsilon::<T>().sqrt() * scale);
        if member { 0.0 } else { f64::INFINITY }
    }

    fn prox(&self, _step: f64, x: &mut [T]) {
        self.0.project(x);
    }
}
