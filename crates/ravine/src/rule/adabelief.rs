//! AdaBelief.

use super::adam::{MOMENTS, moments};
use super::{At, Rule, Step};
use crate::catalogue::{HALF_DECADE, Recipe, decoupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// AdaBelief: Adam divided by how far the gradient strays from its average: long steps where it is as expected.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)g
    /// s ← β₂s + (1 − β₂)(g − m)² + ε
    /// u = m̂ / (√ŝ + ε)      with  m̂ = m / (1 − β₁ⁿ),  ŝ = s / (1 − β₂ⁿ)
    /// ```
    /// ε stands twice, and the first, added to the state at every update, weighs about ε/(1 − β₂) in ŝ: it bounds the step
    /// where the gradient is constant. It is in units of g², so the default is the square of Adam's.
    ///
    /// Source: Zhuang et al., "AdaBelief Optimizer: Adapting Stepsizes by the Belief in Observed Gradients", NeurIPS 2020,
    /// algorithm 2.
    AdaBelief {
        /// decay rate β₁ of the average of the gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared deviation
        beta2: 0.999, Range::DECAY_RATE;
        /// ε, added to s and to √ŝ
        eps: 1e-16, Range::NON_NEGATIVE;
    }
}

impl Rule for AdaBelief {
    const NAME: &'static str = "adabelief";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_var"];
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
        [m, s]: &mut [T; 2],
    ) -> T {
        *m = *b1 * *m + *c1 * g;
        let deviation = g - *m;
        *s = *b2 * *s + *c2 * (deviation * deviation) + *eps;
        (*debias1 * *m) / (*debias2 * s.sqrt() + *eps)
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "adabelief",
    family: "adaptive",
    summary: "Adam divided by how far the gradient strays from its average",
    source: "Zhuang et al., \"AdaBelief Optimizer: Adapting Stepsizes by the Belief in Observed Gradients\", NeurIPS 2020",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[],
    build: |_| decoupled(AdaBelief::new(), 0.0, 1e-3),
}];
