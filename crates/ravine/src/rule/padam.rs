//! Padam.

use super::{At, Rule, Step};
use crate::catalogue::{HALF_DECADE, Recipe, coupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Padam: AMSGrad with a partial power of the second moment, between momentum (p → 0) and AMSGrad (p = ½).
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)g
    /// v ← β₂v + (1 − β₂)g²
    /// w ← max(w, v)
    /// u = m / (√w + ε)^(2p)
    /// ```
    /// Nothing is bias-corrected, as in the paper; ε stands as in the authors' code. Learning rates are near SGD's.
    ///
    /// Source: Chen et al., "Closing the Generalization Gap of Adaptive Gradient Methods in Training Deep Neural Networks",
    /// IJCAI 2020, algorithm 1.
    Padam {
        /// decay rate β₁ of the average of the gradient
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.999, Range::DECAY_RATE;
        /// power p of the second moment
        partial: 0.125, Range::new(0.0, true, 0.5, false);
        /// ε, added to √w
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

impl Rule for Padam {
    const NAME: &'static str = "padam";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq", "max_exp_avg_sq"];
    const CONSTANTS: &'static [&'static str] = &["β₁", "1 − β₁", "β₂", "1 − β₂", "2p", "ε"];
    type State<T> = [T; 3];
    type Constants<T> = [T; 6];

    fn constants(&self, step: &Step) -> [f64; 6] {
        let (b1, b2) = (step.value(&self.beta1), step.value(&self.beta2));
        let power = 2.0 * step.value(&self.partial);
        [b1, 1.0 - b1, b2, 1.0 - b2, power, step.value(&self.eps)]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, c2, power, eps]: &[T; 6],
        At { g, .. }: At<T>,
        [m, v, w]: &mut [T; 3],
    ) -> T {
        *m = *b1 * *m + *c1 * g;
        *v = *b2 * *v + *c2 * (g * g);
        *w = w.max(*v);
        *m / (w.sqrt() + *eps).powf(*power)
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "padam",
    family: "adaptive",
    summary: "AMSGrad with a partial power of the second moment",
    source: "Chen et al., \"Closing the Generalization Gap of Adaptive Gradient Methods in Training Deep Neural Networks\", IJCAI 2020",
    usual_learning_rate: HALF_DECADE * 1e-2,
    choices: &[],
    build: |_| coupled(Padam::new(), 0.1),
}];
