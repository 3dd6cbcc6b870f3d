//! LaProp.

use super::adam::{MOMENTS, moments};
use super::{At, Rule, Step};
use crate::catalogue::{HALF_DECADE, Recipe, decoupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// LaProp: Adam with the momentum behind the division, so β₁ and β₂ can be chosen apart from each other.
    ///
    /// ```text
    /// v ← β₂v + (1 − β₂)g²
    /// m ← β₁m + (1 − β₁)·g / (√v̂ + ε)      with  v̂ = v / (1 − β₂ⁿ)
    /// u = m / (1 − β₁ⁿ)
    /// ```
    /// No coordinate of u is above 1/√(1 − β₂). The learning rate stands behind, as in the paper's algorithm; in the authors'
    /// code it is inside m, which differs while it moves.
    ///
    /// Source: Ziyin, Wang & Ueda, "LaProp: Separating Momentum and Adaptivity in Adam", 2020, algorithm 1.
    LaProp {
        /// decay rate β₁ of the average of the normalised gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.999, Range::DECAY_RATE;
        /// ε, added to √v̂
        eps: 1e-15, Range::NON_NEGATIVE;
    }
}

impl Rule for LaProp {
    const NAME: &'static str = "laprop";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq"];
    const CONSTANTS: &'static [&'static str] = MOMENTS;
    type State<T> = [T; 2];
    type Constants<T> = [T; 7];

    fn constants(&self, step: &Step) -> [f64; 7] {
        moments(step, &self.beta1, &self.beta2, &self.eps)
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, c2, debias1, debias2, eps]: &[T; 7],
        At { g, .. }: At<T>,
        [m, v]: &mut [T; 2],
    ) -> T {
        *v = *b2 * *v + *c2 * (g * g);
        *m = *b1 * *m + *c1 * g / (*debias2 * v.sqrt() + *eps);
        *debias1 * *m
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "laprop",
    family: "adaptive",
    summary: "Adam with the momentum behind the division",
    source: "Ziyin, Wang & Ueda, \"LaProp: Separating Momentum and Adaptivity in Adam\", 2020",
    usual_learning_rate: HALF_DECADE * 1e-4,
    choices: &[],
    build: |_| decoupled(LaProp::new(), 0.0, 4e-4),
}];
