//! The l1 norm.

use super::{Term, check_weight, shrink};
use crate::Scalar;
use crate::minimize::Error;

/// `g(x) = λ‖x‖₁`, which makes coordinates exactly 0: the lasso's term.
///
/// Its proximal map moves each coordinate towards 0 by tλ, and not beyond it (soft thresholding).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct L1 {
    /// λ, not negative.
    pub weight: f64,
}

impl L1 {
    /// The term of weight λ.
    #[must_use]
    pub fn new(weight: f64) -> Self {
        Self { weight }
    }
}

impl<T: Scalar> Term<T> for L1 {
    fn name(&self) -> &'static str {
        "l1"
    }

    fn check(&self, _n: usize) -> Result<(), Error> {
        check_weight("the weight", self.weight)
    }

    fn value(&self, x: &[T]) -> f64 {
        self.weight * x.iter().map(|x| x.to_f64().abs()).sum::<f64>()
    }

    fn prox(&self, step: f64, x: &mut [T]) {
        for x in x {
            *x = T::from_f64(shrink(x.to_f64(), step * self.weight));
        }
    }
}
