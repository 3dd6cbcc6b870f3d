//! diffGrad.

use super::adam::{MOMENTS, moments};
use super::{At, Rule, Step};
use crate::catalogue::{HALF_DECADE, Recipe, coupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// diffGrad: Adam slowed down, by up to a half, where the gradient hardly changes.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)g
    /// v ← β₂v + (1 − β₂)g²
    /// ξ = 1 / (1 + exp(−|g₋₁ − g|))      with the gradient g₋₁ of the update before, at first 0
    /// u = ξ·m̂ / (√v̂ + ε)      with  m̂ = m / (1 − β₁ⁿ),  v̂ = v / (1 − β₂ⁿ)
    /// ```
    /// ξ is not invariant to the scale of the gradient: where gradients are well below 1 it is about ½.
    ///
    /// Source: Dubey et al., "diffGrad: An Optimization Method for Convolutional Neural Networks", TNNLS 2020, algorithm 1.
    DiffGrad {
        /// decay rate β₁ of the average of the gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.999, Range::DECAY_RATE;
        /// ε, added to √v̂
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

impl Rule for DiffGrad {
    const NAME: &'static str = "diffgrad";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq", "previous_grad"];
    const CONSTANTS: &'static [&'static str] = MOMENTS;
    type State<T> = [T; 3];
    type Constants<T> = [T; 7];

    fn constants(&self, step: &Step) -> [f64; 7] {
        moments(step, &self.beta1, &self.beta2, &self.eps)
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, c2, debias1, debias2, eps]: &[T; 7],
        At { g, .. }: At<T>,
        [m, v, previous]: &mut [T; 3],
    ) -> T {
        *m = *b1 * *m + *c1 * g;
        *v = *b2 * *v + *c2 * (g * g);
        let friction = (*previous - g).abs().sigmoid();
        *previous = g;
        friction * (*debias1 * *m) / (*debias2 * v.sqrt() + *eps)
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "diffgrad",
    family: "adaptive",
    summary: "Adam slowed down where the gradient hardly changes",
    source: "Dubey et al., \"diffGrad: An Optimization Method for Convolutional Neural Networks\", TNNLS 2020",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[],
    build: |_| coupled(DiffGrad::new(), 1e-3),
}];
