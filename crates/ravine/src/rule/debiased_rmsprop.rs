//! Adam without its momentum.

use super::{At, Rule, Step};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Adam without its momentum, and without the array for it: RMSProp with bias correction.
    ///
    /// ```text
    /// v ← β₂v + (1 − β₂)g²
    /// u = g / (√v̂ + ε)      with  v̂ = v / (1 − β₂ⁿ)
    /// ```
    /// n counts the updates of the parameter.
    ///
    /// When one would use it: before a link that averages by itself, as [`ScheduleFree`](super::ScheduleFree) does.
    ///
    /// Source: Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 1 with β₁ = 0.
    DebiasedRmsProp {
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.999, Range::DECAY_RATE;
        /// ε, added to √v̂
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

impl Rule for DebiasedRmsProp {
    const NAME: &'static str = "debiased_rmsprop";
    const STATE: &'static [&'static str] = &["exp_avg_sq"];
    const CONSTANTS: &'static [&'static str] = &["β₂", "1 − β₂", "1/√(1 − β₂ⁿ)", "ε"];
    type State<T> = [T; 1];
    type Constants<T> = [T; 4];

    fn constants(&self, step: &Step) -> [f64; 4] {
        let beta = step.value(&self.beta2);
        let debias = 1.0 / step.bias_correction(beta).sqrt();
        [beta, 1.0 - beta, debias, step.value(&self.eps)]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b, c, debias, eps]: &[T; 4],
        At { g, .. }: At<T>,
        [v]: &mut [T; 1],
    ) -> T {
        *v = *b * *v + *c * (g * g);
        g / (*debias * v.sqrt() + *eps)
    }
}
