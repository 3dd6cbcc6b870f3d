//! Adamax.

use super::{At, Rule, Step};
use crate::catalogue::{HALF_DECADE, Recipe, coupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Adamax: Adam with the largest recent gradient instead of the root mean square. Rare, large gradients are not averaged away.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)g
    /// w ← max(β₂w, |g| + ε)
    /// u = m̂ / w      with  m̂ = m / (1 − β₁ⁿ)
    /// ```
    /// ε, which the paper does not have, enters the state, as in PyTorch and Optax.
    ///
    /// Source: Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 2.
    Adamax {
        /// decay rate β₁ of the average of the gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// how much (β₂) of the largest gradient remains after an update
        beta2: 0.999, Range::DECAY_RATE;
        /// ε, added to |g|
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

impl Rule for Adamax {
    const NAME: &'static str = "adamax";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_inf"];
    const CONSTANTS: &'static [&'static str] = &["β₁", "1 − β₁", "β₂", "1/(1 − β₁ⁿ)", "ε"];
    type State<T> = [T; 2];
    type Constants<T> = [T; 5];

    fn constants(&self, step: &Step) -> [f64; 5] {
        let (b1, b2) = (step.value(&self.beta1), step.value(&self.beta2));
        let debias = 1.0 / step.bias_correction(b1);
        [b1, 1.0 - b1, b2, debias, step.value(&self.eps)]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, debias, eps]: &[T; 5],
        At { g, .. }: At<T>,
        [m, w]: &mut [T; 2],
    ) -> T {
        *m = *b1 * *m + *c1 * g;
        *w = (*b2 * *w).max(g.abs() + *eps);
        *debias * *m / *w
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "adamax",
    family: "adaptive",
    summary: "Adam with the largest recent gradient in place of the root mean square",
    source: "Kingma & Ba, \"Adam: A Method for Stochastic Optimization\", ICLR 2015",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[],
    build: |_| coupled(Adamax::new(), 2e-3),
}];
