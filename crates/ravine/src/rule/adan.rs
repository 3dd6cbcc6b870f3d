//! Adan.

use super::{At, LearningRate, ProximalDecay, Rule, Step};
use crate::Chain;
use crate::catalogue::{Choice, HALF_DECADE, Recipe, decoupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Adan: Nesterov's momentum for adaptive methods, from averages of the gradient and of its change.
    ///
    /// ```text
    /// d = g − g₋₁      (0 in the parameter's first update)
    /// m ← β₁m + (1 − β₁)g
    /// q ← β₂q + (1 − β₂)d
    /// v ← β₃v + (1 − β₃)(g + β₂d)²
    /// u = (m̂ + β₂q̂) / (√v̂ + ε)      with  m̂ = m / (1 − β₁ⁿ),  q̂ = q / (1 − β₂ⁿ),  v̂ = v / (1 − β₃ⁿ)
    /// ```
    /// The paper writes 1 − β for each β here. (Optax takes 1 − β₂ where the paper's formula, so translated, has β₂.) The bias
    /// corrections are the authors' code's. The paper's decay is [`ProximalDecay`](super::ProximalDecay).
    ///
    /// Source: Xie et al., "Adan: Adaptive Nesterov Momentum Algorithm for Faster Optimizing Deep Models", TPAMI 2024,
    /// algorithm 1.
    Adan {
        /// decay rate β₁ of the average of the gradient
        beta1: 0.98, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the gradient's change, and its weight
        beta2: 0.92, Range::DECAY_RATE;
        /// decay rate β₃ of the average of the square
        beta3: 0.99, Range::DECAY_RATE;
        /// ε, added to √v̂
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

impl Rule for Adan {
    const NAME: &'static str = "adan";
    const STATE: &'static [&'static str] =
        &["exp_avg", "exp_avg_diff", "exp_avg_sq", "previous_grad"];
    const CONSTANTS: &'static [&'static str] = &[
        "β₁",
        "1 − β₁",
        "β₂",
        "1 − β₂",
        "β₃",
        "1 − β₃",
        "1/(1 − β₁ⁿ)",
        "β₂/(1 − β₂ⁿ)",
        "1/√(1 − β₃ⁿ)",
        "ε",
        "n > 1",
    ];
    type State<T> = [T; 4];
    type Constants<T> = [T; 11];

    fn constants(&self, step: &Step) -> [f64; 11] {
        let [b1, b2, b3] = [&self.beta1, &self.beta2, &self.beta3].map(|beta| step.value(beta));
        [
            b1,
            1.0 - b1,
            b2,
            1.0 - b2,
            b3,
            1.0 - b3,
            1.0 / step.bias_correction(b1),
            b2 / step.bias_correction(b2),
            1.0 / step.bias_correction(b3).sqrt(),
            step.value(&self.eps),
            if step.is_first() { 0.0 } else { 1.0 },
        ]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [b1, c1, b2, c2, b3, c3, of_m, of_q, of_v, eps, later]: &[T; 11],
        At { g, .. }: At<T>,
        [m, q, v, previous]: &mut [T; 4],
    ) -> T {
        let change = *later * (g - *previous);
        let ahead = g + *b2 * change;
        *m = *b1 * *m + *c1 * g;
        *q = *b2 * *q + *c2 * change;
        *v = *b3 * *v + *c3 * (ahead * ahead);
        *previous = g;
        (*of_m * *m + *of_q * *q) / (*of_v * v.sqrt() + *eps)
    }
}

const DECAY: Choice = Choice {
    name: "decay",
    words: &["proximal", "decoupled"],
    doc: "weight decay as the paper's division by 1 + ηλ, or as AdamW's",
};

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "adan",
    family: "adaptive",
    summary: "Nesterov's momentum for Adam, from averages of the gradient's change",
    source: "Xie et al., \"Adan: Adaptive Nesterov Momentum Algorithm for Faster Optimizing Deep Models\", TPAMI 2024",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[DECAY],
    build: |choices| {
        if choices.is("decay", "decoupled") {
            decoupled(Adan::new(), 0.0, 1e-3)
        } else {
            Chain::from((Adan::new(), ProximalDecay::new())).then(LearningRate::new().lr(1e-3))
        }
    },
}];
