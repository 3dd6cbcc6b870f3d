//! ADOPT.

use super::{At, Rule, Step};
use crate::catalogue::{Choice, HALF_DECADE, Recipe, decoupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// ADOPT: Adam that divides by the second moment of the gradients before this one, and averages behind the division.
    /// It converges for every β₂.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)·clip(g / max(√v, ε), −c, c)      with  c = (n − 1)^¼
    /// u = m
    /// v ← β₂v + (1 − β₂)g²
    /// ```
    /// The parameter's first update only makes v = g² and leaves the parameter where it is (decoupled weight decay acts all the
    /// same). The clipping belongs to the later version of the paper, and to the authors' code; without it the first steps can
    /// be huge where a coordinate's first gradient was nearly zero.
    ///
    /// Source: Taniguchi et al., "ADOPT: Modified Adam Can Converge with Any β₂ with the Optimal Rate", NeurIPS 2024,
    /// algorithm 2 and its clipped variant.
    Adopt {
        /// decay rate β₁ of the average of the normalised gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.9999, Range::DECAY_RATE;
        /// ε, the least divisor
        eps: 1e-6, Range::POSITIVE;
        with
        /// whether the normalised gradient is clipped
        clip: bool = true;
    }
}

impl Rule for Adopt {
    const NAME: &'static str = "adopt";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq"];
    const CONSTANTS: &'static [&'static str] = &["β₁", "1 − β₁", "β₂", "1 − β₂", "c", "ε"];
    type State<T> = [T; 2];
    type Constants<T> = [T; 6];

    fn constants(&self, step: &Step) -> [f64; 6] {
        let b1 = step.value(&self.beta1);
        // A bound of zero keeps the first gradient out of m.
        let (b2, bound) = if step.is_first() {
            (0.0, 0.0)
        } else if self.clip {
            let quarter = ((step.updates - 1) as f64).sqrt().sqrt();
            (step.value(&self.beta2), quarter)
        } else {
            (step.value(&self.beta2), f64::INFINITY)
        };
        [b1, 1.0 - b1, b2, 1.0 - b2, bound, step.value(&self.eps)]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, c2, bound, eps]: &[T; 6],
        At { g, .. }: At<T>,
        [m, v]: &mut [T; 2],
    ) -> T {
        let normalised = (g / v.sqrt().max(*eps)).max(-*bound).min(*bound);
        *m = *b1 * *m + *c1 * normalised;
        *v = *b2 * *v + *c2 * (g * g);
        *m
    }
}

const CLIP: Choice = Choice {
    name: "clip",
    words: &["true", "false"],
    doc: "clip the normalised gradient at the fourth root of the number of updates",
};

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "adopt",
    family: "adaptive",
    summary: "Adam divided by the past second moment, which converges for every β₂",
    source: "Taniguchi et al., \"ADOPT: Modified Adam Can Converge with Any β₂ with the Optimal Rate\", NeurIPS 2024",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[CLIP],
    build: |choices| decoupled(Adopt::new().clip(!choices.is("clip", "false")), 0.0, 1e-3),
}];
