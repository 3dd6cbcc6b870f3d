//! Lion with a hyperbolic tangent for the sign.

use super::lion::{look_ahead, remember, weights};
use super::{At, Rule, Step};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Lion with a hyperbolic tangent for the sign, so that small averages move little.
    ///
    /// ```text
    /// u = tanh(s(β₁m + (1 − β₁)g))
    /// m ← β₂m + (1 − β₂)g
    /// ```
    /// The update is linear up to about 1/s: s is to be about the inverse of the gradients that are to count as noise.
    ///
    /// Source: Optax, `scale_by_lion(mode="smooth")`; the average is that of Chen et al., NeurIPS 2023.
    SmoothLion {
        /// weight β₁ of the memory in the update
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the memory
        beta2: 0.99, Range::DECAY_RATE;
        /// steepness s at zero, in one over a gradient's unit
        smooth_beta: 1.0, Range::POSITIVE;
    }
}

impl Rule for SmoothLion {
    const NAME: &'static str = "smooth_lion";
    const STATE: &'static [&'static str] = &["exp_avg"];
    const CONSTANTS: &'static [&'static str] = &["β₁", "1 − β₁", "β₂", "1 − β₂", "s"];
    type State<T> = [T; 1];
    type Constants<T> = [T; 5];

    fn constants(&self, step: &Step) -> [f64; 5] {
        let [b1, c1, b2, c2] = weights(step, &self.beta1, &self.beta2);
        [b1, c1, b2, c2, step.value(&self.smooth_beta)]
    }

    #[inline(always)]
    fn apply<T: Real>([b1, c1, b2, c2, steepness]: &[T; 5], At { g, .. }: At<T>, [m]: &mut [T; 1]) -> T {
        let weights = [*b1, *c1, *b2, *c2];
        let u = (*steepness * look_ahead(&weights, g, *m)).tanh();
        remember(&weights, g, m);
        u
    }
}
