//! The elastic net.

use super::{Term, check_weight, shrink};
use crate::Scalar;
use crate::minimize::Error;

/// `g(x) = λ₁‖x‖₁ + ½λ₂‖x‖₂²`: sparse as the lasso, and shared between coordinates that say the same.
///
/// Its proximal map is soft thresholding by tλ₁, divided by 1 + tλ₂.
///
/// Source: H. Zou, T. Hastie, "Regularization and variable selection via the elastic net", 2005.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ElasticNet {
    /// λ₁, not negative.
    pub l1: f64,
    /// λ₂, not negative.
    pub l2: f64,
}

impl ElasticNet {
    /// The term of weights λ₁ and λ₂.
    #[must_use]
    pub fn new(l1: f64, l2: f64) -> Self {
        Self { l1, l2 }
    }
}

impl<T: Scalar> Term<T> for ElasticNet {
    fn name(&self) -> &'static str {
        "elastic-net"
    }

    fn check(&self, _n: usize) -> Result<(), Error> {
        check_weight("l1", self.l1)?;
        check_weight("l2", self.l2)
    }

    fn value(&self, x: &[T]) -> f64 {
        let parts = x.iter().map(|x| x.to_f64());
        parts
            .map(|x| self.l1 * x.abs() + 0.5 * self.l2 * x * x)
            .sum()
    }

    fn prox(&self, step: f64, x: &mut [T]) {
        for x in x {
            let small = shrink(x.to_f64(), step * self.l1);
            *x = T::from_f64(small / (1.0 + step * self.l2));
        }
    }
}
