//! AMSGrad.

use super::{At, Rule, Step, adam::moments};
use crate::catalogue::{Choice, TRUE_FALSE};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// AMSGrad: Adam whose second moment never shrinks, which restores convergence on Reddi's counterexample.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)g
    /// v ← β₂v + (1 − β₂)g²
    /// w ← max(w, v)
    /// u = m̂ / (√ŵ + ε)      with  m̂ = m / (1 − β₁ⁿ),  ŵ = w / (1 − β₂ⁿ)
    /// ```
    /// Three forms are in use. This is PyTorch's, Candle's and Burn's: the maximum of the raw v, then the current bias
    /// correction. Optax takes the maximum of the corrected v̂; the paper corrects neither.
    ///
    /// Source: Reddi, Kale & Kumar, "On the Convergence of Adam and Beyond", ICLR 2018, algorithm 2.
    AmsGrad {
        /// decay rate β₁ of the average of the gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.999, Range::DECAY_RATE;
        /// ε, added to √ŵ
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

impl Rule for AmsGrad {
    const NAME: &'static str = "amsgrad";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq", "max_exp_avg_sq"];
    const CONSTANTS: &'static [&'static str] = &[
        "β₁",
        "1 − β₁",
        "β₂",
        "1 − β₂",
        "1/(1 − β₁ⁿ)",
        "1/√(1 − β₂ⁿ)",
        "ε",
    ];
    type State<T> = [T; 3];
    type Constants<T> = [T; 7];

    fn constants(&self, step: &Step) -> [f64; 7] {
        moments(step, &self.beta1, &self.beta2, &self.eps)
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, c2, debias1, debias2, eps]: &[T; 7],
        At { g, .. }: At<T>,
        [m, v, w]: &mut [T; 3],
    ) -> T {
        *m = *b1 * *m + *c1 * g;
        *v = *b2 * *v + *c2 * (g * g);
        *w = w.max(*v);
        (*debias1 * *m) / (*debias2 * w.sqrt() + *eps)
    }
}

/// Adam with or without it.
pub(super) const AMSGRAD: Choice = Choice {
    name: "amsgrad",
    words: TRUE_FALSE,
    doc: "divide by the largest second moment so far, in PyTorch's form",
};
