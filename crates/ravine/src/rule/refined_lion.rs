//! Lion, linear near zero.

use super::lion::{CONSTANTS, look_ahead, remember, weights};
use super::{At, Rule, Step};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Lion whose update is the average itself where that is small.
    ///
    /// ```text
    /// u = min(max(β₁m + (1 − β₁)g, −1), 1)
    /// m ← β₂m + (1 − β₂)g
    /// ```
    /// Where gradients are well below 1, as they mostly are, it is SGD with momentum that no gradient can throw off.
    ///
    /// Source: Optax, `scale_by_lion(mode="refined")`; the average is that of Chen et al., NeurIPS 2023.
    RefinedLion {
        /// weight β₁ of the memory in the update
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the memory
        beta2: 0.99, Range::DECAY_RATE;
    }
}

impl Rule for RefinedLion {
    const NAME: &'static str = "refined_lion";
    const STATE: &'static [&'static str] = &["exp_avg"];
    const CONSTANTS: &'static [&'static str] = CONSTANTS;
    type State<T> = [T; 1];
    type Constants<T> = [T; 4];

    fn constants(&self, step: &Step) -> [f64; 4] {
        weights(step, &self.beta1, &self.beta2)
    }

    #[inline(always)]
    fn apply<T: Real>(weights: &[T; 4], At { g, .. }: At<T>, [m]: &mut [T; 1]) -> T {
        let ahead = look_ahead(weights, g, *m);
        let u = ahead.max(g.like(-1.0)).min(g.like(1.0));
        remember(weights, g, m);
        u
    }
}
