//! SR1.

use super::inverse::{Formula, Inverse, Miss, Step, Update};
use crate::Scalar;
use crate::minimize::options::options;
use crate::minimize::{Directing, Direction, Error, Evaluator};

options! {
    /// SR1, the symmetric update of rank one: `d = −H∇f(x)`, with an estimate H of the inverse Hessian.
    ///
    /// ```text
    /// s = x₊ − x,   y = ∇f(x₊) − ∇f(x)
    /// H ← H + (s − Hy)(s − Hy)ᵀ / (s − Hy)ᵀy
    /// ```
    /// After the first update it needs no positive curvature and no exact steps to learn: on a quadratic, n independent steps of any length give H = A⁻¹. The price: H
    /// need not be positive definite. Where it leads uphill, −∇f is the direction, and H is kept. Its home are trust
    /// regions; along lines [`Bfgs`](super::Bfgs) is the surer choice.
    ///
    /// H begins as the identity, and before the first update as `½(yᵀs/yᵀy)·I`: with the 1 of BFGS for the ½ the update would be
    /// 0/0. An update is left out where `|(s − Hy)ᵀy| < 1e-8‖s − Hy‖‖y‖`.
    ///
    /// Source: Nocedal & Wright, "Numerical Optimization", 2nd ed., (6.25), (6.26), theorem 6.1.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Sr1;
}

impl Sr1 {
    /// The method; it has no options.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl<T: Scalar> Direction<T> for Sr1 {
    fn name(&self) -> &'static str {
        "sr1"
    }

    fn start<'s>(
        &'s self,
        _evaluator: &Evaluator<'_, T>,
        n: usize,
    ) -> Result<Box<dyn Directing<T> + 's>, Error> {
        Ok(Box::new(Inverse::<T, Self>::new("sr1", n)?))
    }
}

impl Formula for Sr1 {
    fn first(step: &Step) -> Option<f64> {
        step.has_curvature().then(|| 0.5 * step.s_y / step.y_y)
    }

    fn update(step: &Step, miss: &Miss) -> Option<Update> {
        let is_safe = miss.r_y.abs() >= 1e-8 * (miss.r_r * step.y_y).sqrt();
        (is_safe && miss.r_y != 0.0).then(|| Update {
            a: 1.0 / miss.r_y,
            b: -1.0 / miss.r_y,
            c: 1.0 / miss.r_y,
        })
    }
}
