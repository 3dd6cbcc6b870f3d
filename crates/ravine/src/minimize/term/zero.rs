//! No term.

use super::Term;
use crate::Scalar;
use crate::minimize::Error;

/// g = 0, whose proximal map moves nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Zero;

impl<T: Scalar> Term<T> for Zero {
    fn name(&self) -> &'static str {
        "zero"
    }

    fn check(&self, _n: usize) -> Result<(), Error> {
        Ok(())
    }

    fn value(&self, _x: &[T]) -> f64 {
        0.0
    }

    fn prox(&self, _step: f64, _x: &mut [T]) {}
}
